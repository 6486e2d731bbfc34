//! The Runtime API: where a bootstrap asks for its next event and leaves its answer.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use hearth_aws::clock::{Clock, SystemClock};
use http::{HeaderName, HeaderValue, Method, Request, Response};
use tokio::sync::Notify;

use super::http::{Answers, Server, answer};
use super::tick;

const INVOCATION: &str = "/2018-06-01/runtime/invocation/";
const INIT_ERROR: &str = "/2018-06-01/runtime/init/error";
/// An answer that takes longer than this does not come.
pub const TIMEOUT: Duration = Duration::from_secs(30);
/// The time that an invocation is told it has: as much as the function with the most has in the
/// template. Each keeps some of it in reserve, and begins nothing with less.
const TOLD: Duration = Duration::from_mins(5);

/// How an invocation ended.
#[derive(Debug, Clone)]
pub struct Done {
    /// When the event was handed over.
    pub given: Instant,
    /// When the answer had arrived.
    pub answered: Instant,
    /// The answer, or the error that the runtime reported.
    pub result: Result<Vec<u8>, String>,
}

impl Done {
    /// How long it took, the way there and back included.
    pub fn wall(&self) -> Duration {
        self.answered.duration_since(self.given)
    }
}

/// The server of one process.
#[derive(Debug)]
pub struct RuntimeApi {
    server: Server,
    desk: Arc<Desk>,
}

#[derive(Debug, Default)]
struct Desk {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<(u64, Vec<u8>)>,
    given: HashMap<u64, Instant>,
    done: HashMap<u64, Done>,
    last: u64,
    /// How often it was asked for an event, and when first.
    asked: u64,
    first_asked: Option<Instant>,
    init_error: Option<String>,
}

impl RuntimeApi {
    /// Starts the server.
    pub async fn start() -> anyhow::Result<Self> {
        let desk = Arc::new(Desk::default());
        let server = Server::start(desk.clone(), None).await?;
        Ok(Self { server, desk })
    }

    /// The value of `AWS_LAMBDA_RUNTIME_API`. On Lambda it is an address too: nothing to look up.
    pub fn address(&self) -> String {
        self.server.authority().replace("localhost", "127.0.0.1")
    }

    /// Puts an event into the queue; its number.
    pub fn give(&self, event: Vec<u8>) -> u64 {
        let mut state = self.desk.state();
        state.last += 1;
        let number = state.last;
        state.waiting.push_back((number, event));
        drop(state);
        self.desk.changed.notify_waiters();
        number
    }

    /// How an invocation ended, once it has.
    pub async fn done(&self, number: u64) -> Done {
        self.desk.until(|state| state.done.remove(&number)).await
    }

    /// When it was first asked for an event, once it was.
    pub async fn first_asked(&self) -> Instant {
        self.desk.until(|state| state.first_asked).await
    }

    /// Resolves when every event was answered and the next one is asked for: the process rests.
    pub async fn at_rest(&self) {
        let rests = |state: &mut State| (state.asked > state.last).then_some(());
        self.desk.until(rests).await;
    }

    /// What the process reported about a start that failed.
    pub fn init_error(&self) -> Option<String> {
        self.desk.state().init_error.clone()
    }
}

impl Desk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changed.notify_waiters();
    }

    /// What is found in the state, once it is there.
    async fn until<T>(&self, mut find: impl FnMut(&mut State) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // Before looking: what changes from here on wakes this.
            changed.as_mut().enable();
            if let Some(found) = find(&mut self.state()) {
                return found;
            }
            changed.await;
        }
    }

    async fn next(&self) -> Response<Vec<u8>> {
        let asked = tick();
        self.change(|state| {
            state.asked += 1;
            state.first_asked.get_or_insert(asked);
        });
        let (number, event) = self.until(|state| state.waiting.pop_front()).await;
        let deadline = SystemClock.now().as_millisecond()
            + i64::try_from(TOLD.as_millis()).unwrap_or(i64::MAX);
        let mut response = answer(200, "application/json", event);
        let headers = [
            ("lambda-runtime-aws-request-id", number.to_string()),
            ("lambda-runtime-deadline-ms", deadline.to_string()),
            (
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:eu-central-1:000000000000:function:hearth".to_owned(),
            ),
            (
                "lambda-runtime-trace-id",
                "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0".to_owned(),
            ),
        ];
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::try_from(value) {
                response
                    .headers_mut()
                    .insert(HeaderName::from_static(name), value);
            }
        }
        self.state().given.insert(number, tick());
        response
    }

    fn finish(&self, number: &str, result: Result<Vec<u8>, String>) -> Response<Vec<u8>> {
        let answered = tick();
        let Some((number, given)) = number
            .parse()
            .ok()
            .and_then(|number| Some((number, self.state().given.remove(&number)?)))
        else {
            return answer(
                400,
                "application/json",
                r#"{"errorType":"InvalidRequestID"}"#,
            );
        };
        let done = Done {
            given,
            answered,
            result,
        };
        self.change(|state| {
            state.done.insert(number, done);
        });
        answer(202, "application/json", r#"{"status":"OK"}"#)
    }
}

