//! Reading a WeCom delivery, in the clear: the check of the address, or one event.

use hearth_domain::community::Community;
use http::Method;

use super::delivery::Delivery;
use super::{people, xml};
use crate::{ParseError, Parsed, Reply, Request};

pub(super) fn parse(request: &Request<'_>, community: &Community) -> Result<Parsed, ParseError> {
    if request.method == Method::GET {
        let echo = std::str::from_utf8(request.body)
            .map_err(|_| ParseError::field("echostr", "text in UTF-8"))?;
        return Ok(Parsed::Reply(Reply::text(echo)));
    }
    let root = xml::read(request.body)?;
    let delivery = Delivery {
        root: &root,
        community,
    };
    if let (Some(ours), Some(theirs)) =
        (community.workspace.as_deref(), delivery.hint("ToUserName"))
        && ours != theirs
    {
        return Ok(Parsed::NotForUs("other-workspace"));
    }
    let told = match (delivery.hint("MsgType"), delivery.hint("Event")) {
        (Some("event"), Some("change_external_contact")) => people::contact(delivery)?,
        (Some("event"), Some("change_external_chat")) => people::group(delivery)?,
        (Some("event") | None, _) => Err("unknown-type"),
        // What the staff write to the app.
        (Some(_), _) => Err("message-to-the-app"),
    };
    Ok(match told {
        Ok(events) => Parsed::Events(events),
        Err(reason) => Parsed::NotForUs(reason),
    })
}
