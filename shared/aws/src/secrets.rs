//! The port to where secrets are kept.

use futures::future::BoxFuture;
use hearth_domain::community::SecretRef;

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