impl Answers for Desk {
    fn answer(&self, request: Request<Vec<u8>>) -> BoxFuture<'_, Response<Vec<u8>>> {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let path = parts.uri.path();
            if path == INIT_ERROR {
                let error = String::from_utf8_lossy(&body).into_owned();
                self.change(|state| state.init_error = Some(error));
                return answer(202, "application/json", r#"{"status":"OK"}"#);
            }
            let what = path.strip_prefix(INVOCATION).unwrap_or_default();
            match (what.split_once('/'), parts.method) {
                (None, Method::GET) if what == "next" => self.next().await,
                (Some((number, "response")), Method::POST) => self.finish(number, Ok(body)),
                (Some((number, "error")), Method::POST) => {
                    self.finish(number, Err(String::from_utf8_lossy(&body).into_owned()))
                }
                _ => answer(404, "application/json", r#"{"errorType":"NotFound"}"#),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(method: Method, path: &str, body: &str) -> Request<Vec<u8>> {
        Request::builder()
            .method(method)
            .uri(path)
            .body(body.as_bytes().to_vec())
            .unwrap()
    }

    /// A client that speaks the protocol without a socket: the desk is all there is to it.
    #[tokio::test]
    async fn an_event_goes_out_once_and_its_answer_comes_back() {
        let api = RuntimeApi::start().await.unwrap();
        let (first, second) = (api.give(b"one".to_vec()), api.give(b"two".to_vec()));
        let next = ask(Method::GET, "/2018-06-01/runtime/invocation/next", "");
        let given = api.desk.answer(next.clone()).await;
        assert_eq!(
            (given.status().as_u16(), given.body().as_slice()),
            (200, b"one".as_slice())
        );
        for header in ["deadline-ms", "invoked-function-arn", "trace-id"] {
            assert!(
                given
                    .headers()
                    .contains_key(format!("lambda-runtime-{header}")),
                "{header}"
            );
        }
        let id = given.headers()["lambda-runtime-aws-request-id"]
            .to_str()
            .unwrap();
        let post = |what: &str, body: &str| {
            ask(
                Method::POST,
                &format!("/2018-06-01/runtime/invocation/{what}"),
                body,
            )
        };
        let taken = api
            .desk
            .answer(post(&format!("{id}/response"), "done"))
            .await;
        assert_eq!(taken.status(), 202);
        assert_eq!(api.done(first).await.result.unwrap(), b"done");
        let again = api
            .desk
            .answer(post(&format!("{id}/response"), "again"))
            .await;
        assert_eq!(again.status(), 400, "an invocation is answered once");
        let given = api.desk.answer(next.clone()).await;
        let id = given.headers()["lambda-runtime-aws-request-id"]
            .to_str()
            .unwrap();
        api.desk.answer(post(&format!("{id}/error"), "no")).await;
        assert_eq!(api.done(second).await.result.unwrap_err(), "no");
        // It waits for a third, and is at rest.
        tokio::select! {
            _ = api.desk.answer(next) => panic!("there is no third event"),
            () = api.at_rest() => {}
        }
    }

    #[tokio::test]
    async fn a_start_that_fails_is_kept() {
        let api = RuntimeApi::start().await.unwrap();
        let report = ask(Method::POST, INIT_ERROR, "{\"errorType\":\"X\"}");
        assert_eq!(api.desk.answer(report).await.status(), 202);
        assert_eq!(api.init_error().unwrap(), "{\"errorType\":\"X\"}");
        let other = ask(Method::GET, "/2018-06-01/runtime/elsewhere", "");
        assert_eq!(api.desk.answer(other).await.status(), 404);
    }
}
