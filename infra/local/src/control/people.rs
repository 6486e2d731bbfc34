//! Control requests about one member or one message (show, export, erase, why), leaderboards, and
//! coupon codes.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get, routing::post};
use hearth_aws::about;
use hearth_aws::clock::Clock;
use hearth_aws::queue::{Queue as _, QueueName};
use hearth_domain::board::{By, Span};
use hearth_domain::coupon::PoolId;
use hearth_domain::ids::{CommunityId, MemberId, MessageId};
use hearth_domain::locale::Locale;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Refused, community};
use crate::people::{Asked, People, imported, pools, told};
use crate::server::Local;
use crate::stack::Stack;

pub(super) fn routes() -> Router<Local> {
    Router::new()
        .route("/people/{community}/{member}", get(show).delete(erase))
        .route("/people/{community}/{member}/export", get(export))
        .route("/people/{community}/{member}/erasure", get(erasure))
        .route(
            "/people/{community}/{member}/points",
            get(account).post(order),
        )
        .route("/points/{community}", get(audit))
        .route("/points/{community}/repair", post(repair))
        .route("/why", get(why))
        .route("/boards/{community}", get(board))
        .route("/stars/{community}", get(stars))
        .route("/coupons/{community}", get(coupons))
        .route("/coupons/{community}/{pool}", post(import))
}

fn people(stack: &Stack) -> People<'_> {
    People {
        store: &stack.store,
        registry: &stack.registry,
        now: stack.clock.now(),
    }
}

/// A community that is published here, and a member's id.
async fn ids(
    stack: &Stack,
    (id, member): (String, String),
) -> Result<(CommunityId, MemberId), Refused> {
    let community = community(stack, &id).await?;
    let member = MemberId::new(member).map_err(Refused::bad)?;
    Ok((community.id.clone(), member))
}

async fn show(
    State(Local { stack, .. }): State<Local>,
    Path(path): Path<(String, String)>,
) -> Answer {
    let (community, member) = ids(&stack, path).await?;
    let found = people(&stack).show(&community, &member).await?;
    let found = found.ok_or_else(|| Refused::missing("member"))?;
    Ok(Json(found).into_response())
}

async fn export(
    State(Local { stack, .. }): State<Local>,
    Path(path): Path<(String, String)>,
) -> Answer {
    let (community, member) = ids(&stack, path).await?;
    let people = people(&stack);
    let found = people.export(&community, &member, &stack.pseudonyms);
    Ok(Json(found.await?).into_response())
}

async fn account(
    State(Local { stack, .. }): State<Local>,
    Path(path): Path<(String, String)>,
) -> Answer {
    let (community, member) = ids(&stack, path).await?;
    let found = people(&stack).account(&community, &member).await?;
    let found = found.ok_or_else(|| Refused::missing("member"))?;
    Ok(Json(found).into_response())
}

/// An operator voids a day, or corrects points: on its way like any other event.
async fn order(
    State(Local { stack, .. }): State<Local>,
    Path(path): Path<(String, String)>,
    body: String,
) -> Answer {
    let (community, member) = ids(&stack, path).await?;
    let asked = serde_json::from_str(&body).map_err(|_| Refused::bad("expected JSON"))?;
    let work = people(&stack).order(&community, &member, &asked).await;
    let work = work.map_err(|error| Refused::bad(format!("{error:#}")))?;
    stack.queues.send(QueueName::CheckIn, &[work]).await?;
    Ok(Json(json!({})).into_response())
}

async fn audit(State(Local { stack, .. }): State<Local>, Path(id): Path<String>) -> Answer {
    let community = community(&stack, &id).await?;
    let found = people(&stack).audit(&community.id, false).await?;
    Ok(Json(found).into_response())
}

async fn repair(State(Local { stack, .. }): State<Local>, Path(id): Path<String>) -> Answer {
    let community = community(&stack, &id).await?;
    let found = people(&stack).audit(&community.id, true).await?;
    Ok(Json(found).into_response())
}

