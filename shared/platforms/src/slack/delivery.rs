//! What every Slack event has in common: the workspace, the time, the canonical id.

use hearth_domain::community::Community;
use hearth_domain::event::{Facts, Incoming, Seen};
use hearth_domain::ids::{EventId, MemberId};
use jiff::Timestamp;

use crate::fields::Fields;
use crate::{ParseError, Parsed};

/// Slack's own voice, which is no member.
const SLACKBOT: &str = "USLACKBOT";

/// An instant as Slack writes it, `1767600000.000100`.
pub(super) struct Moment<'a> {
    /// The instant.
    pub(super) at: Timestamp,
    /// Its microseconds, which order what happened in one second.
    pub(super) seq: u64,
    /// As written, for ids.
    pub(super) written: std::borrow::Cow<'a, str>,
}

impl<'a> Moment<'a> {
    /// Reads the moment at a path, if there is something.
    pub(super) fn read(fields: &Fields<'a>, path: &str) -> Result<Option<Self>, ParseError> {
        let Some(written) = fields.text(path)? else {
            return Ok(None);
        };
        let moment =
            parse_moment(written).ok_or_else(|| fields.wrong(path, "seconds.microseconds"))?;
        Ok(Some(Self {
            at: moment.0,
            seq: moment.1,
            written: written.into(),
        }))
    }

    pub(super) fn needed(fields: &Fields<'a>, path: &str) -> Result<Self, ParseError> {
        Self::read(fields, path)?.ok_or_else(|| fields.wrong(path, "seconds.microseconds"))
    }
}

fn parse_moment(written: &str) -> Option<(Timestamp, u64)> {
    let (seconds, fraction) = written.split_once('.').unwrap_or((written, "0"));
    let digits = |text: &str, most: usize| {
        !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_digit())
    };
    if !digits(seconds, 12) || !digits(fraction, 6) {
        return None;
    }
    let micros: i32 = format!("{fraction:0<6}").parse().ok()?;
    let at = Timestamp::new(seconds.parse().ok()?, micros * 1000).ok()?;
    Some((at, u64::try_from(micros).ok()?))
}

/// One delivery of the Events API.
#[derive(Clone, Copy)]
pub(super) struct Delivery<'a> {
    pub(super) fields: Fields<'a>,
    pub(super) community: &'a Community,
}

impl<'a> Delivery<'a> {
    /// Whether the delivery is another workspace's.
    pub(super) fn is_elsewhere(&self) -> bool {
        match (&self.community.workspace, self.fields.hint("team_id")) {
            (Some(ours), Some(theirs)) => ours != theirs,
            (Some(_) | None, None) | (None, Some(_)) => false,
        }
    }

    /// When the event happened: `event_ts`, else the second of the delivery. Both are the same
    /// in every copy, unlike `event_id`.
    pub(super) fn moment(&self) -> Result<Moment<'a>, ParseError> {
        if let Some(moment) = Moment::read(&self.fields, "event.event_ts")? {
            return Ok(moment);
        }
        let seconds = self
            .fields
            .count("event_time")?
            .and_then(|seconds| i64::try_from(seconds).ok());
        let at = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let at = at.ok_or_else(|| {
            self.fields
                .wrong("event.event_ts", "seconds.microseconds, or event_time")
        })?;
        Ok(Moment {
            at,
            seq: 0,
            written: at.as_second().to_string().into(),
        })
    }

    /// Whether this user is our own bot, as the delivery names it.
    pub(super) fn is_our_bot(&self, user: &MemberId) -> bool {
        let authorizations = self
            .fields
            .get("authorizations")
            .and_then(serde_json::Value::as_array);
        authorizations
            .into_iter()
            .flatten()
            .map(Fields::new)
            .any(|authorization| {
                authorization.is_set("is_bot")
                    && authorization.hint("user_id") == Some(user.as_str())
            })
    }

    /// Who wrote what somebody answers, if that is told and was a person.
    pub(super) fn author(&self, path: &str) -> Option<MemberId> {
        let author = self.fields.plain_member(path).ok()?;
        (!is_slackbot(&author) && !self.is_our_bot(&author)).then_some(author)
    }

    /// One event, with the canonical id `slack:<team>:<what>`.
    pub(super) fn event(
        &self,
        what: &str,
        moment: &Moment<'_>,
        member: MemberId,
        facts: Facts,
        seen: Seen,
    ) -> Result<Parsed, ParseError> {
        let team = self.fields.plain_id("team_id")?;
        let id = event_id(team, what)?;
        Ok(Parsed::Events(vec![Incoming {
            id,
            at: moment.at,
            seq: moment.seq,
            member,
            facts,
            seen,
        }]))
    }
}

/// The canonical id of something that happened in a workspace.
pub(super) fn event_id(team: &str, what: &str) -> Result<EventId, ParseError> {
    EventId::new(format!("slack:{team}:{what}"))
        .map_err(|error| ParseError::id("(canonical id)", &error))
}

pub(super) fn is_slackbot(member: &MemberId) -> bool {
    member.as_str() == SLACKBOT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_keep_their_microseconds() {
        for (written, expected) in [
            (
                "1767600000.000100",
                Some(("2026-01-05T08:00:00.0001Z", 100)),
            ),
            ("1767600000", Some(("2026-01-05T08:00:00Z", 0))),
            ("111.222", Some(("1970-01-01T00:01:51.222Z", 222_000))),
            ("", None),
            (".1", None),
            ("1.", None),
            ("-1.000000", None),
            ("1e9", None),
            ("1767600000.0000001", None),
            ("999999999999.000000", None),
            ("1767600000\u{0}", None),
        ] {
            let read = parse_moment(written).map(|(at, seq)| (at.to_string(), seq));
            assert_eq!(
                read,
                expected.map(|(at, seq)| (at.to_owned(), seq)),
                "{written:?}"
            );
        }
    }
}
