//! What a bootstrap finds around it: the stub of AWS with a published community, members, and the
//! environment of its function.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, anyhow, ensure};
use hearth_aws::clients;
use hearth_aws::clock::{Clock, SystemClock};
use hearth_aws::config::{Config, Environment};
use hearth_aws::publish::publish;
use hearth_aws::queue::QueueName;
use hearth_aws::store::{Kind, Store, schema};
use hearth_aws::wire::{EventV1, WhatV1};
use hearth_domain::community::Community;
use hearth_domain::decide;
use hearth_domain::event::Event;
use hearth_domain::ids::MemberId;
use hearth_domain::journey::{Book, Context};
use hearth_domain::member::{Member, MovedOut};
use hearth_domain::message::Message;
use hearth_domain::platform::Platform;
use hearth_domain::playbook::Playbook;
use hearth_local::deliveries::SlackWorkspace;
use hearth_local::stack::Function;
use jiff::{SignedDuration, Timestamp};

use super::aws::Aws;
use super::binaries::Binaries;
use super::events;
use super::http::Server;
use super::process::Bootstrap;
use super::tls::Authority;
use crate::chats::{CHATS, Chat};
use crate::world::ACME;

const MEMBERS: &str = "hearth-members";
const JOURNAL: &str = "hearth-journal";
/// The bucket that reports go to.
pub const BUCKET: &str = "hearth-reports";
const REGION: &str = "eu-central-1";
const SIGNING_SECRET: &str = "a-signing-secret-of-the-tests";
/// The secrets, by the names that the functions fetch them with.
const SECRETS: [(&str, &str); 3] = [
    ("/hearth/acme/signing_secret", SIGNING_SECRET),
    ("hearth/acme/bot_token", "xoxb-tests"),
    (
        "@hearth/stack/pseudonym-key",
        "0123456789abcdef0123456789abcdef",
    ),
];
/// Zones without daylight saving, by their hours ahead of UTC. In one of them it is noon or a
/// little later, whenever this runs: no quiet hours, and the steps of the day have fallen due.
const ZONES: [(i64, &str); 14] = [
    (-11, "Pacific/Pago_Pago"),
    (-10, "Pacific/Honolulu"),
    (-7, "America/Phoenix"),
    (-6, "America/Costa_Rica"),
    (-5, "America/Bogota"),
    (-3, "America/Sao_Paulo"),
    (0, "Africa/Abidjan"),
    (2, "Africa/Maputo"),
    (3, "Africa/Nairobi"),
    (5, "Asia/Karachi"),
    (7, "Asia/Bangkok"),
    (8, "Asia/Taipei"),
    (9, "Asia/Tokyo"),
    (11, "Pacific/Guadalcanal"),
];
const NOON: i64 = 13;

/// How a bootstrap reaches AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// Without TLS.
    Plain,
    /// Over TLS, with the tests' authority as the only one.
    Tls,
    /// Over TLS, with this machine's authorities to read as well.
    TlsSystemRoots,
}

impl Connection {
    /// As tables write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Tls => "TLS",
            Self::TlsSystemRoots => "TLS, system roots",
        }
    }
}

/// What all stages stand on.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The bootstraps.
    pub binaries: Binaries,
    /// Who vouches for the stub.
    pub authority: Arc<Authority>,
}

impl Ground {
    /// With a new authority.
    pub fn new(binaries: Binaries) -> anyhow::Result<Self> {
        Ok(Self {
            binaries,
            authority: Arc::new(Authority::new()?),
        })
    }
}

/// The platforms beside the stage's own.
pub fn others() -> impl Iterator<Item = Chat> {
    CHATS
        .into_iter()
        .filter(|chat| chat.platform != Platform::Slack)
}

/// The surroundings of one function.
#[derive(Debug)]
pub struct Stage {
    ground: Ground,
    /// The stub.
    pub aws: Arc<Aws>,
    plain: Server,
    secure: Server,
    /// The tables, past the stub's counters.
    pub store: Store,
    /// The community.
    pub community: Community,
    playbook: Playbook,
    version: u32,
    /// Its workspace.
    pub slack: SlackWorkspace,
}

impl Stage {
    /// With the default playbook, a Slack community and one of each other platform published, and no
    /// members.
    pub async fn set(ground: &Ground) -> anyhow::Result<Self> {
        let secrets = SECRETS.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut secrets = BTreeMap::from(secrets);
        for chat in others() {
            secrets.extend(chat.in_aws().1);
        }
        let aws = Arc::new(Aws::new(secrets)?);
        let plain = Server::start(aws.clone(), None).await?;
        let secure = Server::start(aws.clone(), Some(ground.authority.acceptor())).await?;
        let config = Config::read(&environment_of_tables(), &[])?;
        let client = clients::dynamodb(&config, Some(aws.tables().client()))?;
        schema::create(&client, &config.tables).await?;
        let store = Store::new(client, config.tables);
        let now = SystemClock.now();
        let toml = community_file(&plain.url(), now)?;
        let community = Community::parse(&toml).map_err(|problems| anyhow!("{problems:?}"))?;
        let playbook =
            Playbook::parse(Playbook::DEFAULT_TOML).map_err(|problems| anyhow!("{problems:?}"))?;
        let (_, version) = publish(&store, Kind::Playbook, Playbook::DEFAULT_TOML, now).await?;
        publish(&store, Kind::Community, &toml, now).await?;
        for chat in others() {
            let (file, _) = chat.in_aws();
            publish(&store, Kind::Community, &file, now).await?;
        }
        let slack = SlackWorkspace {
            community: community.id.to_string(),
            team: "T123".to_owned(),
            signing_secret: SIGNING_SECRET.to_owned(),
        };
        Ok(Self {
            ground: ground.clone(),
            aws,
            plain,
            secure,
            store,
            community,
            playbook,
            version,
            slack,
        })
    }

