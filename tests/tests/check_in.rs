//! Check-ins, points and streaks.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hearth_aws::queue::QueueName;
use hearth_aws::store::{Kind, keys};
use hearth_domain::days::LocalDay;
use hearth_domain::ids::MessageId;
use hearth_domain::member::DayPoints;
use hearth_local::deliveries::slack_ts;
use hearth_local::faults::Fault;
use hearth_local::sandbox::Received;
use hearth_local::stack::Options;
use hearth_tests::world::{
    ACME, MONDAY, SHOP, World, playbook_with, standing_at, world, world_of, world_with,
};
use jiff::SignedDuration;
use serde_json::json;

use crate::orders::Once;

fn day(day: &str) -> LocalDay {
    day.parse().unwrap()
}

/// The points of one open day.
async fn points_of(world: &World, user: &str, on: &str) -> Option<DayPoints> {
    world
        .member(user)
        .await
        .scoring
        .open
        .into_iter()
        .find(|open| open.day == day(on))
}

#[tokio::test]
async fn a_keyword_in_any_channel_or_a_post_in_the_channel_checks_in_once_a_day() {
    let world = world().await;
    world.joins("U1").await;
    world.says("U1", "C0GENERAL", "簽到").await;
    assert_eq!(world.view("U1").await["points"], 5);
    assert_eq!(world.view("U1").await["streak"], 1);
    world.hours(1).await;
    world.says("U1", "C0CHECKIN", "今天跑了五公里").await;
    world.hours(1).await;
    world.says("U1", "C0CHECKIN", "#打卡 還讀了一章").await;
    assert_eq!(world.view("U1").await["points"], 5);
    let member = world.member("U1").await;
    let week = member.weeks.current.unwrap();
    assert_eq!(
        (week.messages, week.posted, week.checked_in),
        (0, 0, 1),
        "a check-in is not a message as well"
    );
    assert_eq!(
        points_of(&world, "U1", "2026-01-05").await.unwrap(),
        DayPoints {
            checked_in: true,
            check_in: 5,
            ..DayPoints::empty(day("2026-01-05"))
        }
    );
}

#[tokio::test]
async fn a_question_about_checking_in_is_a_message() {
    let world = world().await;
    for (user, text) in [
        ("U1", "怎麼簽到"),
        ("U2", "打卡在哪?"),
        ("U3", "check in how does it work?"),
    ] {
        world.says(user, "C0GENERAL", text).await;
        let week = world.member(user).await.weeks.current.unwrap();
        assert_eq!((week.messages, week.checked_in), (1, 0), "{text}");
    }
}

