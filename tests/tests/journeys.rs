//! Ways to a member: the second channel, where the platform does not reach who left, and a morning
//! on which thousands are due in the same minute.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_domain::message::{Message, Via};
use hearth_local::deliveries::{Delivery, slack_ts};
use hearth_tests::runtime::bench::due;
use hearth_tests::world::{ACME, MONDAY, World, standing_at, world_with};
use serde_json::{Value, json};

use crate::discord::{CLUB, forwarded, joined};

const SURVEY: &str = "win-back/1/survey";

/// A community's file with a second channel.
fn with_second_channel(community: &str) -> String {
    let secrets = "[endpoints]\nsecond_channel = \"http://second.invalid/send\"\n\n[secrets]\nsecond_secret = \"literal:whsec_c2Vjb25kLWNoYW5uZWwtc2VjcmV0\"\n";
    assert!(community.contains("[secrets]\n"));
    community.replacen("[secrets]\n", secrets, 1)
}

/// Somebody who leaves Slack with their account, having agreed to the second channel or not.
async fn an_account_that_is_gone(agreed: bool) -> World {
    let acme = with_second_channel(ACME);
    let world = Box::pin(world_with(standing_at(MONDAY), &acme)).await;
    world.joins("U1").await;
    world.until("2026-01-13T04:00:00Z").await;
    if agreed {
        let welcome = world.received("U1").remove(0);
        let ts = slack_ts(welcome.at);
        let id = &welcome.message_id;
        let press = world
            .slack
            .press("U1", &ts, id, "consent:second", world.now());
        assert_eq!(world.deliver(&press).await.status, 200);
        world.stack.run_until_idle().await;
    }
    assert_eq!(world.view("U1").await["second_channel"], agreed);
    world.leaves("U1").await;
    let gone = json!({"slack_error": "account_inactive"});
    world
        .stack
        .sandbox
        .inject(serde_json::from_value(gone).unwrap());
    world.minutes(15).await;
    world
}

async fn survey_of(world: &World, member: &str) -> Message {
    let rows = world.messages(member).await;
    let survey = rows.into_iter().find(|row| row.id.path() == SURVEY);
    survey.unwrap()
}

fn surveys(world: &World, member: &str) -> usize {
    let sent = world.sent(member);
    sent.iter()
        .filter(|kind| *kind == "win-back.survey")
        .count()
}

#[tokio::test]
async fn whom_the_platform_refuses_the_second_channel_reaches_once() {
    let world = an_account_that_is_gone(true).await;
    assert_eq!(surveys(&world, "U1"), 1);
    let survey = survey_of(&world, "U1").await;
    assert_eq!((survey.state.name(), survey.via), ("SENT", Via::Second));
    assert_eq!(world.view("U1").await["win_back"]["state"], "surveyed");
    // It asks the same, with the same buttons, and its answer counts as any.
    let received = world.received("U1").pop().unwrap();
    assert!(
        received.text.contains("方便點一下原因嗎"),
        "{}",
        received.text
    );
    world.presses("U1", "win-back.survey", "few_benefits").await;
    assert_eq!(world.view("U1").await["win_back"]["state"], "answered");
    world.days(2).await;
    assert_eq!(surveys(&world, "U1"), 1);
}

#[tokio::test]
async fn without_consent_it_is_left_alone_and_the_case_is_over() {
    let world = an_account_that_is_gone(false).await;
    assert_eq!(surveys(&world, "U1"), 0);
    let ledger = world.ledger("U1").await;
    assert_eq!(
        ledger.last().unwrap(),
        "win-back/1/survey SKIPPED unreachable"
    );
    assert_eq!(world.view("U1").await["win_back"]["state"], "unreachable");
    // Nobody waits for them any more; a return is a return, and not ours.
    world.days(40).await;
    world.joins("U1").await;
    let view = world.view("U1").await;
    assert_eq!(
        (&view["status"], &view["win_back"]["state"]),
        (&"member".into(), &"unreachable".into())
    );
}

/// A club on Discord with a second channel, and one member.
async fn a_club(community: &str) -> World {
    let club = with_second_channel(community);
    let world = Box::pin(world_with(standing_at(MONDAY), &club)).await;
    deliver(&world, joined("21", world.now())).await;
    world
}

async fn deliver(world: &World, delivery: Delivery) {
    let answer = world.deliver(&delivery).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    world.stack.run_until_idle().await;
}

/// Something that the forwarder tells now.
async fn tell(world: &World, id: &str, kind: &str, data: Value) {
    let now = world.now();
    deliver(world, forwarded(id, kind, &data, now, now)).await;
}

