//! `deliver`, `advance`, `press`, `sent`: what a story is told with.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "what a story can't do or find fails its test"
)]

use std::sync::{Arc, Mutex, PoisonError};

use hearth_aws::batch::Tripwire;
use hearth_aws::clock::Clock;
use hearth_aws::deps::{Deps, MemberDeps};
use hearth_aws::registry::Registry;
use hearth_aws::store::Kind;
use hearth_aws::telemetry::Metrics;
use hearth_domain::community::Community;
use hearth_domain::days::IsoWeek;
use hearth_domain::ids::{MemberId, Owner};
use hearth_domain::kpi::Report;
use hearth_domain::member::Member;
use hearth_domain::message::{Message, State};
use hearth_domain::playbook::Playbook;
use hearth_local::clock::StackClock;
use hearth_local::control;
use hearth_local::deliveries::{Delivery, SlackWorkspace, StandardSender, slack_ts};
use hearth_local::sandbox::Received;
use hearth_local::stack::{Options, Stack};
use hearth_local::view;
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

[[content]]
title = "第二個作品"
question = "下一個呢？"
url = "https://acme.example/second"

[[content]]
interest = "tools"
title = "再五個工具"
question = "還缺哪一個？"
url = "https://acme.example/more-tools"

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

/// A second community, behind a gateway that speaks Standard Webhooks.
pub const SHOP: &str = r#"
id = "shop"
platform = "standard"
name = "Shop Friends"
zone = "Europe/Berlin"
locale = "en"
playbook = "default"
check_in_channels = ["checkin"]
topic_channels = ["topic"]
ops_channel = "ops"

[endpoints]
api = "http://gateway.invalid/send"

[secrets]
signing_secret = ["literal:whsec_c2hvcC1zaWduaW5nLXNlY3JldA=="]
outgoing_secret = "literal:whsec_c2hvcC1vdXRnb2luZy1zZWNyZXQ="

[about]
value = "Good things, honestly made."
"#;

/// [`SHOP`]'s sender.
pub fn shop() -> StandardSender {
    StandardSender {
        community: "shop".to_owned(),
        signing_secret: "whsec_c2hvcC1zaWduaW5nLXNlY3JldA==".to_owned(),
    }
}

/// The lines that the metrics wrote. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct MetricLines(Arc<Mutex<Vec<String>>>);

impl MetricLines {
    fn add(&self, line: &str) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line.to_owned());
    }

    /// All of them, as they were written.
    pub fn text(&self) -> String {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .join("\n")
    }

    /// The sum of a counter, over all functions and communities.
    pub fn sum(&self, name: &str) -> f64 {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let value = |line: &String| {
            serde_json::from_str::<Value>(line)
                .ok()?
                .get(name)?
                .as_f64()
        };
        lines.iter().filter_map(value).sum()
    }
}

/// A stack with one Slack community in virtual time.
pub struct World {
    /// The stack.
    pub stack: Arc<Stack>,
    /// The community.
    pub community: Community,
    /// Its workspace.
    pub slack: SlackWorkspace,
    /// What was counted.
    pub metrics: MetricLines,
}

/// Options of a stack in memory whose clock stands at an instant.
pub fn standing_at(at: &str) -> Options {
    Options::in_memory(StackClock::standing_at(at.parse().unwrap()))
}

/// A world at [`MONDAY`].
pub async fn world() -> World {
    Box::pin(world_with(standing_at(MONDAY), ACME)).await
}

/// A world at [`MONDAY`] with a playbook of its own.
pub async fn world_of(playbook: &str) -> World {
    let world = Box::pin(world()).await;
    world.publish(Kind::Playbook, playbook).await;
    world
}

/// The default playbook with a part of it replaced; the part must be there.
pub fn playbook_with(part: &str, by: &str) -> String {
    assert!(
        Playbook::DEFAULT_TOML.contains(part),
        "the default playbook has no {part}"
    );
    Playbook::DEFAULT_TOML.replacen(part, by, 1)
}

/// A playbook without a table, which must be there and end with an empty line.
pub fn without_table(playbook: &str, table: &str) -> String {
    let (before, after) = playbook.split_once(&format!("\n[{table}]\n")).unwrap();
    let (_, after) = after.split_once("\n\n").unwrap();
    format!("{before}\n\n{after}")
}

