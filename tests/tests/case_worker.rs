//! "Something else": what a leaver wrote goes to a person, who takes the case in the operators'
//! channel.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_aws::store::Kind;
use hearth_domain::journey::Person;
use hearth_domain::message::State;
use hearth_local::deliveries::slack_ts;
use hearth_local::sandbox::Received;
use hearth_tests::world::{ACME, MONDAY, SHOP, World, standing_at, world_with};
use serde_json::{Value, json};

use crate::follow_ups::{a_leaver, case, ignored, values};

/// A shop whose leaver wrote why, and the notice in its operators' channel.
async fn a_remark(text: &str) -> (World, Received) {
    let world = Box::pin(world_with(standing_at(MONDAY), ACME)).await;
    world.publish(Kind::Community, SHOP).await;
    let tell = async |id: &str, kind: &str, data: Value| {
        let answer = world.shop_event(id, kind, &data).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    };
    let ann = json!({"member": "ann", "name": "Ann"});
    tell("joined", "member.joined", ann.clone()).await;
    world.until("2026-01-07T11:00:00Z").await;
    tell("left", "member.left", ann).await;
    world.minutes(10).await;
    let survey = "shop/ann/win-back/1/survey";
    let answer = json!({"member": "ann", "message_id": survey, "value": "other", "text": text});
    tell("answer", "survey.answered", answer).await;
    let notice = in_ops(&world).pop().unwrap();
    (world, notice)
}

fn in_ops(world: &World) -> Vec<Received> {
    let mut all = world.stack.sandbox.received(Some("shop"), None, None);
    all.retain(|message| message.channel.as_deref() == Some("ops"));
    all
}

async fn operator_presses(world: &World, id: &str, notice: &Received, value: &str) {
    let data =
        json!({"member": "boss", "name": "Kim", "message_id": notice.message_id, "value": value});
    let answer = world.shop_event(id, "button.pressed", &data).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn what_a_leaver_wrote_reaches_a_person_and_is_kept_nowhere() {
    let remark = "The download link never worked for me";
    let (world, notice) = a_remark(remark).await;
    assert_eq!(notice.kind, "win-back.follow-up.other.ops");
    for part in [remark, "Ann", "Thu 8 Jan, 12:10"] {
        assert!(notice.text.contains(part), "{part}: {}", notice.text);
    }
    assert_eq!(values(&notice), ["case:claim", "case:done"]);
    let row = world
        .stack
        .store
        .message(&notice.message_id.parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert!(matches!(row.state, State::Sent { .. }), "{:?}", row.state);
    let items = world.stack.every_item().unwrap();
    let holds = |part: &str| {
        items
            .iter()
            .any(|(_, item)| item.to_string().contains(part))
    };
    assert!(holds(&notice.message_id.replace("shop/ann/", "")) && !holds("download link"));
    operator_presses(&world, "claim", &notice, "case:claim").await;
    let claimed = in_ops(&world).pop().unwrap();
    assert_eq!(claimed.kind, "win-back.follow-up.other.claimed");
    assert!(
        claimed.text.contains("Kim") && claimed.text.contains("Ann"),
        "{}",
        claimed.text
    );
    // Once is enough, and who took it needs no reminder.
    world.minutes(1).await;
    operator_presses(&world, "claim-again", &notice, "case:claim").await;
    assert!((ignored(&world) - 1.0).abs() < 0.5);
    world.minutes(1).await;
    operator_presses(&world, "done", &notice, "case:done").await;
    world.days(2).await;
    assert_eq!(in_ops(&world).len(), 2);
    let shop = world.stack.community("shop").await.unwrap().unwrap();
    let of = async |member: &str| {
        let id = member.parse().unwrap();
        world.stack.store.member(&shop, &id).await.unwrap()
    };
    assert!(of("boss").await.is_none(), "an operator is no member by it");
    let case = of("ann").await.unwrap().journey.win_back.unwrap();
    assert_eq!(case.person, Some(Person::Done));
}

#[tokio::test]
async fn on_slack_an_operator_takes_a_case_in_the_channel() {
    let world = a_leaver(None).await;
    world.presses("U1", "win-back.survey", "other").await;
    let notice = world.posted_in("C0OPS").pop().unwrap();
    assert_eq!(notice.kind, "win-back.follow-up.other.ops");
    assert_eq!(values(&notice), ["case:claim", "case:done"]);
    world.minutes(1).await;
    let ts = slack_ts(notice.at);
    let press = world.slack.press(
        "U0STAFF",
        &ts,
        &notice.message_id,
        "case:claim",
        world.now(),
    );
    assert_eq!(world.deliver(&press).await.status, 200);
    world.stack.run_until_idle().await;
    let claimed = world.posted_in("C0OPS").pop().unwrap();
    assert_eq!(claimed.kind, "win-back.follow-up.other.claimed");
    assert!(claimed.text.contains("<@U1>"), "{}", claimed.text);
    assert_eq!(case(&world).await["person"], "claimed");
}

#[tokio::test]
async fn what_nobody_takes_is_said_again_before_the_time_is_up() {
    let (world, notice) = a_remark("?").await;
    world.hours(24).await;
    let reminder = in_ops(&world).pop().unwrap();
    assert_eq!(reminder.kind, "win-back.follow-up.other.reminder");
    assert_eq!(
        reminder.at.duration_since(notice.at).as_hours(),
        20,
        "four hours before"
    );
    operator_presses(&world, "claim", &reminder, "case:claim").await;
    assert_eq!(
        in_ops(&world).pop().unwrap().kind,
        "win-back.follow-up.other.claimed"
    );
}
