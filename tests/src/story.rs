//! A story that can be told again and again under other faults: what is delivered when, and what
//! must be true in the end.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a story that can't be told fails its test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use hearth_aws::clock::Clock;
use hearth_aws::queue::QueueName;
use hearth_aws::store::Kind;
use hearth_domain::community::Community;
use hearth_domain::ids::{MemberId, Owner};
use hearth_domain::journey::{CaseState, PlanState};
use hearth_domain::member::{Member, Recent, Rules};
use hearth_domain::message::State;
use hearth_domain::platform::Platform;
use hearth_domain::playbook::Playbook;
use hearth_local::clock::StackClock;
use hearth_local::control;
use hearth_local::deliveries::{Delivery, SlackWorkspace, StandardSender, slack_ts};
use hearth_local::faults::{Faults, NoFaults};
use hearth_local::sandbox::Received;
use hearth_local::stack::{Options, Stack};
use hearth_member_webhook::Answer;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::chaos::{Chaos, Injected, Planned};

/// The Slack community of the stories: one partition of members, so that asking for all of them
/// is cheap.
pub const CLUB: &str = r#"
id = "club"
platform = "slack"
name = "Club"
zone = "Asia/Taipei"
locale = "en"
playbook = "brisk"
workspace = "T1"
home_channel = "CHOME"
check_in_channels = ["CCHECKIN"]
topic_channels = ["CTOPIC"]
ops_channel = "COPS"
shards = 1

[secrets]
signing_secret = ["literal:club-signing-secret"]
bot_token = "literal:xoxb-club"

[about]
value = "We make things."
rules = "Be kind."

[[content]]
title = "A first thing"
question = "Which one?"
url = "https://club.example/first"

[topic]
title = "The thing of the week"
question = "What do you make?"

[gift]
items = "A voucher"
code = "WELCOME"
url = "https://club.example/gift"
"#;

/// The same behind a gateway that speaks Standard Webhooks and takes each `webhook-id` once.
pub const SHOP: &str = r#"
id = "shop"
platform = "standard"
name = "Shop"
zone = "Asia/Taipei"
locale = "en"
playbook = "brisk"
check_in_channels = ["checkin"]
topic_channels = ["topic"]
ops_channel = "ops"
shards = 1

[endpoints]
api = "http://gateway.invalid/send"

[secrets]
signing_secret = ["literal:whsec_c2hvcC1zaWduaW5nLXNlY3JldA=="]
outgoing_secret = "literal:whsec_c2hvcC1vdXRnb2luZy1zZWNyZXQ="

[about]
value = "Good things."
"#;

/// The club once more, with an event, gifts and all that its lively playbook needs.
pub const LOUNGE: &str = include_str!("lounge.toml");

/// The playbook of the lounge: events, win-back with its answers, care, wake-up, digest.
pub const LIVELY: &str = include_str!("lively.toml");

/// The playbook of the stories: five days, three days of check-ins to the first milestone.
pub const BRISK: &str = include_str!("brisk.toml");

/// What a platform delivers: the same bytes each time, signed anew.
#[derive(Debug, Clone)]
enum Post {
    Slack {
        content_type: &'static str,
        body: Vec<u8>,
    },
    Standard {
        id: String,
        kind: &'static str,
        data: Value,
    },
}

/// Something that happens in a community.
#[derive(Debug, Clone)]
pub struct Beat {
    /// When.
    pub at: Timestamp,
    post: Post,
}

/// A story.
#[derive(Debug, Clone)]
pub struct Story {
    /// Its name, in failures.
    pub name: &'static str,
    /// Its community's file.
    pub community: &'static str,
    /// What happens, in order.
    pub beats: Vec<Beat>,
    /// From here on calls may fail.
    pub from: Timestamp,
    /// From here on they don't.
    pub until: Timestamp,
    /// Here everything has settled.
    pub end: Timestamp,
}

/// When stories begin: Monday, 09:00 in Taipei.
pub fn monday() -> Timestamp {
    crate::world::MONDAY.parse().unwrap()
}

