//! WeCom's side, called through the real adapter.

use std::sync::{Arc, Mutex};

use futures::FutureExt as _;
use hearth_domain::ids::MemberId;
use hearth_platforms::wecom::Wecom;
use hearth_platforms::{
    Destination, Looked, Outgoing, Secrets, SendOutcome, Sender as _, To, Tokens,
};

use super::*;

/// A sandbox whose clock can be set.
struct Office {
    sandbox: Sandbox,
    clock: Arc<Mutex<Timestamp>>,
    secrets: Secrets,
    tokens: Tokens,
}

impl Office {
    fn at(instant: &str) -> Self {
        let clock = Arc::new(Mutex::new(instant.parse().unwrap()));
        let reads = clock.clone();
        let secrets = [("corp_id", "wwcorp"), ("corp_secret", "s")];
        let secrets = secrets.map(|(name, value)| (name.to_owned(), vec![value.to_owned()]));
        Self {
            sandbox: Sandbox::new(move || *reads.lock().unwrap()),
            clock,
            secrets: Secrets::new(secrets.into()),
            tokens: Tokens::default(),
        }
    }

    fn set(&self, instant: &str) {
        *self.clock.lock().unwrap() = instant.parse().unwrap();
    }

    fn destination(&self) -> Destination<'_> {
        Destination {
            api: None,
            secrets: &self.secrets,
            tokens: &self.tokens,
            now: *self.clock.lock().unwrap(),
        }
    }

    fn send(&self, member: &str, path: &str, code: Option<&str>) -> SendOutcome {
        let message = Outgoing {
            id: format!("acme/{member}/{path}").parse().unwrap(),
            kind: "onboarding.day-1".parse().unwrap(),
            to: To::Member(MemberId::new(member).unwrap()),
            text: "Hi".into(),
            buttons: vec![],
            reply: code.map(str::to_owned),
            picture: None,
        };
        let destination = self.destination();
        let sent = Wecom.send(&self.sandbox, &destination, &message);
        sent.now_or_never().unwrap()
    }

    /// Lays a message before the staff; its id.
    fn lay(&self, member: &str, path: &str) -> String {
        let outcome = self.send(member, path, None);
        let SendOutcome::AwaitingPerson { platform_id } = outcome else {
            panic!("{outcome:?}")
        };
        platform_id
    }

    fn look(&self, member: &str, id: &str, take_back: bool) -> Looked {
        let to = To::Member(MemberId::new(member).unwrap());
        let destination = self.destination();
        let looked = Wecom.look(&self.sandbox, &destination, id, &to, take_back);
        looked.now_or_never().unwrap()
    }

    fn received(&self, member: &str) -> usize {
        self.sandbox.received(None, Some(member), None).len()
    }
}

#[test]
fn four_of_a_month_of_chinas_reach_a_customer() {
    let office = Office::at("2026-01-31T15:59:59Z");
    let laid: Vec<String> = (0..5)
        .map(|n| office.lay("wmU1", &format!("m/{n}")))
        .collect();
    let other = office.lay("wmU2", "m/0");
    assert_eq!(office.sandbox.tap_send(None, None), 5);
    assert_eq!((office.received("wmU1"), office.received("wmU2")), (4, 1));
    for id in &laid[..4] {
        assert_eq!(office.look("wmU1", id, false), Looked::Sent);
    }
    let too_many = Looked::Unreachable("monthly-quota".to_owned());
    assert_eq!(office.look("wmU1", &laid[4], false), too_many);
    assert_eq!(office.look("wmU2", &other, true), Looked::Sent);
    // It is February in China a second later.
    office.lay("wmU1", "m/5");
    office.set("2026-01-31T16:00:00Z");
    assert_eq!(office.sandbox.tap_send(Some("acme"), None), 1);
    assert_eq!(office.received("wmU1"), 5);
}

#[test]
fn a_welcome_code_is_good_once_and_for_twenty_seconds() {
    let office = Office::at("2026-01-05T08:00:20Z");
    let welcomed = SendOutcome::Sent { platform_id: None };
    let awaits = |outcome| matches!(outcome, SendOutcome::AwaitingPerson { .. });
    assert_eq!(
        office.send("wmU1", "m/0", Some("1767600000-wmU1")),
        welcomed
    );
    assert!(awaits(office.send("wmU1", "m/1", Some("1767600000-wmU1"))));
    assert!(awaits(office.send("wmU2", "m/0", Some("1767599999-wmU2"))));
    assert_eq!(
        office.send("wmU3", "m/0", Some("of-somebody-else")),
        welcomed
    );
}

#[test]
fn what_is_taken_back_nobody_can_send() {
    let office = Office::at("2026-01-05T08:00:00Z");
    let id = office.lay("wmU1", "m/0");
    assert_eq!(office.look("wmU1", &id, false), Looked::Waits);
    assert_eq!(office.look("wmU1", &id, true), Looked::TakenBack);
    assert_eq!(office.sandbox.tap_send(None, None), 0);
    assert_eq!(office.received("wmU1"), 0);
}

#[test]
fn who_is_no_customer_is_told_apart() {
    let office = Office::at("2026-01-05T08:00:00Z");
    assert_eq!(
        office.send("zhangsan", "m/0", None),
        SendOutcome::Unreachable {
            reason: "not-a-contact".into()
        }
    );
}
