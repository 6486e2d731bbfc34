//! Running weeks beside the reports before them.

use crate::days::{IsoWeek, LocalDay, Zone};
use crate::kpi::light::{Light, Rule};
use crate::kpi::testing::{MEASURES, Made, day, member, report_of, week};
use crate::kpi::trend::{Figures, History};
use crate::kpi::{Aggregate, Health, Judging, Numbers, Report, ReportRules, Revision, Targets};
use crate::locale::Locale;

use super::*;

/// 40 members who came two weeks before [`week`]; so many of them are there on each day, counted from
/// Monday of the week before it.
fn members(there: &[usize]) -> Vec<Made> {
    let one = |n: usize| {
        let mut made = member(&format!("m{n}"), -14);
        for (at, count) in there.iter().enumerate() {
            if n < *count {
                made = made.wrote(i32::try_from(at).unwrap() - 7, 1);
            }
        }
        made
    };
    (0..40).map(one).collect()
}

fn numbers(members: &[Made], week: IsoWeek, as_of: LocalDay) -> Numbers {
    let mut aggregate = Aggregate::new(week, as_of);
    for Made(member) in members {
        aggregate.add(member, &Zone::utc(), MEASURES);
    }
    aggregate.finish()
}

fn rules() -> (Targets, ReportRules) {
    let targets = Targets([("dau_share".to_owned(), [0.5; 4])].into());
    let health = Health {
        month_growth: None,
        interaction_growth: None,
        k: None,
        ..Health::default()
    };
    let report = ReportRules {
        health,
        ..ReportRules::default()
    };
    (targets, report)
}

/// The report of the week before, with four like it behind it.
fn last_report(members: &[Made]) -> Report {
    let last = numbers(members, week().plus(-1), day(-1));
    let before = (2..=5).map(|ago| Figures {
        week: week().plus(-ago),
        ..Figures::of(&last)
    });
    let history = History::before(last.week, before);
    let at = "2026-01-05T08:00:00Z";
    report_of(
        Locale::En,
        &[("dau_share", 0.5)],
        last,
        history,
        Revision::Provisional,
        at,
    )
}

/// What is found on the day of [`week`] that is over, beside the week before.
fn found(there: &[usize], today: i32) -> Vec<(Rule, Light)> {
    let members = members(there);
    let (targets, report) = rules();
    let judging = Judging {
        targets: &targets,
        report: &report,
        steps: &[],
        interests: &[],
    };
    let running = numbers(&members, week(), day(today));
    let findings = worse(&running, judging, Some(&last_report(&members)));
    let of = |finding: &Finding| (finding.rule, finding.light);
    findings.iter().map(of).collect()
}

#[test]
fn a_fall_is_found_when_three_days_have_shown_it() {
    let fell = [20, 20, 20, 20, 20, 20, 20, 10, 10, 10, 10];
    assert!(found(&fell, 0).is_empty(), "one bad Monday");
    assert!(found(&fell, 1).is_empty());
    // A quarter of the members; half of them is aimed at, and half of them were there before.
    let both = [
        (Rule::DauShareBelowTarget, Light::Red),
        (Rule::ActivitySwing, Light::Amber),
    ];
    assert_eq!(found(&fell, 2), both);
    assert_eq!(found(&fell, 3), both);
}

#[test]
fn what_the_report_has_said_is_no_news_unless_it_gets_worse() {
    // 15 of 40: a quarter below the target, amber, in both weeks.
    let chronic = [15, 15, 15, 15, 15, 15, 15, 15, 15, 15];
    assert!(found(&chronic, 2).is_empty());
    let worse = [15, 15, 15, 15, 15, 15, 15, 11, 11, 11];
    assert_eq!(
        found(&worse, 2),
        [
            (Rule::DauShareBelowTarget, Light::Red),
            (Rule::ActivitySwing, Light::Amber)
        ]
    );
    let better = [15, 15, 15, 15, 15, 15, 15, 16, 16, 16];
    assert!(found(&better, 2).is_empty());
}

#[test]
fn a_community_of_the_weekend_is_held_against_its_own_weekdays() {
    // 20 a day from Friday to Sunday, 16 before: the mean of the week is 17.7.
    let same = [16, 16, 16, 16, 20, 20, 20, 16, 16, 16];
    assert!(found(&same, 2).is_empty(), "10 % below it, as every week");
    let fewer = [16, 16, 16, 16, 20, 20, 20, 14, 14, 14];
    let found = found(&fewer, 2);
    assert!(
        found.contains(&(Rule::ActivitySwing, Light::Amber)),
        "{found:?}"
    );
}

#[test]
fn without_a_report_before_it_a_week_is_judged_by_its_targets() {
    let members = members(&[0, 0, 0, 0, 0, 0, 0, 10, 10, 10]);
    let (targets, report) = rules();
    let judging = Judging {
        targets: &targets,
        report: &report,
        steps: &[],
        interests: &[],
    };
    let running = numbers(&members, week(), day(2));
    let rules: Vec<Rule> = worse(&running, judging, None)
        .iter()
        .map(|finding| finding.rule)
        .collect();
    assert_eq!(rules, [Rule::DauShareBelowTarget]);
    assert!(worse(&Aggregate::new(week(), day(2)).finish(), judging, None).is_empty());
}

#[test]
fn a_weeks_last_day_is_the_reports() {
    let looked: Vec<i32> = (0..7).filter(|n| AlertRules::looks_at(day(*n))).collect();
    assert_eq!(looked, [0, 1, 2, 3, 4, 5]);
}

#[test]
fn rules_are_called_what_records_call_them() {
    for rule in Rule::ALL {
        let written = serde_json::to_value(rule).unwrap();
        assert_eq!(written, rule.key(), "one name for one thing");
    }
}