/// So long after [`monday`].
pub fn at(days: i64, hours: i64, minutes: i64) -> Timestamp {
    monday() + SignedDuration::from_mins((days * 24 + hours) * 60 + minutes)
}

/// After the last fault everything is done within this: redeliveries, leases, backoffs.
const SETTLES: SignedDuration = SignedDuration::from_hours(2);

impl Story {
    /// An empty one in a community; calls may fail between two instants.
    pub fn new(
        name: &'static str,
        community: &'static str,
        from: Timestamp,
        until: Timestamp,
    ) -> Self {
        Self {
            name,
            community,
            beats: Vec::new(),
            from,
            until,
            end: until + SETTLES,
        }
    }

    /// Its beats by time.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        self.beats.sort_by_key(|beat| beat.at);
        self
    }

    /// Where it is set.
    pub fn platform(&self) -> Platform {
        Community::parse(self.community).unwrap().platform
    }

    /// Its playbook.
    pub fn playbook(&self) -> &'static str {
        if self.community == LOUNGE {
            LIVELY
        } else {
            BRISK
        }
    }

    /// Whether a lost answer leaves it open if a message arrived.
    pub fn is_on_slack(&self) -> bool {
        self.platform() == Platform::Slack
    }

    fn slack() -> SlackWorkspace {
        SlackWorkspace {
            community: "club".into(),
            team: "T1".into(),
            signing_secret: "club-signing-secret".into(),
        }
    }

    fn event(mut self, at: Timestamp, event: &Value) -> Self {
        let body = Self::slack().event(event, at).body;
        self.beats.push(Beat {
            at,
            post: Post::Slack {
                content_type: "application/json",
                body,
            },
        });
        self
    }

    fn standard(mut self, at: Timestamp, kind: &'static str, data: Value) -> Self {
        let id = format!("evt-{}-{}", self.beats.len(), at.as_second());
        self.beats.push(Beat {
            at,
            post: Post::Standard { id, kind, data },
        });
        self
    }

    /// Joins.
    #[must_use]
    pub fn joins(self, at: Timestamp, user: &str) -> Self {
        if self.is_on_slack() {
            self.event(at, &json!({"type": "member_joined_channel", "user": user, "channel": "CHOME", "channel_type": "C", "team": "T1", "event_ts": slack_ts(at)}))
        } else {
            self.standard(at, "member.joined", json!({"member": user, "name": user}))
        }
    }

    /// Leaves.
    #[must_use]
    pub fn leaves(self, at: Timestamp, user: &str) -> Self {
        if self.is_on_slack() {
            self.event(at, &json!({"type": "member_left_channel", "user": user, "channel": "CHOME", "channel_type": "C", "team": "T1", "event_ts": slack_ts(at)}))
        } else {
            self.standard(
                at,
                "member.left",
                json!({"member": user, "cause": "voluntary"}),
            )
        }
    }

    /// Writes in a channel.
    #[must_use]
    pub fn says(self, at: Timestamp, user: &str, channel: &str, text: &str) -> Self {
        let ts = slack_ts(at);
        if self.is_on_slack() {
            self.event(at, &json!({"type": "message", "user": user, "channel": channel, "channel_type": "channel", "text": text, "ts": ts, "event_ts": ts}))
        } else {
            self.standard(at, "message.posted", json!({"member": user, "message": ts, "channel": channel, "length": text.chars().count()}))
        }
    }

    /// Checks in.
    #[must_use]
    pub fn checks_in(self, at: Timestamp, user: &str) -> Self {
        if self.is_on_slack() {
            self.says(at, user, "CCHECKIN", "here I am")
        } else {
            self.standard(at, "member.checked_in", json!({"member": user}))
        }
    }

    /// Writes to our bot, one to one.
    #[must_use]
    pub fn whispers(self, at: Timestamp, user: &str, text: &str) -> Self {
        let ts = slack_ts(at);
        self.event(at, &json!({"type": "message", "user": user, "channel": format!("D{user}"), "channel_type": "im", "text": text, "ts": ts, "event_ts": ts}))
    }

    /// Reacts to a message.
    #[must_use]
    pub fn reacts(self, at: Timestamp, user: &str, emoji: &str) -> Self {
        let item = json!({"type": "message", "channel": "CHOME", "ts": slack_ts(monday())});
        self.event(at, &json!({"type": "reaction_added", "user": user, "reaction": emoji, "item_user": "U9", "item": item, "event_ts": slack_ts(at)}))
    }

    /// Takes another name.
    #[must_use]
    pub fn renames(self, at: Timestamp, user: &str, name: &str) -> Self {
        if self.is_on_slack() {
            let user = json!({"id": user, "team_id": "T1", "name": "x", "deleted": false, "is_bot": false, "updated": at.as_second(), "profile": {"display_name": name}});
            self.event(
                at,
                &json!({"type": "user_change", "user": user, "event_ts": slack_ts(at)}),
            )
        } else {
            self.standard(at, "member.renamed", json!({"member": user, "name": name}))
        }
    }

    /// Presses a button of one of our messages.
    #[must_use]
    pub fn presses(self, at: Timestamp, user: &str, path: &str, value: &str) -> Self {
        let id = format!("club/{user}/{path}");
        self.presses_under(at, user, &id, value)
    }

    /// Presses a button of any message of ours, by its id.
    #[must_use]
    pub fn presses_under(mut self, at: Timestamp, user: &str, id: &str, value: &str) -> Self {
        let body = Self::slack()
            .press(
                user,
                &slack_ts(at - SignedDuration::from_mins(5)),
                id,
                value,
                at,
            )
            .body;
        self.beats.push(Beat {
            at,
            post: Post::Slack {
                content_type: "application/x-www-form-urlencoded",
                body,
            },
        });
        self
    }
}

