//! Calls of WeCom's API: the token that each one carries, and what its codes say.

use std::time::Duration;

use hearth_domain::member::hash64;
use http::{StatusCode, header};
use serde_json::Value;

use crate::tokens::Fetched;
use crate::{Carried, Destination, Http, SendOutcome};

/// WeCom's own API.
const API: &str = "https://qyapi.weixin.qq.com";
/// Seconds that a token lives where WeCom does not say.
const TOKEN_LIVES: u64 = 7200;
/// What is refused for its rate is refused for as long as the rate is counted: a minute at least.
const PATIENCE: Duration = Duration::from_mins(1);

/// Done.
pub(super) const OK: i64 = 0;
/// Codes by which WeCom refuses a token: of another secret, unknown, expired.
const TOKEN_REFUSED: [i64; 3] = [40001, 40014, 42001];

/// WeCom, as one corporation calls it.
pub(super) struct Api<'a> {
    http: &'a dyn Http,
    destination: &'a Destination<'a>,
    corp: &'a str,
    secret: &'a str,
    /// Which of the tokens that are kept is ours; another one after the secret was changed.
    key: String,
}

/// An answer, whose code says what was done.
pub(super) struct Answer {
    pub(super) code: i64,
    pub(super) body: Value,
}

impl<'a> Api<'a> {
    /// Fails where the community has no corporation's id or secret, with which in a word.
    pub(super) fn new(
        http: &'a dyn Http,
        destination: &'a Destination<'a>,
    ) -> Result<Self, SendOutcome> {
        let first = |name: &str, reason: &str| {
            let value = destination.secrets.get(name).first();
            value.ok_or_else(|| SendOutcome::permanent(reason))
        };
        let corp = first("corp_id", "no-corp-id")?;
        let secret = first("corp_secret", "no-corp-secret")?;
        Ok(Self {
            http,
            destination,
            corp,
            secret,
            key: format!("wecom {corp} {:016x}", hash64(secret)),
        })
    }

    /// Calls a method, and once more with a new token if WeCom does not take ours: it looks at that
    /// before it does anything. What is not an answer is an outcome already.
    pub(super) async fn call(
        &self,
        method: &str,
        body: &Value,
        carried: Option<&Carried>,
    ) -> Result<Answer, SendOutcome> {
        for _ in 0..2 {
            let token = self.token().await?;
            let answer = self.ask(method, &token, body, carried).await?;
            if !TOKEN_REFUSED.contains(&answer.code) {
                return Ok(answer);
            }
            self.destination.tokens.forget(&self.key, &token).await;
        }
        Err(SendOutcome::retry("token-refused"))
    }

    async fn ask(
        &self,
        method: &str,
        token: &str,
        body: &Value,
        carried: Option<&Carried>,
    ) -> Result<Answer, SendOutcome> {
        let mut request = http::Request::post(self.url(method, &[("access_token", token)])?)
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(carried) = carried {
            request = request.extension(carried.clone());
        }
        // The error would quote the address, and with it the token.
        let request = request
            .body(body.to_string().into_bytes())
            .map_err(|_| bad_endpoint())?;
        let response = self.http.call(request).await;
        let response = response.map_err(|error| SendOutcome::no_answer(&error))?;
        if !response.status().is_success() {
            return Err(SendOutcome::refused(response.status(), response.headers()));
        }
        Answer::read(&response).ok_or_else(|| SendOutcome::unknown("unreadable-answer"))
    }

    async fn token(&self) -> Result<String, SendOutcome> {
        let tokens = self.destination.tokens;
        tokens
            .obtain(&self.key, self.destination.now, self.fetch())
            .await
    }

    /// Whatever goes wrong here, no message was sent.
    async fn fetch(&self) -> Result<Fetched, SendOutcome> {
        let pairs = [("corpid", self.corp), ("corpsecret", self.secret)];
        let request = http::Request::get(self.url("gettoken", &pairs)?)
            .body(Vec::new())
            .map_err(|_| bad_endpoint())?;
        let no_token = || SendOutcome::retry("no-token");
        let response = self.http.call(request).await.map_err(|_| no_token())?;
        match response.status() {
            status if status.is_success() => {}
            StatusCode::TOO_MANY_REQUESTS => {
                return Err(SendOutcome::rate_limited(response.headers()));
            }
            status => {
                return Err(SendOutcome::retry(format!(
                    "token-status-{}",
                    status.as_u16()
                )));
            }
        }
        let answer = Answer::read(&response).ok_or_else(no_token)?;
        if answer.code != OK {
            return Err(refused(answer.code));
        }
        let token = answer.body.get("access_token").and_then(Value::as_str);
        let token = token.filter(|token| !token.is_empty());
        let lives = answer.body.get("expires_in").and_then(Value::as_u64);
        Ok(Fetched {
            token: token.ok_or_else(no_token)?.to_owned(),
            lives: lives.unwrap_or(TOKEN_LIVES),
        })
    }

    fn url(&self, method: &str, pairs: &[(&str, &str)]) -> Result<String, SendOutcome> {
        let base = self.destination.api.unwrap_or(API).trim_end_matches('/');
        let query = serde_urlencoded::to_string(pairs).map_err(|_| bad_endpoint())?;
        Ok(format!("{base}/cgi-bin/{method}?{query}"))
    }
}

impl Answer {
    fn read(response: &http::Response<Vec<u8>>) -> Option<Self> {
        let body: Value = serde_json::from_slice(response.body()).ok()?;
        let code = body.get("errcode")?.as_i64()?;
        Some(Self { code, body })
    }
}

fn bad_endpoint() -> SendOutcome {
    SendOutcome::permanent("bad-endpoint")
}

/// What a code other than [`OK`] says: nothing was sent.
pub(super) fn refused(code: i64) -> SendOutcome {
    match code {
        -1 => SendOutcome::retry("busy"),
        45009 | 45033 => SendOutcome::Retry {
            after: Some(PATIENCE),
            reason: "rate-limited".to_owned(),
        },
        // An id that is none of a customer's, a customer of nobody's, nobody left to send to.
        40096 | 84061 | 41048 => SendOutcome::unreachable("not-a-contact"),
        81013 => SendOutcome::unreachable("no-such-staff"),
        40001 => SendOutcome::permanent("invalid-secret"),
        48002 => SendOutcome::permanent("not-authorized"),
        60020 => SendOutcome::permanent("ip-not-allowed"),
        code => SendOutcome::permanent(format!("code-{code}")),
    }
}
