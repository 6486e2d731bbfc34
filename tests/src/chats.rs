//! One community on each platform, and deliveries as each platform makes them: for tables that hold
//! for all of them.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_domain::platform::Platform;
use hearth_local::deliveries::{
    Delivery, DiscordApp, FeishuApp, LineChannel, SlackWorkspace, StandardSender, TelegramBot,
    WecomCorp, slack_ts,
};
use http::HeaderName;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::world::{ACME, SHOP};

/// How a platform delivers.
#[derive(Clone, Copy)]
pub struct Chat {
    /// Which one.
    pub platform: Platform,
    /// Its community's id.
    pub community: &'static str,
    /// Its community's file.
    pub file: &'static str,
    /// Where the signature stands.
    pub signature: Place,
    /// Where the signed time stands, if the platform signs one.
    pub timestamp: Option<Place>,
    /// A delivery of this body, signed at this time with the community's own secret.
    pub signed: fn(&[u8], Timestamp) -> Delivery,
    /// The same with another's secret.
    pub forged: fn(&[u8], Timestamp) -> Delivery,
    /// What the platform tells when the n-th member does what members do most: the body, and the
    /// member's id.
    pub usual: fn(u64, Timestamp) -> (Vec<u8>, String),
    /// The same with this in place of the member's id, which is none.
    pub member: fn(&Value, Timestamp) -> Vec<u8>,
    /// A body of a type that is none of ours.
    pub unknown: &'static str,
}

/// A place in a delivery.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    /// A header.
    Header(&'static str),
    /// A parameter of the query.
    Query(&'static str),
}

impl Place {
    /// What stands there.
    pub fn get(self, delivery: &Delivery) -> Option<String> {
        match self {
            Self::Header(name) => {
                let value = delivery.headers.get(name)?.to_str().ok()?;
                Some(value.to_owned())
            }
            Self::Query(name) => pairs(delivery)
                .into_iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value),
        }
    }

    /// Puts these values there, none of them or several.
    #[must_use]
    pub fn set(self, delivery: &Delivery, values: &[&str]) -> Delivery {
        let mut changed = delivery.clone();
        match self {
            Self::Header(name) => {
                changed.headers.remove(name);
                for value in values {
                    let value = http::HeaderValue::from_bytes(value.as_bytes());
                    if let Ok(value) = value {
                        changed.headers.append(HeaderName::from_static(name), value);
                    }
                }
            }
            Self::Query(name) => {
                let mut pairs = pairs(delivery);
                pairs.retain(|(key, _)| key != name);
                pairs.extend(
                    values
                        .iter()
                        .map(|value| (name.to_owned(), (*value).to_owned())),
                );
                let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
                let path = changed.path.split('?').next().unwrap_or_default();
                changed.path = format!("{path}?{query}");
            }
        }
        changed
    }
}

fn pairs(delivery: &Delivery) -> Vec<(String, String)> {
    let query = delivery.path.split_once('?').map(|(_, query)| query);
    serde_urlencoded::from_str(query.unwrap_or_default()).unwrap_or_default()
}

impl Chat {
    /// The community's file with references in place of its secrets, and what they refer to: as in
    /// AWS.
    pub fn in_aws(&self) -> (String, Vec<(String, String)>) {
        let mut secrets = Vec::new();
        let lines = self.file.lines().map(|line| {
            let secret = line.split_once("literal:").and_then(|(before, after)| {
                let (name, _) = before.split_once(' ')?;
                Some((name, after.split('"').next()?))
            });
            let Some((name, value)) = secret else {
                return line.to_owned();
            };
            let parameter = format!("/hearth/{}/{name}", self.community);
            secrets.push((parameter.clone(), value.to_owned()));
            format!("{name} = \"ssm:{parameter}\"")
        });
        let file = lines.collect::<Vec<String>>().join("\n");
        (file, secrets)
    }

    /// What the n-th member does, delivered.
    pub fn delivery(&self, n: u64, now: Timestamp) -> Delivery {
        (self.signed)(&(self.usual)(n, now).0, now)
    }
}

/// All platforms.
pub const CHATS: [Chat; 7] = [SLACK, STANDARD, LINE, TELEGRAM, DISCORD, FEISHU, WECOM];

