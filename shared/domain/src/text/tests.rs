//! Rendering: lines that go, lines that stay, buttons and numbers.

use jiff::Timestamp;

use super::*;
use crate::days::Zone;

fn playbook() -> Playbook {
    Playbook::parse(Playbook::DEFAULT_TOML).unwrap()
}

fn kind(text: &str) -> MessageKind {
    text.parse().unwrap()
}

fn rendered(kind_name: &str, locale: Locale, values: &Values) -> String {
    render_message(
        &playbook(),
        &kind(kind_name),
        locale,
        values,
        Options::Buttons,
    )
    .unwrap()
    .text
}

/// What we always know about a member of an untouched installation.
fn known() -> Values {
    Values::new()
        .set("community.name", "Acme")
        .set("member.points", "15")
}

#[test]
fn lines_without_their_value_go_and_others_stay() {
    let full = Values::new()
        .set("event.title", "Tea")
        .set("event.recap_url", "https://r")
        .set("member.name", "Mei");
    for (template, values, expected) in [
        ("Hi {{member.name}}!", &full, Ok("Hi Mei!")),
        ("Hi {{ member.name }}!", &full, Ok("Hi Mei!")),
        (
            "a\n\"{{event.title}}\": {{event.recap_url}}\nb",
            &full,
            Ok("a\n\"Tea\": https://r\nb"),
        ),
        (
            "a\n\"{{event.title}}\": {{event.recap_url}}\nb",
            &Values::new(),
            Ok("a\nb"),
        ),
        (
            "a\n\"{{event.title}}\": {{event.recap_url}}",
            &full.clone().set("event.recap_url", " \n"),
            Ok("a"),
        ),
        // A line that goes takes what is required on it along.
        (
            "join {{topic.title}}: {{topic.url}}\nb",
            &Values::new(),
            Ok("b"),
        ),
        ("points. {{next.hint}}", &Values::new(), Ok("points.")),
        ("a\n{{next.hint}}\nb", &Values::new(), Ok("a\nb")),
        ("a\n\nb", &Values::new(), Ok("a\n\nb")),
        (
            "{{kpi.dau_share}} {{report.week}}",
            &Values::new(),
            Ok("– –"),
        ),
        ("{{gift.code}}", &full, Err("no value for {{gift.code}}")),
        ("{{no.such}}", &full, Err("no value for {{no.such}}")),
        (
            "a\n{{member.name",
            &full,
            Err(
                "line 2 of the text is no template: unexpected end of input, expected end of variable block",
            ),
        ),
        (
            "{% if a %}",
            &full,
            Err(
                "line 1 of the text is no template: only {{placeholders}} are known, not {% … %} or {# … #}",
            ),
        ),
        (
            "{{member.name|upper}}",
            &full,
            Err("line 1 of the text is no template: expected a bare name between {{ and }}"),
        ),
        (
            "{{member.name}} {{'x'}}",
            &full,
            Err("line 1 of the text is no template: expected a bare name between {{ and }}"),
        ),
    ] {
        let found = render(template, values).map_err(|error| error.to_string());
        assert_eq!(
            found.as_deref(),
            expected
                .map_err(|e: &str| e.to_owned())
                .as_ref()
                .map(|t| *t),
            "{template}"
        );
    }
}

#[test]
fn a_value_is_no_template_and_is_not_escaped() {
    let values = Values::new().set("member.name", "<b>{{gift.code}} & {% x %}</b>");
    assert_eq!(
        render("{{member.name}}!", &values).unwrap(),
        "<b>{{gift.code}} & {% x %}</b>!"
    );
}

