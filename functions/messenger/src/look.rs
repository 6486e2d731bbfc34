//! Messages that await a person: asking what became of them.

use hearth_aws::batch::Failure;
use hearth_aws::registry::Place;
use hearth_domain::gate::wrong_now;
use hearth_domain::member::Member;
use hearth_domain::message::{Found, Message, SkipReason, State};
use hearth_domain::playbook::Playbook;
use hearth_platforms::{Destination, Looked, Secrets};
use jiff::Timestamp;

use crate::attempt::{SEND_WITHIN, addressee};
use crate::handler::Messenger;

impl Messenger {
    /// Asks what became of a message that awaits a person. One that it has become wrong to send is
    /// taken back.
    pub(crate) async fn look(
        &self,
        place: &Place,
        rules: &Playbook,
        message: &Message,
        member: Option<&Member>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let State::Awaiting { look, .. } = message.state else {
            return Ok(());
        };
        if look > now {
            return Ok(());
        }
        let community = &place.community;
        let wrong = wrong_now(message, member, rules, now);
        let found = match self.found(place, message, wrong.is_some(), now).await {
            Looked::Sent => Found::Sent,
            Looked::Waits => Found::Waits,
            Looked::Unreachable(_) => Found::Unreachable,
            Looked::TakenBack => Found::TakenBack(wrong.unwrap_or(SkipReason::Expired)),
            Looked::NotTold(reason) => {
                tracing::warn!(community = %community.id, path = message.id.path(), reason, "what became of a message that awaits a person is not known");
                self.count(&message.id, "looks_failed");
                Found::Waits
            }
        };
        let looked = message.looked(found, now);
        self.write(looked.clone()).await?;
        self.close_unreachable(place, &looked, member).await;
        Ok(())
    }

    async fn found(
        &self,
        place: &Place,
        message: &Message,
        take_back: bool,
        now: Timestamp,
    ) -> Looked {
        let community = &place.community;
        let sender = hearth_platforms::sender(community.platform);
        let Some(platform_id) = message.platform_id.as_deref() else {
            return Looked::Unreachable("no-platform-id".to_owned());
        };
        let Ok(live) = self.secrets.of(community, now).await else {
            return Looked::NotTold("secrets".to_owned());
        };
        let secrets = Secrets::new((*live).clone());
        let destination = Destination {
            api: community.api.as_deref(),
            secrets: &secrets,
            tokens: &self.tokens,
            now,
        };
        let to = addressee(&message.to);
        let looked = sender.look(
            self.http.as_ref(),
            &destination,
            platform_id,
            &to,
            take_back,
        );
        tokio::time::timeout(SEND_WITHIN, looked)
            .await
            .unwrap_or_else(|_| Looked::NotTold("timeout".to_owned()))
    }
}
