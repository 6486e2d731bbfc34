//! Reading what Discord itself posts: which kind it is, and the answer that it waits for.

use hearth_domain::community::Community;
use serde_json::json;

use super::{command, press};
use crate::fields::{self, Fields};
use crate::{ParseError, Parsed, Reply, Request};

/// Types of interactions.
const PING: i64 = 1;
const COMMAND: i64 = 2;
const COMPONENT: i64 = 3;
const AUTOCOMPLETE: i64 = 4;
const MODAL: i64 = 5;
/// The type of the webhook event by which Discord checks the address.
const EVENT_PING: i64 = 0;

pub(super) fn parse(request: &Request<'_>, community: &Community) -> Result<Parsed, ParseError> {
    let body = fields::json(request.body)?;
    let fields = Fields::new(&body);
    let kind = fields.integer("type", 0..=i64::MAX, "an integer from 0")?;
    // Webhook events tell of installations and purchases. One has the type of an interaction's
    // ping; only interactions have a token.
    if fields.get("event").is_some() && fields.get("token").is_none() {
        return Ok(Parsed::Reply(acknowledged()));
    }
    match kind {
        EVENT_PING => Ok(Parsed::Reply(acknowledged())),
        PING => Ok(Parsed::Reply(Reply::json(&json!({"type": 1})))),
        COMMAND | MODAL => Ok(Parsed::Reply(command::answered(&fields, community))),
        AUTOCOMPLETE => Ok(Parsed::Reply(command::completed())),
        COMPONENT => press::parse(&fields, community),
        _ => Ok(Parsed::NotForUs("unknown-type")),
    }
}

/// How Discord wants webhook events taken: with nothing, which has a type nevertheless.
fn acknowledged() -> Reply {
    Reply {
        status: 204,
        content_type: "application/json",
        body: String::new(),
    }
}
