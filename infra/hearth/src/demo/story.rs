//! What happens in the demo: four people join on a Monday.

use anyhow::{Context as _, bail};
use hearth_local::deliveries::{Delivery, SlackWorkspace, slack_ts};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::endpoint::{Endpoint, at};

/// Completes every task and checks in every day.
pub(crate) const EAGER: &str = "U0MEI";
/// Says nothing.
pub(crate) const SILENT: &str = "U0AN";
/// Leaves on the third day.
pub(crate) const LEAVER: &str = "U0KAI";
/// Wants no messages.
pub(crate) const OPTED_OUT: &str = "U0LIN";

/// The teller.
pub(crate) struct Story<'a> {
    endpoint: &'a Endpoint,
    slack: SlackWorkspace,
}

impl<'a> Story<'a> {
    pub(crate) fn new(endpoint: &'a Endpoint) -> Self {
        let slack = SlackWorkspace {
            community: "acme".to_owned(),
            team: "T123".to_owned(),
            signing_secret: "8f742231b10e8888abcd99yyyzzz85a5".to_owned(),
        };
        Self { endpoint, slack }
    }

    /// Eight days from Monday 09:00 in Taipei.
    pub(crate) async fn play(&self) -> anyhow::Result<()> {
        for user in [EAGER, SILENT, LEAVER, OPTED_OUT] {
            self.home(user, "member_joined_channel").await?;
            self.pass(SignedDuration::from_mins(5)).await?;
        }
        self.press(EAGER, "onboarding.day-1", "interest:tools")
            .await?;
        for day in 1..=8 {
            self.says(EAGER, "C0GENERAL", "簽到").await?;
            self.on_day(day).await?;
            self.pass(SignedDuration::from_hours(24)).await?;
        }
        Ok(())
    }

    async fn on_day(&self, day: u8) -> anyhow::Result<()> {
        match day {
            2 => {
                self.pass(SignedDuration::from_hours(2)).await?;
                self.renames(EAGER, "設計-小美").await?;
                self.whispers(OPTED_OUT, "退訂").await
            }
            3 => {
                self.says(EAGER, "C0TOPIC", "我在做一個記帳小工具，想聽聽大家的意見")
                    .await?;
                self.home(LEAVER, "member_left_channel").await?;
                self.pass(SignedDuration::from_mins(20)).await?;
                self.press(LEAVER, "win-back.survey", "too_much_info").await
            }
            5 => self.react(EAGER).await,
            _ => Ok(()),
        }
    }

    async fn now(&self) -> anyhow::Result<Timestamp> {
        let clock = self.endpoint.get("/local/clock").await?;
        Ok(at(&clock, "/now").as_str().context("the clock")?.parse()?)
    }

    /// Lets time pass; the stack does on the way what falls due.
    async fn pass(&self, span: SignedDuration) -> anyhow::Result<()> {
        self.post_json("/local/clock", &json!({"advance": span.to_string()}))
            .await
    }

    async fn post_json(&self, path: &str, body: &Value) -> anyhow::Result<()> {
        let (status, answer) = self
            .endpoint
            .call(
                http::Request::builder().method(http::Method::POST),
                path,
                body.to_string().into_bytes(),
            )
            .await?;
        if status != 200 {
            bail!("{path} answered {status}: {answer}");
        }
        Ok(())
    }

    /// A signed webhook, over HTTP, and its handling.
    async fn deliver(&self, delivery: Delivery) -> anyhow::Result<()> {
        let mut request = http::Request::builder().method(http::Method::POST);
        for (name, value) in &delivery.headers {
            request = request.header(name, value);
        }
        let (status, answer) = self
            .endpoint
            .call(request, &delivery.path, delivery.body)
            .await?;
        if status != 200 {
            bail!("the webhook answered {status}: {answer}");
        }
        self.pass(SignedDuration::ZERO).await
    }

    async fn event(&self, event: Value) -> anyhow::Result<()> {
        let now = self.now().await?;
        self.deliver(self.slack.event(&event, now)).await
    }

    async fn home(&self, user: &str, kind: &str) -> anyhow::Result<()> {
        let ts = slack_ts(self.now().await?);
        self.event(json!({"type": kind, "user": user, "channel": "C0GENERAL", "channel_type": "C", "team": "T123", "event_ts": ts})).await
    }

    async fn says(&self, user: &str, channel: &str, text: &str) -> anyhow::Result<()> {
        let ts = slack_ts(self.now().await?);
        self.event(json!({"type": "message", "user": user, "channel": channel, "channel_type": "channel", "text": text, "ts": ts, "event_ts": ts})).await
    }

    async fn whispers(&self, user: &str, text: &str) -> anyhow::Result<()> {
        let ts = slack_ts(self.now().await?);
        self.event(json!({"type": "message", "user": user, "channel": format!("D{user}"), "channel_type": "im", "text": text, "ts": ts, "event_ts": ts})).await
    }

    async fn renames(&self, user: &str, name: &str) -> anyhow::Result<()> {
        let now = self.now().await?;
        let profile = json!({"display_name": name});
        let user = json!({"id": user, "team_id": "T123", "name": "mei", "deleted": false, "is_bot": false, "updated": now.as_second(), "profile": profile});
        self.event(json!({"type": "user_change", "user": user, "event_ts": slack_ts(now)}))
            .await
    }

    async fn react(&self, user: &str) -> anyhow::Result<()> {
        let ts = slack_ts(self.now().await?);
        let item = json!({"type": "message", "channel": "C0GENERAL", "ts": "1767571200.000100"});
        self.event(json!({"type": "reaction_added", "user": user, "reaction": "heart", "item": item, "event_ts": ts})).await
    }

    async fn press(&self, user: &str, kind: &str, value: &str) -> anyhow::Result<()> {
        let outbox = self
            .endpoint
            .get(&format!("/local/outbox?community=acme&member={user}"))
            .await?;
        let message = outbox
            .as_array()
            .and_then(|all| all.iter().find(|message| at(message, "/kind") == kind));
        let message = message.with_context(|| format!("{user} has not received {kind}"))?;
        let id = at(message, "/message_id");
        self.post_json(
            "/local/press",
            &json!({"community": "acme", "member": user, "message_id": id, "value": value}),
        )
        .await?;
        self.pass(SignedDuration::ZERO).await
    }
}