/// What erasing would remove.
async fn erasure(
    State(Local { stack, .. }): State<Local>,
    Path(path): Path<(String, String)>,
) -> Answer {
    let (community, member) = ids(&stack, path).await?;
    let people = people(&stack);
    let would = people
        .erasure(&community, &member, &stack.pseudonyms)
        .await?;
    let letters = stack.queues.dead_letters();
    let letters = letters
        .iter()
        .filter(|letter| about::queued(&letter.body, &community, &member))
        .count();
    Ok(answer(told(&would), letters))
}

/// Erases. While it does no function runs, so that nobody writes what they read before.
async fn erase(
    State(Local { stack, .. }): State<Local>,
    Path(path): Path<(String, String)>,
) -> Answer {
    let (community, member) = ids(&stack, path).await?;
    let _still = stack.stillness().await;
    let people = people(&stack);
    let erased = people.erase(&community, &member, &stack.pseudonyms).await?;
    let letters = stack
        .queues
        .forget_dead_letters(|body| about::queued(body, &community, &member));
    Ok(answer(told(&erased), letters))
}

fn answer(mut told: Value, letters: usize) -> Response {
    if let Some(fields) = told.as_object_mut() {
        fields.insert("dead_letters".to_owned(), json!(letters));
    }
    Json(told).into_response()
}

#[derive(Deserialize)]
struct Why {
    message_id: String,
    lang: Option<String>,
}

async fn why(State(Local { stack, .. }): State<Local>, Query(asked): Query<Why>) -> Answer {
    let id: MessageId = asked.message_id.parse().map_err(Refused::bad)?;
    let locale = asked
        .lang
        .map(|lang| Locale::from_tag(&lang).ok_or_else(|| Refused::bad(LANGUAGES)))
        .transpose()?;
    community(&stack, id.community().as_str()).await?;
    let told = people(&stack).why(&id, locale).await?;
    let told = told.ok_or_else(|| Refused::missing("message"))?;
    Ok(Json(told).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WhichBoard {
    period: Option<String>,
    by: Option<String>,
}

async fn board(
    State(Local { stack, .. }): State<Local>,
    Path(id): Path<String>,
    Query(which): Query<WhichBoard>,
) -> Answer {
    let asked = which.period.as_deref().unwrap_or(Span::Week.name());
    let asked: Asked = asked.parse().map_err(|_| Refused::bad(PERIOD))?;
    let by = which.by.as_deref().unwrap_or(By::Points.name());
    let by = By::from_name(by).ok_or_else(|| Refused::bad("by: expected points or check-ins"))?;
    let community = community(&stack, &id).await?;
    let told = people(&stack).board(&community.id, asked, by).await?;
    let told = told.ok_or_else(|| Refused::missing("board"))?;
    Ok(Json(told).into_response())
}

async fn stars(State(Local { stack, .. }): State<Local>, Path(id): Path<String>) -> Answer {
    let community = community(&stack, &id).await?;
    let told = people(&stack).stars(&community.id).await?;
    Ok(Json(told).into_response())
}

const PERIOD: &str =
    "period: expected day, week, month, all, or a day, an ISO week or a month such as 2026-W02";
const LANGUAGES: &str = "lang: expected zh-Hant, zh-Hans or en";

async fn coupons(State(Local { stack, .. }): State<Local>, Path(id): Path<String>) -> Answer {
    let community = community(&stack, &id).await?;
    let listed = stack.store.pools(&community.id).await?;
    Ok(Json(pools(&listed)).into_response())
}

async fn import(
    State(Local { stack, .. }): State<Local>,
    Path((id, pool)): Path<(String, String)>,
    body: String,
) -> Answer {
    let community = community(&stack, &id).await?;
    let pool = PoolId::new(pool).map_err(Refused::bad)?;
    let expected = |_| Refused::bad("expected a list of codes: [\"A-1\",\"A-2\"]");
    let codes: Vec<String> = serde_json::from_str(&body).map_err(expected)?;
    let done = stack
        .store
        .import_codes(&community.id, &pool, &codes)
        .await?;
    Ok(Json(imported(done)).into_response())
}
