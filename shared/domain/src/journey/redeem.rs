//! Points for gifts.
//!
//! Everything that must agree is one transaction: the member with fewer points, the ledger's row,
//! the gift's stock, and the message that says so. The message is named by the press, so a press
//! that is told twice is done once. The row is named by the gift and the minute: who taps a button
//! twice does not mean two, and what is asked about is found by its name.

use jiff::Timestamp;

use super::{Draft, Planner};
use crate::ids::{EventId, GiftId, MessageId, MessageKind};
use crate::member::{Status, hash64};
use crate::message::State;
use crate::playbook::{Gift, RewardRules};

/// The value of a message that names the gift it hands over.
pub const REDEEMED_GIFT: &str = "redeem.id";

/// Two presses of a member for the same gift that are fewer seconds apart, by their own times, are
/// one. Whichever is handled first stays.
const SAME_PRESS: i64 = 60;

/// The press of a gift's button for which the gift was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiftPress {
    /// The path of the message that answers it: `redeem/0123456789abcdef`.
    pub answer: String,
    /// Which gift.
    pub gift: GiftId,
    /// When they pressed; whole seconds count.
    pub at: Timestamp,
}

impl GiftPress {
    /// The path of the ledger's row: `redeem/mug/29459520`, the last being minutes since 1970.
    pub fn row(&self) -> String {
        row(&self.gift, minute(self.at))
    }

    /// The rows in which a press stands that one at this instant is the same as.
    pub fn rows_near(gift: &GiftId, at: Timestamp) -> [String; 3] {
        let minute = minute(at);
        [minute - 1, minute, minute + 1].map(|minute| row(gift, minute))
    }

    fn is_same(&self, gift: &GiftId, at: Timestamp) -> bool {
        let apart = self.at.as_second() - at.as_second();
        self.gift == *gift && apart.abs() < SAME_PRESS
    }
}

/// A slot as long as presses are the same: those that are lie in one or in two that touch.
fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(SAME_PRESS)
}

fn row(gift: &GiftId, minute: i64) -> String {
    format!("redeem/{gift}/{minute}")
}

/// Points that a member gives for a gift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redemption {
    /// The press, which names the ledger's row and the message.
    pub press: GiftPress,
    /// How many points.
    pub points: u32,
    /// So many of the gift can be had by all members together; `None` = any number.
    pub stock: Option<u32>,
}

/// Why a gift is not to be had.
enum Refusal {
    Gone,
    Level(u8),
    TooFew(u32),
    SoldOut,
}

