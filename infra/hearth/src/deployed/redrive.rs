//! Dead letters of a deployed stack: what they are, and back to work with them.

use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName, QueueAttributeName};
use clap::Args;
use hearth_aws::clients::code_of;
use hearth_aws::clock::{Clock, SystemClock};
use hearth_aws::queue::QueueName;
use hearth_aws::wire::Work;
use jiff::Timestamp;

use super::{Deployed, Stacked, advice};

/// Looks at a queue's dead letters, or sends them back to work once what failed them is mended.
#[derive(Args, Debug)]
pub(crate) struct Redrive {
    /// Which queue: onboarding, check-in, win-back, kpi-rollup, send-now or send-bulk.
    #[arg(value_parser = queue_name)]
    queue: QueueName,
    /// Only shows what is there, and moves nothing.
    #[arg(long)]
    look: bool,
    #[command(flatten)]
    stacked: Stacked,
}

fn queue_name(text: &str) -> Result<QueueName, String> {
    let names = QueueName::ALL.map(QueueName::name);
    QueueName::ALL
        .into_iter()
        .find(|queue| queue.name() == text)
        .ok_or_else(|| format!("expected one of {}", names.join(", ")))
}

/// What the outputs of the template call a queue.
fn output_name(queue: QueueName) -> &'static str {
    match queue {
        QueueName::Onboarding => "Onboarding",
        QueueName::CheckIn => "CheckIn",
        QueueName::WinBack => "WinBack",
        QueueName::KpiRollup => "KpiRollup",
        QueueName::SendNow => "SendNow",
        QueueName::SendBulk => "SendBulk",
    }
}

/// A letter that was looked at is hidden from others for so long.
const LOOK_SECONDS: i32 = 30;
/// A letter that is being moved is hidden from others for so long.
const MOVE_SECONDS: i32 = 60;
/// SQS hands out so many at once.
const PAGE: i32 = 10;
/// So many are shown.
const SHOWN: usize = 100;
/// Between two looks at how far SQS is.
const PAUSE: Duration = Duration::from_secs(1);

impl Redrive {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let deployed = self.stacked.deployed().await?;
        let deployed =
            deployed.context("give --stack: a local stack's dead letters are on its page")?;
        let queue = DeadLetters::of(&deployed, self.queue).await?;
        if self.look {
            return queue.look().await;
        }
        if queue.count == 0 {
            println!("{} has no dead letters", queue.name);
            return Ok(());
        }
        queue.redrive().await
    }
}

/// A queue's dead letters.
pub(super) struct DeadLetters {
    pub(super) client: aws_sdk_sqs::Client,
    name: &'static str,
    source: String,
    pub(super) letters: String,
    arn: String,
    count: u64,
}

impl DeadLetters {
    pub(super) async fn of(deployed: &Deployed, queue: QueueName) -> anyhow::Result<Self> {
        let client = aws_sdk_sqs::Client::new(&deployed.config);
        let output = output_name(queue);
        let source = deployed.output(&format!("{output}QueueUrl"))?.to_owned();
        let letters = deployed
            .output(&format!("{output}DeadLettersUrl"))?
            .to_owned();
        let attributes = client
            .get_queue_attributes()
            .queue_url(&letters)
            .attribute_names(QueueAttributeName::QueueArn)
            .attribute_names(QueueAttributeName::ApproximateNumberOfMessages)
            .send()
            .await
            .map_err(|error| failed("GetQueueAttributes", &code_of(&error)))?;
        let attribute = |name| {
            let attributes = attributes.attributes()?;
            attributes.get(&name).map(String::as_str)
        };
        let arn =
            attribute(QueueAttributeName::QueueArn).context("the dead letters have no ARN")?;
        let count = attribute(QueueAttributeName::ApproximateNumberOfMessages)
            .and_then(|count| count.parse().ok())
            .unwrap_or_default();
        Ok(Self {
            name: queue.name(),
            source,
            arn: arn.to_owned(),
            letters,
            count,
            client,
        })
    }

    /// Each letter by its id, which the log of the function names with the reason, and by what it
    /// is. Never by whom it is about.
    async fn look(&self) -> anyhow::Result<()> {
        println!("{}: about {} dead letters", self.name, self.count);
        let now = SystemClock.now();
        let mut shown = Vec::new();
        while shown.len() < SHOWN {
            let page = self.receive(LOOK_SECONDS).await?;
            if page.is_empty() {
                break;
            }
            for letter in &page {
                println!("{}", line(letter, now));
            }
            shown.extend(page);
        }
        if shown.len() >= SHOWN {
            println!("… and perhaps more");
        }
        self.show_again(&shown).await;
        Ok(())
    }

    /// What was looked at is there again at once, and not only when its half minute is over.
    pub(super) async fn show_again(&self, letters: &[Message]) {
        for letter in letters {
            let shown = self
                .client
                .change_message_visibility()
                .queue_url(&self.letters)
                .receipt_handle(letter.receipt_handle().unwrap_or_default())
                .visibility_timeout(0)
                .send()
                .await;
            // Where its half minute is over already, it is there without us.
            if let Err(error) = shown {
                eprintln!(
                    "still hidden for a moment: {}",
                    advice("ChangeMessageVisibility", &code_of(&error))
                );
            }
        }
    }

    pub(super) async fn receive(&self, hidden: i32) -> anyhow::Result<Vec<Message>> {
        let answer = self
            .client
            .receive_message()
            .queue_url(&self.letters)
            .max_number_of_messages(PAGE)
            .visibility_timeout(hidden)
            .wait_time_seconds(1)
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
            .send()
            .await
            .map_err(|error| failed("ReceiveMessage", &code_of(&error)))?;
        Ok(answer.messages.unwrap_or_default())
    }

