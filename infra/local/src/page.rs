//! A plain page: chats, members, reports, the clock. Rendered here, in three languages; its one
//! script only posts to `/local` and loads the page again.

mod chats;
mod gather;
pub(crate) mod html;
mod ledger;
mod members;
mod model;
mod render;
#[cfg(test)]
mod tests;
mod texts;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hearth_domain::locale::Locale;
use hearth_domain::message::SkipReason;

use crate::server::Local;
use gather::Asked;

const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// The page: `?community=`, `?member=`, `?lang=`.
pub(crate) async fn page(
    State(Local { stack, .. }): State<Local>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    match gather::gather(&stack, &asked, host.unwrap_or("127.0.0.1:9000")).await {
        Ok(view) => {
            let headers = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
                (header::CACHE_CONTROL, "no-store".to_owned()),
                (header::CONTENT_SECURITY_POLICY, policy()),
            ];
            (headers, render::render(&view)).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")).into_response(),
    }
}

/// Why a message was skipped, in words.
pub(crate) fn why_skipped(reason: SkipReason, locale: Locale) -> &'static str {
    ledger::skipped(reason).get(locale)
}

/// Nothing from the network and no script but ours: what a member is called can't run.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(digest(&SHA256, text.as_bytes()));
    format!(
        "default-src 'none'; img-src data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; \
         style-src 'sha256-{}'; script-src 'sha256-{}'",
        hash(STYLE),
        hash(SCRIPT),
    )
}
