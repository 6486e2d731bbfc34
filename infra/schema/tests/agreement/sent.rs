//! What goes out: the adapter's messages are what the schema says, with nothing beside it.

use std::collections::BTreeSet;
use std::sync::Mutex;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use hearth_domain::ids::{ChannelId, MemberId};
use hearth_platforms::{
    Destination, Http, HttpError, OutButton, Outgoing, Secrets, SendOutcome, Sender as _, To,
    Tokens, standard,
};
use jiff::Timestamp;
use serde_json::Value;

use crate::checker::is_valid;

/// A receiver that takes everything and keeps the last body.
#[derive(Default)]
struct Receiver(Mutex<Vec<u8>>);

impl Http for Receiver {
    fn call(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<http::Response<Vec<u8>>, HttpError>> {
        *self.0.lock().unwrap() = request.into_body();
        Box::pin(async { Ok(http::Response::new(vec![])) })
    }
}

fn sent(to: To, buttons: Vec<OutButton>) -> Value {
    let receiver = Receiver::default();
    let destination = Destination {
        api: Some("https://gateway.example/messages"),
        secrets: &Secrets::default(),
        tokens: &Tokens::default(),
        now: Timestamp::UNIX_EPOCH,
    };
    let message = Outgoing {
        id: "shop/m1/win-back/1/survey".parse().unwrap(),
        kind: "win-back.survey".parse().unwrap(),
        to,
        text: "為什麼？".into(),
        buttons,
        reply: None,
        picture: None,
    };
    let sending = standard::Standard.send(&receiver, &destination, &message);
    let outcome = sending.now_or_never().unwrap();
    assert_eq!(outcome, SendOutcome::Sent { platform_id: None });
    serde_json::from_slice(&receiver.0.into_inner().unwrap()).unwrap()
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn a_message_has_what_the_schema_says_and_nothing_else() {
    let document = hearth_schema::document();
    let defs = &document["$defs"];
    let buttons = vec![OutButton {
        label: "其他".into(),
        value: "other".into(),
    }];
    let (member, channel) = (
        To::Member(MemberId::new("m1").unwrap()),
        To::Channel(ChannelId::new("ops").unwrap()),
    );
    for (to, target, buttons) in [
        (member.clone(), "member", buttons),
        (member, "member", vec![]),
        (channel, "channel", vec![]),
    ] {
        let body = sent(to, buttons);
        assert!(is_valid(&document, "Send", &body), "{body}");
        assert_eq!(keys(&body), keys(&defs["Send"]["properties"]));
        let mut described = keys(&defs["Message"]["properties"]);
        described.insert(target);
        assert_eq!(keys(&body["data"]), described);
        for button in body["data"]["buttons"].as_array().unwrap() {
            assert_eq!(keys(button), keys(&defs["Button"]["properties"]));
        }
        // What is missing is noticed.
        for name in described {
            let mut without = body.clone();
            without["data"].as_object_mut().unwrap().remove(name);
            assert!(!is_valid(&document, "Send", &without), "{name}");
        }
    }
}
