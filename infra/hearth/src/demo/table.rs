//! The story as tables a person can read: who got what, when, and why not.

use hearth_domain::days::Zone;
use hearth_domain::locale::Locale;
use hearth_local::columns::aligned;
use jiff::Timestamp;
use serde_json::Value;

use super::story::{EAGER, LEAVER, OPTED_OUT, SILENT};
use crate::endpoint::{Endpoint, at};

/// One text in the three languages, in the order of [`Locale::ALL`].
type Words = [&'static str; 3];

fn word(words: &Words, locale: Locale) -> &'static str {
    let [zh_hant, zh_hans, en] = words;
    match locale {
        Locale::ZhHant => zh_hant,
        Locale::ZhHans => zh_hans,
        Locale::En => en,
    }
}

const WHO: [(&str, Words); 4] = [
    (
        EAGER,
        [
            "小美：完成每個任務，天天簽到",
            "小美：完成每个任务，天天打卡",
            "Mei: does every task, checks in daily",
        ],
    ),
    (
        SILENT,
        [
            "阿安：一直沒說話",
            "阿安：一直没说话",
            "An: never says a word",
        ],
    ),
    (
        LEAVER,
        [
            "阿凱：第三天離開",
            "阿凯：第三天离开",
            "Kai: leaves on day 3",
        ],
    ),
    (
        OPTED_OUT,
        [
            "小琳：第二天退訂",
            "小琳：第二天退订",
            "Lin: opts out on day 2",
        ],
    ),
];

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "–".to_owned(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// Who they are and where they stand after eight days.
pub(crate) async fn newcomers(endpoint: &Endpoint, locale: Locale) -> anyhow::Result<String> {
    const HEAD: [Words; 7] = [
        ["新人", "新人", "newcomer"],
        ["狀態", "状态", "status"],
        ["積分", "积分", "points"],
        ["連續簽到", "连续打卡", "streak"],
        ["等級", "等级", "level"],
        ["新人計畫", "新人计划", "plan"],
        ["挽回", "挽回", "win-back"],
    ];
    let mut rows = vec![
        HEAD.iter()
            .map(|words| word(words, locale).to_owned())
            .collect::<Vec<_>>(),
    ];
    for (user, who) in &WHO {
        let member = endpoint.get(&format!("/local/members/acme/{user}")).await?;
        let reason = at(&member, "/win_back/reason")
            .as_str()
            .map_or(String::new(), |reason| format!(" ({reason})"));
        rows.push(vec![
            word(who, locale).to_owned(),
            text(at(&member, "/status")),
            text(at(&member, "/points")),
            text(at(&member, "/streak")),
            text(at(&member, "/level")),
            text(at(&member, "/onboarding/state")),
            format!("{}{reason}", text(at(&member, "/win_back/state"))),
        ]);
    }
    Ok(aligned(&rows))
}

/// Every message: when, to whom, what became of it, and why.
pub(crate) async fn messages(endpoint: &Endpoint, locale: Locale) -> anyhow::Result<String> {
    const HEAD: [Words; 5] = [
        ["台北時間", "台北时间", "Taipei time"],
        ["給誰", "给谁", "to"],
        ["訊息", "消息", "message"],
        ["結果", "结果", "state"],
        ["原因", "原因", "why not"],
    ];
    let zone = Zone::new("Asia/Taipei")?;
    let ledger = endpoint.get("/local/ledger?community=acme").await?;
    let mut rows = vec![
        HEAD.iter()
            .map(|words| word(words, locale).to_owned())
            .collect::<Vec<_>>(),
    ];
    let mut lines: Vec<(Timestamp, Vec<String>)> = Vec::new();
    for row in ledger.as_array().into_iter().flatten() {
        let instant: Timestamp = text(at(row, "/at")).parse()?;
        // What is told of a closed day goes to where people check in.
        let channel = if text(at(row, "/kind")).starts_with("closing.") {
            "#check-in"
        } else {
            "#ops"
        };
        let who = WHO
            .iter()
            .find(|(user, _)| at(row, "/member") == *user)
            .map_or(channel, |(_, who)| word(who, locale));
        let name = who.split(['：', ':']).next().unwrap_or_default().to_owned();
        let reason = at(row, "/reason").as_str().unwrap_or_default().to_owned();
        lines.push((
            instant,
            vec![
                zone.local(instant).strftime("%m-%d %a %H:%M").to_string(),
                name,
                text(at(row, "/kind")),
                text(at(row, "/state")),
                reason,
            ],
        ));
    }
    lines.sort_by_key(|(at, _)| *at);
    rows.extend(lines.into_iter().map(|(_, line)| line));
    Ok(aligned(&rows))
}

/// Where to look next.
pub(crate) fn ending(url: &str, locale: Locale, once: bool) -> String {
    let page = word(&["網頁", "网页", "The page"], locale);
    let report = word(&["完整週報", "完整周报", "The whole report"], locale);
    let mut ending = format!(
        "{page}: {url}/?lang={locale}\n{report}: {url}/local/reports/acme/2026-W02.html?lang={locale}\n"
    );
    if !once {
        ending.push_str(word(
            &["按 Ctrl-C 結束。", "按 Ctrl-C 结束。", "Ctrl-C ends it."],
            locale,
        ));
    }
    ending
}