/// Two join; one does both tasks and is busy, one chooses an interest and then wants no messages.
pub fn join() -> Story {
    Story::new("join", CLUB, at(0, 0, 20), at(0, 2, 30))
        .joins(at(0, 0, 30), "U1")
        .joins(at(0, 0, 30), "U2")
        .renames(at(0, 1, 0), "U1", "design-May")
        .says(at(0, 1, 0), "U1", "CTOPIC", "I would start small")
        .presses(at(0, 1, 0), "U2", "onboarding/1/day-1", "interest:tools")
        .says(at(0, 1, 30), "U1", "CHOME", "hello everybody")
        .reacts(at(0, 1, 30), "U1", "tada")
        .whispers(at(0, 2, 0), "U2", "stop")
}

/// On the second day the step falls due; one does the task, one had done it before.
pub fn step() -> Story {
    Story::new("step", CLUB, at(1, 0, 50), at(1, 2, 0))
        .joins(at(0, 0, 30), "U1")
        .joins(at(0, 0, 30), "U2")
        .renames(at(0, 1, 0), "U2", "design-May")
        .presses(at(1, 1, 30), "U1", "onboarding/1/day-2", "task:done")
}

/// Four days in a row: a milestone; a week later the days' row in the ledger, and between them
/// the weekly report.
pub fn check_in() -> Story {
    let story = Story::new("check-in", CLUB, at(0, 0, 20), at(8, 3, 0));
    let story = (0..4).fold(story, |story, day| story.checks_in(at(day, 1, 0), "U1"));
    let story = story.says(at(0, 1, 0), "U1", "CHOME", "good morning").says(
        at(3, 2, 0),
        "U2",
        "CHOME",
        "I am new here",
    );
    let story = story.says(at(8, 1, 0), "U1", "CHOME", "back again").says(
        at(8, 2, 0),
        "U1",
        "CHOME",
        "and again",
    );
    story.in_order()
}

/// A leave and its survey, the answer, a return, another leave, an opt-out.
pub fn leave() -> Story {
    Story::new("leave", CLUB, at(0, 0, 35), at(0, 3, 30))
        .joins(at(0, 0, 30), "U1")
        .leaves(at(0, 0, 40), "U1")
        .presses(at(0, 1, 20), "U1", "win-back/1/survey", "other")
        .joins(at(0, 1, 50), "U1")
        .leaves(at(0, 2, 20), "U1")
        .whispers(at(0, 3, 0), "U1", "stop")
}

