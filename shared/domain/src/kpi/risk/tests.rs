//! What the score looks at, and what it learns.

use super::*;

fn day(n: i32) -> LocalDay {
    LocalDay::from_epoch_days(20_000 + n)
}

/// Active on these days before the day of the score.
fn active(back: impl IntoIterator<Item = i32>) -> Activity {
    let mut activity = Activity::default();
    for back in back {
        activity.mark(day(-back), day(-60));
    }
    activity
}

fn features(back: impl IntoIterator<Item = i32>) -> Option<[f64; COUNT]> {
    Features::of(&active(back), day(0)).map(|features| features.0)
}

#[test]
fn features_are_of_the_thirty_days() {
    for (back, expected) in [
        (vec![], None),
        (vec![30], None),
        (vec![29], Some([29.0 / 30.0, 0.0, 0.0])),
        (vec![0], Some([0.0, 1.0 / 14.0, 0.0])),
        (vec![14, 13, 0], Some([0.0, 1.0 / 14.0, 0.0])),
        (vec![15, 14], Some([14.0 / 30.0, -2.0 / 14.0, 0.0])),
        // Five days of seven, and none for four days.
        (vec![4, 5, 6, 7, 8], Some([4.0 / 30.0, 5.0 / 14.0, 1.0])),
        (vec![4, 5, 7, 9, 10], Some([4.0 / 30.0, 5.0 / 14.0, 1.0])),
        (vec![4, 5, 7, 9, 11], Some([4.0 / 30.0, 5.0 / 14.0, 0.0])),
        (vec![3, 4, 5, 6, 7], Some([3.0 / 30.0, 5.0 / 14.0, 0.0])),
    ] {
        assert_eq!(features(back.clone()), expected, "{back:?}");
    }
    // What came later is not known on the day.
    let later = active([-3, 0]);
    assert_eq!(Features::of(&later, day(0)).map(|f| f.0), features([0]));
}

#[test]
fn a_sample_is_of_a_day_that_left_enough_days() {
    assert_eq!(
        sample(&active([40]), day(0)).map(|(_, silent)| silent),
        Some(true)
    );
    assert_eq!(
        sample(&active([40, 29]), day(0)).map(|(_, silent)| silent),
        Some(false)
    );
    assert_eq!(sample(&active([29]), day(0)), None, "was not there before");
    assert_eq!(
        sample(&active([60]), day(0)),
        None,
        "had fallen silent before"
    );
}

#[test]
fn the_guess_lists_who_has_been_gone_for_two_weeks() {
    let score = |back: &[i32]| {
        let features = Features::of(&active(back.iter().copied()), day(0)).unwrap();
        Weights::default().score(&features)
    };
    assert!(score(&[0, 3, 7]) < 0.2);
    assert!(score(&[20, 22, 25]) > LISTED);
    assert!(score(&[15, 16, 18]) > LISTED);
}

#[test]
fn nothing_is_learned_where_all_are_the_same() {
    let one = Features([0.5, 0.0, 0.0]);
    assert_eq!(fit(&[]), None);
    assert_eq!(fit(&[(one, true), (one, true)]), None);
    assert_eq!(auc(&Weights::default(), &[(one, true)]), None);
    // A feature that never differs says nothing and does no harm.
    let two = Features([0.1, 0.0, 0.0]);
    let mixed = [(one, true), (one, false), (two, false), (one, true)];
    let weights = fit(&mixed).unwrap();
    assert!(weights.features[0] > 0.0 && weights.features[1].abs() < 1e-6);
    assert_eq!(auc(&weights, &mixed), Some(0.75));
}

#[test]
fn a_feature_that_tells_everything_gives_finite_weights() {
    let sample = |recency, silent| (Features([recency, 0.0, 0.0]), silent);
    let samples = [
        sample(0.1, false),
        sample(0.2, false),
        sample(0.8, true),
        sample(0.9, true),
    ];
    let weights = fit(&samples).unwrap();
    assert!(weights.intercept.is_finite());
    assert_eq!(auc(&weights, &samples), Some(1.0));
}
