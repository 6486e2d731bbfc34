//! The rendering, from views made by hand; the gathering, from a stack in memory.

use std::sync::Arc;

use hearth_aws::store::Kind;
use hearth_domain::community::Community;
use hearth_domain::locale::Locale;
use hearth_domain::message::{Message, SkipReason, State, To};
use hearth_domain::playbook::Class;
use hearth_platforms::Picture;
use jiff::Timestamp;

use super::gather::{Asked, gather, mentions_named};
use super::model::{CaseCell, Chat, Listed, MemberRow, PageView, Place, PlanCell, Role, Shown};
use super::render::render;
use super::texts::{Label, own_name};
use crate::clock::StackClock;
use crate::sandbox::{Button, Received};
use crate::stack::{Options, Stack};

const DEMO: &str = include_str!("../../../playbooks/demo-community.toml");
const MONDAY: &str = "2026-01-05T01:00:00Z";
const EVIL: &str = "<script>alert('x')</script>\"&";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn all<T>(rows: Vec<T>) -> Listed<T> {
    Listed { rows, left_out: 0 }
}

fn received(member: Option<&str>, channel: Option<&str>) -> Received {
    Received {
        seq: 1,
        at: at(MONDAY),
        community: "acme".to_owned(),
        member: member.map(str::to_owned),
        channel: channel.map(str::to_owned),
        kind: "onboarding.day-1".to_owned(),
        text: format!("Hi {EVIL}\nsecond line"),
        buttons: vec![Button {
            label: "A & B".to_owned(),
            value: "interest:tools".to_owned(),
        }],
        picture: None,
        message_id: "acme/U1/onboarding/1/day-1".to_owned(),
    }
}

fn skipped() -> Message {
    Message {
        state: State::Skipped {
            at: at(MONDAY),
            reason: SkipReason::FrequencyCap,
        },
        version: 1,
        ..Message::new(
            "acme/U1/onboarding/1/day-3".parse().unwrap(),
            "onboarding.day-3".parse().unwrap(),
            To::Member("U1".parse().unwrap()),
            Class::Promo,
            1,
            at(MONDAY),
        )
    }
}

fn member() -> MemberRow {
    MemberRow {
        member: "U1".to_owned(),
        name: Some(EVIL.to_owned()),
        status: "member".to_owned(),
        points: 35,
        onboarding: Some(PlanCell {
            state: "active".to_owned(),
            since: None,
            next_step: 1,
            next_at: Some(at(MONDAY)),
        }),
        win_back: Some(CaseCell {
            state: "won".to_owned(),
            reason: None,
            closed: Some(at(MONDAY)),
        }),
        ..MemberRow::default()
    }
}

fn shown() -> Shown {
    let chat = |place, message| Chat {
        place,
        messages: all(vec![message]),
    };
    let one_to_one = Place::Member {
        id: "U1".to_owned(),
        name: Some(EVIL.to_owned()),
    };
    let ops = Place::Channel {
        id: "C0OPS".to_owned(),
        role: Role::Ops,
    };
    Shown {
        community: Arc::new(Community::parse(DEMO).unwrap()),
        member: None,
        chats: all(vec![
            chat(one_to_one, received(Some("U1"), None)),
            chat(ops, received(None, Some("C0OPS"))),
        ]),
        members: all(vec![member()]),
        ledger: all(vec![skipped()]),
        reports: vec![("2026-W01".parse().unwrap(), 2)],
    }
}

fn view(locale: Locale, shown: Option<Shown>) -> PageView {
    PageView {
        locale,
        now: at(MONDAY),
        is_virtual: true,
        host: "127.0.0.1:9000".to_owned(),
        communities: shown.iter().map(|shown| shown.community.clone()).collect(),
        shown,
        dead_letters: 0,
    }
}

#[test]
fn every_label_has_three_texts() {
    for label in Label::ALL {
        for locale in Locale::ALL {
            let text = label.get(locale);
            assert!(!text.trim().is_empty(), "{label:?} in {locale}");
            let han = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert_eq!(
                han,
                locale != Locale::En && !text.is_ascii(),
                "{label:?} in {locale}: {text}"
            );
        }
    }
}

#[test]
fn the_two_chinese_texts_are_two() {
    let traditional_only = "們還沒這裡個訊週點級簽繫續發觸達關閉當適條給處數據";
    for label in Label::ALL {
        let simplified = label.get(Locale::ZhHans);
        assert!(
            !simplified
                .chars()
                .any(|c| traditional_only.contains(c) && !"达".contains(c)),
            "{label:?}: {simplified}"
        );
    }
    // Wording, not characters.
    assert_eq!(
        (
            Label::Streak.get(Locale::ZhHant),
            Label::Streak.get(Locale::ZhHans)
        ),
        ("連續簽到", "连续打卡")
    );
    assert_eq!(
        (
            Label::Message.get(Locale::ZhHant),
            Label::Message.get(Locale::ZhHans)
        ),
        ("訊息", "消息")
    );
}

