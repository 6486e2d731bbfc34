//! `deliver`, `advance`, `press`, `sent`: what a story is told with.

use std::sync::Arc;

use hearth_aws::clock::Clock;
use hearth_aws::store::Kind;
use hearth_domain::community::Community;
use hearth_domain::ids::{MemberId, Owner};
use hearth_domain::member::Member;
use hearth_domain::message::Message;
use hearth_domain::playbook::Playbook;
use hearth_local::clock::StackClock;
use hearth_local::control;
use hearth_local::deliveries::{Delivery, SlackWorkspace, slack_ts};
use hearth_local::sandbox::Received;
use hearth_local::stack::{Options, Stack};
use hearth_member_webhook::Answer;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// The community of the stories: Taipei, Traditional Chinese.
pub const ACME: &str = r#"
id = "acme"
platform = "slack"
name = "Acme Makers"
zone = "Asia/Taipei"
locale = "zh-Hant"
playbook = "default"
workspace = "T123"
home_channel = "C0GENERAL"
check_in_channels = ["C0CHECKIN"]
topic_channels = ["C0TOPIC"]
ops_channel = "C0OPS"
staff = ["U0STAFF"]

[secrets]
signing_secret = ["literal:a-signing-secret-of-the-tests"]
bot_token = "literal:xoxb-tests"

[about]
value = "一起動手做。"
rules = "友善、具體、不推銷"

[[content]]
title = "第一個作品"
question = "你會先做什麼？"
url = "https://acme.example/first"

[[content]]
interest = "tools"
title = "五個工具"
question = "你用哪一個？"
url = "https://acme.example/tools"

[topic]
title = "本週作品"
question = "你在做什麼？"

[gift]
items = "優惠券與電子書"
code = "WELCOME"
url = "https://acme.example/gift"
"#;

/// A Monday, 09:00 in Taipei.
pub const MONDAY: &str = "2026-01-05T01:00:00Z";

/// A stack with one Slack community in virtual time.
pub struct World {
    /// The stack.
    pub stack: Arc<Stack>,
    /// The community.
    pub community: Community,
    /// Its workspace.
    pub slack: SlackWorkspace,
}

/// A world at [`MONDAY`].
pub async fn world() -> World {
    world_with(Options::in_memory(StackClock::standing_at(MONDAY.parse().unwrap())), ACME).await
}

/// A world set up otherwise.
pub async fn world_with(options: Options, community: &str) -> World {
    let stack = Stack::start(options).await.unwrap();
    stack.publish(Kind::Playbook, Playbook::DEFAULT_TOML).await.unwrap();
    stack.publish(Kind::Community, community).await.unwrap();
    let community = Community::parse(community).unwrap();
    let slack = SlackWorkspace {
        community: community.id.to_string(),
        team: "T123".to_owned(),
        signing_secret: "a-signing-secret-of-the-tests".to_owned(),
    };
    World { stack: Arc::new(stack), community, slack }
}

impl World {
    /// The stack's clock.
    pub fn now(&self) -> Timestamp {
        self.stack.clock.now()
    }

    /// Hands a delivery to the webhook.
    pub async fn deliver(&self, delivery: &Delivery) -> Answer {
        control::deliver(&self.stack, delivery).await
    }

    /// An event of Slack, accepted and handled.
    pub async fn slack_event(&self, event: Value) {
        let answer = self.deliver(&self.slack.event(&event, self.now())).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.stack.run_until_idle().await;
    }

    /// Joins the home channel.
    pub async fn joins(&self, user: &str) {
        let event = json!({"type": "member_joined_channel", "user": user, "channel": "C0GENERAL", "channel_type": "C", "team": "T123", "event_ts": slack_ts(self.now())});
        self.slack_event(event).await;
    }

    /// Leaves it.
    pub async fn leaves(&self, user: &str) {
        let event = json!({"type": "member_left_channel", "user": user, "channel": "C0GENERAL", "channel_type": "C", "team": "T123", "event_ts": slack_ts(self.now())});
        self.slack_event(event).await;
    }

