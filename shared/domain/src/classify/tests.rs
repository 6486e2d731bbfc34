//! What counts as what.

use std::sync::LazyLock;

use super::*;
use crate::event::{Facts, FeedbackScale, LeaveCause};
use crate::ids::MemberId;
use crate::invitation::Inviter;
use crate::thread::ThreadId;

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
        reply_to: None,
        thread: None,
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
            Happened::CheckedIn {
                channel: Some(ChannelId::new("C0GENERAL").unwrap()),
            }
        } else {
            let length = u32::try_from(text.chars().count())
                .ok()
                .filter(|length| *length > 0);
            Happened::MessagePosted {
                length,
                topic: false,
                interest: None,
                print: print(text),
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
fn a_post_that_begins_with_the_word_is_a_review_and_a_check_in_comes_first() {
    for (channel, text, is_review) in [
        ("C0GENERAL", "復盤", true),
        ("C0GENERAL", "＃复盘 今天讀了兩章", true),
        ("C0TOPIC", "@bot 復盤: 三件事", true),
        ("C0GENERAL", "復盤怎麼寫？", false),
        ("C0GENERAL", "今天的復盤", false),
        ("C0CHECKIN", "復盤", false),
    ] {
        let what = meant(message(channel, false, Some(text)));
        let Some(Happened::Reviewed {
            length,
            topic,
            print: printed,
            ..
        }) = what
        else {
            assert!(!is_review, "{channel} {text}");
            continue;
        };
        assert!(is_review, "{channel} {text}");
        let chars = u32::try_from(text.chars().count()).ok();
        assert_eq!(
            (length, topic, printed),
            (chars, channel == "C0TOPIC", print(text)),
            "a review is a post as well"
        );
    }
    assert_eq!(meant(Seen::Shared), Some(Happened::Shared));
}

#[test]
fn the_same_text_has_the_same_print_whatever_its_case_width_and_spaces() {
    assert_eq!(print("Good  morning"), print("ｇood MORNING "));
    assert_ne!(print("Good morning"), print("Good evening"));
    assert_eq!((print(""), print(" \n")), (None, None));
}

#[test]
fn the_channel_decides_what_a_post_is() {
    let posted = |text: Option<&str>, length, topic| {
        Some(Happened::MessagePosted {
            length,
            topic,
            interest: None,
            print: text.and_then(print),
        })
    };
    let checked_in = |channel| {
        let channel = Some(ChannelId::new(channel).unwrap());
        Some(Happened::CheckedIn { channel })
    };
    for (channel, text, expected) in [
        (
            "C0CHECKIN",
            Some("今天跑了 5 公里"),
            checked_in("C0CHECKIN"),
        ),
        ("C0CHECKIN", None, checked_in("C0CHECKIN")),
        (
            "C0TOPIC",
            Some("我也是"),
            posted(Some("我也是"), Some(3), true),
        ),
        ("C0TOPIC", Some("打卡"), checked_in("C0TOPIC")),
        ("C0TOPIC", None, posted(None, None, true)),
        (
            "C0OTHER",
            Some("退訂"),
            posted(Some("退訂"), Some(2), false),
        ),
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
        reply_to: None,
        thread: None,
    };
    assert_eq!(
        meant(told),
        posted(Some("abc"), Some(90), false),
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
        (
            Some("每週精華"),
            Some(Happened::DigestOnly { message: None }),
        ),
        (
            Some("每周精华。"),
            Some(Happened::DigestOnly { message: None }),
        ),
        (Some("Weekly"), Some(Happened::DigestOnly { message: None })),
        (Some("weekly?"), None),
        (Some("打卡"), Some(Happened::CheckedIn { channel: None })),
        (
            Some("打卡 跑步"),
            Some(Happened::CheckedIn { channel: None }),
        ),
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
            text: None,
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
        (
            None,
            "interest:golf",
            Some(Happened::ButtonPressed { message: None }),
        ),
        (
            None,
            "interest:",
            Some(Happened::ButtonPressed { message: None }),
        ),
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
        (
            Some(welcome),
            "other",
            Some(Happened::ButtonPressed {
                message: Some(welcome.parse().unwrap()),
            }),
        ),
        (None, "", Some(Happened::ButtonPressed { message: None })),
    ] {
        assert_eq!(
            meant(pressed(message, value)),
            expected,
            "{message:?} {value}"
        );
    }
}

#[test]
fn buttons_of_the_journeys_carry_the_message_they_stand_under() {
    let under = "acme/U1/wake-up/2026-02-04";
    let of = || Some(under.parse::<MessageId>().unwrap());
    let tools = || Some(InterestId::new("tools").unwrap());
    for (value, expected) in [
        ("task:help", Happened::HelpWanted { message: of() }),
        (
            "content:other",
            Happened::OtherTopicWanted { message: of() },
        ),
        ("content:useful", Happened::ButtonPressed { message: of() }),
        (
            "event:join",
            Happened::InvitationAnswered {
                message: of(),
                comes: true,
            },
        ),
        (
            "event:later",
            Happened::InvitationAnswered {
                message: of(),
                comes: false,
            },
        ),
        ("event:here", Happened::Attended { gathering: None }),
        ("event:there", Happened::ButtonPressed { message: of() }),
        (
            "score:1",
            Happened::GatheringScored {
                message: of(),
                score: 1,
            },
        ),
        (
            "score:5",
            Happened::GatheringScored {
                message: of(),
                score: 5,
            },
        ),
        ("score:0", Happened::ButtonPressed { message: of() }),
        ("score:6", Happened::ButtonPressed { message: of() }),
        ("score:many", Happened::ButtonPressed { message: of() }),
        (
            "vote:tools",
            Happened::Voted {
                message: of(),
                interest: tools(),
                quiet: false,
            },
        ),
        (
            "vote:meet-ups",
            Happened::Voted {
                message: of(),
                interest: None,
                quiet: false,
            },
        ),
        (
            "vote:quiet",
            Happened::Voted {
                message: of(),
                interest: None,
                quiet: true,
            },
        ),
        ("preference:digest", Happened::DigestOnly { message: of() }),
        ("preference:none", Happened::Declined { message: of() }),
        ("consent:second", Happened::Consented { given: true }),
        ("consent:none", Happened::Consented { given: false }),
        ("case:claim", Happened::ButtonPressed { message: of() }),
    ] {
        assert_eq!(
            meant(pressed(Some(under), value)),
            Some(expected),
            "{value}"
        );
    }
}

#[test]
fn an_operators_press_under_a_notice_happens_to_the_member_of_the_case() {
    let notice = "acme/U7/case/1/opened";
    let press = |message: Option<&str>, value: &str| {
        let incoming = Incoming {
            id: "slack:1".parse().unwrap(),
            at: "2026-01-05T02:00:00Z".parse().unwrap(),
            seq: 7,
            member: "U0BOSS".parse().unwrap(),
            facts: Facts {
                name: Some("阿芳".to_owned()),
                locale: Some(Locale::ZhHant),
                staff: Some(true),
                ..Facts::default()
            },
            seen: pressed(message, value),
        };
        classify(incoming, &ACME, &PLAYBOOK).unwrap()
    };
    for (value, step) in [
        ("case:claim", CaseStep::Claimed),
        ("case:done", CaseStep::Done),
    ] {
        let event = press(Some(notice), value);
        assert_eq!(event.member, MemberId::new("U7").unwrap());
        let expected = Happened::CaseHandled {
            message: notice.parse().unwrap(),
            step,
            by: Some("阿芳".to_owned()),
        };
        assert_eq!(event.what, expected);
        // Neither the operator's name nor that they are staff is the member's.
        let nothing = Facts {
            elsewhere: true,
            ..Facts::default()
        };
        assert_eq!(event.facts, nothing);
    }
    for (message, value) in [
        (None, "case:claim"),
        (Some("acme/U7/onboarding/1/day-1"), "case:claim"),
        (Some("acme/@community/case/1/opened"), "case:claim"),
        (Some(notice), "case:close"),
    ] {
        let event = press(message, value);
        assert_eq!(event.member, MemberId::new("U0BOSS").unwrap(), "{value}");
        assert!(matches!(event.what, Happened::ButtonPressed { .. }));
    }
}

#[test]
fn a_place_is_about_an_interest_by_the_file_or_by_the_name_of_its_topic() {
    let tools = || Some(InterestId::new("tools").unwrap());
    let cases = || Some(InterestId::new("cases").unwrap());
    for (channel, topic, expected) in [
        ("C0TOOLS", None, tools()),
        ("C0TOOLS", Some("cases"), tools()),
        ("C0GENERAL", None, None),
        ("C0GENERAL", Some("Case Studies"), cases()),
        ("C0GENERAL", Some("案例拆解"), cases()),
        ("C0GENERAL", Some(" CASES "), cases()),
        ("C0GENERAL", Some("lunch"), None),
    ] {
        let posted = Seen::Message {
            channel: channel.parse().unwrap(),
            direct: false,
            text: Some("abcd".to_owned()),
            length: None,
            topic: topic.map(str::to_owned),
            reply_to: None,
            thread: None,
        };
        let Some(Happened::MessagePosted { interest, .. }) = meant(posted) else {
            panic!("a post is a post");
        };
        assert_eq!(interest, expected, "{channel} {topic:?}");
    }
    let reacted = |channel: &str| {
        meant(Seen::Reaction {
            channel: Some(channel.parse().unwrap()),
            added: true,
            author: None,
        })
    };
    let of = |interest| Some(Happened::ReactionAdded { interest });
    assert_eq!(reacted("C0TOOLS"), of(tools()));
    assert_eq!(reacted("C0GENERAL"), of(None));
}

#[test]
fn a_question_about_points_is_one_as_a_whole_message_only() {
    let points = || Some(Happened::PointsAsked { message: None });
    let gifts = || Some(Happened::GiftsAsked { message: None });
    for (text, expected) in [
        ("我的積分", points()),
        ("「积分」", points()),
        ("＠小艾 points", points()),
        ("POINTS!", points()),
        ("/me", points()),
        ("兌換", gifts()),
        ("Redeem", gifts()),
    ] {
        for channel in ["C0GENERAL", "C0CHECKIN"] {
            let posted = meant(message(channel, false, Some(text)));
            assert_eq!(posted, expected, "{text} in {channel}");
        }
    }
    assert_eq!(meant(message("D1", true, Some("我的積分。"))), points());
    for text in ["積分怎麼算", "points for you", "兌換了嗎"] {
        let posted = meant(message("C0GENERAL", false, Some(text)));
        assert!(
            matches!(posted, Some(Happened::MessagePosted { .. })),
            "{text}"
        );
        assert_eq!(meant(message("D1", true, Some(text))), None, "{text}");
    }
    let gift = |id: &str| {
        let gift = id.parse().unwrap();
        let message = None;
        Some(Happened::GiftWanted { message, gift })
    };
    for (value, expected) in [
        ("points:mine", points()),
        ("redeem:list", gifts()),
        ("redeem:mug", gift("mug")),
        ("redeem:no-such", gift("no-such")),
        (
            "redeem:No Gift",
            Some(Happened::ButtonPressed { message: None }),
        ),
        ("check-in", Some(Happened::CheckedIn { channel: None })),
    ] {
        assert_eq!(meant(pressed(None, value)), expected, "{value}");
    }
}

#[test]
fn who_says_what_to_send_is_not_in_the_community_because_of_it() {
    let consent = |given| Seen::Consent { given };
    for (seen, elsewhere) in [
        (consent(true), true),
        (consent(false), true),
        (Seen::Blocked, true),
        (message("D1", true, Some("weekly")), true),
        (message("D1", true, Some("points")), true),
        (message("C0GENERAL", false, Some("points")), false),
        (message("D1", true, Some("start")), true),
        (pressed(None, "preference:digest"), true),
        (pressed(None, "vote:quiet"), false),
        (Seen::Attended { gathering: None }, false),
    ] {
        let told = event("U1", seen.clone()).unwrap();
        assert_eq!(told.facts.elsewhere, elsewhere, "{seen:?}");
    }
}

#[test]
fn the_rest_is_what_it_is() {
    let survey: MessageId = "acme/U1/win-back/1/survey".parse().unwrap();
    let answered = |value: &str| Seen::Survey {
        message: survey.clone(),
        value: value.to_owned(),
        text: None,
    };
    for (seen, expected) in [
        (
            Seen::Joined {
                inviter: None,
                source: None,
            },
            Some(Happened::Joined { came: None }),
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
                author: None,
            },
            Some(Happened::ReactionAdded { interest: None }),
        ),
        (
            Seen::Reaction {
                channel: None,
                added: false,
                author: None,
            },
            Some(Happened::ReactionRemoved),
        ),
        (Seen::Blocked, Some(Happened::OptedOut)),
        (
            checked_in(None),
            Some(Happened::CheckedIn { channel: None }),
        ),
        (
            checked_in(Some("c1")),
            Some(Happened::CheckedIn {
                channel: Some("c1".parse().unwrap()),
            }),
        ),
        (
            answered("too much information"),
            Some(Happened::SurveyAnswered {
                message: Some(survey.clone()),
                reason: LeaveReason::TooMuchInfo,
                text: None,
            }),
        ),
        (answered("bored"), None),
        (
            Seen::Survey {
                message: survey.clone(),
                value: "other".to_owned(),
                text: Some("moving".to_owned()),
            },
            Some(Happened::SurveyAnswered {
                message: Some(survey.clone()),
                reason: LeaveReason::Other,
                text: Some("moving".to_owned()),
            }),
        ),
        (
            Seen::Attended {
                gathering: Some("tea".parse().unwrap()),
            },
            Some(Happened::Attended {
                gathering: Some("tea".parse().unwrap()),
            }),
        ),
        (
            Seen::Consent { given: true },
            Some(Happened::Consented { given: true }),
        ),
        (
            Seen::InvitationAccepted {
                inviter: "U2".parse().unwrap(),
            },
            Some(Happened::Invited {
                by: Inviter::Member("U2".parse().unwrap()),
                typed: false,
            }),
        ),
    ] {
        assert_eq!(meant(seen.clone()), expected, "{seen:?}");
    }
}

#[test]
fn an_order_is_not_of_the_community_and_a_score_is() {
    let elsewhere = |seen| event("U1", seen).map(|event| event.facts.elsewhere);
    let (order, currency) = ("#1".parse().unwrap(), "TWD".parse().unwrap());
    let paid = Seen::OrderPaid {
        order,
        amount: 1,
        currency,
    };
    assert_eq!(elsewhere(paid.clone()), Some(true));
    assert!(matches!(
        meant(paid),
        Some(Happened::OrderPaid { amount: 1, .. })
    ));
    let (scale, score) = (FeedbackScale::Thumb, 0);
    let scored = Seen::FeedbackScored { scale, score };
    assert_eq!(elsewhere(scored.clone()), Some(false));
    let expected = Happened::FeedbackScored { scale, score };
    assert_eq!(meant(scored), Some(expected));
}

/// A check-in that a gateway tells.
fn checked_in(channel: Option<&str>) -> Seen {
    Seen::CheckedIn {
        channel: channel.map(|channel| channel.parse().unwrap()),
    }
}

#[test]
fn the_communitys_own_list_makes_staff() {
    let staff = |member| event(member, checked_in(None)).and_then(|event| event.facts.staff);
    assert_eq!(staff("U0BOSS"), Some(true));
    assert_eq!(staff("U1"), None);
    let event = event("U1", checked_in(None)).unwrap();
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
            let keyword = matches!(what, None | Some(Happened::CheckedIn { channel: None } | Happened::PointsAsked { .. } | Happened::GiftsAsked { .. } | Happened::OptedOut | Happened::OptedIn | Happened::DigestOnly { .. }));
            proptest::prop_assert!(keyword);
        } else {
            let posted = matches!(what, Some(Happened::CheckedIn { channel: Some(_) } | Happened::PointsAsked { .. } | Happened::GiftsAsked { .. } | Happened::MessagePosted { .. }));
            proptest::prop_assert!(posted);
        }
        let _ = matches_industry_name(&text);
    }

    #[test]
    fn any_button_is_one_thing(value in "(interest:|task:|vote:|score:|event:|case:|preference:)?.*") {
        proptest::prop_assert!(meant(pressed(None, &value)).is_some());
    }
}

