//! The coupon code that a message brings: taken at the last moment, when the row is claimed.

use hearth_aws::registry::Place;
use hearth_aws::store::{StoreError, Taken};
use hearth_domain::community::{Community, Gift};
use hearth_domain::coupon::{Codes, generated};
use hearth_domain::journey::{Book, REDEEMED_GIFT};
use hearth_domain::message::{Attempt, Message};
use tokio::time::Instant;

use crate::handler::Messenger;

/// The placeholders of codes.
const GIFT: &str = "gift.code";
const OFFER: &str = "offer.code";
const REDEEMED: &str = "redeem.code";

/// Where the code of a message comes from, and the placeholder that it is for; `None` = its text
/// asks for none, or the community has nothing to give a code for.
fn wanted<'c>(
    message: &Message,
    community: &'c Community,
    book: Book<'c>,
) -> Option<(&'static str, &'c Codes)> {
    let text = book.playbook.text(&message.kind)?;
    let asks_for = |placeholder| {
        let bodies = [&text.body.zh_hant, &text.body.zh_hans, &text.body.en];
        bodies.iter().any(|body| body.contains(placeholder))
    };
    if asks_for(GIFT) {
        let gift = gift_of(message, community)?;
        Some((GIFT, &gift.codes))
    } else if asks_for(OFFER) {
        let offer = community.offer.as_ref()?;
        Some((OFFER, &offer.codes))
    } else if asks_for(REDEEMED) {
        let id = message.values.get(REDEEMED_GIFT)?.parse().ok()?;
        let gift = book.playbook.gift(&id)?;
        Some((REDEEMED, gift.codes.as_ref()?))
    } else {
        None
    }
}

/// The gift that a message is about: who left is offered another than who is new.
pub(crate) fn gift_of<'c>(message: &Message, community: &'c Community) -> Option<&'c Gift> {
    if message.id.path().starts_with("win-back/") {
        community.come_back_gift.as_ref()
    } else {
        community.gift.as_ref()
    }
}

impl Messenger {
    /// What is to be noted in a claimed message's row about its code, before it is sent: `None` = the
    /// pool is dry. A shared code is the community's to change and is not noted.
    pub(crate) async fn taken(
        &self,
        message: &Message,
        place: &Place,
        book: Book<'_>,
        until: Instant,
    ) -> Result<Option<Vec<(String, String)>>, Attempt> {
        let (placeholder, codes) = match wanted(message, &place.community, book) {
            None | Some((_, Codes::Shared(_))) => return Ok(Some(Vec::new())),
            Some(wanted) => wanted,
        };
        // Nothing was sent: whatever is wrong with the tables, it may be tried again.
        let retry = |reason: &str| Attempt::Retry {
            after: None,
            reason: reason.to_owned(),
        };
        let code = self.code(message, codes, placeholder);
        match tokio::time::timeout_at(until, code).await {
            Ok(Ok(code)) => Ok(code.map(|code| vec![(placeholder.to_owned(), code)])),
            Ok(Err(error)) => {
                tracing::warn!(community = %message.id.community(), error = %error, "no coupon code could be taken");
                Err(retry("coupon-store"))
            }
            Err(_) => Err(retry("coupon-timeout")),
        }
    }

    /// The code of a claimed message; `None` = the pool is dry. The same message always has the
    /// same code: one that was noted, or taken by an attempt that ended before the note, is used
    /// again.
    pub async fn code(
        &self,
        message: &Message,
        codes: &Codes,
        placeholder: &str,
    ) -> Result<Option<String>, StoreError> {
        if let Some(noted) = message.values.get(placeholder) {
            return Ok(Some(noted.clone()));
        }
        match codes {
            Codes::Shared(code) => Ok(Some(code.clone())),
            Codes::Generated { prefix } => {
                let tag = self.pseudonyms.tag(&message.id);
                Ok(Some(generated(prefix, tag)))
            }
            Codes::Pool(pool) => {
                let tried_before = message.attempt > 1;
                let community = message.id.community();
                let store = &self.deps.store;
                let taken = store.take_code(community, pool, &message.id, tried_before);
                match taken.await? {
                    Taken::Code(code) => Ok(Some(code)),
                    Taken::Dry => {
                        self.count(&message.id, "coupon_pool_dry");
                        Ok(None)
                    }
                }
            }
        }
    }
}
