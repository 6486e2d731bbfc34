//! The Lambda function `member-webhook`, behind the HTTP API.

use std::sync::Arc;

use hearth_aws::clock::{Clock, SystemClock};
use hearth_aws::deps::Deps;
use hearth_aws::lambda;
use hearth_aws::queue::QueueName;
use hearth_aws::secrets::{OwnSecrets, SecretBook};
use hearth_member_webhook::{Webhook, handle};
use hearth_platforms::Request;
use lambda_http::{Body, Response, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let config = lambda::start(&[
        QueueName::Onboarding,
        QueueName::CheckIn,
        QueueName::WinBack,
    ])?;
    let secrets = SecretBook::verifying(Arc::new(OwnSecrets::connect(&config)?));
    let webhook = Webhook {
        deps: Deps::connect(&config, "member-webhook")?,
        secrets,
    };
    let webhook = &webhook;
    lambda_http::run(service_fn(async move |request: lambda_http::Request| {
        let now = SystemClock.now();
        let (parts, body) = request.into_parts();
        let asked = Request {
            method: &parts.method,
            headers: &parts.headers,
            query: parts.uri.query(),
            body: &body,
        };
        let answer = handle(webhook, parts.uri.path(), &asked, now).await;
        webhook.deps.metrics.flush(now);
        let response = Response::builder()
            .status(answer.status)
            .header("content-type", answer.content_type);
        response
            .body(Body::from(answer.body))
            .map_err(lambda_http::Error::from)
    }))
    .await
    .map_err(anyhow::Error::from_boxed)
}
