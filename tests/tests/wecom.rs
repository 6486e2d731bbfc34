//! A community on WeCom, from the welcome to the leave, and what the staff must do for it.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_domain::message::State;
use hearth_local::deliveries::{Delivery, StandardSender, WecomCorp};
use hearth_local::sandbox::ChatFault;
use hearth_member_webhook::Answer;
use hearth_platforms::Request;
use hearth_tests::chaos::SplitMix;
use hearth_tests::world::{MONDAY, World, standing_at, world_with};
use http::{HeaderMap, Method};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::local::served;

/// A community of the customers whom the staff have as contacts.
pub(crate) const CONTACTS: &str = r#"
id = "acme"
platform = "wecom"
name = "Acme Makers"
zone = "Asia/Taipei"
locale = "zh-Hant"
playbook = "default"
ops_channel = "1000002:lisi|zhangsan"

[secrets]
token = ["literal:anewtoken", "literal:anoldtoken"]
encoding_aes_key = "literal:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
corp_id = "literal:ww0123456789abcdef"
corp_secret = "literal:a-secret-of-the-tests"
signing_secret = "literal:whsec_YS1mb3JtLW9mLXRoZS10ZXN0cw=="

[about]
value = "一起動手做。"
"#;

/// [`CONTACTS`] in a customers' group.
fn group() -> String {
    CONTACTS.replacen("ops_channel", "home_channel = \"wrHome\"\nops_channel", 1)
}

async fn contacts() -> World {
    Box::pin(world_with(standing_at(MONDAY), CONTACTS)).await
}

async fn home_group() -> World {
    Box::pin(world_with(standing_at(MONDAY), &group())).await
}

fn corp() -> WecomCorp {
    WecomCorp {
        community: "acme".to_owned(),
        corp_id: "ww0123456789abcdef".to_owned(),
        token: "anoldtoken".to_owned(),
        encoding_aes_key: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG".to_owned(),
    }
}

/// Somebody adds the staff, who may welcome them.
fn added(user: &str, at: Timestamp) -> String {
    let code = WecomCorp::welcome_code(user, at);
    let more = [("State", "fair"), ("WelcomeCode", &code)];
    corp().contact("add_external_contact", "lisi", user, &more, at)
}

fn contact(change: &str, user: &str, at: Timestamp) -> String {
    corp().contact(change, "lisi", user, &[], at)
}

/// Who came into the group or left it, as the list is written.
fn moved(detail: &str, list: &str, scene: &str, at: Timestamp) -> String {
    let more = [("QuitScene", scene), ("MemChangeList", list)];
    corp().chat("wrHome", detail, &more, at)
}

/// A check-in that comes from a page of the community's own.
fn checks_in(id: &str, user: &str, at: Timestamp, now: Timestamp) -> Delivery {
    let form = StandardSender {
        community: "acme".to_owned(),
        signing_secret: "whsec_YS1mb3JtLW9mLXRoZS10ZXN0cw==".to_owned(),
    };
    let data = json!({"member": user});
    let delivery = form.event(id, "member.checked_in", at, &data, now).unwrap();
    Delivery {
        path: "/webhooks/wecom/acme".to_owned(),
        ..delivery
    }
}

async fn delivered(world: &World, delivery: &Delivery) {
    let answer = world.deliver(delivery).await;
    assert_eq!((answer.status, &*answer.body), (200, "success"));
}

/// Accepted and handled.
async fn happens(world: &World, message: &str) {
    delivered(world, &corp().seal(message, world.now()).unwrap()).await;
    Box::pin(world.stack.run_until_idle()).await;
}

/// The first messages of a member's plan, `state reason` each.
async fn first_messages(world: &World, user: &str) -> Vec<String> {
    let mut messages = world.messages(user).await;
    messages.retain(|message| message.id.path().contains("/day-1"));
    let told = messages.iter().map(|message| {
        let name = message.state.name();
        if let State::Failed { reason, .. } | State::Unknown { reason, .. } = &message.state {
            format!("{name} {reason}")
        } else if let State::Skipped { reason, .. } = &message.state {
            format!("{name} {}", reason.name())
        } else {
            name.to_owned()
        }
    });
    told.collect()
}

