//! Control requests about weekly reports: listed, shown, asked for; who is likely to fall silent, and who can't be read.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Json, Router, routing::get};
use hearth_aws::clock::Clock;
use hearth_aws::queue::{Queue as _, QueueName};
use hearth_domain::days::IsoWeek;
use hearth_domain::ids::CommunityId;
use hearth_domain::kpi::{Report, Shelved, index};
use hearth_domain::locale::Locale;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Refused, community};
use crate::people::People;
use crate::reports::LocalReports;
use crate::server::Local;
use crate::stack::Stack;

pub(super) fn routes() -> Router<Local> {
    Router::new()
        .route("/reports/{community}", get(list))
        .route("/reports/{community}/index.html", get(shelf))
        .route("/reports/{community}/{week}", get(report).post(rebuild))
        .route("/risks/{community}", get(risks))
        .route("/risks/{community}/fit", get(fit))
        .route("/unreadable/{community}", get(unreadable))
}

/// A browser is sent to the page of all weeks, everything else gets the list.
async fn list(
    State(Local { stack, .. }): State<Local>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let community = community(&stack, &id).await?;
    let accepts = headers.get(header::ACCEPT);
    let accepts = accepts.and_then(|accepts| accepts.to_str().ok());
    if accepts.is_some_and(|accepts| accepts.contains("text/html")) {
        let path = format!("/local/reports/{}/index.html", community.id);
        return Ok(Redirect::to(&path).into_response());
    }
    let list = stack.store.report_list(&community.id).await?;
    let list: Vec<Value> = list
        .into_iter()
        .map(|(week, revision)| json!({"week": week.to_string(), "revision": revision}))
        .collect();
    Ok(Json(list).into_response())
}

#[derive(Deserialize)]
struct Language {
    lang: Option<String>,
}

impl Language {
    fn asked(&self) -> Option<Locale> {
        self.lang.as_deref().and_then(Locale::from_tag)
    }

    /// A link that keeps the language that was asked for.
    fn kept(&self, page: String) -> String {
        match self.asked() {
            Some(locale) => format!("{page}?lang={}", locale.tag()),
            None => page,
        }
    }
}

/// All weeks, each in its latest revision.
async fn shelf(
    State(Local { stack, .. }): State<Local>,
    Path(id): Path<String>,
    Query(language): Query<Language>,
) -> Answer {
    let community = community(&stack, &id).await?;
    let mut weeks = Vec::new();
    for (week, revision) in stack.store.report_list(&community.id).await? {
        let json = stack
            .store
            .report(&community.id, week, Some(revision))
            .await?;
        let json = json.ok_or_else(|| Refused::missing("report"))?;
        weeks.push(Shelved {
            figures: Report::from_json(&json)?.figures(),
            page: Some(language.kept(format!("{week}.html"))),
        });
    }
    let locale = language.asked().unwrap_or(community.locale);
    Ok(html(index(&community.name, weeks, locale)?))
}

fn html(page: String) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}

/// `2026-W02`, `2026-W02.json` or `2026-W02.html`.
async fn report(
    State(Local { stack, .. }): State<Local>,
    Path((id, name)): Path<(String, String)>,
    Query(language): Query<Language>,
) -> Answer {
    let community = community(&stack, &id).await?;
    let (week, kind) = name.split_once('.').unwrap_or((&name, "json"));
    let week: IsoWeek = week.parse().map_err(Refused::bad)?;
    let json = stack
        .store
        .report(&community.id, week, None)
        .await?
        .ok_or_else(|| Refused::missing("report"))?;
    match kind {
        "json" => Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response()),
        "html" => {
            let locale = language.asked().unwrap_or(community.locale);
            let index = language.kept("index.html".to_owned());
            Ok(html(Report::from_json(&json)?.to_html(locale, &index)?))
        }
        _ => Err(Refused::missing("form of a report: .json or .html")),
    }
}

/// Asks for a report that is not there.
async fn rebuild(
    State(Local { stack, .. }): State<Local>,
    Path((id, week)): Path<(String, String)>,
) -> Answer {
    let week: IsoWeek = week.parse().map_err(Refused::bad)?;
    let (id, people) = of(&stack, &id).await?;
    let reports = LocalReports {
        store: stack.store.clone(),
        base: None,
    };
    let asked = people.rebuild(&id, week, &reports).await;
    let asked = asked.map_err(|error| Refused::bad(format!("{error:#}")))?;
    let revision = asked.told();
    stack
        .queues
        .send(QueueName::KpiRollup, &[asked.work()])
        .await?;
    Ok(Json(revision).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Top {
    top: Option<usize>,
}

async fn risks(
    State(Local { stack, .. }): State<Local>,
    Path(id): Path<String>,
    Query(asked): Query<Top>,
) -> Answer {
    let (id, people) = of(&stack, &id).await?;
    let found = people.risks(&id, asked.top.unwrap_or(usize::MAX)).await?;
    Ok(Json(found).into_response())
}

async fn fit(State(Local { stack, .. }): State<Local>, Path(id): Path<String>) -> Answer {
    let (id, people) = of(&stack, &id).await?;
    let fitted = people.fit(&id).await;
    let fitted = fitted.map_err(|error| Refused::bad(format!("{error:#}")))?;
    Ok(Json(fitted).into_response())
}

async fn unreadable(State(Local { stack, .. }): State<Local>, Path(id): Path<String>) -> Answer {
    let (id, people) = of(&stack, &id).await?;
    Ok(Json(people.unreadable(&id).await?).into_response())
}

/// A community that is published here, and its people.
async fn of<'a>(stack: &'a Stack, id: &str) -> Result<(CommunityId, People<'a>), Refused> {
    let community = community(stack, id).await?;
    let people = People {
        store: &stack.store,
        registry: &stack.registry,
        now: stack.clock.now(),
    };
    Ok((community.id.clone(), people))
}
