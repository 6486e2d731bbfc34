//! Communities and items that are not as they should be: nothing is divided by nought, and nothing that
//! is missing goes unmarked.

use super::aggregate::Aggregate;
use super::definitions::definitions;
use super::numbers::Numbers;
use super::report::{Report, Revision};
use super::testing::{MEASURES, Made, aggregate, day, member, numbers_of, report_of, week};
use super::trend::{Figures, History};
use crate::days::Zone;
use crate::locale::Locale;

fn report(numbers: Numbers, history: History) -> Report {
    let targets = [
        ("dau_share", 0.45),
        ("churn30", 0.05),
        ("silent30", 0.5),
        ("retention_d7", 0.4),
    ];
    report_of(
        Locale::ZhHant,
        &targets,
        numbers,
        history,
        Revision::Final,
        "2026-01-14T00:00:00Z",
    )
}

/// Every number is finite, in the record, on the page, in the text and in the message.
fn holds(name: &str, report: &Report) {
    for definition in definitions() {
        let value = definition.value(&report.numbers);
        assert!(
            value.is_none_or(f64::is_finite),
            "{name}: {}",
            definition.key
        );
    }
    let json = report.to_json().unwrap();
    assert_eq!(&Report::from_json(&json).unwrap(), report, "{name}");
    for locale in Locale::ALL {
        let shown = [
            report.to_html(locale, "index.html").unwrap(),
            report.to_text(locale),
        ]
        .concat();
        assert!(!shown.contains("NaN") && !shown.contains(">inf"), "{name}");
        let missing = &report.numbers.unreadable;
        let marks = shown.matches(&missing.text(locale)).count();
        // Under the title, in the range; and on the terminal.
        assert_eq!(
            marks,
            if missing.is_none() { 0 } else { 3 },
            "{name} in {locale:?}"
        );
    }
    let range = &report.values()["report.range"];
    assert_eq!(
        range.contains('⚠'),
        !report.numbers.unreadable.is_none(),
        "{name}: {range}"
    );
}

fn with_unreadable(members: &[Made], unreadable: &[&str]) -> Numbers {
    let mut counted = aggregate(members, day(6));
    let mut other_shard = Aggregate::new(week(), day(6));
    for attribute in unreadable {
        other_shard.add_unreadable(attribute);
    }
    counted.merge(other_shard).unwrap();
    counted.finish()
}

#[test]
fn every_odd_community_has_a_report() {
    let quiet = || {
        (0..30)
            .map(|n| member(&format!("m{n}"), -60))
            .collect::<Vec<_>>()
    };
    let gone = || {
        (0..30)
            .map(|n| member(&format!("m{n}"), -60).wrote(-5, 1).left(2))
            .collect::<Vec<_>>()
    };
    for (name, numbers) in [
        ("nobody", numbers_of(&[])),
        ("a week without events", numbers_of(&quiet())),
        ("one member", numbers_of(&[member("m1", 6)])),
        (
            "one member who left",
            numbers_of(&[member("m1", 0).left(0)]),
        ),
        ("everybody left", numbers_of(&gone())),
        (
            "only staff",
            numbers_of(&[member("m1", -9).wrote(1, 5).staff()]),
        ),
        ("nobody who can be read", with_unreadable(&[], &["sc"])),
        (
            "some who can't be read",
            with_unreadable(&quiet(), &["sc", "wc", "sc"]),
        ),
    ] {
        holds(name, &report(numbers, History::default()));
    }
}

#[test]
fn when_everybody_left_the_light_and_the_shares_say_so() {
    let gone = (0..30).map(|n| member(&format!("m{n}"), -60).wrote(-5, 1).left(2));
    let numbers = numbers_of(&gone.collect::<Vec<_>>());
    assert_eq!(
        (numbers.members_start, numbers.members_total, numbers.left),
        (30, 0, 30)
    );
    assert_eq!(numbers.net_growth, Some(-1.0));
    assert_eq!(numbers.silent30_share, None, "a share of nobody is none");
    assert_eq!(numbers.messages_per_active, None);
}

#[test]
fn a_week_that_was_not_reported_is_a_gap_and_no_nought() {
    let people = || {
        (0..30)
            .map(|n| member(&format!("m{n}"), -60).wrote(1, 2))
            .collect::<Vec<_>>()
    };
    let ago = |weeks: i32| {
        Figures::of(&Numbers {
            week: week().plus(-weeks),
            ..numbers_of(&people())
        })
    };
    // The last week is missing, and with it the mean of four.
    let report = report(
        numbers_of(&people()),
        History::before(week(), [ago(2), ago(3), ago(4)]),
    );
    holds("a gap", &report);
    let values = report.values();
    assert_eq!(
        (
            values["kpi.messages_per_1000"].as_str(),
            values["delta.dau_share"].as_str()
        ),
        ("285.7", "–")
    );
    assert_eq!(report.history.mean4(week(), "messages"), None);
}

/// The community moves from UTC to a zone half a day away: days that were counted stay as they were,
/// and whoever came shortly before midnight is new on another day, but in one week only. (Who is new on
/// Monday then is not in the week before, and neither is what they wrote on Sunday.)
#[test]
fn when_the_zone_changes_in_mid_week_everybody_is_still_counted_once() {
    let people: Vec<Made> = (-9..7)
        .map(|n| member(&format!("m{n}"), n).wrote(n, 1))
        .collect();
    for zone in ["UTC", "Pacific/Auckland", "Pacific/Honolulu"] {
        let zone = Zone::new(zone).unwrap();
        let weeks = [week().plus(-2), week().plus(-1), week(), week().plus(1)];
        let numbers = weeks.map(|week| {
            let mut counted = Aggregate::new(week, week.sunday());
            for Made(member) in &people {
                counted.add(member, &zone, MEASURES);
            }
            counted.finish()
        });
        for n in &numbers {
            holds("another zone", &report(n.clone(), History::default()));
            assert_eq!(
                n.members_start + n.new + n.returned - n.left,
                n.members_total,
                "{} in {}",
                n.week,
                zone.name()
            );
        }
        let new: u64 = numbers.iter().map(|n| n.new).sum();
        assert_eq!(new, 16, "{}", zone.name());
    }
}

#[test]
fn who_is_missing_is_counted_by_attribute_and_absent_when_nobody_is() {
    let numbers = with_unreadable(&[member("m1", -9)], &["sc", "wc", "sc"]);
    let json = serde_json::to_value(&numbers).unwrap();
    assert_eq!(
        json["unreadable"],
        serde_json::json!({"members": 3, "attributes": {"sc": 2, "wc": 1}})
    );
    assert_eq!(numbers.members_total, 1);
    let whole = serde_json::to_value(numbers_of(&[member("m1", -9)])).unwrap();
    assert!(whole.get("unreadable").is_none() && whole.get("unknown").is_none());
}
