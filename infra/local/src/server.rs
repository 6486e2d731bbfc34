//! HTTP of the local stack: the same webhook paths as in AWS, the control requests, the page.

use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hearth_member_webhook::MAX_BODY;
use hearth_platforms::Request;
use tokio::net::TcpListener;

use crate::stack::Stack;
use crate::{control, page};

/// All routes.
pub fn router(stack: Arc<Stack>) -> Router {
    Router::new().route("/", get(page::page)).nest("/local", control::routes()).fallback(webhook).with_state(stack)
}

/// Whatever is not ours to know is the webhook's to answer, with its own 404.
async fn webhook(State(stack): State<Arc<Stack>>, request: axum::extract::Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = match to_bytes(body, MAX_BODY + 1).await {
        Ok(body) => body,
        // More than it may be: the handler only needs to see that it is too long.
        Err(_) => vec![0; MAX_BODY + 1].into(),
    };
    let asked = Request { method: &parts.method, headers: &parts.headers, query: parts.uri.query(), body: &body };
    let answer = stack.deliver(parts.uri.path(), &asked).await;
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, answer.content_type)], Body::from(answer.body)).into_response()
}

/// Serves until `stop` resolves. On the machine's clock the functions run beside it; on a virtual
/// one they run when the clock is moved. Then whatever is queued is handled.
pub async fn serve(stack: Arc<Stack>, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) -> anyhow::Result<()> {
    let (stopped, functions_stop) = tokio::sync::oneshot::channel::<()>();
    let server = axum::serve(listener, router(stack.clone())).with_graceful_shutdown(async move {
        stop.await;
        let _ = stopped.send(());
    });
    let functions_stop = async {
        let _ = functions_stop.await;
    };
    let functions = async {
        if stack.clock.is_virtual() {
            functions_stop.await;
        } else {
            stack.run(functions_stop).await;
        }
    };
    let (served, ()) = tokio::join!(server.into_future(), functions);
    stack.run_until_idle().await;
    served.context("serving")
}
