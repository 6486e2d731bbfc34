//! What is kept, and what is read.

use super::*;
use crate::kpi::testing::{member, numbers_of, report_of, week};
use crate::kpi::trend::Figures;
use crate::playbook::Playbook;
use crate::text::{Values, render};

fn numbers(week: IsoWeek) -> Numbers {
    // 25 members of whom the first ten write on Monday and Tuesday, and half of those came
    // back a week after they had come.
    let people = (0..25).map(|n| {
        let made = member(&format!("m{n}"), -14);
        let made = if n < 5 { made.pressed(-6) } else { made };
        if n < 10 {
            made.wrote(0, 2).wrote(1, 1)
        } else {
            made
        }
    });
    Numbers {
        week,
        ..numbers_of(&people.collect::<Vec<_>>())
    }
}

fn report(locale: Locale) -> Report {
    let before = Numbers {
        dau_share: Some(0.1),
        messages: 45,
        ..numbers(week().plus(-1))
    };
    let targets = [
        ("dau_share", 0.15),
        ("retention_d7", 0.5),
        ("churn30", 0.05),
    ];
    let history = History::before(week(), [Figures::of(&before)]);
    let at = "2026-01-12T00:00:00Z";
    report_of(
        locale,
        &targets,
        numbers(week()),
        history,
        Revision::Provisional,
        at,
    )
}

#[test]
fn the_record_reads_back_and_writes_the_same_bytes() {
    let report = report(Locale::ZhHant);
    let json = report.to_json().unwrap();
    let back = Report::from_json(&json).unwrap();
    assert_eq!(back, report);
    assert_eq!(back.to_json().unwrap(), json);
    assert!(json.starts_with("{\n  \"schema\": 2,\n  \"community\": \"acme\""));
    assert!(!json.contains("\"m1\""), "no member is in the record");
}

#[test]
fn only_the_week_before_is_compared_with() {
    let older = Figures::of(&numbers(week().plus(-2)));
    let history = History::before(week(), [older]);
    let at = "1970-01-01T00:00:00Z";
    let report = report_of(
        Locale::En,
        &[],
        numbers(week()),
        history,
        Revision::Final,
        at,
    );
    assert_eq!(
        report.values().get("delta.dau_share").map(String::as_str),
        Some("–")
    );
}

#[test]
fn the_message_has_a_value_for_every_figure_that_a_text_may_use() {
    let values = report(Locale::En).values();
    for name in values.keys() {
        assert!(unset(name).is_some(), "{name} is no placeholder");
    }
    for rate in crate::playbook::placeholders::RATES {
        for family in ["kpi", "delta", "target"] {
            assert!(
                values.contains_key(&format!("{family}.{rate}")),
                "{family}.{rate}"
            );
        }
    }
}

/// One person's case has waited too long; there is nothing else to look at.
#[test]
fn under_a_red_light_something_stands_out_wherever_it_is_shown() {
    let numbers = Numbers {
        cases_overdue: 1,
        ..numbers(week())
    };
    let (none, last) = (History::default(), Revision::Final);
    let at = "2026-01-12T00:00:00Z";
    for (locale, expected) in [
        (
            Locale::ZhHant,
            "有 1 件個案超過時限還沒結案：看還沒結案的個案，從等最久的那件開始",
        ),
        (
            Locale::ZhHans,
            "有 1 件个案超过时限还没结案：看还没结案的个案，从等得最久的那件开始",
        ),
        (
            Locale::En,
            "a case has been open for longer than it may: look at the cases that are still open, the longest waiting first",
        ),
    ] {
        let report = report_of(locale, &[], numbers.clone(), none.clone(), last, at);
        assert_eq!(report.light, Light::Red);
        let values = report.values();
        assert_eq!(values["focus.first"], expected);
        assert!(!values.contains_key("focus.second"));
        let page = report.to_html(locale, "index.html").unwrap();
        for shown in [report.to_text(locale), page] {
            assert!(shown.contains(expected), "{shown}");
            assert!(!shown.contains(label::NO_FOCUS.get(locale)), "{shown}");
        }
    }
}

