//! A value for every placeholder, as it might be: what texts are previewed and measured with.

use super::placeholders::{COUNTS, RATES};
use crate::locale::Locale;
use crate::text::Values;

/// By placeholder, in the order of [`Locale::ALL`]; sorted. Links and names are of a usual length,
/// so that what fits with them fits with most.
const SAMPLES: &[(&str, [&str; 3])] = &[
    ("alert.day", ["2026年1月7日", "2026年1月7日", "7 Jan 2026"]),
    (
        "alert.finding",
        [
            "日活率 8.4%，比目標 15.0% 低四成以上",
            "日活率 8.4%，比目标 15.0% 低四成以上",
            "Daily active share 8.4%, more than 40% below the target of 15.0%",
        ],
    ),
    ("alert.light", ["🔴 紅燈", "🔴 红灯", "🔴 red"]),
    (
        "alert.look_at",
        [
            "哪幾天最少人，那幾天有沒有話題",
            "哪几天人最少，那几天有没有话题",
            "which days were quietest, and what was on",
        ],
    ),
    ("award.points", ["10"; 3]),
    ("badge.name", ["七日之星", "七日之星", "Seven-day star"]),
    (
        "benefits.summary",
        [
            "每月工具試用、作品牆、線下聚會",
            "每月工具试用、作品墙、线下聚会",
            "monthly tool trials, a works wall, meet-ups",
        ],
    ),
    ("benefits.url", ["https://acme.example/benefits"; 3]),
    ("board.people", ["48"; 3]),
    (
        "board.period",
        [
            "2026-W02（2026年1月5日–2026年1月11日）",
            "2026-W02（2026年1月5日–2026年1月11日）",
            "2026-W02 (5 Jan 2026 – 11 Jan 2026)",
        ],
    ),
    (
        "board.places",
        [
            "1. 設計-小美　120\n2. 工程-阿凱　95\n2. 產品-小琳　95\n3. 行銷-阿志　80\n4. 設計-小安　72\n5. 工程-大明　60\n6. 產品-小雨　55\n7. 設計-阿宏　41\n8. 行銷-小芸　38\n9. 工程-阿傑　30",
            "1. 设计-小美　120\n2. 工程-阿凯　95\n2. 产品-小琳　95\n3. 营销-阿志　80\n4. 设计-小安　72\n5. 工程-大明　60\n6. 产品-小雨　55\n7. 设计-阿宏　41\n8. 营销-小芸　38\n9. 工程-阿杰　30",
            "1. design-May: 120\n2. code-Kai: 95\n2. product-Lin: 95\n3. sales-Chi: 80\n4. design-Ann: 72\n5. code-Ming: 60\n6. product-Rain: 55\n7. design-Hong: 41\n8. sales-Yun: 38\n9. code-Jay: 30",
        ],
    ),
    ("bot.name", ["小艾", "小艾", "Ai"]),
    ("care.days", ["30"; 3]),
    (
        "case.due_at",
        ["1 月 10 日 20:00", "1 月 10 日 20:00", "10 Jan, 20:00"],
    ),
    ("challenge.days", ["21"; 3]),
    ("challenge.done", ["9"; 3]),
    (
        "challenge.end",
        ["2026年1月25日", "2026年1月25日", "25 Jan 2026"],
    ),
    (
        "challenge.join_until",
        ["2026年1月5日", "2026年1月5日", "5 Jan 2026"],
    ),
    (
        "challenge.name",
        ["21 天簽到挑戰", "21 天打卡挑战", "21-day challenge"],
    ),
    (
        "challenge.start",
        ["2026年1月5日", "2026年1月5日", "5 Jan 2026"],
    ),
    ("check_in.count", ["12"; 3]),
    ("check_in.keyword", ["簽到", "打卡", "check in"]),
    (
        "check_in.names",
        ["小美、阿凱、小琳", "小美、阿凯、小琳", "Mei, Kai, Lin"],
    ),
    (
        "closing.day",
        ["2026年1月5日", "2026年1月5日", "5 Jan 2026"],
    ),
    ("community.best_posts_url", ["https://acme.example/best"; 3]),
    ("community.guide_url", ["https://acme.example/guide"; 3]),
    ("community.name", ["Acme Makers"; 3]),
    (
        "community.next_event",
        [
            "每週四 20:00 新人破冰茶話會",
            "每周四 20:00 新人破冰茶话会",
            "Newcomers' tea, Thursdays at 20:00",
        ],
    ),
    (
        "community.rules",
        [
            "互相尊重、不發廣告、有問有答",
            "互相尊重、不发广告、有问有答",
            "Be kind, no ads, answer when you can",
        ],
    ),
    (
        "community.value",
        [
            "我們把做東西的人聚在一起，讓好點子更快變成作品。",
            "我们把做东西的人聚在一起，让好点子更快变成作品。",
            "We bring makers together, so that good ideas become things sooner.",
        ],
    ),
    (
        "content.question",
        [
            "你現在最離不開哪個工具？",
            "你现在最离不开哪个工具？",
            "Which tool could you not do without?",
        ],
    ),
    (
        "content.summary",
        [
            "從畫線框到能點的版本，只要一個下午。",
            "从画线框到能点的版本，只要一个下午。",
            "From wireframe to a clickable version in an afternoon.",
        ],
    ),
    (
        "content.title",
        [
            "三個小工具，讓原型快一倍",
            "三个小工具，让原型快一倍",
            "Three small tools that halve prototyping time",
        ],
    ),
    ("content.url", ["https://acme.example/posts/three-tools"; 3]),
    ("event.length", ["60 分鐘", "60 分钟", "60 minutes"]),
    ("event.recap_url", ["https://acme.example/recap"; 3]),
    (
        "event.starts_at",
        [
            "1 月 15 日（四）20:00",
            "1 月 15 日（周四）20:00",
            "Thu 15 Jan, 20:00",
        ],
    ),
    (
        "event.title",
        ["新人破冰茶話會", "新人破冰茶话会", "Newcomers' tea"],
    ),
    ("event.url", ["https://acme.example/tea"; 3]),
    (
        "focus.first",
        [
            "日活率 12.3 %，低於目標 15 %",
            "日活率 12.3%，低于目标 15%",
            "Daily active share 12.3%, target 15%",
        ],
    ),
    (
        "focus.second",
        [
            "7 日留存比上週低 4.5 個百分點",
            "7 日留存比上周低 4.5 个百分点",
            "7-day retention is 4.5 points down",
        ],
    ),
    (
        "focus.third",
        [
            "3 個待跟進超過 24 小時",
            "3 个待跟进超过 24 小时",
            "3 cases open for more than 24 hours",
        ],
    ),
    ("freeze.left", ["1"; 3]),
    ("gift.code", ["WELCOME7"; 3]),
    (
        "gift.expires_on",
        ["1 月 25 日", "1 月 25 日", "25 January"],
    ),
    (
        "gift.items",
        [
            "・《原型入門》電子書\n・工具試用 30 天",
            "・《原型入门》电子书\n・工具试用 30 天",
            "• Prototyping 101 (e-book)\n• 30 days of tool trials",
        ],
    ),
    ("gift.url", ["https://acme.example/gift"; 3]),
    ("invite.code", ["7K2M-9QXC-04TD"; 3]),
    ("invite.count", ["2"; 3]),
    ("invite.days", ["7"; 3]),
    (
        "invite.link",
        ["https://acme.example/join?code=7K2M-9QXC-04TD"; 3],
    ),
    ("invite.points", ["10"; 3]),
    ("level.name", ["夥伴", "伙伴", "Companion"]),
    ("level.number", ["3"; 3]),
    (
        "level.perks",
        [
            "產品試用優先",
            "产品试用优先",
            "first pick of product trials",
        ],
    ),
    ("level.points_to_next", ["120"; 3]),
    ("member.freezes", ["1"; 3]),
    ("member.interest", ["實用工具", "实用工具", "Tools"]),
    ("member.joined_on", ["1 月 5 日", "1 月 5 日", "5 January"]),
    (
        "member.last_active_on",
        ["1 月 9 日", "1 月 9 日", "9 January"],
    ),
    ("member.name", ["設計-小美", "设计-小美", "design-May"]),
    (
        "member.names",
        ["小美、阿凱、小琳", "小美、阿凯、小琳", "Mei, Kai, Lin"],
    ),
    ("member.points", ["135"; 3]),
    ("member.rank", ["4"; 3]),
    ("member.streak", ["6"; 3]),
    (
        "next.hint",
        [
            "明天還有一件小事。",
            "明天还有一件小事。",
            "One more small thing tomorrow.",
        ],
    ),
    ("offer.code", ["BACK50"; 3]),
    (
        "offer.expires_on",
        ["1 月 31 日", "1 月 31 日", "31 January"],
    ),
    ("offer.label", ["5 折", "5 折", "50% off"]),
    ("operator.name", ["阿芳", "阿芳", "Fang"]),
    ("opt_out.keyword", ["退訂", "退订", "stop"]),
    (
        "opt_out.line",
        [
            "不想再收到？回覆「退訂」即可。",
            "不想再收到？回复“退订”即可。",
            "Rather not hear from us? Reply \"stop\".",
        ],
    ),
    ("pilot.exits", ["3"; 3]),
    ("pilot.sample", ["50"; 3]),
    ("pilot.version", ["7"; 3]),
    ("points.balance", ["135"; 3]),
    ("redeem.code", ["MUG-7K2M"; 3]),
    ("redeem.gift", ["紀念馬克杯", "纪念马克杯", "Souvenir mug"]),
    ("redeem.level", ["4"; 3]),
    (
        "redeem.list",
        [
            "・紀念馬克杯 50\n・月曆 80（Lv.3）",
            "・纪念马克杯 50\n・月历 80（Lv.3）",
            "• Souvenir mug 50\n• Calendar 80 (Lv.3)",
        ],
    ),
    ("redeem.missing", ["15"; 3]),
    (
        "redeem.note",
        [
            "到服務台出示這則訊息。",
            "到服务台出示这条消息。",
            "Show this message at the desk.",
        ],
    ),
    ("redeem.points", ["50"; 3]),
    ("rejoin.url", ["https://acme.example/join"; 3]),
    ("report.light", ["黃燈", "黄灯", "amber"]),
    (
        "report.light_reason",
        [
            "日活率低於目標 18 %",
            "日活率低于目标 18%",
            "daily active share 18% below target",
        ],
    ),
    (
        "report.range",
        [
            "1 月 5 日–1 月 11 日",
            "1 月 5 日–1 月 11 日",
            "5–11 January",
        ],
    ),
    (
        "report.url",
        ["https://reports.acme.example/2026-W02.html"; 3],
    ),
    ("report.week", ["2026-W02"; 3]),
    (
        "reward.name",
        ["品牌貼紙組", "品牌贴纸组", "a set of stickers"],
    ),
    ("reward.url", ["https://acme.example/stickers"; 3]),
    ("sla.hours", ["24"; 3]),
    ("star.month", ["2026年1月", "2026年1月", "January 2026"]),
    (
        "star.names",
        [
            "1. 設計-小美　12\n2. 工程-阿凱　9\n3. 產品-小琳　8",
            "1. 设计-小美　12\n2. 工程-阿凯　9\n3. 产品-小琳　8",
            "1. design-May: 12\n2. code-Kai: 9\n3. product-Lin: 8",
        ],
    ),
    (
        "star.perks",
        [
            "下次線下聚會優先報名",
            "下次线下聚会优先报名",
            "first pick of seats at the next meet-up",
        ],
    ),
    ("star.place", ["1"; 3]),
    ("streak.days", ["7"; 3]),
    ("streak.days_to_next", ["14"; 3]),
    (
        "streak.leaders",
        [
            "小美 21 天、阿凱 9 天、小琳 7 天",
            "小美 21 天、阿凯 9 天、小琳 7 天",
            "Mei 21 days, Kai 9 days, Lin 7 days",
        ],
    ),
    ("streak.next_milestone", ["21"; 3]),
    (
        "survey.text",
        [
            "最近太忙，過一陣子再回來",
            "最近太忙，过一阵子再回来",
            "Busy right now, back in a while",
        ],
    ),
    ("task.example", ["設計-小美", "设计-小美", "design-May"]),
    ("task.points", ["10"; 3]),
    ("task.title", ["改群暱稱", "改群昵称", "Set your nickname"]),
    (
        "topic.question",
        [
            "你做的第一個作品是什麼？",
            "你做的第一个作品是什么？",
            "What was the first thing you made?",
        ],
    ),
    ("topic.title", ["第一個作品", "第一个作品", "First works"]),
    ("topic.url", ["https://acme.slack.com/archives/C0TOPIC"; 3]),
];

