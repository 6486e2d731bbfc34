//! What is published, as the functions see it: communities and playbooks, cached for a minute.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hearth_domain::board::{By, ClosingRules, Span};
use hearth_domain::community::Community;
use hearth_domain::days::IsoWeek;
use hearth_domain::ids::{CommunityId, PlaybookId};
use hearth_domain::journey::{Book, Paused};
use hearth_domain::period::Period;
use hearth_domain::playbook::Playbook;
use hearth_domain::rollout::Rollout;
use hearth_domain::standing::Standing;
use jiff::{SignedDuration, Timestamp};

use crate::store::{Kind, Store, StoreError};

/// A community with the playbook it follows now.
#[derive(Debug, Clone)]
pub struct Place {
    /// The community.
    pub community: Arc<Community>,
    /// Its playbook, in the version that was released to all.
    pub playbook: Arc<Playbook>,
    /// That version.
    pub version: u32,
    /// Which versions are for whom.
    pub rollout: Arc<Rollout>,
    /// Its journeys that are paused.
    pub paused: Paused,
}

impl Place {
    /// The playbook with its version.
    pub fn book(&self) -> Book<'_> {
        Book::new(&self.playbook, self.version)
    }
}

/// Why a community can't be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// The tables did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A published file does not parse: it was checked when it was published, so it was written
    /// by another version of Hearth or by hand.
    #[error("published {kind} {id} version {version} does not parse: {problem}")]
    Unreadable {
        /// `community` or `playbook`.
        kind: &'static str,
        /// Its id.
        id: String,
        /// Its version.
        version: u32,
        /// The first problem.
        problem: String,
    },
    /// A community follows a playbook that was never published.
    #[error("community {community} follows playbook {playbook}, which is not published")]
    NoPlaybook {
        /// The community.
        community: CommunityId,
        /// The playbook.
        playbook: PlaybookId,
    },
}

/// How long an answer is good for: what is published shows within a minute.
const FRESH: SignedDuration = SignedDuration::from_secs(60);
/// Junk in webhook paths must not fill the memory.
const MAX_ENTRIES: usize = 1024;

struct Cached {
    until: Timestamp,
    version: u32,
    place: Option<Place>,
}

/// A week's standing as it was read.
struct Ranks {
    until: Timestamp,
    week: IsoWeek,
    standing: Option<Arc<Standing>>,
}

/// The cache.
pub struct Registry {
    store: Store,
    places: Mutex<HashMap<CommunityId, Cached>>,
    ranks: Mutex<HashMap<CommunityId, Ranks>>,
    playbooks: Mutex<HashMap<(PlaybookId, u32), Arc<Playbook>>>,
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Registry")
    }
}

impl Registry {
    /// Over the tables, with a meter of its own.
    pub fn new(store: &Store) -> Self {
        Self {
            store: store.metered_apart(),
            places: Mutex::default(),
            ranks: Mutex::default(),
            playbooks: Mutex::default(),
        }
    }

    /// The store that it reads with: its meter shows what looking things up costs.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// A community and its playbook; `None` = not published. Unknown ones are remembered too.
    pub async fn place(
        &self,
        id: &CommunityId,
        now: Timestamp,
    ) -> Result<Option<Place>, RegistryError> {
        let stale = {
            let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
            match places.get(id) {
                Some(cached) if cached.until > now => return Ok(cached.place.clone()),
                Some(cached) => cached.place.clone().map(|place| (cached.version, place)),
                None => None,
            }
        };
        let fetched = self.fetch(id, stale).await?;
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= MAX_ENTRIES {
            places.clear();
        }
        let until = now.saturating_add(FRESH).unwrap_or(Timestamp::MAX);
        let (version, place) = fetched.map_or((0, None), |(version, place)| (version, Some(place)));
        places.insert(
            id.clone(),
            Cached {
                until,
                version,
                place: place.clone(),
            },
        );
        Ok(place)
    }

