//! The message of a busy channel: how many checked in, counted at the last moment.

use hearth_domain::journey::Slot;
use hearth_domain::message::{Attempt, Message};
use tokio::time::Instant;

use crate::handler::Messenger;

impl Messenger {
    /// What is to be noted in a claimed message about the check-ins it stands for; nothing for any
    /// other message.
    pub(crate) async fn check_ins(
        &self,
        message: &Message,
        until: Instant,
    ) -> Result<Option<(String, String)>, Attempt> {
        let Some(slot) = Slot::told_by(message) else {
            return Ok(None);
        };
        // Nothing was sent: whatever is wrong with the tables, it may be tried again.
        let retry = |reason: &str| Attempt::Retry {
            after: None,
            reason: reason.to_owned(),
        };
        let community = message.id.community();
        let count = self.deps.store.check_ins(community, slot);
        match tokio::time::timeout_at(until, count).await {
            Ok(Ok(count)) => Ok(Some(("check_in.count".to_owned(), count.to_string()))),
            Ok(Err(error)) => {
                tracing::warn!(community = %community, error = %error, "check-ins were not counted");
                Err(retry("check-ins-store"))
            }
            Err(_) => Err(retry("check-ins-timeout")),
        }
    }
}
