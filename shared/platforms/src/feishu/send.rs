//! Sending through Feishu: a token for the app's secret, then one call a message, idempotent by
//! its `uuid`.

use aws_lc_rs::digest::{SHA256, digest};
use http::header;
use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::message;
use super::verify::hex;
use crate::tokens::Fetched;
use crate::{Carried, Destination, Http, HttpError, Outgoing, SendOutcome};

/// Feishu's own API; Lark's is `https://open.larksuite.com`.
const API: &str = "https://open.feishu.cn";
const TOKEN_PATH: &str = "/open-apis/auth/v3/tenant_access_token/internal";
const MESSAGE_PATH: &str = "/open-apis/im/v1/messages";

pub(super) async fn send(
    http: &dyn Http,
    destination: &Destination<'_>,
    message: &Outgoing,
) -> SendOutcome {
    let secrets = destination.secrets;
    let Some(app_id) = secrets.get("app_id").first() else {
        return SendOutcome::permanent("no-app-id");
    };
    let Some(app_secret) = secrets.get("app_secret").first() else {
        return SendOutcome::permanent("no-app-secret");
    };
    let Some(body) = message::body(message) else {
        return SendOutcome::permanent("no-text");
    };
    let app = App {
        http,
        base: destination.api.unwrap_or(API).trim_end_matches('/'),
        id: app_id,
        secret: app_secret,
    };
    match app.attempt(destination, message, &body).await {
        // Nothing was sent, and the token that was refused is forgotten.
        Err(TokenRefused) => app
            .attempt(destination, message, &body)
            .await
            .unwrap_or_else(|TokenRefused| SendOutcome::retry("token-refused")),
        Ok(outcome) => outcome,
    }
}

/// A token that Feishu does not take any more.
struct TokenRefused;

struct App<'a> {
    http: &'a dyn Http,
    base: &'a str,
    id: &'a str,
    secret: &'a str,
}

impl App<'_> {
    async fn attempt(
        &self,
        destination: &Destination<'_>,
        message: &Outgoing,
        body: &str,
    ) -> Result<SendOutcome, TokenRefused> {
        let tokens = destination.tokens;
        let key = self.key();
        let token = match tokens.obtain(&key, destination.now, self.fetch()).await {
            Ok(token) => token,
            Err(outcome) => return Ok(outcome),
        };
        let Ok(request) = self.post(&token, message, body) else {
            return Ok(SendOutcome::permanent("bad-endpoint"));
        };
        let response = match self.http.call(request).await {
            Ok(response) => response,
            Err(error) => return Ok(SendOutcome::no_answer(&error)),
        };
        match answer::read(&response) {
            Answer::Done(body) => Ok(sent(&body)),
            Answer::Code(code) if answer::is_about_the_token(code) => {
                tokens.forget(&key, &token).await;
                Err(TokenRefused)
            }
            Answer::Code(code) => Ok(answer::of_code(code)),
            Answer::Outcome(outcome) => Ok(outcome),
        }
    }

    /// A rotated secret fetches a token of its own.
    fn key(&self) -> String {
        let secret = digest(&SHA256, self.secret.as_bytes());
        let secret = hex(secret.as_ref().get(..8).unwrap_or_default());
        format!("feishu {} {secret}", self.id)
    }

    /// Nothing is sent here, so whatever may pass is a retry.
    async fn fetch(&self) -> Result<Fetched, SendOutcome> {
        let body = json!({"app_id": self.id, "app_secret": self.secret});
        let request = http::Request::post(format!("{}{TOKEN_PATH}", self.base))
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .body(body.to_string().into_bytes());
        let Ok(request) = request else {
            return Err(SendOutcome::permanent("bad-endpoint"));
        };
        let response = self.http.call(request).await.map_err(|error| match error {
            HttpError::NotSent(_) => SendOutcome::retry("not-sent"),
            HttpError::Uncertain(_) => SendOutcome::retry("no-token"),
        })?;
        match answer::read(&response) {
            Answer::Done(body) => {
                fetched(&body).ok_or_else(|| SendOutcome::retry("unreadable-answer"))
            }
            Answer::Code(code) => Err(SendOutcome::permanent(answer::reason(code))),
            Answer::Outcome(SendOutcome::Unknown { reason }) => Err(SendOutcome::retry(reason)),
            Answer::Outcome(outcome) => Err(outcome),
        }
    }

    fn post(
        &self,
        token: &str,
        message: &Outgoing,
        body: &str,
    ) -> Result<http::Request<Vec<u8>>, http::Error> {
        let mut bearer = header::HeaderValue::try_from(format!("Bearer {token}"))?;
        bearer.set_sensitive(true);
        let (kind, _) = message::recipient(&message.to);
        let url = format!("{}{MESSAGE_PATH}?receive_id_type={kind}", self.base);
        http::Request::post(url)
            .header(header::AUTHORIZATION, bearer)
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .extension(Carried::of(message))
            .body(body.as_bytes().to_vec())
    }
}

fn fetched(body: &Value) -> Option<Fetched> {
    Some(Fetched {
        token: body.get("tenant_access_token")?.as_str()?.to_owned(),
        lives: body.get("expire")?.as_u64()?,
    })
}

fn sent(body: &Value) -> SendOutcome {
    let id = body.pointer("/data/message_id").and_then(Value::as_str);
    SendOutcome::Sent {
        platform_id: id.map(str::to_owned),
    }
}

#[cfg(test)]
#[path = "send_tests.rs"]
mod tests;
