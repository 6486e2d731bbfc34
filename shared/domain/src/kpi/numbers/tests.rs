//! Every number of a small community, by hand.

use super::*;
use crate::journey::{Case, CaseState, PlanState};
use crate::kpi::definitions::{Group, Source, definitions};
use crate::kpi::testing::{Made, case, day, member, noon, numbers, numbers_of, plan};

/// Days count from Monday; `as_of` is day 6. Who is active: Monday ana, ivy; Wednesday ana;
/// Thursday di, fay; Friday cy, ed; Saturday cy, hal; Sunday cy. Jo is staff.
fn community() -> Vec<Made> {
    vec![
        member("ana", -40)
            .pressed(-30)
            .wrote(0, 3)
            .wrote(2, 2)
            .reacted(2),
        member("bo", -40).pressed(-28),
        member("cy", -10)
            .checked_in(4)
            .checked_in(5)
            .checked_in(6)
            .planned(plan(-10, PlanState::Finished { at: noon(2) })),
        member("di", 1)
            .reacted(3)
            .planned(plan(1, PlanState::Active)),
        member("ed", -20).wrote(4, 1).left(5).in_case(Case {
            reason: Some(LeaveReason::FewBenefits),
            ..case(5, CaseState::Answered)
        }),
        member("fay", -60)
            .left(-30)
            .back(3)
            .pressed(3)
            .in_case(case(-30, CaseState::Won { at: noon(3) })),
        member("gus", 2)
            .left(6)
            .in_case(case(6, CaseState::Unreachable)),
        member("hal", -30)
            .left(-8)
            .wrote(5, 2)
            .in_case(case(-8, CaseState::Lost { at: noon(2) })),
        member("ivy", 0).pressed(0),
        member("zoe", -15).bought(-9, 2, 2, 10_000),
        member("jo", -50).wrote(1, 2).checked_in(1).staff(),
    ]
}

/// Members at the start: ana, bo, cy, ed, zoe; at the end: ana, bo, cy, di, fay, ivy, zoe.
/// Days as a member at their end: ana, bo, cy, ivy, zoe 7, di 6, ed 5, fay and gus 4, hal 0: 54.
/// 10 active member-days, 5 with a message or reaction.
const BY_HAND: &[(&str, Option<f64>)] = &[
    ("members_total", Some(7.0)),
    ("new", Some(3.0)),
    ("left", Some(2.0)),
    ("returned", Some(1.0)),
    ("net_growth", Some(1.0 / 5.0)),
    ("mean_dau", Some(10.0 / 7.0)),
    ("wau", Some(7.0)),
    ("mau30", Some(7.0)),
    ("stickiness", Some(10.0 / 49.0)),
    ("dau_share", Some(10.0 / 54.0)),
    ("wau_share", Some(49.0 / 54.0)),
    ("mau_share", Some(49.0 / 54.0)),
    ("speaking_rate", Some(21.0 / 54.0)),
    ("interaction_rate", Some(5.0 / 54.0)),
    ("messages", Some(8.0)),
    ("messages_per_1000", Some(8000.0 / 54.0)),
    ("messages_per_active", Some(8.0 / 7.0)),
    ("own_content", Some(8.0 / 10.0)),
    ("reactions", Some(2.0)),
    ("threads", None),
    ("quality_rate", None),
    ("first_reply", None),
    // Age 7 is over for those first seen by −1: ana, bo, cy, ed, fay, hal, zoe; age 13 too.
    ("retention_d7", Some(2.0 / 7.0)),
    ("retention_d30", Some(1.0 / 4.0)),
    ("retention_d90", None),
    ("retention_classic_d7", Some(0.0)),
    ("retention_classic_d30", Some(0.0)),
    ("retention_classic_d90", None),
    ("retention_rolling_d7", Some(6.0 / 7.0)),
    ("retention_rolling_d30", Some(3.0 / 4.0)),
    ("retention_rolling_d90", None),
    ("silent30", Some(1.0)),
    ("silent30_share", Some(1.0 / 7.0)),
    ("silent30_incl_new", Some(0.0)),
    ("prev30_active", Some(2.0)),
    ("churned30", Some(1.0)),
    ("churn30", Some(0.5)),
    // Of ana, cy, di, fay and ivy, who were there in the last days.
    ("at_risk", Some(0.0)),
    ("at_risk_share", Some(0.0)),
    ("recall", None),
    ("check_in_rate", Some(7.0 / 54.0)),
    ("check_ins", Some(3.0)),
    ("mean_streak", Some(3.0)),
    ("streaks_ge_7", Some(0.0)),
    ("onboarding_started", Some(1.0)),
    ("onboarding_finished", Some(1.0)),
    ("win_back_opened", Some(2.0)),
    ("reachable", Some(1.0)),
    ("win_back_surveyed", Some(1.0)),
    ("win_back_answered", Some(1.0)),
    ("won_back", Some(1.0)),
    ("won_back_rate", Some(0.5)),
    ("cases_overdue", Some(0.0)),
    ("days_to_return", Some(33.0)),
    ("invited_30", Some(0.0)),
    ("invitation_k", None),
    ("orders", Some(0.0)),
    // The community's file names no currency.
    ("revenue", None),
    ("average_order", None),
    ("ltv", None),
    ("paying_rate", Some(1.0 / 7.0)),
    ("repurchase_rate", Some(1.0)),
    ("rfm_champion", Some(0.0)),
    ("rfm_loyal", Some(0.0)),
    // Zoe, on Wednesday, twice.
    ("rfm_new_customer", Some(1.0)),
    ("rfm_promising", Some(0.0)),
    ("rfm_at_risk", Some(0.0)),
    ("rfm_lost", Some(0.0)),
    ("nps", None),
    ("satisfaction", None),
    ("negative_share", None),
];

