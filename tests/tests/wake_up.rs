//! Silent members: a message with what they like and an offer, a vote, and peace in the end.

use std::collections::BTreeSet;

use hearth_local::sandbox::Received;
use hearth_tests::world::{ACME, MONDAY, World, standing_at, world_with};

/// A channel about tools, more to read about them than the plan needs, and an offer.
const MORE: &str = r#"
[interest_channels]
C0TOOLS = "tools"

[offer]
percent_off = 50
generate = "HELLO-"

[[content]]
interest = "tools"
title = "第三批工具"
question = "哪個好？"
url = "https://acme.example/third-tools"

[[content]]
interest = "tools"
title = "第四批工具"
question = "哪個好？"
url = "https://acme.example/fourth-tools"

[[content]]
interest = "cases"
title = "一個案例"
question = "你會怎麼做？"
url = "https://acme.example/case"
"#;

/// Thirty days after the last post, ten in the morning in Taipei.
const SILENT: &str = "2026-02-04T02:00:00Z";

async fn a_world() -> World {
    Box::pin(world_with(standing_at(MONDAY), &format!("{ACME}{MORE}"))).await
}

/// Somebody who wrote about tools on their first day, and nothing since.
async fn a_silent_member() -> World {
    let world = a_world().await;
    world.joins("U1").await;
    for text in ["這個工具不錯", "我也在用"] {
        world.minutes(1).await;
        world.says("U1", "C0TOOLS", text).await;
    }
    world.until("2026-02-04T01:59:00Z").await;
    assert!(wake_ups(&world).is_empty());
    world.until(SILENT).await;
    world
}

fn wake_ups(world: &World) -> Vec<Received> {
    let mut all = world.received("U1");
    all.retain(|message| message.kind.starts_with("wake-up.silent"));
    all
}

fn days(messages: &[Received]) -> Vec<String> {
    messages
        .iter()
        .map(|message| message.at.to_string())
        .collect()
}

#[tokio::test]
async fn a_month_of_silence_brings_what_they_like_and_an_offer_of_their_own() {
    let world = a_silent_member().await;
    let wake_up = wake_ups(&world).pop().unwrap();
    assert_eq!(
        (wake_up.kind.as_str(), wake_up.at.to_string().as_str()),
        ("wake-up.silent", SILENT)
    );
    // What they showed they like, beyond the two pieces that the plan sent.
    for part in ["實用工具", "第三批工具", "5 折", "HELLO-", "2月18日"] {
        assert!(wake_up.text.contains(part), "{part}: {}", wake_up.text);
    }
    assert!(
        wake_up.text.ends_with("回覆「退訂」即可。"),
        "{}",
        wake_up.text
    );
    let values: Vec<&str> = wake_up
        .buttons
        .iter()
        .map(|button| button.value.as_str())
        .collect();
    assert_eq!(
        values,
        [
            "vote:tools",
            "vote:cases",
            "vote:growth",
            "vote:people",
            "vote:quiet"
        ]
    );
    // The code that was sent is the one in the ledger.
    let rows = world.messages("U1").await;
    let row = rows
        .iter()
        .find(|row| row.id.path().starts_with("wake-up/"))
        .unwrap();
    assert_eq!(row.id.path(), "wake-up/2026-02-04");
    let code = &row.values["offer.code"];
    assert!(
        wake_up.text.contains(code.as_str()),
        "{code}: {}",
        wake_up.text
    );
}

#[tokio::test]
async fn a_vote_is_thanked_for_and_followed() {
    let world = a_silent_member().await;
    world.minutes(1).await;
    world.presses("U1", "wake-up.silent", "vote:cases").await;
    let thanks = world.received("U1").pop().unwrap();
    assert_eq!(thanks.kind, "wake-up.voted");
    assert!(thanks.text.contains("案例拆解"), "{}", thanks.text);
    assert_eq!(world.view("U1").await["interest"], "cases");
    // A vote is no post: they are still silent, and are written to by what they chose.
    world.days(30).await;
    let second = wake_ups(&world).pop().unwrap();
    assert_eq!(second.at.to_string(), "2026-03-06T02:00:00Z");
    assert!(
        second.text.contains("案例拆解") && second.text.contains("一個案例"),
        "{}",
        second.text
    );
}

#[tokio::test]
async fn three_times_and_then_peace_until_they_write_again() {
    let world = a_silent_member().await;
    world.until("2026-08-01T00:00:00Z").await;
    let sent = wake_ups(&world);
    assert_eq!(
        days(&sent),
        [SILENT, "2026-03-06T02:00:00Z", "2026-04-05T02:00:00Z"]
    );
    let codes: BTreeSet<String> = world
        .messages("U1")
        .await
        .into_iter()
        .filter_map(|row| row.values.get("offer.code").cloned())
        .collect();
    assert_eq!(codes.len(), 3, "each has a code of its own: {codes:?}");
    assert_eq!(world.view("U1").await["wake_ups"], 3);
    // 1 August, eight in the morning in Taipei: they are back, and after a month silent again.
    world.says("U1", "C0GENERAL", "我回來了").await;
    world.until("2026-09-01T00:00:00Z").await;
    assert_eq!(
        days(&wake_ups(&world))[3..],
        ["2026-08-31T02:00:00Z"],
        "thirty days after the post"
    );
}

#[tokio::test]
async fn who_is_just_reading_is_left_to_read() {
    let world = a_silent_member().await;
    world.minutes(1).await;
    let before = world.sent("U1").len();
    world.presses("U1", "wake-up.silent", "vote:quiet").await;
    world.days(120).await;
    assert_eq!(world.sent("U1").len(), before, "no thanks, and no more");
}

#[tokio::test]
async fn who_writes_now_and_then_is_never_silent() {
    let world = a_world().await;
    world.joins("U1").await;
    for _ in 0..6 {
        world.days(20).await;
        world.says("U1", "C0GENERAL", "還在").await;
    }
    assert!(wake_ups(&world).is_empty());
    // Of whom nothing is known, nothing is claimed.
    world.days(31).await;
    let wake_up = wake_ups(&world).pop().unwrap();
    assert_eq!(wake_up.kind, "wake-up.silent.fallback");
    assert!(wake_up.text.contains("HELLO-"), "{}", wake_up.text);
}

#[tokio::test]
async fn without_an_offer_its_line_goes() {
    let world = Box::pin(world_with(standing_at(MONDAY), ACME)).await;
    world.joins("U1").await;
    world.until(SILENT).await;
    let wake_up = wake_ups(&world).pop().unwrap();
    assert_eq!(wake_up.kind, "wake-up.silent.fallback");
    assert!(!wake_up.text.contains("優惠券"), "{}", wake_up.text);
}
