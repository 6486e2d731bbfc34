//! A stack deployed to AWS: its tables, secrets and queues, with the operator's own credentials.

mod people;
mod redrive;
mod reports;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sdk_cloudformation::types::Stack;
use clap::Args;
use hearth_aws::clients::code_of;
use hearth_aws::clock::{Clock, SystemClock};
use hearth_aws::config::Tables;
use hearth_aws::publish::{PublishError, publish};
use hearth_aws::secrets::AwsSecrets;
use hearth_aws::store::Store;
use hearth_domain::community::{Community, SecretRef};
use hearth_domain::playbook::Playbook;
use hearth_domain::toml_check::Problem;
use hearth_local::deliveries::DiscordApp;

pub(crate) use redrive::Redrive;

use crate::check::{Kind, listed};

/// Which stack, and as whom.
#[derive(Args, Debug, Clone)]
pub(crate) struct Stacked {
    /// Name of a stack in AWS, instead of a local stack.
    #[arg(long, value_name = "NAME")]
    stack: Option<String>,
    /// AWS region; else that of the environment or the profile.
    #[arg(long, requires = "stack")]
    region: Option<String>,
    /// AWS profile; else the environment's.
    #[arg(long, requires = "stack")]
    profile: Option<String>,
}

impl Stacked {
    /// The stack, if one was named.
    pub(crate) async fn deployed(&self) -> anyhow::Result<Option<Deployed>> {
        match &self.stack {
            Some(stack) => Ok(Some(Deployed::find(stack, self).await?)),
            None => Ok(None),
        }
    }
}

/// A deployed stack.
pub(crate) struct Deployed {
    name: String,
    config: SdkConfig,
    outputs: Stack,
    store: Store,
}

/// One try of a request to AWS, from wherever the operator sits.
const ATTEMPT: Duration = Duration::from_secs(10);
/// All tries of one request.
const OPERATION: Duration = Duration::from_secs(30);

impl Deployed {
    async fn find(name: &str, asked: &Stacked) -> anyhow::Result<Self> {
        let config = connect(asked).await?;
        let outputs = describe(&config, name).await?;
        let output = |key| output_of(&outputs, name, key);
        let tables = Tables {
            members: output("MembersTable")?.to_owned(),
            journal: output("JournalTable")?.to_owned(),
        };
        let store = Store::new(aws_sdk_dynamodb::Client::new(&config), tables);
        Ok(Self {
            name: name.to_owned(),
            config,
            store,
            outputs,
        })
    }

    fn output(&self, key: &str) -> anyhow::Result<&str> {
        output_of(&self.outputs, &self.name, key)
    }

    /// Checks a file against this stack and publishes it: all of it, or nothing.
    pub(crate) async fn publish(
        &self,
        kind: Kind,
        file: &Path,
        text: &str,
        secrets_unseen: bool,
    ) -> anyhow::Result<()> {
        let wrong = |problems: Vec<Problem>| anyhow!("{}", listed(file, &problems));
        let (id, community) = match kind {
            Kind::Community => {
                let community = Community::parse(text).map_err(wrong)?;
                (community.id.to_string(), Some(community))
            }
            Kind::Playbook => (Playbook::parse(text).map_err(wrong)?.id.to_string(), None),
        };
        if let Some(community) = &community {
            self.check_secrets(file, community, secrets_unseen).await?;
            self.warn(file, community).await?;
        }
        let was = self.store.current_version(kind.stored(), &id).await;
        let was = was.map_err(|error| self.refused(error))?;
        let now = SystemClock.now();
        let (_, version) = publish(&self.store, kind.stored(), text, now)
            .await
            .map_err(|error| self.not_published(file, error))?;
        if was == Some(version) {
            println!(
                "{} {id} is unchanged: it is version {version} on {} already",
                kind.name(),
                self.name
            );
        } else {
            println!(
                "published {} {id} as version {version} on {}; the functions follow it within a minute",
                kind.name(),
                self.name
            );
        }
        if let (Some(community), None) = (&community, was) {
            println!("its webhook: {}", self.webhook_of(community)?);
        }
        Ok(())
    }

    /// Where the platform posts to: what the operator needs next.
    fn webhook_of(&self, community: &Community) -> anyhow::Result<String> {
        let base = self.output("WebhookUrl")?.trim_end_matches('/');
        let Community { platform, id, .. } = community;
        Ok(format!("{base}/webhooks/{platform}/{id}"))
    }

