//! What members tell us: how much they want to hear, a button, a question.

use super::observe::{Observed, Rules};
use super::{Effect, Latest, Member, Order, Preference};
use crate::event::Event;
use crate::ids::MessageId;

impl Member {
    pub(super) fn prefer(
        &mut self,
        order: Order,
        preference: Preference,
        effects: &mut Vec<Effect>,
    ) -> Observed {
        let before = self.wants.clone();
        if Latest::offer(&mut self.wants, order, preference) {
            let at = order.timestamp();
            match (preference, before) {
                (Preference::Nothing, _) => effects.push(Effect::OptedOut),
                (Preference::DigestOnly, _) => effects.push(Effect::DigestOnly { at }),
                (Preference::All, Some(before)) if before.value != Preference::All => {
                    let since = before.order.timestamp();
                    effects.push(Effect::OptedIn { at, since });
                }
                (Preference::All, _) => {}
            }
        }
        Observed::Taken
    }

    /// A button of a message of ours.
    pub(super) fn press(
        &mut self,
        event: &Event,
        message: Option<&MessageId>,
        late: bool,
        rules: &Rules<'_>,
        effects: &mut Vec<Effect>,
    ) -> Observed {
        effects.push(Effect::Pressed {
            message: message.cloned(),
        });
        self.active(event.at, late, rules)
    }

    /// A question to us: by a button an act of that day, by a word none.
    pub(super) fn ask(
        &mut self,
        event: &Event,
        message: Option<&MessageId>,
        late: bool,
        rules: &Rules<'_>,
        effects: &mut Vec<Effect>,
    ) -> Observed {
        match message {
            Some(_) => self.press(event, message, late, rules, effects),
            None => Observed::Taken,
        }
    }
}
