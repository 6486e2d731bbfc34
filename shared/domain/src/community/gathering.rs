//! The events that members are invited to (新人破冰茶話會): once, or every week.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

use super::Community;
use crate::days::{LocalDay, Zone};
use crate::ids::GatheringId;
use crate::playbook::Localised;

/// An event as the community's file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathering {
    /// Its id.
    pub id: GatheringId,
    /// As members read it.
    pub title: Localised,
    /// When it starts, on the community's clock; of a weekly one the first time.
    pub starts: DateTime,
    /// How long it is. Minutes.
    pub minutes: u16,
    /// Where it is.
    pub url: String,
    /// What was said, for those who missed it.
    pub recap_url: Option<String>,
    /// Again every week at the same time of the community's clock.
    pub weekly: bool,
}

impl Gathering {
    /// When it starts next, at `after` or later; `None` = it is over.
    pub fn next_start(&self, after: Timestamp, zone: &Zone) -> Option<Timestamp> {
        let first = LocalDay::from_date(self.starts.date());
        let on = |day: LocalDay| zone.at(day, self.starts.time());
        if !self.weekly {
            return Some(on(first)).filter(|starts| *starts >= after);
        }
        // The week of `after`, or the one after it.
        let weeks = zone.day(after).since(first).div_euclid(7).max(0);
        [weeks, weeks + 1]
            .map(|weeks| on(first.plus(weeks.saturating_mul(7))))
            .into_iter()
            .find(|starts| *starts >= after)
    }

    /// When it ends that starts then.
    pub fn end_of(&self, starts: Timestamp) -> Timestamp {
        let length = SignedDuration::from_mins(i64::from(self.minutes));
        starts.saturating_add(length).unwrap_or(Timestamp::MAX)
    }
}

impl Community {
    /// The event that starts first, at `after` or later and before `until`.
    pub fn next_gathering(
        &self,
        after: Timestamp,
        until: Timestamp,
    ) -> Option<(&Gathering, Timestamp)> {
        let next = |gathering: &'_ Gathering| gathering.next_start(after, &self.zone);
        self.gatherings
            .iter()
            .filter_map(|gathering| Some((gathering, next(gathering)?)))
            .filter(|(_, starts)| *starts < until)
            .min_by_key(|(_, starts)| *starts)
    }

    /// An event by its id.
    pub fn gathering(&self, id: &GatheringId) -> Option<&Gathering> {
        self.gatherings.iter().find(|gathering| gathering.id == *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tea(starts: &str, weekly: bool) -> Gathering {
        let title = Localised {
            zh_hant: "茶話會".to_owned(),
            zh_hans: "茶话会".to_owned(),
            en: "Tea".to_owned(),
        };
        Gathering {
            id: GatheringId::new("tea").unwrap(),
            title,
            starts: starts.parse().unwrap(),
            minutes: 60,
            url: "https://acme.example/tea".to_owned(),
            recap_url: None,
            weekly,
        }
    }

    #[test]
    fn it_starts_next_where_its_calendar_says() {
        let once = "2026-01-08T20:00";
        for (gathering, zone, after, expected) in [
            (
                tea(once, false),
                "Asia/Taipei",
                "2026-01-01T00:00:00Z",
                Some("2026-01-08T12:00:00Z"),
            ),
            (
                tea(once, false),
                "Asia/Taipei",
                "2026-01-08T12:00:00Z",
                Some("2026-01-08T12:00:00Z"),
            ),
            (
                tea(once, false),
                "Asia/Taipei",
                "2026-01-08T12:00:01Z",
                None,
            ),
            (
                tea(once, true),
                "Asia/Taipei",
                "2025-11-01T00:00:00Z",
                Some("2026-01-08T12:00:00Z"),
            ),
            (
                tea(once, true),
                "Asia/Taipei",
                "2026-01-08T12:00:01Z",
                Some("2026-01-15T12:00:00Z"),
            ),
            (
                tea(once, true),
                "Asia/Taipei",
                "2026-01-14T23:00:00Z",
                Some("2026-01-15T12:00:00Z"),
            ),
            // The clock goes forward on 29 March: 20:00 is 20:00.
            (
                tea(once, true),
                "Europe/Berlin",
                "2026-03-27T00:00:00Z",
                Some("2026-04-02T18:00:00Z"),
            ),
            (
                tea(once, true),
                "Europe/Berlin",
                "2026-03-20T00:00:00Z",
                Some("2026-03-26T19:00:00Z"),
            ),
        ] {
            let zone = Zone::new(zone).unwrap();
            let next = gathering.next_start(after.parse().unwrap(), &zone);
            assert_eq!(
                next,
                expected.map(|at| at.parse().unwrap()),
                "after {after} in {zone:?}"
            );
        }
    }
}
