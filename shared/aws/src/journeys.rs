//! What operators do to running journeys: look at what a new version would change, publish it,
//! move a pilot, pause. The same here and in AWS.

use std::collections::{BTreeMap, BTreeSet};

use hearth_domain::community::Community;
use hearth_domain::experiment::{self, Count, Trials};
use hearth_domain::ids::{CommunityId, PlaybookId};
use hearth_domain::journey::JourneyName;
use hearth_domain::member::Member;
use hearth_domain::playbook::Playbook;
use hearth_domain::rollout::{MoveTo, Pilot, Policy, Rollout};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::census::{Census, Plans, each};
use crate::publish::{How, PublishError, is_published, publish_playbook, rollout_of};
use crate::store::{Kind, Published, Store, StoreError};

/// What publishing a file would change, and for how many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The playbook.
    pub playbook: PlaybookId,
    /// The version that it would be, or that it is already.
    pub version: u32,
    /// It is that version already.
    pub unchanged: bool,
    /// What it means for those underway.
    pub policy: Policy,
    /// For about fifty members first.
    pub pilot: bool,
    /// Everybody who follows the playbook, by community.
    pub communities: BTreeMap<CommunityId, Census>,
}

impl Preview {
    /// The members of all its communities.
    pub fn members(&self) -> u64 {
        self.communities.values().map(|census| census.members).sum()
    }
}

/// A version of a playbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// Its number.
    pub version: u32,
    /// When it was published.
    pub published: Timestamp,
    /// What it meant for those who were underway.
    pub policy: Policy,
    /// How far it is: `all`, `about 50 members`, `10 %`, `stopped`.
    pub stage: String,
    /// The plans that are in it.
    pub plans: Plans,
}

/// How a playbook's versions stand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// The playbook.
    pub playbook: PlaybookId,
    /// The version that was released to all.
    pub released: u32,
    /// The version that is being tried, or was until it was stopped.
    pub pilot: Option<Pilot>,
    /// All versions, the newest first.
    pub versions: Vec<Edition>,
    /// Members of each community that follows it.
    pub members: BTreeMap<CommunityId, u64>,
    /// Paused journeys of each, with when they were.
    pub paused: BTreeMap<CommunityId, BTreeMap<String, Timestamp>>,
    /// What came of other words, and of holdouts.
    pub trials: Trials,
    /// Versions whose stored file does not pass today's checks: of them nothing is in `trials`.
    pub unreadable: Vec<u32>,
}

/// The communities that follow a playbook.
pub async fn followers(store: &Store, id: &PlaybookId) -> Result<Vec<Community>, StoreError> {
    let mut followers = Vec::new();
    for (name, _) in store.list_published(Kind::Community).await? {
        let Some(file) = store.published(Kind::Community, &name).await? else {
            continue;
        };
        let community = Community::parse(&file.toml)
            .map_err(|_| StoreError::Corrupt(format!("community {name}")))?;
        if community.playbook == *id {
            followers.push(community);
        }
    }
    Ok(followers)
}

async fn count_all(
    store: &Store,
    id: &PlaybookId,
    seen: &(dyn Fn(u64) + Sync),
) -> Result<BTreeMap<CommunityId, Census>, StoreError> {
    let mut all = BTreeMap::new();
    for community in followers(store, id).await? {
        let mut census = Census::default();
        each(store, &community, seen, &mut |member| census.count(member)).await?;
        all.insert(community.id, census);
    }
    Ok(all)
}

/// Looks at what publishing a file would change. Writes nothing, and refuses what publishing it
/// would refuse.
pub async fn preview(
    store: &Store,
    toml: &str,
    policy: Policy,
    pilot: bool,
    now: Timestamp,
    seen: &(dyn Fn(u64) + Sync),
) -> Result<Preview, PublishError> {
    let playbook = Playbook::parse(toml).map_err(PublishError::Problems)?;
    let (rollout, _) = rollout_of(store, &playbook.id).await?;
    let how = How {
        policy,
        pilot_of: pilot.then_some(0),
    };
    let unchanged = is_published(store, &rollout, toml, how).await?;
    let version = match (unchanged, pilot) {
        (true, _) => rollout.newest,
        (false, true) => rollout.publish_pilot(policy, 0, now)?.newest,
        (false, false) => rollout.publish(policy)?.newest,
    };
    Ok(Preview {
        communities: count_all(store, &playbook.id, seen).await?,
        playbook: playbook.id,
        version,
        unchanged,
        policy,
        pilot,
    })
}

