//! Secrets in SSM Parameter Store and in Secrets Manager.

use std::collections::HashMap;

use aws_sdk_ssm::types::ParameterType;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use hearth_domain::community::SecretRef;
use hearth_domain::ids::CommunityId;

use super::{SecretError, Secrets};
use crate::clients::{self, code_of};
use crate::config::{Config, ConfigError};

/// `GetParameters` takes so many names.
const NAMES: usize = 10;
/// Requests to Secrets Manager that go on side by side.
const SIDE_BY_SIDE: usize = 4;

/// Both stores, as one.
#[derive(Debug, Clone)]
pub struct AwsSecrets {
    ssm: aws_sdk_ssm::Client,
    manager: aws_sdk_secretsmanager::Client,
}

/// A value, and how it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The value.
    pub value: String,
    /// `false` = anybody who may list parameters can read it: an SSM parameter of type `String`.
    pub encrypted: bool,
}

impl AwsSecrets {
    /// With clients of one's own.
    pub fn new(ssm: aws_sdk_ssm::Client, manager: aws_sdk_secretsmanager::Client) -> Self {
        Self { ssm, manager }
    }

    /// With the function's credentials.
    pub fn connect(config: &Config) -> Result<Self, ConfigError> {
        Ok(Self::new(
            clients::ssm(config, None)?,
            clients::secrets_manager(config, None)?,
        ))
    }

    /// One value.
    pub async fn one(&self, reference: &SecretRef) -> Result<String, SecretError> {
        let mut fetched = self.many(std::slice::from_ref(reference)).await;
        let missing = || Err(SecretError::Missing(reference.clone()));
        fetched
            .pop()
            .unwrap_or_else(missing)
            .map(|fetched| fetched.value)
    }

    /// Values, each by itself, in the order of the references: one request for every ten
    /// parameters, one for each secret of the Secrets Manager.
    pub async fn many(&self, references: &[SecretRef]) -> Vec<Result<Fetched, SecretError>> {
        let parameters = self.parameters(references);
        let secrets = self.secrets(references);
        let (mut found, secrets) = futures::future::join(parameters, secrets).await;
        found.extend(secrets);
        references
            .iter()
            .map(|reference| match reference {
                SecretRef::Ssm(_) | SecretRef::SecretsManager(_) => found
                    .get(reference.to_string().as_str())
                    .cloned()
                    .unwrap_or_else(|| Err(SecretError::Missing(reference.clone()))),
                SecretRef::Env(_) | SecretRef::Literal(_) => {
                    Err(SecretError::Unsupported(reference.clone()))
                }
            })
            .collect()
    }

    async fn parameters(
        &self,
        references: &[SecretRef],
    ) -> HashMap<String, Result<Fetched, SecretError>> {
        let names: Vec<&String> = references
            .iter()
            .filter_map(|reference| match reference {
                SecretRef::Ssm(name) => Some(name),
                SecretRef::SecretsManager(_) | SecretRef::Env(_) | SecretRef::Literal(_) => None,
            })
            .collect();
        let mut found = HashMap::new();
        for names in names.chunks(NAMES) {
            let answer = self
                .ssm
                .get_parameters()
                .set_names(Some(names.iter().map(|name| (*name).clone()).collect()))
                .with_decryption(true)
                .send()
                .await;
            match answer {
                Ok(answer) => {
                    for parameter in answer.parameters.unwrap_or_default() {
                        let selector = parameter.selector.unwrap_or_default();
                        let name = parameter.name.unwrap_or_default() + &selector;
                        let fetched = Fetched {
                            value: parameter.value.unwrap_or_default(),
                            encrypted: parameter.r#type == Some(ParameterType::SecureString),
                        };
                        found.insert(format!("ssm:{name}"), Ok(fetched));
                    }
                }
                // What is not in the answer does not exist; without an answer nothing is known.
                Err(error) => {
                    let code = code_of(&error);
                    for name in names {
                        let reference = SecretRef::Ssm((*name).clone());
                        found.insert(reference.to_string(), Err(refused(reference, &code)));
                    }
                }
            }
        }
        found
    }

    async fn secrets(
        &self,
        references: &[SecretRef],
    ) -> Vec<(String, Result<Fetched, SecretError>)> {
        let mut asked = Vec::new();
        for reference in references {
            match reference {
                SecretRef::SecretsManager(name) => {
                    let fetched = self.secret(reference, name);
                    asked.push(fetched.map(|fetched| (reference.to_string(), fetched)));
                }
                SecretRef::Ssm(_) | SecretRef::Env(_) | SecretRef::Literal(_) => {}
            }
        }
        futures::stream::iter(asked)
            .buffer_unordered(SIDE_BY_SIDE)
            .collect()
            .await
    }

    async fn secret(&self, reference: &SecretRef, name: &str) -> Result<Fetched, SecretError> {
        let answer = self.manager.get_secret_value().secret_id(name).send().await;
        match answer {
            Ok(answer) => answer
                .secret_string
                .map(|value| Fetched {
                    value,
                    encrypted: true,
                })
                .ok_or_else(|| SecretError::Malformed {
                    reference: reference.clone(),
                    mistake: "it is binary; store it as a string",
                }),
            Err(error) => Err(refused(reference.clone(), &code_of(&error))),
        }
    }
}

fn refused(reference: SecretRef, code: &str) -> SecretError {
    match code {
        "ResourceNotFoundException" | "ParameterNotFound" => SecretError::Missing(reference),
        "AccessDeniedException"
        | "AccessDenied"
        | "DecryptionFailure"
        | "ExpiredTokenException"
        | "InvalidKeyId"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId" => SecretError::Denied {
            reference,
            code: code.to_owned(),
        },
        _ => SecretError::Unavailable {
            reference,
            code: code.to_owned(),
        },
    }
}

/// The secrets of communities: each has its own, and the deployment's are nobody's. Publishing
/// refuses other names already; this holds for what got into the tables by another way.
#[derive(Debug, Clone)]
pub struct OwnSecrets {
    source: AwsSecrets,
    prefix: String,
}

impl OwnSecrets {
    /// Under a prefix.
    pub fn new(source: AwsSecrets, prefix: String) -> Self {
        Self { source, prefix }
    }

    /// With the function's credentials, under `HEARTH_SECRET_PREFIX`.
    pub fn connect(config: &Config) -> Result<Self, ConfigError> {
        let prefix = config.environment.need("HEARTH_SECRET_PREFIX")?.to_owned();
        Ok(Self::new(AwsSecrets::connect(config)?, prefix))
    }
}

impl Secrets for OwnSecrets {
    fn fetch<'a>(
        &'a self,
        community: &'a CommunityId,
        references: &'a [SecretRef],
    ) -> BoxFuture<'a, Vec<Result<String, SecretError>>> {
        Box::pin(async move {
            let own: Vec<SecretRef> = references
                .iter()
                .filter(|reference| reference.belongs_to(community, &self.prefix))
                .cloned()
                .collect();
            let mut fetched = self.source.many(&own).await.into_iter();
            let foreign = |reference: &SecretRef| SecretError::Foreign {
                reference: reference.clone(),
                community: community.clone(),
                prefix: self.prefix.clone(),
            };
            references
                .iter()
                .map(|reference| {
                    if !reference.belongs_to(community, &self.prefix) {
                        return Err(foreign(reference));
                    }
                    let fetched = fetched.next();
                    fetched
                        .unwrap_or_else(|| Err(SecretError::Missing(reference.clone())))
                        .map(|fetched| fetched.value)
                })
                .collect()
        })
    }
}
