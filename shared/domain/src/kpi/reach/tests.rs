//! How far back a week can still be told, and what of it.

use super::super::definitions::definition;
use super::super::testing::{Made, day, member, numbers_of, report_of, week};
use super::super::trend::{Figures, History};
use super::super::{Revision, Window, csv};
use super::*;
use crate::locale::Locale;
use serde_json::Value;

/// Forty people who came at all times since 117 days before the week, each with a rhythm of their own,
/// as their items are at the end of a day counted from the week's Monday. Some leave; jo is staff.
fn community(until: i32) -> Vec<Made> {
    let one = |n: i32| {
        let first = -3 * n;
        let mut made = member(&format!("m{n}"), first);
        for day in first..=until {
            if (day * 7 + n * 13).rem_euclid(n % 6 + 2) == 0 {
                made = made.wrote(day, 1);
            }
            if day == first + 40 && n % 4 == 0 {
                made = made.left(day);
            }
        }
        made
    };
    let staff = member("jo", -50).wrote(1, 5).staff();
    (0..40).map(one).chain([staff]).collect()
}

/// The week's numbers, made on a day of a later week.
fn made_on(today: i32) -> Numbers {
    let reach = Reach::of(week(), day(today)).unwrap();
    numbers_of(&community(today)).within(reach)
}

#[test]
fn what_is_told_of_an_old_week_is_what_was_told_then() {
    let then = made_on(6);
    assert!(then.unknown.is_empty());
    let mut told_before = usize::MAX;
    for today in [14, 35, 42, 43, 70, 90, 95] {
        let now = made_on(today);
        let mut told = 0;
        for definition in definitions() {
            let value = definition.value(&now);
            let same = value.is_none() || value == definition.value(&then);
            assert!(same, "{} on day {today}", definition.key);
            told += usize::from(value.is_some());
        }
        assert!(told <= told_before, "nothing comes back: day {today}");
        told_before = told;
        assert_eq!(
            (now.dau, now.wau, now.new),
            (then.dau.clone(), then.wau, then.new)
        );
        assert_eq!(
            (now.curve, now.triangle),
            (then.curve.clone(), then.triangle.clone())
        );
        for (cohort, now) in &now.retention.cohorts {
            let then = then.retention.cohorts[cohort];
            assert_eq!((now.classic, now.bracket), (then.classic, then.bracket));
        }
    }
}

#[test]
fn each_number_goes_when_its_days_are_forgotten() {
    // Day 6 is the week's Sunday; on a day, the 95 before it are remembered.
    for (today, mau30, churn30) in [
        (14, true, true),
        (42, true, true),
        (43, true, false),
        (72, true, false),
        (73, false, false),
    ] {
        let numbers = made_on(today);
        let known = |key: &str| definition(key).unwrap().value(&numbers).is_some();
        assert_eq!(
            (known("mau30"), known("churn30")),
            (mau30, churn30),
            "day {today}"
        );
        assert_eq!(
            (known("stickiness"), known("prev30_active")),
            (mau30, churn30)
        );
        assert!(known("wau") && known("mean_dau") && known("retention_d30"));
        for key in [
            "messages",
            "members_total",
            "left",
            "dau_share",
            "silent30",
            "retention_rolling_d7",
            "at_risk",
        ] {
            assert!(
                !known(key) && numbers.is_unknown(key),
                "{key} on day {today}"
            );
        }
        assert!(numbers.heat.busiest().is_none() && numbers.segments.is_empty());
    }
}

#[test]
fn a_week_that_nobody_remembers_is_refused_with_the_first_that_can_be_made() {
    assert_eq!(
        Reach::of(week(), day(13)),
        Ok(Reach::Whole),
        "until the end of the week after"
    );
    assert!(matches!(Reach::of(week(), day(14)), Ok(Reach::Days { .. })));
    assert!(
        Reach::of(week(), day(95)).is_ok(),
        "its Monday is the oldest day"
    );
    let refused = Reach::of(week(), day(96)).unwrap_err();
    assert_eq!(refused.earliest, week().plus(1));
    assert!(Reach::of(refused.earliest, day(96)).is_ok());
    insta::assert_snapshot!(refused, @"a report of 2026-W02 can't be made any more: members' active days are kept for 96 days; the earliest week that can be made today is 2026-W03");
}

