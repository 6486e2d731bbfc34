//! The golden files: one for each version of each message that was ever in a queue.
//!
//! They are never edited and never removed. A message may be years old when a dead-letter queue is
//! redriven, and a function may be one release older than the one that wrote to its queue. Optional
//! fields may join a version (with a new file beside the old one); anything else is a new version.

use hearth_domain::ids::{GatheringId, InterestId, Owner};

use super::*;

const AT: &str = "2026-01-05T02:03:04.000567Z";

fn survey() -> MessageId {
    MessageId::new(
        CommunityId::new("acme").unwrap(),
        Owner::Member(MemberId::new("U024BE7LH").unwrap()),
        "win-back/1/survey",
    )
    .unwrap()
}

fn event(what: WhatV1) -> EventV1 {
    EventV1 {
        community: CommunityId::new("acme").unwrap(),
        id: EventId::new("slack:T123:C0GENERAL:1767.000200").unwrap(),
        at: AT.parse().unwrap(),
        seq: 0,
        member: MemberId::new("U024BE7LH").unwrap(),
        name: None,
        zone: None,
        locale: None,
        staff: None,
        elsewhere: false,
        reply: None,
        regards: None,
        thread: None,
        what,
    }
}

fn rollup(as_of: Option<&str>) -> Work {
    Work::RollupV1(RollupV1 {
        community: CommunityId::new("acme").unwrap(),
        week: "2026-W01".parse().unwrap(),
        revision: 2,
        as_of: as_of.map(|day| day.parse().unwrap()),
    })
}

fn close_day() -> Work {
    Work::CloseDayV1(CloseDayV1 {
        community: CommunityId::new("acme").unwrap(),
        day: "2026-01-05".parse().unwrap(),
    })
}

macro_rules! golden {
    ($($name:literal => $work:expr,)*) => {
        vec![$(($name, include_str!(concat!("../../tests/golden/", $name, ".json")), $work),)*]
    };
}

fn inviter() -> InviterV1 {
    InviterV1 {
        member: Some("U7".parse().unwrap()),
        code: None,
    }
}

fn thread() -> ThreadV1 {
    ThreadV1 {
        id: "00c0ffee00c0ffee".to_owned(),
        started: Some("2026-01-05T01:53:04Z".parse().unwrap()),
        author: MemberId::new("U7").ok(),
    }
}

