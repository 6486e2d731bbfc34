//! The simulation itself: members act through the real webhook, the functions run in virtual time,
//! and what the sandbox delivers is read and answered.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use hearth_aws::clock::Clock as _;
use hearth_aws::store::Kind;
use hearth_domain::community::Community;
use hearth_domain::ids::{MemberId, MessageId, Owner};
use hearth_domain::member::Member;
use hearth_domain::message::Message;
use hearth_domain::playbook::Playbook;
use jiff::{SignedDuration, Timestamp};

use super::agenda::{Agenda, Doing};
use super::minds::Mind;
use super::people::cast;
use super::story::{Act, Story, Told};
use super::voice::Voice;
use crate::clock::StackClock;
use crate::control;
use crate::deliveries::{self, Delivery};
use crate::stack::{Options, Stack};

/// What is simulated.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The playbook's file.
    pub playbook: String,
    /// The community's file; it follows that playbook, on a platform whose members can be simulated.
    pub community: String,
    /// How many members join.
    pub members: usize,
    /// How many days pass.
    pub days: u16,
    /// What chance follows from.
    pub seed: u64,
}

/// A Monday, midnight in Greenwich and eight in the morning in Taipei.
const START: &str = "2026-01-05T00:00:00Z";
/// Records in a batch: a simulation's members are many on one instant of the grid.
const BATCH: usize = 100;
/// The operators look at their channel after so many minutes.
const OPERATORS_AFTER: u64 = 40;
/// Microseconds that nobody else has, so that two acts of one instant have two ids.
const OWN_INSTANT: i64 = 1;

struct Run {
    stack: Stack,
    playbook: Arc<Playbook>,
    community: Arc<Community>,
    voice: Voice,
    minds: Vec<Mind>,
    by_id: HashMap<MemberId, usize>,
    agenda: Agenda,
    acts: Vec<Vec<(Timestamp, Act)>>,
    /// The last of what the sandbox received that was read.
    read: u64,
}

/// Simulates; `progress` hears how many days have passed.
pub async fn run(plan: &Plan, progress: impl Fn(u64)) -> anyhow::Result<Told> {
    let start: Timestamp = START.parse()?;
    let end = start.checked_add(SignedDuration::from_hours(24 * i64::from(plan.days)))?;
    let mut run = Box::pin(Run::new(plan, start)).await?;
    loop {
        let due = run.stack.next_instant().await?;
        let next = [run.agenda.next(), due].into_iter().flatten().min();
        let at = next.unwrap_or(end).min(end);
        run.stack.advance_to(at).await?;
        run.read_messages();
        run.act(at).await?;
        let days = at.duration_since(start).as_hours() / 24;
        progress(u64::try_from(days).unwrap_or(0));
        if at >= end {
            break;
        }
    }
    Box::pin(run.told(plan, start, end)).await
}

impl Run {
    async fn new(plan: &Plan, start: Timestamp) -> anyhow::Result<Self> {
        let mut options = Options::in_memory(StackClock::standing_at(start));
        options.batch = BATCH;
        let stack = Stack::start(options).await?;
        let (playbook, _) = stack.publish(Kind::Playbook, &plan.playbook).await?;
        let (community, _) = stack.publish(Kind::Community, &plan.community).await?;
        let community = stack.community(&community).await?;
        let community = community.context("the community was published")?;
        if community.playbook.as_str() != playbook {
            bail!(
                "the community follows the playbook {}, not {playbook}",
                community.playbook
            );
        }
        let place = stack.registry.place(&community.id, start).await?;
        let playbook = place.context("the playbook was published")?.playbook;
        let voice = Voice::of(&stack, &community, &playbook)?;
        let id = |number| voice.member_id(number);
        let people = cast(plan.seed, plan.members, plan.days, start, id)?;
        let mut agenda = Agenda::default();
        let mut by_id = HashMap::new();
        for person in &people {
            agenda.note(person.joins, Doing::Act(person.number, Act::Joined));
            by_id.insert(person.id.clone(), person.number);
        }
        let acts = people.iter().map(|_| Vec::new()).collect();
        let minds = people.into_iter().map(|one| Mind::new(one, plan.seed));
        Ok(Self {
            minds: minds.collect(),
            stack,
            playbook,
            community,
            voice,
            by_id,
            agenda,
            acts,
            read: 0,
        })
    }

    /// Everything that is to be done by now goes through the webhook, and then through the queues.
    async fn act(&mut self, now: Timestamp) -> anyhow::Result<()> {
        let doings = self.agenda.take_until(now);
        if doings.is_empty() {
            return Ok(());
        }
        let mut at = now;
        for doing in doings {
            at = at.checked_add(SignedDuration::from_micros(OWN_INSTANT))?;
            self.stack.clock.move_to(at);
            match doing {
                Doing::Act(number, act) => self.member_acts(number, act, at).await?,
                Doing::Day(number, day) => self.day_begins(number, day, at),
                Doing::Operator(message, value) => {
                    let Some(operator) = self.community.staff.first().cloned() else {
                        continue;
                    };
                    self.press(&operator, &message, &value).await?;
                }
            }
        }
        self.stack.run_until_idle().await;
        self.read_messages();
        Ok(())
    }

