//! What members hear of their points when they ask.

use jiff::Timestamp;

use super::{Draft, Planner};
use crate::locale::Locale;
use crate::member::Status;
use crate::playbook::Gift;

/// A question is answered once in so many seconds: whoever asks again has the answer above.
pub(super) const ASKED_AGAIN: i64 = 60;

impl Planner<'_> {
    /// Their points, one to one, wherever they asked.
    pub(super) fn tell_points(&mut self, at: Timestamp) {
        let book = self.context.current;
        let Some(rules) = &book.playbook.rewards else {
            return;
        };
        if self.member.status() != Status::Member {
            return self.ignore();
        }
        let locale = self.member.locale_or(self.context.community.locale);
        let level = usize::from(self.member.scoring.level);
        let name = book.playbook.levels.get(level);
        let name = name.map_or("", |level| level.name.get(locale));
        let mut values = vec![
            ("points.balance", self.balance().to_string()),
            ("level.number", self.level_number().to_string()),
            ("level.name", name.to_owned()),
        ];
        if let Some(points) = self.points_to_next_level() {
            values.push(("level.points_to_next", points.to_string()));
        }
        values.extend(self.challenge_line(locale));
        let draft = Draft::new(path("mine", at), rules.points.clone());
        self.write(book, draft.with(values).answering());
    }

    /// What points buy, one to one, wherever they asked.
    pub(super) fn show_gifts(&mut self, at: Timestamp) {
        let book = self.context.current;
        let Some(rules) = &book.playbook.rewards else {
            return;
        };
        if self.member.status() != Status::Member {
            return self.ignore();
        }
        let locale = self.member.locale_or(self.context.community.locale);
        let gifts = &book.playbook.gifts;
        let lines: Vec<String> = gifts.iter().map(|gift| line(gift, locale)).collect();
        let kind = if gifts.is_empty() {
            rules.nothing.clone()
        } else {
            rules.list.clone()
        };
        let draft = Draft::new(path("gifts", at), kind).with([
            ("points.balance", self.balance().to_string()),
            ("redeem.list", lines.join("\n")),
        ]);
        self.write(book, draft.answering());
    }

    /// That rankings leave them out, or name them again; one to one, wherever they said so. What
    /// counts is what they said last.
    pub(super) fn confirm_ranking(&mut self, at: Timestamp, shown: bool) {
        let book = self.context.current;
        let rules = book.playbook.rewards.as_ref();
        let Some(rules) = rules.and_then(|rules| rules.ranking.as_ref()) else {
            return;
        };
        if self.member.status() != Status::Member || self.member.scoring.is_hidden() == shown {
            return self.ignore();
        }
        let (kind, what) = if shown {
            (&rules.shown, "shown")
        } else {
            (&rules.hidden, "hidden")
        };
        let draft = Draft::new(path(what, at), kind.clone());
        self.write(book, draft.answering());
    }

    /// Points that can be given for gifts.
    pub(super) fn balance(&self) -> u32 {
        self.member.scoring.balance()
    }

    /// The highest level they ever reached, from 1.
    pub(super) fn level_number(&self) -> u8 {
        self.member.scoring.level.saturating_add(1)
    }

    /// `None` = there is no higher level.
    pub(super) fn points_to_next_level(&self) -> Option<u32> {
        let points = self.member.points();
        let levels = &self.context.current.playbook.levels;
        let mut higher = levels.iter().skip(usize::from(self.level_number()));
        let next = higher.find(|level| level.from > points)?;
        Some(next.from - points)
    }
}

fn path(what: &str, at: Timestamp) -> String {
    format!("points/{what}/{}", at.as_second().div_euclid(ASKED_AGAIN))
}

/// A gift in the list: the same marks in every language.
fn line(gift: &Gift, locale: Locale) -> String {
    let bullet = match locale {
        Locale::ZhHant | Locale::ZhHans => "・",
        Locale::En => "• ",
    };
    let name = gift.name.get(locale);
    let level = match (gift.level, locale) {
        (None, _) => String::new(),
        (Some(level), Locale::ZhHant | Locale::ZhHans) => format!("（Lv.{level}）"),
        (Some(level), Locale::En) => format!(" (Lv.{level})"),
    };
    format!("{bullet}{name} {}{level}", gift.points)
}
