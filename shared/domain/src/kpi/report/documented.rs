//! `docs/report.md` names what is in a record: every field, and nothing that is not there.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::days::Zone;
use crate::event::LeaveReason;
use crate::journey::{Case, CaseState, Plan, PlanState};
use crate::kpi::definitions::{Source, definitions};
use crate::kpi::report::Revision;
use crate::kpi::testing::{case, member, numbers_of, plan, report_of, trials, week};
use crate::kpi::trend::{Figures, History, Verdict};
use crate::kpi::{Light, Report, TopicTalk};
use crate::locale::Locale;

const PAGE: &str = include_str!("../../../../../docs/report.md");
/// Maps whose keys are data: days, weeks, names of a playbook.
const MAPS: [&str; 15] = [
    "topics",
    "numbers.talk.topics",
    "targets",
    "expected_mix",
    "history[].figures",
    "history[].few",
    "numbers.unreadable.attributes",
    "numbers.dau",
    "numbers.segments",
    "numbers.retention.cohorts",
    "numbers.triangle",
    "numbers.win_back.reasons",
    "numbers.orders.rfm",
    "numbers.joined_by_source",
    "numbers.retention_by_source",
];

/// A week in which there is something of everything.
fn record() -> Report {
    let left = Case {
        reason: Some(LeaveReason::FewBenefits),
        ..case(1, CaseState::Answered)
    };
    let plan = Plan {
        next: 2,
        answered: 0b1,
        ..plan(-6, PlanState::Active)
    };
    let mut people = vec![
        member("ann", -20).pressed(-13).wrote(0, 2),
        member("cyd", -6).planned(plan).bought(0, 1, 2, 500),
        member("dot", -40).wrote(-38, 1).left(1).in_case(left),
    ];
    people.extend((0..25).map(|n| member(&format!("m{n}"), -30).pressed(0)));
    let mut numbers = numbers_of(&people);
    let talk = [(
        "tools".parse().unwrap(),
        TopicTalk {
            threads: 3,
            quality: 1,
        },
    )];
    numbers.talk.topics = talk.into();
    numbers.unreadable.add("weeks");
    numbers.unknown = vec!["rfm_lost".to_owned()];
    let weeks = (1..=8_u8).map(|ago| Figures {
        figures: [("new".to_owned(), f64::from(ago % 3 + 90))].into(),
        few: [("churn30".to_owned(), 0.1)].into(),
        members_start: Some(30),
        unreadable: 1,
        verdict: Some(Verdict {
            light: Light::Green,
            revision: Revision::Final,
        }),
        ..Figures::none(week().plus(-i32::from(ago)))
    });
    let history = History::before(week(), weeks);
    let at = "2026-01-12T00:00:00Z";
    let targets = [("dau_share", 0.99), ("speaking_rate", 0.99)];
    let last = Revision::Final;
    report_of(Locale::En, &targets, numbers, history, last, at)
        .with_trials(trials())
        .with_zone_before(Zone::new("Asia/Tokyo").ok())
}

/// The paths of all values that are neither lists nor objects.
fn paths(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(entries) => {
            for entry in entries {
                paths(entry, &format!("{path}[]"), found);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                let name = match name.as_str() {
                    _ if MAPS.contains(&path) => "*",
                    "classic" | "bracket" | "rolling" => "<window>",
                    "d7" | "d30" | "d90" => "<horizon>",
                    name => name,
                };
                let dot = if path.is_empty() { "" } else { "." };
                paths(field, &format!("{path}{dot}{name}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            found.insert(path.to_owned());
        }
    }
}

#[test]
fn every_field_of_a_record_is_documented_and_no_other() {
    let record: Value = serde_json::from_str(&record().to_json().unwrap()).unwrap();
    let mut found = BTreeSet::new();
    paths(&record, "", &mut found);
    let (fields, _) = PAGE.split_once("## Every number by its key").unwrap();
    let rows = fields.lines().filter_map(|line| {
        let (path, _) = line.strip_prefix("| `")?.split_once("` |")?;
        Some(path.to_owned())
    });
    let documented: BTreeSet<String> = rows.collect();
    let missing: Vec<&String> = found.difference(&documented).collect();
    let stale: Vec<&String> = documented.difference(&found).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "docs/report.md lacks {missing:?} and has {stale:?}"
    );
}

#[test]
fn every_number_is_documented_by_its_definition() {
    let rows: Vec<String> = definitions()
        .filter(|definition| matches!(definition.source, Source::Measured(_)))
        .map(|definition| {
            let [unit, words] =
                [definition.unit.name(), definition.definition].map(|words| words.get(Locale::En));
            format!("| `{}` | {unit} | {words} |", definition.key)
        })
        .collect();
    let (_, table) = PAGE.split_once("|---|---|---|\n").unwrap();
    let table: Vec<&str> = table.lines().collect();
    assert_eq!(
        table,
        rows,
        "docs/report.md ends with:\n{}",
        rows.join("\n")
    );
}
