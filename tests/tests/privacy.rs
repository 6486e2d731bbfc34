//! What operators' logs and counters hold: no member, no name, no text, no secret.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use std::io;
use std::sync::{Arc, Mutex};

use hearth_aws::queue::QueueName;
use hearth_local::deliveries::SlackWorkspace;
use hearth_tests::world::{World, world};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

/// Keeps what is logged.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Lines {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

const MEMBER: &str = "U7SECRETMEMBER";
const NAME: &str = "設計-王小明";
const TEXT: &str = "我昨天在公司聽到一件不能說的事";
const TOKENS: [&str; 3] = [
    "a-signing-secret-of-the-tests",
    "xoxb-tests",
    "a-stolen-secret",
];

/// Everything that is logged about somebody, good and bad.
async fn a_life(world: &World) {
    world.joins(MEMBER).await;
    world.renames(MEMBER, NAME).await;
    world.says(MEMBER, "C0GENERAL", TEXT).await;
    world.says(MEMBER, "C0CHECKIN", TEXT).await;
    world
        .presses(MEMBER, "onboarding.day-1", "interest:tools")
        .await;
    // Sends that fail in every way.
    for fault in [
        json!({"status": 500}),
        json!({"slack_error": "channel_not_found"}),
        json!({"error": "lost-answer"}),
        json!({"status": 429}),
    ] {
        world
            .stack
            .sandbox
            .inject(serde_json::from_value(fault).unwrap());
    }
    world.days(5).await;
    // Deliveries that are refused.
    let thief = SlackWorkspace {
        signing_secret: TOKENS[2].to_owned(),
        ..world.slack.clone()
    };
    let event = json!({"type": "message", "user": MEMBER, "channel": "C0GENERAL", "channel_type": "channel", "text": TEXT, "ts": "x"});
    assert_eq!(
        world
            .deliver(&thief.event(&event, world.now()))
            .await
            .status,
        401
    );
    assert_eq!(
        world
            .deliver(&world.slack.event(&event, world.now()))
            .await
            .status,
        400
    );
    // Records that can't be done.
    for body in [
        format!("{{\"type\":\"{TEXT}\"}}"),
        format!(
            r#"{{"type":"EventV1","community":"nowhere","id":"slack:T123:join:{MEMBER}","at":"{}","member":"{MEMBER}","name":"{NAME}","what":{{"kind":"joined"}}}}"#,
            world.now()
        ),
        format!(
            r#"{{"type":"EventV1","community":"acme","id":"x","at":"{}","member":"{MEMBER} {NAME}","what":{{"kind":"joined"}}}}"#,
            world.now()
        ),
        format!(
            r#"{{"type":"EventV1","community":"acme","id":"x","at":"{}","member":"{MEMBER}","zone":"{NAME}","what":{{"kind":"joined"}}}}"#,
            world.now()
        ),
    ] {
        world.stack.queues.put(QueueName::Onboarding, body);
    }
    world.stack.queues.put(
        QueueName::SendNow,
        format!(r#"{{"type":"SendV1","id":"nowhere/{MEMBER}/onboarding/1/day-1"}}"#),
    );
    world.minutes(20).await;
    world.whispers(MEMBER, "退訂").await;
    world.leaves(MEMBER).await;
    world.days(7).await;
}

#[tokio::test]
async fn logs_and_counters_name_nobody_and_quote_nothing() {
    let lines = Lines::default();
    // With one subscriber alone, tracing asks only the thread that first passes a line whether
    // anybody wants it: another test would answer for this one.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::new());
    // As the functions log, as talkative as an operator can make them.
    let subscriber = hearth_aws::telemetry::logging(tracing::Level::TRACE, lines.clone());
    let world = world().await;
    {
        // The test's runtime has one thread, and this holds for it.
        let _guard = tracing::subscriber::set_default(subscriber);
        a_life(&world).await;
    }
    let (logs, metrics) = (lines.text(), world.metrics.text());
    for expected in [
        "message attempted",
        "webhook not authorised",
        "webhook body not understood",
        "record not done",
        "report made",
    ] {
        assert!(logs.contains(expected), "not logged: {expected}");
    }
    for expected in [
        "events_taken",
        "messages_sent",
        "webhooks_unauthorized",
        "records_permanent",
    ] {
        assert!(metrics.contains(expected), "not counted: {expected}");
    }
    for secret in [MEMBER, NAME, "王小明", TEXT, "不能說的事"]
        .into_iter()
        .chain(TOKENS)
    {
        for (place, text) in [("log", &logs), ("metrics", &metrics)] {
            let line = text.lines().find(|line| line.contains(secret));
            assert!(
                line.is_none(),
                "in the {place}: {secret} in {}",
                line.unwrap_or_default()
            );
        }
    }
}
