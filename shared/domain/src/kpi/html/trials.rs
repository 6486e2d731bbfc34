//! What came of other words, and what the plan is worth: each with how sure it is.

use super::{column_head, escape};
use crate::experiment::{Arm, Holdout, OWN, Side, Trial, Verdict, WIDTH_95, newcombe, wilson};
use crate::kpi::report::{Report, UNKNOWN};
use crate::kpi::words::{Words, label};
use crate::locale::Locale;
use crate::text::{percent, percentage_points};

const HEADING: Words = Words(["試驗", "实验", "Trials"]);
const NOTE: Words = Words([
    "括號裡是 95% 區間：真正的比例多半在這裡面。區間重疊得多，就還不能說哪個好。",
    "括号里是 95% 区间：真正的比例多半在这里面。区间重叠得多，就还不能说哪个好。",
    "Intervals are 95%: the true share is most likely within. While they overlap widely, neither is better.",
]);
const ARM: Words = Words(["版本", "版本", "Words"]);
const REACHED: Words = Words(["收到", "收到", "Reached"]);
const ANSWERED: Words = Words(["有回應", "有回应", "Answered"]);
const INTERVAL: Words = Words(["95% 區間", "95% 区间", "95% interval"]);
const OWN_WORDS: Words = Words(["原來的文字", "原来的文字", "its own"]);
const SIDE: Words = Words(["新人", "新人", "Newcomers"]);
const COUNTED: Words = Words(["滿 14 天", "满 14 天", "14 days old"]);
const BACK: Words = Words(["第 7–13 天回來", "第 7–13 天回来", "Back on days 7–13"]);
const HELD_OUT: Words = Words(["沒有新人計劃", "没有新人计划", "held out"]);
const WITH_PLAN: Words = Words(["有新人計劃", "有新人计划", "with plan"]);

/// Nothing where nothing is tried.
pub(super) fn section(report: &Report, locale: Locale) -> String {
    let trials = &report.trials;
    if trials.is_empty() {
        return String::new();
    }
    let texts = trials.texts.iter().map(|trial| of_text(trial, locale));
    let holdouts = trials.holdouts.iter().map(|one| of_holdout(one, locale));
    let all: String = texts.chain(holdouts).collect();
    let (heading, note) = (HEADING.get(locale), NOTE.get(locale));
    format!("<h2>{heading}</h2>\n<p class=\"note\">{note}</p>\n{all}")
}

fn of_text(trial: &Trial, locale: Locale) -> String {
    let (step, text, version) = (&trial.step, &trial.text, trial.version);
    let title = match locale {
        Locale::ZhHant | Locale::ZhHans => format!("{step}｜{text}（第 {version} 版）"),
        Locale::En => format!("{step}: {text} (version {version})"),
    };
    let rows = trial.arms.iter().map(|arm| {
        let name = if arm.name == OWN {
            OWN_WORDS.get(locale)
        } else {
            &arm.name
        };
        row(name, arm.answered, arm.reached, locale)
    });
    let heads = [ARM, REACHED, ANSWERED, label::SHARE, INTERVAL];
    let own = |arm: &str| (arm == OWN).then(|| OWN_WORDS.get(locale).to_owned());
    let verdict = renamed(trial.verdict(), own).words(locale);
    table(&title, heads, &rows.collect::<String>(), &verdict, locale)
}

fn of_holdout(holdout: &Holdout, locale: Locale) -> String {
    let share = percent(holdout.share, locale);
    let title = match locale {
        Locale::ZhHant => format!("新人計劃的成效（{share} 的新人沒有計劃）"),
        Locale::ZhHans => format!("新人计划的成效（{share} 的新人没有计划）"),
        Locale::En => format!("What the plan is worth ({share} of newcomers have none)"),
    };
    let sides = [
        (HELD_OUT.get(locale), holdout.held_out),
        (WITH_PLAN.get(locale), holdout.with_plan),
    ];
    let rows = sides.map(|(name, Side { d7, .. })| row(name, d7.retained, d7.eligible, locale));
    let named = |arm: &str| {
        let (name, _) = match arm {
            Holdout::HELD_OUT => sides[0],
            Holdout::WITH_PLAN => sides[1],
            _ => return None,
        };
        Some(name.to_owned())
    };
    let verdict = renamed(holdout.verdict(), named).words(locale);
    let (without, with) = (holdout.held_out.d7, holdout.with_plan.d7);
    let interval = newcombe(
        (without.retained, without.eligible),
        (with.retained, with.eligible),
        WIDTH_95,
    );
    let uplift = holdout.uplift().zip(interval).map(|(uplift, (low, high))| {
        let [uplift, low, high] = [uplift, low, high].map(|one| percentage_points(one, locale));
        match locale {
            Locale::ZhHant => format!("計劃帶來 {uplift}（95% 區間 {low} 到 {high}）。"),
            Locale::ZhHans => format!("计划带来 {uplift}（95% 区间 {low} 到 {high}）。"),
            Locale::En => format!("The plan adds {uplift} (95% interval {low} to {high}); "),
        }
    });
    let verdict = [uplift.unwrap_or_default(), verdict].concat();
    let heads = [SIDE, COUNTED, BACK, label::SHARE, INTERVAL];
    table(&title, heads, &rows.concat(), &verdict, locale)
}

fn row(name: &str, answered: u64, reached: u64, locale: Locale) -> String {
    let arm = Arm {
        name: name.to_owned(),
        reached,
        answered,
    };
    let share = arm.share();
    let share = share.map_or_else(|| UNKNOWN.to_owned(), |share| percent(share, locale));
    let interval = wilson(answered, reached, WIDTH_95).map_or_else(
        || UNKNOWN.to_owned(),
        |(low, high)| format!("{}–{}", percent(low, locale), percent(high, locale)),
    );
    format!(
        "<tr><th scope=\"row\">{}</th><td>{reached}</td><td>{answered}</td><td><b>{share}</b></td><td>{interval}</td></tr>\n",
        escape(name)
    )
}

fn table(title: &str, heads: [Words; 5], rows: &str, verdict: &str, locale: Locale) -> String {
    let heads = heads.map(|head| column_head(head.get(locale))).concat();
    format!(
        "<h3>{}</h3>\n<div class=\"wide\"><table>\n<tr>{heads}</tr>\n{rows}</table></div>\n<p>{}</p>\n",
        escape(title),
        escape(verdict)
    )
}

/// A winner as readers know it.
fn renamed(verdict: Verdict, name: impl Fn(&str) -> Option<String>) -> Verdict {
    match verdict {
        Verdict::Winner { arm, p } => Verdict::Winner {
            arm: name(&arm).unwrap_or(arm),
            p,
        },
        same @ (Verdict::TooFew { .. } | Verdict::NoDifference { .. }) => same,
    }
}
