//! One decision: a member and what happened to them in, everything to be written out. Pure.

use crate::event::{Event, ReplyHandle};
use crate::ids::MemberId;
use crate::journey::{Context, Invites, Redemption, act_on, act_on_due, rows_of_stayed};
use crate::member::{Counted, DayPoints, Effect, Member, MovedOut, Observed, Order, Rules};
use crate::message::{Message, State, To};
use crate::receipt::Receipts;

/// Points given once, or taken back, for the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Award {
    /// What for: `task/rename`, `streak/7`, `star/2026-01`, `challenge/<id>`, `correction/<event id>`.
    /// Unique per member.
    pub path: String,
    /// How many; negative = taken back.
    pub points: i32,
    /// The row or reason that a correction puts right.
    pub of: Option<String>,
}

/// How the events of a decision fared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Counted, or already as it should be.
    pub taken: u32,
    /// Of those, messages that earned no points: the same text again, or a flood.
    pub withheld: u32,
    /// Already in the numbers.
    pub duplicate: u32,
    /// Older than 48 hours.
    pub late: u32,
    /// Answers that fitted no question of ours.
    pub ignored: u32,
}

/// Everything that follows from what happened to one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The member as it is to be stored.
    pub member: Member,
    /// `false` = nothing new: write nothing.
    pub changed: bool,
    /// Messages to write, pending or skipped.
    pub messages: Vec<Message>,
    /// Days that leave the item as one ledger row, written before the member; often none.
    pub closed: Vec<DayPoints>,
    /// One-off points that become ledger rows, written before the member.
    pub awards: Vec<Award>,
    /// Points given for gifts, with the member.
    pub redeemed: Vec<Redemption>,
    /// Counted events that leave the item, with the member.
    pub moved: Vec<Counted>,
    /// Orders and scores that count for the first time, with the member.
    pub receipts: Receipts,
    /// How the events fared.
    pub tally: Tally,
    /// What else is to be counted, by its metric's name.
    pub counts: Vec<&'static str>,
    /// What it says of invitations.
    pub invites: Invites,
}

/// Decides on events. `known` is the stored member, `moved` what was moved out of its item (see
/// [`Member::needs_moved`]).
pub fn on_events(
    known: Option<Member>,
    id: &MemberId,
    events: &[Event],
    context: Context<'_>,
    moved: &MovedOut,
) -> Option<Decision> {
    let mut events: Vec<&Event> = events.iter().collect();
    events.sort_by_key(|event| Order::of(event));
    let is_elsewhere = |event: &&Event| event.facts.elsewhere || event.what.is_order();
    if known.is_none() && events.iter().all(is_elsewhere) {
        return None;
    }
    let first = events.iter().find(|event| !event.what.is_order());
    let first_seen = first.map(|event| event.at);
    let tasks = Rules::tasks_of(&context.current.playbook.onboarding);
    let rules = rules(context, &tasks);
    let is_new = known.is_none();
    let mut member = match known {
        Some(known) => known,
        None => Member::new(id.clone(), first_seen?),
    };
    let closed = member.settle(&rules);
    let before = member.clone();
    let mut tally = Tally::default();
    let mut effects = Vec::new();
    let mut handles = Vec::new();
    for event in events {
        handles.extend(&event.facts.reply);
        match member.observe(event, &rules, moved, &mut effects) {
            Observed::Taken => tally.taken += 1,
            Observed::Withheld => {
                tally.taken += 1;
                tally.withheld += 1;
            }
            Observed::Duplicate => tally.duplicate += 1,
            Observed::Late => tally.late += 1,
        }
    }
    let acted = act_on(&mut member, &effects, context);
    tally.ignored = acted.ignored;
    let mut messages = acted.messages;
    answer(&mut messages, &handles, context);
    let receipts = Receipts::of(&effects, &member, context.community);
    let mut counts = acted.counts;
    counts.extend(receipts.counts(context.community));
    // A message may follow though the member stays as they are: help that was asked for.
    let changed = is_new || member != before || !messages.is_empty() || !receipts.rows.is_empty();
    let awards = if member.is_staff() {
        Vec::new()
    } else {
        awards(&effects, context)
    };
    let moved = member.recent.move_out();
    Some(Decision {
        member,
        changed,
        messages,
        closed,
        awards,
        redeemed: acted.redeemed,
        moved,
        receipts,
        tally,
        counts,
        invites: Invites {
            stayed: rows_of_stayed(&effects),
            ..acted.invites
        },
    })
}