#[test]
fn the_message_marks_what_is_of_too_few() {
    let values = |mean_members| {
        let shares = |dau_share| Numbers {
            mean_members,
            dau_share: Some(dau_share),
            ..numbers(week())
        };
        let before = Figures {
            week: week().plus(-1),
            figures: [("dau_share".to_owned(), 0.1)].into(),
            ..Figures::of(&shares(0.1))
        };
        let history = History::before(week(), [before]);
        let at = "2026-01-12T00:00:00Z";
        report_of(Locale::En, &[], shares(0.3), history, Revision::Final, at).values()
    };
    let shown = |mean_members| {
        let values = values(mean_members);
        [
            "kpi.dau_share",
            "delta.dau_share",
            "kpi.members_total",
            "kpi.churn30",
        ]
        .map(|name| values[name].clone())
    };
    assert_eq!(shown(20.0), ["30.0%", "+20.0 pp", "25", "–"]);
    assert_eq!(shown(19.0), ["30.0%?", "+20.0 pp?", "25", "–"]);
}

/// The default text as it stands in the playbook, read by the operators of each language.
#[test]
fn the_message_reads_well() {
    let message = |locale| {
        let values = report(locale)
            .values()
            .into_iter()
            .fold(Values::new(), |values, (name, value)| {
                values.set(name, value)
            });
        let playbook = Playbook::parse(Playbook::DEFAULT_TOML).unwrap();
        let text = playbook.text(&playbook.weekly_message).unwrap();
        render(
            text.body.get(locale),
            &values.set("community.name", "Acme Makers"),
        )
        .unwrap()
    };
    insta::assert_snapshot!(message(Locale::ZhHant), @"
    📊 Acme Makers 社群週報｜2026-W02（2026年1月5日–2026年1月11日，暫定）
    健康燈：🟡 黃燈　日活率 11.4%，比目標 15.0% 低兩成以上；30 日流失率：樣本只有 0（少於 20），不判燈
    ・成員 25（淨增長 0.0%：新增 0／離開 0）
    ・日活率 11.4%（目標 15.0%，較上週 +1.4 個百分點）
    ・發言率 40.0%（較上週 ±0.0 個百分點）
    ・7 日留存 20.0%（樣本 25 人，較上週 ±0.0 個百分點）
    ・30 日流失 –（較上週 –）
    先看：日活率 11.4%（目標 15.0%）：看每日活躍圖裡最低的那幾天，當天的節目有沒有照常進行
    再看：7 日留存 20.0%（目標 50.0%）：看新人卡在計劃的第幾天，改名與留言任務是否太難
    ");
    insta::assert_snapshot!(message(Locale::ZhHans), @"
    📊 Acme Makers 社群运营周报｜2026-W02（2026年1月5日–2026年1月11日，暂定）
    健康灯：🟡 黄灯　日活率 11.4%，比目标 15.0% 低两成以上；30 日流失率：样本只有 0（少于 20），不判定
    ・成员 25（净增长 0.0%：新增 0 / 流失 0）
    ・日活率 11.4%（目标 15.0%，环比 +1.4 个百分点）
    ・发言率 40.0%（环比 ±0.0 个百分点）
    ・7 日留存 20.0%（样本 25 人，环比 ±0.0 个百分点）
    ・30 日流失 –（环比 –）
    先看：日活率 11.4%（目标 15.0%）：看每日活跃图里最低的那几天，当天的节目有没有照常进行
    再看：7 日留存 20.0%（目标 50.0%）：看新人卡在计划的第几天，改昵称和留言任务是否太难
    ");
    insta::assert_snapshot!(message(Locale::En), @"
    📊 Acme Makers weekly | 2026-W02 (5 Jan 2026 – 11 Jan 2026, provisional)
    Health: 🟡 amber Daily active share 11.4%, more than 20% below the target of 15.0%; 30-day churn: a sample of 0 (below 20) is not judged
    • Members 25 (net growth 0.0%: new 0 / left 0)
    • Daily active share 11.4% (target 15.0%, +1.4 pp on last week)
    • Speaking rate 40.0% (±0.0 pp)
    • 7-day retention 20.0% (n = 25, ±0.0 pp)
    • 30-day churn – (–)
    Look at first: Daily active share 11.4% (target 15.0%): look at the lowest days of the chart, and whether their programme took place
    Then at: 7-day retention 20.0% (target 50.0%): look at the day of the plan at which newcomers stop, and whether its tasks are too much
    ");
}

#[test]
fn the_terminal_shows_columns() {
    insta::assert_snapshot!(report(Locale::ZhHant).to_text(Locale::ZhHant), @r#"
    Acme <Makers> & "Co" 社群週報 2026-W02 (2026年1月5日–2026年1月11日，暫定)
    健康燈：🟡 黃燈 日活率 11.4%，比目標 15.0% 低兩成以上；30 日流失率：樣本只有 0（少於 20），不判燈

    本週先看
    1. 日活率 11.4%（目標 15.0%）：看每日活躍圖裡最低的那幾天，當天的節目有沒有照常進行
    2. 7 日留存 20.0%（目標 50.0%）：看新人卡在計劃的第幾天，改名與留言任務是否太難

    成員                                      本週            較上週        較四週平均      目標
      成員數                                    25                ±0                 –         –
      新增                                       0                ±0                 –         –
      離開                                       0                ±0                 –         –
      回歸                                       0                ±0                 –         –
      淨增長率                                0.0%     ±0.0 個百分點                 –         –  n = 25

    活躍                                      本週            較上週        較四週平均      目標
      平均日活躍                               2.9              ±0.0                 –         –
      週活躍                                    10                ±0                 –         –
      30 日活躍                                 10                ±0                 –         –
      黏著度                                 28.6%                 –                 –         –  n = 10, 樣本不足
      日活率                                 11.4%     +1.4 個百分點                 –     15.0%  n = 25
      週活率                                 40.0%     ±0.0 個百分點                 –         –  n = 25
      月活率                                 40.0%     ±0.0 個百分點                 –         –  n = 25

    發言與互動                                本週            較上週        較四週平均      目標
      發言率                                 40.0%     ±0.0 個百分點                 –         –  n = 25
      日互動率                               11.4%     ±0.0 個百分點                 –         –  n = 25
      訊息數                                    30               -15                 –         –
      每千人每日訊息                         171.4              ±0.0                 –         –  n = 25
      活躍者人均訊息                           3.0                 –                 –         –  n = 10, 樣本不足
      成員內容占比                               –                 –                 –         –  n = 0, 樣本不足
      表情回應                                   0                ±0                 –         –
      討論串                                     –                 –                 –         –
      優質互動率                                 –                 –                 –         –  n = 0, 樣本不足
      首次回覆時間（中位數）                     –                 –                 –         –  n = 0, 樣本不足

    新人留存                                  本週            較上週        較四週平均      目標
      7 日留存                               20.0%     ±0.0 個百分點                 –     50.0%  n = 25
      30 日留存                                  –                 –                 –         –  n = 0, 樣本不足
      90 日留存                                  –                 –                 –         –  n = 0, 樣本不足
      第 7 日留存（當日）                     0.0%     ±0.0 個百分點                 –         –  n = 25
      第 30 日留存（當日）                       –                 –                 –         –  n = 0, 樣本不足
      第 90 日留存（當日）                       –                 –                 –         –  n = 0, 樣本不足
      第 7 日起留存                          40.0%     ±0.0 個百分點                 –         –  n = 25
      第 30 日起留存                             –                 –                 –         –  n = 0, 樣本不足
      第 90 日起留存                             –                 –                 –         –  n = 0, 樣本不足

    沉默與流失                                本週            較上週        較四週平均      目標
      沉默成員                                   0                ±0                 –         –
      沉默率                                  0.0%     ±0.0 個百分點                 –         –  n = 25
      沉默成員（含新人）                        15                ±0                 –         –
      前 30 天活躍                               0                ±0                 –         –
      30 日流失人數                              0                ±0                 –         –
      30 日流失率                                –                 –                 –      5.0%  n = 0, 樣本不足
      可能轉為沉默                               0                ±0                 –         –
      流失風險占比                            0.0%                 –                 –         –  n = 10, 樣本不足
      喚醒率                                     –                 –                 –         –  n = 0, 樣本不足

    簽到                                      本週            較上週        較四週平均      目標
      簽到率                                  0.0%     ±0.0 個百分點                 –         –  n = 25
      簽到次數                                   0                ±0                 –         –
      平均連續簽到                               –                 –                 –         –  n = 0, 樣本不足
      連續簽到 7 天以上                          0                ±0                 –         –

    新人計劃與流失挽回                        本週            較上週        較四週平均      目標
      新人計劃開始                               0                ±0                 –         –
      新人計劃走完                               0                ±0                 –         –
      新開挽回                                   0                ±0                 –         –
      可觸達                                     0                ±0                 –         –
      已發離開問卷                               0                ±0                 –         –
      已答問卷                                   0                ±0                 –         –
      挽回成功                                   0                ±0                 –         –
      挽回率                                     –                 –                 –         –  n = 0, 樣本不足
      逾時個案                                   0                ±0                 –         –
      回歸所需天數（中位數）                     –                 –                 –         –  n = 0, 樣本不足
      受邀加入                                   0                ±0                 –         –
      邀請係數 K                                 –                 –                 –         –  n = 0, 樣本不足

    訂單與評分                                本週            較上週        較四週平均      目標
      訂單                                       –                 –                 –         –
      營收                                       –                 –                 –         –
      平均訂單金額                               –                 –                 –         –  n = 0, 樣本不足
      至今顧客價值（LTV）                        –                 –                 –         –  n = 0, 樣本不足
      付費率                                     –                 –                 –         –  n = 25
      回購率                                     –                 –                 –         –  n = 0, 樣本不足
      冠軍客戶                                   –                 –                 –         –
      忠實客戶                                   –                 –                 –         –
      新客戶                                     –                 –                 –         –
      潛力客戶                                   –                 –                 –         –
      快流失的客戶                               –                 –                 –         –
      流失的客戶                                 –                 –                 –         –
      NPS                                        –                 –                 –         –  n = 0, 樣本不足
      滿意度                                     –                 –                 –         –  n = 0, 樣本不足
      負評占比                                   –                 –                 –         –  n = 0, 樣本不足

    目前無法提供
      轉化率：訂單尚未與之前的訊息對照；報名與會員資格沒有管道告知。
      連結點擊：連結直接指向目的地，中間沒有可計數的轉址；平台也不告知點擊。
      分享帶來的加入：分享本身沒有代碼，無從得知誰因哪次分享而來。經連結加入的人數另見新人的來源。
      關懷後留下：名單有，但聯絡由營運者自行進行，沒有記錄聯絡了誰。
      閱讀時間：聊天平台不透過 webhook 告知閱讀，無法量測。

    各批新人的留存                            人數          D7         D30         D90
      2025-W52                                  25     20.0%           –           –
      全部                                      25     20.0%           –           –
    灰色或 * ＝ 觀察期未滿，數字還會變；? ＝ 分母少於 20 人，不宜解讀。
    "#);
}

#[test]
fn the_terminal_speaks_english() {
    insta::assert_snapshot!(report(Locale::En).to_text(Locale::En).lines().take(16).collect::<Vec<_>>().join("\n"), @r#"
    Acme <Makers> & "Co" weekly report 2026-W02 (5 Jan 2026 – 11 Jan 2026, provisional)
    Health: 🟡 amber Daily active share 11.4%, more than 20% below the target of 15.0%; 30-day churn: a sample of 0 (below 20) is not judged

    Look at first
    1. Daily active share 11.4% (target 15.0%): look at the lowest days of the chart, and whether their programme took place
    2. 7-day retention 20.0% (target 50.0%): look at the day of the plan at which newcomers stop, and whether its tasks are too much

    Members                              This week            Change        On 4 weeks    Target
      Members                                   25                ±0                 –         –
      New                                        0                ±0                 –         –
      Left                                       0                ±0                 –         –
      Returned                                   0                ±0                 –         –
      Net growth                              0.0%           ±0.0 pp                 –         –  n = 25

    Activity                             This week            Change        On 4 weeks    Target
      Mean DAU                                 2.9              ±0.0                 –         –
    "#);
}