fn all() -> Vec<(&'static str, &'static str, Work)> {
    let told = EventV1 {
        seq: 7,
        name: Some("設計-小美 \"q\"".to_owned()),
        zone: Some("Asia/Taipei".to_owned()),
        locale: Some(Locale::ZhHant),
        staff: Some(false),
        ..event(WhatV1::Renamed)
    };
    let left = |cause| Work::EventV1(event(WhatV1::Left { cause }));
    let happened = |what| Work::EventV1(event(what));
    golden! {
        "event-v1-joined" => happened(WhatV1::Joined { came: None }),
        "event-v1-left-voluntary" => left(CauseV1::Voluntary),
        "event-v1-left-removed" => left(CauseV1::Removed),
        "event-v1-left-unknown" => left(CauseV1::Unknown),
        "event-v1-renamed-elsewhere" => Work::EventV1(EventV1 { elsewhere: true, ..told.clone() }),
        "event-v1-renamed-with-all-facts" => Work::EventV1(told),
        "event-v1-message-posted" => happened(WhatV1::MessagePosted { length: Some(42), topic: true, interest: None, print: None }),
        "event-v1-message-posted-bare" => happened(WhatV1::MessagePosted { length: None, topic: false, interest: None, print: None }),
        "event-v1-reaction-added" => happened(WhatV1::ReactionAdded { interest: None }),
        "event-v1-reaction-removed" => happened(WhatV1::ReactionRemoved),
        "event-v1-checked-in" => happened(WhatV1::CheckedIn { channel: None }),
        "event-v1-checked-in-somewhere" => happened(WhatV1::CheckedIn { channel: Some("C0CHECKIN".parse().unwrap()) }),
        "event-v1-points-asked" => happened(WhatV1::PointsAsked { message: None }),
        "event-v1-gifts-asked" => happened(WhatV1::GiftsAsked { message: Some(survey()) }),
        "event-v1-gift-wanted" => happened(WhatV1::GiftWanted { message: Some(survey()), gift: "mug".parse().unwrap() }),
        "event-v1-ranking-chosen" => happened(WhatV1::RankingChosen { shown: false }),
        "event-v1-challenge-joined" => happened(WhatV1::ChallengeJoined { message: Some(survey()), challenge: "21-days-2026-02".parse().unwrap() }),
        "event-v1-interest-chosen" => happened(WhatV1::InterestChosen { interest: Some(InterestId::new("tools").unwrap()) }),
        "event-v1-interest-none" => happened(WhatV1::InterestChosen { interest: None }),
        "event-v1-task-claimed" => happened(WhatV1::TaskClaimed { message: Some(survey()) }),
        "event-v1-task-claimed-bare" => happened(WhatV1::TaskClaimed { message: None }),
        "event-v1-button-pressed" => happened(WhatV1::ButtonPressed { message: None }),
        "event-v1-survey-answered" => happened(WhatV1::SurveyAnswered { message: Some(survey()), reason: "boring_content".to_owned(), text: None }),
        "event-v1-survey-answered-bare" => happened(WhatV1::SurveyAnswered { message: None, reason: "other".to_owned(), text: None }),
        "event-v1-opted-out" => happened(WhatV1::OptedOut),
        "event-v1-opted-in" => happened(WhatV1::OptedIn),
        "event-v1-message-posted-about" => happened(WhatV1::MessagePosted { length: Some(42), topic: false, interest: Some(InterestId::new("tools").unwrap()), print: None }),
        "event-v1-reaction-added-about" => happened(WhatV1::ReactionAdded { interest: Some(InterestId::new("tools").unwrap()) }),
        "event-v1-help-wanted" => happened(WhatV1::HelpWanted { message: Some(survey()) }),
        "event-v1-other-topic-wanted" => happened(WhatV1::OtherTopicWanted { message: Some(survey()) }),
        "event-v1-button-pressed-of" => happened(WhatV1::ButtonPressed { message: Some(survey()) }),
        "event-v1-survey-answered-in-words" => happened(WhatV1::SurveyAnswered { message: Some(survey()), reason: "other".to_owned(), text: Some("I moved away.".to_owned()) }),
        "event-v1-declined" => happened(WhatV1::Declined { message: Some(survey()) }),
        "event-v1-invitation-answered" => happened(WhatV1::InvitationAnswered { message: Some(survey()), comes: true }),
        "event-v1-attended" => happened(WhatV1::Attended { gathering: Some(GatheringId::new("tea").unwrap()) }),
        "event-v1-gathering-scored" => happened(WhatV1::GatheringScored { message: Some(survey()), score: 5 }),
        "event-v1-voted" => happened(WhatV1::Voted { message: Some(survey()), interest: Some(InterestId::new("tools").unwrap()), quiet: false }),
        "event-v1-voted-quiet" => happened(WhatV1::Voted { message: None, interest: None, quiet: true }),
        "event-v1-case-handled" => happened(WhatV1::CaseHandled { message: survey(), step: CaseStepV1::Claimed, by: Some("小芳".to_owned()) }),
        "event-v1-case-handled-done" => happened(WhatV1::CaseHandled { message: survey(), step: CaseStepV1::Done, by: None }),
        "event-v1-consented" => happened(WhatV1::Consented { given: true }),
        "event-v1-message-posted-with-print" => happened(WhatV1::MessagePosted { length: Some(42), topic: false, interest: None, print: Some(65_535) }),
        "event-v1-reviewed" => happened(WhatV1::Reviewed { length: Some(42), topic: true, interest: Some(InterestId::new("tools").unwrap()), print: Some(7) }),
        "event-v1-reviewed-bare" => happened(WhatV1::Reviewed { length: None, topic: false, interest: None, print: None }),
        "event-v1-shared" => happened(WhatV1::Shared),
        "event-v1-day-voided" => happened(WhatV1::DayVoided { day: "2026-01-05".parse().unwrap() }),
        "event-v1-corrected" => happened(WhatV1::Corrected { path: "days/2026-01-05".to_owned(), points: -7 }),
        "event-v1-digest-only" => happened(WhatV1::DigestOnly { message: Some(survey()) }),
        "event-v1-order-paid" => happened(WhatV1::OrderPaid { order: "#1001".parse().unwrap(), amount: 12_900, currency: "TWD".parse().unwrap() }),
        "event-v1-feedback-scored" => happened(WhatV1::FeedbackScored { scale: ScaleV1::Nps, score: 9 }),
        "event-v1-feedback-scored-in-stars" => happened(WhatV1::FeedbackScored { scale: ScaleV1::Stars, score: 5 }),
        "event-v1-feedback-scored-by-thumb" => happened(WhatV1::FeedbackScored { scale: ScaleV1::Thumb, score: 0 }),
        "event-v1-reaction-added-to" => Work::EventV1(EventV1 { regards: MemberId::new("U7").ok(), ..event(WhatV1::ReactionAdded { interest: None }) }),
        "event-v1-message-posted-in-a-thread" => Work::EventV1(EventV1 { thread: Some(Box::new(thread())), ..event(WhatV1::MessagePosted { length: Some(42), topic: false, interest: None, print: None }) }),
        "event-v1-message-posted-in-a-thread-bare" => Work::EventV1(EventV1 { thread: Some(Box::new(ThreadV1 { started: None, author: None, ..thread() })), ..event(WhatV1::MessagePosted { length: None, topic: false, interest: None, print: None }) }),
        "event-v1-starred" => happened(WhatV1::Starred { month: "2026-01".to_owned(), place: 1, points: 50 }),
        "event-v1-joined-invited" => happened(WhatV1::Joined { came: Some(CameV1 { source: "invited".to_owned(), by: Some(inviter()) }) }),
        "event-v1-joined-by-qr" => happened(WhatV1::Joined { came: Some(CameV1 { source: "qr".to_owned(), by: None }) }),
        "event-v1-invites-asked" => happened(WhatV1::InvitesAsked),
        "event-v1-invited" => happened(WhatV1::Invited { by: inviter(), typed: false }),
        "event-v1-invited-by-code" => happened(WhatV1::Invited { by: InviterV1 { member: None, code: Some("7K2M-9QXC-04TD".to_owned().try_into().unwrap()) }, typed: true }),
        "event-v1-invited-by-nobody" => happened(WhatV1::Invited { by: InviterV1::default(), typed: false }),
        "event-v1-invitation-stayed" => happened(WhatV1::InvitationStayed { invited: "U7".parse().unwrap() }),
        "drain-shard-v1" => Work::drain(15, None),
        "drain-shard-v1-until" => Work::drain(15, Some("2026-01-05T02:03:04Z".parse().unwrap())),
        "send-v1" => Work::SendV1(SendV1 { id: survey() }),
        "close-day-v1" => close_day(),
        "rollup-v1" => rollup(None),
        "rollup-v1-as-of" => rollup(Some("2026-01-03")),
    }
}

