//! What a thread is, whatever is told of it and in whatever order.

use proptest::prelude::*;

use super::*;
use crate::days::Zone;
use crate::event::{Facts, Happened};
use crate::kpi::{Aggregate, Talk, TalkNumbers};

const NOW: &str = "2026-01-07T12:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn id(text: &str) -> MemberId {
    MemberId::new(text).unwrap()
}

/// An answer so many minutes before now, in a thread that an author began so many minutes before that.
fn answer(by: &str, ago: i64, author: Option<&str>, began: Option<i64>) -> Event {
    let at = now() - SignedDuration::from_mins(ago);
    Event {
        id: format!("e:{by}:{ago}").parse().unwrap(),
        at,
        seq: 0,
        member: id(by),
        facts: Facts {
            thread: Some(Thread {
                id: ThreadId::of("C1", "1"),
                started: began.map(|before| at - SignedDuration::from_mins(before)),
                author: author.map(id),
            }),
            ..Facts::default()
        },
        what: Happened::MessagePosted {
            length: None,
            topic: false,
            interest: None,
            print: None,
        },
    }
}

fn is_person(author: &MemberId) -> bool {
    author.as_str() != "BOT"
}

/// What is known of the one thread.
fn taken(events: &[Event]) -> Answered {
    let mut threads = Threads::default();
    for event in events {
        let one = std::slice::from_ref(event);
        threads.take(&event.member, None, one, is_person, now());
    }
    let mut all = Answered::default();
    for (thread, told) in threads.each() {
        assert_eq!(*thread, ThreadId::of("C1", "1"));
        assert!(!told.by.is_empty());
        all.merge(told.answered.clone());
    }
    all
}

fn first_minutes(events: &[Event]) -> Option<i64> {
    taken(events).first_reply().map(|after| after.as_mins())
}

#[test]
fn members_and_answers_are_counted_once() {
    let events = [
        answer("U1", 60, Some("A"), Some(20)),
        answer("U1", 50, Some("A"), Some(30)),
        answer("U1", 50, Some("A"), Some(30)),
        answer("A", 40, Some("A"), Some(40)),
    ];
    let all = taken(&events);
    assert_eq!((all.members.len(), all.replies.len()), (2, 3));
    assert_eq!(all.first_reply(), Some(SignedDuration::from_mins(20)));
    assert_eq!(all.began(), Some(now() - SignedDuration::from_mins(80)));
}

#[test]
fn a_first_reply_is_somebody_elses_and_of_a_known_beginning() {
    assert_eq!(first_minutes(&[answer("A", 50, Some("A"), Some(5))]), None);
    let alone_then_not = [
        answer("A", 50, Some("A"), Some(5)),
        answer("U1", 10, Some("A"), Some(45)),
    ];
    assert_eq!(first_minutes(&alone_then_not), Some(45));
    assert_eq!(first_minutes(&[answer("U1", 50, None, None)]), None);
    // One told the beginning, another came first.
    let told_later = [
        answer("U1", 50, None, None),
        answer("U2", 40, None, Some(25)),
    ];
    assert_eq!(first_minutes(&told_later), Some(15));
    assert_eq!(first_minutes(&[answer("U1", 50, None, Some(-1))]), None);
    let untold = taken(&[answer("U1", 50, None, None)]);
    assert_eq!(untold.began(), Some(now() - SignedDuration::from_mins(50)));
    assert_eq!(Answered::default().began(), None);
}

