//! Which version of a playbook is for whom: what was released to all, what is being tried with a
//! few, and what a newer version means for those who are underway in an older one's plan.

mod stop;

pub use stop::{EndedPlans, Side, StopRule, Verdict};

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{MemberId, PlaybookId};
use crate::member::hash64;

/// What a new version means for those who are underway in the plan of an older one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// They finish with the version they began with, its steps and its texts.
    #[default]
    Pin,
    /// They keep their plan's steps and days, and read the new version's text of every kind that
    /// it has a text of.
    Follow,
    /// They go on in the new version's plan, after the last step they had.
    Migrate,
}

impl Policy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Pin, Self::Follow, Self::Migrate];

    /// As commands and tables write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pin => "pin",
            Self::Follow => "follow",
            Self::Migrate => "migrate",
        }
    }

    /// Reads [`Policy::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }
}

/// A share of all members, in parts of a million.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Share(u32);

impl Share {
    const WHOLE: u32 = 1_000_000;
    /// Everybody.
    pub const ALL: Self = Self(Self::WHOLE);
    /// The second stage of a pilot.
    pub const TENTH: Self = Self(Self::WHOLE / 10);
    /// The first stage aims at so many members.
    pub const FIRST_MEMBERS: u64 = 50;

    /// The first stage: of this many members, about [`Share::FIRST_MEMBERS`]. All of them where
    /// there are no more.
    pub fn of_first(members: u64) -> Self {
        let parts = Self::FIRST_MEMBERS.saturating_mul(u64::from(Self::WHOLE)) / members.max(1);
        Self(u32::try_from(parts).map_or(Self::WHOLE, |parts| parts.min(Self::WHOLE)))
    }

    /// As a fraction of 1.
    pub fn fraction(self) -> f64 {
        f64::from(self.0) / f64::from(Self::WHOLE)
    }
}

/// How far a pilot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// With about fifty members.
    First,
    /// With a tenth of the members, or with those of the first stage where they are more.
    Tenth,
    /// Stopped, by the operator or by its rule.
    Stopped,
}

impl Stage {
    /// As commands show it.
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "about 50 members",
            Self::Tenth => "10 %",
            Self::Stopped => "stopped",
        }
    }
}

/// A version that is being tried, or the last that was until it was stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pilot {
    /// The version.
    pub version: u32,
    /// What it means for those underway.
    pub policy: Policy,
    /// How far it is.
    pub stage: Stage,
    /// Who is in it.
    pub share: Share,
    /// When it began.
    pub since: Timestamp,
    /// When its stop rule was last looked at.
    pub looked: Option<Timestamp>,
    /// What its stop rule found when it stopped it; `None` = not stopped, or by an operator.
    pub verdict: Option<Verdict>,
    /// The operators' channels were told of the stop.
    pub told: bool,
}

/// Why a rollout can't be moved as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RolloutError {
    /// There is no pilot.
    #[error("no version of it is being tried")]
    NoPilot,
    /// A version is being tried already.
    #[error(
        "version {0} is being tried: release it to all or stop it first (hearth journey rollout)"
    )]
    PilotRuns(u32),
    /// The first version has nothing to be compared with.
    #[error("its first version goes to all: there is none that the others could go on with")]
    NothingReleased,
    /// It is with at least as many already.
    #[error("version {0} is with 10 % already: it goes to all, or stops")]
    NotBack(u32),
}

/// Where an operator moves a pilot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MoveTo {
    /// To a tenth of the members.
    Tenth,
    /// To all.
    All,
    /// Nobody goes on with it.
    Stop,
}

impl MoveTo {
    /// Reads `10%`, `all` or `stop`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "10%" => Some(Self::Tenth),
            "all" => Some(Self::All),
            "stop" => Some(Self::Stop),
            _ => None,
        }
    }
}

/// The versions that someone underway goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Underway {
    /// Whose steps and days.
    pub steps: u32,
    /// Whose texts, where it has a text of the kind; else those of `steps`.
    pub texts: u32,
}

/// Which versions of a playbook are for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollout {
    /// The playbook.
    pub playbook: PlaybookId,
    /// The newest version, whoever has it.
    pub newest: u32,
    /// The last that was released to all; 0 before the first.
    pub released: u32,
    /// The last of these that those underway follow; 0 = none.
    pub followed: u32,
    /// The last of these that those underway were moved to; 0 = none.
    pub migrated: u32,
    /// Versions that were stopped as pilots.
    pub stopped: BTreeSet<u32>,
    /// The running pilot, or the last one if it was stopped and nothing was published since.
    pub pilot: Option<Pilot>,
}

impl Rollout {
    /// Of a playbook that was never published.
    pub fn none(playbook: PlaybookId) -> Self {
        Self {
            playbook,
            newest: 0,
            released: 0,
            followed: 0,
            migrated: 0,
            stopped: BTreeSet::new(),
            pilot: None,
        }
    }