/// A variant without a file does not compile here.
fn has_a_file(work: &Work) -> &'static str {
    match work {
        Work::EventV1(event) => match event.what {
            WhatV1::Joined { .. } => "joined",
            WhatV1::Left { .. } => "left",
            WhatV1::Renamed => "renamed",
            WhatV1::MessagePosted { .. } => "message-posted",
            WhatV1::ReactionAdded { .. } => "reaction-added",
            WhatV1::ReactionRemoved => "reaction-removed",
            WhatV1::CheckedIn { .. } => "checked-in",
            WhatV1::PointsAsked { .. } => "points-asked",
            WhatV1::GiftsAsked { .. } => "gifts-asked",
            WhatV1::GiftWanted { .. } => "gift-wanted",
            WhatV1::RankingChosen { .. } => "ranking-chosen",
            WhatV1::ChallengeJoined { .. } => "challenge-joined",
            WhatV1::Reviewed { .. } => "reviewed",
            WhatV1::Shared => "shared",
            WhatV1::DayVoided { .. } => "day-voided",
            WhatV1::Corrected { .. } => "corrected",
            WhatV1::InterestChosen { .. } => "interest",
            WhatV1::TaskClaimed { .. } => "task-claimed",
            WhatV1::ButtonPressed { .. } => "button-pressed",
            WhatV1::SurveyAnswered { .. } => "survey-answered",
            WhatV1::HelpWanted { .. } => "help-wanted",
            WhatV1::OtherTopicWanted { .. } => "other-topic-wanted",
            WhatV1::Declined { .. } => "declined",
            WhatV1::InvitationAnswered { .. } => "invitation-answered",
            WhatV1::Attended { .. } => "attended",
            WhatV1::GatheringScored { .. } => "gathering-scored",
            WhatV1::Voted { .. } => "voted",
            WhatV1::CaseHandled { .. } => "case-handled",
            WhatV1::Consented { .. } => "consented",
            WhatV1::DigestOnly { .. } => "digest-only",
            WhatV1::OptedOut => "opted-out",
            WhatV1::OptedIn => "opted-in",
            WhatV1::OrderPaid { .. } => "order-paid",
            WhatV1::FeedbackScored { .. } => "feedback-scored",
            WhatV1::Starred { .. } => "starred",
            WhatV1::InvitesAsked => "invites-asked",
            WhatV1::Invited { .. } => "invited",
            WhatV1::InvitationStayed { .. } => "invitation-stayed",
        },
        Work::DrainShardV1(_) => "drain-shard",
        Work::SendV1(_) => "send",
        Work::RollupV1(_) => "rollup",
        Work::CloseDayV1(_) => "close-day",
    }
}