#[test]
fn every_name_is_a_numbers() {
    for key in TOLD.iter().chain(&OF_30_DAYS).chain(&OF_60_DAYS) {
        assert!(definition(key).is_some(), "{key}");
    }
    assert!(definitions().any(|definition| definition.key.starts_with(ROLLING)));
}

#[test]
fn what_is_unknown_is_a_dash_with_a_note_wherever_it_is_shown() {
    let numbers = made_on(60);
    let row = csv::weekly([&numbers]);
    let row = row.lines().last().unwrap();
    insta::assert_snapshot!(row, @"2026-01-05,2026-01-11,7,1,,35,11.142857143,35,0.318367347,,,,,,,");
    assert!(csv::segments([&numbers]).ends_with("2026-01-11,,,,,,,\n"));
    let figures = Figures::of(&numbers).figures;
    assert!(figures.contains_key("wau") && !figures.contains_key("messages"));
    let targets = [("dau_share", 0.5), ("speaking_rate", 0.5)];
    let at = "2026-03-06T00:00:00Z";
    let report = report_of(
        Locale::En,
        &targets,
        numbers,
        History::default(),
        Revision::Final,
        at,
    );
    let numbers_of_all = definitions().map(|definition| definition.key);
    let notes = numbers_of_all
        .filter(|key| report.numbers.is_unknown(key))
        .count();
    for (locale, note) in [
        (Locale::ZhHant, "成員資料沒有保存這麼久"),
        (Locale::ZhHans, "成员数据未保存这么久"),
        (Locale::En, "not kept for so long"),
    ] {
        assert_eq!(report.to_text(locale).matches(note).count(), notes);
        assert_eq!(
            report
                .to_html(locale, "index.html")
                .unwrap()
                .matches(note)
                .count(),
            notes
        );
    }
    let values = report.values();
    for name in ["kpi.dau_share", "kpi.churn30", "kpi.new"] {
        assert_eq!(values[name] == "–", name != "kpi.new", "{name}");
    }
    assert!(report.focus.is_empty(), "{:?}", report.focus);
    let json = report.to_json().unwrap();
    assert!(json.contains("\"unknown\": [\n      \"members_total\","));
    assert_eq!(super::super::Report::from_json(&json).unwrap(), report);
}

/// The paths of all numbers of a record, with their values.
fn paths(value: &Value, path: &str, found: &mut BTreeMap<String, Value>) {
    let mut under = |name: &str, value| {
        let dot = if path.is_empty() { "" } else { "." };
        paths(value, &format!("{path}{dot}{name}"), found);
    };
    match value {
        Value::Array(entries) => entries.iter().for_each(|entry| under("*", entry)),
        Value::Object(fields) => {
            for (name, field) in fields {
                let of_cohort = path.ends_with("cohorts");
                under(if of_cohort { "*" } else { name }, field);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            found.insert(path.to_owned(), value.clone());
        }
    }
}

/// Whoever reads the record can tell a nought from what is not known.
#[test]
fn every_nought_of_an_old_week_says_whether_it_is_one() {
    let of = |numbers: &Numbers| {
        let mut found = BTreeMap::new();
        paths(&serde_json::to_value(numbers).unwrap(), "", &mut found);
        found
    };
    let (then, now) = (made_on(6), made_on(90));
    let old = of(&now);
    let said = |path: &str| {
        let covers = |unknown: &String| {
            let rest = path.strip_prefix(unknown.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        now.unknown.iter().any(covers)
    };
    for (path, value) in of(&then) {
        let empty = old.get(&path).is_none_or(|now| *now == Value::Null);
        let same = old.get(&path) == Some(&value) || path.starts_with("retention.");
        let told = same || empty || said(&path);
        assert!(told, "{path} was {value}, and is {:?}", old.get(&path));
    }
    for path in FIELDS {
        let known = of(&then).into_keys().any(|known| known.starts_with(path));
        assert!(known, "there is no {path} in a record");
    }
    assert!(now.retention.all.bracket.d30.eligible > 0);
    let rolling = csv::retention(&now, Window::Rolling);
    assert!(rolling.ends_with("\nALL,40,,,,,,,,,\n"), "{rolling}");
    let bracket = csv::retention(&now, Window::Bracket);
    assert!(!bracket.contains(",,,"), "{bracket}");
}
