//! The six functions on this machine, and the one loop that runs them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use anyhow::Context as _;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use futures::future::BoxFuture;
use hearth_aws::batch::{Failure, Tripwire};
use hearth_aws::clients;
use hearth_aws::clock::Clock;
use hearth_aws::config::{Config, Environment, Tables};
use hearth_aws::deadline::Deadline;
use hearth_aws::deps::{Deps, MemberDeps};
use hearth_aws::invocation::{Invocation, Tick};
use hearth_aws::meter::Units;
use hearth_aws::pseudonym::Pseudonyms;
use hearth_aws::queue::QueueName;
use hearth_aws::registry::Registry;
use hearth_aws::secrets::{LocalSecrets, SecretBook};
use hearth_aws::store::keys::{self, DUE_SHARDS};
use hearth_aws::store::{Store, schema};
use hearth_aws::telemetry::Metrics;
use hearth_domain::community::{Community, SecretRef};
use hearth_domain::journey::Consumer;
use hearth_kpi_rollup::Rollup;
use hearth_member_webhook::{Answer, Webhook};
use hearth_messenger::Messenger;
use hearth_platforms::{Http, HttpError, Request};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

use crate::clock::StackClock;
use crate::embedded::Embedded;
use crate::faults::{Borders, Call, Fault, Faults, NoFaults};
use crate::queues::Queues;
use crate::reports::LocalReports;
use crate::sandbox::Sandbox;

/// Where the tables are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// Nowhere: gone with the process.
    Memory,
    /// In a file.
    File(PathBuf),
}

/// How a stack is set up.
pub struct Options {
    /// Where the tables are kept.
    pub data: Data,
    /// The clock.
    pub clock: StackClock,
    /// Records in a batch. SQS's default is 10; a replay takes its backlog in hundreds.
    pub batch: usize,
    /// What fails.
    pub faults: Arc<dyn Faults>,
    /// What the sandbox keeps of the messages it receives; `false` = only counts.
    pub keep_messages: bool,
    /// The environment that `env:` secrets are read from.
    pub environment: Environment,
    /// Where metric lines go.
    pub metrics: hearth_aws::telemetry::Sink,
    /// Where the stack is served, for links: `http://127.0.0.1:9000`.
    pub base: Option<String>,
}

impl Options {
    /// In memory, with nothing failing.
    pub fn in_memory(clock: StackClock) -> Self {
        Self {
            data: Data::Memory,
            clock,
            batch: 10,
            faults: Arc::new(NoFaults),
            keep_messages: true,
            environment: Environment::default(),
            metrics: Arc::new(|_| {}),
            base: None,
        }
    }
}

/// The functions that queues wake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// `member-webhook`.
    MemberWebhook,
    /// `onboarding`.
    Onboarding,
    /// `check-in`.
    CheckIn,
    /// `win-back`.
    WinBack,
    /// `kpi-rollup`.
    KpiRollup,
    /// `messenger`.
    Messenger,
}

impl Function {
    /// As in the template.
    pub fn name(self) -> &'static str {
        match self {
            Self::MemberWebhook => "member-webhook",
            Self::Onboarding => "onboarding",
            Self::CheckIn => "check-in",
            Self::WinBack => "win-back",
            Self::KpiRollup => "kpi-rollup",
            Self::Messenger => "messenger",
        }
    }

    fn of(queue: QueueName) -> Self {
        match queue {
            QueueName::Onboarding => Self::Onboarding,
            QueueName::CheckIn => Self::CheckIn,
            QueueName::WinBack => Self::WinBack,
            QueueName::KpiRollup => Self::KpiRollup,
            QueueName::SendNow | QueueName::SendBulk => Self::Messenger,
        }
    }
}

/// The whole system on this machine.
pub struct Stack {
    /// Its clock.
    pub clock: StackClock,
    /// Its queues.
    pub queues: Queues,
    /// What stands in for the chat platforms.
    pub sandbox: Sandbox,
    /// The tables as the local pages and commands read them.
    pub store: Store,
    /// The registry as they read it.
    pub registry: Arc<Registry>,
    /// Pseudonyms in logs.
    pub pseudonyms: Pseudonyms,
    tables: Embedded,
    config: Config,
    metrics: hearth_aws::telemetry::Sink,
    borders: Borders,
    webhook: Webhook,
    onboarding: MemberDeps,
    check_in: MemberDeps,
    win_back: MemberDeps,
    rollup: Rollup,
    /// Asked when reports fall due, over tables that never fail.
    calendar: Rollup,
    messenger: Messenger,
    batch: usize,
    invocations: AtomicU64,
    /// Something was written that may have changed what is due next.
    dues_moved: AtomicBool,
    next_due: std::sync::Mutex<Option<Timestamp>>,
    /// When the next report falls due; `None` = to be asked again.
    next_report: std::sync::Mutex<Option<NextReport>>,
    engine: Mutex<()>,
}

