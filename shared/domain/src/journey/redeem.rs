//! Points for gifts.
//!
//! Everything that must agree is one transaction: the member with fewer points, the ledger's row,
//! the gift's stock, and the message that says so. The row and the message are named by the press,
//! so a press that is told twice is done once.

use super::{Draft, Planner};
use crate::ids::{EventId, GiftId, MessageId, MessageKind};
use crate::member::{Status, hash64};
use crate::message::State;
use crate::playbook::{Gift, RewardRules};

/// The value of a message that names the gift it hands over.
pub const REDEEMED_GIFT: &str = "redeem.id";

/// Points that a member gives for a gift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redemption {
    /// The ledger's row, and the message's: `redeem/0123456789abcdef`.
    pub path: String,
    /// Which gift.
    pub gift: GiftId,
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
    pub(super) fn redeem(&mut self, event: &EventId, message: Option<&MessageId>, id: &GiftId) {
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
        let found = match book.playbook.gift(id) {
            Some(gift) => self.may_have(gift).map(|()| gift),
            None => Err(Refusal::Gone),
        };
        match found {
            Ok(gift) => self.hand_over(path, gift, rules.done.clone()),
            Err(refusal) => self.refuse(path, id, &refusal, rules),
        }
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
        let taken = taken.filter(|other| other.gift == gift.id).count();
        let is_left = |left: u32| usize::try_from(left).is_ok_and(|left| taken < left);
        if left
            .or(gift.stock.as_ref())
            .is_some_and(|left| !is_left(*left))
        {
            return Err(Refusal::SoldOut);
        }
        Ok(())
    }

    fn hand_over(&mut self, path: String, gift: &Gift, kind: MessageKind) {
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
            path,
            gift: gift.id.clone(),
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
