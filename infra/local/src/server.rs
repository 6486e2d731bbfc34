//! HTTP of the local stack: the same webhook paths as in AWS, the control requests, the page.

use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hearth_member_webhook::MAX_BODY;
use hearth_platforms::Request;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use crate::stack::Stack;
use crate::{control, page};

/// What the requests work with.
#[derive(Clone)]
pub struct Local {
    /// The stack.
    pub stack: Arc<Stack>,
    /// Moves of the clock: made by the one loop that runs the functions, one at a time.
    moves: mpsc::Sender<Move>,
}

/// A move of the virtual clock, and where the answer goes.
struct Move {
    target: Timestamp,
    answer: oneshot::Sender<anyhow::Result<()>>,
}

impl Local {
    /// Moves the virtual clock and returns when all queues are idle.
    pub async fn move_clock(&self, target: Timestamp) -> anyhow::Result<()> {
        let (answer, answered) = oneshot::channel();
        self.moves
            .send(Move { target, answer })
            .await
            .context("the stack is stopping")?;
        answered.await.context("the stack is stopping")?
    }
}

fn router(local: Local) -> Router {
    let control = control::routes().layer(axum::middleware::from_fn(own_pages_only));
    Router::new()
        .route("/", get(page::page))
        .nest("/local", control)
        .fallback(webhook)
        .with_state(local)
}

/// A page of another site that is open in the same browser may post to this machine; browsers
/// name where it is from. Commands name nothing.
async fn own_pages_only(request: axum::extract::Request, next: Next) -> Response {
    if is_foreign(request.headers()) {
        return (
            StatusCode::FORBIDDEN,
            "{\"error\":\"only this stack's own page and commands may ask this\"}",
        )
            .into_response();
    }
    next.run(request).await
}

fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else {
        return false;
    };
    origin.split_once("://").map(|(_, authority)| authority) != text(header::HOST)
}

/// Whatever is not ours to know is the webhook's to answer, with its own 404.
async fn webhook(State(local): State<Local>, request: axum::extract::Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = match to_bytes(body, MAX_BODY + 1).await {
        Ok(body) => body,
        // More than it may be: the handler only needs to see that it is too long.
        Err(_) => vec![0; MAX_BODY + 1].into(),
    };
    let asked = Request {
        method: &parts.method,
        headers: &parts.headers,
        query: parts.uri.query(),
        body: &body,
    };
    let answer = local.stack.deliver(parts.uri.path(), &asked).await;
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (
        status,
        [(header::CONTENT_TYPE, answer.content_type)],
        Body::from(answer.body),
    )
        .into_response()
}

/// Serves until `stop` resolves. On the machine's clock the functions run beside it; on a virtual
/// one they run when the clock is moved. Then whatever is queued is handled.
pub async fn serve(
    stack: Arc<Stack>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let (stopped, functions_stop) = oneshot::channel::<()>();
    let (moves, moved) = mpsc::channel(16);
    let local = Local {
        stack: stack.clone(),
        moves,
    };
    let server = axum::serve(listener, router(local)).with_graceful_shutdown(async move {
        stop.await;
        let _ = stopped.send(());
    });
    let functions_stop = async {
        let _ = functions_stop.await;
    };
    // Boxed: the functions' nested futures are deeper than the compiler lays out in one piece.
    let functions = async {
        if stack.clock.is_virtual() {
            Box::pin(run_moves(&stack, moved, functions_stop)).await;
        } else {
            Box::pin(stack.run(functions_stop)).await;
        }
    };
    let (served, ()) = tokio::join!(server.into_future(), functions);
    Box::pin(stack.run_until_idle()).await;
    served.context("serving")
}

async fn run_moves(stack: &Stack, mut moves: mpsc::Receiver<Move>, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        let Move { target, answer } = tokio::select! {
            () = &mut stop => return,
            next = moves.recv() => match next {
                Some(next) => next,
                None => return,
            },
        };
        // Nobody waiting any more is no reason not to move.
        let _ = answer.send(Box::pin(stack.advance_to(target)).await);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_stacks_own_page_and_commands_may_ask() {
        for (origin, host, foreign) in [
            (None, "127.0.0.1:9000", false),
            (Some("http://127.0.0.1:9000"), "127.0.0.1:9000", false),
            (Some("http://localhost:9000"), "127.0.0.1:9000", true),
            (Some("https://evil.example"), "127.0.0.1:9000", true),
            (Some("null"), "127.0.0.1:9000", true),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            assert_eq!(is_foreign(&headers), foreign, "{origin:?}");
        }
    }
}
