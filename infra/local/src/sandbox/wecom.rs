//! WeCom's side: tokens, welcomes by their code, messages that wait until a member of the staff
//! taps "send", and messages to the staff.

use hearth_domain::ids::Owner;
use hearth_platforms::Carried;
use http::{Response, StatusCode};
use jiff::civil::Date;
use jiff::tz::{TimeZone, offset};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::arrived::{Arrived, Recipient};
use super::{Answer, Call, Sandbox, State, answer, status};

/// Limits in bytes of a text (developer.work.weixin.qq.com, 92135, 92137 and 90236).
const TO_CUSTOMER: usize = 4000;
const TO_STAFF: usize = 2048;
/// Group sends that reach a customer in a calendar month of China.
const MONTHLY: usize = 4;
/// How long a welcome code is good.
const WELCOME_WITHIN: SignedDuration = SignedDuration::from_secs(20);

const TOKEN: &str = "sandbox-token";
/// The one member of the staff, who has every customer as a contact.
const STAFF: &str = "staff";

/// What was laid before the staff.
#[derive(Default)]
pub(super) struct Desk {
    /// How many there were ever: the last one's id.
    count: u64,
    /// In order. What is stopped is taken away.
    waiting: Vec<Waiting>,
    tapped: Vec<Tapped>,
}

struct Waiting {
    id: String,
    customer: String,
    arrived: Arrived,
}

struct Tapped {
    id: String,
    customer: String,
    at: Timestamp,
    /// Not if it was one too many in its month.
    delivered: bool,
}

/// The method of a path of WeCom's API.
pub(super) fn method(path: &str) -> Option<&str> {
    path.split_once("/cgi-bin/").map(|(_, method)| method)
}

impl Sandbox {
    /// The staff tap "send" for what waits: for one message by our id of it, for a community's, or
    /// for all. How many reached their customers.
    pub fn tap_send(&self, community: Option<&str>, message: Option<&str>) -> usize {
        let at = (self.now)();
        let mut state = self.state();
        let asked = |waiting: &Waiting| {
            let id = &waiting.arrived.id;
            let owner = id.split('/').next();
            community.is_none_or(|community| owner == Some(community))
                && message.is_none_or(|message| id == message)
        };
        let (asked, rest) = std::mem::take(&mut state.desk.waiting)
            .into_iter()
            .partition::<Vec<_>, _>(asked);
        state.desk.waiting = rest;
        let mut reached = 0;
        for Waiting {
            id,
            customer,
            arrived,
        } in asked
        {
            let before = state.desk.tapped.iter().filter(|other| {
                other.delivered && other.customer == customer && month(other.at) == month(at)
            });
            let delivered = before.count() < MONTHLY;
            state.desk.tapped.push(Tapped {
                id,
                customer,
                at,
                delivered,
            });
            if delivered {
                self.take(&mut state, arrived);
                reached += 1;
            }
        }
        reached
    }

    pub(super) fn answer_as_wecom(&self, method: &str, call: &Call) -> Answer {
        if method == "gettoken" {
            return Ok(token(call));
        }
        if parameter(call, "access_token").as_deref() != Some(TOKEN) {
            return Ok(code(40014));
        }
        let Ok(body) = serde_json::from_slice::<Value>(call.body()) else {
            return Ok(code(47001));
        };
        match method {
            "externalcontact/send_welcome_msg" => self.welcome(call, &body),
            "externalcontact/add_msg_template" => self.lay_before_the_staff(call, &body),
            "externalcontact/get_groupmsg_task" => Ok(self.tasks(&body)),
            "externalcontact/get_groupmsg_send_result" => Ok(self.results(&body)),
            "externalcontact/cancel_groupmsg_send" => Ok(self.stop(&body)),
            "message/send" => self.send_to_staff(call, &body),
            _ => Ok(status(StatusCode::NOT_FOUND)),
        }
    }

    fn welcome(&self, call: &Call, body: &Value) -> Answer {
        let used = format!("wecom {}", field(body, "welcome_code"));
        // Deliveries of ours tell by their codes when they made them.
        let made = field(body, "welcome_code").split('-').next();
        let made = made.and_then(|second| Timestamp::from_second(second.parse().ok()?).ok());
        let is_old = made.is_some_and(|made| (self.now)().duration_since(made) > WELCOME_WITHIN);
        let member = call.extensions().get::<Carried>();
        let member = member.and_then(|carried| match carried.id.owner() {
            Owner::Member(member) => Some(member.to_string()),
            Owner::Community => None,
        });
        let arrived = member.map(Recipient::Member).zip(text(body, TO_CUSTOMER));
        let Some((to, text)) = arrived else {
            return Ok(code(40058));
        };
        let arrived = carried(call, to, text);
        self.accept(|sandbox, state| {
            if is_old || !state.taken.insert(used) {
                return code(41050);
            }
            sandbox.take(state, arrived);
            done(&json!({}))
        })
    }

    fn lay_before_the_staff(&self, call: &Call, body: &Value) -> Answer {
        let customer = body.pointer("/external_userid/0").and_then(Value::as_str);
        let single = field(body, "chat_type") == "single";
        let (Some(customer), Some(text), true) = (customer, text(body, TO_CUSTOMER), single) else {
            return Ok(code(40058));
        };
        if !is_customer(customer) {
            return Ok(done(&json!({"fail_list": [customer], "msgid": "none"})));
        }
        let customer = customer.to_owned();
        let arrived = carried(call, Recipient::Member(customer.clone()), text);
        self.accept(|_, state| {
            state.desk.count += 1;
            let id = format!("msg{}", state.desk.count);
            let answer = done(&json!({"fail_list": [], "msgid": id}));
            state.desk.waiting.push(Waiting {
                id,
                customer,
                arrived,
            });
            answer
        })
    }

