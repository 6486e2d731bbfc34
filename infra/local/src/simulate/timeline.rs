//! A member's weeks, line by line: what they did, what was sent, held or skipped, and why.

use hearth_domain::message::{Message, SkipReason, State};
use jiff::Timestamp;

use super::figures::held_minutes;
use super::story::{Act, Story, Told};
use crate::view::settled_at;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// When.
    pub(super) at: Timestamp,
    /// On the member's own clock: `01-06 10:00`.
    pub(super) local: String,
    /// What.
    pub(super) what: LineWhat<'a>,
}

/// What a line is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LineWhat<'a> {
    /// The member did something, or several things in a row on one day.
    Did(Vec<&'a Act>),
    /// A message of ours came to its end.
    Message {
        /// Which text.
        kind: &'a str,
        /// Its end.
        outcome: Outcome<'a>,
    },
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome<'a> {
    /// It went out at once.
    Sent,
    /// It went out after so many minutes of quiet hours.
    SentAfterQuietHours(u64),
    /// It went out after so many minutes, most likely of the platform's own rate.
    SentLate(u64),
    /// It waits still.
    Waits,
    /// It may have arrived.
    Unknown(&'a str),
    /// It could not be sent.
    Failed(&'a str),
    /// It was not sent.
    Skipped(SkipReason),
}

/// What took no longer went out at once. Minutes.
const AT_ONCE: i64 = 2;

/// A member's lines, in order.
pub(super) fn lines<'a>(told: &'a Told, story: &'a Story) -> Vec<Line<'a>> {
    let local = |at: Timestamp| {
        let zone = story.zone_at(at, &told.community);
        zone.local(at).strftime("%m-%d %H:%M").to_string()
    };
    let acts = story.acts.iter().map(|(at, act)| Line {
        at: *at,
        local: local(*at),
        what: LineWhat::Did(vec![act]),
    });
    let messages = story.messages.iter().map(|message| {
        let at = settled_at(message);
        Line {
            at,
            local: local(at),
            what: LineWhat::Message {
                kind: message.kind.as_str(),
                outcome: outcome(told, story, message),
            },
        }
    });
    let mut lines: Vec<Line<'a>> = acts.chain(messages).collect();
    // What a member did comes before what followed from it.
    lines.sort_by_key(|line| (line.at, matches!(line.what, LineWhat::Message { .. })));
    joined(lines)
}

/// Small acts in a row on one day are one line.
fn joined(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let mut joined: Vec<Line<'_>> = Vec::new();
    for line in lines {
        let day = |line: &Line<'_>| line.local.get(..5).map(str::to_owned);
        if let Some(last) = joined.last_mut()
            && day(last) == day(&line)
            && let (LineWhat::Did(acts), LineWhat::Did(more)) = (&mut last.what, &line.what)
            && acts.iter().chain(more).all(|act| is_small(act))
        {
            acts.extend(more);
            continue;
        }
        joined.push(line);
    }
    joined
}

fn is_small(act: &Act) -> bool {
    match act {
        Act::Posted | Act::CheckedIn | Act::Reacted => true,
        Act::Joined
        | Act::Returned
        | Act::Left
        | Act::Commented
        | Act::Renamed
        | Act::OptedOut
        | Act::Pressed { .. }
        | Act::FellSilent
        | Act::TalksAgain => false,
    }
}

fn outcome<'a>(told: &Told, story: &Story, message: &'a Message) -> Outcome<'a> {
    match &message.state {
        State::Sent { at } | State::Accepted { at } | State::Awaiting { since: at, .. } => {
            if let Some(minutes) = held_minutes(told, story, message) {
                return Outcome::SentAfterQuietHours(minutes);
            }
            let minutes = at.duration_since(message.created).as_mins();
            match u64::try_from(minutes) {
                Ok(late) if minutes > AT_ONCE => Outcome::SentLate(late),
                Ok(_) | Err(_) => Outcome::Sent,
            }
        }
        State::Pending { .. } | State::Held { .. } | State::Sending { .. } => Outcome::Waits,
        State::Unknown { reason, .. } => Outcome::Unknown(reason),
        State::Failed { reason, .. } => Outcome::Failed(reason),
        State::Skipped { reason, .. } => Outcome::Skipped(*reason),
    }
}
