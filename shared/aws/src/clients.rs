//! SDK clients: pinned behaviour, timeouts, retries, credentials from the environment.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region, SharedHttpClient};
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

/// A DynamoDB client; `http` replaces the HTTP client (embedded database, fault injection).
pub fn dynamodb(
    config: &Config,
    http: Option<SharedHttpClient>,
) -> Result<aws_sdk_dynamodb::Client, ConfigError> {
    let mut builder = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(config.region.clone()))
        .credentials_provider(credentials(&config.environment)?)
        .retry_config(RetryConfig::standard().with_max_attempts(TRIES))
        .timeout_config(timeouts());
    builder.set_endpoint_url(config.endpoint.clone());
    builder.set_http_client(http);
    Ok(aws_sdk_dynamodb::Client::from_conf(builder.build()))
}

/// An SQS client.
pub fn sqs(
    config: &Config,
    http: Option<SharedHttpClient>,
) -> Result<aws_sdk_sqs::Client, ConfigError> {
    let mut builder = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(config.region.clone()))
        .credentials_provider(credentials(&config.environment)?)
        .retry_config(RetryConfig::standard().with_max_attempts(TRIES))
        .timeout_config(timeouts());
    builder.set_endpoint_url(config.endpoint.clone());
    builder.set_http_client(http);
    Ok(aws_sdk_sqs::Client::from_conf(builder.build()))
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