    fn send_to_staff(&self, call: &Call, body: &Value) -> Answer {
        let agent = body.get("agentid").and_then(Value::as_u64);
        let users = field(body, "touser");
        let (Some(agent), Some(text), false) = (agent, text(body, TO_STAFF), users.is_empty())
        else {
            return Ok(code(40058));
        };
        let arrived = carried(call, Recipient::Channel(format!("{agent}:{users}")), text);
        self.accept(|sandbox, state| {
            let seq = sandbox.take(state, arrived);
            done(&json!({"msgid": seq.to_string(), "invaliduser": ""}))
        })
    }

    fn tasks(&self, body: &Value) -> Response<Vec<u8>> {
        let state = self.state();
        let stage = match state.desk.find(field(body, "msgid")) {
            Some(Found::Waiting(_)) => 0,
            Some(Found::Tapped(_)) => 2,
            None => return code(41047),
        };
        done(&json!({"next_cursor": "", "task_list": [{"userid": STAFF, "status": stage}]}))
    }

    fn results(&self, body: &Value) -> Response<Vec<u8>> {
        let state = self.state();
        let (customer, stage) = match state.desk.find(field(body, "msgid")) {
            Some(Found::Waiting(waiting)) => (&waiting.customer, 0),
            Some(Found::Tapped(tapped)) if tapped.delivered => (&tapped.customer, 1),
            Some(Found::Tapped(tapped)) => (&tapped.customer, 3),
            None => return code(41047),
        };
        let result = json!({"external_userid": customer, "userid": STAFF, "status": stage});
        let theirs = field(body, "userid") == STAFF;
        let list = if theirs { vec![result] } else { vec![] };
        done(&json!({"next_cursor": "", "send_list": list}))
    }

    /// What was tapped stays delivered.
    fn stop(&self, body: &Value) -> Response<Vec<u8>> {
        let mut state = self.state();
        let id = field(body, "msgid");
        if state.desk.find(id).is_none() {
            return code(41047);
        }
        state.desk.waiting.retain(|waiting| waiting.id != id);
        done(&json!({}))
    }

    /// Accepts a message, unless a fault is due; that is put as WeCom would.
    fn accept(&self, accept: impl FnOnce(&Self, &mut State) -> Response<Vec<u8>>) -> Answer {
        let mut state = self.state();
        let answered = self.unless_faulty(&mut state, accept)?;
        let body: Value = serde_json::from_slice(answered.body()).unwrap_or_default();
        Ok(if body.get("errcode").is_some() {
            answered
        } else {
            in_its_words(answered, &body)
        })
    }
}

enum Found<'a> {
    Waiting(&'a Waiting),
    Tapped(&'a Tapped),
}

impl Desk {
    fn find(&self, id: &str) -> Option<Found<'_>> {
        let waiting = self.waiting.iter().find(|waiting| waiting.id == id);
        let tapped = || self.tapped.iter().find(|tapped| tapped.id == id);
        waiting
            .map(Found::Waiting)
            .or_else(|| tapped().map(Found::Tapped))
    }
}

/// A fault's words are a code of WeCom's; its status stands for one, unless it is a server's.
fn in_its_words(fault: Response<Vec<u8>>, body: &Value) -> Response<Vec<u8>> {
    let said = field(body, "message").parse().ok();
    match (said, fault.status()) {
        (Some(said), _) => code(said),
        (None, status) if status.is_server_error() => fault,
        (None, StatusCode::TOO_MANY_REQUESTS) => code(45009),
        (None, StatusCode::UNAUTHORIZED) => code(40014),
        (None, StatusCode::FORBIDDEN) => code(84061),
        (None, _) => code(40058),
    }
}

fn token(call: &Call) -> Response<Vec<u8>> {
    let is_there = |name| parameter(call, name).is_some_and(|value| !value.is_empty());
    if is_there("corpid") && is_there("corpsecret") {
        done(&json!({"access_token": TOKEN, "expires_in": 7200}))
    } else {
        code(40001)
    }
}

fn parameter(call: &Call, name: &str) -> Option<String> {
    let query = call.uri().query().unwrap_or_default();
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).ok()?;
    let mut values = pairs.into_iter().filter(|(key, _)| key == name);
    values.next().map(|(_, value)| value)
}

fn field<'a>(body: &'a Value, name: &str) -> &'a str {
    body.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn text(body: &Value, limit: usize) -> Option<String> {
    let text = body.pointer("/text/content").and_then(Value::as_str)?;
    (!text.is_empty() && text.len() <= limit).then(|| text.to_owned())
}

/// WeCom has no room for our id and kind: they come with the call itself.
fn carried(call: &Call, to: Recipient, text: String) -> Arrived {
    let carried = call.extensions().get::<Carried>();
    Arrived {
        id: carried.map_or_else(String::new, |carried| carried.id.to_string()),
        kind: carried.map_or_else(String::new, |carried| carried.kind.to_string()),
        to,
        text,
        buttons: vec![],
        picture: None,
    }
}

fn is_customer(id: &str) -> bool {
    id.starts_with("wm") || id.starts_with("wo")
}

/// The month of an instant in China, by its first day.
fn month(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::fixed(offset(8)))
        .date()
        .first_of_month()
}

fn code(code: i64) -> Response<Vec<u8>> {
    answer(
        StatusCode::OK,
        &json!({"errcode": code, "errmsg": "sandbox"}),
    )
}

fn done(more: &Value) -> Response<Vec<u8>> {
    let mut body = json!({"errcode": 0, "errmsg": "ok"});
    if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
        body.extend(more.clone());
    }
    answer(StatusCode::OK, &body)
}

#[cfg(test)]
#[path = "wecom_tests.rs"]
mod tests;