impl std::fmt::Debug for Stack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stack")
    }
}

/// When the next report of any community falls due, if one ever does.
#[derive(Debug, Clone, Copy)]
struct NextReport(Option<Timestamp>);

/// The local stack's members are nobody else's: their pseudonyms need no secret.
const PSEUDONYM_KEY: &str = "local stack, no secret";
/// Scheduler's precision.
const MINUTE: i64 = 60;
const QUARTER: i64 = 15 * 60;
/// So many entries of the due index are looked at in one go.
const GLANCE: u32 = 64;

/// The sandbox behind the borders.
struct Chat {
    sandbox: Sandbox,
    borders: Borders,
}

impl Http for Chat {
    fn call(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<http::Response<Vec<u8>>, HttpError>> {
        Box::pin(async move {
            let call = Call::Chat(request.uri().path());
            let fate = self.borders.fate(call, request.body()).await;
            match fate {
                None => self.sandbox.call(request).await,
                Some(Fault::CrashBefore) => self.borders.die().await,
                Some(Fault::CrashAfter) => {
                    let _ = self.sandbox.call(request).await;
                    self.borders.die().await
                }
                Some(Fault::Refuse | Fault::Conflict | Fault::Part) => {
                    Err(HttpError::NotSent("refused".to_owned()))
                }
                Some(Fault::LoseAnswer) => {
                    let _ = self.sandbox.call(request).await;
                    Err(HttpError::Uncertain("answer lost".to_owned()))
                }
            }
        })
    }
}

impl Stack {
    /// Sets it up; the tables are created if they are not there.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        let database = match &options.data {
            Data::Memory => dynoxide::Database::memory(),
            Data::File(path) => dynoxide::Database::new(&path.display().to_string()),
        };
        let database =
            database.with_context(|| format!("opening the data of {:?}", options.data))?;
        let borders = Borders::new(options.faults.clone());
        let quiet = Borders::new(Arc::new(NoFaults));
        let config = config(options.environment.clone());
        let functions = Embedded::new(database.clone(), borders.clone());
        let client = clients::dynamodb(&config, Some(functions.client()))?;
        // What the operator reads and the stack's own loop never fail.
        let tables = Embedded::new(database, quiet);
        let own = clients::dynamodb(&config, Some(tables.client()))?;
        schema::create(&own, &config.tables).await?;
        let queues = Queues::new(options.clock.clone(), borders.clone());
        let clock = options.clock.clone();
        let now = move || clock.now();
        let sandbox = if options.keep_messages {
            Sandbox::new(now)
        } else {
            Sandbox::counting()
        };
        let base = Store::new(client, config.tables.clone());
        let pseudonyms = Pseudonyms::new(PSEUDONYM_KEY);
        let deps = |function: Function| {
            let store = base.metered_apart();
            Deps {
                registry: Arc::new(Registry::new(&store)),
                store,
                queue: Arc::new(queues.clone()),
                metrics: Metrics::to(function.name(), options.metrics.clone()),
                tripwire: Tripwire::default(),
            }
        };
        let members = |function: Function| MemberDeps {
            deps: deps(function),
            pseudonyms: pseudonyms.clone(),
        };
        let rollup = |deps: Deps| {
            let reports = LocalReports {
                store: deps.store.clone(),
                base: options.base.clone(),
            };
            Rollup::new(deps, Arc::new(reports))
        };
        let secrets = Arc::new(LocalSecrets(config.environment.clone()));
        let chat = Chat {
            sandbox: sandbox.clone(),
            borders: borders.clone(),
        };
        let store = Store::new(own, config.tables.clone());
        let registry = Arc::new(Registry::new(&store));
        let calendar = Deps {
            store: store.clone(),
            registry: registry.clone(),
            ..deps(Function::KpiRollup)
        };
        Ok(Self {
            webhook: Webhook {
                deps: deps(Function::MemberWebhook),
                secrets: SecretBook::verifying(secrets.clone()),
            },
            onboarding: members(Function::Onboarding),
            check_in: members(Function::CheckIn),
            win_back: members(Function::WinBack),
            rollup: rollup(deps(Function::KpiRollup)),
            messenger: Messenger::new(
                members(Function::Messenger),
                Arc::new(chat),
                SecretBook::sending(secrets),
            ),
            calendar: rollup(calendar),
            registry,
            store,
            tables,
            config,
            metrics: options.metrics,
            clock: options.clock,
            queues,
            sandbox,
            pseudonyms,
            borders,
            batch: options.batch,
            invocations: AtomicU64::new(0),
            dues_moved: AtomicBool::new(true),
            next_due: std::sync::Mutex::default(),
            next_report: std::sync::Mutex::default(),
            engine: Mutex::new(()),
        })
    }

    /// A webhook delivery, as the HTTP API would hand it over. A process that dies over it is an
    /// internal error to the platform.
    pub async fn deliver(&self, path: &str, request: &Request<'_>) -> Answer {
        let answer = tokio::select! {
            biased;
            answer = hearth_member_webhook::handle(&self.webhook, path, request, self.clock.now()) => answer,
            () = self.borders.death() => {
                self.webhook.deps.registry.forget();
                Answer { status: 500, content_type: "application/json", body: r#"{"message":"Internal Server Error"}"#.to_owned() }
            }
        };
        self.webhook.deps.metrics.flush(self.clock.now());
        answer
    }

    /// A secret that this machine knows: literal or from its environment.
    pub fn literal_secret(&self, community: &Community, name: &str) -> Option<String> {
        community
            .secrets
            .get(name)?
            .iter()
            .find_map(|reference| match reference {
                SecretRef::Literal(value) => Some(value.clone()),
                SecretRef::Env(name) => self.config.environment.get(name).map(str::to_owned),
                SecretRef::Ssm(_) | SecretRef::SecretsManager(_) => None,
            })
    }

    /// The parts of one more process of a function, on the same tables and queues: with caches of
    /// its own, and with faults of its own at the tables.
    pub fn process(
        &self,
        function: Function,
        faults: Arc<dyn Faults>,
    ) -> anyhow::Result<MemberDeps> {
        let tables = self.tables.behind(Borders::new(faults));
        let store = Store::new(
            clients::dynamodb(&self.config, Some(tables.client()))?,
            self.config.tables.clone(),
        );
        let deps = Deps {
            registry: Arc::new(Registry::new(&store)),
            store,
            queue: Arc::new(self.queues.clone()),
            metrics: Metrics::to(function.name(), self.metrics.clone()),
            tripwire: Tripwire::default(),
        };
        Ok(MemberDeps {
            deps,
            pseudonyms: self.pseudonyms.clone(),
        })
    }

    /// One more messenger, on the same tables, queues and platforms.
    pub fn messenger(&self, faults: Arc<dyn Faults>) -> anyhow::Result<Messenger> {
        let members = self.process(Function::Messenger, faults)?;
        let secrets = SecretBook::sending(Arc::new(LocalSecrets(self.config.environment.clone())));
        Ok(Messenger::new(
            members,
            Arc::new(self.sandbox.clone()),
            secrets,
        ))
    }

    /// What a function's table requests have cost, looking up communities included.
    pub fn units(&self, function: Function) -> Units {
        let registry = &self.deps(function).registry;
        self.work_units(function) + registry.store().meter().units()
    }

    /// What a function's own requests have cost.
    pub fn work_units(&self, function: Function) -> Units {
        let own = self.deps(function).store.meter().units();
        match function {
            Function::KpiRollup => own + self.closing_units(),
            Function::MemberWebhook
            | Function::Onboarding
            | Function::CheckIn
            | Function::WinBack
            | Function::Messenger => own,
        }
    }

    /// What the daily closings have cost: a part of `kpi-rollup`'s.
    pub fn closing_units(&self) -> Units {
        self.rollup.closings.meter().units()
    }

    fn deps(&self, function: Function) -> &Deps {
        match function {
            Function::MemberWebhook => &self.webhook.deps,
            Function::Onboarding => &self.onboarding.deps,
            Function::CheckIn => &self.check_in.deps,
            Function::WinBack => &self.win_back.deps,
            Function::KpiRollup => &self.rollup.deps,
            Function::Messenger => &self.messenger.deps,
        }
    }

    /// All functions, in the order in which pages and reports list them.
    pub const FUNCTIONS: [Function; 6] = [
        Function::MemberWebhook,
        Function::Onboarding,
        Function::CheckIn,
        Function::WinBack,
        Function::KpiRollup,
        Function::Messenger,
    ];

    /// Everything cached is forgotten: what was just published shows at once.
    pub fn forget_published(&self) {
        self.registry.forget();
        self.ask_for_reports_again();
        for function in Self::FUNCTIONS {
            self.deps(function).registry.forget();
        }
    }

    /// Invocations since the start.
    pub fn invocations(&self) -> u64 {
        self.invocations.load(Ordering::Relaxed)
    }

    async fn invoke(
        &self,
        function: Function,
        invocation: Invocation,
    ) -> Option<Result<SqsBatchResponse, Failure>> {
        self.invocations.fetch_add(1, Ordering::Relaxed);
        if function == Function::KpiRollup {
            self.ask_for_reports_again();
        }
        let (now, deadline) = (self.clock.now(), Deadline::none());
        // Boxed: the handlers' nested futures are deep, and a test's stack is not.
        let run = Box::pin(async {
            match function {
                Function::MemberWebhook => Ok(SqsBatchResponse::default()),
                Function::Onboarding => {
                    hearth_onboarding::handle(&self.onboarding, invocation, now, deadline).await
                }
                Function::CheckIn => {
                    hearth_check_in::handle(&self.check_in, invocation, now, deadline).await
                }
                Function::WinBack => {
                    hearth_win_back::handle(&self.win_back, invocation, now, deadline).await
                }
                Function::KpiRollup => {
                    hearth_kpi_rollup::handle(&self.rollup, invocation, now, deadline).await
                }
                Function::Messenger => {
                    hearth_messenger::handle(&self.messenger, invocation, now, deadline).await
                }
            }
        });
        let result = tokio::select! {
            biased;
            result = run => Some(result),
            () = self.borders.death() => {
                self.deps(function).registry.forget();
                None
            }
        };
        self.deps(function).metrics.flush(now);
        result
    }

    /// Receives and handles one batch of a queue; `false` = nothing was visible.
    async fn pump(&self, queue: QueueName) -> bool {
        let Some(event) = self.queues.receive(queue, self.batch) else {
            return false;
        };
        let ids: Vec<String> = event
            .records
            .iter()
            .filter_map(|record| record.message_id.clone())
            .collect();
        let answered = self.invoke(Function::of(queue), batch(event)).await;
        // Check-ins alone move no due instant unless they write messages, and those wake the
        // messenger, if nothing fails in between.
        if queue != QueueName::CheckIn || self.borders.disturbed() {
            self.dues_moved.store(true, Ordering::Relaxed);
        }
        // A process that died, and a function that failed as a whole, delete nothing.
        if let Some(Ok(response)) = answered {
            let failed: Vec<String> = response
                .batch_item_failures
                .into_iter()
                .map(|failure| failure.item_identifier)
                .collect();
            // As SQS does: an empty identifier fails the whole batch.
            if failed.iter().all(|id| !id.is_empty()) {
                self.queues
                    .delete(queue, ids.into_iter().filter(|id| !failed.contains(id)));
            }
        }
        true
    }

    /// No function runs while this is held: nobody has in hand what they read before.
    pub async fn stillness(&self) -> MutexGuard<'_, ()> {
        self.engine.lock().await
    }

    /// Handles everything that is visible now, until nothing is.
    pub async fn run_until_idle(&self) {
        let _engine = self.engine.lock().await;
        self.pump_all().await;
    }

    async fn pump_all(&self) {
        loop {
            let mut idle = true;
            for queue in QueueName::ALL {
                while self.pump(queue).await {
                    idle = false;
                }
            }
            if idle {
                return;
            }
        }
    }

    /// The Scheduler's minute: the due index; and on the quarter-hour what follows a community's
    /// own clock.
    async fn tick(&self) {
        let now = self.clock.now();
        let tick = || {
            Invocation::Tick(Tick {
                time: Some(now.to_string()),
            })
        };
        for function in [Function::Onboarding, Function::WinBack, Function::Messenger] {
            self.invoke(function, tick()).await;
        }
        if now.as_second() % QUARTER == 0 {
            self.invoke(Function::KpiRollup, tick()).await;
        }
    }

    /// The next instant after now at which anything would happen by itself, on the Scheduler's
    /// grid.
    pub async fn next_instant(&self) -> anyhow::Result<Option<Timestamp>> {
        let now = self.clock.now();
        let due = self
            .earliest_due()?
            .map(|at| ceil(at, MINUTE).max(ceil_after(now, MINUTE)));
        let clock_work = self
            .earliest_report(now)
            .await?
            .map(|at| ceil(at, QUARTER).max(ceil_after(now, QUARTER)));
        let visible = self.queues.next_visible().map(|at| at.max(now));
        Ok([due, clock_work, visible].into_iter().flatten().min())
    }

    /// The earliest entry of the due index. Asked again only when something may have moved it.
    fn earliest_due(&self) -> anyhow::Result<Option<Timestamp>> {
        let kept = |value: Option<Option<Timestamp>>| {
            let mut kept = self
                .next_due
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Some(value) = value {
                *kept = value;
            }
            *kept
        };
        if !self.dues_moved.swap(false, Ordering::Relaxed) {
            return Ok(kept(None));
        }
        if let Some(dues) = self.dues_at_a_glance()? {
            return Ok(kept(Some(dues.into_iter().min())));
        }
        let mut earliest: Option<Timestamp> = None;
        for consumer in [Consumer::Onboarding, Consumer::WinBack, Consumer::Messenger] {
            for shard in 0..DUE_SHARDS {
                let due = self.next_due_in(consumer, shard)?;
                earliest = [earliest, due].into_iter().flatten().min();
            }
        }
        Ok(kept(Some(earliest)))
    }

    /// All entries of the due index, if they are few: two requests instead of one a shard.
    fn dues_at_a_glance(&self) -> anyhow::Result<Option<Vec<Timestamp>>> {
        let mut dues = Vec::new();
        for table in [&self.config.tables.members, &self.config.tables.journal] {
            let request =
                json!({"TableName": table, "IndexName": schema::DUE_INDEX, "Limit": GLANCE});
            let answer = self.tables.ask("Scan", &request)?;
            if answer.get("LastEvaluatedKey").is_some() {
                return Ok(None);
            }
            let items = answer.get("Items").and_then(Value::as_array);
            let due = |item: &Value| keys::due_at(item.pointer("/due_sk/S")?.as_str()?);
            dues.extend(items.into_iter().flatten().filter_map(due));
        }
        Ok(Some(dues))
    }

    /// A request to the tables as DynamoDB would take it: for what no function ever does to them.
    pub fn ask_tables(&self, operation: &str, request: &Value) -> anyhow::Result<Value> {
        self.tables.ask(operation, request)
    }

    /// Every item of both tables as DynamoDB writes it, with the table's name: what is held against
    /// "nothing is left".
    pub fn every_item(&self) -> anyhow::Result<Vec<(String, Value)>> {
        let mut all = Vec::new();
        for table in [&self.config.tables.members, &self.config.tables.journal] {
            let mut request = json!({"TableName": table});
            loop {
                let answer = self.tables.ask("Scan", &request)?;
                let items = answer.get("Items").and_then(Value::as_array);
                let items = items.into_iter().flatten().cloned();
                all.extend(items.map(|item| (table.clone(), item)));
                match answer.get("LastEvaluatedKey") {
                    Some(after) => {
                        request = json!({"TableName": table, "ExclusiveStartKey": after});
                    }
                    None => break,
                }
            }
        }
        Ok(all)
    }

    fn next_due_in(&self, consumer: Consumer, shard: u8) -> anyhow::Result<Option<Timestamp>> {
        let table = match consumer {
            Consumer::Onboarding | Consumer::WinBack => &self.config.tables.members,
            Consumer::Messenger => &self.config.tables.journal,
        };
        let answer = self.tables.ask("Query", &json!({
            "TableName": table, "IndexName": schema::DUE_INDEX, "Limit": 1,
            "KeyConditionExpression": "due_pk = :pk", "ExpressionAttributeValues": {":pk": {"S": keys::due_pk(consumer, shard)}},
        }))?;
        Ok(answer
            .pointer("/Items/0/due_sk/S")
            .and_then(Value::as_str)
            .and_then(keys::due_at))
    }

    /// When the next report falls due. Asked again only after the rollup ran or something was
    /// published.
    async fn earliest_report(&self, now: Timestamp) -> anyhow::Result<Option<Timestamp>> {
        let known = *self
            .next_report
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(NextReport(known)) = known {
            return Ok(known);
        }
        let next = self.calendar.next_instant(now).await?;
        *self
            .next_report
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(NextReport(next));
        Ok(next)
    }

    fn ask_for_reports_again(&self) {
        *self
            .next_report
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = None;
    }

    /// Moves a virtual clock to `target`, jumping from one instant at which something happens to
    /// the next, and handles everything on the way. Returns when all queues are idle.
    pub async fn advance_to(&self, target: Timestamp) -> anyhow::Result<()> {
        let _engine = self.engine.lock().await;
        self.pump_all().await;
        while let Some(next) = self.next_instant().await?.filter(|next| *next <= target) {
            self.clock.move_to(next);
            if next.as_second() % MINUTE == 0 && next.subsec_nanosecond() == 0 {
                self.tick().await;
                self.dues_moved.store(true, Ordering::Relaxed);
            }
            self.pump_all().await;
        }
        self.clock.move_to(target);
        self.pump_all().await;
        Ok(())
    }

    /// As [`Stack::advance_to`], stopping at every minute. The same, only slower: a test holds
    /// them against each other.
    pub async fn advance_ticking(&self, target: Timestamp) {
        let _engine = self.engine.lock().await;
        self.pump_all().await;
        loop {
            let now = self.clock.now();
            let minute = ceil_after(now, MINUTE);
            let visible = self
                .queues
                .next_visible()
                .filter(|at| *at > now)
                .unwrap_or(Timestamp::MAX);
            let next = minute.min(visible);
            if next > target {
                break;
            }
            self.clock.move_to(next);
            if next == minute {
                self.tick().await;
            }
            self.pump_all().await;
        }
        self.clock.move_to(target);
        self.pump_all().await;
    }

    /// Runs on the machine's clock until `stop` resolves: queues as things arrive, ticks on the
    /// minute. Then handles what is left.
    pub async fn run(&self, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        let mut ticked = self.clock.now().as_second() / MINUTE;
        loop {
            self.run_until_idle().await;
            let minute = self.clock.now().as_second() / MINUTE;
            if minute > ticked {
                ticked = minute;
                self.tick_aligned(minute).await;
            }
            tokio::select! {
                () = &mut stop => break,
                () = self.queues.arrival() => {}
                () = tokio::time::sleep(std::time::Duration::from_secs(1)) => {}
            }
        }
        self.run_until_idle().await;
    }

    async fn tick_aligned(&self, minute: i64) {
        let _engine = self.engine.lock().await;
        let at = Timestamp::from_second(minute * MINUTE).unwrap_or_else(|_| self.clock.now());
        let tick = || {
            Invocation::Tick(Tick {
                time: Some(at.to_string()),
            })
        };
        for function in [Function::Onboarding, Function::WinBack, Function::Messenger] {
            self.invoke(function, tick()).await;
        }
        // Every minute here, not every quarter: on a desk nobody wants to wait.
        self.invoke(Function::KpiRollup, tick()).await;
    }

    /// Write and read units of every function, by name.
    pub fn all_units(&self) -> BTreeMap<&'static str, Units> {
        Self::FUNCTIONS
            .into_iter()
            .map(|function| (function.name(), self.units(function)))
            .collect()
    }
}

fn batch(event: SqsEvent) -> Invocation {
    Invocation::Batch(event)
}

fn ceil(at: Timestamp, grid: i64) -> Timestamp {
    let second = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
    let up = second.div_euclid(grid) + i64::from(second.rem_euclid(grid) > 0);
    Timestamp::from_second(up * grid).unwrap_or(Timestamp::MAX)
}

/// The first point of the grid after `at`.
fn ceil_after(at: Timestamp, grid: i64) -> Timestamp {
    ceil(
        at.saturating_add(SignedDuration::from_nanos(1))
            .unwrap_or(Timestamp::MAX),
        grid,
    )
}

fn config(environment: Environment) -> Config {
    Config {
        environment: environment.with_defaults([
            ("AWS_ACCESS_KEY_ID", "local"),
            ("AWS_SECRET_ACCESS_KEY", "local"),
        ]),
        tables: Tables {
            members: "members".to_owned(),
            journal: "journal".to_owned(),
        },
        queues: BTreeMap::new(),
        region: "local".to_owned(),
        endpoint: Some("http://embedded.invalid".to_owned()),
    }
}
