//! Threads: who answers whom how soon, as the weekly report tells of it.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use hearth_aws::store::{Kind, keys};
use hearth_domain::event::{Event, Facts, Happened};
use hearth_domain::kpi::{Aggregate, Report, TalkNumbers, TopicTalk};
use hearth_domain::locale::Locale;
use hearth_domain::playbook::Playbook;
use hearth_domain::thread::{Answered, Thread, ThreadId, Threads};
use hearth_local::deliveries::slack_ts;
use hearth_local::faults::Fault;
use hearth_local::stack::Function;
use hearth_tests::cost::cost_of;
use hearth_tests::world::{ACME, MONDAY, SHOP, World, standing_at, world, world_with};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::stars::{STRIKES, Strike};

const WEEK: &str = "2026-W02";
/// 08:00 in Taipei on the Monday after, and on the Wednesday.
const PROVISIONAL: &str = "2026-01-12T00:00:00Z";
const FINAL: &str = "2026-01-14T00:00:00Z";
const AUTHOR: &str = "U-AA-1";

/// An answer in the thread that [`AUTHOR`] began at an instant.
fn answer(user: &str, began: Timestamp, at: Timestamp) -> Value {
    let ts = slack_ts(at);
    json!({"type": "message", "user": user, "channel": "C0GENERAL", "channel_type": "channel", "text": format!("我也這麼想，{ts}"), "ts": ts, "event_ts": ts, "thread_ts": slack_ts(began), "parent_user_id": AUTHOR})
}

async fn answers(world: &World, user: &str, began: Timestamp) {
    world.slack_event(answer(user, began, world.now())).await;
}

async fn begins(world: &World) -> Timestamp {
    let began = world.now();
    world.says(AUTHOR, "C0GENERAL", "大家怎麼看？").await;
    began
}

async fn everybody_joins(world: &World) {
    for user in [AUTHOR, "U-BB-1", "U-CC-1", "U-DD-1"] {
        world.joins(user).await;
    }
}

/// Three threads of Monday: one of three members with an answer after ten minutes, one of two members,
/// and one that only staff answer, which is none.
async fn a_week(world: &World) {
    everybody_joins(world).await;
    let lively = begins(world).await;
    world.minutes(10).await;
    answers(world, "U-BB-1", lively).await;
    let quiet = begins(world).await;
    world.minutes(50).await;
    answers(world, "U-CC-1", lively).await;
    for _ in 0..6 {
        answers(world, "U-CC-1", quiet).await;
        world.minutes(1).await;
    }
    let of_staff = begins(world).await;
    world.minutes(1).await;
    answers(world, "U0STAFF", of_staff).await;
}

async fn talk(world: &World, revision: u8) -> TalkNumbers {
    world.report(WEEK, revision).await.unwrap().numbers.talk
}

#[tokio::test]
async fn a_talk_of_three_with_an_answer_soon_counts_and_one_of_two_does_not() {
    let world = world().await;
    a_week(&world).await;
    world.until("2026-01-11T15:40:00Z").await;
    let late = begins(&world).await;
    world.until(PROVISIONAL).await;
    let expected = TalkNumbers {
        threads: 2,
        quality: 1,
        with_first_reply: 2,
        quality_rate: Some(0.5),
        median_first_reply_minutes: Some(30.0),
        topics: BTreeMap::new(),
    };
    assert_eq!(talk(&world, 1).await, expected);
    // What was said on Sunday night is answered on Monday: it is of the week in which it was said.
    world.minutes(1).await;
    for user in ["U-BB-1", "U-CC-1", "U-DD-1"] {
        answers(&world, user, late).await;
    }
    world.until(FINAL).await;
    let with_sunday = talk(&world, 2).await;
    assert_eq!((with_sunday.threads, with_sunday.quality), (3, 1));
    assert_eq!(with_sunday.median_first_reply_minutes, Some(50.0));
    world.until("2026-01-19T00:00:00Z").await;
    let next = world.report("2026-W03", 1).await.unwrap();
    assert_eq!(next.numbers.talk, TalkNumbers::default(), "none began");
}