    async fn member_acts(&mut self, number: usize, act: Act, at: Timestamp) -> anyhow::Result<()> {
        let Some(mind) = self.minds.get_mut(number) else {
            return Ok(());
        };
        if !mind.still_would(&act) {
            return Ok(());
        }
        mind.did(&act);
        let person = mind.person.clone();
        let told = match &act {
            Act::Pressed { message, value } => self.press(&person.id, message, value).await?,
            Act::FellSilent => true,
            Act::TalksAgain => {
                let said = self.voice.tell(&person, &Act::Posted, at)?;
                self.deliver(&said).await?
            }
            Act::Joined
            | Act::Returned
            | Act::Left
            | Act::Posted
            | Act::Commented
            | Act::CheckedIn
            | Act::Reacted
            | Act::Renamed
            | Act::OptedOut => {
                let said = self.voice.tell(&person, &act, at)?;
                self.deliver(&said).await?
            }
        };
        if act == Act::Joined {
            self.plan_day(number, 1, at);
        }
        if let Some(acts) = self.acts.get_mut(number).filter(|_| told) {
            acts.push((at, act));
        }
        Ok(())
    }

    /// Hands deliveries to the webhook; `false` = there was nothing to tell.
    async fn deliver(&self, deliveries: &[Delivery]) -> anyhow::Result<bool> {
        for delivery in deliveries {
            let answer = control::deliver(&self.stack, delivery).await;
            if !(200..300).contains(&answer.status) {
                bail!("the webhook answered {}: {}", answer.status, answer.body);
            }
        }
        Ok(!deliveries.is_empty())
    }

    async fn press(&self, by: &MemberId, id: &MessageId, value: &str) -> anyhow::Result<bool> {
        let Some(message) = self.stack.store.message(id).await? else {
            return Ok(false);
        };
        let (stack, community) = (&self.stack, &self.community);
        let delivery = deliveries::press(stack, community, by.as_str(), value, &message)?;
        self.deliver(std::slice::from_ref(&delivery)).await
    }

    fn day_begins(&mut self, number: usize, day: u64, at: Timestamp) {
        let Some(mind) = self.minds.get(number) else {
            return;
        };
        for (minutes, act) in mind.day(day) {
            self.agenda.note_after(at, minutes, Doing::Act(number, act));
        }
        self.plan_day(number, day + 1, at);
    }

    /// The next day of a member begins at midnight on their own clock.
    fn plan_day(&mut self, number: usize, day: u64, from: Timestamp) {
        if let Some(mind) = self.minds.get(number) {
            let zone = &mind.person.zone;
            let midnight = zone.start_of(zone.day(from).plus(1));
            self.agenda.note(midnight, Doing::Day(number, day));
        }
    }

    /// Everybody reads what has arrived for them since, and makes up their mind.
    fn read_messages(&mut self) {
        let now = self.stack.clock.now();
        let mut received = self.stack.sandbox.received(None, None, Some(self.read));
        self.read = received.last().map_or(self.read, |last| last.seq);
        // Several messengers' worth of one instant have no order of their own.
        received.sort_by(|a, b| (a.at, &a.message_id).cmp(&(b.at, &b.message_id)));
        for message in received {
            let Ok(id) = message.message_id.parse::<MessageId>() else {
                continue;
            };
            if message.channel.is_some() {
                let claim = message.buttons.iter().find(|one| one.value == "case:claim");
                if let Some(button) = claim {
                    let doing = Doing::Operator(id, button.value.clone());
                    self.agenda.note_after(now, OPERATORS_AFTER, doing);
                }
                continue;
            }
            let Owner::Member(member) = id.owner() else {
                continue;
            };
            let number = self.by_id.get(member).copied();
            let Some((number, mind)) = number.and_then(|n| Some((n, self.minds.get_mut(n)?)))
            else {
                continue;
            };
            let renames = self.voice.tells_renames();
            for (minutes, act) in mind.read(&message, &id, &self.playbook, renames) {
                self.agenda
                    .note_after(now, minutes, Doing::Act(number, act));
            }
        }
    }

    async fn told(self, plan: &Plan, start: Timestamp, end: Timestamp) -> anyhow::Result<Told> {
        let mut messages: HashMap<Owner, Vec<Message>> = HashMap::new();
        for message in self.stack.store.scan_messages(&self.community.id).await? {
            let owner = message.id.owner().clone();
            messages.entry(owner).or_default().push(message);
        }
        let mut members: HashMap<MemberId, Member> = HashMap::new();
        for shard in 0..self.community.shards {
            let mut after = None;
            loop {
                let page = self
                    .stack
                    .store
                    .shard_page(&self.community.id, shard, after)
                    .await?;
                for member in page.0 {
                    let member = member?;
                    members.insert(member.id.clone(), member);
                }
                after = page.1;
                if after.is_none() {
                    break;
                }
            }
        }
        let stories = self.minds.into_iter().zip(self.acts);
        let stories = stories.map(|(mind, acts)| Story {
            member: members.remove(&mind.person.id),
            messages: messages
                .remove(&Owner::Member(mind.person.id.clone()))
                .unwrap_or_default(),
            person: mind.person,
            acts,
        });
        Ok(Told {
            stories: stories.collect(),
            own: messages.remove(&Owner::Community).unwrap_or_default(),
            playbook: self.playbook,
            community: self.community,
            start,
            end,
            days: plan.days,
            seed: plan.seed,
            dead_letters: self.stack.queues.dead_letters().len(),
        })
    }
}
