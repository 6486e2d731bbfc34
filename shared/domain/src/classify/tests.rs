//! What counts as what.

use std::sync::LazyLock;

use super::*;
use crate::event::{Facts, FeedbackScale, LeaveCause};
use crate::ids::MemberId;

static PLAYBOOK: LazyLock<Playbook> =
    LazyLock::new(|| Playbook::parse(Playbook::DEFAULT_TOML).unwrap());
static ACME: LazyLock<Community> = LazyLock::new(|| {
    Community::parse(include_str!(
        "../../../../infra/playbooks/demo-community.toml"
    ))
    .unwrap()
});

fn event(member: &str, seen: Seen) -> Option<Event> {
    let incoming = Incoming {
        id: "slack:1".parse().unwrap(),
        at: "2026-01-05T02:00:00Z".parse().unwrap(),
        seq: 7,
        member: member.parse().unwrap(),
        facts: Facts::default(),
        seen,
    };
    classify(incoming, &ACME, &PLAYBOOK)
}

fn meant(seen: Seen) -> Option<Happened> {
    event("U1", seen).map(|event| event.what)
}

fn message(channel: &str, direct: bool, text: Option<&str>) -> Seen {
    let text = text.map(ToOwned::to_owned);
    Seen::Message {
        channel: channel.parse().unwrap(),
        direct,
        text,
        length: None,
        topic: None,
    }
}

fn pressed(message: Option<&str>, value: &str) -> Seen {
    Seen::Pressed {
        message: message.map(|id| id.parse().unwrap()),
        value: value.to_owned(),
    }
}

#[test]
fn keywords_are_check_ins_and_questions_are_not() {
    for (text, check_in) in [
        ("打卡", true),
        (" 打卡 ", true),
        ("打卡！", true),
        ("打卡✅", true),
        ("签到", true),
        ("簽到", true),
        ("#打卡", true),
        ("＃打卡", true),
        ("DK", true),
        ("ｄｋ", true),
        ("/checkin", true),
        ("/checkin@AcmeBot", true),
        ("Check In", true),
        ("check   in", true),
        ("check in: read 30 pages", true),
        ("打卡 今天跑了 5 公里", true),
        ("打卡，讀完第三章", true),
        ("打卡\n今天讀書", true),
        ("打卡 今天跑了 5 公里！大家呢？", true),
        ("打卡 今天還在努力呢", true),
        ("打卡 https://a.example/?p=1 讀完了", true),
        ("<@U0BOT> 打卡", true),
        ("@小艾 打卡", true),
        ("打卡?", false),
        ("打卡？", false),
        ("打卡 在哪？", false),
        ("打卡在哪?", false),
        ("打卡 在哪", false),
        ("打卡 怎么弄", false),
        ("打卡，是在哪裡？", false),
        ("打卡 有積分嗎", false),
        ("签到. 怎么签到?", false),
        ("打卡? 在哪打", false),
        ("怎么打卡", false),
        ("怎麼打卡？", false),
        ("how do I check in?", false),
        ("check in how", false),
        ("check in, where is it", false),
        ("check in on my way?", false),
        ("今天要打卡", false),
        ("打卡机坏了", false),
        ("dkny", false),
        ("checking in", false),
        ("", false),
        ("？", false),
    ] {
        let expected = if check_in {
            Happened::CheckedIn
        } else {
            let length = u32::try_from(text.chars().count())
                .ok()
                .filter(|length| *length > 0);
            Happened::MessagePosted {
                length,
                topic: false,
            }
        };
        assert_eq!(
            meant(message("C0GENERAL", false, Some(text))),
            Some(expected),
            "{text}"
        );
    }
}

