//! The life of a message row: several senders, one clock, a store that takes a write only of the
//! version that was read.

use hearth_domain::event::ReplyHandle;
use hearth_domain::message::{
    Attempt, Found, LEASE, MAX_ATTEMPTS, Message, NotNow, PICKED_UP_WITHIN, SkipReason, State, To,
};
use hearth_domain::playbook::Class;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::world::{member_id, ts};

const CREATED: &str = "2026-01-05T02:00:00Z";

pub(crate) fn message(path: &str, class: Class) -> Message {
    Message {
        expires: Some(ts("2026-01-06T02:00:00Z")),
        ..Message::new(
            format!("acme/U1/{path}").parse().unwrap(),
            "onboarding.day-2".parse().unwrap(),
            To::Member(member_id()),
            class,
            1,
            ts(CREATED),
        )
    }
}

fn fresh() -> Message {
    message("onboarding/1/day-2", Class::Service)
}

fn after(seconds: i64) -> Timestamp {
    ts(CREATED)
        .saturating_add(SignedDuration::from_secs(seconds))
        .unwrap()
}

#[derive(Debug, Clone)]
enum Step {
    /// The clock goes on.
    Wait(i64),
    /// Sender `n` takes the message from the queue and claims it.
    Claim(usize),
    /// Sender `n`, if it holds the message, hears from the platform and notes it.
    Finish(usize, Attempt),
    /// Sender `n` dies in the middle of it.
    Die(usize),
    /// Somebody sees a lease that ended.
    Expire,
    Hold(i64),
    Skip,
    /// Somebody asks what became of what awaits a person.
    Look(Found),
}

fn any_step() -> impl Strategy<Value = Step> {
    let reason = || "said".to_owned();
    let attempt = prop_oneof![
        1 => Just(Attempt::Sent { platform_id: None }),
        1 => Just(Attempt::Accepted { platform_id: None }),
        2 => Just(Attempt::AwaitsPerson { platform_id: "msg".to_owned() }),
        6 => prop::option::of(1..900_i64).prop_map(move |after| Attempt::Retry { after: after.map(SignedDuration::from_secs), reason: reason() }),
        1 => Just(Attempt::Unreachable { reason: reason() }),
        1 => Just(Attempt::Permanent { reason: reason() }),
        4 => Just(Attempt::Unknown { reason: reason() }),
    ];
    prop_oneof![
        6 => prop_oneof![0..20_i64, 0..2_000_i64].prop_map(Step::Wait),
        8 => (0..3_usize).prop_map(Step::Claim),
        5 => (0..3_usize, attempt).prop_map(|(sender, attempt)| Step::Finish(sender, attempt)),
        1 => (0..3_usize).prop_map(Step::Die),
        4 => Just(Step::Expire),
        1 => (0..40_000_i64).prop_map(Step::Hold),
        1 => Just(Step::Skip),
        2 => prop::sample::select(vec![
            Found::Sent,
            Found::Waits,
            Found::Waits,
            Found::Unreachable,
            Found::TakenBack(SkipReason::OptedOut),
        ]).prop_map(Step::Look),
    ]
}

/// A sender's copy of the message that it holds, and until when.
type Holder = Option<(Message, Timestamp)>;

struct Row {
    stored: Message,
    now: Timestamp,
    again: bool,
    senders: [Holder; 3],
}

impl Row {
    /// A conditional write: `false` = somebody else wrote in between.
    fn write(&mut self, next: Message) -> bool {
        if next.version != self.stored.version {
            return false;
        }
        if self.stored.state.is_final() {
            assert_eq!(next.state, self.stored.state, "what is final stays");
        }
        self.stored = Message {
            version: next.version + 1,
            ..next
        };
        true
    }

