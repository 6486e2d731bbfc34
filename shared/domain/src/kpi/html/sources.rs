//! Where newcomers come from, and which of them stay.

use super::{column_head, escape};
use crate::invitation::JoinSource;
use crate::kpi::light::MIN_SAMPLE;
use crate::kpi::report::{Report, UNKNOWN};
use crate::kpi::retention::Kept;
use crate::kpi::words::Words;
use crate::locale::Locale;
use crate::text::percent;

const HEADING: Words = Words(["新人的來源", "新人的来源", "How newcomers came"]);
const NOTE: Words = Words([
    "留存：至今所有加入已滿 13 天的人之中，第 7–13 天活動過的比例，離開的人也在分母。平台沒有告知的是「未知」。",
    "留存：至今所有加入已满 13 天的人之中，第 7–13 天活动过的比例，退出的人也在分母。平台没有告知的是「未知」。",
    "Kept: of all who came so far and whose day 13 is over, active on any of days 7–13; leavers stay in the denominator. Unknown = the platform tells nothing.",
]);
const SOURCE: Words = Words(["來源", "来源", "Source"]);
const JOINED: Words = Words(["本週加入", "本周加入", "Joined this week"]);
const KEPT: Words = Words(["7 日留存", "7 日留存", "7-day retention"]);

fn name(source: JoinSource) -> Words {
    match source {
        JoinSource::Invited => Words(["成員邀請", "成员邀请", "invited by a member"]),
        JoinSource::Qr => Words(["QR 碼", "二维码", "QR code"]),
        JoinSource::Share => Words(["分享的連結", "分享的链接", "shared link"]),
        JoinSource::Other => Words(["其他", "其他", "other"]),
        JoinSource::Unknown => Words(["未知", "未知", "unknown"]),
    }
}

/// Nothing where no platform told of any source.
pub(super) fn table(report: &Report, locale: Locale) -> String {
    let numbers = &report.numbers;
    let joined = |source: JoinSource| numbers.joined_by_source.get(source.name()).copied();
    let kept = |source: JoinSource| {
        let kept = numbers.retention_by_source.get(source.name());
        kept.copied().unwrap_or_default()
    };
    let is_told = |source: JoinSource| {
        source != JoinSource::Unknown
            && (joined(source).is_some_and(|joined| joined > 0) || kept(source).eligible > 0)
    };
    if !JoinSource::ALL.into_iter().any(is_told) {
        return String::new();
    }
    let rows: String = JoinSource::ALL
        .into_iter()
        .map(|source| row(name(source), joined(source), kept(source), locale))
        .collect();
    let heads: String = [SOURCE, JOINED, KEPT]
        .map(|words| column_head(words.get(locale)))
        .concat();
    format!(
        "<h3>{}</h3>\n<p class=\"note\">{}</p>\n<div class=\"wide\"><table>\n<tr>{heads}</tr>\n{rows}</table></div>\n",
        HEADING.get(locale),
        escape(NOTE.get(locale))
    )
}

fn row(name: Words, joined: Option<u64>, kept: Kept, locale: Locale) -> String {
    let joined = joined.map_or_else(|| UNKNOWN.to_owned(), |joined| joined.to_string());
    let few = kept.eligible < MIN_SAMPLE;
    let class = if few { " class=\"grey\"" } else { "" };
    let share = kept.rate().map_or_else(
        || UNKNOWN.to_owned(),
        |rate| {
            format!(
                "{}{}<br><i>{}/{}</i>",
                percent(rate, locale),
                if few { "?" } else { "" },
                kept.retained,
                kept.eligible
            )
        },
    );
    format!(
        "<tr><th scope=\"row\">{}</th><td>{joined}</td><td{class}>{share}</td></tr>\n",
        name.get(locale)
    )
}
