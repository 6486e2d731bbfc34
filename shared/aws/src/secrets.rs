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
                SecretRef::Env(name) => self
                    .0
                    .get(name)
                    .map(str::to_owned)
                    .ok_or_else(|| SecretError::Missing(format!("env:{name}"))),
                SecretRef::Ssm(name) => Err(SecretError::Unsupported(format!("ssm:{name}"))),
                SecretRef::SecretsManager(name) => {
                    Err(SecretError::Unsupported(format!("secretsmanager:{name}")))
                }
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

#[derive(Clone)]
struct Kept {
    /// What was fetched: a community whose file names other secrets is asked for anew.
    references: BTreeMap<String, Vec<SecretRef>>,
    fetched: Timestamp,
    /// When a signature that did not fit last had it fetched.
    again: Option<Timestamp>,
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
        Self {
            source,
            kept: Mutex::default(),
        }
    }

    /// The live values.
    pub async fn of(&self, community: &Community, now: Timestamp) -> Result<Live, SecretError> {
        match self.kept(community) {
            Some(kept) if now.duration_since(kept.fetched) < FRESH => Ok(kept.live),
            kept => {
                self.fetch(community, now, kept.and_then(|kept| kept.again))
                    .await
            }
        }
    }

    /// Fetched again, because a signature did not fit; `None` = that was done a moment ago.
    pub async fn again(
        &self,
        community: &Community,
        now: Timestamp,
    ) -> Result<Option<Live>, SecretError> {
        let last = self.kept(community).and_then(|kept| kept.again);
        if last.is_some_and(|last| now.duration_since(last) < AGAIN) {
            return Ok(None);
        }
        self.fetch(community, now, Some(now)).await.map(Some)
    }

    /// What is kept of the secrets that the community's file names now.
    fn kept(&self, community: &Community) -> Option<Kept> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&community.id)
            .filter(|kept| kept.references == community.secrets)
            .cloned()
    }

    async fn fetch(
        &self,
        community: &Community,
        now: Timestamp,
        again: Option<Timestamp>,
    ) -> Result<Live, SecretError> {
        let mut values = BTreeMap::new();
        for (name, references) in &community.secrets {
            let mut live = Vec::with_capacity(references.len());
            for reference in references {
                live.push(self.source.fetch(reference).await?);
            }
            values.insert(name.clone(), live);
        }
        let live = Arc::new(values);
        let kept = Kept {
            references: community.secrets.clone(),
            fetched: now,
            again,
            live: live.clone(),
        };
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(community.id.clone(), kept);
        Ok(live)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store whose values change, and which counts how often it is asked.
    #[derive(Default)]
    struct Vault(Mutex<(String, u32)>);

    impl Secrets for Vault {
        fn fetch<'a>(&'a self, _: &'a SecretRef) -> BoxFuture<'a, Result<String, SecretError>> {
            Box::pin(async {
                let mut state = self.0.lock().unwrap();
                state.1 += 1;
                Ok(state.0.clone())
            })
        }
    }

    fn community(reference: &str) -> Community {
        let toml = format!(
            "id = \"shop\"\nplatform = \"standard\"\nname = \"Shop\"\nzone = \"UTC\"\nlocale = \"en\"\nplaybook = \"default\"\n\
             [endpoints]\napi = \"http://gateway.invalid/\"\n[secrets]\nsigning_secret = \"{reference}\"\n"
        );
        Community::parse(&toml).unwrap()
    }

    #[tokio::test]
    async fn a_rotated_value_shows_at_once_and_junk_does_not_drive_the_store() {
        let vault = Arc::new(Vault::default());
        let book = SecretBook::new(vault.clone());
        let asked = || vault.0.lock().unwrap().1;
        let rotate = |value: &str| value.clone_into(&mut vault.0.lock().unwrap().0);
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let value = |live: Live| live["signing_secret"][0].clone();
        let shop = community("ssm:/hearth/shop/a");
        rotate("one");
        assert_eq!(value(book.of(&shop, at(0)).await.unwrap()), "one");
        rotate("two");
        assert_eq!(
            value(book.of(&shop, at(10)).await.unwrap()),
            "one",
            "good for 300 s"
        );
        assert_eq!(
            book.again(&shop, at(10))
                .await
                .unwrap()
                .map(value)
                .as_deref(),
            Some("two"),
            "ten seconds after the first look"
        );
        for second in 11..70 {
            assert!(
                book.again(&shop, at(second)).await.unwrap().is_none(),
                "{second} s"
            );
        }
        assert_eq!(asked(), 2);
        rotate("three");
        assert_eq!(
            book.again(&shop, at(70))
                .await
                .unwrap()
                .map(value)
                .as_deref(),
            Some("three")
        );
        // Nobody has asked for five minutes: one look, and that is no refetch after a signature.
        assert_eq!(value(book.of(&shop, at(400)).await.unwrap()), "three");
        assert_eq!(asked(), 4);
    }

    #[tokio::test]
    async fn a_file_that_names_another_secret_is_asked_for_anew() {
        let vault = Arc::new(Vault::default());
        let book = SecretBook::new(vault.clone());
        let now = Timestamp::from_second(0).unwrap();
        "one".clone_into(&mut vault.0.lock().unwrap().0);
        book.of(&community("ssm:/hearth/shop/a"), now)
            .await
            .unwrap();
        "two".clone_into(&mut vault.0.lock().unwrap().0);
        let live = book
            .of(&community("ssm:/hearth/shop/b"), now)
            .await
            .unwrap();
        assert_eq!(live["signing_secret"], ["two"]);
    }

    #[tokio::test]
    async fn a_missing_secret_is_named_and_no_value_is_shown() {
        let secrets = LocalSecrets(Environment::of([("TOKEN", "xoxb")]));
        assert_eq!(
            secrets
                .fetch(&SecretRef::Env("TOKEN".into()))
                .await
                .unwrap(),
            "xoxb"
        );
        assert_eq!(
            secrets
                .fetch(&SecretRef::Env("NONE".into()))
                .await
                .unwrap_err()
                .to_string(),
            "secret env:NONE is not set"
        );
        assert!(matches!(
            secrets.fetch(&SecretRef::Ssm("/a".into())).await,
            Err(SecretError::Unsupported(_))
        ));
    }
}
