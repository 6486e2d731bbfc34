//! What follows a leave: the answer to each reason, the person, the gift, the end. Taipei, January
//! 2026; the survey goes out at 11:10 on Monday the 5th.

use hearth_domain::community::Gift;
use hearth_domain::coupon::Codes;
use hearth_domain::event::{Happened, LeaveReason};
use hearth_domain::gate::{Gate, gate};
use hearth_domain::ids::{ChannelId, InterestId};
use hearth_domain::journey::CaseState;
use hearth_domain::member::Preference;
use hearth_domain::message::{SkipReason, Via};
use hearth_domain::playbook::Localised;
use insta::assert_snapshot;

use crate::world::{World, hours, message_id, ts};

const LEAVE: &str = "2026-01-05T03:00:00Z";
pub(crate) const ANSWER: &str = "2026-01-05T04:00:00Z";
const BACK: &str = "2026-01-07T03:00:00Z";
const LOST: &str = "2026-02-04T03:00:00Z";

/// A community with operators and a gift, on a platform.
pub(crate) fn community(platform: &str) -> World {
    let mut world = World::new(platform, "Asia/Taipei");
    let items = "A trial".to_owned();
    world.community.ops_channel = Some(ChannelId::new("C0OPS").unwrap());
    world.community.come_back_gift = Some(Gift {
        items: Localised {
            zh_hant: items.clone(),
            zh_hans: items.clone(),
            en: items,
        },
        codes: Codes::Shared("BACK".to_owned()),
        url: "https://acme.example/back".to_owned(),
        valid_days: 14,
    });
    world.happens(
        "2026-01-01T03:00:00Z",
        Happened::ButtonPressed { message: None },
    );
    world
}

/// Somebody who left and was asked why.
pub(crate) fn leaver() -> World {
    let mut world = community("slack");
    world.leaves(LEAVE).until("2026-01-05T03:10:00Z");
    world
}

/// … and said so.
pub(crate) fn answered(reason: LeaveReason) -> World {
    let mut world = leaver();
    world.happens(ANSWER, answer(reason));
    world
}

pub(crate) fn answer(reason: LeaveReason) -> Happened {
    Happened::SurveyAnswered {
        message: Some(message_id("win-back/1/survey")),
        reason,
        text: None,
    }
}

#[test]
fn each_reason_has_its_own_answer_at_once() {
    let tools = || InterestId::new("tools").unwrap();
    for (reason, interest, expected) in [
        (
            LeaveReason::BoringContent,
            Some(tools()),
            "win-back.follow-up.boring_content content 1: PENDING",
        ),
        (
            LeaveReason::BoringContent,
            None,
            "win-back.follow-up.boring_content.fallback: PENDING",
        ),
        (
            LeaveReason::FewBenefits,
            Some(tools()),
            "win-back.follow-up.few_benefits: PENDING",
        ),
        (
            LeaveReason::TooMuchInfo,
            None,
            "win-back.follow-up.too_much_info: PENDING",
        ),
        (
            LeaveReason::Other,
            None,
            "win-back.follow-up.other: PENDING",
        ),
    ] {
        let mut world = leaver();
        if interest.is_some() {
            world.happens(
                "2026-01-05T03:30:00Z",
                Happened::InterestChosen { interest },
            );
        }
        world.happens(ANSWER, answer(reason));
        let since = world.sent_since(ANSWER);
        let first = since.lines().next().unwrap();
        let expected = format!("Mon 05 Jan 12:00 win-back/1/follow-up = {expected}");
        assert_eq!(first, expected, "{reason:?}");
        assert_eq!(world.case().reason, Some(reason));
    }
}

#[test]
fn what_they_like_is_found_though_there_is_more_for_everybody_than_for_them() {
    let mut world = leaver();
    let more = world.community.contents[0].clone();
    world.community.contents.extend([more.clone(), more]);
    let interest = InterestId::new("tools").ok();
    world
        .happens(
            "2026-01-05T03:30:00Z",
            Happened::InterestChosen { interest },
        )
        .happens(ANSWER, answer(LeaveReason::BoringContent));
    let sent = world.message("win-back/1/follow-up");
    assert_eq!(sent.kind.as_str(), "win-back.follow-up.boring_content");
    assert_eq!(sent.content, Some(1));
}