/// A leave late in the evening: quiet hours hold the survey until the morning.
pub fn held() -> Story {
    Story::new("held", CLUB, at(0, 12, 40), at(0, 23, 30))
        .joins(at(0, 0, 30), "U1")
        .leaves(at(0, 12, 55), "U1")
}

/// The same behind a gateway that takes each message id once.
pub fn shop() -> Story {
    Story::new("shop", SHOP, at(0, 0, 20), at(0, 2, 30))
        .joins(at(0, 0, 30), "U1")
        .renames(at(0, 1, 0), "U1", "design-May")
        .checks_in(at(0, 1, 0), "U1")
        .leaves(at(0, 1, 30), "U1")
}

/// Three days whose events all come on the third evening: streaks, caps, more messages than an
/// item holds, joins after the first signs of life, tasks.
pub fn busy() -> Story {
    let evening = at(2, 11, 0);
    let mut story = Story::new("busy", CLUB, evening, evening)
        .checks_in(at(0, 14, 10), "U1")
        .checks_in(at(1, 4, 0), "U1")
        .checks_in(at(2, 4, 0), "U1")
        .joins(at(2, 0, 30), "U1")
        .renames(at(2, 1, 0), "U1", "design-May")
        .says(at(2, 1, 30), "U1", "CTOPIC", "I would start small")
        .presses(at(2, 2, 0), "U1", "onboarding/1/day-1", "interest:tools")
        .joins(at(2, 2, 0), "U3")
        .checks_in(at(2, 3, 0), "U3");
    for n in 0..30 {
        // The same again would earn nothing.
        let words = format!("a word or two, no. {n}");
        story = story.says(at(1, 2, 20 * n), "U2", "CHOME", &words);
    }
    for n in 0..7 {
        story = story
            .says(at(2, 5, n), "U1", "CHOME", &format!("thing no. {n}"))
            .reacts(at(2, 6, n), "U1", "tada");
    }
    story.in_order()
}

/// Three days with a bit of everything that waits for its time: steps, a survey that quiet hours
/// hold, an answer, a return.
pub fn three_days() -> Story {
    Story::new("three days", CLUB, at(0, 0, 20), at(2, 13, 0))
        .joins(at(0, 0, 30), "U1")
        .joins(at(0, 0, 31), "U2")
        .checks_in(at(0, 2, 0), "U1")
        .leaves(at(0, 12, 55), "U2")
        .checks_in(at(1, 2, 0), "U1")
        .renames(at(1, 3, 7), "U1", "design-May")
        .presses(at(1, 4, 0), "U2", "win-back/1/survey", "other")
        .joins(at(1, 6, 0), "U2")
        .checks_in(at(2, 2, 0), "U1")
        .says(at(2, 2, 30), "U2", "CTOPIC", "I would start small")
        .whispers(at(2, 3, 0), "U2", "stop")
}

/// Somebody comes and goes and comes, and does things in between and after.
pub fn to_and_fro() -> Story {
    let evening = at(0, 11, 0);
    Story::new("to and fro", CLUB, evening, evening)
        .says(at(0, 1, 0), "U1", "CHOME", "before anything")
        .joins(at(0, 2, 0), "U1")
        .renames(at(0, 3, 0), "U1", "design-May")
        .leaves(at(0, 4, 0), "U1")
        .says(at(0, 5, 0), "U1", "CTOPIC", "still here though")
        .joins(at(0, 6, 0), "U1")
        .checks_in(at(0, 7, 0), "U1")
        .whispers(at(0, 8, 0), "U1", "stop")
        .leaves(at(0, 9, 0), "U1")
        .whispers(at(0, 10, 0), "U1", "start")
}