const TEXT: &str = "今天把第一版做完了，大家幫我看看有沒有什麼可以改的地方？";

fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

const SLACK: Chat = Chat {
    platform: Platform::Slack,
    community: "acme",
    file: ACME,
    signature: Place::Header("x-slack-signature"),
    timestamp: Some(Place::Header("x-slack-request-timestamp")),
    signed: |body, now| slack("a-signing-secret-of-the-tests", body, now),
    forged: |body, now| slack("another-secret", body, now),
    usual: |n, now| {
        let user = format!("U{n}");
        (slack_message(&json!(user), now), user)
    },
    member: slack_message,
    unknown: r#"{"type":"event_callback","team_id":"T123","event":{"type":"app_mention","user":"U1"}}"#,
};

fn slack(secret: &str, body: &[u8], now: Timestamp) -> Delivery {
    let workspace = SlackWorkspace {
        community: SLACK.community.to_owned(),
        team: "T123".to_owned(),
        signing_secret: secret.to_owned(),
    };
    workspace.sign("application/json", body.to_vec(), now)
}

fn slack_message(user: &Value, now: Timestamp) -> Vec<u8> {
    let ts = slack_ts(now);
    bytes(&json!({
        "token": "unused", "team_id": "T123", "api_app_id": "A0HEARTH", "type": "event_callback",
        "event_id": "Ev0123456789", "event_time": now.as_second(),
        "event": {"type": "message", "user": user, "channel": "C0GENERAL", "channel_type": "channel",
                  "text": TEXT, "ts": ts, "event_ts": ts},
    }))
}

const STANDARD: Chat = Chat {
    platform: Platform::Standard,
    community: "shop",
    file: SHOP,
    signature: Place::Header("webhook-signature"),
    timestamp: Some(Place::Header("webhook-timestamp")),
    signed: |body, now| standard("whsec_c2hvcC1zaWduaW5nLXNlY3JldA==", body, now),
    forged: |body, now| standard("whsec_YW5vdGhlciBzZWNyZXQ=", body, now),
    usual: |n, now| {
        let member = format!("m{n}");
        (standard_message(&json!(member), now), member)
    },
    member: standard_message,
    unknown: r#"{"type":"cart.abandoned","timestamp":"2026-01-05T08:00:00Z","data":{}}"#,
};

fn standard(secret: &str, body: &[u8], now: Timestamp) -> Delivery {
    let sender = StandardSender {
        community: STANDARD.community.to_owned(),
        signing_secret: secret.to_owned(),
    };
    sender.sign("evt_1", body.to_vec(), now).unwrap()
}

fn standard_message(member: &Value, now: Timestamp) -> Vec<u8> {
    bytes(&json!({
        "type": "message.posted", "timestamp": now.to_string(),
        "data": {"member": member, "message": "p1", "channel": "c1", "keyword_text": TEXT, "length": 28},
    }))
}

const LINE: Chat = Chat {
    platform: Platform::Line,
    community: "line-club",
    file: r#"
id = "line-club"
platform = "line"
name = "LINE Makers"
zone = "Asia/Taipei"
locale = "zh-Hant"
playbook = "default"
home_channel = "C0home"

[secrets]
channel_secret = "literal:a-channel-secret-of-the-tests"
channel_access_token = "literal:a-token-of-the-tests"

[about]
value = "一起動手做。"
"#,
    signature: Place::Header("x-line-signature"),
    timestamp: None,
    signed: |body, _| line("a-channel-secret-of-the-tests", body),
    forged: |body, _| line("another-secret", body),
    usual: |n, now| {
        let user = format!("U{n}");
        (line_message(&json!(user), now), user)
    },
    member: line_message,
    unknown: r#"{"destination":"Ubot","events":[{"type":"videoPlayComplete","mode":"active","timestamp":1767600000000,"source":{"type":"user","userId":"U1"}}]}"#,
};

fn line(secret: &str, body: &[u8]) -> Delivery {
    let channel = LineChannel {
        community: LINE.community.to_owned(),
        bot: "Ubot".to_owned(),
        channel_secret: secret.to_owned(),
    };
    channel.sign(body.to_vec())
}

