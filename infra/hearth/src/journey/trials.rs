//! What the command says of other words and of holdouts. The verdict is in the language that was
//! asked for; the tables are English, as all that the command prints.

use std::fmt::Write as _;

use hearth_aws::journeys::Overview;
use hearth_domain::experiment::{Holdout, Side, Trial, WIDTH_95, wilson};
use hearth_domain::locale::Locale;

/// All tables; nothing where nothing is tried.
pub(super) fn tables(overview: &Overview, locale: Locale) -> String {
    let mut text = String::new();
    for trial in &overview.trials.texts {
        write_trial(&mut text, trial, locale);
    }
    for holdout in &overview.trials.holdouts {
        write_holdout(&mut text, holdout, locale);
    }
    if !overview.unreadable.is_empty() {
        let versions = listed(&overview.unreadable);
        let _ = writeln!(
            text,
            "\nwhat was tried in version {versions} is not shown: the stored file does not pass today's checks"
        );
    }
    text
}

fn write_trial(text: &mut String, trial: &Trial, locale: Locale) {
    let Trial {
        version,
        step,
        text: kind,
        min_sample,
        arms,
    } = trial;
    let _ = writeln!(
        text,
        "\nother words: version {version}, step {step}, text {kind}; each arm needs {min_sample}"
    );
    let _ = writeln!(
        text,
        "  {:<9}  {:>8}  {:>8}  {:>7}  95 %",
        "arm", "reached", "answered", "share"
    );
    for arm in arms {
        let _ = writeln!(
            text,
            "  {:<9}  {:>8}  {:>8}  {}",
            arm.name,
            arm.reached,
            arm.answered,
            share(arm.answered, arm.reached)
        );
    }
    let _ = writeln!(text, "  {}", trial.verdict().words(locale));
}

fn write_holdout(text: &mut String, holdout: &Holdout, locale: Locale) {
    let _ = writeln!(
        text,
        "\nholdout of {:.1} %, version {}: active again 7 to 13 days after the first; each side needs {}",
        100.0 * holdout.share,
        listed(&holdout.versions),
        holdout.min_sample
    );
    let _ = writeln!(
        text,
        "  {:<9}  {:>8}  {:>9}  {:>8}  {:>7}  95 %",
        "side", "members", "13 d over", "active", "share"
    );
    for (name, Side { members, d7 }) in [
        ("held out", &holdout.held_out),
        ("with plan", &holdout.with_plan),
    ] {
        let _ = writeln!(
            text,
            "  {name:<9}  {members:>8}  {:>9}  {:>8}  {}",
            d7.eligible,
            d7.retained,
            share(d7.retained, d7.eligible)
        );
    }
    let uplift = match (holdout.uplift(), holdout.p()) {
        (Some(uplift), Some(p)) => format!("{:+.1} points (p = {p:.3})", 100.0 * uplift),
        (Some(uplift), None) => format!("{:+.1} points (nothing to test)", 100.0 * uplift),
        (None, _) => "not known yet".to_owned(),
    };
    let _ = writeln!(text, "  uplift of the plan: {uplift}");
    let _ = writeln!(text, "  {}", holdout.verdict().words(locale));
}

/// A share with its 95 % interval.
fn share(number: u64, of: u64) -> String {
    let Some((low, high)) = wilson(number, of, WIDTH_95) else {
        return format!("{:>7}  –", "–");
    };
    let share = 100.0 * number as f64 / of as f64;
    format!(
        "{:>7}  {:.1} to {:.1} %",
        format!("{share:.1} %"),
        100.0 * low,
        100.0 * high
    )
}

fn listed(versions: &[u32]) -> String {
    let versions: Vec<String> = versions.iter().map(ToString::to_string).collect();
    versions.join(", ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use hearth_domain::experiment::{Arm, OWN, Trials};
    use hearth_domain::ids::{MessageKind, PlaybookId, StepId};
    use hearth_domain::kpi::Kept;

    use super::*;

    /// The intervals are by Python.
    const TABLES: &str = "
other words: version 2, step day-2, text onboarding.day-2; each arm needs 100
  arm         reached  answered    share  95 %
  (own)           216        41   19.0 %  14.3 to 24.7 %
  b               182        64   35.2 %  28.6 to 42.3 %
  勝出：b（p < 0.001）

holdout of 10.0 %, version 2, 3: active again 7 to 13 days after the first; each side needs 100
  side        members  13 d over    active    share  95 %
  held out         30          0         0        –  –
  with plan       270        148        15   10.1 %  6.2 to 16.0 %
  uplift of the plan: not known yet
  人數還不夠：最少的一組還差 100 人

what was tried in version 1 is not shown: the stored file does not pass today's checks
";

    #[test]
    fn tables_say_what_is_known_and_how_surely() {
        let arm = |name: &str, answered, reached| Arm {
            name: name.to_owned(),
            reached,
            answered,
        };
        let side = |members, retained, eligible| Side {
            members,
            d7: Kept { eligible, retained },
        };
        let overview = Overview {
            playbook: PlaybookId::new("default").unwrap(),
            released: 3,
            pilot: None,
            versions: Vec::new(),
            members: BTreeMap::new(),
            paused: BTreeMap::new(),
            trials: Trials {
                texts: vec![Trial {
                    version: 2,
                    step: StepId::new("day-2").unwrap(),
                    text: MessageKind::new("onboarding.day-2").unwrap(),
                    min_sample: 100,
                    arms: vec![arm(OWN, 41, 216), arm("b", 64, 182)],
                }],
                holdouts: vec![Holdout {
                    share: 0.1,
                    versions: vec![2, 3],
                    min_sample: 100,
                    held_out: side(30, 0, 0),
                    with_plan: side(270, 15, 148),
                }],
            },
            unreadable: vec![1],
        };
        assert_eq!(tables(&overview, Locale::ZhHant), TABLES);
    }
}