#[tokio::test]
async fn the_day_is_the_members_own() {
    let world = world().await;
    // 23:00 in Taipei, then 01:00: two days. In Berlin it is one.
    world.until("2026-01-05T15:00:00Z").await;
    world.says("U1", "C0GENERAL", "簽到").await;
    world.publish(Kind::Community, SHOP).await;
    for id in ["a", "b"] {
        world
            .shop_event(
                id,
                "member.checked_in",
                &json!({"member": "m1", "zone": "Europe/Berlin"}),
            )
            .await;
        world.hours(2).await;
    }
    world.says("U1", "C0GENERAL", "簽到").await;
    assert_eq!(world.view("U1").await["points"], 10);
    assert_eq!(world.view("U1").await["streak"], 2);
    let shop = world.stack.community("shop").await.unwrap().unwrap();
    let member = world
        .stack
        .store
        .member(&shop, &"m1".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(member.points(), 5);
}

#[tokio::test]
async fn seven_days_in_a_row_are_celebrated_once() {
    let world = world().await;
    world.joins("U1").await;
    world.hours(3).await;
    for n in 1..=9_i64 {
        world.says("U1", "C0CHECKIN", "今天也做了一點").await;
        let milestone = if n >= 7 { 20 } else { 0 };
        let view = world.view("U1").await;
        assert_eq!(view["points"], n * 5 + milestone, "day {n}");
        assert_eq!(view["streak"], n, "day {n}");
        assert_eq!(
            world.ledger_sum("U1").await,
            n * 5 + milestone,
            "the total is the ledger's sum on day {n}"
        );
        world.days(1).await;
    }
    let streaks: Vec<_> = world
        .received("U1")
        .into_iter()
        .filter(|message| message.kind == "check-in.streak")
        .collect();
    assert_eq!(streaks.len(), 1);
    assert_eq!(
        streaks[0].at.to_string(),
        "2026-01-11T04:00:00Z",
        "at once, on the seventh day"
    );
    assert!(
        streaks[0].text.contains("七日之約")
            && streaks[0].text.contains("20")
            && streaks[0].text.contains("21"),
        "{}",
        streaks[0].text
    );
    assert!(
        world
            .ledger("U1")
            .await
            .contains(&"streak/7 SENT".to_owned())
    );
    // A day without: the freeze of the seventh day protects it. A second: the streak is over on the
    // day after, the longest stays.
    world.days(1).await;
    assert_eq!(world.view("U1").await["streak"], 9);
    world.days(1).await;
    let view = world.view("U1").await;
    assert_eq!(
        (&view["streak"], &view["longest_streak"], &view["level"]),
        (&0.into(), &9.into(), &2.into())
    );
    // Seven more are no second badge.
    for _ in 0..7 {
        world.says("U1", "C0CHECKIN", "再來一次").await;
        world.days(1).await;
    }
    assert_eq!(
        world
            .received("U1")
            .iter()
            .filter(|message| message.kind == "check-in.streak")
            .count(),
        1
    );
    assert_eq!(world.view("U1").await["points"], 16 * 5 + 20);
    assert_eq!(world.ledger_sum("U1").await, 16 * 5 + 20);
}

/// What a member was told one to one.
fn told(world: &World, user: &str) -> Vec<Received> {
    let received = world.received(user).into_iter();
    received
        .filter(|message| message.channel.is_none())
        .collect()
}

/// The texts of a kind.
fn texts(messages: Vec<Received>, kind: &str) -> Vec<String> {
    let of_kind = messages.into_iter().filter(|message| message.kind == kind);
    of_kind.map(|message| message.text).collect()
}

#[tokio::test]
async fn a_check_in_is_answered_where_it_was_made() {
    let world = world().await;
    world.joins("U1").await;
    world.hours(1).await;
    world.says("U1", "C0GENERAL", "簽到").await;
    let replies = texts(world.posted_in("C0GENERAL"), "check-in.reply");
    assert_eq!(
        replies,
        ["<@U1> 簽到成功 ✅ +5 積分\n連續 1 天・共 5 積分\n再 6 天，大家的掌聲 等你"]
    );
    assert!(texts(told(&world, "U1"), "check-in.reply").is_empty());
    // Another one in a channel is no news, and one to one it is told once.
    world.says("U1", "C0CHECKIN", "還有一件事").await;
    for _ in 0..2 {
        world.minutes(5).await;
        world.whispers("U1", "打卡").await;
    }
    assert_eq!(
        texts(told(&world, "U1"), "check-in.already"),
        ["<@U1>，今天簽過囉，連續 1 天，明天見！"]
    );
    assert!(texts(world.posted_in("C0CHECKIN"), "check-in.already").is_empty());
    // The next day one to one: the answer is there, too.
    world.days(1).await;
    world.whispers("U1", "打卡").await;
    let reply =
        "<@U1> 簽到成功 ✅ +5 積分\n連續 2 天・共 10 積分\n本週第 1 名\n再 5 天，大家的掌聲 等你";
    assert_eq!(texts(told(&world, "U1"), "check-in.reply"), [reply]);
    assert_eq!(
        replies.len(),
        texts(world.posted_in("C0GENERAL"), "check-in.reply").len()
    );
}

#[tokio::test]
async fn a_check_in_that_is_delivered_again_is_no_second_one() {
    let world = world().await;
    world.joins("U1").await;
    world.hours(1).await;
    for _ in 0..3 {
        world.whispers("U1", "打卡").await;
    }
    world.says("U1", "C0CHECKIN", "也算").await;
    assert_eq!(texts(told(&world, "U1"), "check-in.reply").len(), 1);
    let day = "check-in/2026-01-05/";
    let rows: Vec<String> = world.ledger("U1").await;
    let rows: Vec<&String> = rows.iter().filter(|row| row.starts_with(day)).collect();
    assert_eq!(rows.len(), 1, "{rows:?}");
}

/// What is decided again is the same check-in, and no second one of the day.
#[tokio::test]
async fn whatever_happens_to_the_write_a_check_in_is_answered_once() {
    for fault in [
        Fault::CrashBefore,
        Fault::CrashAfter,
        Fault::Refuse,
        Fault::LoseAnswer,
        Fault::Conflict,
    ] {
        let faults = Arc::new(Once(AtomicBool::new(false), fault));
        let options = Options {
            faults: faults.clone(),
            ..standing_at(MONDAY)
        };
        let world = Box::pin(world_with(options, ACME)).await;
        world.joins("U1").await;
        world.hours(1).await;
        faults.0.store(true, Ordering::SeqCst);
        world.whispers("U1", "打卡").await;
        world.minutes(30).await;
        assert!(!faults.0.load(Ordering::SeqCst), "{fault:?} happened");
        let count = |kind| texts(told(&world, "U1"), kind).len();
        assert_eq!(count("check-in.reply"), 1, "{fault:?}");
        assert_eq!(count("check-in.already"), 0, "{fault:?}");
    }
}

/// Answers are looked up for a whole batch at once; one that can't be read is there, which is all that is asked.
#[tokio::test]
async fn an_answer_that_cannot_be_read_holds_up_nobody_else() {
    let world = world().await;
    for user in ["U1", "U2", "U3"] {
        world.joins(user).await;
    }
    world.hours(1).await;
    let spoilt: MessageId = "acme/U2/check-in/2026-01-05/already".parse().unwrap();
    let key = keys::message(&spoilt);
    let row = json!({
        "TableName": "journal",
        "Item": {"pk": {"S": key.pk}, "sk": {"S": key.sk}, "id": {"N": "1"}},
    });
    world.stack.ask_tables("PutItem", &row).unwrap();
    for user in ["U1", "U2", "U3"] {
        let ts = slack_ts(world.now());
        let event = json!({"type": "message", "user": user, "channel": format!("D{user}"), "channel_type": "im", "text": "打卡", "ts": ts, "event_ts": ts});
        let answer = world.deliver(&world.slack.event(&event, world.now())).await;
        assert_eq!(answer.status, 200);
    }
    world.stack.run_until_idle().await;
    for user in ["U1", "U2", "U3"] {
        assert_eq!(
            texts(told(&world, user), "check-in.reply").len(),
            1,
            "{user}"
        );
    }
    assert_eq!(world.stack.queues.depth(QueueName::CheckIn), 0);
}

#[tokio::test]
async fn a_badge_stands_for_the_reply() {
    let world = world().await;
    world.joins("U1").await;
    for _ in 1..=7 {
        world.says("U1", "C0CHECKIN", "今天也做了一點").await;
        // On the day of the badge nothing more is said, either.
        world.minutes(1).await;
        world.whispers("U1", "打卡").await;
        world.days(1).await;
    }
    assert_eq!(
        texts(world.posted_in("C0CHECKIN"), "check-in.reply").len(),
        6
    );
    assert_eq!(texts(told(&world, "U1"), "check-in.already").len(), 6);
    assert_eq!(texts(told(&world, "U1"), "check-in.streak").len(), 1);
    // Then the next level is nearer than the next badge.
    world.says("U1", "C0CHECKIN", "又一天").await;
    let replies = texts(world.posted_in("C0CHECKIN"), "check-in.reply");
    assert!(
        replies[6].ends_with("連續 8 天・共 60 積分\n再 140 積分就升級"),
        "{}",
        replies[6]
    );
}

#[tokio::test]
async fn a_busy_channel_has_one_message_for_all() {
    let world = world().await;
    let channel = "C0CHECKIN";
    for n in 1..=9 {
        world.joins(&format!("U{n}")).await;
    }
    world.hours(1).await;
    // Five have replies of their own, and more are not counted for being told again.
    for n in 1..=7 {
        for _ in 0..3 {
            world.says(&format!("U{n}"), channel, "今天開始").await;
        }
        world.minutes(1).await;
    }
    let replies = |world: &World| texts(world.posted_in(channel), "check-in.reply").len();
    let digests = |world: &World| texts(world.posted_in(channel), "check-in.digest");
    assert_eq!((replies(&world), digests(&world).len()), (5, 0));
    // Another channel is not busy because of it.
    world.says("U8", "C0GENERAL", "簽到").await;
    assert_eq!(
        texts(world.posted_in("C0GENERAL"), "check-in.reply").len(),
        1
    );
    world.minutes(3).await;
    assert_eq!(
        digests(&world),
        ["剛剛有 7 位夥伴簽到 👏 還沒簽到？傳「簽到」。"]
    );
    assert_eq!(world.view("U7").await["points"], 5, "counted all the same");
    // Ten minutes later it is a channel like any other.
    world.says("U9", channel, "今天開始").await;
    world.minutes(20).await;
    assert_eq!((replies(&world), digests(&world).len()), (6, 1));
}

#[tokio::test]
async fn a_check_in_that_a_gateway_tells_is_answered_in_the_channel_it_names() {
    let world = Box::pin(world_with(standing_at(MONDAY), SHOP)).await;
    let check_in = async |n: usize, data: serde_json::Value| {
        let id = format!("form-{n}");
        let answer = world.shop_event(&id, "member.checked_in", &data).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    };
    // Five have replies of their own, the others the message for all.
    for n in 1..=7 {
        check_in(n, json!({"member": format!("m{n}"), "channel": "lounge"})).await;
    }
    check_in(8, json!({"member": "m8"})).await;
    world.minutes(10).await;
    let kinds = |kind| texts(world.posted_in("lounge"), kind).len();
    assert_eq!((kinds("check-in.reply"), kinds("check-in.digest")), (5, 1));
    let to = |member| {
        let all = world
            .stack
            .sandbox
            .received(Some("shop"), Some(member), None);
        let own = all.into_iter().filter(|message| message.channel.is_none());
        texts(own.collect(), "check-in.reply").len()
    };
    assert_eq!((to("m1"), to("m8")), (0, 1));
}

#[tokio::test]
async fn a_batch_that_makes_a_channel_busy_is_answered_by_one_message() {
    let world = world().await;
    let ts = hearth_local::deliveries::slack_ts(world.now());
    for n in 0..8 {
        let user = format!("U{n}");
        let event = json!({"type": "message", "user": user, "channel": "C0CHECKIN", "channel_type": "channel", "text": "早", "ts": ts, "event_ts": ts});
        let answer = world.deliver(&world.slack.event(&event, world.now())).await;
        assert_eq!(answer.status, 200);
    }
    Box::pin(world.stack.run_until_idle()).await;
    world.minutes(10).await;
    let posted = world.posted_in("C0CHECKIN");
    let kinds: Vec<&str> = posted.iter().map(|message| message.kind.as_str()).collect();
    assert_eq!(kinds, ["check-in.digest"]);
    assert!(posted[0].text.contains("8 位"), "{}", posted[0].text);
}

#[tokio::test]
async fn a_freeze_that_was_used_is_told_with_the_answer() {
    let world = world().await;
    world.joins("U1").await;
    for _ in 1..=7 {
        world.says("U1", "C0CHECKIN", "今天也做了一點").await;
        world.days(1).await;
    }
    // 35 points and a badge of 20 are the second level.
    assert_eq!(
        texts(told(&world, "U1"), "check-in.level-up"),
        ["恭喜 <@U1> 升到 Lv.2「同行」！\n距離下一級還差 145 積分。"]
    );
    world.days(1).await;
    world.says("U1", "C0CHECKIN", "昨天忘了").await;
    let replies = texts(world.posted_in("C0CHECKIN"), "check-in.reply");
    assert!(
        replies[6].contains("連續 8 天・共 60 積分\n昨天沒簽到，補簽卡保住了連續紀錄，還剩 0 張"),
        "{}",
        replies[6]
    );
    assert!(
        !world
            .sent("U1")
            .contains(&"check-in.freeze-used".to_owned())
    );
}

#[tokio::test]
async fn a_freeze_is_told_by_itself_where_nothing_else_says_so() {
    let world = world_of(&playbook_with("reply = \"check-in.reply\"", "")).await;
    world.joins("U1").await;
    for _ in 1..=7 {
        world.says("U1", "C0CHECKIN", "今天也做了一點").await;
        world.days(1).await;
    }
    world.days(1).await;
    world.says("U1", "C0CHECKIN", "昨天忘了").await;
    let freezes = texts(told(&world, "U1"), "check-in.freeze-used");
    assert_eq!(freezes.len(), 1);
    assert!(freezes[0].ends_with("還剩 0 張。"), "{}", freezes[0]);
}

#[tokio::test]
async fn only_todays_check_in_is_answered_and_none_of_staff() {
    let world = world().await;
    world.joins("U1").await;
    world.joins("U2").await;
    let monday = world.now() + SignedDuration::from_hours(1);
    world.days(1).await;
    world.said_at(monday, "U1", "C0CHECKIN", "昨天的").await;
    world.leaves("U2").await;
    world.says("U2", "C0CHECKIN", "我走了還是簽到").await;
    world.says("U0STAFF", "C0CHECKIN", "大家早安").await;
    let answered = world.posted_in("C0CHECKIN").into_iter();
    let whom: Vec<_> = answered.filter_map(|message| message.member).collect();
    assert_eq!(whom, ["U2"], "who has left can still write there");
    assert_eq!(world.view("U1").await["points"], 5);
}

#[tokio::test]
async fn a_playbook_may_answer_one_to_one_or_not_at_all() {
    let one_to_one = playbook_with("reply_to_channel = true", "reply_to_channel = false");
    let world = world_of(&one_to_one).await;
    world.joins("U1").await;
    world.minutes(1).await;
    world.says("U1", "C0CHECKIN", "今天開始").await;
    assert!(world.posted_in("C0CHECKIN").is_empty());
    assert_eq!(world.sent("U1").last().unwrap(), "check-in.reply");
    let nothing = playbook_with("reply = \"check-in.reply\"", "");
    world.publish(Kind::Playbook, &nothing).await;
    world.days(1).await;
    world.says("U1", "C0CHECKIN", "又一天").await;
    assert_eq!(texts(told(&world, "U1"), "check-in.reply").len(), 1);
    assert_eq!(world.view("U1").await["streak"], 2);
}

#[tokio::test]
async fn messages_and_reactions_are_paid_up_to_their_caps() {
    let world = world().await;
    for n in 0..8 {
        world
            .says("U1", "C0GENERAL", &format!("第 {n} 個想法"))
            .await;
        world.minutes(1).await;
    }
    world.says("U1", "C0GENERAL", "好").await;
    for _ in 0..5 {
        world.minutes(1).await;
        world.reacts("U1").await;
    }
    let member = world.member("U1").await;
    assert_eq!(member.points(), 5 + 3);
    let week = member.weeks.current.unwrap();
    assert_eq!(
        (week.messages, week.reactions),
        (9, 5),
        "all are counted, whatever they pay"
    );
    assert_eq!(world.ledger_sum("U1").await, 8);
    // A new day, new caps; a message of fewer than four characters earns nothing.
    world.days(1).await;
    world.says("U1", "C0GENERAL", "三個字").await;
    world.minutes(1).await;
    world.says("U1", "C0GENERAL", "四個字了").await;
    assert_eq!(world.member("U1").await.points(), 9);
}

#[tokio::test]
async fn many_messages_in_two_days_still_count_once_each() {
    // More than the item holds: the oldest move out of it, and a redelivery of them is known.
    let world = world().await;
    let mut said = Vec::new();
    for n in 0..60 {
        world.minutes(1).await;
        said.push(world.now());
        world
            .says("U1", "C0GENERAL", &format!("第 {n} 個想法"))
            .await;
    }
    for at in said {
        world.said_at(at, "U1", "C0GENERAL", "第 n 個想法").await;
    }
    assert_eq!(world.member("U1").await.weeks.current.unwrap().messages, 60);
}

#[tokio::test]
async fn an_event_that_comes_late_counts_on_its_own_day_for_two_days() {
    let world = world().await;
    world.joins("U1").await;
    let said = world.now() + SignedDuration::from_hours(1);
    // Tuesday's check-in came at once, Monday's comes 41 hours late: a streak of two after all.
    world.days(1).await;
    world.says("U1", "C0CHECKIN", "星期二").await;
    world.advance(SignedDuration::from_hours(18)).await;
    assert_eq!(world.view("U1").await["streak"], 1);
    world.said_at(said, "U1", "C0CHECKIN", "星期一").await;
    let view = world.view("U1").await;
    assert_eq!((&view["points"], &view["streak"]), (&10.into(), &2.into()));
    assert!(
        points_of(&world, "U1", "2026-01-05")
            .await
            .unwrap()
            .checked_in
    );
    // Another of Monday's, 49 hours late.
    world.advance(SignedDuration::from_hours(8)).await;
    let before = world.member("U1").await;
    world
        .said_at(
            said + SignedDuration::from_mins(1),
            "U1",
            "C0GENERAL",
            "也是星期一",
        )
        .await;
    let after = world.member("U1").await;
    assert_eq!(after.points(), before.points());
    assert_eq!(after.weeks.current.unwrap().messages, 0);
    assert!((world.metrics.sum("events_late") - 1.0).abs() < 0.1);
    assert_eq!(world.ledger_sum("U1").await, 10);
}

#[tokio::test]
async fn staff_have_no_points() {
    let world = world().await;
    for _ in 0..8 {
        world
            .says("U0STAFF", "C0CHECKIN", "大家早安，今天也要簽到")
            .await;
        world.minutes(1).await;
        world.says("U0STAFF", "C0GENERAL", "歡迎新朋友").await;
        world.days(1).await;
    }
    let view = world.view("U0STAFF").await;
    assert_eq!(
        (&view["points"], &view["staff"], &view["level"]),
        (&0.into(), &true.into(), &1.into())
    );
    let rows = world
        .stack
        .store
        .ledger(&world.community.id, &"U0STAFF".parse().unwrap())
        .await
        .unwrap();
    assert!(rows.is_empty(), "{rows:?}");
    assert!(world.sent("U0STAFF").is_empty(), "no badge either");
}

#[tokio::test]
async fn a_bot_is_nobody() {
    let world = world().await;
    let ts = hearth_local::deliveries::slack_ts(world.now());
    let event = json!({"type": "message", "subtype": "bot_message", "bot_id": "B1", "user": "UBOT", "channel": "C0CHECKIN", "channel_type": "channel", "text": "簽到", "ts": ts, "event_ts": ts});
    world.slack_event(event).await;
    assert!(
        world
            .stack
            .store
            .member(&world.community, &"UBOT".parse().unwrap())
            .await
            .unwrap()
            .is_none()
    );
}