    /// The same with the community that speaks Standard Webhooks, to the same chat server: its
    /// receiver has no rate, and what waits for Slack's turns would measure nothing but the wait.
    pub async fn without_a_rate(mut self) -> anyhow::Result<Self> {
        let standard = others().find(|chat| chat.platform == Platform::Standard);
        let (file, _) = standard.context("no Standard Webhooks community")?.in_aws();
        let url = "http://gateway.invalid/send";
        ensure!(file.contains(url), "the stories' community has no {url}");
        let toml = file.replacen(url, &format!("{}/api/send", self.plain.url()), 1);
        self.community = Community::parse(&toml).map_err(|problems| anyhow!("{problems:?}"))?;
        publish(&self.store, Kind::Community, &toml, SystemClock.now()).await?;
        Ok(self)
    }

    /// Starts a function's bootstrap; it has asked for its first event. `more` comes to its
    /// environment.
    pub async fn start(
        &self,
        function: Function,
        connection: Connection,
        more: &[(&str, &str)],
    ) -> anyhow::Result<Bootstrap> {
        let binary = self.ground.binaries.path(function)?;
        let environment = self.environment(function, connection, more)?;
        let process = Bootstrap::start(function.name(), &binary, &environment).await?;
        process.first_next().await?;
        Ok(process)
    }

    /// Starts it with an event that waits for it, and the event's number.
    pub async fn start_for(
        &self,
        function: Function,
        connection: Connection,
        event: Vec<u8>,
    ) -> anyhow::Result<(Bootstrap, u64)> {
        let binary = self.ground.binaries.path(function)?;
        let environment = self.environment(function, connection, &[])?;
        Bootstrap::start_for(function.name(), &binary, &environment, event).await
    }