fn line_message(user: &Value, now: Timestamp) -> Vec<u8> {
    let id = now.as_nanosecond().to_string();
    let source = json!({"type": "group", "groupId": "C0home", "userId": user});
    let message = json!({"id": id, "type": "text", "text": TEXT, "quoteToken": "q"});
    let event = LineChannel::event("message", &source, &json!({"message": message}), now);
    bytes(&json!({"destination": "Ubot", "events": [event]}))
}

const TELEGRAM: Chat = Chat {
    platform: Platform::Telegram,
    community: "telegram-club",
    file: r#"
id = "telegram-club"
platform = "telegram"
name = "Telegram Makers"
zone = "Asia/Taipei"
locale = "zh-Hant"
playbook = "default"
home_channel = "-1001234"

[secrets]
secret_token = "literal:a-secret_token-of-the-tests"
bot_token = "literal:123456:AAE-tests"

[about]
value = "一起動手做。"
"#,
    signature: Place::Header(hearth_platforms::telegram::SECRET_HEADER),
    timestamp: None,
    signed: |body, _| telegram("a-secret_token-of-the-tests", body),
    forged: |body, _| telegram("another-token", body),
    usual: |n, now| (telegram_message(&json!(n), now), n.to_string()),
    member: telegram_message,
    unknown: r#"{"update_id":1,"poll_answer":{"poll_id":"1"}}"#,
};

fn telegram(token: &str, body: &[u8]) -> Delivery {
    let bot = TelegramBot {
        community: TELEGRAM.community.to_owned(),
        secret_token: token.to_owned(),
    };
    bot.deliver(body.to_vec())
}

fn telegram_message(user: &Value, now: Timestamp) -> Vec<u8> {
    let number = now.as_millisecond().unsigned_abs();
    bytes(&json!({
        "update_id": number,
        "message": {
            "message_id": number, "date": now.as_second(), "text": TEXT,
            "chat": {"id": -1_001_234, "type": "supergroup", "title": "Acme Makers"},
            "from": {"id": user, "is_bot": false, "first_name": "小美", "language_code": "zh-hant"},
        },
    }))
}

const DISCORD: Chat = Chat {
    platform: Platform::Discord,
    community: "discord-club",
    file: r#"
id = "discord-club"
platform = "discord"
name = "Discord Makers"
zone = "Asia/Taipei"
locale = "zh-Hant"
playbook = "default"
workspace = "9001"
home_channel = "9002"

[secrets]
public_key = "literal:2263bcbcb51fb38a4f514af7b0e46bfe2671cd39afd43991cc37b48b3292fd23"
signing_secret = "literal:whsec_c2hvcC1zaWduaW5nLXNlY3JldA=="
bot_token = "literal:a-bot-token-of-the-tests"

[about]
value = "一起動手做。"
"#,
    signature: Place::Header("x-signature-ed25519"),
    timestamp: Some(Place::Header("x-signature-timestamp")),
    signed: |body, now| discord(&DiscordApp::local(DISCORD.community, "9001"), body, now),
    forged: |body, now| {
        let other = DiscordApp {
            seed: [1; 32],
            ..DiscordApp::local(DISCORD.community, "9001")
        };
        discord(&other, body, now)
    },
    usual: |n, now| (discord_press(&json!(n.to_string()), now), n.to_string()),
    member: discord_press,
    unknown: r#"{"type":99,"id":"1150000000000000000","token":"t","version":1,"guild_id":"9001"}"#,
};

fn discord(app: &DiscordApp, body: &[u8], now: Timestamp) -> Delivery {
    app.sign(body.to_vec(), now).unwrap()
}

fn discord_press(user: &Value, now: Timestamp) -> Vec<u8> {
    let id = (now.as_millisecond() - hearth_platforms::discord::EPOCH_MILLIS) << 22;
    bytes(&json!({
        "type": 3, "id": id.to_string(), "application_id": "1", "token": "local", "version": 1,
        "guild_id": "9001", "locale": "zh-TW",
        "data": {"component_type": 2, "custom_id": "interest:tools"},
        "member": {"nick": "小美", "user": {"id": user, "username": "may"}},
    }))
}

