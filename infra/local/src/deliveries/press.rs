//! A press of a button, as the community's platform delivers it.

use anyhow::{Context as _, bail};
use hearth_domain::community::Community;
use hearth_domain::ids::MemberId;
use hearth_domain::message::{Message, To};
use hearth_domain::platform::Platform;
use serde_json::json;

use super::{
    Delivery, DiscordApp, FeishuApp, LineChannel, SlackWorkspace, StandardSender, TelegramBot,
};
use crate::stack::Stack;
use hearth_aws::clock::Clock;

/// The member presses a button of a message, now. Fails where the platform has no buttons, and
/// where the secret it signs with can't be read on this machine.
pub fn press(
    stack: &Stack,
    community: &Community,
    member: &str,
    value: &str,
    message: &Message,
) -> anyhow::Result<Delivery> {
    let now = stack.clock.now();
    // What a delivery is signed with is the first of what it is verified with.
    let signing_secret = community.platform.verifying_secrets().first();
    let signing_secret = signing_secret
        .and_then(|name| stack.literal_secret(community, name))
        .context("the community's signing secret can't be read here")?;
    let name = community.id.to_string();
    match community.platform {
        Platform::Slack => {
            let workspace = SlackWorkspace {
                community: name,
                team: (community.workspace.clone()).unwrap_or_else(|| "T0LOCAL".to_owned()),
                signing_secret,
            };
            let ts = message.platform_id.as_deref().unwrap_or_default();
            Ok(workspace.press(member, ts, &message.id.to_string(), value, now))
        }
        Platform::Line => {
            let channel = LineChannel {
                community: name,
                bot: (community.workspace.clone()).unwrap_or_else(|| "Ulocal".to_owned()),
                channel_secret: signing_secret,
            };
            Ok(channel.press(member, &message.id, value, now))
        }
        Platform::Standard => {
            let sender = StandardSender {
                community: name,
                signing_secret,
            };
            let data =
                json!({"member": member, "message_id": message.id.to_string(), "value": value});
            let id = format!("press-{member}-{}", now.as_microsecond());
            sender.event(&id, "button.pressed", now, &data, now)
        }
        Platform::Telegram => {
            let bot = TelegramBot {
                community: name,
                secret_token: signing_secret,
            };
            let channel = match &message.to {
                To::Channel(channel) => Some(channel),
                To::Member(_) => None,
            };
            Ok(bot.press(&MemberId::new(member)?, channel, &message.id, value, now))
        }
        Platform::Discord => {
            let app = DiscordApp::local(&name, community.workspace.as_deref().unwrap_or("1"));
            let local = app.public_key()?;
            if signing_secret != local {
                bail!(
                    "only Discord has the private key of this community's public_key; to press its buttons here, its file names this stack's own instead: public_key = \"literal:{local}\""
                );
            }
            let in_server = matches!(message.to, To::Channel(_));
            Ok(app.press(&MemberId::new(member)?, in_server, &message.id, value, now)?)
        }
        Platform::Feishu => {
            let app = FeishuApp {
                community: name,
                tenant: (community.workspace.clone()).unwrap_or_else(|| "local".to_owned()),
                encrypt_key: signing_secret,
                verification_token: stack
                    .literal_secret(community, "verification_token")
                    .context("the verification token can't be read here")?,
            };
            let chat = match &message.to {
                To::Channel(chat) => Some(chat),
                To::Member(_) => None,
            };
            Ok(app.press(member, chat, &message.id, value, now))
        }
        Platform::Wecom => bail!("WeCom has no buttons"),
    }
}
