//! Sending through WeCom. A customer is written to at once only with a welcome code; everything
//! else is laid before a member of the staff, who taps "send". The staff themselves get messages of
//! an app.

use hearth_domain::platform::limits::{WECOM_STAFF_TEXT, WECOM_TEXT};
use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation as _;

use super::api::{Answer, Api, OK, refused};
use crate::{Carried, Destination, Http, Outgoing, SendOutcome, To};

/// Codes that say a welcome is not to be any more: the code is too old or used up, the two are
/// talking already, the customer has yet to agree to the archive. None of it was sent.
const TOO_LATE: [i64; 4] = [41050, 41051, 41053, 41096];

pub(super) async fn send(
    http: &dyn Http,
    destination: &Destination<'_>,
    message: &Outgoing,
) -> SendOutcome {
    let api = match Api::new(http, destination) {
        Ok(api) => api,
        Err(outcome) => return outcome,
    };
    let sent = match &message.to {
        To::Member(member) => to_customer(&api, member.as_str(), message).await,
        To::Channel(channel) => to_staff(&api, channel.as_str(), message).await,
    };
    sent.unwrap_or_else(|outcome| outcome)
}

async fn to_customer(
    api: &Api<'_>,
    customer: &str,
    message: &Outgoing,
) -> Result<SendOutcome, SendOutcome> {
    let text = text(message, WECOM_TEXT)?;
    let carried = Carried::of(message);
    if let Some(code) = &message.reply {
        let body = json!({"welcome_code": code, "text": text});
        let method = "externalcontact/send_welcome_msg";
        match api.call(method, &body, Some(&carried)).await?.code {
            OK => return Ok(SendOutcome::Sent { platform_id: None }),
            code if TOO_LATE.contains(&code) => {}
            code => return Err(refused(code)),
        }
    }
    // Without a sender: WeCom chooses one of the customer's contacts.
    let body = json!({"chat_type": "single", "external_userid": [customer], "text": text});
    let method = "externalcontact/add_msg_template";
    let answer = done(api.call(method, &body, Some(&carried)).await?)?;
    let failed = answer.get("fail_list").and_then(Value::as_array);
    if failed.is_some_and(|failed| failed.iter().any(|id| id.as_str() == Some(customer))) {
        return Err(SendOutcome::unreachable("not-a-contact"));
    }
    let platform_id = id(&answer).ok_or_else(|| SendOutcome::unknown("unreadable-answer"))?;
    Ok(SendOutcome::AwaitingPerson { platform_id })
}

/// A channel is `<agent id>:<user ids>`: an app of the corporation, and who of the staff gets its
/// messages, with `|` between them, or `@all` who may see the app. There is no other: into a
/// customers' group only its owner can send, by a tap, four times a month.
async fn to_staff(
    api: &Api<'_>,
    channel: &str,
    message: &Outgoing,
) -> Result<SendOutcome, SendOutcome> {
    let app = channel.split_once(':');
    let app = app.and_then(|(agent, users)| Some((agent.parse::<u64>().ok()?, users)));
    let (agent, users) = app
        .filter(|(_, users)| !users.is_empty())
        .ok_or_else(|| SendOutcome::permanent("bad-channel"))?;
    let text = text(message, WECOM_STAFF_TEXT)?;
    let body = json!({"touser": users, "msgtype": "text", "agentid": agent, "text": text});
    let carried = Carried::of(message);
    let answer = done(api.call("message/send", &body, Some(&carried)).await?)?;
    Ok(SendOutcome::Sent {
        platform_id: id(&answer),
    })
}

fn done(answer: Answer) -> Result<Value, SendOutcome> {
    match answer.code {
        OK => Ok(answer.body),
        code => Err(refused(code)),
    }
}

fn id(answer: &Value) -> Option<String> {
    let id = answer.get("msgid").and_then(Value::as_str);
    id.filter(|id| !id.is_empty()).map(str::to_owned)
}

/// The text as every method takes it.
fn text(message: &Outgoing, limit: usize) -> Result<Value, SendOutcome> {
    let content = shorten(message.text.trim(), limit);
    if content.is_empty() {
        return Err(SendOutcome::permanent("no-text"));
    }
    Ok(json!({"content": content}))
}

/// At most `limit` bytes, cut between two characters as people see them, the last one an ellipsis
/// where something is cut off. Not split: every piece would be one of the four of the month.
fn shorten(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let mut used = '…'.len_utf8();
    let whole = text.graphemes(true).take_while(|cluster| {
        used += cluster.len();
        used <= limit
    });
    let kept: String = whole.collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
#[path = "send_tests.rs"]
mod tests;