#[test]
fn a_press_that_fits_no_question_is_counted_as_such() {
    let of = |message: Option<&str>| Happened::SurveyAnswered {
        message: message.map(|id| id.parse().unwrap()),
        reason: LeaveReason::Other,
        text: None,
    };
    for (what, at, message) in [
        ("never sent", "2026-01-05T03:05:00Z", None),
        (
            "never sent",
            "2026-01-05T03:05:00Z",
            Some("acme/U1/win-back/1/survey"),
        ),
        ("another case", ANSWER, Some("acme/U1/win-back/2/survey")),
        ("another message", ANSWER, Some("acme/U1/win-back/1/gift")),
        ("somebody else", ANSWER, Some("acme/U2/win-back/1/survey")),
    ] {
        let mut world = community("slack");
        world.leaves(LEAVE).happens(at, of(message));
        assert_eq!(
            (world.case().reason, world.ignored),
            (None, 1),
            "{what} {message:?}"
        );
    }
    let mut world = answered(LeaveReason::FewBenefits);
    assert_eq!(world.ignored, 0);
    world.happens("2026-01-05T04:00:01Z", of(None));
    assert_eq!(
        (world.case().reason, world.ignored),
        (Some(LeaveReason::FewBenefits), 1)
    );
}

#[test]
fn the_gift_comes_days_after_the_answer_and_only_after_one() {
    for (gift_after, at) in [(3, "2026-01-08T04:00:00Z"), (0, ANSWER)] {
        let mut world = leaver();
        world.playbook.win_back.gift_after_days = gift_after;
        world
            .happens(ANSWER, answer(LeaveReason::FewBenefits))
            .until(LOST);
        let gift = world.message("win-back/1/gift");
        assert_eq!(gift.created, ts(at));
        // As the text says it: until the fourteenth day, at the sending time.
        let last = world.zone().day(ts(at)).plus(14);
        let send_at = world.playbook.onboarding.send_at;
        assert_eq!(gift.expires, Some(world.zone().at(last, send_at)));
    }
    let mut silent = leaver();
    silent.until(LOST);
    let mut poor = leaver();
    poor.community.come_back_gift = None;
    poor.happens(ANSWER, answer(LeaveReason::FewBenefits))
        .until(LOST);
    for world in [silent, poor] {
        assert!(!world.sent().contains("gift"), "{}", world.sent());
    }
}

#[test]
fn a_case_ends_won_or_lost_and_the_reason_stays() {
    let mut lost = answered(LeaveReason::BoringContent);
    lost.until("2026-02-04T02:59:59Z");
    assert_eq!(lost.case().state, CaseState::GiftSent);
    lost.until(LOST);
    assert_eq!(lost.case().state, CaseState::Lost { at: ts(LOST) });
    assert_eq!(lost.case().days_to_return(), None);

    for (back, days) in [
        (BACK, 2),
        ("2026-01-06T02:59:59Z", 0),
        ("2026-02-04T02:59:59Z", 29),
    ] {
        let mut won = answered(LeaveReason::BoringContent);
        won.joins(back);
        assert_eq!(won.case().state, CaseState::Won { at: ts(back) });
        assert_eq!(won.case().days_to_return(), Some(days), "{back}");
        assert_eq!(won.case().reason, Some(LeaveReason::BoringContent));
    }
    assert_eq!(lost.case().reason, Some(LeaveReason::BoringContent));
}

#[test]
fn no_thank_you_ends_the_case_under_its_own_messages() {
    for (what, message, ends) in [
        ("the follow-up", Some("acme/U1/win-back/1/follow-up"), true),
        ("no id", None, true),
        ("another case", Some("acme/U1/win-back/2/follow-up"), false),
        ("another message", Some("acme/U1/onboarding/1/day-1"), false),
        ("somebody else", Some("acme/U2/win-back/1/follow-up"), false),
    ] {
        let mut world = answered(LeaveReason::TooMuchInfo);
        let message = message.map(|id| id.parse().unwrap());
        world.happens("2026-01-05T05:00:00Z", Happened::Declined { message });
        assert_eq!(world.case().state == CaseState::Declined, ends, "{what}");
        assert_eq!(world.ignored, u32::from(!ends), "{what}");
        let before = world.messages.len();
        world.until("2026-03-01T00:00:00Z");
        assert_eq!(world.messages.len() == before, ends, "{what}");
    }
}