/// Publishes what was looked at.
pub async fn publish(
    store: &Store,
    preview: &Preview,
    toml: &str,
    now: Timestamp,
) -> Result<u32, PublishError> {
    let how = How {
        policy: preview.policy,
        pilot_of: preview.pilot.then(|| preview.members()),
    };
    publish_playbook(store, &preview.playbook, toml, how, now).await
}

/// Moves the running pilot of a playbook on, or ends it; how its versions stand then.
pub async fn move_rollout(
    store: &Store,
    id: &PlaybookId,
    to: MoveTo,
) -> Result<Rollout, PublishError> {
    let stored = store.rollout(id).await?;
    let stored = stored.ok_or_else(|| PublishError::NotPublished(format!("playbook {id}")))?;
    let next = stored.rollout.move_to(to)?;
    store.put_rollout(&next, stored.revision).await?;
    Ok(next)
}

/// How a playbook's versions stand at an instant, with numbers. Reads all members of the
/// communities that follow it, once.
pub async fn overview(
    store: &Store,
    id: &PlaybookId,
    now: Timestamp,
    seen: &(dyn Fn(u64) + Sync),
) -> Result<Overview, PublishError> {
    let stored = store.rollout(id).await?;
    let stored = stored.ok_or_else(|| PublishError::NotPublished(format!("playbook {id}")))?;
    let rollout = stored.rollout;
    let files = store
        .published_versions(Kind::Playbook, id.as_str())
        .await?;
    let (editions, unreadable) = editions(&files, &rollout);
    let asked = Count::new(&editions);
    let mut trials = asked.empty();
    let mut members = BTreeMap::new();
    let mut plans: BTreeMap<u32, Plans> = BTreeMap::new();
    let mut paused = BTreeMap::new();
    for community in followers(store, id).await? {
        let mut census = Census::default();
        let mut count = |member: &Member| {
            census.count(member);
            asked.add(&mut trials, &community, member, now);
        };
        each(store, &community, seen, &mut count).await?;
        for (version, more) in &census.plans {
            plans.entry(*version).or_default().add(more);
        }
        let known = store.paused(&community.id).await?.since.into_iter();
        let known = known.map(|(journey, at)| (journey.name().to_owned(), at));
        paused.insert(community.id.clone(), known.collect());
        members.insert(community.id, census.members);
    }
    let edition = |file: Published| Edition {
        version: file.version,
        published: file.at,
        policy: file.policy,
        stage: stage(&rollout, file.version),
        plans: plans.get(&file.version).copied().unwrap_or_default(),
    };
    Ok(Overview {
        playbook: id.clone(),
        released: rollout.released,
        versions: files.into_iter().rev().map(edition).collect(),
        members,
        paused,
        trials,
        unreadable,
        pilot: rollout.pilot,
    })
}

/// Stored files as editions, and the versions of those that can't be read any more.
pub fn editions(
    files: &[Published],
    rollout: &Rollout,
) -> (BTreeMap<u32, experiment::Edition>, Vec<u32>) {
    let (mut editions, mut unreadable) = (BTreeMap::new(), Vec::new());
    for file in files {
        let Ok(playbook) = Playbook::parse_published(&file.toml) else {
            unreadable.push(file.version);
            continue;
        };
        let edition = experiment::Edition {
            playbook,
            published: file.at,
            policy: file.policy,
            stopped: rollout.stopped.contains(&file.version),
        };
        editions.insert(file.version, edition);
    }
    (editions, unreadable)
}

fn stage(rollout: &Rollout, version: u32) -> String {
    let tried = rollout.running().filter(|pilot| pilot.version == version);
    match tried {
        Some(pilot) => pilot.stage.name(),
        None if rollout.stopped.contains(&version) => "stopped",
        None => "all",
    }
    .to_owned()
}

/// Pauses journeys of a community (`on`) or lets them go on; those for which that is new.
pub async fn pause(
    store: &Store,
    community: &CommunityId,
    journeys: &BTreeSet<JourneyName>,
    on: bool,
    now: Timestamp,
) -> Result<Vec<JourneyName>, PublishError> {
    let known = store
        .current_version(Kind::Community, community.as_str())
        .await?;
    if known.is_none() {
        return Err(PublishError::NotPublished(format!("community {community}")));
    }
    let mut paused = store.paused(community).await?;
    let is_new = |journey: &&JourneyName| paused.since.contains_key(journey) != on;
    let changed: Vec<JourneyName> = journeys.iter().filter(is_new).copied().collect();
    if changed.is_empty() {
        return Ok(changed);
    }
    for journey in &changed {
        if on {
            paused.since.insert(*journey, now);
        } else {
            paused.since.remove(journey);
        }
    }
    store.set_paused(community, &paused).await?;
    Ok(changed)
}