#[test]
fn a_page_in_each_language() {
    for locale in Locale::ALL {
        let page = render(&view(locale, Some(shown())));
        assert!(page.contains(&format!("<html lang=\"{}\">", locale.tag())));
        for label in [
            Label::Clock,
            Label::Chats,
            Label::Members,
            Label::NotSent,
            Label::Reports,
            Label::FrequencyCap,
        ] {
            assert!(page.contains(label.get(locale)), "{label:?} in {locale}");
        }
        for other in Locale::ALL {
            assert!(page.contains(own_name(other)));
        }
        assert!(page.contains(&format!(
            "/local/reports/acme/2026-W01.html?lang={}",
            locale.tag()
        )));
    }
}

#[test]
fn a_name_or_a_text_is_never_markup() {
    let mut shown = shown();
    shown.member = Some("U1&x=\"".to_owned());
    let page = render(&view(Locale::En, Some(shown)));
    assert!(!page.contains("<script>alert"));
    assert!(
        page.contains("Hi &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;\nsecond line")
    );
    assert!(page.contains("member=U1%26x%3D%22&amp;lang=en"));
    assert_eq!(page.matches("<script>").count(), 1, "ours");
}

#[test]
fn buttons_carry_what_the_press_asks_for() {
    let page = render(&view(Locale::En, Some(shown())));
    assert!(page.contains(
        "<button type=\"button\" data-community=\"acme\" data-member=\"U1\" data-message=\"acme/U1/onboarding/1/day-1\" \
         data-value=\"interest:tools\">A &amp; B</button>"
    ));
    assert!(
        page.contains("<button type=\"button\" disabled>A &amp; B</button>"),
        "nobody can press it"
    );
    for span in ["PT1H", "P1D", "P1W", "PT0S"] {
        assert!(page.contains(&format!("data-advance=\"{span}\"")));
    }
    let mut system = view(Locale::En, Some(self::shown()));
    system.is_virtual = false;
    assert!(
        !render(&system).contains("data-advance=\""),
        "the machine's clock has no buttons"
    );
}

#[test]
fn a_picture_is_shown_with_its_words_from_the_page_itself() {
    let mut shown = shown();
    let posted = Received {
        picture: Some(Picture {
            png: b"\x89PNG".to_vec(),
            description: "1日 12 \"&".to_owned(),
        }),
        ..received(None, Some("C1"))
    };
    for chat in &mut shown.chats.rows {
        chat.messages.rows = vec![posted.clone()];
    }
    let page = render(&view(Locale::ZhHant, Some(shown)));
    let image =
        "<img class=\"picture\" src=\"data:image/png;base64,iVBORw==\" alt=\"1日 12 &quot;&amp;\">";
    assert!(page.contains(image), "{page}");
    assert!(!render(&view(Locale::ZhHant, None)).contains("<img"));
}

#[test]
fn times_are_the_communitys() {
    let page = render(&view(Locale::En, Some(shown())));
    assert!(page.contains("2026-01-05 Mon 09:00:00</b></time> Asia/Taipei"));
    assert!(page.contains("UTC 2026-01-05 01:00:00"));
    assert!(page.contains(">09:00</time> <code>onboarding.day-1"));
}

#[test]
fn a_mention_has_the_name_if_it_is_known() {
    let members = [member()];
    let named = |text| mentions_named(text, &members);
    assert_eq!(
        named("Hi <@U1>, <@U2> and <@"),
        format!("Hi @{EVIL}, <@U2> and <@")
    );
    assert_eq!(named("a <b> c"), "a <b> c");
}

#[test]
fn dead_letters_show_only_when_there_are_any() {
    let mut view = view(Locale::En, Some(shown()));
    assert!(!render(&view).contains("/local/dead-letters"));
    view.dead_letters = 3;
    assert!(render(&view).contains("<a href=\"/local/dead-letters\">Dead letters <b>3</b></a>"));
}

#[test]
fn an_empty_stack_says_what_to_do() {
    for locale in Locale::ALL {
        let page = render(&view(locale, None));
        assert!(page.contains("hearth community publish infra/playbooks/demo-community.toml --endpoint http://127.0.0.1:9000"));
        assert!(page.contains(Label::HowToPublish.get(locale)));
    }
}

#[test]
fn the_policy_names_our_script() {
    let policy = super::policy();
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'sha256-"));
    assert!(
        !super::SCRIPT.contains("</") && !super::STYLE.contains("</"),
        "would end the element early"
    );
}

#[tokio::test]
async fn gathers_from_a_stack() {
    let stack = Stack::start(Options::in_memory(StackClock::standing_at(at(MONDAY))))
        .await
        .unwrap();
    let empty = gather(&stack, &Asked::default(), "h").await.unwrap();
    assert!(empty.shown.is_none());

    stack.publish_default_playbook().await.unwrap();
    stack.publish(Kind::Community, DEMO).await.unwrap();
    let asked = Asked {
        community: Some("nobody".to_owned()),
        ..Asked::default()
    };
    let view = gather(&stack, &asked, "h").await.unwrap();
    assert_eq!(view.locale, Locale::ZhHant, "the community's");
    assert_eq!(
        view.shown.as_ref().unwrap().community.id.as_str(),
        "acme",
        "the first one instead"
    );
    let page = render(&view);
    assert!(page.contains("/webhooks/slack/acme"));

    let asked = Asked {
        lang: Some("zh-CN".to_owned()),
        ..Asked::default()
    };
    assert_eq!(
        gather(&stack, &asked, "h").await.unwrap().locale,
        Locale::ZhHans
    );
}
