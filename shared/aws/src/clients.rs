//! SDK clients: pinned behaviour, timeouts, retries, credentials from the environment.

use std::sync::LazyLock;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region, SharedHttpClient};
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use crate::config::{Config, ConfigError, Environment};

/// One try of a request. A healthy DynamoDB or SQS answers in milliseconds.
const ATTEMPT: Duration = Duration::from_secs(2);
/// All tries together: three, with their pauses.
const OPERATION: Duration = Duration::from_secs(7);
const CONNECT: Duration = Duration::from_secs(1);
const TRIES: u32 = 3;

/// The credentials that Lambda puts into the environment. They hold as long as the environment
/// of the function does, so no provider chain is needed to renew them.
pub fn credentials(environment: &Environment) -> Result<Credentials, ConfigError> {
    Ok(Credentials::new(
        environment.need("AWS_ACCESS_KEY_ID")?,
        environment.need("AWS_SECRET_ACCESS_KEY")?,
        environment.get("AWS_SESSION_TOKEN").map(str::to_owned),
        None,
        "environment",
    ))
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build()
}

/// One HTTP client for all SDK clients of a process: left to themselves, each would read the root
/// certificates into a store of its own and keep its own connections.
fn https() -> SharedHttpClient {
    static HTTPS: LazyLock<SharedHttpClient> = LazyLock::new(|| {
        aws_smithy_http_client::Builder::new()
            .tls_provider(tls::Provider::Rustls(CryptoMode::AwsLc))
            .build_https()
    });
    HTTPS.clone()
}

/// What all clients have in common. A macro, because every SDK crate has a builder type of its own.
macro_rules! configured {
    ($sdk:ident, $config:expr, $http:expr) => {{
        let mut builder = $sdk::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new($config.region.clone()))
            .credentials_provider(credentials(&$config.environment)?)
            .retry_config(RetryConfig::standard().with_max_attempts(TRIES))
            .timeout_config(timeouts());
        builder.set_endpoint_url($config.endpoint.clone());
        builder.set_http_client(Some($http.unwrap_or_else(https)));
        builder
    }};
}

/// Another HTTP client than the SDK's own: an embedded database, injected faults.
pub type Http = Option<SharedHttpClient>;

/// A DynamoDB client.
pub fn dynamodb(config: &Config, http: Http) -> Result<aws_sdk_dynamodb::Client, ConfigError> {
    let configured = configured!(aws_sdk_dynamodb, config, http);
    Ok(aws_sdk_dynamodb::Client::from_conf(configured.build()))
}

/// An SQS client.
pub fn sqs(config: &Config, http: Http) -> Result<aws_sdk_sqs::Client, ConfigError> {
    let configured = configured!(aws_sdk_sqs, config, http);
    Ok(aws_sdk_sqs::Client::from_conf(configured.build()))
}

/// A client of the SSM Parameter Store.
pub fn ssm(config: &Config, http: Http) -> Result<aws_sdk_ssm::Client, ConfigError> {
    let configured = configured!(aws_sdk_ssm, config, http);
    Ok(aws_sdk_ssm::Client::from_conf(configured.build()))
}

/// A client of the Secrets Manager.
pub fn secrets_manager(
    config: &Config,
    http: Http,
) -> Result<aws_sdk_secretsmanager::Client, ConfigError> {
    let configured = configured!(aws_sdk_secretsmanager, config, http);
    Ok(aws_sdk_secretsmanager::Client::from_conf(
        configured.build(),
    ))
}

/// An S3 client. Behind another endpoint than AWS's the bucket is in the path: no name server
/// there knows it as a host.
pub fn s3(config: &Config, http: Http) -> Result<aws_sdk_s3::Client, ConfigError> {
    let configured =
        configured!(aws_sdk_s3, config, http).force_path_style(config.endpoint.is_some());
    Ok(aws_sdk_s3::Client::from_conf(configured.build()))
}

/// A word for the log about an SDK error: the service's code, or what kind of failure it was.
/// Never the message, which may quote the item.
pub fn code_of<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> String {
    match error {
        SdkError::ServiceError(service) => {
            service.err().code().unwrap_or("service-error").to_owned()
        }
        SdkError::TimeoutError(_) => "timeout".to_owned(),
        SdkError::DispatchFailure(_) => "dispatch-failure".to_owned(),
        SdkError::ResponseError(_) => "response-error".to_owned(),
        SdkError::ConstructionFailure(_) => "construction-failure".to_owned(),
        _ => "unknown".to_owned(),
    }
}
