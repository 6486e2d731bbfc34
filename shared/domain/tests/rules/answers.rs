//! What answers a check-in, as far as no story shows it.

use hearth_domain::decide;
use hearth_domain::event::Happened;
use hearth_domain::journey::{Book, Context, answered_in, tells_twice};
use hearth_domain::member::MovedOut;
use hearth_domain::message::{Message, To};
use hearth_domain::standing::Standing;

use crate::world::{World, event, member_id, ts};

const MONDAY: &str = "2026-01-05T04:00:00Z";

/// The messages that answer a first check-in in a channel.
fn answers(world: &World, standing: Option<&Standing>) -> Vec<Message> {
    let channel = Some("C0CHECKIN".parse().unwrap());
    let said = event("c1", ts(MONDAY), Happened::CheckedIn { channel });
    let context = Context {
        standing,
        ..Context::new(&world.community, Book::new(&world.playbook, 1), ts(MONDAY))
    };
    let member = world.member.clone();
    let decision = decide::on_events(member, &member_id(), &[said], context, &MovedOut::new());
    decision.unwrap().messages
}

#[test]
fn the_place_on_the_board_counts_the_points_of_this_check_in() {
    let world = World::taipei();
    let rank = |standing: Option<&Standing>| {
        let messages = answers(&world, standing);
        let [reply] = messages.as_slice() else {
            panic!("{messages:?}");
        };
        assert_eq!(reply.to, To::Channel("C0CHECKIN".parse().unwrap()));
        reply.values.get("member.rank").cloned()
    };
    let board = Standing::of([40, 12, 5, 3]);
    assert_eq!(rank(Some(&board)).as_deref(), Some("3"));
    assert_eq!(rank(None), None, "a line without a place goes");
}

#[test]
fn where_the_staff_tap_send_no_check_in_takes_one_of_their_few_messages() {
    let world = World::new("wecom", "Asia/Taipei");
    assert!(answers(&world, None).is_empty());
    // Nor is the channel counted as one whose replies have to be put together.
    let counted = |world: &World| {
        let context = Context::new(&world.community, Book::new(&world.playbook, 1), ts(MONDAY));
        let channel = Some("C0CHECKIN".parse().unwrap());
        let said = [event("c1", ts(MONDAY), Happened::CheckedIn { channel })];
        answered_in(None, &said, context).is_some()
    };
    assert!(!counted(&world) && counted(&World::taipei()));
}

#[test]
fn only_a_check_in_one_to_one_needs_its_rows_looked_up() {
    let mut world = World::taipei();
    world.joins("2026-01-05T02:00:00Z");
    let context = Context::new(&world.community, Book::new(&world.playbook, 1), ts(MONDAY));
    let channel = Some("C0CHECKIN".parse().unwrap());
    let asked = |what| tells_twice(world.member(), &[event("c1", ts(MONDAY), what)], context);
    assert!(asked(Happened::CheckedIn { channel }).is_empty());
    assert!(asked(Happened::PointsAsked { message: None }).is_empty());
    let rows = asked(Happened::CheckedIn { channel: None });
    let day = |row: &String| row.starts_with("check-in/2026-01-05/");
    assert!(rows.len() == 2 && rows.iter().all(day), "{rows:?}");
}