const FEISHU: Chat = Chat {
    platform: Platform::Feishu,
    community: "feishu-club",
    file: r#"
id = "feishu-club"
platform = "feishu"
name = "Feishu Makers"
zone = "Asia/Shanghai"
locale = "zh-Hans"
playbook = "default"
home_channel = "oc_home"

[secrets]
encrypt_key = "literal:an-encrypt-key-of-the-tests"
verification_token = "literal:a-verification-token"
app_id = "literal:cli_hearth"
app_secret = "literal:an-app-secret-of-the-tests"

[about]
value = "一起动手做。"
"#,
    signature: Place::Header("x-lark-signature"),
    timestamp: Some(Place::Header("x-lark-request-timestamp")),
    signed: |body, now| feishu("an-encrypt-key-of-the-tests", body, now),
    forged: |body, now| feishu("another-key", body, now),
    usual: |n, now| {
        let user = format!("ou_{n}");
        (feishu_message(&json!(user), now), user)
    },
    member: feishu_message,
    unknown: r#"{"schema":"2.0","header":{"event_id":"e","event_type":"vc.meeting.started_v1","create_time":"1767600000000","token":"a-verification-token","app_id":"cli_hearth","tenant_key":"t"},"event":{}}"#,
};

fn feishu_app(key: &str) -> FeishuApp {
    FeishuApp {
        community: FEISHU.community.to_owned(),
        tenant: "t".to_owned(),
        encrypt_key: key.to_owned(),
        verification_token: "a-verification-token".to_owned(),
    }
}

fn feishu(key: &str, body: &[u8], now: Timestamp) -> Delivery {
    feishu_app(key).seal(body, now)
}

fn feishu_message(user: &Value, now: Timestamp) -> Vec<u8> {
    let millis = now.as_millisecond().to_string();
    let content = json!({"text": TEXT}).to_string();
    let event = json!({
        "sender": {"sender_id": {"open_id": user}, "sender_type": "user", "tenant_key": "t"},
        "message": {"message_id": format!("om_{millis}"), "chat_id": "oc_home", "chat_type": "group",
                    "message_type": "text", "create_time": millis, "content": content},
    });
    bytes(&feishu_app("").event("im.message.receive_v1", &event, now))
}

const WECOM: Chat = Chat {
    platform: Platform::Wecom,
    community: "wecom-club",
    file: r#"
id = "wecom-club"
platform = "wecom"
name = "WeCom Makers"
zone = "Asia/Shanghai"
locale = "zh-Hans"
playbook = "default"

[secrets]
token = "literal:atokenofthetests"
encoding_aes_key = "literal:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
corp_id = "literal:ww0123456789abcdef"
corp_secret = "literal:a-corp-secret-of-the-tests"

[about]
value = "一起动手做。"
"#,
    signature: Place::Query("msg_signature"),
    timestamp: Some(Place::Query("timestamp")),
    signed: |body, now| wecom("atokenofthetests", body, now),
    forged: |body, now| wecom("anothertoken", body, now),
    usual: |n, now| {
        let customer = format!("wm{n}");
        (wecom_contact(&json!(customer), now), customer)
    },
    member: wecom_contact,
    unknown: "<xml><ToUserName>ww0123456789abcdef</ToUserName><FromUserName>sys</FromUserName><CreateTime>1767600000</CreateTime><MsgType>event</MsgType><Event>enter_agent</Event></xml>",
};

fn wecom(token: &str, body: &[u8], now: Timestamp) -> Delivery {
    let corp = WecomCorp {
        community: WECOM.community.to_owned(),
        corp_id: "ww0123456789abcdef".to_owned(),
        token: token.to_owned(),
        encoding_aes_key: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG".to_owned(),
    };
    corp.seal_bytes(body, now).unwrap()
}

/// Becoming a contact: of what customers write WeCom tells nothing.
fn wecom_contact(customer: &Value, now: Timestamp) -> Vec<u8> {
    let customer = customer
        .as_str()
        .map_or_else(|| customer.to_string(), str::to_owned);
    format!(
        "<xml><ToUserName><![CDATA[ww0123456789abcdef]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName>\
         <CreateTime>{}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[change_external_contact]]></Event>\
         <ChangeType><![CDATA[add_external_contact]]></ChangeType><UserID><![CDATA[zhangsan]]></UserID>\
         <ExternalUserID><![CDATA[{customer}]]></ExternalUserID></xml>",
        now.as_second()
    )
    .into_bytes()
}
