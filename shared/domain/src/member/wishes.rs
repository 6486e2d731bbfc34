//! What a member wants of us, and what they like without having said so.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::order::hash32;
use super::{Member, whole_second};
use crate::ids::InterestId;
use crate::playbook::Playbook;

/// How much a member wants to hear from us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Preference {
    /// Everything that the playbook sends.
    All,
    /// One message a week, and answers to their own acts.
    DigestOnly,
    /// Nothing.
    Nothing,
}

/// What a member's posts and reactions were about. Counts add up in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leanings(BTreeMap<u16, u8>);

impl Leanings {
    /// More different interests than a playbook has are not kept.
    pub const MOST: usize = 8;
    /// So often in the same place is more than chance.
    const ENOUGH: u8 = 2;

    /// Notes one post or reaction.
    pub fn note(&mut self, interest: &InterestId) {
        let key = key(interest);
        if self.0.len() >= Self::MOST && !self.0.contains_key(&key) {
            return;
        }
        let count = self.0.entry(key).or_default();
        *count = count.saturating_add(1);
    }

    /// The interest that they showed most; the playbook's order decides between equals.
    pub fn foremost<'p>(&self, playbook: &'p Playbook) -> Option<&'p InterestId> {
        let shown = |id: &InterestId| self.0.get(&key(id)).copied().unwrap_or_default();
        let interests = playbook.interests.iter().rev().map(|interest| &interest.id);
        interests
            .max_by_key(|id| shown(id))
            .filter(|id| shown(id) >= Self::ENOUGH)
    }

    /// As stored: a hash of the interest's id and how often.
    pub fn entries(&self) -> impl Iterator<Item = (u16, u8)> {
        self.0.iter().map(|(key, count)| (*key, *count))
    }

    /// From what [`Leanings::entries`] gave.
    pub fn from_entries(entries: impl IntoIterator<Item = (u16, u8)>) -> Self {
        Self(entries.into_iter().collect())
    }
}

/// Two bytes stand for an id: a playbook has eight interests at most.
fn key(interest: &InterestId) -> u16 {
    let hash = hash32(interest.as_str());
    u16::try_from((hash >> 16) ^ (hash & 0xffff)).unwrap_or_default()
}

/// Whether a member agreed to the second channel, and since when. Of two tellings within a second
/// the refusal counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    /// When it was told, to the second.
    pub told: Timestamp,
    /// `true` = agreed.
    pub given: bool,
}

impl Consent {
    /// Takes what was told if it was told later than what is known.
    pub fn offer(known: &mut Option<Self>, at: Timestamp, given: bool) {
        let told = whole_second(at);
        let rank = |consent: &Self| (consent.told, !consent.given);
        let new = Self { told, given };
        if known.as_ref().is_none_or(|known| rank(&new) > rank(known)) {
            *known = Some(new);
        }
    }
}

impl Member {
    /// How much they want to hear from us.
    pub fn preference(&self) -> Preference {
        self.wants
            .as_ref()
            .map_or(Preference::All, |told| told.value)
    }

    /// Whether they want no messages.
    pub fn is_opted_out(&self) -> bool {
        self.preference() == Preference::Nothing
    }

    /// Whether we may use the second channel.
    pub fn agreed_to_second_channel(&self) -> bool {
        self.consent.is_some_and(|consent| consent.given)
    }

    /// The interest that content is chosen by: the one they named, else the one they showed.
    pub fn interest<'a>(&'a self, playbook: &'a Playbook) -> Option<&'a InterestId> {
        self.chosen_interest()
            .or_else(|| self.leanings.foremost(playbook))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> InterestId {
        InterestId::new(text).unwrap()
    }

    #[test]
    fn what_they_showed_most_is_what_they_like() {
        let playbook = Playbook::parse(Playbook::DEFAULT_TOML).unwrap();
        for (shown, foremost) in [
            ("", None),
            ("tools", None),
            ("tools tools", Some("tools")),
            ("cases tools cases tools", Some("tools")),
            ("cases tools cases tools cases", Some("cases")),
            ("gone gone gone tools tools", Some("tools")),
        ] {
            let mut leanings = Leanings::default();
            shown
                .split_whitespace()
                .for_each(|interest| leanings.note(&id(interest)));
            let found = leanings.foremost(&playbook).map(InterestId::as_str);
            assert_eq!(found, foremost, "{shown}");
        }
    }

    #[test]
    fn of_two_consents_the_later_counts_and_within_a_second_the_refusal() {
        let at = |second| Timestamp::from_second(second).unwrap();
        for (tellings, given) in [
            (vec![(1, true)], true),
            (vec![(2, true), (1, false)], true),
            (vec![(1, false), (2, true)], true),
            (vec![(1, true), (1, false)], false),
            (vec![(1, false), (1, true)], false),
        ] {
            let mut consent = None;
            for (second, given) in &tellings {
                Consent::offer(&mut consent, at(*second), *given);
            }
            assert_eq!(
                consent.map(|consent| consent.given),
                Some(given),
                "{tellings:?}"
            );
        }
    }
}
