//! What became of a message that was laid before the staff: waits, was sent, or can't be.

use serde_json::{Value, json};

use super::api::{Answer, Api, OK, refused};
use crate::{Destination, Http, Looked, SendOutcome, To};

/// Staff, and results, that one answer lists. A message of ours is for one customer.
const LIMIT: u32 = 1000;
/// The message is still on its way to the staff.
const ON_ITS_WAY: i64 = 41063;
/// There is no such message.
const NO_MESSAGE: i64 = 41047;

pub(super) async fn look(
    http: &dyn Http,
    destination: &Destination<'_>,
    message: &str,
    to: &To,
    take_back: bool,
) -> Looked {
    let To::Member(customer) = to else {
        return Looked::Unreachable("nothing-awaits-a-person".to_owned());
    };
    let api = match Api::new(http, destination) {
        Ok(api) => api,
        Err(outcome) => return not_told(outcome),
    };
    let look = Look {
        api: &api,
        message,
        customer: customer.as_str(),
    };
    let found = look.now().await.unwrap_or_else(|nothing| nothing);
    if take_back && found == Looked::Waits {
        look.taken_back().await.unwrap_or_else(|nothing| nothing)
    } else {
        found
    }
}

struct Look<'a> {
    api: &'a Api<'a>,
    message: &'a str,
    customer: &'a str,
}

impl Look<'_> {
    /// Asks who of the staff has it, and of those who sent it what came of that.
    async fn now(&self) -> Result<Looked, Looked> {
        let body = json!({"msgid": self.message, "limit": LIMIT});
        let answer = self.ask("get_groupmsg_task", &body).await?;
        match answer.code {
            OK => {}
            ON_ITS_WAY => return Ok(Looked::Waits),
            NO_MESSAGE => return Ok(Looked::Unreachable("no-such-message".to_owned())),
            code => return Err(not_told(refused(code))),
        }
        // A customer may have several contacts. One who can still send it is hope enough.
        let mut found = None;
        for task in list(&answer.body, "task_list")? {
            let looked = match (text(task, "userid"), status(task)) {
                (Some(_), Some(0)) => Looked::Waits,
                (Some(staff), Some(_)) => self.result_of(staff).await?,
                (None, _) | (_, None) => return Err(unreadable()),
            };
            match (looked, &found) {
                (Looked::Sent, _) => return Ok(Looked::Sent),
                (Looked::Waits, _) => found = Some(Looked::Waits),
                (other, None) => found = Some(other),
                (_, Some(_)) => {}
            }
        }
        // Nobody has it yet.
        Ok(found.unwrap_or(Looked::Waits))
    }

    /// What came of it when this member of the staff sent it.
    async fn result_of(&self, staff: &str) -> Result<Looked, Looked> {
        let body = json!({"msgid": self.message, "userid": staff, "limit": LIMIT});
        let answer = self.ask("get_groupmsg_send_result", &body).await?;
        if answer.code != OK {
            return Err(not_told(refused(answer.code)));
        }
        let result = list(&answer.body, "send_list")?
            .iter()
            .find(|result| text(result, "external_userid") == Some(self.customer));
        match result.map(status) {
            Some(Some(0)) => Ok(Looked::Waits),
            Some(Some(1)) => Ok(Looked::Sent),
            Some(Some(2)) => Ok(Looked::Unreachable("not-a-contact".to_owned())),
            Some(Some(3)) => Ok(Looked::Unreachable("monthly-quota".to_owned())),
            Some(_) => Err(unreadable()),
            // They sent it, to others than this customer.
            None => Ok(Looked::Unreachable("not-listed".to_owned())),
        }
    }

    /// Withdraws it. Somebody may have tapped "send" since we looked, and what has gone to a
    /// customer is not called back: so we look again.
    async fn taken_back(&self) -> Result<Looked, Looked> {
        let body = json!({"msgid": self.message});
        let answer = self.ask("cancel_groupmsg_send", &body).await?;
        if answer.code != OK {
            return Err(not_told(refused(answer.code)));
        }
        Ok(match self.now().await {
            Ok(Looked::Sent) => Looked::Sent,
            Ok(_) | Err(_) => Looked::TakenBack,
        })
    }

    async fn ask(&self, method: &str, body: &Value) -> Result<Answer, Looked> {
        let method = format!("externalcontact/{method}");
        self.api.call(&method, body, None).await.map_err(not_told)
    }
}

fn list<'a>(answer: &'a Value, name: &str) -> Result<&'a [Value], Looked> {
    let list = answer.get(name).and_then(Value::as_array);
    list.map(Vec::as_slice).ok_or_else(unreadable)
}

fn text<'a>(entry: &'a Value, name: &str) -> Option<&'a str> {
    entry.get(name).and_then(Value::as_str)
}

fn status(entry: &Value) -> Option<i64> {
    entry.get("status").and_then(Value::as_i64)
}

fn unreadable() -> Looked {
    Looked::NotTold("unreadable-answer".to_owned())
}

/// A look that got no answer changes nothing.
fn not_told(outcome: SendOutcome) -> Looked {
    Looked::NotTold(match outcome {
        SendOutcome::Retry { reason, .. }
        | SendOutcome::Unreachable { reason }
        | SendOutcome::Permanent { reason }
        | SendOutcome::Unknown { reason } => reason,
        SendOutcome::Sent { .. }
        | SendOutcome::Accepted { .. }
        | SendOutcome::AwaitingPerson { .. } => "no-answer".to_owned(),
    })
}

#[cfg(test)]
#[path = "look_tests.rs"]
mod tests;
