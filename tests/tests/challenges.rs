//! A challenge that is posted, joined by button and done, or missed, or over.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_domain::playbook::Playbook;
use hearth_local::deliveries::{Delivery, slack_ts};
use hearth_local::sandbox::Received;
use hearth_tests::world::{World, world_of};
use serde_json::json;

const CHALLENGE: &str = r#"
[[challenges]]
id = "21-days-2026-01"
name = { zh-Hant = "21 天簽到挑戰", zh-Hans = "21 天打卡挑战", en = "21-day challenge" }
announce = 2026-01-06
start = 2026-01-08
end = 2026-01-31
days = 21
points = 70
badge = { zh-Hant = "二十一日之約", zh-Hans = "二十一日之约", en = "Twenty-One Days" }
reward = { zh-Hant = "大家的掌聲", zh-Hans = "大家的掌声", en = "a round of applause" }
invite = "challenge.invite"

[texts."challenge.invite"]
class = "service"
text = "🏁 {{challenge.name}}：{{challenge.start}}–{{challenge.end}}，{{challenge.join_until}} 前"

[[texts."challenge.invite".buttons]]
value = "challenge:21-days-2026-01"
label = "我要參加"
"#;

const BUTTON: &str = "challenge:21-days-2026-01";

/// The morning of 6 January in Taipei, with the members in.
async fn world_with_a_challenge(members: &[&str]) -> World {
    let playbook = format!("{}\n{CHALLENGE}", Playbook::DEFAULT_TOML);
    let world = Box::pin(world_of(&playbook)).await;
    for member in members {
        world.joins(member).await;
    }
    world.until("2026-01-06T01:59:00Z").await;
    assert!(invitations(&world).is_empty());
    world.until("2026-01-06T02:00:00Z").await;
    world
}

fn invitations(world: &World) -> Vec<Received> {
    let mut posted = world.posted_in("C0CHECKIN");
    posted.retain(|message| message.kind == "challenge.invite");
    posted
}

/// The press of the invitation's button, now.
fn press(world: &World, user: &str) -> Delivery {
    let invitation = invitations(world).pop().unwrap();
    let buttons: Vec<&str> = invitation
        .buttons
        .iter()
        .map(|b| b.value.as_str())
        .collect();
    assert_eq!(buttons, [BUTTON]);
    let at = slack_ts(invitation.at);
    world
        .slack
        .press(user, &at, &invitation.message_id, BUTTON, world.now())
}

async fn joins(world: &World, user: &str) {
    let delivery = press(world, user);
    for _ in 0..2 {
        assert_eq!(world.deliver(&delivery).await.status, 200);
        Box::pin(world.stack.run_until_idle()).await;
    }
}

fn told(world: &World, user: &str) -> Vec<Received> {
    let mut received = world.received(user);
    received.retain(|message| message.kind.starts_with("challenge."));
    received
}

fn kinds(world: &World, user: &str) -> Vec<String> {
    let told = told(world, user).into_iter();
    told.map(|message| message.kind).collect()
}

