//! The stop rule of playbooks that are being tried with a few: looked at once a day while a pilot
//! runs. Only then are members read for it.

use std::collections::BTreeMap;

use futures::TryStreamExt;
use hearth_aws::batch::{Failure, guarded};
use hearth_aws::census;
use hearth_aws::deadline::Deadline;
use hearth_aws::intake::hand_on;
use hearth_aws::journeys::followers;
use hearth_aws::store::{StoreError, StoredRollout};
use hearth_domain::community::Community;
use hearth_domain::ids::{MessageId, MessageKind, Owner};
use hearth_domain::message::{Message, To};
use hearth_domain::playbook::Class;
use hearth_domain::rollout::{EndedPlans, Pilot, Rollout, Side, Stage, StopRule, Verdict};
use jiff::{SignedDuration, Timestamp};

use crate::Rollup;

/// Between two looks at a pilot.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);
/// The text that tells the operators.
const STOPPED: &str = "ops.pilot-stopped";

impl Rollup {
    /// Looks at every pilot that was not looked at for a day, and tells of those that it stopped.
    /// All members of a playbook's communities are read for it, so a look that the invocation's time
    /// does not last for is given up and counted: nothing is judged by half of them.
    pub(crate) async fn look_at_pilots(
        &self,
        now: Timestamp,
        deadline: &Deadline,
    ) -> Result<(), Failure> {
        for stored in self.deps.store.rollouts().await? {
            // One playbook that can't be looked at must not hold up the others.
            if let Err(error) = guarded(self.look_at(&stored, now, deadline)).await {
                let playbook = &stored.rollout.playbook;
                tracing::error!(playbook = %playbook, error = %error, "pilot not looked at; the next tick tries again");
                self.deps.metrics.count("all", "pilot_looks_failed");
            }
        }
        Ok(())
    }

    /// When the next look is due.
    pub(crate) async fn next_look(&self, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
        let rollouts = self.deps.store.rollouts().await?;
        let due = rollouts
            .iter()
            .filter_map(|stored| Some(due_at(stored.rollout.pilot.as_ref()?)?.max(now)));
        Ok(due.min())
    }

    async fn look_at(
        &self,
        stored: &StoredRollout,
        now: Timestamp,
        deadline: &Deadline,
    ) -> Result<(), Failure> {
        let rollout = &stored.rollout;
        let Some(pilot) = rollout.pilot.as_ref() else {
            return Ok(());
        };
        if due_at(pilot).is_none_or(|due| due > now) {
            return Ok(());
        }
        let communities = followers(&self.deps.store, &rollout.playbook).await?;
        let (rollout, revision) = match (pilot.stage, pilot.verdict) {
            (Stage::Stopped, Some(_)) => (rollout.clone(), stored.revision),
            (Stage::First | Stage::Tenth, _) | (Stage::Stopped, None) => {
                let verdict = self.judge(rollout, pilot, &communities, deadline).await?;
                let next = rollout.looked(verdict, now);
                match self.deps.store.put_rollout(&next, stored.revision).await {
                    Ok(()) => {}
                    // An operator moved it meanwhile, or another tick looked: the next one sees.
                    Err(StoreError::Conflict(_)) => return Ok(()),
                    Err(error) => return Err(error.into()),
                }
                if verdict.stops {
                    tracing::warn!(playbook = %next.playbook, version = pilot.version, exits = verdict.exits, sample = verdict.sample, "pilot stopped by its rule");
                    self.deps.metrics.count("all", "pilots_stopped");
                }
                (next, stored.revision + 1)
            }
        };
        self.tell_of_stop(&rollout, revision, &communities, now)
            .await
    }