/// Nine days of everything.
pub fn whole() -> Story {
    let story = Story::new("whole", CLUB, at(0, 0, 20), at(8, 2, 0))
        .joins(at(0, 0, 30), "U1")
        .joins(at(0, 0, 30), "U2")
        .says(at(0, 0, 31), "U3", "CHOME", "nobody saw me join")
        .presses(at(0, 1, 0), "U1", "onboarding/1/day-1", "interest:tools")
        .renames(at(1, 2, 0), "U1", "design-May")
        .says(at(1, 3, 0), "U2", "CTOPIC", "I would start small")
        .reacts(at(2, 0, 0), "U1", "tada")
        .leaves(at(3, 2, 0), "U2")
        .presses(at(3, 3, 0), "U2", "win-back/1/survey", "boring_content")
        .joins(at(5, 0, 0), "U2")
        .whispers(at(7, 3, 0), "U2", "stop");
    let story = (0..8).fold(story, |story, day| story.checks_in(at(day, 4, 0), "U1"));
    let story = (0..6).fold(story, |story, n| {
        story.says(at(6, 5, n), "U3", "CHOME", "one more thing")
    });
    story.in_order()
}

impl Beat {
    /// The delivery, signed at `now`.
    pub fn delivery(&self, now: Timestamp) -> Delivery {
        match &self.post {
            Post::Slack { content_type, body } => {
                Story::slack().sign(content_type, body.clone(), now)
            }
            Post::Standard { id, kind, data } => {
                let sender = StandardSender {
                    community: "shop".into(),
                    signing_secret: "whsec_c2hvcC1zaWduaW5nLXNlY3JldA==".into(),
                };
                sender.event(id, kind, self.at, data, now).unwrap()
            }
        }
    }
}

/// A stack with one community.
pub struct Stage {
    /// The stack.
    pub stack: Stack,
    /// The community.
    pub community: Community,
    /// Its playbook.
    pub playbook: Playbook,
}

impl Stage {
    /// At [`monday`], with faults.
    pub async fn set(community: &str, clock: StackClock, faults: Arc<dyn Faults>) -> Self {
        let options = Options {
            faults,
            ..Options::in_memory(clock)
        };
        Box::pin(Self::of(community, BRISK, options)).await
    }

    /// At the options' clock, with a playbook.
    pub async fn of(community: &str, playbook: &str, options: Options) -> Self {
        let stack = Box::pin(Stack::start(options)).await.unwrap();
        stack.publish(Kind::Playbook, playbook).await.unwrap();
        stack.publish(Kind::Community, community).await.unwrap();
        let community = Community::parse(community).unwrap();
        // The weeks before the story are reported: it begins with nothing to do.
        for revision in [1, 2] {
            stack
                .store
                .set_rollup_done(&community.id, "2026-W01".parse().unwrap(), revision)
                .await
                .unwrap();
        }
        Self {
            stack,
            community,
            playbook: Playbook::parse(playbook).unwrap(),
        }
    }

    /// At [`monday`], where nothing fails.
    pub async fn quiet(community: &str) -> Self {
        let clock = StackClock::standing_at(monday());
        Box::pin(Self::set(community, clock, Arc::new(NoFaults))).await
    }

    /// The stack's clock.
    pub fn now(&self) -> Timestamp {
        self.stack.clock.now()
    }

    /// Delivers as a platform does: again a minute later until it is answered with success.
    pub async fn deliver(&self, beat: &Beat) -> Answer {
        for _ in 0..8 {
            let answer = control::deliver(&self.stack, &beat.delivery(self.now())).await;
            if answer.status < 500 {
                return answer;
            }
            self.stack
                .advance_to(self.now() + SignedDuration::from_mins(1))
                .await
                .unwrap();
        }
        panic!("a delivery was answered with 5xx eight times");
    }

    /// Delivers as [`Stage::deliver`], again at once: the clock is that of many.
    pub async fn deliver_at_once(&self, beat: &Beat) -> Answer {
        let mut answer = control::deliver(&self.stack, &beat.delivery(self.now())).await;
        for _ in 0..8 {
            if answer.status >= 500 {
                answer = control::deliver(&self.stack, &beat.delivery(self.now())).await;
            }
        }
        answer
    }

