//! The chat sandbox: answers the platforms' send APIs in process and keeps what it received.

mod arrived;
mod discord;
mod fault;
mod feishu;
mod form;
mod line;
mod telegram;
#[cfg(test)]
mod tests;
mod wecom;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;
use hearth_platforms::{Http, HttpError, Picture, standard};
use http::{Request, Response, StatusCode, header};
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use arrived::{Arrived, Recipient, gateway_message, slack_message};
pub use fault::{ChatFault, NetworkFault};

type Call = Request<Vec<u8>>;
type Answer = Result<Response<Vec<u8>>, HttpError>;

/// A message as a member sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Received {
    /// Its place in what the sandbox received, from 1.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Whose message it is.
    pub community: String,
    /// Who got it; for a channel's message whom it is about, if it is about one member.
    pub member: Option<String>,
    /// The channel it was posted in; `None` for a direct message.
    pub channel: Option<String>,
    /// What it is, e.g. `onboarding.day-1`.
    pub kind: String,
    /// Its text as a person reads it.
    pub text: String,
    /// Its buttons.
    pub buttons: Vec<Button>,
    /// Its picture, if it has one. Told as `true`: the page shows it.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "is_there")]
    pub picture: Option<Picture>,
    /// Our id of it.
    pub message_id: String,
}

#[expect(clippy::ref_option, reason = "serde hands over the field as it is")]
fn is_there<S: Serializer>(picture: &Option<Picture>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bool(picture.is_some())
}

/// A button of a received message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Button {
    /// What the member reads.
    pub label: String,
    /// What comes back.
    pub value: String,
}

/// The sandbox. Clones share what they received.
#[derive(Clone)]
pub struct Sandbox {
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    keeps_messages: bool,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    messages: Vec<Received>,
    counts: BTreeMap<String, u64>,
    last_seq: u64,
    faults: VecDeque<ChatFault>,
    /// The `webhook-id`s, retry keys, nonces, `uuid`s and welcome codes taken: all who have such take
    /// each once.
    taken: BTreeSet<String>,
    /// What awaits a member of the staff on WeCom.
    desk: wecom::Desk,
}

