//! What arms that are held against each other say so far: a winner, or why there is none yet.

use serde::{Deserialize, Serialize};

use super::two_proportions;
use crate::locale::Locale;

/// Shares further apart than chance makes them in one of twenty trials without any difference.
const SIGNIFICANT: f64 = 0.05;

/// One of the things that are held against each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arm {
    /// As tables write it.
    pub name: String,
    /// Members who are in it.
    pub reached: u64,
    /// Those of them with whom it succeeded.
    pub answered: u64,
}

impl Arm {
    /// Nobody is in it yet.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            reached: 0,
            answered: 0,
        }
    }

    /// answered / reached; `None` while nobody was reached.
    pub fn share(&self) -> Option<f64> {
        (self.reached > 0).then(|| self.answered as f64 / self.reached as f64)
    }
}

/// What a trial says.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// One arm is better than the first; or the first is better than all others.
    Winner {
        /// Its name.
        arm: String,
        /// The p-value, times the number of comparisons.
        p: f64,
    },
    /// Not all arms have the members that the playbook asks for.
    TooFew {
        /// How many the smallest arm lacks.
        missing: u64,
    },
    /// All arms have their members, and chance explains the difference as well.
    NoDifference {
        /// The smallest p-value, times the number of comparisons; `None` = all or none answered.
        p: Option<f64>,
    },
}

/// Judges arms, each against the first (a text's own body) by the two-sided test of two
/// proportions. With several others the p-values are multiplied by their number (Bonferroni): one
/// of many wins by chance more easily. Others are not compared with each other: of several that
/// are better than the first, the one with the greatest share wins.
pub fn judge(arms: &[Arm], min_sample: u64) -> Verdict {
    let fewest = arms.iter().map(|arm| arm.reached).min().unwrap_or(0);
    if fewest < min_sample {
        return Verdict::TooFew {
            missing: min_sample - fewest,
        };
    }
    let Some((first, others)) = arms.split_first() else {
        return Verdict::NoDifference { p: None };
    };
    let p_of = |other: &Arm| {
        let p = two_proportions(first.answered, first.reached, other.answered, other.reached)?;
        Some((p * others.len() as f64).min(1.0))
    };
    let compared: Vec<(&Arm, Option<f64>)> =
        others.iter().map(|other| (other, p_of(other))).collect();
    let differs = |p: Option<f64>| p.filter(|p| *p < SIGNIFICANT);
    let better = compared
        .iter()
        .filter(|(other, _)| other.share() > first.share())
        .filter_map(|(other, p)| Some((*other, differs(*p)?)))
        .max_by(|(one, _), (other, _)| {
            let share = |arm: &Arm| arm.share().unwrap_or(0.0);
            share(one).total_cmp(&share(other))
        });
    if let Some((arm, p)) = better {
        return Verdict::Winner {
            arm: arm.name.clone(),
            p,
        };
    }
    let worse: Option<Vec<f64>> = compared.iter().map(|(_, p)| differs(*p)).collect();
    // None is better, so where all differ all are worse.
    if let Some(p) = worse.and_then(|all| all.into_iter().max_by(f64::total_cmp)) {
        return Verdict::Winner {
            arm: first.name.clone(),
            p,
        };
    }
    let p = compared.iter().filter_map(|(_, p)| *p);
    Verdict::NoDifference {
        p: p.min_by(f64::total_cmp),
    }
}