    /// Everything that the end of a story is held against.
    pub async fn outcome(&self) -> Outcome {
        let store = &self.stack.store;
        let id = &self.community.id;
        let now = self.now();
        let tasks = Rules::tasks_of(&self.playbook.onboarding);
        let rules = Rules::of(&self.playbook, &self.community.zone, &tasks, now);
        let mut outcome = Outcome {
            end: now,
            received: self.stack.sandbox.received(None, None, None),
            ..Outcome::default()
        };
        for queue in QueueName::ALL {
            if self.stack.queues.depth(queue) > 0 {
                outcome.left.push(format!(
                    "{} in {}",
                    self.stack.queues.depth(queue),
                    queue.name()
                ));
            }
        }
        outcome.left.extend(
            self.stack
                .queues
                .dead_letters()
                .iter()
                .map(|letter| format!("dead letter {letter:?}")),
        );
        for message in store.scan_messages(id).await.unwrap() {
            outcome
                .messages
                .insert(message.id.to_string(), message.state);
        }
        for shard in 0..self.community.shards {
            let mut members = Vec::new();
            let mut after = None;
            loop {
                let (page, more) = store.shard_page(id, shard, after).await.unwrap();
                members.extend(page);
                after = more;
                if after.is_none() {
                    break;
                }
            }
            for member in members {
                let mut member = member.unwrap();
                let rows = store.ledger(id, &member.id).await.unwrap();
                let open = member.scoring.open_points();
                let sum = rows.iter().map(|row| row.points).sum::<i64>() + i64::from(open);
                outcome.sums.insert(
                    member.id.to_string(),
                    (sum, i64::from(member.scoring.total)),
                );
                outcome.rows.insert(
                    member.id.to_string(),
                    rows.into_iter()
                        .filter(|row| !row.path.starts_with("day"))
                        .map(|row| (row.path, row.points))
                        .collect(),
                );
                member.settle(&rules);
                outcome
                    .members
                    .insert(member.id.to_string(), essence(member));
            }
        }
        outcome.reports = store
            .report_list(id)
            .await
            .unwrap()
            .into_iter()
            .map(|(week, revision)| format!("{week}/{revision}"))
            .collect();
        outcome
    }

    /// The messages of one member, by path.
    pub async fn paths(&self, user: &str) -> Vec<String> {
        let owner = Owner::Member(MemberId::new(user).unwrap());
        let rows = self
            .stack
            .store
            .messages(&self.community.id, &owner)
            .await
            .unwrap();
        rows.into_iter()
            .map(|row| format!("{} {}", row.id.path(), row.state.name()))
            .collect()
    }
}

/// A member without what may differ by when somebody got round to it: how often the item was
/// written, and the instants at which journeys moved on.
fn essence(mut member: Member) -> Member {
    let then = Timestamp::UNIX_EPOCH;
    member.version = 0;
    // Which counted events are in the item and which beside it depends on the writes; that they
    // are known shows in the counts.
    member.recent = Recent::default();
    // Closed days leave the item with one write or with the next: their sum is held elsewhere.
    member.scoring.open.clear();
    member.journey.promo = None;
    if let Some(plan) = member.journey.onboarding.as_mut() {
        plan.state = match plan.state {
            PlanState::Active => PlanState::Active,
            PlanState::HeldOut => PlanState::HeldOut,
            PlanState::Finished { .. } => PlanState::Finished { at: then },
            PlanState::Stopped { why, .. } => PlanState::Stopped { at: then, why },
        };
    }
    if let Some(case) = member.journey.win_back.as_mut() {
        case.answered = case.answered.map(|_| then);
        case.state = match case.state {
            CaseState::Won { .. } => CaseState::Won { at: then },
            CaseState::Lost { .. } => CaseState::Lost { at: then },
            other @ (CaseState::Open
            | CaseState::Surveyed
            | CaseState::Answered
            | CaseState::GiftSent
            | CaseState::Unreachable
            | CaseState::Declined) => other,
        };
    }
    member
}