    /// The pilot that runs.
    pub fn running(&self) -> Option<&Pilot> {
        self.pilot
            .as_ref()
            .filter(|pilot| pilot.stage != Stage::Stopped)
    }

    /// Whether the member is in the running pilot. Who is in an earlier stage is in the later ones.
    pub fn is_pilot(&self, member: &MemberId) -> bool {
        self.running()
            .is_some_and(|pilot| self.place_of(pilot.version, member) < pilot.share)
    }

    /// The version for who begins now; also whose points and other rules hold for a member.
    pub fn for_newcomer(&self, member: &MemberId) -> u32 {
        match self.running() {
            Some(pilot) if self.is_pilot(member) => pilot.version,
            Some(_) | None => self.released,
        }
    }

    /// The versions for who is underway in the plan of version `pinned`.
    pub fn for_underway(&self, member: &MemberId, pinned: u32) -> Underway {
        // Nobody goes on with what was stopped.
        let own = if self.stopped.contains(&pinned) {
            self.released
        } else {
            pinned
        };
        let steps = own.max(self.migrated);
        let texts = steps.max(self.followed);
        let tried = self
            .running()
            .filter(|pilot| pilot.version > own && self.is_pilot(member));
        match tried.map(|pilot| (pilot.policy, pilot.version)) {
            None | Some((Policy::Pin, _)) => Underway { steps, texts },
            Some((Policy::Follow, version)) => Underway {
                steps,
                texts: version,
            },
            Some((Policy::Migrate, version)) => Underway {
                steps: version,
                texts: version,
            },
        }
    }

    /// The next version, for all.
    pub fn publish(&self, policy: Policy) -> Result<Self, RolloutError> {
        if let Some(pilot) = self.running() {
            return Err(RolloutError::PilotRuns(pilot.version));
        }
        let mut next = self.clone();
        next.newest += 1;
        next.pilot = None;
        next.release(self.newest + 1, policy);
        Ok(next)
    }

    /// The next version, for about fifty of this many members.
    pub fn publish_pilot(
        &self,
        policy: Policy,
        members: u64,
        now: Timestamp,
    ) -> Result<Self, RolloutError> {
        if let Some(pilot) = self.running() {
            return Err(RolloutError::PilotRuns(pilot.version));
        }
        if self.released == 0 {
            return Err(RolloutError::NothingReleased);
        }
        let mut next = self.clone();
        next.newest += 1;
        next.pilot = Some(Pilot {
            version: next.newest,
            policy,
            stage: Stage::First,
            share: Share::of_first(members),
            since: now,
            looked: None,
            verdict: None,
            told: false,
        });
        Ok(next)
    }

    /// Moves the running pilot on, or ends it. An operator knows of a stop they asked for.
    pub fn move_to(&self, to: MoveTo) -> Result<Self, RolloutError> {
        let pilot = self.running().ok_or(RolloutError::NoPilot)?;
        let (version, policy, stage) = (pilot.version, pilot.policy, pilot.stage);
        let mut next = self.clone();
        match to {
            MoveTo::Tenth if stage == Stage::First => {
                if let Some(pilot) = &mut next.pilot {
                    pilot.stage = Stage::Tenth;
                    pilot.share = pilot.share.max(Share::TENTH);
                }
            }
            MoveTo::Tenth => return Err(RolloutError::NotBack(version)),
            MoveTo::All => {
                next.pilot = None;
                next.release(version, policy);
            }
            MoveTo::Stop => next.stop(None),
        }
        Ok(next)
    }

    /// What the stop rule's look at the running pilot makes of it.
    #[must_use]
    pub fn looked(&self, verdict: Verdict, now: Timestamp) -> Self {
        let mut next = self.clone();
        if let Some(pilot) = &mut next.pilot {
            pilot.looked = Some(now);
        }
        if verdict.stops && self.running().is_some() {
            next.stop(Some(verdict));
        }
        next
    }

    fn stop(&mut self, verdict: Option<Verdict>) {
        if let Some(pilot) = &mut self.pilot {
            pilot.stage = Stage::Stopped;
            pilot.told = verdict.is_none();
            pilot.verdict = verdict;
            self.stopped.insert(pilot.version);
        }
    }

    fn release(&mut self, version: u32, policy: Policy) {
        self.released = version;
        match policy {
            Policy::Pin => {}
            Policy::Follow => self.followed = version,
            Policy::Migrate => self.migrated = version,
        }
    }

    /// Where a member stands in the line of all, for one version: the same on every machine and in
    /// every stage, another for every version.
    fn place_of(&self, version: u32, member: &MemberId) -> Share {
        let hash = mixed(hash64(&format!("{}/{version}/{member}", self.playbook)));
        Share(u32::try_from(hash % u64::from(Share::WHOLE)).unwrap_or(0))
    }
}

/// Spreads what differs in few letters over all bits (the end of MurmurHash3).
fn mixed(mut hash: u64) -> u64 {
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests;
