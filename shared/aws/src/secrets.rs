//! The port to where secrets are kept.

mod aws;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;
use hearth_domain::community::{Community, SecretRef};
use hearth_domain::ids::CommunityId;
use hearth_domain::platform::Platform;
use jiff::{SignedDuration, Timestamp};

pub use aws::{AwsSecrets, Fetched, OwnSecrets};

use crate::config::Environment;

/// Why a secret can't be had. Names the reference, never a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Not there.
    #[error("secret {0} does not exist")]
    Missing(SecretRef),
    /// This deployment has no such store.
    #[error("secret {0}: this deployment does not read from there")]
    Unsupported(SecretRef),
    /// The name is another community's, or the deployment's.
    #[error("secret {reference}: a secret of {community} is named {prefix}/{community}/…")]
    Foreign {
        /// Which.
        reference: SecretRef,
        /// Whose file names it.
        community: CommunityId,
        /// Where this deployment's secrets are.
        prefix: String,
    },
    /// We may not read it.
    #[error("secret {reference}: not allowed to read it ({code})")]
    Denied {
        /// Which.
        reference: SecretRef,
        /// The service's code.
        code: String,
    },
    /// The store did not answer; the same request may succeed later.
    #[error("secret {reference}: {code}")]
    Unavailable {
        /// Which.
        reference: SecretRef,
        /// The service's code.
        code: String,
    },
    /// The value has not the form of such a secret.
    #[error("secret {reference}: {mistake}")]
    Malformed {
        /// Which.
        reference: SecretRef,
        /// What is wrong with it.
        mistake: &'static str,
    },
}

/// Fetches secrets' values.
pub trait Secrets: Send + Sync {
    /// The values behind a community's references, each by itself, in their order.
    fn fetch<'a>(
        &'a self,
        community: &'a CommunityId,
        references: &'a [SecretRef],
    ) -> BoxFuture<'a, Vec<Result<String, SecretError>>>;
}

/// Values from the environment and from the community's file: the local stack.
#[derive(Debug, Clone)]
pub struct LocalSecrets(pub Environment);

impl LocalSecrets {
    fn one(&self, reference: &SecretRef) -> Result<String, SecretError> {
        match reference {
            SecretRef::Literal(value) => Ok(value.clone()),
            SecretRef::Env(name) => self
                .0
                .get(name)
                .map(str::to_owned)
                .ok_or_else(|| SecretError::Missing(reference.clone())),
            SecretRef::Ssm(_) | SecretRef::SecretsManager(_) => {
                Err(SecretError::Unsupported(reference.clone()))
            }
        }
    }
}

impl Secrets for LocalSecrets {
    fn fetch<'a>(
        &'a self,
        _community: &'a CommunityId,
        references: &'a [SecretRef],
    ) -> BoxFuture<'a, Vec<Result<String, SecretError>>> {
        Box::pin(async move {
            references
                .iter()
                .map(|reference| self.one(reference))
                .collect()
        })
    }
}

/// The live values of a community's secrets, by name.
pub type Live = Arc<BTreeMap<String, Vec<String>>>;

/// Which of a platform's secrets a function uses; it fetches no other.
pub type Uses = fn(Platform) -> &'static [&'static str];

/// How long fetched values are good for.
const FRESH: SignedDuration = SignedDuration::from_secs(300);
/// After a signature that did not fit, values are fetched again at most this often: a rotation
/// shows at once, and junk can't drive the secret store.
const AGAIN: SignedDuration = SignedDuration::from_secs(60);
/// So long nothing is asked after a look that failed: junk and batches can't drive the store then
/// either. Old values go on being used meanwhile, if it was the store that did not answer.
const FAILED: SignedDuration = SignedDuration::from_secs(30);

#[derive(Clone)]
struct Kept {
    /// What was fetched: a community whose file names other secrets is asked for anew.
    references: BTreeMap<String, Vec<SecretRef>>,
    until: Timestamp,
    /// When a signature that did not fit last had it fetched.
    again: Option<Timestamp>,
    live: Live,
}

/// A look that failed.
struct Failed {
    references: BTreeMap<String, Vec<SecretRef>>,
    until: Timestamp,
    error: SecretError,
}

/// A cache of the communities' secrets.
pub struct SecretBook {
    source: Arc<dyn Secrets>,
    uses: Uses,
    kept: Mutex<HashMap<CommunityId, Kept>>,
    failed: Mutex<HashMap<CommunityId, Failed>>,
    /// Held while fetching: a batch of messages that finds nothing asks once, not each for itself.
    fetching: tokio::sync::Mutex<()>,
}

impl std::fmt::Debug for SecretBook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretBook")
    }
}

impl SecretBook {
    /// Of the secrets that a webhook verifies and decrypts with.
    pub fn verifying(source: Arc<dyn Secrets>) -> Self {
        Self::new(source, Platform::verifying_secrets)
    }

    /// Of the secrets that the messenger sends with.
    pub fn sending(source: Arc<dyn Secrets>) -> Self {
        Self::new(source, Platform::sending_secrets)
    }

    fn new(source: Arc<dyn Secrets>, uses: Uses) -> Self {
        Self {
            source,
            uses,
            kept: Mutex::default(),
            failed: Mutex::default(),
            fetching: tokio::sync::Mutex::default(),
        }
    }