/// A world set up otherwise.
pub async fn world_with(mut options: Options, community: &str) -> World {
    let metrics = MetricLines::default();
    let (lines, sink) = (metrics.clone(), options.metrics.clone());
    options.metrics = Arc::new(move |line| {
        lines.add(line);
        sink(line);
    });
    let stack = Box::pin(Stack::start(options)).await.unwrap();
    Box::pin(stack.publish(Kind::Playbook, Playbook::DEFAULT_TOML))
        .await
        .unwrap();
    Box::pin(stack.publish(Kind::Community, community))
        .await
        .unwrap();
    let community = Community::parse(community).unwrap();
    let slack = SlackWorkspace {
        community: community.id.to_string(),
        team: "T123".to_owned(),
        signing_secret: "a-signing-secret-of-the-tests".to_owned(),
    };
    World {
        stack: Arc::new(stack),
        community,
        slack,
        metrics,
    }
}

impl World {
    /// The stack's clock.
    pub fn now(&self) -> Timestamp {
        self.stack.clock.now()
    }

    /// Publishes a file, at once.
    pub async fn publish(&self, kind: Kind, toml: &str) -> u32 {
        Box::pin(self.stack.publish(kind, toml)).await.unwrap().1
    }

    /// A function's parts on this world's tables and queues, for calling a handler directly.
    pub fn deps(&self, function: &'static str) -> MemberDeps {
        let store = self.stack.store.metered_apart();
        let lines = self.metrics.clone();
        let deps = Deps {
            registry: Arc::new(Registry::new(&store)),
            store,
            queue: Arc::new(self.stack.queues.clone()),
            metrics: Metrics::to(function, Arc::new(move |line| lines.add(line))),
            tripwire: Tripwire::default(),
        };
        MemberDeps {
            deps,
            pseudonyms: self.stack.pseudonyms.clone(),
        }
    }

    /// Hands a delivery to the webhook.
    pub async fn deliver(&self, delivery: &Delivery) -> Answer {
        Box::pin(control::deliver(&self.stack, delivery)).await
    }