#[test]
fn the_channel_decides_what_a_post_is() {
    let posted = |length, topic| Some(Happened::MessagePosted { length, topic });
    for (channel, text, expected) in [
        (
            "C0CHECKIN",
            Some("今天跑了 5 公里"),
            Some(Happened::CheckedIn),
        ),
        ("C0CHECKIN", None, Some(Happened::CheckedIn)),
        ("C0TOPIC", Some("我也是"), posted(Some(3), true)),
        ("C0TOPIC", Some("打卡"), Some(Happened::CheckedIn)),
        ("C0TOPIC", None, posted(None, true)),
        ("C0OTHER", Some("退訂"), posted(Some(2), false)),
    ] {
        assert_eq!(
            meant(message(channel, false, text)),
            expected,
            "{channel} {text:?}"
        );
    }
    let told = Seen::Message {
        channel: "C0".parse().unwrap(),
        direct: false,
        text: Some("abc".to_owned()),
        length: Some(90),
        topic: None,
    };
    assert_eq!(
        meant(told),
        posted(Some(90), false),
        "the platform's own length counts"
    );
}

#[test]
fn one_to_one_only_keywords_mean_anything() {
    for (text, expected) in [
        (Some("退訂"), Some(Happened::OptedOut)),
        (Some(" 退订 "), Some(Happened::OptedOut)),
        (Some("「退訂」"), Some(Happened::OptedOut)),
        (Some("取消訂閱"), Some(Happened::OptedOut)),
        (Some("td"), Some(Happened::OptedOut)),
        (Some("ＴＤ"), Some(Happened::OptedOut)),
        (Some("STOP."), Some(Happened::OptedOut)),
        (Some("stop?"), None),
        (Some("please stop"), None),
        (Some("退訂 謝謝"), None),
        (Some("訂閱"), Some(Happened::OptedIn)),
        (Some("Start"), Some(Happened::OptedIn)),
        (Some("打卡"), Some(Happened::CheckedIn)),
        (Some("打卡 跑步"), Some(Happened::CheckedIn)),
        (Some("怎么打卡"), None),
        (Some("你好"), None),
        (Some(""), None),
        (None, None),
    ] {
        assert_eq!(meant(message("D1", true, text)), expected, "{text:?}");
    }
}

#[test]
fn buttons_mean_what_their_value_says() {
    let survey = "acme/U1/win-back/1/survey";
    let welcome = "acme/U1/onboarding/1/day-1";
    let reason = |message: Option<&str>, reason| {
        Some(Happened::SurveyAnswered {
            message: message.map(|id| id.parse().unwrap()),
            reason,
        })
    };
    for (message, value, expected) in [
        (
            Some(welcome),
            "interest:tools",
            Some(Happened::InterestChosen {
                interest: Some("tools".parse().unwrap()),
            }),
        ),
        (
            None,
            "interest:skip",
            Some(Happened::InterestChosen { interest: None }),
        ),
        (None, "interest:golf", Some(Happened::ButtonPressed)),
        (None, "interest:", Some(Happened::ButtonPressed)),
        (
            Some(welcome),
            "task:done",
            Some(Happened::TaskClaimed {
                message: Some(welcome.parse().unwrap()),
            }),
        ),
        (
            None,
            "task:done",
            Some(Happened::TaskClaimed { message: None }),
        ),
        (Some(welcome), "task:help", Some(Happened::ButtonPressed)),
        (
            Some(survey),
            "boring_content",
            reason(Some(survey), LeaveReason::BoringContent),
        ),
        (
            Some(survey),
            "other",
            reason(Some(survey), LeaveReason::Other),
        ),
        (None, "few_benefits", reason(None, LeaveReason::FewBenefits)),
        (Some(welcome), "other", Some(Happened::ButtonPressed)),
        (
            Some(survey),
            "preference:digest",
            Some(Happened::ButtonPressed),
        ),
        (None, "", Some(Happened::ButtonPressed)),
    ] {
        assert_eq!(
            meant(pressed(message, value)),
            expected,
            "{message:?} {value}"
        );
    }
}

