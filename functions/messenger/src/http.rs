//! The way to the platforms: the SDK's own HTTP client, so that the binary has only one.

use std::error::Error;
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use futures::future::BoxFuture;
use hearth_platforms::{Http, HttpError};
use http_body_util::{BodyExt, Limited};

const CONNECT: Duration = Duration::from_secs(3);
const READ: Duration = Duration::from_secs(8);
/// No platform answers a send with more.
const MAX_ANSWER: usize = 1024 * 1024;

/// HTTPS through the SDK's client.
#[derive(Debug)]
pub struct SdkHttp(Connector);

impl SdkHttp {
    /// With the system's certificates and our timeouts.
    pub fn new() -> Self {
        let settings = HttpConnectorSettings::builder()
            .connect_timeout(CONNECT)
            .read_timeout(READ)
            .build();
        let provider = tls::Provider::Rustls(CryptoMode::AwsLc);
        Self(
            Connector::builder()
                .tls_provider(provider)
                .connector_settings(settings)
                .build(),
        )
    }
}

impl Default for SdkHttp {
    fn default() -> Self {
        Self::new()
    }
}

impl Http for SdkHttp {
    fn call(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<http::Response<Vec<u8>>, HttpError>> {
        Box::pin(async move {
            let request = HttpRequest::try_from(request.map(SdkBody::from))
                .map_err(|_| HttpError::NotSent("request".to_owned()))?;
            let answer = self
                .0
                .call(request)
                .await
                .map_err(|error| of_connector(&error))?;
            let mut response = http::Response::builder().status(answer.status().as_u16());
            for (name, value) in answer.headers() {
                response = response.header(name, value);
            }
            let body = Limited::new(answer.into_body(), MAX_ANSWER).collect().await;
            let body = body
                .map_err(|_| HttpError::Uncertain("body".to_owned()))?
                .to_bytes()
                .to_vec();
            response
                .body(body)
                .map_err(|_| HttpError::Uncertain("response".to_owned()))
        })
    }
}

/// Only a connection that was never made proves that nothing was sent.
fn of_connector(error: &ConnectorError) -> HttpError {
    if error.is_user() || never_connected(error) {
        return HttpError::NotSent("connect".to_owned());
    }
    HttpError::Uncertain(
        if error.is_timeout() {
            "timeout"
        } else {
            "connection"
        }
        .to_owned(),
    )
}

fn never_connected(error: &ConnectorError) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if error
            .downcast_ref::<hyper_util::client::legacy::Error>()
            .is_some_and(hyper_util::client::legacy::Error::is_connect)
        {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    async fn post(url: String) -> Result<http::Response<Vec<u8>>, HttpError> {
        SdkHttp::new()
            .call(http::Request::post(url).body(b"{}".to_vec()).unwrap())
            .await
    }

    #[tokio::test]
    async fn a_refused_connection_is_provably_not_sent() {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        assert_eq!(
            post(format!("http://127.0.0.1:{port}/")).await.unwrap_err(),
            HttpError::NotSent("connect".to_owned())
        );
    }

    #[tokio::test]
    async fn a_reset_after_the_request_is_uncertain() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]);
        });
        assert!(matches!(post(url).await, Err(HttpError::Uncertain(_))));
        server.join().unwrap();
    }

    #[tokio::test]
    async fn an_answer_comes_through_with_status_headers_and_body() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]);
            stream
                .write_all(
                    b"HTTP/1.1 429 Too Many\r\nretry-after: 7\r\ncontent-length: 2\r\n\r\nno",
                )
                .unwrap();
        });
        let answer = post(url).await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), answer.body().as_slice()),
            (429, b"no".as_slice())
        );
        assert_eq!(answer.headers()["retry-after"], "7");
        server.join().unwrap();
    }
}