    /// An event of Slack, accepted and handled.
    pub async fn slack_event(&self, event: Value) {
        let answer = self.deliver(&self.slack.event(&event, self.now())).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        Box::pin(self.stack.run_until_idle()).await;
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

    /// Wrote in a channel at an instant that has passed; the event comes only now.
    pub async fn said_at(&self, at: Timestamp, user: &str, channel: &str, text: &str) {
        let ts = slack_ts(at);
        let event = json!({"type": "message", "user": user, "channel": channel, "channel_type": "channel", "text": text, "ts": ts, "event_ts": ts});
        self.slack_event(event).await;
    }

    /// Puts an emoji on somebody's message.
    pub async fn reacts(&self, user: &str) {
        let item = json!({"type": "message", "channel": "C0GENERAL", "ts": "1767571200.000100"});
        let event = json!({"type": "reaction_added", "user": user, "reaction": "tada", "item": item, "event_ts": slack_ts(self.now())});
        self.slack_event(event).await;
    }

    /// Puts an emoji on a message of somebody's, by whom Slack tells.
    pub async fn reacts_to(&self, user: &str, author: &str) {
        let item = json!({"type": "message", "channel": "C0GENERAL", "ts": "1767571200.000100"});
        let event = json!({"type": "reaction_added", "user": user, "reaction": "tada", "item_user": author, "item": item, "event_ts": slack_ts(self.now())});
        self.slack_event(event).await;
    }

    /// Something that [`SHOP`]'s gateway tells.
    pub async fn shop_event(&self, id: &str, kind: &str, data: &Value) -> Answer {
        let delivery = shop()
            .event(id, kind, self.now(), data, self.now())
            .unwrap();
        let answer = self.deliver(&delivery).await;
        Box::pin(self.stack.run_until_idle()).await;
        answer
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
        self.slack_event(json!({"type": "user_change", "user": user, "event_ts": slack_ts(at)}))
            .await;
    }

    /// Presses a button of the last message of a kind.
    pub async fn presses(&self, user: &str, kind: &str, value: &str) {
        let received = self.stack.sandbox.received(Some("acme"), Some(user), None);
        let message = received
            .iter()
            .rev()
            .find(|message| message.kind == kind)
            .unwrap_or_else(|| panic!("{user} has no {kind}"));
        assert!(
            message.buttons.iter().any(|button| button.value == value),
            "{kind} has no button {value}: {:?}",
            message.buttons
        );
        let delivery = self.slack.press(
            user,
            &slack_ts(message.at),
            &message.message_id,
            value,
            self.now(),
        );
        let answer = self.deliver(&delivery).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        Box::pin(self.stack.run_until_idle()).await;
    }

    /// Lets time pass.
    pub async fn advance(&self, by: SignedDuration) {
        Box::pin(self.stack.advance_to(self.now() + by))
            .await
            .unwrap();
    }

    /// Lets days of 24 hours pass.
    pub async fn days(&self, days: i64) {
        self.advance(SignedDuration::from_hours(24 * days)).await;
    }

    /// Lets hours pass.
    pub async fn hours(&self, hours: i64) {
        self.advance(SignedDuration::from_hours(hours)).await;
    }

    /// Lets minutes pass.
    pub async fn minutes(&self, minutes: i64) {
        self.advance(SignedDuration::from_mins(minutes)).await;
    }

    /// Lets time pass until an instant.
    pub async fn until(&self, at: &str) {
        Box::pin(self.stack.advance_to(at.parse().unwrap()))
            .await
            .unwrap();
    }

    /// Moves the clock with nothing running: the Scheduler is down.
    pub fn nothing_runs_until(&self, at: &str) {
        self.stack.clock.move_to(at.parse().unwrap());
    }

    /// What a member received: kinds in order.
    pub fn sent(&self, user: &str) -> Vec<String> {
        self.received(user)
            .into_iter()
            .map(|message| message.kind)
            .collect()
    }

    /// What a member received, whole.
    pub fn received(&self, user: &str) -> Vec<Received> {
        self.stack.sandbox.received(Some("acme"), Some(user), None)
    }

    /// The member as stored.
    pub async fn member(&self, user: &str) -> Member {
        let id = MemberId::new(user).unwrap();
        self.stack
            .store
            .member(&self.community, &id)
            .await
            .unwrap()
            .unwrap_or_else(|| panic!("no member {user}"))
    }

    /// The member as operators see it.
    pub async fn view(&self, user: &str) -> Value {
        let member = self.member(user).await;
        view::member(&self.stack, &self.community, &member)
            .await
            .unwrap()
    }

    /// A week's report of the community.
    pub async fn report(&self, week: &str, revision: u8) -> Option<Report> {
        Some(Report::from_json(&self.report_record(week, revision).await?).unwrap())
    }

    /// Its record, byte for byte.
    pub async fn report_record(&self, week: &str, revision: u8) -> Option<String> {
        let week: IsoWeek = week.parse().unwrap();
        self.stack
            .store
            .report(&self.community.id, week, Some(revision))
            .await
            .unwrap()
    }

    /// What was posted in a channel.
    pub fn posted_in(&self, channel: &str) -> Vec<Received> {
        let all = self
            .stack
            .sandbox
            .received(Some(self.community.id.as_str()), None, None);
        all.into_iter()
            .filter(|message| message.channel.as_deref() == Some(channel))
            .collect()
    }

    /// What a member received, each with its instant.
    pub fn timeline(&self, user: &str) -> Vec<String> {
        self.received(user)
            .into_iter()
            .map(|message| format!("{} {}", message.at, message.kind))
            .collect()
    }

    /// The message rows of a member.
    pub async fn messages(&self, user: &str) -> Vec<Message> {
        let owner = Owner::Member(MemberId::new(user).unwrap());
        self.stack
            .store
            .messages(&self.community.id, &owner)
            .await
            .unwrap()
    }

    /// The ledger as an operator reads it: `path state reason`, by path.
    pub async fn ledger(&self, user: &str) -> Vec<String> {
        let row = |message: Message| {
            let skipped = if let State::Skipped { reason, .. } = &message.state {
                Some(reason.name())
            } else {
                None
            };
            let reason = skipped.map(|name| format!(" {name}")).unwrap_or_default();
            format!("{} {}{reason}", message.id.path(), message.state.name())
        };
        self.messages(user).await.into_iter().map(row).collect()
    }

    /// The sum of a member's points ledger and of the days that are still open.
    pub async fn ledger_sum(&self, user: &str) -> i64 {
        let id = MemberId::new(user).unwrap();
        let rows = self
            .stack
            .store
            .ledger(&self.community.id, &id)
            .await
            .unwrap();
        let open = self.member(user).await.scoring.open_points();
        rows.iter().map(|row| row.points).sum::<i64>() + i64::from(open)
    }
}