    fn step(&mut self, step: Step) {
        let now = self.now;
        match step {
            Step::Wait(seconds) => {
                self.now = now
                    .saturating_add(SignedDuration::from_secs(seconds))
                    .unwrap();
            }
            Step::Claim(sender) => match self.stored.claim(now) {
                Ok(claimed) => {
                    let State::Sending { lease } = claimed.state else {
                        panic!("a claim is a lease")
                    };
                    assert!(
                        lease >= now.saturating_add(LEASE).unwrap(),
                        "a lease outlives the send's own timeouts"
                    );
                    if self.write(claimed) {
                        self.senders[sender] = Some((self.stored.clone(), lease));
                    }
                }
                Err(why) => {
                    let due = self.stored.due();
                    match why {
                        NotNow::Done => assert!(self.stored.state.is_final()),
                        NotNow::Leased => {
                            assert!(matches!(self.stored.state, State::Sending { .. }));
                        }
                        NotNow::AwaitsPerson => {
                            assert!(matches!(self.stored.state, State::Awaiting { .. }));
                        }
                        NotNow::Later => assert!(due.is_some_and(|due| due > now)),
                    }
                }
            },
            Step::Finish(sender, attempt) => {
                if let Some((held, _)) = self.senders[sender].take() {
                    self.write(held.finish(attempt, self.again, now));
                }
            }
            Step::Die(sender) => self.senders[sender] = None,
            Step::Expire => {
                if let Some(settled) = self.stored.expire_lease(self.again, now) {
                    self.write(settled);
                }
            }
            Step::Hold(seconds) => {
                self.write(
                    self.stored.hold(
                        now.saturating_add(SignedDuration::from_secs(seconds))
                            .unwrap(),
                    ),
                );
            }
            Step::Skip => {
                self.write(self.stored.skip(SkipReason::OptedOut, now));
            }
            Step::Look(found) => {
                let awaited = matches!(self.stored.state, State::Awaiting { .. });
                let next = self.stored.looked(found, now);
                assert!(awaited || next == self.stored, "nobody was awaited");
                if awaited && found == Found::Waits {
                    assert!(next.due().is_some_and(|due| due > now), "asked for again");
                }
                self.write(next);
            }
        }
    }