    /// SQS moves them itself. Where it can't (an emulator) they are received and sent one by one.
    /// A letter that is moved twice does no harm: everything takes repetitions.
    async fn redrive(&self) -> anyhow::Result<()> {
        println!(
            "{}: about {} dead letters go back to work",
            self.name, self.count
        );
        let started = self
            .client
            .start_message_move_task()
            .source_arn(&self.arn)
            .send()
            .await;
        match started {
            Ok(_) => self.wait().await,
            Err(error) => match code_of(&error).as_str() {
                // AWS has the action; an emulator need not.
                code if code.ends_with("InvalidAction") => {
                    println!("SQS does not move them itself here ({code}): one by one");
                    self.one_by_one().await
                }
                code => Err(failed("StartMessageMoveTask", code)),
            },
        }
    }

    async fn wait(&self) -> anyhow::Result<()> {
        loop {
            tokio::time::sleep(PAUSE).await;
            let listed = self
                .client
                .list_message_move_tasks()
                .source_arn(&self.arn)
                .max_results(1)
                .send()
                .await
                .map_err(|error| failed("ListMessageMoveTasks", &code_of(&error)))?;
            let task = listed.results().first().context("the move is gone")?;
            let moved = task.approximate_number_of_messages_moved();
            let of = task
                .approximate_number_of_messages_to_move()
                .unwrap_or_default();
            match task.status() {
                Some("RUNNING") => eprintln!("moved {moved} of about {of}"),
                Some("COMPLETED") => {
                    println!("moved {moved}");
                    return Ok(());
                }
                other => bail!(
                    "the move ended as {}: {}",
                    other.unwrap_or("unknown"),
                    task.failure_reason().unwrap_or("no reason given")
                ),
            }
        }
    }

    async fn one_by_one(&self) -> anyhow::Result<()> {
        let mut moved = 0_u64;
        loop {
            let page = self.receive(MOVE_SECONDS).await?;
            if page.is_empty() {
                println!("moved {moved}");
                return Ok(());
            }
            for letter in page {
                self.back(&letter).await?;
                moved += 1;
            }
            eprintln!("moved {moved} of about {}", self.count);
        }
    }

    /// Sent first, deleted then: to lose one would be worse than to have it twice.
    async fn back(&self, letter: &Message) -> anyhow::Result<()> {
        self.client
            .send_message()
            .queue_url(&self.source)
            .message_body(letter.body().unwrap_or_default())
            .send()
            .await
            .map_err(|error| failed("SendMessage", &code_of(&error)))?;
        self.client
            .delete_message()
            .queue_url(&self.letters)
            .receipt_handle(letter.receipt_handle().unwrap_or_default())
            .send()
            .await
            .map_err(|error| failed("DeleteMessage", &code_of(&error)))?;
        Ok(())
    }
}

pub(super) fn failed(operation: &str, code: &str) -> anyhow::Error {
    anyhow!("{}", advice(operation, code))
}

fn line(letter: &Message, now: Timestamp) -> String {
    let sent = letter
        .attributes()
        .and_then(|attributes| attributes.get(&MessageSystemAttributeName::SentTimestamp))
        .and_then(|sent| sent.parse().ok())
        .and_then(|sent| Timestamp::from_millisecond(sent).ok());
    let age = sent.map_or_else(String::new, |sent| {
        format!("{:>5} h old", now.duration_since(sent).as_hours())
    });
    format!(
        "{:<36} {age}  {}",
        letter.message_id().unwrap_or("-"),
        what(letter.body().unwrap_or_default())
    )
}

/// What kind of work it is, and of which community.
fn what(body: &str) -> String {
    match Work::from_json(body) {
        Ok(Work::EventV1(event)) => format!("an event of {}", event.community),
        Ok(Work::SendV1(send)) => format!("a message of {}", send.id.community()),
        Ok(Work::RollupV1(rollup)) => {
            format!("the report of {} for {}", rollup.community, rollup.week)
        }
        Ok(Work::CloseDayV1(close)) => {
            format!("the closing of {} for {}", close.community, close.day)
        }
        Ok(Work::DrainShardV1(drain)) => format!("due work of shard {}", drain.shard),
        Err(error) => format!("unreadable: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_shown_by_what_it_is_and_not_by_whom_it_is_about() {
        let letter = Message::builder()
            .message_id("6b1f0a52-0000-4000-8000-000000000001")
            .body(r#"{"type":"SendV1","id":"acme/U0SECRET/onboarding/1/day-1"}"#)
            .attributes(MessageSystemAttributeName::SentTimestamp, "1767571200000")
            .build();
        let shown = line(&letter, "2026-01-06T02:00:00Z".parse().unwrap());
        assert_eq!(
            shown,
            "6b1f0a52-0000-4000-8000-000000000001    26 h old  a message of acme"
        );
        assert!(what("{").starts_with("unreadable: "), "{}", what("{"));
    }

    #[test]
    fn a_queue_is_named_as_everywhere() {
        for queue in QueueName::ALL {
            assert_eq!(queue_name(queue.name()), Ok(queue));
        }
        assert_eq!(
            queue_name("welcome"),
            Err(
                "expected one of onboarding, check-in, win-back, kpi-rollup, send-now, send-bulk"
                    .to_owned()
            )
        );
    }
}