impl Verdict {
    /// For operators.
    pub fn words(&self, locale: Locale) -> String {
        match self {
            Self::Winner { arm, p } => {
                let p = p_words(*p);
                match locale {
                    Locale::ZhHant => format!("勝出：{arm}（{p}）"),
                    Locale::ZhHans => format!("胜出：{arm}（{p}）"),
                    Locale::En => format!("winner: {arm} ({p})"),
                }
            }
            Self::TooFew { missing } => match locale {
                Locale::ZhHant => format!("人數還不夠：最少的一組還差 {missing} 人"),
                Locale::ZhHans => format!("人数还不够：最少的一组还差 {missing} 人"),
                Locale::En => {
                    format!("too few members yet: the smallest group lacks {missing}")
                }
            },
            Self::NoDifference { p } => {
                let p = p.map(p_words);
                match locale {
                    Locale::ZhHant => {
                        let p = p.map(|p| format!("（{p}）")).unwrap_or_default();
                        format!("沒有勝出：看不出確實的差別{p}")
                    }
                    Locale::ZhHans => {
                        let p = p.map(|p| format!("（{p}）")).unwrap_or_default();
                        format!("没有胜出：看不出确实的差别{p}")
                    }
                    Locale::En => {
                        let p = p.map(|p| format!(" ({p})")).unwrap_or_default();
                        format!("no winner: no difference shown{p}")
                    }
                }
            }
        }
    }
}

fn p_words(p: f64) -> String {
    if p < 0.001 {
        "p < 0.001".to_owned()
    } else {
        format!("p = {p:.3}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(answered, reached)` of the own body, then of `b`, `c` …
    fn words(counts: &[(u64, u64)]) -> String {
        let names = ["own", "b", "c"];
        let arms = names.into_iter().zip(counts).map(|(name, count)| Arm {
            name: name.to_owned(),
            reached: count.1,
            answered: count.0,
        });
        judge(&arms.collect::<Vec<_>>(), 50).words(Locale::En)
    }

    #[test]
    fn a_winner_needs_members_and_a_difference() {
        for (counts, expected) in [
            // The p-values are those of the tests of `two_proportions`.
            (vec![(15, 50), (25, 50)], "winner: b (p = 0.041)"),
            (vec![(25, 50), (15, 50)], "winner: own (p = 0.041)"),
            (vec![(41, 216), (64, 182)], "winner: b (p < 0.001)"),
            (
                vec![(16, 50), (25, 50)],
                "no winner: no difference shown (p = 0.067)",
            ),
            (
                vec![(300, 1000), (300, 1000)],
                "no winner: no difference shown (p = 1.000)",
            ),
            (vec![(0, 50), (0, 50)], "no winner: no difference shown"),
            // However great the difference.
            (
                vec![(0, 49), (60, 60)],
                "too few members yet: the smallest group lacks 1",
            ),
            (
                vec![(0, 60), (2, 2)],
                "too few members yet: the smallest group lacks 48",
            ),
            // What wins alone does not where two were tried.
            (
                vec![(15, 50), (25, 50), (15, 50)],
                "no winner: no difference shown (p = 0.082)",
            ),
            (
                vec![(41, 216), (64, 182), (100, 200)],
                "winner: c (p < 0.001)",
            ),
            // The text's own is better than one of two: that it is the best is not shown.
            (
                vec![(64, 182), (41, 216), (64, 182)],
                "no winner: no difference shown (p < 0.001)",
            ),
            (
                vec![(64, 182), (41, 216), (41, 216)],
                "winner: own (p < 0.001)",
            ),
            (vec![], "too few members yet: the smallest group lacks 50"),
        ] {
            assert_eq!(words(&counts), expected, "{counts:?}");
        }
    }

    #[test]
    fn every_verdict_has_words_in_three_languages() {
        for (verdict, expected) in [
            (
                Verdict::Winner {
                    arm: "b".to_owned(),
                    p: 0.0123,
                },
                ["勝出：b（p = 0.012）", "胜出：b（p = 0.012）"],
            ),
            (
                Verdict::TooFew { missing: 7 },
                [
                    "人數還不夠：最少的一組還差 7 人",
                    "人数还不够：最少的一组还差 7 人",
                ],
            ),
            (
                Verdict::NoDifference { p: None },
                ["沒有勝出：看不出確實的差別", "没有胜出：看不出确实的差别"],
            ),
            (
                Verdict::NoDifference { p: Some(0.5) },
                [
                    "沒有勝出：看不出確實的差別（p = 0.500）",
                    "没有胜出：看不出确实的差别（p = 0.500）",
                ],
            ),
        ] {
            let found = [Locale::ZhHant, Locale::ZhHans].map(|locale| verdict.words(locale));
            assert_eq!(found, expected);
        }
    }
}