#[tokio::test]
async fn what_is_told_again_and_in_another_order_is_the_same_talk() {
    let world = world().await;
    everybody_joins(&world).await;
    let began = begins(&world).await;
    let at = |minutes| began + SignedDuration::from_mins(minutes);
    world.hours(2).await;
    let told = [
        ("U-DD-1", 50),
        ("U-BB-1", 12),
        ("U-CC-1", 40),
        ("U-BB-1", 12),
        (AUTHOR, 1),
        ("U-DD-1", 50),
    ];
    for (user, minutes) in told {
        world.slack_event(answer(user, began, at(minutes))).await;
    }
    world.until(PROVISIONAL).await;
    let talk = talk(&world, 1).await;
    assert_eq!((talk.threads, talk.quality), (1, 1));
    assert_eq!(talk.median_first_reply_minutes, Some(12.0), "not their own");
}

#[tokio::test]
async fn a_gateway_tells_of_threads_in_its_own_words() {
    let world = world().await;
    world.publish(Kind::Community, SHOP).await;
    for member in ["m1", "m2", "m3"] {
        let data = json!({"member": member});
        world.shop_event(member, "member.joined", &data).await;
    }
    let began = world.now();
    world.minutes(20).await;
    let post = async |id: &str, member: &str, more: Value| {
        let mut data = json!({"member": member, "message": id, "channel": "talk", "length": 9});
        let fields = data.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        let answer = world.shop_event(id, "message.posted", &data).await;
        assert_eq!(answer.status, 200);
    };
    let told = json!({"thread": "p1", "thread_started": began.to_string(), "thread_author": "m1"});
    post("p1", "m1", told.clone()).await;
    post("p2", "m2", told.clone()).await;
    post("p3", "m3", told).await;
    // Nobody tells when these began: five answers are enough, fewer are not.
    for (thread, answers) in [("q1", 5), ("q2", 4)] {
        for n in 0..answers {
            let member = ["m1", "m2", "m3"][n % 3];
            let id = format!("{thread}-{n}");
            post(&id, member, json!({"thread": thread})).await;
        }
    }
    // 08:00 in Berlin.
    world.until("2026-01-12T07:00:00Z").await;
    let id = "shop".parse().unwrap();
    let record = world.stack.store.report(&id, WEEK.parse().unwrap(), None);
    let report = Report::from_json(&record.await.unwrap().unwrap()).unwrap();
    let talk = report.numbers.talk;
    assert_eq!(
        (talk.threads, talk.quality, talk.with_first_reply),
        (3, 2, 1)
    );
    assert_eq!(talk.median_first_reply_minutes, Some(20.0));
}

/// Answers of some members, accepted one after the other and handled in one batch.
async fn cost_of_answers(world: &World, users: std::ops::Range<u32>, began: Timestamp) -> f64 {
    world.minutes(1).await;
    for user in users {
        let at = world.now() + SignedDuration::from_millis(user.into());
        let event = answer(&format!("U{user}"), began, at);
        let delivery = world.slack.event(&event, world.now());
        assert_eq!(world.deliver(&delivery).await.status, 200);
    }
    let handled = world.stack.run_until_idle();
    cost_of(world, Function::CheckIn, handled).await.write
}

#[tokio::test]
async fn an_answer_costs_a_unit_for_each_thread_and_batch_and_a_message_of_none_nothing() {
    let world = world().await;
    let toml = Playbook::DEFAULT_TOML;
    let from = toml.find("[star]").unwrap();
    let until = from + toml[from..].find("\n\n#").unwrap();
    let without_stars = [&toml[..from], &toml[until..]].concat();
    world.publish(Kind::Playbook, &without_stars).await;
    world.joins(AUTHOR).await;
    for n in 0..10 {
        world.joins(&format!("U{n}")).await;
    }
    let began = begins(&world).await;
    let units = |units: f64, expected: f64, what: &str| {
        assert!((units - expected).abs() < 0.1, "{what}: {units}");
    };
    units(cost_of_answers(&world, 0..1, began).await, 2.0, "one");
    units(cost_of_answers(&world, 0..10, began).await, 11.0, "ten");
    // Until it has as many answers as are kept, and then.
    for _ in 0..2 {
        units(cost_of_answers(&world, 0..10, began).await, 11.0, "more");
    }
    units(cost_of_answers(&world, 0..1, began).await, 2.0, "full");
    world.minutes(1).await;
    let begun = async {
        begins(&world).await;
    };
    let message = cost_of(&world, Function::CheckIn, begun).await;
    units(message.write, 1.0, "no answer");
}