#[test]
fn every_number_is_what_it_is_by_hand() {
    let numbers = numbers_of(&community());
    let measured =
        definitions().filter(|definition| matches!(definition.source, Source::Measured(_)));
    assert_eq!(
        measured
            .map(|definition| definition.key)
            .collect::<Vec<_>>(),
        BY_HAND.iter().map(|(key, _)| *key).collect::<Vec<_>>()
    );
    for (definition, (key, expected)) in definitions().zip(BY_HAND) {
        let value = definition.value(&numbers);
        let same = value
            .zip(*expected)
            .map_or(value.is_none() && expected.is_none(), |(a, b)| {
                (a - b).abs() < 1e-9
            });
        assert!(same, "{key}: {value:?}, by hand {expected:?}");
    }
    assert_eq!(
        numbers.dau.values().copied().collect::<Vec<_>>(),
        [2, 0, 1, 2, 2, 2, 1]
    );
    assert_eq!(
        (
            numbers.days_observed,
            numbers.members_start,
            numbers.first_observed
        ),
        (7, 5, Some(day(-60)))
    );
    assert_eq!(numbers.win_back.reasons.get("few_benefits"), Some(&1));
}

#[test]
fn in_an_empty_community_nothing_has_a_rate() {
    let numbers = numbers();
    assert_eq!(
        (
            numbers.days_observed,
            numbers.first_observed,
            numbers.dau.len()
        ),
        (0, None, 0)
    );
    for definition in definitions() {
        // Nobody ever told of an order, or of a thread.
        let is_told = definition.group != Group::Commerce && definition.key != "threads";
        let is_share = definition.denominator.is_some() || definition.key == "mean_dau";
        let expected = (is_told && !is_share).then_some(0.0);
        if let Source::Measured(value) = definition.source {
            assert_eq!(value(&numbers), expected, "{}", definition.key);
        }
    }
}

#[test]
fn the_median_is_in_the_middle() {
    for (histogram, expected) in [
        (vec![], None),
        (vec![(3, 1)], Some(3.0)),
        (vec![(1, 1), (4, 1)], Some(2.5)),
        (vec![(0, 2), (9, 1)], Some(0.0)),
        (vec![(0, 1), (9, 2)], Some(9.0)),
    ] {
        assert_eq!(median(&histogram.into_iter().collect()), expected);
    }
}

#[test]
fn what_is_written_reads_back_as_the_same_bytes() {
    let numbers = numbers_of(&community());
    let json = serde_json::to_string(&numbers).unwrap();
    let back: Numbers = serde_json::from_str(&json).unwrap();
    assert_eq!(back, numbers);
    assert_eq!(serde_json::to_string(&back).unwrap(), json);
    assert_eq!(ratio(1, 3), Some(0.333_333_333));
}