#[tokio::test]
async fn twenty_one_days_by_button_are_paid_once() {
    let world = Box::pin(world_with_a_challenge(&["U1"])).await;
    let posted = invitations(&world);
    assert_eq!(
        posted[0].text,
        "🏁 21 天簽到挑戰：2026年1月8日–2026年1月31日，2026年1月11日 前"
    );
    joins(&world, "U1").await;
    assert_eq!(
        told(&world, "U1")[0].text,
        "<@U1>，你加入了「21 天簽到挑戰」💪\n2026年1月8日 到 2026年1月31日 之間簽到滿 21 天就完成，目前 0 天。\n傳「簽到」就算一天，照自己的步調來就好。"
    );
    for of in 7..=27 {
        world.until(&format!("2026-01-{of:02}T04:00:00Z")).await;
        for _ in 0..2 {
            world.says("U1", "C0CHECKIN", "今天也來了").await;
        }
    }
    // The 7th was before it: twenty days so far.
    let view = world.view("U1").await;
    assert_eq!(
        view["challenge"],
        json!({"id": "21-days-2026-01", "state": "joined", "from": "2026-01-08", "end": "2026-01-31", "days": 20, "days_needed": 21})
    );
    world.whispers("U1", "積分").await;
    let points = world.received("U1").pop().unwrap();
    assert!(
        points.text.contains("「21 天簽到挑戰」20/21 天"),
        "{}",
        points.text
    );
    // On the 27th the badge of the streak stands for the reply.
    let replies = world.posted_in("C0CHECKIN");
    let mut replies = replies.iter().rev();
    let reply = replies.find(|message| message.kind == "check-in.reply");
    assert!(reply.unwrap().text.contains("「21 天簽到挑戰」19/21 天"));
    assert_eq!(kinds(&world, "U1"), ["challenge.joined"]);

    let before = world.view("U1").await["points"].as_u64().unwrap();
    world.until("2026-01-28T04:00:00Z").await;
    for _ in 0..2 {
        world.says("U1", "C0CHECKIN", "完成了").await;
    }
    assert_eq!(kinds(&world, "U1"), ["challenge.joined", "challenge.done"]);
    assert_eq!(
        told(&world, "U1")[1].text,
        "<@U1> 完成了「21 天簽到挑戰」，簽到 21 天 🎉\n送你徽章「二十一日之約」、70 積分和 大家的掌聲"
    );
    let view = world.view("U1").await;
    assert_eq!(view["points"].as_u64().unwrap(), before + 5 + 70);
    assert_eq!(view["challenge"]["state"], "done");
    let sum = world.ledger_sum("U1").await;
    assert_eq!(sum, i64::try_from(before + 75).unwrap());
    world.until("2026-02-10T00:00:00Z").await;
    assert_eq!(kinds(&world, "U1").len(), 2);
    assert_eq!(invitations(&world).len(), 1, "posted once");
    assert!((world.metrics.sum("challenges_done") - 1.0).abs() < 0.1);
}

#[tokio::test]
async fn who_misses_too_many_days_is_told_and_who_comes_late_too() {
    let world = Box::pin(world_with_a_challenge(&["U1", "U2"])).await;
    joins(&world, "U1").await;
    world.minutes(2).await;
    joins(&world, "U1").await;
    assert_eq!(
        kinds(&world, "U1"),
        ["challenge.joined", "challenge.already"]
    );
    // 12 January in Taipei: twenty days are left.
    world.until("2026-01-11T16:00:00Z").await;
    joins(&world, "U2").await;
    assert_eq!(kinds(&world, "U2"), ["challenge.closed"]);
    assert_eq!(world.member("U2").await.challenges.current, None);
    // The 11th is closed when the 14th begins: from then on there are twenty.
    world.until("2026-01-14T01:59:00Z").await;
    assert_eq!(kinds(&world, "U1").len(), 2);
    world.until("2026-01-14T02:00:00Z").await;
    assert_eq!(
        told(&world, "U1")[2].text,
        "<@U1>，「21 天簽到挑戰」這次湊不滿 21 天了。\n你簽到的 0 天都算數，積分也都在。\n下次再一起來。"
    );
    world.until("2026-02-10T00:00:00Z").await;
    assert_eq!(kinds(&world, "U1").len(), 3);
    assert_eq!(world.view("U1").await["challenge"]["state"], "missed");
}

/// The next version of the playbook has it no more.
#[tokio::test]
async fn a_button_of_a_challenge_that_is_no_more_is_answered() {
    let world = Box::pin(world_with_a_challenge(&["U1", "U2"])).await;
    joins(&world, "U1").await;
    let late = press(&world, "U2");
    world
        .publish(hearth_aws::store::Kind::Playbook, Playbook::DEFAULT_TOML)
        .await;
    world.minutes(2).await;
    assert_eq!(world.deliver(&late).await.status, 200);
    Box::pin(world.stack.run_until_idle()).await;
    assert_eq!(kinds(&world, "U2"), ["challenge.closed"]);
    world.says("U1", "C0CHECKIN", "今天也來了").await;
    world.until("2026-02-10T00:00:00Z").await;
    assert_eq!(kinds(&world, "U1"), ["challenge.joined"]);
    assert_eq!(world.view("U1").await["challenge"], json!(null));
}