#[tokio::test]
async fn a_thread_that_is_full_still_takes_its_third_member() {
    let world = world().await;
    everybody_joins(&world).await;
    let began = begins(&world).await;
    for _ in 0..35 {
        world.minutes(1).await;
        answers(&world, "U-BB-1", began).await;
    }
    world.until("2026-01-06T00:00:00Z").await;
    answers(&world, "U-CC-1", began).await;
    world.until(PROVISIONAL).await;
    let talk = talk(&world, 1).await;
    assert_eq!((talk.threads, talk.quality), (1, 1));
}

#[tokio::test]
async fn what_could_not_be_noted_is_told_again_and_counts_once() {
    let calm = world().await;
    a_week(&calm).await;
    calm.until(PROVISIONAL).await;
    let expected = talk(&calm, 1).await;
    let points = calm.member("U-CC-1").await.points();
    for (call, fault) in [
        ("UpdateItem", Fault::Refuse),
        ("UpdateItem", Fault::LoseAnswer),
        ("UpdateItem", Fault::CrashBefore),
        ("UpdateItem", Fault::CrashAfter),
        ("Query", Fault::Refuse),
    ] {
        let strike = Arc::new(Strike {
            fault,
            call,
            names: "@threads#",
            left: AtomicU32::new(STRIKES),
        });
        let mut options = standing_at(MONDAY);
        options.faults = strike.clone();
        let world = Box::pin(world_with(options, ACME)).await;
        a_week(&world).await;
        world.until(PROVISIONAL).await;
        world.minutes(30).await;
        let left = strike.left.load(Ordering::SeqCst);
        assert!(left < STRIKES, "nothing was struck: {fault:?} at {call}");
        assert_eq!(talk(&world, 1).await, expected, "{fault:?} at {call}");
        let again = world.member("U-CC-1").await.points();
        assert_eq!(again, points, "{fault:?} at {call}");
        let week = world.report(WEEK, 1).await.unwrap().numbers;
        let once = calm.report(WEEK, 1).await.unwrap().numbers;
        assert_eq!(week.messages, once.messages, "{fault:?} at {call}");
    }
}

/// A row that nobody can read spoils the numbers of threads and no other; the log names no member.
#[tokio::test]
async fn threads_that_cannot_be_read_are_no_number_and_the_report_is_made() {
    let world = world().await;
    a_week(&world).await;
    let partition = keys::threads(&world.community.id, 3);
    let request = json!({
        "TableName": "journal",
        "Item": {"pk": {"S": partition}, "sk": {"S": "spoilt"}, "m": {"N": "1"}},
    });
    world.stack.ask_tables("PutItem", &request).unwrap();
    world.until(PROVISIONAL).await;
    let numbers = world.report(WEEK, 1).await.unwrap().numbers;
    assert_eq!(numbers.talk, TalkNumbers::default());
    assert!(numbers.wau > 0);
    assert!(world.metrics.sum("threads_unreadable") > 0.9);
    assert!(world.metrics.sum("reports_failed") < 0.1);
}