#[tokio::test]
async fn where_the_platform_reaches_no_leaver_consent_decides() {
    // Discord delivers nothing to who shares no server with the bot.
    let world = a_club(CLUB).await;
    for member in ["11", "12", "13"] {
        deliver(&world, joined(member, world.now())).await;
    }
    world.until("2026-01-13T04:00:00Z").await;
    // 11 agrees; 12 never says; 13 agrees and takes it back after having left.
    for member in ["11", "13"] {
        let data = json!({"member": member, "given": true});
        tell(
            &world,
            &format!("consent:{member}"),
            "consent.changed",
            data,
        )
        .await;
    }
    for member in ["11", "12", "13"] {
        let data = json!({"member": member, "cause": "voluntary"});
        tell(&world, &format!("left:{member}"), "member.left", data).await;
    }
    world.minutes(5).await;
    let data = json!({"member": "13", "given": false});
    tell(&world, "consent:13:back", "consent.changed", data).await;
    world.minutes(10).await;
    let survey = survey_of(&world, "11").await;
    assert_eq!((survey.state.name(), survey.via), ("SENT", Via::Second));
    assert_eq!(surveys(&world, "11"), 1);
    for member in ["12", "13"] {
        assert_eq!(surveys(&world, member), 0);
        let ledger = world.ledger(member).await;
        let skipped = format!("{SURVEY} SKIPPED unreachable");
        assert!(ledger.contains(&skipped), "{member}: {ledger:?}");
        let case = &world.view(member).await["win_back"];
        assert_eq!(case["state"], "unreachable", "{member}");
    }
}

#[tokio::test]
async fn consent_that_is_taken_back_in_the_night_ends_the_case_in_the_morning() {
    let world = a_club(CLUB).await;
    // Half past ten in the evening in Taipei.
    world.until("2026-01-13T14:30:00Z").await;
    let agreed = |given: bool| json!({"member": "21", "given": given});
    tell(&world, "agreed", "consent.changed", agreed(true)).await;
    tell(&world, "left", "member.left", json!({"member": "21"})).await;
    world.minutes(30).await;
    let held = format!("{SURVEY} HELD");
    assert!(world.ledger("21").await.contains(&held));
    tell(&world, "taken-back", "consent.changed", agreed(false)).await;
    world.until("2026-01-14T00:30:00Z").await;
    assert_eq!(surveys(&world, "21"), 0);
    let skipped = format!("{SURVEY} SKIPPED unreachable");
    assert!(world.ledger("21").await.contains(&skipped));
    let case = &world.view("21").await["win_back"];
    assert_eq!(case["state"], "unreachable", "nobody was asked");
}

#[tokio::test]
async fn consent_that_is_taken_back_after_the_answer_ends_the_case_instead_of_the_gift() {
    let gift = "\n[come_back_gift]\nitems = \"工具試用 30 天\"\ngenerate = \"BACK-\"\nurl = \"https://acme.example/back\"\n";
    let world = a_club(&format!("{CLUB}{gift}")).await;
    world.until("2026-01-13T04:00:00Z").await;
    let agreed = |given: bool| json!({"member": "21", "given": given});
    tell(&world, "agreed", "consent.changed", agreed(true)).await;
    tell(&world, "left", "member.left", json!({"member": "21"})).await;
    world.minutes(11).await;
    let answer =
        json!({"member": "21", "message_id": "acme/21/win-back/1/survey", "value": "few_benefits"});
    tell(&world, "answer", "survey.answered", answer).await;
    let follow_up = "win-back.follow-up.few_benefits";
    assert_eq!(world.sent("21").last().unwrap(), follow_up);
    tell(&world, "taken-back", "consent.changed", agreed(false)).await;
    world.days(3).await;
    assert_eq!(world.sent("21").last().unwrap(), follow_up);
    let ledger = world.ledger("21").await;
    assert!(
        ledger.contains(&"win-back/1/gift SKIPPED unreachable".to_owned()),
        "{ledger:?}"
    );
    let case = &world.view("21").await["win_back"];
    assert_eq!(case["state"], "unreachable", "nothing was given");
}

#[tokio::test]
async fn two_thousand_due_in_the_same_minute_get_one_message_each() {
    let morning = Box::pin(due::run(2_000, &|_| {})).await.unwrap();
    assert_eq!(morning.wrongs(), Vec::<String>::new());
    assert_eq!((morning.sent, morning.lost, morning.doubled), (2_000, 0, 0));
    assert!(morning.lag.as_mins() < 1, "{morning}");
    let write = (morning.onboarding.write + morning.messenger.write) / 2_000.0;
    assert!(
        (3.0..=due::WRITE_UNITS).contains(&write),
        "a step writes its member and its row, and costs no more than it may: {morning}"
    );
}
