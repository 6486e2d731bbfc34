//! Which reports are due: provisional on Monday 08:00 of the community's zone, final on
//! Wednesday 08:00, because events may be 48 hours late.

use hearth_aws::store::RollupState;
use hearth_domain::days::{IsoWeek, Zone};
use hearth_domain::kpi::Revision;
use jiff::Timestamp;
use jiff::civil::Time;

const AT: Time = Time::constant(8, 0, 0, 0);

/// When a revision of a week falls due.
pub(crate) fn due_at(zone: &Zone, week: IsoWeek, revision: Revision) -> Timestamp {
    let after = match revision {
        Revision::Provisional => 0,
        Revision::Final => 2,
    };
    zone.at(week.plus(1).monday().plus(after), AT)
}

/// Where the final one is there, nobody waits for the provisional one any more.
fn done(state: &RollupState, week: IsoWeek, revision: Revision) -> bool {
    let reaches = |last: Option<IsoWeek>| last.is_some_and(|last| last >= week);
    reaches(state.closed) || (revision == Revision::Provisional && reaches(state.provisional))
}

/// The reports that could be made around `now` and are not made yet, each with when it is due.
/// Members hold two weeks, so a report can be made until the week after its own is over; one that
/// was missed for longer can't be made any more, and is not.
fn open<'a>(
    zone: &'a Zone,
    now: Timestamp,
    state: &'a RollupState,
) -> impl Iterator<Item = (Timestamp, IsoWeek, Revision)> + 'a {
    let this = zone.day(now).week();
    let weeks = (-1..=0).map(move |ago| this.plus(ago));
    let all = weeks
        .flat_map(|week| [Revision::Provisional, Revision::Final].map(|revision| (week, revision)));
    all.filter(|(week, revision)| !done(state, *week, *revision))
        .map(|(week, revision)| (due_at(zone, week, revision), week, revision))
}

/// The revision of a week that is due last by now; `None` = the week is not over, or the report's hour has
/// not come.
pub fn latest_due(zone: &Zone, week: IsoWeek, now: Timestamp) -> Option<Revision> {
    [Revision::Final, Revision::Provisional]
        .into_iter()
        .find(|revision| due_at(zone, week, *revision) <= now)
}

/// The reports to make now, earliest first.
pub(crate) fn due(zone: &Zone, now: Timestamp, state: &RollupState) -> Vec<(IsoWeek, Revision)> {
    let mut due: Vec<_> = open(zone, now, state)
        .filter(|(at, _, _)| *at <= now)
        .collect();
    due.sort();
    due.into_iter()
        .map(|(_, week, revision)| (week, revision))
        .collect()
}

/// When the next report falls due; a moment that has passed is now.
pub(crate) fn next(zone: &Zone, now: Timestamp, state: &RollupState) -> Option<Timestamp> {
    open(zone, now, state).map(|(at, _, _)| at).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(provisional: &str, closed: &str) -> RollupState {
        RollupState {
            provisional: provisional.parse().ok(),
            closed: closed.parse().ok(),
            ..RollupState::default()
        }
    }

    fn due_names(zone: &str, now: &str, state: &RollupState) -> Vec<String> {
        let due = due(&Zone::new(zone).unwrap(), now.parse().unwrap(), state);
        due.into_iter()
            .map(|(week, revision)| format!("{week}/{}", u8::from(revision)))
            .collect()
    }

    #[test]
    fn monday_eight_is_provisional_and_wednesday_eight_is_final() {
        let until_w01 = state("2026-W01", "2026-W01");
        for (now, expected) in [
            ("2026-01-11T23:59:00Z", vec![]),
            // Monday 2026-01-12 08:00 in Taipei is midnight UTC.
            ("2026-01-12T00:00:00Z", vec!["2026-W02/1"]),
            ("2026-01-13T23:59:00Z", vec!["2026-W02/1"]),
            ("2026-01-14T00:00:00Z", vec!["2026-W02/1", "2026-W02/2"]),
        ] {
            assert_eq!(due_names("Asia/Taipei", now, &until_w01), expected, "{now}");
        }
        assert!(
            due_names(
                "Asia/Taipei",
                "2026-01-14T00:00:00Z",
                &state("2026-W02", "2026-W02")
            )
            .is_empty()
        );
    }

    #[test]
    fn a_provisional_report_is_not_asked_for_when_the_final_one_is_there() {
        for (provisional, closed, expected) in [
            ("2026-W01", "2026-W01", vec!["2026-W02/1", "2026-W02/2"]),
            ("2026-W02", "2026-W01", vec!["2026-W02/2"]),
            ("2026-W01", "2026-W02", vec![]),
        ] {
            let state = state(provisional, closed);
            let found = due_names("UTC", "2026-01-15T12:00:00Z", &state);
            assert_eq!(found, expected, "{provisional} {closed}");
        }
    }

    #[test]
    fn a_report_that_was_missed_is_made_up_for() {
        let missed = state("2026-W01", "2026-W01");
        assert_eq!(
            due_names("UTC", "2026-01-18T23:59:00Z", &missed),
            ["2026-W02/1", "2026-W02/2"]
        );
        assert_eq!(
            due_names("UTC", "2026-01-19T08:00:00Z", &missed),
            ["2026-W03/1"],
            "members do not hold W02 any more"
        );
    }

    #[test]
    fn zones_with_quarter_hours_and_clock_changes_keep_eight_o_clock() {
        let none = state("2026-W12", "2026-W12");
        // Kathmandu is 5:45 ahead.
        assert_eq!(
            due_names("Asia/Kathmandu", "2026-03-30T02:15:00Z", &none),
            ["2026-W13/1"]
        );
        assert!(due_names("Asia/Kathmandu", "2026-03-30T02:00:00Z", &none).is_empty());
        // Berlin moved its clocks on Sunday.
        assert_eq!(
            due_names("Europe/Berlin", "2026-03-30T06:00:00Z", &none),
            ["2026-W13/1"]
        );
        assert!(due_names("Europe/Berlin", "2026-03-30T05:59:00Z", &none).is_empty());
    }

    #[test]
    fn a_weeks_report_is_provisional_for_two_days() {
        let zone = Zone::new("Asia/Taipei").unwrap();
        let week: IsoWeek = "2026-W02".parse().unwrap();
        for (now, expected) in [
            ("2026-01-11T23:59:59Z", None),
            ("2026-01-12T00:00:00Z", Some(Revision::Provisional)),
            ("2026-01-13T23:59:59Z", Some(Revision::Provisional)),
            ("2026-01-14T00:00:00Z", Some(Revision::Final)),
            ("2027-01-14T00:00:00Z", Some(Revision::Final)),
        ] {
            assert_eq!(
                latest_due(&zone, week, now.parse().unwrap()),
                expected,
                "{now}"
            );
        }
    }

    #[test]
    fn the_next_report_is_known() {
        let zone = Zone::new("Asia/Taipei").unwrap();
        let at = next(
            &zone,
            "2026-01-12T00:00:01Z".parse().unwrap(),
            &state("2026-W02", "2026-W01"),
        );
        assert_eq!(at, Some("2026-01-14T00:00:00Z".parse().unwrap()));
    }
}
