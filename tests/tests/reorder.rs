//! Everything arrives more than once, in any order, and is handled by several at a time: in the
//! end it counts once. The races are decided by seeds.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::large_futures,
    reason = "what goes wrong here fails a test"
)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use hearth_aws::batch::Failure;
use hearth_aws::clients;
use hearth_aws::config::{Config, Environment, Tables};
use hearth_aws::deadline::Deadline;
use hearth_aws::deps::MemberDeps;
use hearth_aws::invocation::Invocation;
use hearth_aws::queue::{Queue, QueueName, Sqs};
use hearth_aws::store::{Store, StoreError};
use hearth_aws::telemetry::Metrics;
use hearth_aws::wire::Work;
use hearth_domain::message::State;
use hearth_local::faults::{Call, Fault, Faults, NoFaults};
use hearth_local::stack::Function;
use hearth_tests::chaos::{SplitMix, Turns};
use hearth_tests::story::{self, Beat, Outcome, Stage, Story, at};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Accepted, not handled.
async fn accept(stage: &Stage, beat: &Beat) {
    let answer = stage.deliver(beat).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// The evening on which everything is delivered, after the first sign of life: what a platform
/// tells of somebody we don't know makes nobody a member, so there the order does matter.
async fn evening(story: &Story) -> Stage {
    let stage = Stage::quiet(story.community).await;
    stage.stack.advance_to(story.from).await.unwrap();
    accept(&stage, story.beats.first().unwrap()).await;
    stage.stack.run_until_idle().await;
    stage
}

/// In order, each once, all in the evening.
async fn plain(story: &Story) -> Outcome {
    let stage = evening(story).await;
    for beat in story.beats.iter().skip(1) {
        accept(&stage, beat).await;
        stage.stack.run_until_idle().await;
    }
    stage.stack.advance_to(story.end).await.unwrap();
    let outcome = stage.outcome().await;
    assert_eq!(outcome.flaws(), Vec::<String>::new());
    outcome
}

/// Each one to five times, in any order. Now and then a reader takes messages and dies, so that
/// they come again when their visibility has run out.
async fn shuffled(story: &Story, seed: u64) -> Outcome {
    let mut random = SplitMix::new(seed);
    let stage = evening(story).await;
    let mut beats: Vec<&Beat> = Vec::new();
    for beat in &story.beats {
        beats.extend(std::iter::repeat_n(beat, 1 + random.below(5)));
    }
    random.shuffle(&mut beats);
    for beat in beats {
        accept(&stage, beat).await;
        match random.below(12) {
            0 => stage.stack.run_until_idle().await,
            1 => {
                let queue = random.pick(&QueueName::ALL).unwrap();
                stage.stack.queues.receive(queue, 1 + random.below(10));
            }
            2 => stage.stack.advance_to(stage.now() + MINUTE).await.unwrap(),
            _ => {}
        }
    }
    stage.stack.advance_to(story.end).await.unwrap();
    stage.outcome().await
}

fn assert_same(outcome: &Outcome, plain: &Outcome, seed: u64) {
    let mut wrong = outcome.flaws();
    wrong.extend(outcome.differences(plain, &[], false));
    assert!(wrong.is_empty(), "seed {seed}:\n{}", wrong.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn deliveries_in_any_order_and_number_count_once() {
    let story = story::busy();
    let plain = plain(&story).await;
    assert_eq!(
        plain.sums["U1"].1,
        15 + 20 + 20 + 5 + 3,
        "three check-ins, a milestone, two tasks, two caps"
    );
    for seed in 0..12 {
        assert_same(&shuffled(&story, seed).await, &plain, seed);
    }
}

#[tokio::test(start_paused = true)]
async fn who_came_and_went_is_told_by_when_and_not_by_what_arrives_last() {
    let story = story::to_and_fro();
    let plain = plain(&story).await.without_journeys();
    for seed in 0..40 {
        let outcome = shuffled(&story, seed).await;
        assert_eq!(outcome.flaws(), Vec::<String>::new(), "seed {seed}");
        let outcome = outcome.without_journeys();
        assert_eq!(
            outcome.differences(&plain, &[], false),
            Vec::<String>::new(),
            "seed {seed}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_opt_out_that_overtakes_the_join_is_not_lost() {
    let story = Story::new("overtaken", story::CLUB, at(0, 0, 30), at(0, 1, 0))
        .joins(at(0, 0, 30), "U1")
        .whispers(at(0, 0, 31), "U1", "stop");
    let stage = Stage::quiet(story.community).await;
    stage.stack.advance_to(at(0, 0, 31)).await.unwrap();
    accept(&stage, &story.beats[0]).await;
    // The process that takes the join dies over it; meanwhile the opt-out is handled.
    stage.stack.queues.receive(QueueName::Onboarding, 10);
    accept(&stage, &story.beats[1]).await;
    stage.stack.run_until_idle().await;
    stage.stack.advance_to(story.end).await.unwrap();
    let outcome = stage.outcome().await;
    assert_eq!(outcome.flaws(), Vec::<String>::new());
    assert!(outcome.members["U1"].is_opted_out());
}

#[tokio::test(start_paused = true)]
async fn a_stranger_who_opts_out_is_no_member_and_no_dead_letter() {
    let story = Story::new("stranger", story::CLUB, at(0, 0, 30), at(0, 1, 0))
        .whispers(at(0, 0, 31), "U1", "stop")
        .renames(at(0, 0, 31), "U2", "design-May");
    let stage = Stage::quiet(story.community).await;
    stage.stack.advance_to(at(0, 0, 31)).await.unwrap();
    for beat in &story.beats {
        accept(&stage, beat).await;
    }
    stage.stack.advance_to(story.end).await.unwrap();
    let outcome = stage.outcome().await;
    assert_eq!(outcome.flaws(), Vec::<String>::new());
    assert!(outcome.members.is_empty(), "{:?}", outcome.members);
}

fn event_of<'a>(records: impl IntoIterator<Item = &'a SqsMessage>) -> SqsEvent {
    let mut event = SqsEvent::default();
    event.records = records.into_iter().cloned().collect();
    event
}

fn failed(response: &Result<SqsBatchResponse, Failure>) -> BTreeSet<String> {
    response
        .as_ref()
        .unwrap()
        .batch_item_failures
        .iter()
        .map(|failure| failure.item_identifier.clone())
        .collect()
}

/// Two readers of one queue get batches that overlap; what one of them reports comes again.
struct Readers {
    records: Vec<SqsMessage>,
    left: [Vec<SqsMessage>; 2],
}

impl Readers {
    fn of(stage: &Stage, queue: QueueName, random: &mut SplitMix) -> Self {
        let records = stage
            .stack
            .queues
            .receive(queue, 1000)
            .map(|event| event.records)
            .unwrap_or_default();
        let mut left = [Vec::new(), Vec::new()];
        for record in &records {
            let whose = random.below(3);
            for (reader, batch) in left.iter_mut().enumerate() {
                if whose == 2 || whose == reader {
                    batch.push(record.clone());
                }
            }
        }
        for batch in &mut left {
            random.shuffle(batch);
        }
        Self { records, left }
    }

    fn batch(&self, reader: usize) -> Invocation {
        Invocation::Batch(event_of(&self.left[reader]))
    }

    fn answered(&mut self, reader: usize, response: &Result<SqsBatchResponse, Failure>) {
        let failed = failed(response);
        self.left[reader].retain(|record| failed.contains(record.message_id.as_deref().unwrap()));
    }

    fn is_done(&self) -> bool {
        self.left.iter().all(Vec::is_empty)
    }

    fn delete(&self, stage: &Stage, queue: QueueName) {
        stage.stack.queues.delete(
            queue,
            self.records
                .iter()
                .filter_map(|record| record.message_id.clone()),
        );
    }
}

/// A process that notes its metrics.
fn process(
    stage: &Stage,
    function: Function,
    random: &mut SplitMix,
    lines: &Arc<Mutex<Vec<String>>>,
) -> MemberDeps {
    let mut members = stage
        .stack
        .process(function, Arc::new(Turns::new(random.next_u64())))
        .unwrap();
    let lines = lines.clone();
    members.deps.metrics = Metrics::to(
        function.name(),
        Arc::new(move |line| lines.lock().unwrap().push(line.to_owned())),
    );
    members
}

/// Two processes of each function at once on the same members. Says how many rounds it took and
/// how many races were lost on the way.
async fn at_once(story: &Story, seed: u64) -> (Outcome, usize, f64) {
    let mut random = SplitMix::new(seed);
    let stage = evening(story).await;
    for beat in &story.beats {
        accept(&stage, beat).await;
    }
    let now = stage.now();
    let lines = Arc::default();
    let mut process = |function| process(&stage, function, &mut random, &lines);
    let onboarding = [process(Function::Onboarding), process(Function::Onboarding)];
    let check_in = [process(Function::CheckIn), process(Function::CheckIn)];
    let mut joins = Readers::of(&stage, QueueName::Onboarding, &mut random);
    let mut posts = Readers::of(&stage, QueueName::CheckIn, &mut random);
    let mut rounds = 0;
    while !(joins.is_done() && posts.is_done()) {
        rounds += 1;
        assert!(
            rounds < 10,
            "seed {seed}: they keep each other from finishing"
        );
        let none = Deadline::none;
        let (a, b, c, d) = futures::join!(
            hearth_onboarding::handle(&onboarding[0], joins.batch(0), now, none()),
            hearth_check_in::handle(&check_in[0], posts.batch(0), now, none()),
            hearth_onboarding::handle(&onboarding[1], joins.batch(1), now, none()),
            hearth_check_in::handle(&check_in[1], posts.batch(1), now, none()),
        );
        joins.answered(0, &a);
        posts.answered(0, &b);
        joins.answered(1, &c);
        posts.answered(1, &d);
    }
    joins.delete(&stage, QueueName::Onboarding);
    posts.delete(&stage, QueueName::CheckIn);
    for deps in onboarding.iter().chain(&check_in) {
        deps.deps.metrics.flush(now);
    }
    let conflicts = |line: &String| {
        serde_json::from_str::<Value>(line)
            .ok()?
            .get("conflicts")?
            .as_f64()
    };
    let conflicts = lines.lock().unwrap().iter().filter_map(conflicts).sum();
    stage.stack.advance_to(story.end).await.unwrap();
    (stage.outcome().await, rounds, conflicts)
}

#[tokio::test(start_paused = true)]
async fn processes_at_once_on_the_same_members_lose_and_double_nothing() {
    let story = story::busy();
    let plain = plain(&story).await;
    let (mut most, mut lost) = (0, 0.0);
    for seed in 0..40 {
        let (outcome, rounds, conflicts) = at_once(&story, seed).await;
        assert_same(&outcome, &plain, seed);
        most = most.max(rounds);
        lost += conflicts;
    }
    assert!(
        lost > 40.0,
        "only {lost} races were lost: this test sees nothing"
    );
    assert!(most <= 2, "a batch had to come {most} times");
}

#[tokio::test(start_paused = true)]
async fn one_message_in_the_hands_of_several_messengers_is_sent_once() {
    for seed in 0..30 {
        let mut random = SplitMix::new(seed);
        let stage = Stage::quiet(story::CLUB).await;
        stage.stack.advance_to(at(0, 0, 30)).await.unwrap();
        for beat in story::join().beats.iter().take(2) {
            accept(&stage, beat).await;
        }
        // The two joins are handled, their messages are not.
        let joins = stage
            .stack
            .queues
            .receive(QueueName::Onboarding, 10)
            .unwrap();
        let ids: Vec<String> = joins
            .records
            .iter()
            .filter_map(|record| record.message_id.clone())
            .collect();
        let onboarding = stage
            .stack
            .process(Function::Onboarding, Arc::new(NoFaults))
            .unwrap();
        let response = hearth_onboarding::handle(
            &onboarding,
            Invocation::Batch(joins),
            stage.now(),
            Deadline::none(),
        )
        .await;
        assert!(failed(&response).is_empty());
        stage.stack.queues.delete(QueueName::Onboarding, ids);
        let sends = stage.stack.queues.receive(QueueName::SendNow, 10).unwrap();
        assert_eq!(sends.records.len(), 4);
        // Each gets all of them, one of them twice.
        let mut batch = || {
            let mut records = sends.records.clone();
            let mut again = random
                .pick(&[0, 1, 2, 3])
                .map(|n: usize| records[n].clone())
                .unwrap();
            again.message_id = Some("again".to_owned());
            records.push(again);
            random.shuffle(&mut records);
            Invocation::Batch(event_of(&records))
        };
        let batches = [batch(), batch(), batch()];
        let messengers: Vec<_> = (0..3)
            .map(|_| {
                stage
                    .stack
                    .messenger(Arc::new(Turns::new(random.next_u64())))
                    .unwrap()
            })
            .collect();
        let now = stage.now();
        let work = messengers.iter().zip(batches).map(|(messenger, batch)| {
            hearth_messenger::handle(messenger, batch, now, Deadline::none())
        });
        for response in futures::future::join_all(work).await {
            assert!(failed(&response).is_empty(), "seed {seed}");
        }
        stage.stack.queues.delete(
            QueueName::SendNow,
            sends
                .records
                .iter()
                .filter_map(|record| record.message_id.clone()),
        );
        stage.stack.advance_to(at(0, 2, 0)).await.unwrap();
        let outcome = stage.outcome().await;
        assert_eq!(outcome.flaws(), Vec::<String>::new(), "seed {seed}");
        assert!(
            outcome
                .messages
                .values()
                .all(|state| matches!(state, State::Sent { .. })),
            "seed {seed}: {:?}",
            outcome.messages
        );
    }
}

/// Fails the first calls of one operation.
struct First {
    operation: &'static str,
    fault: Fault,
    left: Mutex<usize>,
}

impl First {
    fn of(operation: &'static str, fault: Fault, times: usize) -> Arc<Self> {
        Arc::new(Self {
            operation,
            fault,
            left: Mutex::new(times),
        })
    }
}

impl Faults for First {
    fn fate(&self, call: Call<'_>) -> Option<Fault> {
        if call != Call::Table(self.operation) {
            return None;
        }
        let mut left = self.left.lock().unwrap();
        *left = left.checked_sub(1)?;
        Some(self.fault)
    }
}

/// Five members check in; the process that takes it has this fault. How many records it reports.
async fn check_ins_under(faults: Arc<First>) -> (usize, Outcome) {
    let stage = Stage::quiet(story::CLUB).await;
    stage.stack.advance_to(at(0, 1, 0)).await.unwrap();
    let story = ["U1", "U2", "U3", "U4", "U5"].into_iter().fold(
        Story::new("five", story::CLUB, at(0, 1, 0), at(0, 1, 0)),
        |story, user| story.checks_in(at(0, 1, 0), user),
    );
    for beat in &story.beats {
        accept(&stage, beat).await;
    }
    let event = stage.stack.queues.receive(QueueName::CheckIn, 10).unwrap();
    let deps = stage.stack.process(Function::CheckIn, faults).unwrap();
    let response = hearth_check_in::handle(
        &deps,
        Invocation::Batch(event),
        stage.now(),
        Deadline::none(),
    )
    .await;
    let reported = failed(&response).len();
    // The others are still invisible: as after a process that died, they come again.
    stage.stack.advance_to(at(0, 2, 0)).await.unwrap();
    (reported, stage.outcome().await)
}

#[tokio::test(start_paused = true)]
async fn what_dynamodb_does_not_do_at_once_is_asked_for_again() {
    for (operation, fault, times, reported) in [
        // Keys left unread: four rounds leave none.
        ("BatchGetItem", Fault::Part, 3, 0),
        // The SDK asks three times.
        ("BatchGetItem", Fault::Refuse, 2, 0),
        ("BatchGetItem", Fault::Refuse, 9, 5),
        ("PutItem", Fault::Refuse, 2, 0),
        ("PutItem", Fault::LoseAnswer, 1, 0),
        // Another consumer's transaction is at the item: decided again, not left to a redelivery.
        ("PutItem", Fault::Conflict, 1, 0),
        ("PutItem", Fault::Conflict, 7, 0),
    ] {
        let (failed, outcome) = check_ins_under(First::of(operation, fault, times)).await;
        assert_eq!(failed, reported, "{operation} {fault:?} × {times}");
        assert_eq!(outcome.flaws(), Vec::<String>::new());
        let points: BTreeMap<&str, i64> = outcome
            .sums
            .iter()
            .map(|(member, (_, total))| (member.as_str(), *total))
            .collect();
        assert_eq!(
            points,
            BTreeMap::from([("U1", 5), ("U2", 5), ("U3", 5), ("U4", 5), ("U5", 5)]),
            "{operation} {fault:?} × {times}"
        );
    }
}

/// What an endpoint does with one request.
#[derive(Debug, Clone)]
enum Reply {
    /// Takes all but these entries of a batch.
    AllBut(&'static [usize]),
    /// Answers with a status and an error.
    Error(u16, &'static str),
    /// Never answers.
    Hang,
}

/// An endpoint that follows a script, and after its end takes everything.
#[derive(Debug, Clone, Default)]
struct Scripted {
    replies: Arc<Mutex<VecDeque<Reply>>>,
    asked: Arc<Mutex<Vec<Value>>>,
}

impl Scripted {
    fn of(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self {
            replies: Arc::new(Mutex::new(replies.into_iter().collect())),
            asked: Arc::default(),
        }
    }

    fn client(&self) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(self.clone());
        SharedHttpClient::new(http_client_fn(move |_, _| connector.clone()))
    }

    /// The bodies of the messages of each request.
    fn batches(&self) -> Vec<Vec<String>> {
        let bodies = |request: &Value| {
            let entries = request["Entries"].as_array().unwrap();
            entries
                .iter()
                .map(|entry| entry["MessageBody"].as_str().unwrap().to_owned())
                .collect()
        };
        self.asked.lock().unwrap().iter().map(bodies).collect()
    }

    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let reply = self
            .replies
            .lock()
            .unwrap()
            .pop_front()
            .unwrap_or(Reply::AllBut(&[]));
        self.asked.lock().unwrap().push(body.clone());
        let (status, answer) = match reply {
            Reply::Hang => std::future::pending().await,
            Reply::Error(status, code) => (status, json!({"__type": code, "message": "scripted"})),
            Reply::AllBut(refused) => {
                let id = |n: usize| body["Entries"][n]["Id"].clone();
                let count = body["Entries"].as_array().map_or(0, Vec::len);
                let taken: Vec<Value> = (0..count)
                    .filter(|n| !refused.contains(n))
                    .map(|n| json!({"Id": id(n), "MessageId": "m", "MD5OfMessageBody": "d"}))
                    .collect();
                let failed: Vec<Value> = refused
                    .iter()
                    .map(|n| json!({"Id": id(*n), "Code": "InternalError", "SenderFault": false}))
                    .collect();
                (200, json!({"Successful": taken, "Failed": failed}))
            }
        };
        let mut response = HttpResponse::new(
            StatusCode::try_from(status).unwrap(),
            SdkBody::from(answer.to_string()),
        );
        response
            .headers_mut()
            .insert("content-type", "application/x-amz-json-1.0");
        Ok(response)
    }
}

impl HttpConnector for Scripted {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let scripted = self.clone();
        HttpConnectorFuture::new(async move { scripted.answer(request).await })
    }
}

fn config() -> Config {
    Config {
        environment: Environment::of([
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ]),
        tables: Tables {
            members: "members".to_owned(),
            journal: "journal".to_owned(),
        },
        queues: BTreeMap::from([(
            QueueName::SendNow,
            "http://queue.invalid/1/send-now".to_owned(),
        )]),
        region: "local".to_owned(),
        endpoint: Some("http://queue.invalid".to_owned()),
    }
}

/// Sends `count` pieces of work through the real client; what came of it and how long it took.
async fn send(scripted: &Scripted, count: u8) -> (Result<(), (usize, String)>, Duration) {
    let config = config();
    let sqs = Sqs::new(
        clients::sqs(&config, Some(scripted.client())).unwrap(),
        config.queues,
    );
    let work: Vec<Work> = (0..count).map(|shard| Work::drain(shard, None)).collect();
    let begun = tokio::time::Instant::now();
    let sent = sqs.send(QueueName::SendNow, &work).await;
    (
        sent.map_err(|error| (error.failed, error.reason)),
        begun.elapsed(),
    )
}

#[tokio::test(start_paused = true)]
async fn what_sqs_did_not_take_of_a_batch_is_sent_again_and_only_that() {
    let scripted = Scripted::of([Reply::AllBut(&[1, 3])]);
    assert_eq!(send(&scripted, 12).await.0, Ok(()));
    let batches = scripted.batches();
    assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [10, 2, 2]);
    assert_eq!(batches[1], [batches[0][1].clone(), batches[0][3].clone()]);
    // Not taken a second time either: that much did not arrive, and it is said so. The rest of
    // the work goes on.
    let scripted = Scripted::of([Reply::AllBut(&[1, 3]), Reply::AllBut(&[0])]);
    assert_eq!(send(&scripted, 12).await.0, Err((1, "partial".to_owned())));
    assert_eq!(scripted.batches().len(), 3);
    let scripted = Scripted::of([
        Reply::AllBut(&[1, 3]),
        Reply::Error(400, "com.amazonaws.sqs#AccessDenied"),
    ]);
    assert_eq!(
        send(&scripted, 12).await.0,
        Err((2, "AccessDenied".to_owned()))
    );
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_fails_is_asked_three_times_and_then_reported() {
    let busy = Reply::Error(500, "com.amazonaws.sqs#InternalError");
    let scripted = Scripted::of([busy.clone(), busy.clone()]);
    assert_eq!(send(&scripted, 3).await.0, Ok(()));
    let scripted = Scripted::of([busy.clone(), busy.clone(), busy]);
    assert_eq!(
        send(&scripted, 3).await.0,
        Err((3, "InternalError".to_owned()))
    );
    assert_eq!(scripted.batches().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_hangs_is_cut_off() {
    // Once: the next attempt succeeds.
    let (sent, took) = send(&Scripted::of([Reply::Hang]), 3).await;
    assert_eq!(sent, Ok(()));
    assert!((2..4).contains(&took.as_secs()), "{took:?}");
    // Always: the function has its answer long before its own time is over.
    let (sent, took) = send(&Scripted::of(vec![Reply::Hang; 9]), 3).await;
    assert_eq!(sent, Err((3, "timeout".to_owned())));
    assert!(took <= Duration::from_secs(7), "{took:?}");
    let config = config();
    let tables =
        clients::dynamodb(&config, Some(Scripted::of(vec![Reply::Hang; 9]).client())).unwrap();
    let store = Store::new(tables, config.tables.clone());
    let begun = tokio::time::Instant::now();
    let answer = store.rollup_state(&"club".parse().unwrap()).await;
    assert_eq!(
        answer,
        Err(StoreError::Unavailable {
            operation: "GetItem",
            code: "timeout".to_owned()
        })
    );
    assert!(
        begun.elapsed() <= Duration::from_secs(7),
        "{:?}",
        begun.elapsed()
    );
}

/// Everything that was ever queued comes once more.
async fn once_more(stage: &Stage, work: &[(QueueName, String)], seed: u64) {
    let mut random = SplitMix::new(seed);
    let mut work: Vec<_> = work.to_vec();
    random.shuffle(&mut work);
    for (queue, body) in work {
        stage.stack.queues.put(queue, body);
        if random.below(4) == 0 {
            stage.stack.run_until_idle().await;
        }
    }
    stage
        .stack
        .advance_to(stage.now() + SignedDuration::from_hours(1))
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn all_work_once_more_changes_nothing() {
    let story = story::whole();
    let stage = Stage::quiet(story.community).await;
    stage.stack.queues.keep();
    for beat in &story.beats {
        stage.stack.advance_to(beat.at).await.unwrap();
        accept(&stage, beat).await;
        stage.stack.run_until_idle().await;
    }
    stage.stack.advance_to(story.end).await.unwrap();
    let before = stage.outcome().await;
    assert_eq!(before.flaws(), Vec::<String>::new());
    let work = stage.stack.queues.kept();
    assert!(work.len() > 40, "{} pieces of work", work.len());
    // At once, and again when dead letters come back after three days.
    for (seed, wait) in [(1, 0), (2, 0), (3, 72)] {
        stage
            .stack
            .advance_to(stage.now() + SignedDuration::from_hours(wait))
            .await
            .unwrap();
        let (received, written) = (
            stage.stack.sandbox.received(None, None, None),
            versions(&stage).await,
        );
        once_more(&stage, &work, seed).await;
        assert_eq!(
            stage.stack.sandbox.received(None, None, None),
            received,
            "seed {seed}: something was sent"
        );
        assert_eq!(
            versions(&stage).await,
            written,
            "seed {seed}: an item was written"
        );
        let after = stage.outcome().await;
        assert_eq!(after.flaws(), Vec::<String>::new());
        assert_eq!(after.messages, before.messages, "seed {seed}");
        assert_eq!(after.sums, before.sums, "seed {seed}");
    }
}

/// How often each member's item was written.
async fn versions(stage: &Stage) -> BTreeMap<String, (u64, Timestamp)> {
    let mut versions = BTreeMap::new();
    for shard in 0..stage.community.shards {
        let (members, _) = stage
            .stack
            .store
            .shard_page(&stage.community.id, shard, None)
            .await
            .unwrap();
        for member in members {
            let member = member.unwrap();
            versions.insert(member.id.to_string(), (member.version, member.first_seen));
        }
    }
    versions
}
