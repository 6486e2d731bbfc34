//! A plain page: chats, members, reports, the clock.

use axum::extract::State;
use axum::response::Html;

use crate::server::Local;

/// The page.
pub(crate) async fn page(State(_local): State<Local>) -> Html<String> {
    Html("<!doctype html><title>Hearth</title>".to_owned())
}