    fn holds_together(&self) {
        let holding = self
            .senders
            .iter()
            .flatten()
            .filter(|(_, lease)| *lease > self.now)
            .count();
        assert!(holding <= 1, "two senders at once");
        assert_eq!(self.stored.due().is_some(), !self.stored.state.is_final());
        assert!(self.stored.attempt <= MAX_ATTEMPTS);
        if self.again {
            assert!(
                !matches!(self.stored.state, State::Unknown { .. }),
                "what may be repeated is repeated"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_message_is_in_one_hand_at_a_time_and_ends_once(again in any::<bool>(), steps in prop::collection::vec(any_step(), 1..120)) {
        let mut row = Row { stored: fresh(), now: ts(CREATED), again, senders: [None, None, None] };
        for step in steps {
            row.step(step);
            row.holds_together();
        }
    }

    /// Whoever looks at it whenever it is due brings it to an end.
    #[test]
    fn a_message_that_is_looked_at_when_it_is_due_ends(again in any::<bool>(), attempts in prop::collection::vec(any_step(), 20)) {
        let mut row = Row { stored: fresh(), now: ts(CREATED), again, senders: [None, None, None] };
        for step in attempts {
            let Some(due) = row.stored.due() else { return Ok(()) };
            row.now = row.now.max(due);
            row.step(Step::Expire);
            row.step(Step::Claim(0));
            let attempt = if let Step::Finish(_, attempt) = step { attempt } else { Attempt::Retry { after: None, reason: "busy".to_owned() } };
            row.step(Step::Finish(0, attempt));
            row.step(Step::Look(Found::Sent));
        }
        prop_assert!(row.stored.state.is_final(), "{:?}", row.stored.state);
    }

    /// A fresh row claimed within 8 seconds keeps its entry in the due index: no index write.
    #[test]
    fn an_early_claim_does_not_touch_the_index(after_ms in 0..=8_000_i64) {
        let now = ts(CREATED).saturating_add(SignedDuration::from_millis(after_ms)).unwrap();
        let claimed = fresh().claim(now).unwrap();
        prop_assert_eq!(claimed.due(), fresh().due());
    }
}

#[test]
fn a_lease_is_never_shorter_than_a_send() {
    for seconds in [0, 8, 9, 59, 60, 61, 86_400] {
        let lease = fresh().claim(after(seconds)).unwrap().due().unwrap();
        assert!(
            lease >= after(seconds).saturating_add(LEASE).unwrap(),
            "{seconds}"
        );
        assert!(
            lease <= after(seconds).saturating_add(PICKED_UP_WITHIN).unwrap(),
            "{seconds}"
        );
    }
}

#[test]
fn a_row_waits_as_long_as_it_was_told_to() {
    let claimed = fresh().claim(after(0)).unwrap();
    for (attempt, after_answer, expected) in [
        (1, None, 15),
        (2, None, 30),
        (3, None, 60),
        (7, None, 960),
        (1, Some(90), 90),
    ] {
        let claimed = Message {
            attempt,
            ..claimed.clone()
        };
        let retried = claimed.finish(
            Attempt::Retry {
                after: after_answer.map(SignedDuration::from_secs),
                reason: "429".to_owned(),
            },
            false,
            after(0),
        );
        assert_eq!(
            retried.state,
            State::Pending {
                not_before: Some(after(expected))
            },
            "attempt {attempt}"
        );
        assert_eq!(retried.claim(after(expected - 1)), Err(NotNow::Later));
        assert!(retried.claim(after(expected)).is_ok());
    }
}

#[test]
fn after_the_eighth_attempt_it_has_failed() {
    let last = Message {
        attempt: MAX_ATTEMPTS,
        ..fresh().claim(after(0)).unwrap()
    };
    let retry = Attempt::Retry {
        after: None,
        reason: "429".to_owned(),
    };
    assert_eq!(
        last.finish(retry, false, after(1)).state,
        State::Failed {
            at: after(1),
            reason: "gave-up:429".to_owned()
        }
    );
}

#[test]
fn what_became_of_an_attempt_is_what_the_row_says() {
    let reason = || "word".to_owned();
    let claimed = fresh().claim(after(0)).unwrap();
    let table = [
        (
            Attempt::Sent {
                platform_id: Some("ts1".to_owned()),
            },
            false,
            State::Sent { at: after(1) },
        ),
        (
            Attempt::Unreachable { reason: reason() },
            false,
            State::Skipped {
                at: after(1),
                reason: SkipReason::Unreachable,
            },
        ),
        (
            Attempt::Permanent { reason: reason() },
            false,
            State::Failed {
                at: after(1),
                reason: reason(),
            },
        ),
        (
            Attempt::Unknown { reason: reason() },
            false,
            State::Unknown {
                at: after(1),
                reason: reason(),
            },
        ),
        (
            Attempt::Unknown { reason: reason() },
            true,
            State::Pending {
                not_before: Some(after(16)),
            },
        ),
    ];
    for (attempt, again, state) in table {
        let finished = claimed.finish(attempt.clone(), again, after(1));
        assert_eq!(finished.state, state, "{attempt:?}");
        assert_eq!(
            finished.platform_id.is_some(),
            matches!(attempt, Attempt::Sent { .. })
        );
    }
}

#[test]
fn a_lease_that_ended_without_a_word_is_uncertain() {
    let claimed = fresh().claim(after(0)).unwrap();
    assert_eq!(claimed.expire_lease(false, after(59)), None);
    assert_eq!(
        claimed.expire_lease(false, after(60)).unwrap().state,
        State::Unknown {
            at: after(60),
            reason: "lease-expired".to_owned()
        }
    );
    assert_eq!(
        claimed.expire_lease(true, after(60)).unwrap().state,
        State::Pending {
            not_before: Some(after(75))
        }
    );
    assert_eq!(fresh().expire_lease(true, after(90)), None);
}

#[test]
fn what_is_being_sent_or_was_is_neither_held_nor_called_back() {
    let claimed = fresh().claim(after(0)).unwrap();
    let sent = claimed.finish(Attempt::Sent { platform_id: None }, false, after(1));
    for message in [claimed, sent] {
        assert_eq!(message.hold(after(9_000)), message);
        assert_eq!(message.skip(SkipReason::OptedOut, after(2)), message);
    }
    let held = fresh().hold(after(9_000));
    assert_eq!(
        (held.claim(after(8_999)), held.due()),
        (Err(NotNow::Later), Some(after(9_000)))
    );
    assert!(held.claim(after(9_000)).is_ok());
    assert_eq!(
        held.finish(Attempt::Sent { platform_id: None }, false, after(1)),
        held,
        "nobody claimed it"
    );
}

#[test]
fn reasons_are_read_back_as_written() {
    for reason in SkipReason::ALL {
        assert_eq!(SkipReason::from_name(reason.name()), Some(reason));
    }
    assert_eq!(SkipReason::from_name("because"), None);
}

#[test]
fn what_awaits_a_person_is_asked_for_less_and_less() {
    let awaits = Attempt::AwaitsPerson {
        platform_id: "msg-1".to_owned(),
    };
    let mut message = fresh()
        .claim(ts(CREATED))
        .unwrap()
        .finish(awaits, false, ts(CREATED));
    assert_eq!(message.platform_id.as_deref(), Some("msg-1"));
    let mut waits = Vec::new();
    for _ in 0..8 {
        let due = message.due().unwrap();
        waits.push(due.duration_since(ts(CREATED)).as_mins());
        assert_eq!(message.claim(due), Err(NotNow::AwaitsPerson));
        assert_eq!(message.hold(due), message, "it lies with them, not with us");
        assert_eq!(message.skip(SkipReason::OptedOut, due), message);
        message = message.looked(Found::Waits, due);
    }
    assert_eq!(waits, [30, 60, 120, 240, 480, 840, 1200, 1560]);
    let now = message.due().unwrap();
    assert_eq!(
        message
            .looked(Found::TakenBack(SkipReason::OptedOut), now)
            .state,
        State::Skipped {
            at: now,
            reason: SkipReason::OptedOut
        }
    );
    assert_eq!(
        message.looked(Found::Sent, now).state,
        State::Sent { at: now }
    );
}

#[test]
fn a_reply_handle_is_gone_once_it_is_too_late() {
    let handle = ReplyHandle {
        handle: "h".to_owned(),
        until: after(50),
        channel: None,
    };
    let message = Message {
        reply: Some(handle.clone()),
        ..fresh()
    };
    assert_eq!(message.claim(after(49)).unwrap().reply, Some(handle));
    assert_eq!(message.claim(after(50)).unwrap().reply, None);
}

#[test]
fn a_doubt_is_as_old_as_the_first_attempt_that_left_one() {
    let unknown = || Attempt::Unknown {
        reason: "timeout".to_owned(),
    };
    let first = fresh().claim(after(100)).unwrap();
    let first = first.finish(unknown(), true, after(108));
    assert_eq!(first.doubt, Some(after(100)));
    let second = first.claim(after(130)).unwrap();
    let refused = Attempt::Retry {
        after: None,
        reason: "429".to_owned(),
    };
    assert_eq!(
        second.finish(refused, true, after(131)).doubt,
        first.doubt,
        "a refusal says nothing of the first"
    );
    let second = second.finish(unknown(), true, after(140));
    assert_eq!(second.doubt, first.doubt);
    // A sender that died is found when its lease has ended.
    let died = fresh().claim(after(0)).unwrap();
    let settled = died.expire_lease(true, after(170)).unwrap();
    assert_eq!(settled.doubt, Some(after(0)));
    assert_eq!(
        settled.leave_in_doubt(after(300)).state,
        State::Unknown {
            at: after(300),
            reason: "in-doubt-for-too-long".to_owned()
        }
    );
}