#[test]
fn a_thread_is_about_what_its_place_is_about() {
    let about = |by: &str, ago: i64, interest: Option<&str>| {
        let mut event = answer(by, ago, None, None);
        event.what = Happened::MessagePosted {
            length: None,
            topic: false,
            interest: interest.map(|id| id.parse().unwrap()),
            print: None,
        };
        event
    };
    let told = [
        about("U1", 50, None),
        about("U2", 40, Some("tools")),
        about("U2", 40, Some("tools")),
        about("U3", 30, Some("tools")),
        // The place was given another interest.
        about("U1", 20, Some("cases")),
    ];
    let topics = |events: &[Event]| {
        let topics = taken(events).topics.into_iter();
        topics.map(|id| id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(topics(&told), ["cases", "tools"]);
    let reversed: Vec<Event> = told.iter().rev().cloned().collect();
    assert_eq!(topics(&reversed), ["cases", "tools"]);
    assert!(topics(&told[..1]).is_empty());
    let mut review = answer("U1", 10, None, None);
    review.what = Happened::Reviewed {
        length: None,
        topic: false,
        interest: "growth".parse().ok(),
        print: None,
    };
    assert_eq!(topics(&[review]), ["growth"]);
}

#[test]
fn staff_bots_and_passers_by_are_none_of_those_who_talk() {
    let members = |event: Event| taken(&[event]).members.len();
    let told = |staff: Option<bool>, elsewhere: bool| {
        let mut event = answer("U1", 5, Some("A"), Some(5));
        (event.facts.staff, event.facts.elsewhere) = (staff, elsewhere);
        event
    };
    assert_eq!(members(told(None, false)), 2);
    assert_eq!(members(told(Some(true), false)), 0);
    assert_eq!(members(told(None, true)), 0);
    assert_eq!(members(answer("U1", 5, Some("BOT"), Some(5))), 1);
    assert_eq!(members(answer("U1", 5, None, Some(5))), 1);
}

#[test]
fn what_comes_too_late_or_answers_what_is_long_over_is_not_noted() {
    let is_noted =
        |ago: i64, began: Option<i64>| !taken(&[answer("U1", ago, None, began)]).replies.is_empty();
    assert!(is_noted(48 * 60, Some(0)));
    assert!(!is_noted(48 * 60 + 1, Some(0)));
    assert!(is_noted(60, Some(14 * 24 * 60 - 60)));
    assert!(!is_noted(60, Some(14 * 24 * 60 - 59)));
    assert!(is_noted(60, None));
}

#[test]
fn an_id_and_an_answer_read_as_they_were_written() {
    let thread = ThreadId::of("C1", "1");
    assert_eq!(thread.to_string().parse(), Ok(thread));
    assert_ne!(thread, ThreadId::of("C2", "1"));
    for text in [
        "",
        "1",
        "+0c0ffee00c0ffee",
        "00c0ffee00c0ffeeg",
        "00c0ffee00c0ffeé",
    ] {
        assert_eq!(text.parse::<ThreadId>(), Err(NoThreadId), "{text}");
    }
    for own in [false, true] {
        let reply = Reply::of(&answer("U1", 5, None, None), own);
        let bytes = reply.to_bytes();
        assert_eq!(Reply::from_bytes(&bytes), Some(reply));
        assert_eq!(Reply::from_bytes(&bytes[1..]), None);
        assert_eq!(Reply::from_bytes(&[&bytes[..], &[0]].concat()), None);
    }
}

/// A thread's row after batches, as the table keeps it: no answer is added to as many as are kept, and
/// nobody to as many members as matter, once there are that many answers.
fn row(batches: &[Vec<Event>]) -> Answered {
    let mut row = Answered::default();
    for batch in batches {
        let mut told = taken(batch);
        let most = told.replies.iter().take(Answered::MOST_REPLIES).copied();
        told.replies = most.collect();
        let few = told.members.iter().take(Answered::MOST_MEMBERS).copied();
        told.members = few.collect();
        if row.replies.len() < Answered::MOST_REPLIES {
            row.merge(told);
        } else if row.members.len() < Answered::MOST_MEMBERS {
            row.members.extend(told.members);
        }
    }
    row
}

fn numbers(row: &Answered) -> TalkNumbers {
    let (week, zone) = (Zone::utc().day(now()).week(), Zone::utc());
    let mut talk = Talk::new(week, week.sunday());
    talk.add(row, &zone);
    let all = Aggregate::new(week, week.sunday()).finish();
    all.with_talk(&talk).talk
}

fn shuffled(events: &[Event], again: &[prop::sample::Index], seed: u64) -> Vec<Event> {
    let mut all = events.to_vec();
    if !events.is_empty() {
        all.extend(again.iter().map(|index| index.get(events).clone()));
    }
    let keyed = all.into_iter().enumerate();
    let mut keyed: Vec<(u64, Event)> = keyed
        .map(|(n, event)| (hash64(&format!("{seed}/{n}")), event))
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, event)| event).collect()
}

proptest! {
    /// Whatever is told again, in whatever order and batches: the same row as long as it is not full,
    /// and the same numbers even then, but for the minutes that a first answer took.
    #[test]
    fn any_order_with_duplicates_gives_the_same_thread(
        told in prop::collection::vec((0..4_u8, 1..2_000_i64), 0..60),
        again in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        is_told in any::<bool>(),
        seed in any::<u64>(),
        size in 1..9_usize,
    ) {
        let event = |(by, ago): &(u8, i64)| {
            let author = is_told.then_some("U0");
            answer(&format!("U{by}"), *ago, author, is_told.then_some(2_000 - ago))
        };
        let once: Vec<Event> = told.iter().map(event).collect();
        let mixed = shuffled(&once, &again, seed);
        let batches: Vec<Vec<Event>> = mixed.chunks(size).map(<[Event]>::to_vec).collect();
        let (mixed, straight) = (row(&batches), row(&[once]));
        let enough = |row: &Answered| row.members.len().min(Answered::MOST_MEMBERS);
        prop_assert_eq!(enough(&mixed), enough(&straight));
        if taken(&told.iter().map(event).collect::<Vec<_>>()).replies.len() <= Answered::MOST_REPLIES {
            prop_assert_eq!(&mixed.replies, &straight.replies);
            prop_assert_eq!(mixed.started, straight.started);
            prop_assert_eq!(numbers(&mixed), numbers(&straight));
        }
        let (mixed, straight) = (numbers(&mixed), numbers(&straight));
        prop_assert_eq!(mixed.quality, straight.quality);
        prop_assert_eq!(mixed.threads, straight.threads);
        prop_assert_eq!(mixed.with_first_reply, straight.with_first_reply);
    }
}