#[test]
fn the_rest_is_what_it_is() {
    let survey: MessageId = "acme/U1/win-back/1/survey".parse().unwrap();
    let answered = |value: &str| Seen::Survey {
        message: survey.clone(),
        value: value.to_owned(),
    };
    for (seen, expected) in [
        (
            Seen::Joined {
                inviter: None,
                source: None,
            },
            Some(Happened::Joined),
        ),
        (
            Seen::Left {
                cause: LeaveCause::Unknown,
            },
            Some(Happened::Left {
                cause: LeaveCause::Unknown,
            }),
        ),
        (Seen::Renamed, Some(Happened::Renamed)),
        (
            Seen::Reaction {
                channel: None,
                added: true,
            },
            Some(Happened::ReactionAdded),
        ),
        (
            Seen::Reaction {
                channel: None,
                added: false,
            },
            Some(Happened::ReactionRemoved),
        ),
        (Seen::Blocked, Some(Happened::OptedOut)),
        (Seen::CheckedIn, Some(Happened::CheckedIn)),
        (
            answered("too much information"),
            Some(Happened::SurveyAnswered {
                message: Some(survey.clone()),
                reason: LeaveReason::TooMuchInfo,
            }),
        ),
        (answered("bored"), None),
        (
            Seen::InvitationAccepted {
                inviter: "U2".parse().unwrap(),
            },
            None,
        ),
        (
            Seen::OrderPaid {
                order: "1".to_owned(),
                amount: 1,
                currency: "TWD".to_owned(),
            },
            None,
        ),
        (
            Seen::FeedbackScored {
                scale: FeedbackScale::Nps,
                score: 9,
            },
            None,
        ),
    ] {
        assert_eq!(meant(seen.clone()), expected, "{seen:?}");
    }
}

#[test]
fn the_communitys_own_list_makes_staff() {
    let staff = |member| event(member, Seen::CheckedIn).and_then(|event| event.facts.staff);
    assert_eq!(staff("U0BOSS"), Some(true));
    assert_eq!(staff("U1"), None);
    let event = event("U1", Seen::CheckedIn).unwrap();
    assert_eq!(
        (event.id.as_str(), event.seq, event.member),
        ("slack:1", 7, MemberId::new("U1").unwrap())
    );
}

#[test]
fn a_nickname_has_an_industry_and_a_name() {
    for (name, matches) in [
        ("設計-小美", true),
        ("設計－小美", true),
        ("設計—小美", true),
        ("設計——小美", true),
        ("設計｜小美", true),
        ("設計|小美", true),
        ("設計_小美", true),
        ("設計·小美", true),
        ("設計 小美", true),
        ("設計　小美", true),
        ("設計 - 小美", true),
        ("設計-小美-台北", true),
        ("IT-小明2", true),
        ("design-May", true),
        ("Anna Lee", true),
        ("Jean-Luc", true),
        ("小美", false),
        ("", false),
        ("-", false),
        ("設計-", false),
        ("-小美", false),
        ("設計 -", false),
        ("設計-007", false),
        ("2026-01", false),
        ("小美 🎉", false),
        ("設計/小美", false),
    ] {
        assert_eq!(matches_industry_name(name), matches, "{name}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_one_thing(text in ".*", direct: bool, prefix in "(打卡|dk|退訂|@a |<@U1> )?") {
        let text = prefix + &text;
        let what = meant(message("C0GENERAL", direct, Some(&text)));
        if direct {
            proptest::prop_assert!(matches!(what, None | Some(Happened::CheckedIn | Happened::OptedOut | Happened::OptedIn)));
        } else {
            let posted = matches!(what, Some(Happened::CheckedIn | Happened::MessagePosted { .. }));
            proptest::prop_assert!(posted);
        }
        let _ = matches_industry_name(&text);
    }

    #[test]
    fn any_button_is_one_thing(value in "(interest:|task:)?.*") {
        proptest::prop_assert!(meant(pressed(None, &value)).is_some());
    }
}