    /// A community is published only with secrets that the functions can have: names of its own,
    /// and values that are there and look like such secrets.
    async fn check_secrets(
        &self,
        file: &Path,
        community: &Community,
        unseen: bool,
    ) -> anyhow::Result<()> {
        let prefix = self.output("SecretPrefix")?;
        let own = |name: &str| {
            format!(
                "ssm:/{prefix}/{id}/{name} or secretsmanager:{prefix}/{id}/{name}",
                id = community.id
            )
        };
        let mut mistakes: Vec<String> = Vec::new();
        for (name, reference) in community.foreign_secrets(prefix) {
            let why = match reference {
                SecretRef::Env(_) | SecretRef::Literal(_) => "holds on one machine only".to_owned(),
                SecretRef::Ssm(_) | SecretRef::SecretsManager(_) => {
                    format!("is not a secret of {}", community.id)
                }
            };
            mistakes.push(format!(
                "secrets.{name}: {reference} {why}: expected {}",
                own(name)
            ));
        }
        if mistakes.is_empty() && !unseen {
            mistakes = self.missing_secrets(community).await;
        }
        if mistakes.is_empty() {
            return Ok(());
        }
        bail!(
            "{}: not published on {}\n  {}",
            file.display(),
            self.name,
            mistakes.join("\n  ")
        );
    }

    async fn missing_secrets(&self, community: &Community) -> Vec<String> {
        let source = AwsSecrets::new(
            aws_sdk_ssm::Client::new(&self.config),
            aws_sdk_secretsmanager::Client::new(&self.config),
        );
        let named: Vec<(&String, &SecretRef)> = community
            .secrets
            .iter()
            .flat_map(|(name, refs)| refs.iter().map(move |reference| (name, reference)))
            .collect();
        let references: Vec<SecretRef> = named
            .iter()
            .map(|(_, reference)| (*reference).clone())
            .collect();
        let fetched = source.many(&references).await;
        let mut mistakes = Vec::new();
        for ((name, reference), fetched) in named.into_iter().zip(fetched) {
            let mistake = match fetched {
                Ok(fetched) if !fetched.encrypted => Some(format!(
                    "{reference} is a String, which anybody who may list parameters can read: \
                     store it as a SecureString"
                )),
                Ok(fetched) => community
                    .platform
                    .secret_mistake(name, &fetched.value)
                    .or_else(|| everybodys_key(name, &fetched.value))
                    .map(|mistake| format!("{reference}: {mistake}")),
                Err(error) => Some(secret_words(&error)),
            };
            mistakes.extend(mistake.map(|mistake| format!("secrets.{name}: {mistake}")));
        }
        mistakes
    }

    /// What is worth a thought and no mistake.
    async fn warn(&self, file: &Path, community: &Community) -> anyhow::Result<()> {
        let published = self
            .store
            .published(
                hearth_aws::store::Kind::Playbook,
                community.playbook.as_str(),
            )
            .await
            .map_err(|error| self.refused(error))?;
        let playbook = published.and_then(|found| Playbook::parse(&found.toml).ok());
        let mut warnings = playbook.map_or_else(Vec::new, |playbook| community.warnings(&playbook));
        if community
            .api
            .as_deref()
            .is_some_and(|api| api.starts_with("http://"))
        {
            warnings
                .push("endpoints.api: http:// sends tokens and messages in the clear".to_owned());
        }
        for warning in warnings {
            println!("{}: worth a thought: {warning}", file.display());
        }
        Ok(())
    }

    /// Its tables.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Why something was not done with what is published here.
    pub(crate) fn not_done(&self, what: &str, error: PublishError) -> anyhow::Error {
        match error {
            PublishError::Store(error) => self.refused(error).context(what.to_owned()),
            error @ (PublishError::Problems(_)
            | PublishError::NoPlaybook(_)
            | PublishError::Fixed(_)
            | PublishError::NotPublished(_)
            | PublishError::Rollout(_)) => anyhow!("{what}: not done on {}: {error}", self.name),
        }
    }

    pub(crate) fn not_published(&self, file: &Path, error: PublishError) -> anyhow::Error {
        let file = file.display();
        let stack = &self.name;
        match error {
            PublishError::Problems(problems) => {
                let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
                anyhow!("{file}: not published on {stack}\n  {}", lines.join("\n  "))
            }
            PublishError::NoPlaybook(playbook) => anyhow!(
                "{file}: not published: the community follows playbook {playbook}, which is not on {stack}; \
                 publish it first: hearth playbook publish FILE --stack {stack}"
            ),
            error @ (PublishError::Fixed(_)
            | PublishError::NotPublished(_)
            | PublishError::Rollout(_)) => anyhow!("{file}: not published on {stack}: {error}"),
            PublishError::Store(error) => self
                .refused(error)
                .context(format!("{file}: not published")),
        }
    }

    /// What the tables said, with what to do about it.
    fn refused(&self, error: hearth_aws::store::StoreError) -> anyhow::Error {
        use hearth_aws::store::StoreError;
        match error {
            StoreError::Unavailable { operation, code } => {
                anyhow!("the tables of {}: {}", self.name, advice(operation, &code))
            }
            StoreError::Conflict(what) => anyhow!(
                "{what}: somebody else published at the same time; look at what is there and publish again"
            ),
            StoreError::SoldOut { .. } | StoreError::Corrupt(_) => {
                anyhow!("the tables of {}: {error}", self.name)
            }
        }
    }

