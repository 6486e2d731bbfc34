//! What members of a temperament do by themselves, and how they answer. These are assumptions, not
//! measurements: they are chosen so that every branch of a playbook is walked by somebody.

use std::ops::RangeInclusive;

use super::people::Temperament;

/// Habits. Chances are of a hundred.
#[derive(Debug, Clone)]
pub(super) struct Habits {
    /// A day, to check in by the keyword.
    pub(super) checks_in: u64,
    /// A day, to post something.
    pub(super) posts: u64,
    /// A day, to react to somebody's post.
    pub(super) reacts: u64,
    /// To press one of the buttons of a message.
    pub(super) presses: u64,
    /// To do a task that was asked for.
    pub(super) does_tasks: u64,
    /// To want no more messages, after a promotional one.
    pub(super) opts_out: u64,
    /// Minutes from a message to the answer.
    pub(super) answers_after: RangeInclusive<u64>,
    /// The day after joining on which they leave.
    pub(super) leaves_on: Option<RangeInclusive<u64>>,
    /// To come back after a message of win-back.
    pub(super) returns: u64,
    /// To fall silent at all, …
    pub(super) falls_silent: u64,
    /// … and the day after joining on which they do.
    pub(super) silent_on: RangeInclusive<u64>,
    /// To talk again after a wake-up.
    pub(super) wakes: u64,
}

impl Temperament {
    pub(super) fn habits(self) -> Habits {
        match self {
            Self::Eager => Habits {
                checks_in: 70,
                posts: 45,
                reacts: 30,
                presses: 85,
                does_tasks: 90,
                opts_out: 0,
                answers_after: 5..=120,
                leaves_on: None,
                returns: 0,
                falls_silent: 10,
                silent_on: 20..=35,
                wakes: 60,
            },
            Self::Quiet => Habits {
                checks_in: 10,
                posts: 6,
                reacts: 10,
                presses: 35,
                does_tasks: 25,
                opts_out: 2,
                answers_after: 30..=600,
                leaves_on: None,
                returns: 0,
                falls_silent: 60,
                silent_on: 5..=15,
                wakes: 30,
            },
            Self::Sceptical => Habits {
                checks_in: 8,
                posts: 12,
                reacts: 3,
                presses: 50,
                does_tasks: 15,
                opts_out: 10,
                answers_after: 60..=720,
                leaves_on: None,
                returns: 0,
                falls_silent: 30,
                silent_on: 10..=20,
                wakes: 10,
            },
            Self::Leaver => Habits {
                checks_in: 10,
                posts: 8,
                reacts: 5,
                presses: 45,
                does_tasks: 20,
                opts_out: 2,
                answers_after: 10..=900,
                leaves_on: Some(1..=12),
                returns: 0,
                falls_silent: 0,
                silent_on: 0..=0,
                wakes: 0,
            },
            Self::Returner => Habits {
                checks_in: 25,
                posts: 20,
                reacts: 10,
                presses: 65,
                does_tasks: 50,
                opts_out: 1,
                answers_after: 10..=300,
                leaves_on: Some(2..=14),
                returns: 60,
                falls_silent: 0,
                silent_on: 0..=0,
                wakes: 50,
            },
        }
    }
}

/// Where the buttons of a message are liked less than this together, the rest is for pressing none.
pub(super) const OF_A_HUNDRED: u64 = 100;
/// How much each temperament (in the order of [`Temperament::ALL`]) likes a button, by its value or
/// the beginning of it; the first that fits counts.
const TASTES: &[(&str, [u64; 5])] = &[
    ("interest:skip", [2, 30, 80, 40, 10]),
    ("interest:", [30, 20, 10, 20, 30]),
    ("task:done", [40, 30, 10, 20, 30]),
    ("task:help", [5, 15, 20, 5, 10]),
    ("content:useful", [80, 60, 20, 30, 60]),
    ("content:other", [20, 40, 80, 70, 40]),
    ("event:join", [85, 35, 10, 20, 60]),
    ("event:later", [15, 65, 90, 80, 40]),
    ("event:here", [95, 70, 40, 40, 80]),
    ("score:1", [0, 2, 30, 20, 5]),
    ("score:2", [0, 5, 35, 20, 5]),
    ("score:3", [5, 30, 25, 30, 20]),
    ("score:4", [35, 43, 8, 20, 40]),
    ("score:5", [60, 20, 2, 10, 30]),
    ("boring_content", [10, 30, 20, 35, 30]),
    ("few_benefits", [10, 30, 20, 25, 40]),
    ("too_much_info", [10, 30, 50, 25, 20]),
    ("other", [10, 10, 10, 15, 10]),
    ("preference:digest", [50, 50, 50, 20, 70]),
    ("preference:none", [50, 50, 50, 80, 30]),
    ("vote:quiet", [5, 60, 60, 50, 10]),
    ("vote:", [40, 20, 10, 20, 40]),
];
/// A button that we have no opinion about: a playbook's own.
const UNKNOWN: u64 = 20;

/// How much somebody likes a button.
pub(super) fn taste(temperament: Temperament, value: &str) -> u64 {
    let column = Temperament::ALL.iter().position(|one| *one == temperament);
    TASTES
        .iter()
        .find(|(known, _)| value == *known || (known.ends_with(':') && value.starts_with(known)))
        .and_then(|(_, weights)| weights.get(column?).copied())
        .unwrap_or(UNKNOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_are_liked_by_value_and_unknown_ones_by_everybody() {
        assert_eq!(taste(Temperament::Sceptical, "interest:skip"), 80);
        assert_eq!(taste(Temperament::Eager, "interest:tools"), 30);
        assert_eq!(taste(Temperament::Eager, "score:1"), 0);
        assert_eq!(taste(Temperament::Quiet, "vote:quiet"), 60);
        assert_eq!(taste(Temperament::Quiet, "vote:more-tools"), 20);
        assert_eq!(taste(Temperament::Leaver, "faq:rules"), UNKNOWN);
        assert_eq!(taste(Temperament::Leaver, "otherwise"), UNKNOWN);
    }
}
