//! What operators do to running journeys, on this machine: a new version for whom, a pilot, a
//! pause. Every change shows at once.

use std::collections::BTreeSet;

use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use axum::{Json, Router, routing::get, routing::post};
use hearth_aws::clock::Clock;
use hearth_aws::journeys::{self, Preview};
use hearth_aws::publish::PublishError;
use hearth_domain::ids::{CommunityId, PlaybookId};
use hearth_domain::journey::JourneyName;
use hearth_domain::rollout::{MoveTo, Policy};
use serde::Deserialize;
use serde_json::json;

use crate::control::{Answer, Refused};
use crate::published::not_published;
use crate::server::Local;
use crate::stack::Stack;

/// The routes under `/local/journey`.
pub(crate) fn routes() -> Router<Local> {
    Router::new()
        .route("/journey", post(publish))
        .route("/journey/{playbook}", get(show))
        .route("/journey/{playbook}/rollout", post(rollout))
        .route("/paused/{community}", post(pause))
}

impl Stack {
    /// Looks at what publishing a playbook would change and, if it is `sure`, publishes it.
    pub async fn publish_journey(
        &self,
        toml: &str,
        policy: Policy,
        pilot: bool,
        sure: bool,
    ) -> Result<Preview, PublishError> {
        let now = self.clock.now();
        let preview = journeys::preview(&self.store, toml, policy, pilot, now, &|_| {}).await?;
        if sure {
            journeys::publish(&self.store, &preview, toml, now).await?;
            self.forget_published();
        }
        Ok(preview)
    }

    /// Moves a playbook's pilot on, or ends it.
    pub async fn move_rollout(&self, id: &PlaybookId, to: MoveTo) -> Result<(), PublishError> {
        journeys::move_rollout(&self.store, id, to).await?;
        self.forget_published();
        Ok(())
    }

    /// Pauses journeys of a community (`on`) or lets them go on; those for which that is new.
    pub async fn pause(
        &self,
        community: &CommunityId,
        journeys: &BTreeSet<JourneyName>,
        on: bool,
    ) -> Result<Vec<JourneyName>, PublishError> {
        let now = self.clock.now();
        let changed = journeys::pause(&self.store, community, journeys, on, now).await?;
        self.forget_published();
        Ok(changed)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct How {
    members: Policy,
    #[serde(default)]
    pilot: bool,
    #[serde(default)]
    yes: bool,
}

async fn publish(
    State(Local { stack, .. }): State<Local>,
    Query(how): Query<How>,
    body: String,
) -> Answer {
    let preview = stack
        .publish_journey(&body, how.members, how.pilot, how.yes)
        .await
        .map_err(not_published)?;
    Ok(Json(preview).into_response())
}

fn playbook_of(id: &str) -> Result<PlaybookId, Refused> {
    PlaybookId::new(id).map_err(Refused::bad)
}

async fn show(State(Local { stack, .. }): State<Local>, Path(id): Path<String>) -> Answer {
    let now = stack.clock.now();
    let overview = journeys::overview(&stack.store, &playbook_of(&id)?, now, &|_| {})
        .await
        .map_err(not_published)?;
    Ok(Json(overview).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct To {
    to: String,
}

async fn rollout(
    State(Local { stack, .. }): State<Local>,
    Path(id): Path<String>,
    body: String,
) -> Answer {
    let expected =
        || Refused::bad("expected {\"to\":\"10%\"}, {\"to\":\"all\"} or {\"to\":\"stop\"}");
    let asked: To = serde_json::from_str(&body).map_err(|_| expected())?;
    let to = MoveTo::from_name(&asked.to).ok_or_else(expected)?;
    stack
        .move_rollout(&playbook_of(&id)?, to)
        .await
        .map_err(not_published)?;
    Ok(Json(json!({"ok": true})).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pause {
    journeys: Vec<String>,
    paused: bool,
}

async fn pause(
    State(Local { stack, .. }): State<Local>,
    Path(community): Path<String>,
    body: String,
) -> Answer {
    let expected = || {
        Refused::bad(
            "expected {\"journeys\":[\"onboarding\",\"win-back\",\"wake-up\"],\"paused\":true}",
        )
    };
    let asked: Pause = serde_json::from_str(&body).map_err(|_| expected())?;
    let journeys = asked
        .journeys
        .iter()
        .map(|name| JourneyName::from_name(name));
    let journeys = journeys.collect::<Option<_>>().ok_or_else(expected)?;
    let community = CommunityId::new(community).map_err(Refused::bad)?;
    let changed = stack
        .pause(&community, &journeys, asked.paused)
        .await
        .map_err(not_published)?;
    let changed: Vec<&str> = changed.into_iter().map(JourneyName::name).collect();
    Ok(Json(json!({"changed": changed})).into_response())
}