/// Decides on what has fallen due for a member by now.
pub fn on_due(mut member: Member, context: Context<'_>) -> Decision {
    let tasks = Rules::tasks_of(&context.current.playbook.onboarding);
    let closed = member.settle(&rules(context, &tasks));
    let before = (
        member.journey.clone(),
        member.challenges,
        member.invitations,
    );
    let mut acted = act_on_due(&mut member, context);
    let after = (&member.journey, member.challenges, member.invitations);
    let changed = after != (&before.0, before.1, before.2);
    Decision {
        member,
        changed,
        messages: acted.messages,
        closed,
        awards: std::mem::take(&mut acted.invites.rewarded),
        redeemed: Vec::new(),
        moved: Vec::new(),
        receipts: Receipts::default(),
        tally: Tally::default(),
        counts: acted.counts,
        invites: acted.invites,
    }
}

fn rules<'a>(context: Context<'a>, tasks: &'a [crate::playbook::Task]) -> Rules<'a> {
    let (playbook, zone) = (context.current.playbook, &context.community.zone);
    Rules {
        currency: context.community.currency.as_ref(),
        ..Rules::of(playbook, zone, tasks, context.now)
    }
}

/// A handle answers once, for nothing: it goes with the first message to where it appears.
fn answer(messages: &mut [Message], handles: &[&ReplyHandle], context: Context<'_>) {
    for handle in handles.iter().filter(|handle| handle.until > context.now) {
        let fits = |message: &&mut Message| {
            let there = match (&message.to, &handle.channel) {
                (To::Member(_), None) => true,
                (To::Channel(to), Some(channel)) => to == channel,
                (To::Member(_), Some(_)) | (To::Channel(_), None) => false,
            };
            there && message.reply.is_none() && matches!(message.state, State::Pending { .. })
        };
        if let Some(message) = messages.iter_mut().find(fits) {
            message.reply = Some((*handle).clone());
        }
    }
}

fn awards(effects: &[Effect], context: Context<'_>) -> Vec<Award> {
    let award = |effect: &Effect| match effect {
        Effect::TaskDone { task, points } => Some(Award {
            path: format!("task/{}", task.name()),
            points: (*points).into(),
            of: None,
        }),
        Effect::Milestone { index } => {
            let milestone = context.current.playbook.milestones.get(*index)?;
            Some(Award {
                path: format!("streak/{}", milestone.days),
                points: milestone.points.into(),
                of: None,
            })
        }
        Effect::ChallengeDone { index } => {
            let challenge = context.current.playbook.challenges.get(*index)?;
            Some(Award {
                path: format!("challenge/{}", challenge.id),
                points: challenge.points.into(),
                of: None,
            })
        }
        Effect::Corrected { row, of, points } => Some(Award {
            path: row.clone(),
            points: *points,
            of: Some(of.clone()),
        }),
        Effect::Starred { month, points, .. } => Some(Award {
            path: format!("star/{month}"),
            points: (*points).into(),
            of: None,
        }),
        Effect::InvitationTier { invited, points } => Some(Award {
            path: format!("invitation-tier/{invited}"),
            points: (*points).into(),
            of: None,
        }),
        Effect::FreezeUsed { .. }
        | Effect::LevelUp { .. }
        | Effect::Joined { .. }
        | Effect::Left { .. }
        | Effect::CheckedIn { .. }
        | Effect::PointsAsked { .. }
        | Effect::GiftsAsked { .. }
        | Effect::GiftWanted { .. }
        | Effect::Answered { .. }
        | Effect::Declined { .. }
        | Effect::Pressed { .. }
        | Effect::HelpWanted { .. }
        | Effect::OtherTopicWanted { .. }
        | Effect::InvitationAnswered { .. }
        | Effect::Attended { .. }
        | Effect::Scored { .. }
        | Effect::Voted { .. }
        | Effect::CaseHandled { .. }
        | Effect::OptedOut
        | Effect::DigestOnly { .. }
        | Effect::OptedIn { .. }
        | Effect::Moved
        | Effect::Received(_)
        | Effect::RankingChosen { .. }
        | Effect::ChallengeWanted { .. }
        | Effect::InvitesAsked { .. }
        | Effect::Invited { .. }
        | Effect::InvitationStayed { .. } => None,
    };
    effects.iter().filter_map(award).collect()
}