#[test]
fn values_print_no_values() {
    let values = Values::new().set("member.name", "小美");
    assert_eq!(format!("{values:?}"), r#"{"member.name"}"#);
}

#[test]
fn the_welcome_reads_well_before_anybody_filled_in_anything() {
    assert_eq!(
        rendered("onboarding.day-1", Locale::ZhHant, &known()),
        "嗨 夥伴，歡迎加入「Acme」！\n我是小幫手。\n接下來 7 天，我陪你慢慢認識這裡：每天一件小事，幾分鐘就好。\n先選一個感興趣的主題，之後我只挑你用得到的給你 👇"
    );
    assert_eq!(
        rendered("onboarding.day-1.guide", Locale::En, &known()),
        "Newcomer's guide, one minute\n• Daily check-in: send \"check in\" to earn points\n• We record check-ins, activity counts and the interests you pick, never your message text. To stop reminders, message me \"stop\""
    );
    assert_eq!(
        rendered("onboarding.day-6.fallback", Locale::ZhHans, &known()),
        "伙伴，今天没有任务，轻松就好。\n想多认识几个人的话，到群里用三个关键词介绍一下自己，一句话就行。\n不想再收到？回复“退订”即可。"
    );
}

#[test]
fn the_communitys_own_words_come_in() {
    let community = Community::parse(include_str!(
        "../../../../infra/playbooks/demo-community.toml"
    ))
    .unwrap();
    let values = Values::new()
        .community(&community, Locale::En)
        .set("member.name", "Mei");
    assert_eq!(
        rendered("onboarding.day-1", Locale::En, &values),
        "Hi Mei, welcome to Acme Makers!\nI'm Ai. We bring makers together, so that good ideas become things sooner.\nOver the next 7 days I'll show you around: one small thing a day, a few minutes each.\nFirst pick a topic you like, so that I only send what is useful to you 👇"
    );
    let expires: LocalDay = "2026-01-19".parse().unwrap();
    let values = values
        .gift(community.gift.as_ref().unwrap(), expires, Locale::En)
        .set("member.points", "25");
    assert_eq!(
        rendered("onboarding.day-7.missed", Locale::En, &values),
        "Mei, that was your first week. Thank you for staying!\nHere is your newcomer's gift pack 🎁\n• Prototyping 101 (e-book)\n• 30 days of tool trials\nCode: WELCOME7 (until 19 Jan 2026)\nGet it: https://acme.example/gift"
    );
    let content = community.contents.last().unwrap();
    let values = values
        .content(content, Locale::En)
        .topic(community.topic.as_ref().unwrap(), Locale::En);
    assert_eq!(
        rendered("onboarding.day-4.fallback", Locale::En, &values),
        "Mei, here is one that got people talking this week:\nFive questions newcomers ask\nhttps://acme.example/posts/five-questions\nWhat do you think? What else would you ask?\nRather not hear from us? Reply \"stop\"."
    );
}

#[test]
fn after_the_last_milestone_nothing_is_promised() {
    let values = known()
        .set("member.name", "Mei")
        .set("award.points", "5")
        .set("member.streak", "101")
        .set("member.rank", "1");
    assert_eq!(
        rendered("check-in.reply", Locale::En, &values),
        "Checked in ✅ Mei, +5 points\nStreak: 101 · total: 15\nThis week: no. 1"
    );
}

#[test]
fn an_operators_notice_with_a_gap_is_sent_with_a_dash() {
    let text = rendered(
        "win-back.follow-up.other.ops",
        Locale::ZhHant,
        &known().set("member.name", "小美"),
    );
    assert_eq!(
        text,
        "【待跟進】小美 離開了「Acme」，原因：其他\n加入 –・最近活躍 –・興趣 –\n請在 – 前聯絡。"
    );
}

#[test]
fn buttons_come_in_the_members_language_or_as_numbers() {
    let playbook = playbook();
    let with = render_message(
        &playbook,
        &kind("onboarding.day-1"),
        Locale::ZhHant,
        &known(),
        Options::Buttons,
    )
    .unwrap();
    let buttons: Vec<_> = with
        .buttons
        .iter()
        .map(|(label, value)| format!("{label}={value}"))
        .collect();
    assert_eq!(
        buttons,
        [
            "實用工具=interest:tools",
            "案例拆解=interest:cases",
            "成長方法=interest:growth",
            "認識同行=interest:people",
            "先逛逛=interest:skip"
        ]
    );
    let without = render_message(
        &playbook,
        &kind("win-back.survey"),
        Locale::En,
        &known(),
        Options::Numbers,
    )
    .unwrap();
    assert_eq!(without.buttons, []);
    assert_eq!(
        without.text,
        "friend, we saw that you left Acme. Thank you for the time with us.\nWould you tap the reason? It takes ten seconds and helps us do better.\nRather not hear from us? Reply \"stop\".\n1 Content not for me\n2 Too few benefits\n3 Too many messages\n4 Something else\nJust reply with the number"
    );
}

#[test]
fn compiled_texts_render_as_uncompiled_ones_do() {
    let playbook = playbook();
    let templates = Templates::default();
    for kind in playbook.texts.keys() {
        for locale in Locale::ALL {
            let direct = render_message(&playbook, kind, locale, &known(), Options::Numbers);
            // Compiled the first time, kept the second.
            for time in ["first", "second"] {
                let text = (kind, None);
                let rendered =
                    templates.render_message(&playbook, text, locale, &known(), Options::Numbers);
                assert_eq!(rendered, direct, "{kind} {locale}, the {time} time");
            }
        }
    }
    let none = kind("no.such");
    let error =
        render_message(&playbook, &none, Locale::En, &known(), Options::Buttons).unwrap_err();
    assert_eq!(error.to_string(), "the playbook has no text no.such");
}

#[test]
fn where_nobody_would_see_an_answer_there_is_nothing_to_choose() {
    let playbook = playbook();
    let shown = |options| {
        let kind = kind("win-back.survey");
        render_message(&playbook, &kind, Locale::En, &known(), options).unwrap()
    };
    let (with, without) = (shown(Options::Buttons), shown(Options::Nothing));
    assert_eq!((with.buttons.len(), without.buttons.len()), (4, 0));
    assert_eq!(with.text, without.text, "and no numbers either");
}

#[test]
fn a_moment_names_its_weekday_and_the_zone_where_it_is_not_the_communitys() {
    let at: Timestamp = "2026-01-08T12:00:00Z".parse().unwrap();
    let taipei = Zone::new("Asia/Taipei").unwrap();
    for (reader, expected) in [
        (
            "Asia/Taipei",
            [
                "1月8日（週四）20:00",
                "1月8日（周四）20:00",
                "Thu 8 Jan, 20:00",
            ],
        ),
        // Another name of the same clock.
        (
            "Asia/Shanghai",
            [
                "1月8日（週四）20:00",
                "1月8日（周四）20:00",
                "Thu 8 Jan, 20:00",
            ],
        ),
        (
            "Europe/Berlin",
            [
                "1月8日（週四）13:00（Europe/Berlin）",
                "1月8日（周四）13:00（Europe/Berlin）",
                "Thu 8 Jan, 13:00 (Europe/Berlin)",
            ],
        ),
        // Another day, and another weekday.
        (
            "Pacific/Kiritimati",
            [
                "1月9日（週五）02:00（Pacific/Kiritimati）",
                "1月9日（周五）02:00（Pacific/Kiritimati）",
                "Fri 9 Jan, 02:00 (Pacific/Kiritimati)",
            ],
        ),
    ] {
        let reader = Zone::new(reader).unwrap();
        let found = Locale::ALL.map(|locale| moment(at, &reader, &taipei, locale));
        assert_eq!(found, expected);
    }
    let sunday = "2026-01-11T04:00:00Z".parse().unwrap();
    let found = moment(sunday, &taipei, &taipei, Locale::ZhHans);
    assert_eq!(found, "1月11日（周日）12:00");
}

#[test]
fn lengths_and_discounts_are_said_as_each_language_says_them() {
    for (minutes, expected) in [
        (60, ["60 分鐘", "60 分钟", "60 minutes"]),
        (1, ["1 分鐘", "1 分钟", "1 minute"]),
    ] {
        assert_eq!(Locale::ALL.map(|locale| length(minutes, locale)), expected);
    }
    for (off, expected) in [
        (50, ["5 折", "5 折", "50% off"]),
        (15, ["8.5 折", "8.5 折", "15% off"]),
        (20, ["8 折", "8 折", "20% off"]),
        (5, ["9.5 折", "9.5 折", "5% off"]),
        (1, ["9.9 折", "9.9 折", "1% off"]),
        (90, ["1 折", "1 折", "90% off"]),
        (95, ["0.5 折", "0.5 折", "95% off"]),
        (99, ["0.1 折", "0.1 折", "99% off"]),
    ] {
        assert_eq!(Locale::ALL.map(|locale| discount(off, locale)), expected);
    }
}

#[test]
fn days_and_numbers_are_written_as_each_language_writes_them() {
    let day: LocalDay = "2026-01-05".parse().unwrap();
    for (locale, expected) in [
        (
            Locale::ZhHant,
            ["2026年1月5日", "31.2%", "+1.2 個百分點", "小美、阿志"],
        ),
        (
            Locale::ZhHans,
            ["2026年1月5日", "31.2%", "+1.2 个百分点", "小美、阿志"],
        ),
        (Locale::En, ["5 Jan 2026", "31.2%", "+1.2 pp", "小美, 阿志"]),
    ] {
        let found = [
            date(day, locale),
            percent(0.3121, locale),
            percentage_points(0.0123, locale),
            names(["小美", "阿志"], locale),
        ];
        assert_eq!(found, expected);
    }
    for (fraction, expected) in [
        (0.0, "0.0%"),
        (1.0, "100.0%"),
        (-0.0004, "0.0%"),
        (-0.05, "-5.0%"),
        (f64::NAN, "–"),
    ] {
        assert_eq!(percent(fraction, Locale::En), expected);
    }
    for (difference, expected) in [
        (0.0, "±0.0 pp"),
        (-0.00001, "±0.0 pp"),
        (-0.034, "-3.4 pp"),
        (f64::INFINITY, "–"),
    ] {
        assert_eq!(percentage_points(difference, Locale::En), expected);
    }
    for (count, expected) in [
        (0, "0"),
        (999, "999"),
        (1_000, "1,000"),
        (-1_234_567, "-1,234,567"),
        (i64::MIN, "-9,223,372,036,854,775,808"),
    ] {
        assert_eq!(number(count), expected);
    }
}