    /// Writes in a channel.
    pub async fn says(&self, user: &str, channel: &str, text: &str) {
        let ts = slack_ts(self.now());
        let event = json!({"type": "message", "user": user, "channel": channel, "channel_type": "channel", "text": text, "ts": ts, "event_ts": ts});
        self.slack_event(event).await;
    }

    /// Writes to our bot, one to one.
    pub async fn whispers(&self, user: &str, text: &str) {
        let ts = slack_ts(self.now());
        let event = json!({"type": "message", "user": user, "channel": format!("D{user}"), "channel_type": "im", "text": text, "ts": ts, "event_ts": ts});
        self.slack_event(event).await;
    }

    /// Takes another name.
    pub async fn renames(&self, user: &str, name: &str) {
        let at = self.now();
        let user = json!({"id": user, "team_id": "T123", "name": "x", "deleted": false, "is_bot": false, "updated": at.as_second(), "profile": {"display_name": name}});
        self.slack_event(json!({"type": "user_change", "user": user, "event_ts": slack_ts(at)})).await;
    }

    /// Presses a button of the last message of a kind.
    pub async fn presses(&self, user: &str, kind: &str, value: &str) {
        let received = self.stack.sandbox.received(Some("acme"), Some(user), None);
        let message = received.iter().rev().find(|message| message.kind == kind).unwrap_or_else(|| panic!("{user} has no {kind}"));
        assert!(message.buttons.iter().any(|button| button.value == value), "{kind} has no button {value}: {:?}", message.buttons);
        let delivery = self.slack.press(user, &slack_ts(message.at), &message.message_id, value, self.now());
        let answer = self.deliver(&delivery).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.stack.run_until_idle().await;
    }

    /// Lets time pass.
    pub async fn advance(&self, by: SignedDuration) {
        self.stack.advance_to(self.now() + by).await.unwrap();
    }

    /// Lets days of 24 hours pass.
    pub async fn days(&self, days: i64) {
        self.advance(SignedDuration::from_hours(24 * days)).await;
    }

    /// What a member received: kinds in order.
    pub fn sent(&self, user: &str) -> Vec<String> {
        self.received(user).into_iter().map(|message| message.kind).collect()
    }

    /// What a member received, whole.
    pub fn received(&self, user: &str) -> Vec<Received> {
        self.stack.sandbox.received(Some("acme"), Some(user), None)
    }

    /// The member as stored.
    pub async fn member(&self, user: &str) -> Member {
        let id = MemberId::new(user).unwrap();
        self.stack.store.member(&self.community, &id).await.unwrap().unwrap_or_else(|| panic!("no member {user}"))
    }

    /// The message rows of a member.
    pub async fn messages(&self, user: &str) -> Vec<Message> {
        let owner = Owner::Member(MemberId::new(user).unwrap());
        self.stack.store.messages(&self.community.id, &owner).await.unwrap()
    }

    /// The ledger as an operator reads it: `path state reason`, by path.
    pub async fn ledger(&self, user: &str) -> Vec<String> {
        let row = |message: Message| {
            let reason = match &message.state {
                hearth_domain::message::State::Skipped { reason, .. } => format!(" {}", reason.name()),
                _ => String::new(),
            };
            format!("{} {}{reason}", message.id.path(), message.state.name())
        };
        self.messages(user).await.into_iter().map(row).collect()
    }

    /// The sum of a member's points ledger and of the days that are still open.
    pub async fn ledger_sum(&self, user: &str) -> i64 {
        let id = MemberId::new(user).unwrap();
        let rows = self.stack.store.ledger(&self.community.id, &id).await.unwrap();
        let open: u32 = self.member(user).await.scoring.open.iter().map(hearth_domain::member::DayPoints::total).sum();
        rows.iter().map(|row| row.points).sum::<i64>() + i64::from(open)
    }
}