/// How a story ended.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// When.
    pub end: Timestamp,
    /// Work that nobody has done.
    pub left: Vec<String>,
    /// Every message row, by id.
    pub messages: BTreeMap<String, State>,
    /// What the platform received.
    pub received: Vec<Received>,
    /// The members, without what may differ.
    pub members: BTreeMap<String, Member>,
    /// Of each member the sum of the ledger with the open days, and the total.
    pub sums: BTreeMap<String, (i64, i64)>,
    /// Of each member the rows of what was given once.
    pub rows: BTreeMap<String, BTreeMap<String, i64>>,
    /// The weeks' reports.
    pub reports: Vec<String>,
}

/// How long after a fault a message may become UNKNOWN for it: a redelivery, a lease, a tick.
const BLAMED_WITHIN: SignedDuration = SignedDuration::from_mins(10);

impl Outcome {
    /// How often each message was received.
    pub fn times_received(&self) -> BTreeMap<&str, usize> {
        let mut times = BTreeMap::new();
        for received in &self.received {
            *times.entry(received.message_id.as_str()).or_default() += 1;
        }
        times
    }

    /// What is wrong with it by itself: work left, a message not final, one received twice, one
    /// that says SENT and was not, points that are not the ledger's sum.
    pub fn flaws(&self) -> Vec<String> {
        let mut flaws: Vec<String> = self.left.clone();
        let times = self.times_received();
        for (id, state) in &self.messages {
            let received = times.get(id.as_str()).copied().unwrap_or(0);
            let fits = match state {
                State::Sent { .. } | State::Accepted { .. } => received == 1,
                State::Unknown { .. } => received <= 1,
                State::Skipped { .. } | State::Failed { .. } => received == 0,
                State::Pending { .. }
                | State::Held { .. }
                | State::Sending { .. }
                | State::Awaiting { .. } => false,
            };
            if !fits {
                flaws.push(format!(
                    "{id} is {state:?} and was received {received} times"
                ));
            }
        }
        flaws.extend(
            times
                .keys()
                .filter(|id| !self.messages.contains_key(**id))
                .map(|id| format!("{id} was received and has no row")),
        );
        flaws.extend(
            self.sums
                .iter()
                .filter(|(_, (sum, total))| sum != total)
                .map(|(member, (sum, total))| format!("{member}: ledger {sum}, total {total}")),
        );
        flaws
    }

    /// What differs from the story as it goes where nothing fails. A message may be UNKNOWN
    /// instead of SENT if a fault was in its way.
    pub fn differences(
        &self,
        plain: &Self,
        injected: &[Injected],
        may_be_unknown: bool,
    ) -> Vec<String> {
        let mut found = Vec::new();
        let ids: BTreeSet<&String> = self.messages.keys().chain(plain.messages.keys()).collect();
        for id in ids {
            match (self.messages.get(id), plain.messages.get(id)) {
                (Some(_), None) => found.push(format!("{id} is not part of the story")),
                (None, _) => found.push(format!("{id} is missing")),
                (Some(State::Unknown { at, .. }), Some(State::Sent { .. })) if may_be_unknown => {
                    let blamed = |fault: &Injected| {
                        fault.touches_sending
                            && fault.at <= *at
                            && at.duration_since(fault.at) <= BLAMED_WITHIN
                    };
                    if !injected.iter().any(blamed) {
                        found.push(format!("{id} is UNKNOWN at {at} without a fault"));
                    }
                }
                (Some(is), Some(was)) if name(is) != name(was) => {
                    found.push(format!("{id} is {is:?}, was {was:?}"));
                }
                (Some(_), Some(_)) => {}
            }
        }
        differ(&mut found, "member", &self.members, &plain.members);
        differ(&mut found, "ledger", &self.rows, &plain.rows);
        if self.reports != plain.reports {
            found.push(format!(
                "reports {:?}, were {:?}",
                self.reports, plain.reports
            ));
        }
        found
    }
}

impl Outcome {
    /// What of it is one member's, by what their id and no other contains.
    #[must_use]
    pub fn of(&self, user: &str) -> Self {
        fn part<T: Clone>(all: &BTreeMap<String, T>, user: &str) -> BTreeMap<String, T> {
            let about = all.iter().filter(|(id, _)| id.contains(user));
            about.map(|(id, what)| (id.clone(), what.clone())).collect()
        }
        let received = self.received.iter();
        Self {
            end: self.end,
            messages: part(&self.messages, user),
            received: received
                .filter(|message| message.message_id.contains(user))
                .cloned()
                .collect(),
            members: part(&self.members, user),
            sums: part(&self.sums, user),
            rows: part(&self.rows, user),
            ..Self::default()
        }
    }

