//! Our statistics beside those of others: the file says whose, `expected.py` beside it how.

use hearth_domain::experiment::{WIDTH_95, newcombe, two_proportions, wilson};
use hearth_domain::kpi::risk::{self, Features};
use hearth_domain::kpi::trend::{median, robust_deviation};
use serde_json::Value;

fn expected() -> Value {
    serde_json::from_str(include_str!("../statistics/expected.json")).unwrap()
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

fn numbers(values: &Value) -> Vec<f64> {
    values.as_array().unwrap().iter().map(number).collect()
}

/// To six digits.
fn same(found: f64, expected: &Value, what: &str) {
    let expected = number(expected);
    let within = 5e-7 * expected.abs().max(1e-3);
    assert!(
        (found - expected).abs() <= within,
        "{what}: {found} is not {expected}"
    );
}

#[test]
fn shares_and_their_differences_have_the_intervals_of_others() {
    for row in expected()["shares"].as_array().unwrap() {
        let counts: Vec<u64> = row["counts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n.as_u64().unwrap())
            .collect();
        let [a, n_a, b, n_b] = counts[..] else {
            panic!("{row}");
        };
        let p = two_proportions(a, n_a, b, n_b).unwrap();
        same(p, &row["p"], "p");
        let (low, high) = wilson(a, n_a, WIDTH_95).unwrap();
        same(low, &row["wilson"][0], "wilson");
        same(high, &row["wilson"][1], "wilson");
        let (low, high) = newcombe((a, n_a), (b, n_b), WIDTH_95).unwrap();
        same(low, &row["difference"][0], "difference");
        same(high, &row["difference"][1], "difference");
    }
}

#[test]
fn medians_and_robust_deviations_are_those_of_others() {
    for row in expected()["weeks"].as_array().unwrap() {
        let values = numbers(&row["values"]);
        same(median(&values).unwrap(), &row["median"], "median");
        same(
            robust_deviation(&values).unwrap(),
            &row["deviation"],
            "deviation",
        );
    }
}

#[test]
fn a_fitted_score_is_that_of_others() {
    let logistic = &expected()["logistic"];
    let samples: Vec<risk::Sample> = logistic["samples"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let row = numbers(row);
            (Features([row[0], row[1], row[2]]), row[3] > 0.5)
        })
        .collect();
    let weights = risk::fit(&samples).unwrap();
    same(weights.intercept, &logistic["weights"][0], "intercept");
    for (found, expected) in weights
        .features
        .iter()
        .zip(&logistic["weights"].as_array().unwrap()[1..])
    {
        same(*found, expected, "weight");
    }
    same(
        risk::auc(&weights, &samples).unwrap(),
        &logistic["auc"],
        "auc",
    );
}