    async fn fetch(
        &self,
        id: &CommunityId,
        stale: Option<(u32, Place)>,
    ) -> Result<Option<(u32, Place)>, RegistryError> {
        let Some(version) = self
            .store
            .current_version(Kind::Community, id.as_str())
            .await?
        else {
            return Ok(None);
        };
        let community = match stale {
            Some((known, place)) if known == version => place.community,
            _ => {
                let Some(file) = self
                    .store
                    .published_version(Kind::Community, id.as_str(), version)
                    .await?
                else {
                    return Ok(None);
                };
                let parsed = Community::parse(&file.toml).map_err(|problems| {
                    unreadable(Kind::Community, id.as_str(), version, &problems)
                })?;
                Arc::new(parsed)
            }
        };
        let stored = self.store.rollout(&community.playbook).await?;
        let none = || RegistryError::NoPlaybook {
            community: id.clone(),
            playbook: community.playbook.clone(),
        };
        let rollout = stored.ok_or_else(none)?.rollout;
        let playbook = self
            .playbook(&community.playbook, rollout.released)
            .await?
            .ok_or_else(none)?;
        let paused = self.store.paused(id).await?.paused();
        Ok(Some((
            version,
            Place {
                community,
                playbook,
                version: rollout.released,
                rollout: Arc::new(rollout),
                paused,
            },
        )))
    }

    /// Where the points of the running week stand, as of the last closed day; `None` = none of its
    /// days was closed yet, or the community closes none. Read at most once a minute, for half a
    /// unit.
    pub async fn standing(
        &self,
        place: &Place,
        now: Timestamp,
    ) -> Result<Option<Arc<Standing>>, RegistryError> {
        let has_weeks = |closing: &ClosingRules| closing.boards.contains(&Span::Week);
        if !place.playbook.closing.as_ref().is_some_and(has_weeks) {
            return Ok(None);
        }
        let (id, week) = (&place.community.id, place.community.zone.day(now).week());
        {
            let ranks = self.ranks.lock().unwrap_or_else(PoisonError::into_inner);
            let known = ranks.get(id);
            if let Some(known) = known.filter(|known| known.until > now && known.week == week) {
                return Ok(known.standing.clone());
            }
        }
        let board = self.store.board(id, Period::Week(week), By::Points).await?;
        let standing = board.map(|board| Arc::new(board.standing));
        let mut ranks = self.ranks.lock().unwrap_or_else(PoisonError::into_inner);
        if ranks.len() >= MAX_ENTRIES {
            ranks.clear();
        }
        let known = Ranks {
            until: now.saturating_add(FRESH).unwrap_or(Timestamp::MAX),
            week,
            standing: standing.clone(),
        };
        ranks.insert(id.clone(), known);
        Ok(standing)
    }

    /// A version of a playbook. Versions never change, so they are kept.
    pub async fn playbook(
        &self,
        id: &PlaybookId,
        version: u32,
    ) -> Result<Option<Arc<Playbook>>, RegistryError> {
        let key = (id.clone(), version);
        if let Some(known) = self
            .playbooks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
        {
            return Ok(Some(known.clone()));
        }
        let Some(file) = self
            .store
            .published_version(Kind::Playbook, id.as_str(), version)
            .await?
        else {
            return Ok(None);
        };
        let parsed = Playbook::parse_published(&file.toml)
            .map_err(|problems| unreadable(Kind::Playbook, id.as_str(), version, &problems))?;
        let parsed = Arc::new(parsed);
        let mut playbooks = self
            .playbooks
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if playbooks.len() >= MAX_ENTRIES {
            playbooks.clear();
        }
        playbooks.insert(key, parsed.clone());
        Ok(Some(parsed))
    }

    /// All published communities.
    pub async fn communities(&self) -> Result<Vec<CommunityId>, RegistryError> {
        let listed = self.store.list_published(Kind::Community).await?;
        Ok(listed
            .into_iter()
            .filter_map(|(id, _)| CommunityId::new(id).ok())
            .collect())
    }

    /// Forgets what is cached, so that what was just published shows at once (local stack).
    pub fn forget(&self) {
        self.places
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        self.ranks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

fn unreadable(
    kind: Kind,
    id: &str,
    version: u32,
    problems: &[hearth_domain::toml_check::Problem],
) -> RegistryError {
    let problem = problems
        .first()
        .map(ToString::to_string)
        .unwrap_or_default();
    RegistryError::Unreadable {
        kind: kind.name(),
        id: id.to_owned(),
        version,
        problem,
    }
}
