//! Whether two shares really differ, and how sure a share is; and what trials of other words and
//! holdouts say by that.

mod trial;
mod verdict;

pub use trial::{Count, Edition, Holdout, OWN, Side, Trial, Trials, tries};
pub use verdict::{Arm, Verdict, judge};

/// Standard deviations of a 95 % interval.
pub const WIDTH_95: f64 = 1.959_963_985;

/// Two-sided p-value of the pooled two-proportion z-test, without a continuity correction: how
/// often shares at least this far apart would come of one and the same share.
///
/// `None` where there is nothing to compare: nobody on one side, more successes than tries, or no
/// variance (all succeeded, or none did).
/// Source: Fleiss, Levin, Paik, "Statistical Methods for Rates and Proportions", 3rd ed., ch. 3.
pub fn two_proportions(successes_a: u64, n_a: u64, successes_b: u64, n_b: u64) -> Option<f64> {
    if n_a == 0 || n_b == 0 || successes_a > n_a || successes_b > n_b {
        return None;
    }
    let (a, b) = (n_a as f64, n_b as f64);
    let pooled = (successes_a as f64 + successes_b as f64) / (a + b);
    let variance = pooled * (1.0 - pooled) * (1.0 / a + 1.0 / b);
    if variance <= 0.0 {
        return None;
    }
    let z = (successes_a as f64 / a - successes_b as f64 / b) / variance.sqrt();
    Some(two_sided(z))
}

/// Wilson's score interval of a share, `z` standard deviations wide (1.96 for 95 %); it stays
/// within 0 and 1 and holds for small numbers too. `None` without tries.
/// Source: Wilson, "Probable inference …", JASA 22 (1927), 209–212.
pub fn wilson(successes: u64, n: u64, z: f64) -> Option<(f64, f64)> {
    if n == 0 || successes > n {
        return None;
    }
    let n = n as f64;
    let (share, z2) = (successes as f64 / n, z * z);
    let middle = share + z2 / (2.0 * n);
    let half = z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    let low = (middle - half) / (1.0 + z2 / n);
    let high = (middle + half) / (1.0 + z2 / n);
    Some((low.max(0.0), high.min(1.0)))
}

/// Newcombe's interval of the difference `b` − `a` of two shares, from Wilson's of each, `z` standard
/// deviations wide. `None` where one side has nobody.
/// Source: Newcombe, Statistics in Medicine 17 (1998), 873–890, method 10.
pub fn newcombe(
    (successes_a, n_a): (u64, u64),
    (successes_b, n_b): (u64, u64),
    z: f64,
) -> Option<(f64, f64)> {
    let share = |successes: u64, n: u64| successes as f64 / n as f64;
    let (low_a, high_a) = wilson(successes_a, n_a, z)?;
    let (low_b, high_b) = wilson(successes_b, n_b, z)?;
    let (a, b) = (share(successes_a, n_a), share(successes_b, n_b));
    let difference = b - a;
    Some((
        difference - (b - low_b).hypot(high_a - a),
        difference + (high_b - b).hypot(a - low_a),
    ))
}

/// Both tails of the normal distribution beyond `z`, to 1.2 × 10⁻⁷ of its value.
/// Source: Numerical Recipes, 2nd ed., 6.2, `erfcc` (a Chebyshev fit).
fn two_sided(z: f64) -> f64 {
    const FIT: [f64; 10] = [
        -1.265_512_23,
        1.000_023_68,
        0.374_091_96,
        0.096_784_18,
        -0.186_288_06,
        0.278_868_07,
        -1.135_203_98,
        1.488_515_87,
        -0.822_152_23,
        0.170_872_77,
    ];
    // 2 (1 − Φ(|z|)) = erfc(|z| / √2).
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.5 * x);
    let fit = FIT.iter().rev().fold(0.0, |sum, term| sum * t + term);
    t * (fit - x * x).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, within: f64) {
        assert!(
            (found - expected).abs() <= within,
            "{found} is not {expected}"
        );
    }

    #[test]
    fn the_tails_are_those_of_the_tables() {
        // Abramowitz and Stegun, table 26.1, doubled.
        for (z, tails) in [
            (0.0, 1.0),
            (0.674_489_75, 0.5),
            (1.0, 0.317_310_508),
            (1.959_963_985, 0.05),
            (-1.959_963_985, 0.05),
            (2.575_829_304, 0.01),
            (3.290_526_731, 0.001),
            (5.0, 5.733_031e-7),
        ] {
            close(two_sided(z), tails, 2e-7 * f64::max(tails, 0.01));
        }
    }

    #[test]
    fn shares_are_compared_as_by_another_hand() {
        // With the normal distribution of Python's `statistics.NormalDist`.
        for (a, n_a, b, n_b, p) in [
            (15, 50, 25, 50, 0.041_226_833),
            (41, 216, 64, 182, 0.000_262_658),
            (1, 20, 9, 20, 0.003_487_005),
            (300, 1000, 300, 1000, 1.0),
        ] {
            close(two_proportions(a, n_a, b, n_b).unwrap(), p, 2e-7);
            let other_way = two_proportions(b, n_b, a, n_a).unwrap();
            close(other_way, p, 2e-7);
        }
    }

    #[test]
    fn nothing_to_compare_is_none() {
        for (a, n_a, b, n_b) in [
            (0, 0, 1, 2),
            (1, 2, 0, 0),
            (0, 5, 0, 9),
            (5, 5, 9, 9),
            (6, 5, 1, 9),
        ] {
            assert_eq!(two_proportions(a, n_a, b, n_b), None);
        }
    }

    #[test]
    fn wilson_is_as_published() {
        // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
        for (successes, n, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let (found_low, found_high) = wilson(successes, n, 1.959_964).unwrap();
            close(found_low, low, 5e-5);
            close(found_high, high, 5e-5);
        }
        assert_eq!(wilson(0, 0, 1.96), None);
        assert_eq!(wilson(3, 2, 1.96), None);
        close(wilson(20, 20, 1.96).unwrap().1, 1.0, 1e-12);
    }
}