impl Sandbox {
    /// Keeps every message; `now` stamps them.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self {
            now: Arc::new(now),
            keeps_messages: true,
            state: Arc::default(),
        }
    }

    /// Keeps only how many messages of which kind it received: a replay sends tens of thousands.
    pub fn counting() -> Self {
        Self {
            keeps_messages: false,
            ..Self::new(|| Timestamp::UNIX_EPOCH)
        }
    }

    /// What arrived after a `seq`, in order, for one community or member or for all.
    pub fn received(
        &self,
        community: Option<&str>,
        member: Option<&str>,
        after: Option<u64>,
    ) -> Vec<Received> {
        let state = self.state();
        let from = state
            .messages
            .partition_point(|message| message.seq <= after.unwrap_or(0));
        let newer = state.messages.iter().skip(from);
        newer
            .filter(|message| community.is_none_or(|id| message.community == id))
            .filter(|message| member.is_none_or(|id| message.member.as_deref() == Some(id)))
            .cloned()
            .collect()
    }

    /// How many messages of each kind it received.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.state().counts.clone()
    }

    /// Lets the next calls go wrong, after those of faults that were injected before.
    pub fn inject(&self, fault: ChatFault) {
        self.state().faults.push_back(fault);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves a list that is still a list.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, call: &Call) -> Answer {
        let path = call.uri().path();
        if path.ends_with("/api/conversations.open") {
            Ok(open_direct(call))
        } else if path.ends_with("/api/chat.postMessage") {
            self.post_to_slack(call)
        } else if path.ends_with(line::PUSH) {
            self.push_to_line(call)
        } else if path.ends_with(line::REPLY) {
            self.reply_on_line(call)
        } else if path.ends_with(feishu::TOKEN) {
            Ok(self.token_of_feishu(call))
        } else if path.ends_with(feishu::MESSAGE) {
            self.send_to_feishu(call)
        } else if telegram::is_called(path) {
            self.send_to_telegram(call)
        } else if discord::is_called(path) {
            self.call_discord(call)
        } else if let Some(method) = wecom::method(path) {
            self.answer_as_wecom(method, call)
        } else if call.headers().contains_key(standard::ID_HEADER) {
            self.post_to_gateway(call)
        } else {
            Ok(status(StatusCode::NOT_FOUND))
        }
    }

    fn post_to_slack(&self, call: &Call) -> Answer {
        if !has_token(call) {
            return Ok(slack_error("invalid_auth"));
        }
        let Some(arrived) = slack_message(call.body()) else {
            return Ok(slack_error("invalid_arguments"));
        };
        let channel = match &arrived.to {
            Recipient::Member(member) => format!("D{member}"),
            Recipient::Channel(channel) => channel.clone(),
        };
        let mut state = self.state();
        self.unless_faulty(&mut state, |sandbox, state| {
            let seq = sandbox.take(state, arrived);
            let ts = format!("{}.{:06}", (sandbox.now)().as_second(), seq % 1_000_000);
            answer(
                StatusCode::OK,
                &json!({"ok": true, "channel": channel, "ts": ts}),
            )
        })
    }

    fn post_to_gateway(&self, call: &Call) -> Answer {
        let id = call
            .headers()
            .get(standard::ID_HEADER)
            .map(|id| String::from_utf8_lossy(id.as_bytes()).into_owned());
        let (Some(id), Some(arrived)) = (id, gateway_message(call.body())) else {
            return Ok(status(StatusCode::BAD_REQUEST));
        };
        let mut state = self.state();
        self.unless_faulty(&mut state, |sandbox, state| {
            if state.taken.insert(id) {
                sandbox.take(state, arrived);
            }
            status(StatusCode::OK)
        })
    }

    /// Accepts a message, unless a fault is due.
    fn unless_faulty(
        &self,
        state: &mut State,
        accept: impl FnOnce(&Self, &mut State) -> Response<Vec<u8>>,
    ) -> Answer {
        match state.next_fault() {
            None => Ok(accept(self, state)),
            Some(ChatFault::Status {
                status: code,
                retry_after,
                message,
                ..
            }) => {
                let code = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let mut response = match message {
                    Some(words) => answer(code, &json!({"ok": false, "message": words})),
                    None => status(code),
                };
                if let Some(seconds) = retry_after {
                    response
                        .headers_mut()
                        .insert(header::RETRY_AFTER, seconds.into());
                }
                Ok(response)
            }
            Some(ChatFault::Slack {
                slack_error: word, ..
            }) => Ok(slack_error(&word)),
            Some(ChatFault::Network {
                error: NetworkFault::NotSent,
                ..
            }) => Err(HttpError::NotSent("injected".to_owned())),
            Some(ChatFault::Network {
                error: NetworkFault::Hang,
                ..
            }) => Err(HttpError::Uncertain("injected".to_owned())),
            Some(ChatFault::Network {
                error: NetworkFault::LostAnswer,
                ..
            }) => {
                accept(self, state);
                Err(HttpError::Uncertain("injected".to_owned()))
            }
        }
    }

    /// Keeps or counts a message; its `seq`.
    fn take(&self, state: &mut State, arrived: Arrived) -> u64 {
        state.last_seq += 1;
        let seq = state.last_seq;
        if let Some(count) = state.counts.get_mut(&arrived.kind) {
            *count += 1;
        } else {
            state.counts.insert(arrived.kind.clone(), 1);
        }
        if self.keeps_messages {
            state
                .messages
                .push(arrived.into_received(seq, (self.now)()));
        }
        seq
    }
}

impl Http for Sandbox {
    fn call(&self, request: Call) -> BoxFuture<'_, Answer> {
        let answer = self.answer(&request);
        Box::pin(async move { answer })
    }
}

impl State {
    /// The fault of this call, used up by it.
    fn next_fault(&mut self) -> Option<ChatFault> {
        while let Some(mut fault) = self.faults.pop_front() {
            let times = fault.times();
            if *times == 0 {
                continue;
            }
            *times -= 1;
            self.faults.push_front(fault.clone());
            return Some(fault);
        }
        None
    }
}

/// `conversations.open`: the direct channel of `U1` is `DU1`.
fn open_direct(call: &Call) -> Response<Vec<u8>> {
    if !has_token(call) {
        return slack_error("invalid_auth");
    }
    let arguments: Value = serde_json::from_slice(call.body()).unwrap_or_default();
    match arguments.get("users").and_then(Value::as_str) {
        Some(user) => answer(
            StatusCode::OK,
            &json!({"ok": true, "channel": {"id": format!("D{user}")}}),
        ),
        None => slack_error("users_list_not_supplied"),
    }
}

fn has_token(call: &Call) -> bool {
    let authorization = call
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    authorization
        .and_then(|value| value.strip_prefix("Bearer "))
        .is_some_and(|token| !token.trim().is_empty())
}

fn slack_error(word: &str) -> Response<Vec<u8>> {
    answer(StatusCode::OK, &json!({"ok": false, "error": word}))
}

fn status(status: StatusCode) -> Response<Vec<u8>> {
    answer(status, &json!({"ok": status.is_success()}))
}

fn answer(status: StatusCode, body: &Value) -> Response<Vec<u8>> {
    let mut response = Response::new(body.to_string().into_bytes());
    *response.status_mut() = status;
    response
}
