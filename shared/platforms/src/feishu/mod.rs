//! Feishu, and Lark, which is the same outside of China: events and card callbacks in, messages
//! and cards out.
//!
//! Source: open.feishu.cn/document, "接收事件", "事件列表", "卡片回传交互", "发送消息",
//! "发送消息内容结构", "频控策略". What a person writes reaches Feishu as `plain_text` or as a
//! text without mark-up: nothing in a name can ping a group or hide a link.

mod answer;
mod delivery;
mod message;
mod parse;
mod people;
mod press;
mod seal;
mod send;
#[cfg(test)]
mod tests;
mod text;
mod verify;

use std::borrow::Cow;

use futures::future::BoxFuture;
use hearth_domain::community::Community;
use hearth_domain::ids::MemberId;
use jiff::Timestamp;
use serde_json::json;

use crate::{
    Destination, Http, Outgoing, ParseError, Parsed, Receiver, Rejection, Reply, Request, Secrets,
    SendOutcome, Sender,
};

pub use answer::RESET_HEADER;
pub use press::{read_value, value};
pub use seal::{seal, unseal};
pub use verify::{NONCE_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign};

/// Feishu and Lark.
#[derive(Debug, Clone, Copy, Default)]
pub struct Feishu;

impl Receiver for Feishu {
    fn verify<'a>(
        &self,
        request: &Request<'a>,
        secrets: &Secrets,
        now: Timestamp,
    ) -> Result<Cow<'a, [u8]>, Rejection> {
        verify::verify(request, secrets, now)
    }

    fn parse(
        &self,
        request: &Request<'_>,
        community: &Community,
        _now: Timestamp,
    ) -> Result<Parsed, ParseError> {
        parse::parse(request, community)
    }

    /// To whoever pressed a button, anything but an empty object or a toast is an error.
    fn taken(&self) -> Reply {
        Reply::json(&json!({}))
    }
}

impl Sender for Feishu {
    fn send<'a>(
        &'a self,
        http: &'a dyn Http,
        destination: &'a Destination<'a>,
        message: &'a Outgoing,
    ) -> BoxFuture<'a, SendOutcome> {
        Box::pin(send::send(http, destination, message))
    }

    /// None: a mention takes mark-up, which our texts and cards do without. Names are told with
    /// every join, and with every change if the app may read the directory.
    fn mention(&self, _member: &MemberId) -> Option<String> {
        None
    }
}