    /// What the function gets on Lambda, and nothing else.
    fn environment(
        &self,
        function: Function,
        connection: Connection,
        more: &[(&str, &str)],
    ) -> anyhow::Result<Vec<(String, String)>> {
        let authority = &self.ground.authority;
        // Without TLS too: the SDK reads what it trusts before it knows the endpoint.
        let url = match connection {
            Connection::Plain => self.plain.url(),
            Connection::Tls | Connection::TlsSystemRoots => self.secure.url(),
        };
        let trusted = match connection {
            Connection::Plain | Connection::Tls => authority.file(),
            Connection::TlsSystemRoots => authority
                .file_with_system_roots()
                .context("this machine has no file of authorities")?,
        };
        let mut all: Vec<(String, String)> = Vec::new();
        let mut set = |name: &str, value: String| all.push((name.to_owned(), value));
        set(
            "AWS_LAMBDA_FUNCTION_NAME",
            format!("hearth-{}", function.name()),
        );
        set("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned());
        set("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256".to_owned());
        set("AWS_REGION", REGION.to_owned());
        set("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE".to_owned());
        set(
            "AWS_SECRET_ACCESS_KEY",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
        );
        set(
            "AWS_SESSION_TOKEN",
            "a-session-token-of-the-tests".to_owned(),
        );
        set("AWS_ENDPOINT_URL", url.clone());
        set("HEARTH_LOG", "info".to_owned());
        set("HEARTH_MEMBERS_TABLE", MEMBERS.to_owned());
        set("HEARTH_JOURNAL_TABLE", JOURNAL.to_owned());
        for queue in queues_of(function) {
            set(
                queue.variable(),
                format!("{url}/000000000000/{}", queue.name()),
            );
        }
        if fetches_communities_secrets(function) {
            set("HEARTH_SECRET_PREFIX", "hearth".to_owned());
        }
        if names_members(function) {
            let key = "secretsmanager:@hearth/stack/pseudonym-key";
            set("HEARTH_PSEUDONYM_KEY", key.to_owned());
        }
        if function == Function::KpiRollup {
            set("HEARTH_REPORT_BUCKET", BUCKET.to_owned());
        }
        set("SSL_CERT_FILE", trusted.display().to_string());
        for (name, value) in more {
            set(name, (*value).to_owned());
        }
        Ok(all)
    }

    /// An event of a member of this community, `at` some instant.
    pub fn event(
        &self,
        id: &str,
        at: Timestamp,
        member: &str,
        what: WhatV1,
    ) -> anyhow::Result<EventV1> {
        Ok(events::event(&self.community.id, id, at, member, what)?)
    }

    /// Lets something have happened to a member, decided on and stored at that instant; the
    /// messages that follow from it.
    pub async fn has_happened(&self, event: EventV1) -> anyhow::Result<Vec<Message>> {
        let now = event.at;
        let event = Event::try_from(event)?;
        let id = event.member.clone();
        let known = self.store.member(&self.community, &id).await?;
        let book = Book::new(&self.playbook, self.version);
        let context = Context::new(&self.community, book, now);
        let decision = decide::on_events(known, &id, &[event], context, &MovedOut::new());
        let Some(decision) = decision else {
            return Ok(Vec::new());
        };
        self.store.save(&self.community, &decision).await?;
        Ok(decision.messages)
    }

    /// Lets so many members have joined at an instant; the messages that follow. They are called
    /// `<name>0`, `<name>1` ….
    pub async fn have_joined(
        &self,
        name: &str,
        count: usize,
        at: Timestamp,
    ) -> anyhow::Result<Vec<Message>> {
        let mut messages = Vec::new();
        for n in 0..count {
            let member = format!("{name}{n}");
            let event = self.event(
                &format!("join:{member}"),
                at,
                &member,
                WhatV1::Joined { came: None },
            )?;
            messages.extend(self.has_happened(event).await?);
        }
        Ok(messages)
    }

    /// A member as stored.
    pub async fn member(&self, id: &str) -> anyhow::Result<Option<Member>> {
        Ok(self
            .store
            .member(&self.community, &MemberId::new(id)?)
            .await?)
    }
}

/// What a store in this process is made with; its requests never leave it.
fn environment_of_tables() -> Environment {
    Environment::of([
        ("HEARTH_MEMBERS_TABLE", MEMBERS),
        ("HEARTH_JOURNAL_TABLE", JOURNAL),
        ("AWS_REGION", REGION),
        ("AWS_ACCESS_KEY_ID", "tests"),
        ("AWS_SECRET_ACCESS_KEY", "tests"),
    ])
}

/// The queues whose URLs a function gets: those that it sends to.
fn queues_of(function: Function) -> &'static [QueueName] {
    use QueueName::{CheckIn, KpiRollup, Onboarding, SendBulk, SendNow, WinBack};
    match function {
        Function::MemberWebhook => &[Onboarding, CheckIn, WinBack],
        Function::Onboarding => &[SendNow, SendBulk, Onboarding, CheckIn],
        Function::CheckIn => &[SendNow],
        Function::WinBack => &[SendNow, SendBulk, WinBack],
        Function::KpiRollup => &[KpiRollup, SendNow, CheckIn],
        Function::Messenger => &[SendBulk],
    }
}

fn fetches_communities_secrets(function: Function) -> bool {
    matches!(function, Function::MemberWebhook | Function::Messenger)
}

fn names_members(function: Function) -> bool {
    !matches!(function, Function::MemberWebhook | Function::KpiRollup)
}

/// The community of the stories, with its secrets where a deployment keeps them.
fn community_file(chat: &str, now: Timestamp) -> anyhow::Result<String> {
    let zone = format!("zone = \"{}\"", zone_at_noon(now));
    let changes = [
        ("zone = \"Asia/Taipei\"", zone.as_str()),
        (
            "[\"literal:a-signing-secret-of-the-tests\"]",
            "\"ssm:/hearth/acme/signing_secret\"",
        ),
        (
            "\"literal:xoxb-tests\"",
            "\"secretsmanager:hearth/acme/bot_token\"",
        ),
    ];
    let mut toml = ACME.to_owned();
    for (part, by) in changes {
        ensure!(toml.contains(part), "the stories' community has no {part}");
        toml = toml.replacen(part, by, 1);
    }
    Ok(format!("{toml}\n[endpoints]\napi = \"{chat}\"\n"))
}

fn zone_at_noon(now: Timestamp) -> &'static str {
    let hour = now.as_second().div_euclid(3600);
    let from_noon = |ahead: i64| {
        let after = (hour + ahead - NOON).rem_euclid(24);
        after.min(24 - after)
    };
    let nearest = ZONES.iter().min_by_key(|(ahead, _)| from_noon(*ahead));
    nearest.map_or("Africa/Abidjan", |(_, name)| name)
}

/// So long ago that a member's second day of the plan has come, and its step has fallen due.
pub const A_DAY_AGO: SignedDuration = SignedDuration::from_hours(26);

#[cfg(test)]
mod tests {
    use hearth_domain::days::Zone;

    use super::*;

    #[test]
    fn whenever_this_runs_it_is_about_noon_in_the_community() {
        for hour in 0..24 {
            let now = Timestamp::from_second(1_767_571_200 + hour * 3600).unwrap();
            let toml = community_file("http://localhost:1", now).unwrap();
            let community = Community::parse(&toml).unwrap();
            let zone = Zone::new(zone_at_noon(now)).unwrap();
            assert_eq!(community.zone.name(), zone.name());
            let local = now.in_tz(zone.name()).unwrap().hour();
            assert!((11..=15).contains(&local), "{local} in {}", zone.name());
        }
    }
}
