//! The control requests of what is published: communities and playbooks.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::{Json, Router, routing::get};
use hearth_aws::publish::PublishError;
use hearth_aws::store::Kind;
use serde_json::{Value, json};

use crate::control::{Answer, Refused};
use crate::server::Local;

/// The routes under `/local/published`.
pub(crate) fn routes() -> Router<Local> {
    Router::new()
        .route("/published/{kind}", get(list).post(publish))
        .route("/published/{kind}/{id}", get(show))
}

fn kind_of(kind: &str) -> Result<Kind, Refused> {
    match kind {
        "community" => Ok(Kind::Community),
        "playbook" => Ok(Kind::Playbook),
        _ => Err(Refused::missing("kind: community or playbook")),
    }
}

async fn publish(
    State(Local { stack, .. }): State<Local>,
    Path(kind): Path<String>,
    body: String,
) -> Answer {
    let (id, version) = stack
        .publish(kind_of(&kind)?, &body)
        .await
        .map_err(not_published)?;
    Ok(Json(json!({"id": id, "version": version})).into_response())
}

/// Why a file was not published, or a rollout not moved.
pub(crate) fn not_published(error: PublishError) -> Refused {
    match error {
        PublishError::Problems(problems) => {
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            Refused::with(
                StatusCode::UNPROCESSABLE_ENTITY,
                json!({"error": "the file has errors", "problems": problems}),
            )
        }
        error @ (PublishError::NoPlaybook(_)
        | PublishError::Fixed(_)
        | PublishError::NotPublished(_)
        | PublishError::Rollout(_)) => {
            Refused::with(StatusCode::CONFLICT, json!({"error": error.to_string()}))
        }
        error @ PublishError::Store(_) => error.into(),
    }
}

async fn list(State(Local { stack, .. }): State<Local>, Path(kind): Path<String>) -> Answer {
    let list = stack.store.list_published(kind_of(&kind)?).await?;
    let list: Vec<Value> = list
        .into_iter()
        .map(|(id, version)| json!({"id": id, "version": version}))
        .collect();
    Ok(Json(list).into_response())
}

async fn show(
    State(Local { stack, .. }): State<Local>,
    Path((kind, id)): Path<(String, String)>,
) -> Answer {
    let found = stack
        .store
        .published(kind_of(&kind)?, &id)
        .await?
        .ok_or_else(|| Refused::missing("published file"))?;
    Ok(Json(json!({"id": found.id, "version": found.version, "published": found.at.to_string(), "toml": found.toml})).into_response())
}