/// The sample of one placeholder; `None` if it has none.
pub fn value(name: &str, locale: Locale) -> Option<&'static str> {
    let at = SAMPLES.binary_search_by_key(&name, |(name, _)| name).ok()?;
    let (_, [zh_hant, zh_hans, en]) = SAMPLES.get(at)?;
    Some(match locale {
        Locale::ZhHant => zh_hant,
        Locale::ZhHans => zh_hans,
        Locale::En => en,
    })
}

/// Every placeholder with a value, the report's figures too.
pub fn values(locale: Locale) -> Values {
    let named = SAMPLES
        .iter()
        .filter_map(|(name, _)| Some(((*name).to_owned(), value(name, locale)?)));
    let rates = RATES.iter().flat_map(|name| {
        [
            (format!("kpi.{name}"), "12.3%"),
            (format!("delta.{name}"), "+1.2"),
            (format!("target.{name}"), "15%"),
        ]
    });
    let counts = COUNTS.iter().flat_map(|name| {
        [
            (format!("kpi.{name}"), "1,234"),
            (format!("delta.{name}"), "+56"),
        ]
    });
    named.chain(rates).chain(counts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playbook::placeholders::PLACEHOLDERS;

    #[test]
    fn every_placeholder_has_a_sample() {
        assert!(SAMPLES.is_sorted_by(|(a, _), (b, _)| a < b));
        for (name, _) in PLACEHOLDERS {
            for locale in Locale::ALL {
                let sample = value(name, locale).unwrap_or_default();
                assert!(
                    !sample.trim().is_empty(),
                    "{name} has no sample in {locale}"
                );
            }
        }
        for (name, _) in SAMPLES {
            assert!(
                PLACEHOLDERS.iter().any(|(known, _)| known == name),
                "{name} is no placeholder"
            );
        }
    }
}