    async fn judge(
        &self,
        rollout: &Rollout,
        pilot: &Pilot,
        communities: &[Community],
        deadline: &Deadline,
    ) -> Result<Verdict, Failure> {
        let (mut tried, mut others) = (EndedPlans::default(), EndedPlans::default());
        for community in communities {
            let mut pages = census::pages(&self.deps.store, community);
            while let Some(page) = pages.try_next().await? {
                if deadline.is_short() {
                    let why = format!("the invocation's time is nearly over in {}", community.id);
                    return Err(Failure::Retry(why));
                }
                for member in &page.whole()? {
                    let Some(plan) = &member.journey.onboarding else {
                        continue;
                    };
                    match rollout.side(pilot, &member.id, plan) {
                        Some(Side::Pilot) => tried.count(plan.state),
                        Some(Side::Others) => others.count(plan.state),
                        None => {}
                    }
                }
            }
        }
        // The rule of the version that is tried: whoever wrote it knows what it may cost.
        let registry = &self.deps.registry;
        let tried_book = registry.playbook(&rollout.playbook, pilot.version).await?;
        let rule = tried_book.map_or_else(StopRule::default, |book| book.pilot);
        Ok(rule.judge(tried, others))
    }

    /// Tells the operators of every community that follows the playbook, once: the messages' ids
    /// are the version's, and that they were told is noted when all have been written.
    async fn tell_of_stop(
        &self,
        rollout: &Rollout,
        revision: u64,
        communities: &[Community],
        now: Timestamp,
    ) -> Result<(), Failure> {
        let Some(pilot) = rollout.pilot.as_ref().filter(|pilot| !pilot.told) else {
            return Ok(());
        };
        let (Stage::Stopped, Some(verdict)) = (pilot.stage, pilot.verdict) else {
            return Ok(());
        };
        let mut written = Vec::new();
        for community in communities {
            if let Some(message) = self.notice(community, pilot.version, verdict, now).await?
                && self.deps.store.write_message(&message).await?
            {
                written.push(message);
            }
        }
        hand_on(&self.deps, written).await;
        let mut told = rollout.clone();
        if let Some(pilot) = &mut told.pilot {
            pilot.told = true;
        }
        match self.deps.store.put_rollout(&told, revision).await {
            Ok(()) | Err(StoreError::Conflict(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The message to a community's operators; `None` = they have no channel, or the playbook has
    /// no text for it.
    async fn notice(
        &self,
        community: &Community,
        version: u32,
        verdict: Verdict,
        now: Timestamp,
    ) -> Result<Option<Message>, Failure> {
        let wrong = |error: hearth_domain::ids::IdError| Failure::Permanent(error.to_string());
        let kind = MessageKind::new(STOPPED).map_err(wrong)?;
        let place = self.deps.registry.place(&community.id, now).await?;
        let (Some(channel), Some(place)) = (community.ops_channel.clone(), place) else {
            return Ok(None);
        };
        if place.playbook.text(&kind).is_none() {
            return Ok(None);
        }
        let path = format!("pilot/{}/{version}/stopped", community.playbook);
        let id = MessageId::new(community.id.clone(), Owner::Community, path).map_err(wrong)?;
        let exits = 100.0 * f64::from(verdict.exits) / f64::from(verdict.sample.max(1));
        let values = BTreeMap::from([
            ("pilot.version".to_owned(), version.to_string()),
            ("pilot.exits".to_owned(), format!("{exits:.0} %")),
            ("pilot.sample".to_owned(), verdict.sample.to_string()),
        ]);
        Ok(Some(Message {
            values,
            ..Message::new(
                id,
                kind,
                To::Channel(channel),
                Class::Ops,
                place.version,
                now,
            )
        }))
    }
}

/// When a pilot is to be looked at; `None` = never again.
fn due_at(pilot: &Pilot) -> Option<Timestamp> {
    let looked = pilot.looked.unwrap_or(pilot.since);
    match pilot.stage {
        Stage::First | Stage::Tenth => looked.checked_add(A_DAY).ok(),
        Stage::Stopped => (!pilot.told).then_some(looked),
    }
}
