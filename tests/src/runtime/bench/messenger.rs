//! `messenger`: messages that wait, sent to the chat server as Standard Webhooks.

use anyhow::ensure;
use hearth_aws::clock::{Clock, SystemClock};
use hearth_aws::wire::{SendV1, Work};
use hearth_domain::ids::MessageId;
use hearth_domain::message::State;
use hearth_local::stack::Function;

use super::measure::{Book, Invocation};
use crate::runtime::events;
use crate::runtime::stage::{Connection, Stage};

const FUNCTION: Function = Function::Messenger;
const TEN: usize = 10;
const WARM_UP: usize = 3;

pub(super) async fn measure(book: &mut Book<'_>) -> anyhow::Result<()> {
    let stage = Stage::set(book.ground).await?;
    let stage = Box::pin(stage.without_a_rate()).await?;
    let now = SystemClock.now();
    let starts = book.connections().len() * book.effort.starts;
    let batches = starts + WARM_UP + book.effort.batches;
    // Two messages follow from each join.
    let messages = stage.have_joined("reader", batches * TEN / 2, now).await?;
    let waiting: Vec<MessageId> = messages
        .into_iter()
        .filter(|message| matches!(message.state, State::Pending { not_before: None }))
        .map(|message| message.id)
        .collect();
    ensure!(
        waiting.len() >= batches * TEN,
        "messenger: {} messages wait, {} are needed",
        waiting.len(),
        batches * TEN
    );
    let mut batches = waiting.chunks(TEN).enumerate().map(|(n, ids)| {
        let send = |id: &MessageId| Work::SendV1(SendV1 { id: id.clone() });
        let work: Vec<Work> = ids.iter().map(send).collect();
        events::batch_of(&format!("send-{n}"), &work, now)
    });
    book.starts(&stage, FUNCTION, "10 messages", |_| {
        batches
            .next()
            .ok_or_else(|| anyhow::anyhow!("no more messages"))
    })
    .await?;
    let process = stage.start(FUNCTION, Connection::Plain, &[]).await?;
    book.warm_up(FUNCTION, &process, batches.by_ref().take(WARM_UP))
        .await?;
    let before = received(&stage);
    let work: Vec<Invocation> = batches
        .take(book.effort.batches)
        .map(|event| Invocation {
            event,
            events: TEN as u64,
        })
        .collect();
    let sent = work.len() * TEN;
    book.work(
        &stage,
        &process,
        (FUNCTION, Connection::Plain),
        "message sent, batches of 10",
        work,
    )
    .await?;
    let arrived = received(&stage) - before;
    ensure!(
        arrived == sent,
        "messenger: {sent} messages to send, {arrived} arrived"
    );
    Ok(())
}

fn received(stage: &Stage) -> usize {
    stage.aws.chat.received(None, None, None).len()
}
