//! `member-webhook`: signed deliveries of Slack, and of every other platform.

use hearth_aws::clock::{Clock, SystemClock};
use hearth_local::deliveries::slack_ts;
use hearth_local::stack::Function;
use jiff::SignedDuration;
use serde_json::json;

use super::measure::{Book, Invocation};
use crate::chats::Chat;
use crate::runtime::events;
use crate::runtime::stage::{Connection, Stage, others};

const FUNCTION: Function = Function::MemberWebhook;
const WARM_UP: usize = 20;

pub(super) async fn measure(book: &mut Book<'_>) -> anyhow::Result<()> {
    let stage = Stage::set(book.ground).await?;
    book.starts(&stage, FUNCTION, "a webhook", |n| Ok(webhook(&stage, n)))
        .await?;
    let mut number = 10_000;
    for connection in [Connection::Plain, Connection::Tls] {
        let process = stage.start(FUNCTION, connection, &[]).await?;
        let mut take = |count: usize| {
            number += count;
            (number - count..number)
                .map(|n| webhook(&stage, n))
                .collect::<Vec<_>>()
        };
        book.warm_up(FUNCTION, &process, take(WARM_UP)).await?;
        let invocations = take(book.effort.webhooks).into_iter();
        let invocations = invocations.map(|event| Invocation { event, events: 1 });
        let what = match connection {
            Connection::Plain => "webhook (verify, parse, enqueue)",
            Connection::Tls | Connection::TlsSystemRoots => "webhook over TLS",
        };
        book.work(
            &stage,
            &process,
            (FUNCTION, connection),
            what,
            invocations.collect(),
        )
        .await?;
    }
    for chat in others() {
        let process = stage.start(FUNCTION, Connection::Plain, &[]).await?;
        let mut take = |count: usize| {
            number += count;
            (number - count..number)
                .map(|n| delivered(&chat, n))
                .collect::<Vec<_>>()
        };
        book.warm_up(FUNCTION, &process, take(WARM_UP)).await?;
        let invocations = take(book.effort.webhooks / 4).into_iter();
        let invocations = invocations.map(|event| Invocation { event, events: 1 });
        book.work(
            &stage,
            &process,
            (FUNCTION, Connection::Plain),
            &format!("webhook of {}", chat.platform),
            invocations.collect(),
        )
        .await?;
    }
    Ok(())
}

/// What the n-th member of another platform's community does, signed now.
fn delivered(chat: &Chat, n: usize) -> Vec<u8> {
    let now = SystemClock.now();
    let member = u64::try_from(n % 500 + 1).unwrap_or(1);
    events::http_api(&chat.delivery(member, now), now)
}

/// Somebody wrote something: the n-th delivery, signed now.
fn webhook(stage: &Stage, n: usize) -> Vec<u8> {
    let now = SystemClock.now();
    let at = now - SignedDuration::from_millis(i64::try_from(n % 100_000).unwrap_or(0));
    let ts = slack_ts(at);
    let event = json!({
        "type": "message", "user": format!("U{}", n % 500), "channel": "C0GENERAL", "channel_type": "channel",
        "text": "今天把第一版做完了，大家幫我看看 https://acme.example/first 有沒有什麼可以改的地方？", "client_msg_id": format!("28dfb5f5-0e5d-4b6c-9c0f-{n:012}"),
        "team": "T123", "ts": ts, "event_ts": ts,
        "blocks": [{"type": "rich_text", "block_id": "Zb9", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "今天把第一版做完了"}]}]}],
    });
    events::http_api(&stage.slack.event(&event, now), now)
}
