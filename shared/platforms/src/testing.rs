//! What the crate's own tests share: a community, requests, a scripted network.

use std::collections::BTreeMap;
use std::sync::Mutex;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use hearth_domain::community::Community;
use hearth_domain::days::Zone;
use hearth_domain::ids::{ChannelId, CommunityId, PlaybookId};
use hearth_domain::locale::Locale;
use hearth_domain::platform::Platform;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;

use crate::{
    Destination, Http, HttpError, Looked, Outgoing, Request, Secrets, SendOutcome, Sender, To,
    Tokens,
};

pub(crate) fn community(platform: Platform, home: Option<&str>) -> Community {
    Community {
        id: CommunityId::new("acme").unwrap(),
        platform,
        name: "Acme Makers".into(),
        zone: Zone::new("Asia/Taipei").unwrap(),
        locale: Locale::ZhHant,
        playbook: PlaybookId::new("default").unwrap(),
        currency: None,
        workspace: Some("T123".into()),
        home_channel: home.map(|id| ChannelId::new(id).unwrap()),
        check_in_channels: vec![],
        topic_channels: vec![],
        interest_channels: BTreeMap::new(),
        ops_channel: None,
        staff: vec![],
        shards: Community::DEFAULT_SHARDS,
        api: None,
        second_channel: None,
        secrets: BTreeMap::new(),
        about: BTreeMap::new(),
        contents: vec![],
        topic: None,
        gift: None,
        come_back_gift: None,
        offer: None,
        gatherings: vec![],
        invite_link: None,
    }
}

pub(crate) fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(
            HeaderName::try_from(*name).unwrap(),
            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        );
    }
    headers
}

pub(crate) fn request<'a>(headers: &'a HeaderMap, body: &'a [u8]) -> Request<'a> {
    Request {
        method: &Method::POST,
        headers,
        query: None,
        body,
    }
}

pub(crate) fn secrets(values: &[(&str, &[&str])]) -> Secrets {
    let owned = |live: &[&str]| live.iter().map(ToString::to_string).collect();
    Secrets::new(
        values
            .iter()
            .map(|(name, live)| (name.to_string(), owned(live)))
            .collect(),
    )
}

/// Tries a body with each byte changed or the rest cut off.
pub(crate) fn mutated(body: &str, mut attempt: impl FnMut(&[u8])) {
    for at in 0..body.len() {
        attempt(&body.as_bytes()[..at]);
        for byte in [0, 0xff, b'"', b'\\', b'{', b'-', b'9', b'%'] {
            let mut bytes = body.as_bytes().to_vec();
            bytes[at] = byte;
            attempt(&bytes);
        }
    }
}

/// One scripted answer.
pub(crate) enum Step {
    Answer(u16, &'static [(&'static str, &'static str)], Value),
    Text(u16, &'static str),
    Fail(HttpError),
}

/// Answers one step a call and keeps what was asked.
pub(crate) struct Script {
    steps: Mutex<std::collections::VecDeque<Step>>,
    pub(crate) asked: Mutex<Vec<http::Request<Vec<u8>>>>,
    /// Kept from send to send.
    tokens: Tokens,
}

impl Script {
    pub(crate) fn new(steps: Vec<Step>) -> Self {
        Self {
            steps: Mutex::new(steps.into()),
            asked: Mutex::new(vec![]),
            tokens: Tokens::default(),
        }
    }

    /// More answers, for a next send.
    pub(crate) fn then(&self, steps: Vec<Step>) {
        self.steps.lock().unwrap().extend(steps);
    }

    /// Sends at a fixed instant; every step of the script must be used.
    pub(crate) fn send(
        &self,
        adapter: &dyn Sender,
        api: Option<&str>,
        secrets: &Secrets,
        message: &Outgoing,
    ) -> SendOutcome {
        let destination = self.destination(api, secrets);
        let outcome = adapter
            .send(self, &destination, message)
            .now_or_never()
            .unwrap();
        self.assert_used_up();
        outcome
    }

    /// Looks after a message that awaits a person, as [`Self::send`] sends.
    pub(crate) fn look(
        &self,
        adapter: &dyn Sender,
        secrets: &Secrets,
        platform_id: &str,
        to: &To,
        take_back: bool,
    ) -> Looked {
        let destination = self.destination(None, secrets);
        let looked = adapter
            .look(self, &destination, platform_id, to, take_back)
            .now_or_never()
            .unwrap();
        self.assert_used_up();
        looked
    }

    fn destination<'a>(&'a self, api: Option<&'a str>, secrets: &'a Secrets) -> Destination<'a> {
        Destination {
            api,
            secrets,
            tokens: &self.tokens,
            now: jiff::Timestamp::from_second(1_767_600_000).unwrap(),
        }
    }

    fn assert_used_up(&self) {
        assert!(
            self.steps.lock().unwrap().is_empty(),
            "a scripted call was not made"
        );
    }
}

impl Http for Script {
    fn call(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<http::Response<Vec<u8>>, HttpError>> {
        self.asked.lock().unwrap().push(request);
        let step = self
            .steps
            .lock()
            .unwrap()
            .pop_front()
            .expect("an unscripted call");
        let (status, headers, body) = match step {
            Step::Answer(status, headers, body) => (status, headers, body.to_string()),
            Step::Text(status, body) => (status, &[][..], body.to_owned()),
            Step::Fail(error) => return Box::pin(async move { Err(error) }),
        };
        let mut response = http::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let response = response.body(body.into_bytes()).unwrap();
        Box::pin(async move { Ok(response) })
    }
}
