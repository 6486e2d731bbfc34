//! A plain page: chats, members, reports, the clock.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;

use crate::stack::Stack;

/// The page.
pub(crate) async fn page(State(_stack): State<Arc<Stack>>) -> Html<String> {
    Html("<!doctype html><title>Hearth</title>".to_owned())
}