/// The staff tap "send" for all that waits; how many were delivered.
fn taps(world: &World) -> usize {
    world.stack.sandbox.tap_send(Some("acme"), None)
}

#[tokio::test]
async fn from_the_welcome_to_the_leave() {
    let world = contacts().await;
    happens(&world, &added("wmU1", world.now())).await;
    // With the welcome code at once; what follows awaits a tap.
    assert_eq!(
        first_messages(&world, "wmU1").await,
        ["SENT", "AWAITING_PERSON"]
    );
    assert_eq!(world.sent("wmU1"), ["onboarding.day-1"]);
    assert!(world.received("wmU1")[0].text.contains("Acme Makers"));
    world.minutes(10).await;
    assert_eq!(taps(&world), 1);
    assert_eq!(
        world.sent("wmU1"),
        ["onboarding.day-1", "onboarding.day-1.guide"]
    );
    // Nobody tells us; we look half an hour after it was laid before them.
    assert_eq!(
        first_messages(&world, "wmU1").await,
        ["SENT", "AWAITING_PERSON"]
    );
    world.minutes(20).await;
    assert_eq!(first_messages(&world, "wmU1").await, ["SENT", "SENT"]);

    let now = world.now();
    delivered(&world, &checks_in("form-1", "wmU1", now, now)).await;
    Box::pin(world.stack.run_until_idle()).await;
    assert_eq!(world.view("wmU1").await["points"], 5);
    assert_eq!(world.view("wmU1").await["streak"], 1);

    // The customer drops the contact: the survey can't reach them, and says so.
    world.until("2026-01-13T04:00:00Z").await;
    happens(&world, &contact("del_follow_user", "wmU1", world.now())).await;
    assert_eq!(world.view("wmU1").await["status"], "left");
    world.stack.sandbox.inject(fault(r#"{"status":403}"#));
    world.minutes(10).await;
    let ledger = world.ledger("wmU1").await;
    assert!(
        ledger.contains(&"win-back/1/survey SKIPPED unreachable".to_owned()),
        "{ledger:?}"
    );
    // And adds them again.
    happens(&world, &added("wmU1", world.now())).await;
    assert_eq!(world.view("wmU1").await["status"], "member");
}

#[tokio::test]
async fn the_report_goes_to_the_staff() {
    let world = contacts().await;
    happens(&world, &added("wmU1", world.now())).await;
    world.until("2026-01-12T00:00:00Z").await;
    let posted = world.posted_in("1000002:lisi|zhangsan");
    assert_eq!(posted.len(), 1);
    assert!(posted[0].text.len() <= 2048);
}

fn fault(json: &str) -> ChatFault {
    serde_json::from_str(json).unwrap()
}

#[tokio::test]
async fn what_nobody_sends_is_taken_back_when_its_time_is_over() {
    let world = contacts().await;
    happens(&world, &added("wmU1", world.now())).await;
    world.hours(23).await;
    assert_eq!(
        first_messages(&world, "wmU1").await,
        ["SENT", "AWAITING_PERSON"]
    );
    world.hours(8).await;
    assert_eq!(
        first_messages(&world, "wmU1").await,
        ["SENT", "SKIPPED expired"]
    );
    let guide = "acme/wmU1/onboarding/1/day-1.guide";
    assert_eq!(world.stack.sandbox.tap_send(None, Some(guide)), 0);
    assert!(
        !world
            .sent("wmU1")
            .contains(&"onboarding.day-1.guide".to_owned())
    );
}

#[tokio::test]
async fn what_awaits_a_tap_when_its_member_leaves_is_taken_back() {
    let world = contacts().await;
    happens(&world, &added("wmU1", world.now())).await;
    world.minutes(5).await;
    happens(
        &world,
        &contact("del_external_contact", "wmU1", world.now()),
    )
    .await;
    world.minutes(30).await;
    assert_eq!(
        first_messages(&world, "wmU1").await,
        ["SENT", "SKIPPED no-longer-applies"]
    );
    assert_eq!(taps(&world), 0);
    // Whom the staff removed is not asked why they left.
    world.hours(1).await;
    let ledger = world.ledger("wmU1").await;
    assert!(
        !ledger.iter().any(|row| row.starts_with("win-back/")),
        "{ledger:?}"
    );
}

#[tokio::test]
async fn what_wecom_answers_becomes_of_the_message() {
    for (faults, minutes, rows, received) in [
        // The token ends midway: another one, within the same attempt.
        (
            r#"[{"status":200,"message":"42001"}]"#,
            0,
            ["SENT", "AWAITING_PERSON"],
            1,
        ),
        (
            r#"[{"status":200,"message":"42001"},{"status":200,"message":"40014"}]"#,
            10,
            ["AWAITING_PERSON", "AWAITING_PERSON"],
            0,
        ),
        // The code is used up, or they talk already: the staff send it.
        (
            r#"[{"status":200,"message":"41050"}]"#,
            0,
            ["AWAITING_PERSON", "AWAITING_PERSON"],
            0,
        ),
        (
            r#"[{"status":200,"message":"41051"}]"#,
            0,
            ["AWAITING_PERSON", "AWAITING_PERSON"],
            0,
        ),
        // What may have been sent is not sent again: WeCom knows no repetition.
        (
            r#"[{"error":"lost-answer"},{"error":"lost-answer"}]"#,
            10,
            ["UNKNOWN no-answer", "UNKNOWN no-answer"],
            1,
        ),
        (
            r#"[{"status":502}]"#,
            10,
            ["UNKNOWN status-502", "AWAITING_PERSON"],
            0,
        ),
        // What provably was not goes later, when the code is too old.
        (
            r#"[{"error":"not-sent"},{"status":429}]"#,
            10,
            ["AWAITING_PERSON", "AWAITING_PERSON"],
            0,
        ),
        (
            r#"[{"status":403},{"status":200,"message":"48002"}]"#,
            0,
            ["SKIPPED unreachable", "FAILED not-authorized"],
            0,
        ),
    ] {
        let world = contacts().await;
        for fault in serde_json::from_str::<Vec<ChatFault>>(faults).unwrap() {
            world.stack.sandbox.inject(fault);
        }
        happens(&world, &added("wmU1", world.now())).await;
        world.minutes(minutes).await;
        assert_eq!(first_messages(&world, "wmU1").await, rows, "{faults}");
        assert_eq!(world.received("wmU1").len(), received, "{faults}");
    }
}

#[tokio::test]
async fn a_code_that_comes_too_late_is_not_tried() {
    let world = contacts().await;
    let event = added("wmU1", world.now() - SignedDuration::from_secs(16));
    happens(&world, &event).await;
    assert_eq!(
        first_messages(&world, "wmU1").await,
        ["AWAITING_PERSON", "AWAITING_PERSON"]
    );
    assert_eq!(taps(&world), 2);
}

#[tokio::test]
async fn with_a_group_it_decides_who_is_in() {
    let world = home_group().await;
    let status = async |user: &str| world.view(user).await["status"].clone();
    happens(&world, &added("wmU9", world.now())).await;
    let list = "<![CDATA[wmU1,woU2,lisi]]>";
    happens(&world, &moved("add_member", list, "0", world.now())).await;
    happens(
        &world,
        &corp().chat("wrHome", "add_member", &[], world.now()),
    )
    .await;
    let list = "<Item>wmU3</Item><Item><![CDATA[wmU4]]></Item>";
    happens(&world, &moved("add_member", list, "0", world.now())).await;
    for user in ["wmU1", "woU2", "wmU3", "wmU4"] {
        assert_eq!(status(user).await, "member", "{user}");
        assert_eq!(
            first_messages(&world, user).await,
            ["AWAITING_PERSON", "AWAITING_PERSON"]
        );
    }
    // The staff of the group take no journey.
    assert_eq!(world.view("lisi").await["staff"], true);
    assert!(world.messages("lisi").await.is_empty());
    assert!(world.messages("wmU9").await.is_empty(), "only a contact");

    world.until("2026-01-13T04:00:00Z").await;
    happens(&world, &moved("del_member", "wmU1", "0", world.now())).await;
    happens(&world, &moved("del_member", "woU2", "1", world.now())).await;
    let list = "<Item>wmU3</Item><Item>wmU4</Item>";
    happens(&world, &moved("del_member", list, "0", world.now())).await;
    world.minutes(10).await;
    for (user, survey) in [("wmU1", 1), ("woU2", 0), ("wmU3", 1), ("wmU4", 1)] {
        assert_eq!(status(user).await, "left", "{user}");
        let ledger = world.ledger(user).await;
        let surveys = ledger.iter().filter(|row| row.starts_with("win-back/"));
        assert_eq!(surveys.count(), survey, "{user}");
    }
}

#[tokio::test]
async fn who_drops_the_contact_and_stays_in_the_group_is_left_in_peace() {
    let world = home_group().await;
    happens(&world, &moved("add_member", "wmU1", "0", world.now())).await;
    happens(&world, &contact("del_follow_user", "wmU1", world.now())).await;
    assert!(world.member("wmU1").await.is_opted_out());
    assert_eq!(world.view("wmU1").await["status"], "member");
    world.hours(1).await;
    assert_eq!(taps(&world), 0, "what awaited a tap was taken back");
    assert_eq!(
        first_messages(&world, "wmU1").await,
        ["SKIPPED opted-out", "SKIPPED opted-out"]
    );
}

#[tokio::test]
async fn deliveries_once_to_five_times_in_any_order_count_once() {
    let start: Timestamp = MONDAY.parse().unwrap();
    let at = |minute: i64| start + SignedDuration::from_mins(minute);
    let mut outcomes = Vec::new();
    for seed in 0..6 {
        let world = contacts().await;
        // Signed when they are delivered, which is some minutes after the last of them.
        let seal = |message: String| corp().seal(&message, at(4)).unwrap();
        let story = [
            seal(added("wmU1", at(0))),
            seal(added("wmU2", at(0))),
            checks_in("form-1", "wmU1", at(1), at(4)),
            checks_in("form-2", "wmU2", at(2), at(4)),
            seal(contact("edit_external_contact", "wmU1", at(2))),
            seal(contact("del_follow_user", "wmU2", at(3))),
        ];
        let mut random = SplitMix::new(seed);
        let mut deliveries = Vec::new();
        for delivery in story {
            let times = if seed == 0 { 1 } else { 1 + random.below(5) };
            deliveries.extend(std::iter::repeat_n(delivery, times));
        }
        if seed > 0 {
            random.shuffle(&mut deliveries);
        }
        world.minutes(4).await;
        for delivery in &deliveries {
            delivered(&world, delivery).await;
        }
        Box::pin(world.stack.run_until_idle()).await;
        world.hours(1).await;
        let mut outcome = Vec::new();
        for user in ["wmU1", "wmU2"] {
            let view = world.view(user).await;
            outcome.push(format!(
                "{user} {} {} {} {} {:?}",
                view["status"],
                view["points"],
                view["streak"],
                world.ledger_sum(user).await,
                world.member(user).await.weeks
            ));
        }
        assert_eq!(
            taps(&world),
            3,
            "the welcome and the guide of who stayed, the survey of who left"
        );
        outcomes.push(outcome);
    }
    for outcome in &outcomes {
        assert_eq!(*outcome, outcomes[0]);
    }
    assert!(outcomes[0][0].starts_with("wmU1 \"member\" 5 1 5"));
    assert!(outcomes[0][1].starts_with("wmU2 \"left\" 5 1 5"));
}

#[tokio::test]
async fn a_welcome_goes_once_however_often_it_is_told() {
    let world = contacts().await;
    let delivery = corp()
        .seal(&added("wmU1", world.now()), world.now())
        .unwrap();
    for _ in 0..4 {
        delivered(&world, &delivery).await;
    }
    Box::pin(world.stack.run_until_idle()).await;
    assert_eq!(world.sent("wmU1"), ["onboarding.day-1"]);
    assert_eq!(taps(&world), 1);
}

/// WeCom checks the address, by a GET.
async fn checked(world: &World, path: &str) -> Answer {
    let (path, query) = path.split_once('?').unwrap();
    let request = Request {
        method: &Method::GET,
        headers: &HeaderMap::new(),
        query: Some(query),
        body: b"",
    };
    Box::pin(world.stack.deliver(path, &request)).await
}

#[tokio::test]
async fn the_webhook_answers_as_wecom_expects() {
    let world = contacts().await;
    let now = world.now();
    let answer = checked(&world, &corp().check("5927782489442352469", now).unwrap()).await;
    assert_eq!(
        (answer.status, &*answer.body, answer.content_type),
        (200, "5927782489442352469", "text/plain; charset=utf-8")
    );
    let status = async |delivery: &Delivery| world.deliver(delivery).await.status;
    let seal = |message: &str| corp().seal(message, now).unwrap();
    let hello = seal(&added("wmU1", now));
    assert_eq!(status(&hello).await, 200);
    assert_eq!(status(&seal("i am not XML")).await, 400);
    assert_eq!(status(&seal("<xml></xml>")).await, 200, "none of ours");
    let tomorrow = now + SignedDuration::from_hours(24);
    assert_eq!(status(&seal(&added("wmU1", tomorrow))).await, 400);
    for forged in [
        WecomCorp {
            token: "another".to_owned(),
            ..corp()
        },
        WecomCorp {
            encoding_aes_key: "zyxwvutsrqponmlkjihgfedcba9876543210ABCDEFG".to_owned(),
            ..corp()
        },
        WecomCorp {
            corp_id: "ww-another".to_owned(),
            ..corp()
        },
    ] {
        let delivery = forged.seal(&added("wmU1", now), now).unwrap();
        assert_eq!(status(&delivery).await, 401, "{forged:?}");
        let answer = checked(&world, &forged.check("1", now).unwrap()).await;
        assert_eq!(answer.status, 401, "{forged:?}");
    }
    let mut unsigned = hello.clone();
    unsigned.path = "/webhooks/wecom/acme".to_owned();
    assert_eq!(status(&unsigned).await, 401);
    let mut tampered = hello.clone();
    tampered.body = seal("<xml></xml>").body;
    assert_eq!(status(&tampered).await, 401);
    world.minutes(6).await;
    assert_eq!(status(&hello).await, 401, "WeCom repeats within seconds");
}

#[tokio::test]
async fn without_a_secret_for_it_no_standard_webhook_is_taken() {
    let signing = "signing_secret = \"literal:whsec_YS1mb3JtLW9mLXRoZS10ZXN0cw==\"\n";
    let file = CONTACTS.replacen(signing, "", 1);
    let world = Box::pin(world_with(standing_at(MONDAY), &file)).await;
    let now = world.now();
    let delivery = checks_in("form-1", "wmU1", now, now);
    assert_eq!(world.deliver(&delivery).await.status, 401);
    let sealed = corp().seal(&added("wmU1", now), now).unwrap();
    assert_eq!(world.deliver(&sealed).await.status, 200);
}

#[tokio::test]
async fn the_address_is_checked_and_the_staff_tap_over_http() {
    let world = contacts().await;
    happens(&world, &added("wmU1", world.now())).await;
    let check = corp().check("5927782489442352469", world.now()).unwrap();
    served(world.stack.clone(), async |client| {
        let echo = (200, b"5927782489442352469".to_vec());
        assert_eq!(client.get(&check).await, echo);
        let taps = async |asked: Value| {
            let body = asked.to_string().into_bytes();
            let (status, body) = client.post("/local/staff/send", body).await;
            (status, serde_json::from_slice::<Value>(&body).unwrap())
        };
        let sent = |count: u64| (200, json!({"sent": count}));
        let guide = "acme/wmU1/onboarding/1/day-1.guide";
        assert_eq!(taps(json!({"community": "other"})).await, sent(0));
        assert_eq!(taps(json!({"message_id": "acme/wmU1/none"})).await, sent(0));
        let one = json!({"community": "acme", "message_id": guide});
        assert_eq!(taps(one).await, sent(1));
        assert_eq!(taps(json!({})).await, sent(0), "only once");
        let (status, words) = taps(json!({"member": "wmU1"})).await;
        assert_eq!(status, 400, "{words}");
    })
    .await;
    assert_eq!(
        world.sent("wmU1"),
        ["onboarding.day-1", "onboarding.day-1.guide"]
    );
}