    pub(crate) async fn list(&self, kind: Kind) -> anyhow::Result<()> {
        let listed = self.store.list_published(kind.stored()).await;
        for (id, version) in listed.map_err(|error| self.refused(error))? {
            println!("{id:<32} version {version}");
        }
        Ok(())
    }

    pub(crate) async fn show(&self, kind: Kind, id: &str) -> anyhow::Result<()> {
        let found = self.store.published(kind.stored(), id).await;
        let found = found.map_err(|error| self.refused(error))?;
        let found = found
            .with_context(|| format!("{} {id} is not published on {}", kind.name(), self.name))?;
        println!("# version {}, published {}", found.version, found.at);
        println!("{}", found.toml);
        Ok(())
    }
}

/// The operator's region and credentials, looked at before anything is asked with them.
async fn connect(asked: &Stacked) -> anyhow::Result<SdkConfig> {
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12()).timeout_config(timeouts);
    if let Some(region) = &asked.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(profile) = &asked.profile {
        loader = loader.profile_name(profile);
    }
    let config = loader.load().await;
    if config.region().is_none() {
        bail!("no AWS region: give --region, or set AWS_REGION, or a region in the profile");
    }
    let provider = config
        .credentials_provider()
        .context("no AWS credentials")?;
    provider.provide_credentials().await.map_err(|error| {
        anyhow!(
            "no AWS credentials: {error}; sign in (aws sso login), name a --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    })?;
    Ok(config)
}

async fn describe(config: &SdkConfig, name: &str) -> anyhow::Result<Stack> {
    let client = aws_sdk_cloudformation::Client::new(config);
    let region = config.region().map_or("", Region::as_ref);
    let described = client.describe_stacks().stack_name(name).send().await;
    let found = described.map_err(|error| match code_of(&error).as_str() {
        // CloudFormation's way of saying that there is none.
        "ValidationError" => anyhow!(
            "there is no stack {name} in {region} in the account of these credentials: \
             check --stack, --region and --profile"
        ),
        code => anyhow!("stack {name}: {}", advice("DescribeStacks", code)),
    })?;
    found
        .stacks
        .unwrap_or_default()
        .into_iter()
        .next()
        .with_context(|| format!("there is no stack {name} in {region}"))
}

fn output_of<'a>(stack: &'a Stack, name: &str, key: &str) -> anyhow::Result<&'a str> {
    stack
        .outputs()
        .iter()
        .find(|output| output.output_key() == Some(key))
        .and_then(|output| output.output_value())
        .with_context(|| {
            format!(
                "stack {name} has no output {key}: it is not a stack of Hearth, or of another version"
            )
        })
}

/// What a code of AWS means for whoever sits there.
fn advice(operation: &str, code: &str) -> String {
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => {
            format!("{operation}: the AWS session has expired ({code}): sign in again")
        }
        "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "AuthFailure" => format!(
            "{operation}: AWS does not know these credentials ({code}): check --profile, or the keys in the environment"
        ),
        "AccessDenied" | "AccessDeniedException" => format!(
            "{operation}: these credentials may not do that ({code}): docs/operations.md lists what an operator needs"
        ),
        "dispatch-failure" | "timeout" => {
            format!("{operation}: no answer from AWS ({code}): check the network and the region")
        }
        _ => format!("{operation}: {code}"),
    }
}

fn secret_words(error: &hearth_aws::secrets::SecretError) -> String {
    use hearth_aws::secrets::SecretError;
    match error {
        SecretError::Missing(reference @ SecretRef::Ssm(name)) => format!(
            "{reference} does not exist: create it with aws ssm put-parameter --type SecureString --name {name} --value …"
        ),
        SecretError::Missing(reference @ SecretRef::SecretsManager(name)) => format!(
            "{reference} does not exist: create it with aws secretsmanager create-secret --name {name} --secret-string …"
        ),
        SecretError::Denied { reference, code } => format!(
            "{reference}: these credentials may not read it ({code}); with --secrets-unseen it is published without a look at its secrets"
        ),
        error @ (SecretError::Missing(_)
        | SecretError::Unsupported(_)
        | SecretError::Foreign { .. }
        | SecretError::Unavailable { .. }
        | SecretError::Malformed { .. }) => error.to_string(),
    }
}

/// The private key of the local stack's Discord stands in our source: with its public key anybody
/// can press buttons in anybody's name.
fn everybodys_key(name: &str, value: &str) -> Option<&'static str> {
    let local = DiscordApp::local("", "").public_key().ok()?;
    (name == "public_key" && value.eq_ignore_ascii_case(&local))
        .then_some("it is the local stack's own key, and everybody has its private half")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_stacks_key_opens_no_stack_in_aws() {
        let local = DiscordApp::local("acme", "1").public_key().unwrap();
        for (name, value, refused) in [
            ("public_key", local.clone(), true),
            ("public_key", local.to_uppercase(), true),
            ("public_key", "0f".repeat(32), false),
            ("bot_token", local, false),
        ] {
            assert_eq!(everybodys_key(name, &value).is_some(), refused, "{name}");
        }
    }
}