impl Planner<'_> {
    /// Gives points for a gift, or says why not. Either way the member has an answer.
    pub(super) fn redeem(
        &mut self,
        event: &EventId,
        at: Timestamp,
        message: Option<&MessageId>,
        id: &GiftId,
    ) {
        // Somebody else's button; that is counted where the press is noted.
        if message.is_some_and(|message| !self.is_mine(message)) {
            return;
        }
        let path = format!("redeem/{:016x}", hash64(event.as_str()));
        if self.is_written(&path) {
            return;
        }
        let book = self.context.current;
        let Some(rules) = &book.playbook.rewards else {
            return self.ignore();
        };
        if self.member.status() != Status::Member {
            return self.ignore();
        }
        if self.had().any(|press| press.answer == path) {
            return;
        }
        if self.had().any(|press| press.is_same(id, at)) {
            return self.acted.counts.push("gifts_again");
        }
        let found = match book.playbook.gift(id) {
            Some(gift) => self.may_have(gift).map(|()| gift),
            None => Err(Refusal::Gone),
        };
        match found {
            Ok(gift) => self.hand_over(path, at, gift, rules.done.clone()),
            Err(refusal) => self.refuse(path, id, &refusal, rules),
        }
    }

    /// Presses for which a gift was handed over: about now, or a moment ago in this decision.
    fn had(&self) -> impl Iterator<Item = &GiftPress> {
        let just_now = self.acted.redeemed.iter().map(|other| &other.press);
        self.context.redeemed.into_iter().flatten().chain(just_now)
    }

    fn may_have(&self, gift: &Gift) -> Result<(), Refusal> {
        let level = self.level_number();
        if let Some(needed) = gift.level.filter(|needed| *needed > level) {
            return Err(Refusal::Level(needed));
        }
        let balance = self.balance();
        if balance < gift.points {
            return Err(Refusal::TooFew(gift.points - balance));
        }
        let left = self.context.left.and_then(|left| left.get(&gift.id));
        let taken = self.acted.redeemed.iter();
        let taken = taken.filter(|other| other.press.gift == gift.id).count();
        let is_left = |left: u32| usize::try_from(left).is_ok_and(|left| taken < left);
        if left
            .or(gift.stock.as_ref())
            .is_some_and(|left| !is_left(*left))
        {
            return Err(Refusal::SoldOut);
        }
        Ok(())
    }

    fn hand_over(&mut self, path: String, at: Timestamp, gift: &Gift, kind: MessageKind) {
        let locale = self.member.locale_or(self.context.community.locale);
        let balance = self.balance() - gift.points;
        let mut values = vec![
            (REDEEMED_GIFT, gift.id.to_string()),
            ("redeem.gift", gift.name.get(locale).to_owned()),
            ("redeem.points", gift.points.to_string()),
            ("points.balance", balance.to_string()),
        ];
        if let Some(note) = &gift.note {
            values.push(("redeem.note", note.get(locale).to_owned()));
        }
        let draft = Draft::new(path.clone(), kind).with(values).answering();
        self.write(self.context.current, draft);
        // Nobody pays for what we can't hand over.
        let goes_out = |message: &crate::message::Message| {
            message.id.path() == path && matches!(message.state, State::Pending { .. })
        };
        if !self.acted.messages.last().is_some_and(goes_out) {
            return;
        }
        self.member.scoring.spend(gift.points);
        self.acted.redeemed.push(Redemption {
            press: GiftPress {
                answer: path,
                gift: gift.id.clone(),
                at,
            },
            points: gift.points,
            stock: gift.stock,
        });
        self.acted.counts.push("gifts_redeemed");
    }

    fn refuse(&mut self, path: String, id: &GiftId, refusal: &Refusal, rules: &RewardRules) {
        let book = self.context.current;
        let locale = self.member.locale_or(self.context.community.locale);
        let mut values = vec![("points.balance", self.balance().to_string())];
        if let Some(gift) = book.playbook.gift(id) {
            values.push(("redeem.gift", gift.name.get(locale).to_owned()));
            values.push(("redeem.points", gift.points.to_string()));
        }
        let (kind, count) = match refusal {
            Refusal::Gone => (&rules.gone, "gifts_gone"),
            Refusal::Level(level) => {
                values.push(("redeem.level", level.to_string()));
                (&rules.level, "gifts_above_level")
            }
            Refusal::TooFew(missing) => {
                values.push(("redeem.missing", missing.to_string()));
                (&rules.too_few, "gifts_too_dear")
            }
            Refusal::SoldOut => (&rules.sold_out, "gifts_sold_out"),
        };
        self.acted.counts.push(count);
        let draft = Draft::new(path, kind.clone()).with(values).answering();
        self.write(book, draft);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presses_less_than_a_minute_apart_are_one_and_each_finds_the_others_row() {
        let press = |gift: &str, at: &str| GiftPress {
            answer: "redeem/0123456789abcdef".to_owned(),
            gift: gift.parse().unwrap(),
            at: at.parse().unwrap(),
        };
        let check = |first: GiftPress, second: GiftPress, same: bool| {
            for (one, other) in [(&first, &second), (&second, &first)] {
                assert_eq!(
                    one.is_same(&other.gift, other.at),
                    same,
                    "{one:?} {other:?}"
                );
                let found = GiftPress::rows_near(&other.gift, other.at).contains(&one.row());
                assert!(found || !same, "{one:?} {other:?}");
            }
        };
        let at = |gift, second| press(gift, &format!("2026-01-05T01:00:00.{second}Z"));
        check(at("mug", "100"), at("mug", "900"), true);
        check(at("mug", "100"), at("bag", "100"), false);
        let early = "2026-01-05T01:00:59.9Z";
        for (late, same) in [
            ("2026-01-05T01:01:00Z", true),
            ("2026-01-05T01:01:58.9Z", true),
            ("2026-01-05T01:01:59Z", false),
            ("2026-01-05T01:02:00Z", false),
        ] {
            check(press("mug", early), press("mug", late), same);
        }
        // Two that the same row would stand for are never two.
        let last = press("mug", "2026-01-05T01:00:59.9Z");
        let first = press("mug", "2026-01-05T01:00:00Z");
        assert_eq!(first.row(), last.row());
        check(first, last, true);
    }
}