#[test]
fn every_golden_file_is_read_as_what_it_was_and_written_byte_by_byte() {
    for (name, file, work) in all() {
        assert_eq!(Work::from_json(file.trim_end()), Ok(work.clone()), "{name}");
        assert_eq!(work.to_json(), file.trim_end(), "{name}");
        assert!(name.contains(has_a_file(&work)), "{name}");
    }
}

#[test]
fn an_event_comes_back_as_the_domain_told_it() {
    for (name, _, work) in all() {
        let Work::EventV1(wire) = work else { continue };
        let event = Event::try_from(wire.clone()).unwrap();
        assert_eq!(EventV1::of(wire.community.clone(), event), wire, "{name}");
    }
}

#[test]
fn a_field_of_a_later_release_is_read_over() {
    let body = r#"{"type":"DrainShardV1","shard":3,"since":"2027"}"#;
    assert_eq!(Work::from_json(body), Ok(Work::drain(3, None)));
    let body = r#"{"type":"EventV1","community":"acme","id":"e","at":"2026-01-05T02:03:04Z","member":"U1","mood":"fine","what":{"kind":"joined","inviter":"U2"}}"#;
    assert!(
        matches!(Work::from_json(body), Ok(Work::EventV1(event)) if event.what == WhatV1::Joined { came: None })
    );
}

#[test]
fn what_is_no_work_of_ours_is_refused_without_quoting_it() {
    let secret = "xoxb-secret";
    let event = |field: &str, value: &str| {
        let good = Work::EventV1(event(WhatV1::Joined { came: None })).to_json();
        let mut json: serde_json::Value = serde_json::from_str(&good).unwrap();
        json[field] = serde_json::Value::String(value.to_owned());
        json.to_string()
    };
    let bodies = [
        String::new(),
        secret.to_owned(),
        format!("\"{secret}\""),
        format!("{{\"type\":\"{secret}\"}}"),
        r#"{"type":"EventV1"}"#.to_owned(),
        r#"{"type":"DrainShardV1","shard":256}"#.to_owned(),
        format!("{{\"type\":\"SendV1\",\"id\":\"{secret}\"}}"),
        r#"{"type":"RollupV1","community":"acme","week":"2026-W54","revision":1}"#.to_owned(),
        event("community", "Not A Slug xoxb-secret"),
        event("member", "@community xoxb-secret"),
        event("at", "yesterday xoxb-secret"),
        event("locale", secret),
        event("what", secret),
        "[".repeat(10_000),
    ];
    for body in bodies {
        let error = Work::from_json(&body).unwrap_err().to_string();
        assert!(!error.contains("xoxb"), "{error}");
    }
}

#[test]
fn a_field_with_a_value_that_is_none_is_named() {
    let unknown_zone = EventV1 {
        zone: Some("Asia/Atlantis".to_owned()),
        ..event(WhatV1::Joined { came: None })
    };
    assert_eq!(Event::try_from(unknown_zone), Err(WireError::Field("zone")));
    let no_such_thread = EventV1 {
        thread: Some(Box::new(ThreadV1 {
            id: "tea".to_owned(),
            ..thread()
        })),
        ..event(WhatV1::Renamed)
    };
    assert_eq!(
        Event::try_from(no_such_thread),
        Err(WireError::Field("thread"))
    );
    let unknown_reason = event(WhatV1::SurveyAnswered {
        message: None,
        reason: "because".to_owned(),
        text: None,
    });
    assert_eq!(
        Event::try_from(unknown_reason),
        Err(WireError::Field("reason"))
    );
    let no_such_star = event(WhatV1::FeedbackScored {
        scale: ScaleV1::Stars,
        score: 6,
    });
    assert_eq!(
        Event::try_from(no_such_star),
        Err(WireError::Field("score"))
    );
}
