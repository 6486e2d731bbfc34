//! The port to where secrets are kept.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use hearth_domain::community::{Community, SecretRef};
use hearth_domain::ids::CommunityId;
use jiff::{SignedDuration, Timestamp};

use crate::config::Environment;

/// Why a secret can't be had. Names the reference, never a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Not there.
    #[error("secret {0} is not set")]
    Missing(String),
    /// This deployment has no such store.
    #[error("secret {0}: this deployment does not read from there")]
    Unsupported(String),
}

/// Fetches a secret's value.
pub trait Secrets: Send + Sync {
    /// The value behind a reference.
    fn fetch<'a>(&'a self, reference: &'a SecretRef) -> BoxFuture<'a, Result<String, SecretError>>;
}

/// Values from the environment and from the community's file: the local stack.
#[derive(Debug, Clone)]
pub struct LocalSecrets(pub Environment);

impl Secrets for LocalSecrets {
    fn fetch<'a>(&'a self, reference: &'a SecretRef) -> BoxFuture<'a, Result<String, SecretError>> {
        Box::pin(async move {
            match reference {
                SecretRef::Literal(value) => Ok(value.clone()),
                SecretRef::Env(name) => self.0.get(name).map(str::to_owned).ok_or_else(|| SecretError::Missing(format!("env:{name}"))),
                SecretRef::Ssm(name) => Err(SecretError::Unsupported(format!("ssm:{name}"))),
                SecretRef::SecretsManager(name) => Err(SecretError::Unsupported(format!("secretsmanager:{name}"))),
            }
        })
    }
}

/// The live values of a community's secrets, by name.
pub type Live = Arc<BTreeMap<String, Vec<String>>>;

/// How long fetched values are good for.
const FRESH: SignedDuration = SignedDuration::from_secs(300);
/// After a signature that did not fit, values are fetched again at most this often: a rotation
/// shows at once, and junk can't drive the secret store.
const AGAIN: SignedDuration = SignedDuration::from_secs(60);

struct Kept {
    fetched: Timestamp,
    live: Live,
}

/// A cache of the communities' secrets.
pub struct SecretBook {
    source: Arc<dyn Secrets>,
    kept: Mutex<HashMap<CommunityId, Kept>>,
}

impl std::fmt::Debug for SecretBook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretBook")
    }
}

impl SecretBook {
    /// Over a source.
    pub fn new(source: Arc<dyn Secrets>) -> Self {
        Self { source, kept: Mutex::default() }
    }

    /// The live values.
    pub async fn of(&self, community: &Community, now: Timestamp) -> Result<Live, SecretError> {
        match self.kept_since(&community.id) {
            Some((fetched, live)) if now.duration_since(fetched) < FRESH => Ok(live),
            _ => self.fetch(community, now).await,
        }
    }

    /// Fetched again, because a signature did not fit; `None` = that was done a moment ago.
    pub async fn again(&self, community: &Community, now: Timestamp) -> Result<Option<Live>, SecretError> {
        match self.kept_since(&community.id) {
            Some((fetched, _)) if now.duration_since(fetched) < AGAIN => Ok(None),
            _ => self.fetch(community, now).await.map(Some),
        }
    }

    fn kept_since(&self, community: &CommunityId) -> Option<(Timestamp, Live)> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(community).map(|kept| (kept.fetched, kept.live.clone()))
    }

    async fn fetch(&self, community: &Community, now: Timestamp) -> Result<Live, SecretError> {
        let mut values = BTreeMap::new();
        for (name, references) in &community.secrets {
            let mut live = Vec::with_capacity(references.len());
            for reference in references {
                live.push(self.source.fetch(reference).await?);
            }
            values.insert(name.clone(), live);
        }
        let live = Arc::new(values);
        let kept = Kept { fetched: now, live: live.clone() };
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(community.id.clone(), kept);
        Ok(live)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_missing_secret_is_named_and_no_value_is_shown() {
        let secrets = LocalSecrets(Environment::of([("TOKEN", "xoxb")]));
        assert_eq!(secrets.fetch(&SecretRef::Env("TOKEN".into())).await.unwrap(), "xoxb");
        assert_eq!(secrets.fetch(&SecretRef::Env("NONE".into())).await.unwrap_err().to_string(), "secret env:NONE is not set");
        assert!(matches!(secrets.fetch(&SecretRef::Ssm("/a".into())).await, Err(SecretError::Unsupported(_))));
    }
}