    /// Without the journeys and their messages: what they do depends on what was known when.
    #[must_use]
    pub fn without_journeys(mut self) -> Self {
        for member in self.members.values_mut() {
            member.journey = hearth_domain::journey::Journey::default();
        }
        self.messages.clear();
        self
    }
}

fn name(state: &State) -> String {
    match state {
        State::Skipped { reason, .. } => format!("SKIPPED {}", reason.name()),
        State::Pending { .. }
        | State::Held { .. }
        | State::Sending { .. }
        | State::Sent { .. }
        | State::Accepted { .. }
        | State::Awaiting { .. }
        | State::Unknown { .. }
        | State::Failed { .. } => state.name().to_owned(),
    }
}

fn differ<T: PartialEq + std::fmt::Debug>(
    found: &mut Vec<String>,
    what: &str,
    is: &BTreeMap<String, T>,
    was: &BTreeMap<String, T>,
) {
    let keys: BTreeSet<&String> = is.keys().chain(was.keys()).collect();
    for key in keys {
        if is.get(key) != was.get(key) {
            found.push(format!(
                "{what} {key} is\n  {:?}\nwas\n  {:?}",
                is.get(key),
                was.get(key)
            ));
        }
    }
}

/// A story that was told under a schedule.
pub struct Told {
    /// How it ended.
    pub outcome: Outcome,
    /// The schedule at work.
    pub chaos: Arc<Chaos>,
    /// Where.
    pub stage: Stage,
}

impl Story {
    /// Tells it; faults come by schedule, between the story's two instants.
    pub async fn tell(&self, schedule: &[Planned]) -> Told {
        let clock = StackClock::standing_at(monday());
        let chaos = Arc::new(Chaos::new(clock.clone(), schedule));
        let stage = Box::pin(Stage::set(self.community, clock, chaos.clone())).await;
        let mut calm = true;
        for (n, beat) in self.beats.iter().enumerate() {
            if calm && beat.at >= self.from {
                stage.stack.advance_to(self.from).await.unwrap();
                chaos.begin();
                calm = false;
            }
            stage
                .stack
                .advance_to(beat.at.max(stage.now()))
                .await
                .unwrap();
            let answer = stage.deliver(beat).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            // What happens at one instant is handled together.
            if self.beats.get(n + 1).is_none_or(|next| next.at != beat.at) {
                stage.stack.run_until_idle().await;
            }
        }
        if calm {
            stage.stack.advance_to(self.from).await.unwrap();
            chaos.begin();
        }
        stage
            .stack
            .advance_to(self.until.max(stage.now()))
            .await
            .unwrap();
        chaos.calm();
        stage.stack.advance_to(self.end).await.unwrap();
        let outcome = stage.outcome().await;
        Told {
            outcome,
            chaos,
            stage,
        }
    }

    /// What is wrong with the story under a schedule; empty = nothing.
    pub async fn check(&self, plain: &Outcome, schedule: &[Planned]) -> String {
        let told = Box::pin(self.tell(schedule)).await;
        let injected = told.chaos.injected();
        let mut flaws = told.outcome.flaws();
        // A platform that drops repetitions by key leaves nothing uncertain.
        flaws.extend(
            told.outcome
                .differences(plain, &injected, self.is_on_slack()),
        );
        let mut report = String::new();
        if !flaws.is_empty() {
            let _ = writeln!(report, "story {:?}, replay with {schedule:?}", self.name);
            for fault in &injected {
                let _ = writeln!(
                    report,
                    "  {} call {} {}: {:?}",
                    fault.at, fault.call.0, fault.call.1, fault.fault
                );
            }
            for flaw in flaws {
                let _ = writeln!(report, "  - {flaw}");
            }
        }
        report
    }
}
