//! The month that ended with the week, beside the one before it; and the quarter.

use super::{column_head, escape};
use crate::days::IsoWeek;
use crate::kpi::definitions::{Definition, definitions};
use crate::kpi::report::{Report, UNKNOWN};
use crate::kpi::summary::{Summaries, Summary};
use crate::kpi::words::{COLON, Words, label, partial};
use crate::locale::Locale;
use crate::text::month_name;

const HEADING: Words = Words(["月報", "月度小结", "The month"]);
const QUARTER: Words = Words(["本季", "本季度", "The quarter"]);
const NOTE: Words = Words([
    "由各週的報告算出；一週算在它的星期四所在的月份。人次與則數相加，比例取人數足夠（20 人以上）的各週的簡單平均，淨增長率＝（新增合計−離開合計）÷ 期初成員數，月底狀態取最後一週。",
    "由各周的报告算出；一周算在它的星期四所在的月份。人次与条数相加，比例取人数足够（20 人以上）的各周的简单平均，净增长率＝（新增合计−流失合计）÷ 期初成员数，月底状态取最后一周。",
    "Made of the weekly reports; a week belongs to the month of its Thursday. What happened is added up; shares are the plain mean of the weeks that have 20 or more in the denominator; net growth is (all new − all who left) / members at the start; what stands at the end is the last week's.",
]);

/// Nothing but on the page of a month's last week.
pub(super) fn section(report: &Report, locale: Locale) -> String {
    let Some(all) = Summaries::of(report) else {
        return String::new();
    };
    let (month, before) = (&all.month, all.before.as_ref());
    let before_name = before.map_or_else(
        || UNKNOWN.to_owned(),
        |before| month_name(before.first, locale),
    );
    let heads = [
        month_name(month.first, locale),
        before_name,
        label::DIFFERENCE.get(locale).to_owned(),
    ];
    let quarter = all.quarter.as_ref().map(|_| QUARTER.get(locale).to_owned());
    let heads: String = heads
        .into_iter()
        .chain(quarter)
        .map(|head| column_head(&escape(&head)))
        .collect();
    let rows: String = definitions()
        .filter(|definition| month.value(definition).is_some())
        .map(|definition| row(&all, definition, locale))
        .collect();
    let missing: String = std::iter::once(month)
        .chain(before)
        .flat_map(|summary| [missing(summary, locale), lacking(summary, locale)])
        .collect();
    format!(
        "<details><summary>{}{}{}</summary>\n<p class=\"note\">{}</p>\n{missing}<div class=\"wide\"><table>\n<tr><td></td>{heads}</tr>\n{rows}</table></div></details>\n",
        HEADING.get(locale),
        COLON.get(locale),
        escape(&month_name(month.first, locale)),
        NOTE.get(locale)
    )
}

fn row(all: &Summaries, definition: &Definition, locale: Locale) -> String {
    let value = |summary: Option<&Summary>| summary?.value(definition);
    let shown = |value: Option<f64>| {
        let text = value.map(|value| definition.unit.format(value, locale));
        escape(text.as_deref().unwrap_or(UNKNOWN))
    };
    let (now, before) = (value(Some(&all.month)), value(all.before.as_ref()));
    let change = now.zip(before).map_or_else(
        || UNKNOWN.to_owned(),
        |(now, before)| definition.unit.format_delta(now - before, locale),
    );
    let quarter = all.quarter.as_ref();
    let quarter = quarter.map(|quarter| format!("<td>{}</td>", shown(value(Some(quarter)))));
    format!(
        "<tr><th scope=\"row\">{}</th><td><b>{}</b></td><td>{}</td><td>{}</td>{}</tr>\n",
        escape(definition.name.get(locale)),
        shown(now),
        shown(before),
        escape(&change),
        quarter.unwrap_or_default()
    )
}

/// Which weeks are in no sum.
fn missing(summary: &Summary, locale: Locale) -> String {
    if summary.missing.is_empty() {
        return String::new();
    }
    let month = month_name(summary.first, locale);
    let weeks: Vec<String> = summary.missing.iter().map(IsoWeek::to_string).collect();
    let text = match locale {
        Locale::ZhHant => format!("{month}缺少這幾週的報告，沒有計入：{}。", weeks.join("、")),
        Locale::ZhHans => format!("{month}缺少这几周的报告，没有计入：{}。", weeks.join("、")),
        Locale::En => format!(
            "{month}: without the reports of {}, which are not counted.",
            weeks.join(", ")
        ),
    };
    format!("<p class=\"note\">{}</p>\n", escape(&text))
}

/// Which weeks lack members.
fn lacking(summary: &Summary, locale: Locale) -> String {
    if summary.unreadable.is_empty() {
        return String::new();
    }
    let weeks = summary.unreadable.iter();
    let weeks: Vec<String> = weeks
        .map(|(week, members)| format!("{week} {}", partial(*members, locale)))
        .collect();
    let separator = match locale {
        Locale::ZhHant | Locale::ZhHans => "、",
        Locale::En => ", ",
    };
    let month = month_name(summary.first, locale);
    let text = format!("{month}{}{}", COLON.get(locale), weeks.join(separator));
    format!("<p class=\"note\">{}</p>\n", escape(&text))
}