#[test]
fn whose_message_was_answered_is_told_of_everybody_but_oneself() {
    let regards = |seen: Seen| event("U1", seen)?.facts.regards;
    let author = |name: &str| Some(MemberId::new(name).unwrap());
    let reaction = |added, by: &str| Seen::Reaction {
        channel: None,
        added,
        author: author(by),
    };
    let reply = |direct, text: &str, to: &str| Seen::Message {
        channel: "C0GENERAL".parse().unwrap(),
        direct,
        text: Some(text.to_owned()),
        length: None,
        topic: None,
        reply_to: author(to),
        thread: None,
    };
    for (seen, expected) in [
        (reaction(true, "U2"), author("U2")),
        (reaction(true, "U1"), None),
        (reaction(false, "U2"), None),
        (reply(false, "me too", "U2"), author("U2")),
        (reply(false, "打卡", "U2"), author("U2")),
        (reply(false, "me too", "U1"), None),
        (reply(true, "打卡", "U2"), None),
    ] {
        let what = format!("{seen:?}");
        assert_eq!(regards(seen), expected, "{what}");
    }
}

#[test]
fn only_a_post_answers_in_a_thread() {
    let thread = Thread {
        id: ThreadId::of("C0GENERAL", "1767600000.000100"),
        started: None,
        author: Some("U2".parse().unwrap()),
    };
    let answered = |direct, text: &str| {
        let seen = Seen::Message {
            channel: "C0GENERAL".parse().unwrap(),
            direct,
            text: Some(text.to_owned()),
            length: None,
            topic: None,
            reply_to: None,
            thread: Some(thread.clone()),
        };
        event("U1", seen)?.facts.thread
    };
    for (direct, text, expected) in [
        (false, "me too", true),
        (false, "復盤 今天很好", true),
        (false, "打卡", false),
        (true, "打卡", false),
    ] {
        let found = answered(direct, text);
        assert_eq!(found, Some(thread.clone()).filter(|_| expected), "{text}");
    }
}
