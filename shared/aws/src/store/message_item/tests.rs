//! Message rows are read as they were written, fit their kilobyte, and a garbled one is refused
//! by the name of its attribute.

use aws_sdk_dynamodb::types::AttributeValue;
use hearth_domain::message::Attempt;

use super::*;
use crate::store::member_item::tests::size_of;
use crate::store::{Item, StoreError};

const CREATED: &str = "2026-01-05T02:00:00.123456Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn asked() -> Message {
    let values = [
        ("task.title", "改群暱稱"),
        ("task.points", "10"),
        ("task.example", "設計-小美"),
    ];
    Message {
        expires: Some(at("2026-01-06T02:00:00.123456Z")),
        values: values
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        ..Message::new(
            "acme/U024BE7LH/onboarding/1/day-2".parse().unwrap(),
            MessageKind::new("onboarding.day-2").unwrap(),
            To::Member(MemberId::new("U024BE7LH").unwrap()),
            Class::Service,
            3,
            at(CREATED),
        )
    }
}

fn reported() -> Message {
    Message {
        id: "acme/@community/report/2026-W01/1".parse().unwrap(),
        kind: MessageKind::new("report.weekly").unwrap(),
        variant: None,
        via: Via::Platform,
        to: To::Channel(ChannelId::new("C0OPS").unwrap()),
        class: Class::Ops,
        expires: None,
        values: BTreeMap::new(),
        content: Some(u16::MAX),
        ..asked()
    }
}

/// A message in every state that it can have.
fn all_states() -> Vec<Message> {
    let (later, reason) = (at("2026-01-05T02:00:30.5Z"), || "http-503".to_owned());
    let mut states = vec![
        State::Pending { not_before: None },
        State::Pending {
            not_before: Some(later),
        },
        State::Held {
            until: later,
            why: HeldFor::QuietHours,
        },
        State::Held {
            until: later,
            why: HeldFor::Pause,
        },
        State::Sending { lease: later },
        State::Sent { at: later },
        State::Unknown {
            at: later,
            reason: reason(),
        },
        State::Failed {
            at: later,
            reason: String::new(),
        },
    ];
    states.extend(SkipReason::ALL.map(|reason| State::Skipped { at: later, reason }));
    let with = |message: Message| {
        states
            .iter()
            .map(move |state| Message {
                state: state.clone(),
                ..message.clone()
            })
            .collect::<Vec<_>>()
    };
    let sent = Message {
        attempt: 8,
        platform_id: Some("1767.000200".to_owned()),
        version: 41,
        ..asked()
    };
    [with(asked()), with(reported()), with(sent)].concat()
}

fn item_of(message: &Message) -> Item {
    serde_dynamo::to_item(MessageItem::of(message)).unwrap()
}

fn read(item: Item) -> Result<Message, StoreError> {
    Ok(Message::try_from(
        serde_dynamo::from_item::<_, MessageItem>(item)?,
    )?)
}

#[test]
fn a_message_is_read_as_it_was_written() {
    for message in all_states() {
        let stored = Message {
            version: message.version + 1,
            ..message.clone()
        };
        assert_eq!(read(item_of(&message)), Ok(stored));
    }
}

#[test]
fn a_row_is_in_the_due_index_until_it_is_final() {
    for message in all_states() {
        let item = item_of(&message);
        assert_eq!(
            item.contains_key("due_pk"),
            !message.state.is_final(),
            "{}",
            message.state.name()
        );
        assert_eq!(item.contains_key("due_sk"), item.contains_key("due_pk"));
    }
    assert_eq!(
        item_of(&asked())["due_sk"].as_s().unwrap(),
        "1767578461",
        "a minute later, rounded up"
    );
}

/// A claim soon after the decision, and what comes of it: the index is written only at the end.
#[test]
fn an_early_claim_leaves_the_index_as_it_is() {
    let claimed = asked().claim(at("2026-01-05T02:00:01Z")).unwrap();
    for name in ["due_pk", "due_sk"] {
        assert_eq!(item_of(&claimed).get(name), item_of(&asked()).get(name));
    }
    let sent = claimed.finish(
        Attempt::Sent { platform_id: None },
        false,
        at("2026-01-05T02:00:02Z"),
    );
    assert_eq!(item_of(&sent).get("due_pk"), None);
}

#[test]
fn a_message_costs_one_unit_a_write() {
    for message in all_states() {
        let size = size_of(&item_of(&message));
        assert!(size <= 700, "{size} bytes: {}", message.id);
    }
    // The longest ids that there are, and the values of a milestone.
    let member = MemberId::new("m".repeat(64)).unwrap();
    let values = [
        ("streak.days", "100"),
        ("streak.next_milestone", "200"),
        ("award.points", "300"),
        ("badge.name", "Hundred-Day Streak"),
        (
            "reward.name",
            "a round of applause, and a place on the works wall",
        ),
        ("reward.url", "https://acme.example/rewards/hundred-days"),
    ];
    let longest = Message {
        id: format!("{}/{member}/streak/100", "c".repeat(32))
            .parse()
            .unwrap(),
        variant: None,
        via: Via::Platform,
        to: To::Member(member),
        values: values
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        state: State::Unknown {
            at: at(CREATED),
            reason: "timeout-after-the-request-was-written".to_owned(),
        },
        ..asked()
    };
    let size = size_of(&item_of(&longest));
    assert!(size <= 1_024, "{size} bytes");
}

#[test]
fn a_garbled_row_is_refused_by_the_name_of_its_attribute() {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let far = || AttributeValue::N(i64::MAX.to_string());
    for (attribute, value) in [
        ("id", text("acme")),
        ("kind", text("Not A Kind")),
        ("channel", text("")),
        ("created", far()),
        ("expires", far()),
        ("at", far()),
        ("state", text("RESTING")),
        ("state", text("SENT")),
    ] {
        let mut item = item_of(&asked());
        item.insert(attribute.to_owned(), value);
        assert_eq!(
            read(item),
            Err(MessageItemError(attribute).into()),
            "{attribute}"
        );
    }
    let skipped = Message {
        state: State::Skipped {
            at: at(CREATED),
            reason: SkipReason::Expired,
        },
        ..asked()
    };
    let mut item = item_of(&skipped);
    item.insert("reason".to_owned(), text("because"));
    assert_eq!(read(item), Err(MessageItemError("reason").into()));
    let mut item = item_of(&reported());
    item.remove("channel");
    assert_eq!(
        read(item),
        Err(MessageItemError("channel").into()),
        "the community itself is nobody to write to"
    );
}