#[test]
fn a_leaver_may_choose_the_digest_for_when_they_are_back() {
    let mut world = answered(LeaveReason::TooMuchInfo);
    let message = Some(message_id("win-back/1/follow-up"));
    world
        .happens("2026-01-05T05:00:00Z", Happened::DigestOnly { message })
        .until("2026-01-10T00:00:00Z");
    assert_eq!(world.member().preference(), Preference::DigestOnly);
    assert_eq!(
        world.member().journey.digest,
        None,
        "nothing goes to who left"
    );
    let confirmed = world.message("win-back/1/digest-1767589200");
    assert_eq!(world.passes(confirmed), Ok(ts("2026-01-05T05:00:00Z")));
    let gift = world.message("win-back/1/gift");
    assert_eq!(world.passes(gift), Err(SkipReason::DigestOnly));
    world.joins("2026-01-10T03:00:00Z");
    assert_eq!(
        world.member().journey.digest,
        Some(ts("2026-01-12T02:00:00Z"))
    );
}

#[test]
fn who_the_platform_cannot_reach_is_written_to_as_they_agreed() {
    let consent = |given| Happened::Consented { given };
    let second = |world: &mut World| {
        world.community.second_channel = Some("https://relay.example".to_owned());
    };
    // (there is one, agreed, taken back before the leave, how the survey fared)
    for (exists, agreed, taken_back, survey) in [
        (false, true, false, "win-back.survey: SKIPPED unreachable"),
        (true, false, false, "win-back.survey: SKIPPED unreachable"),
        (true, true, true, "win-back.survey: SKIPPED unreachable"),
        (
            true,
            true,
            false,
            "win-back.survey by the second channel: PENDING",
        ),
    ] {
        let mut world = community("discord");
        if exists {
            second(&mut world);
        }
        if agreed {
            world.happens("2026-01-02T03:00:00Z", consent(true));
        }
        if taken_back {
            world.happens("2026-01-03T03:00:00Z", consent(false));
        }
        world.leaves(LEAVE).until("2026-01-05T03:10:00Z");
        assert!(
            world.sent().trim_end().ends_with(survey),
            "{}",
            world.sent()
        );
        let reached = survey.ends_with("PENDING");
        assert_eq!(world.case().state == CaseState::Surveyed, reached);
        assert_eq!(world.case().state == CaseState::Unreachable, !reached);
    }
}

#[test]
fn consent_that_is_taken_back_ends_what_it_was_for() {
    let agreed = || {
        let mut world = community("discord");
        world.community.second_channel = Some("https://relay.example".to_owned());
        world
            .happens("2026-01-02T03:00:00Z", Happened::Consented { given: true })
            .leaves(LEAVE);
        world
    };
    let mut world = agreed();
    world
        .happens("2026-01-05T03:05:00Z", Happened::Consented { given: false })
        .until("2026-03-01T00:00:00Z");
    assert_snapshot!(world.sent(), @"Mon 05 Jan 11:10 win-back/1/survey = win-back.survey: SKIPPED unreachable");
    assert_eq!(world.case().state, CaseState::Unreachable);

    let mut world = agreed();
    world
        .happens("2026-01-05T03:20:00Z", Happened::Consented { given: false })
        .happens(ANSWER, answer(LeaveReason::FewBenefits))
        .until(LOST);
    assert_snapshot!(world.sent(), @r"
    Mon 05 Jan 11:10 win-back/1/survey = win-back.survey by the second channel: PENDING
    Mon 05 Jan 12:00 win-back/1/follow-up = win-back.follow-up.few_benefits: SKIPPED unreachable
    Thu 08 Jan 12:00 win-back/1/gift = win-back.gift: SKIPPED unreachable
    ");
    // What waited to be sent is not sent.
    let survey = world.message("win-back/1/survey");
    assert_eq!(survey.via, Via::Second);
    let look = |world: &World, at: &str| {
        let survey = world.message("win-back/1/survey");
        gate(
            survey,
            world.member.as_ref(),
            &world.community,
            &world.playbook,
            ts(at),
        )
    };
    assert_eq!(
        look(&world, "2026-01-05T03:21:00Z"),
        Gate::Skip(SkipReason::Unreachable)
    );
    let mut world = agreed();
    world.until("2026-01-05T03:10:00Z");
    assert_eq!(look(&world, "2026-01-05T03:21:00Z"), Gate::Send);
}

#[test]
fn who_was_not_asked_in_time_was_not_surveyed() {
    let mut world = community("slack");
    world
        .leaves(LEAVE)
        .outage_until("2026-01-06T03:00:01Z")
        .tick();
    assert_eq!(world.case().state, CaseState::Open, "nobody was asked");
    world.happens("2026-01-06T04:00:00Z", answer(LeaveReason::FewBenefits));
    assert_eq!((world.case().reason, world.ignored), (None, 1));
    world.until_instant(ts(LOST) + hours(1));
    assert_eq!(world.case().state, CaseState::Lost { at: ts(LOST) });
    assert_eq!(world.messages.len(), 1, "{}", world.sent());
}