/// What was talked about is told by the place, told twice or not; the page calls it by its name. What staff
/// write is what members' own words are held against.
#[tokio::test]
async fn the_report_says_what_was_talked_about_and_whose_words_it_was() {
    let about = "[interest_channels]\nC0GENERAL = \"tools\"\n";
    let community = format!("{ACME}\n{about}");
    let world = Box::pin(world_with(standing_at(MONDAY), &community)).await;
    a_week(&world).await;
    let began = begins(&world).await;
    world.minutes(1).await;
    let once = answer("U-DD-1", began, world.now());
    for _ in 0..2 {
        world.slack_event(once.clone()).await;
    }
    world
        .says("U0STAFF", "C0GENERAL", "大家早，這是本週的清單")
        .await;
    world.until(PROVISIONAL).await;
    let report = world.report(WEEK, 1).await.unwrap();
    let numbers = &report.numbers;
    let tools = "tools".parse().unwrap();
    let expected = TopicTalk {
        threads: 3,
        quality: 1,
    };
    assert_eq!(numbers.talk.topics, BTreeMap::from([(tools, expected)]));
    for (locale, name) in [
        (Locale::ZhHant, "實用工具"),
        (Locale::ZhHans, "实用工具"),
        (Locale::En, "Tools"),
    ] {
        let page = report.to_html(locale, "../").unwrap();
        assert!(
            page.contains(&format!(
                "<th scope=\"row\">{name}</th><td>3</td><td>1</td>"
            )),
            "{page}"
        );
    }
    // Four questions and eight answers of members (two of one instant are one message), an answer and a list of staff.
    assert_eq!(
        (numbers.messages, numbers.staff, numbers.staff_messages),
        (12, 1, 2)
    );
    assert_eq!(numbers.own_content, Some(0.857_142_857));
}

/// What the domain makes of answers in one thread of which nobody tells when it began.
fn told(events: &[Event], now: Timestamp) -> Answered {
    let mut threads = Threads::default();
    for event in events {
        let one = std::slice::from_ref(event);
        threads.take(&event.member, None, one, |_| true, now);
    }
    let mut all = threads.each();
    all.next().unwrap().1.answered.clone()
}

/// As on Feishu, which tells no beginning; and however full the row is, it takes what makes a difference.
#[tokio::test]
async fn a_full_row_still_takes_a_member_and_a_topic() {
    let world = world().await;
    let (store, community, now) = (&world.stack.store, &world.community, world.now());
    let thread = ThreadId::of("C0GENERAL", "1");
    let answer = |by: &str, n: usize, interest: Option<&str>| Event {
        id: format!("e:{by}:{n}").parse().unwrap(),
        at: now - SignedDuration::from_mins(1),
        seq: 0,
        member: by.parse().unwrap(),
        facts: Facts {
            thread: Some(Thread {
                id: thread,
                started: None,
                author: None,
            }),
            ..Facts::default()
        },
        what: Happened::MessagePosted {
            length: None,
            topic: false,
            interest: interest.map(|id| id.parse().unwrap()),
            print: None,
        },
    };
    let topics = async || {
        let week = community.zone.day(now).week();
        let talk = store
            .week_talk(community, week, week.sunday())
            .await
            .unwrap();
        let numbers = Aggregate::new(week, week.sunday())
            .finish()
            .with_talk(&talk);
        let about = numbers.talk.topics.into_iter();
        let about: Vec<_> = about
            .map(|(id, talk)| (id.to_string(), talk.threads, talk.quality))
            .collect();
        (numbers.talk.threads, numbers.talk.quality, about)
    };
    let crowd: Vec<Event> = (0..Answered::MOST_REPLIES)
        .map(|n| answer("U1", n, None))
        .collect();
    let note = async |events: &[Event]| {
        let told = told(events, now);
        store
            .note_thread(&community.id, thread, &told, now)
            .await
            .unwrap();
    };
    note(&crowd).await;
    assert_eq!(topics().await, (1, 0, vec![]));
    note(&[answer("U2", 0, Some("tools"))]).await;
    note(&[answer("U3", 0, None)]).await;
    assert_eq!(topics().await, (1, 1, vec![("tools".to_owned(), 1, 1)]));
    // All three members are known, and another topic is not.
    note(&[answer("U2", 1, Some("cases"))]).await;
    let both = ["cases", "tools"].map(|id| (id.to_owned(), 1, 1));
    assert_eq!(topics().await, (1, 1, both.to_vec()));
}