    /// The live values.
    pub async fn of(&self, community: &Community, now: Timestamp) -> Result<Live, SecretError> {
        if let Some(live) = self.fresh(community, now) {
            return Ok(live);
        }
        let _one = self.fetching.lock().await;
        let kept = match self.kept(community) {
            Some(kept) if now < kept.until => return Ok(kept.live),
            kept => kept,
        };
        if let Some(error) = self.failed_lately(community, now) {
            return Err(error);
        }
        let again = kept.as_ref().and_then(|kept| kept.again);
        let error = match self.fetch(community, now, again).await {
            Ok(live) => return Ok(live),
            Err(error) => error,
        };
        if let (SecretError::Unavailable { .. }, Some(kept)) = (&error, kept) {
            return Ok(self.stale(community, now, kept));
        }
        let failed = Failed {
            references: community.secrets.clone(),
            until: after(now, FAILED),
            error: error.clone(),
        };
        lock(&self.failed).insert(community.id.clone(), failed);
        Err(error)
    }

    /// Fetched again, because a signature did not fit; `None` = that was done a moment ago.
    pub async fn again(
        &self,
        community: &Community,
        now: Timestamp,
    ) -> Result<Option<Live>, SecretError> {
        let _one = self.fetching.lock().await;
        let kept = self.kept(community);
        let last = kept.as_ref().and_then(|kept| kept.again);
        if last.is_some_and(|last| now.duration_since(last) < AGAIN) {
            return Ok(None);
        }
        // Noted before the look, so that one that fails counts too.
        if let Some(kept) = kept {
            let again = Some(now);
            self.keep(community, Kept { again, ..kept });
        }
        self.fetch(community, now, Some(now)).await.map(Some)
    }

    fn failed_lately(&self, community: &Community, now: Timestamp) -> Option<SecretError> {
        let failed = lock(&self.failed);
        let failed = failed.get(&community.id)?;
        let holds = now < failed.until && failed.references == community.secrets;
        holds.then(|| failed.error.clone())
    }

    fn fresh(&self, community: &Community, now: Timestamp) -> Option<Live> {
        let kept = self.kept(community).filter(|kept| now < kept.until)?;
        Some(kept.live)
    }

    /// What is kept of the secrets that the community's file names now.
    fn kept(&self, community: &Community) -> Option<Kept> {
        lock(&self.kept)
            .get(&community.id)
            .filter(|kept| kept.references == community.secrets)
            .cloned()
    }

    /// Old values are better than none while the store does not answer: a webhook that is refused
    /// for that is a webhook lost. A secret that was removed is another matter: it is not used.
    fn stale(&self, community: &Community, now: Timestamp, kept: Kept) -> Live {
        tracing::error!(community = %community.id, "the store of secrets does not answer; going on with the values at hand");
        let live = kept.live.clone();
        let until = after(now, FAILED);
        self.keep(community, Kept { until, ..kept });
        live
    }

    async fn fetch(
        &self,
        community: &Community,
        now: Timestamp,
        again: Option<Timestamp>,
    ) -> Result<Live, SecretError> {
        let platform = community.platform;
        let wanted: Vec<(&String, &SecretRef)> = community
            .secrets
            .iter()
            .filter(|(name, _)| (self.uses)(platform).contains(&name.as_str()))
            .flat_map(|(name, references)| {
                references.iter().map(move |reference| (name, reference))
            })
            .collect();
        let references: Vec<SecretRef> = wanted
            .iter()
            .map(|(_, reference)| (*reference).clone())
            .collect();
        let fetched = self.source.fetch(&community.id, &references).await;
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut missing: BTreeMap<&String, SecretError> = BTreeMap::new();
        for ((name, reference), value) in wanted.into_iter().zip(fetched) {
            match checked(platform, name, reference, value) {
                Ok(value) => values.entry(name.clone()).or_default().push(value),
                Err(error) => {
                    tracing::error!(community = %community.id, name, error = %error, "secret not usable");
                    missing.insert(name, error);
                }
            }
        }
        // One of two live values is enough: the other is about to come, or has just been removed.
        if let Some((_, error)) = missing
            .into_iter()
            .find(|(name, _)| !values.contains_key(*name))
        {
            return Err(error);
        }
        let live = Arc::new(values);
        let kept = Kept {
            references: community.secrets.clone(),
            until: after(now, FRESH),
            again,
            live: live.clone(),
        };
        self.keep(community, kept);
        Ok(live)
    }

    fn keep(&self, community: &Community, kept: Kept) {
        lock(&self.kept).insert(community.id.clone(), kept);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn after(now: Timestamp, span: SignedDuration) -> Timestamp {
    now.saturating_add(span).unwrap_or(Timestamp::MAX)
}

fn checked(
    platform: Platform,
    name: &str,
    reference: &SecretRef,
    value: Result<String, SecretError>,
) -> Result<String, SecretError> {
    let value = value?;
    match platform.secret_mistake(name, &value) {
        None => Ok(value),
        Some(mistake) => Err(SecretError::Malformed {
            reference: reference.clone(),
            mistake,
        }),
    }
}

#[cfg(test)]
mod tests;
