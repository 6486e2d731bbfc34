//! Who comes and goes on WeCom: members of the home group, or, without one, the customers whom the
//! staff have as contacts.

use hearth_domain::event::{Facts, LeaveCause, ReplyHandle, Seen};
use hearth_domain::ids::MemberId;
use jiff::SignedDuration;

use super::delivery::{Delivery, Told, member};
use crate::ParseError;
use crate::fields::tidy;

/// A welcome code is good for 20 s from when WeCom made it. What is left of them when we begin to
/// send must be enough for that.
const WELCOME_WITHIN: SignedDuration = SignedDuration::from_secs(15);

const HOME_DECIDES: &str = "home-channel-decides";

/// `change_external_contact`: a customer and a member of the staff become contacts, or cease to be.
pub(super) fn contact(delivery: Delivery<'_>) -> Result<Told, ParseError> {
    let home_decides = delivery.community.home_channel.is_some();
    match delivery.needed("ChangeType")? {
        "add_external_contact" | "add_half_external_contact" | "del_external_contact"
            if home_decides =>
        {
            Ok(Err(HOME_DECIDES))
        }
        "add_external_contact" => added(delivery, "add"),
        // The customer has added the staff, who have yet to add the customer.
        "add_half_external_contact" => added(delivery, "add-half"),
        "del_external_contact" if delivery.hint("Source") == Some("DELETE_BY_TRANSFER") => {
            Ok(Err("handed-over"))
        }
        "del_external_contact" => {
            let cause = LeaveCause::Removed;
            ended(delivery, "remove", Seen::Left { cause })
        }
        "del_follow_user" if home_decides => ended(delivery, "block", Seen::Blocked),
        // Not blocked too: nobody could take that back, as nothing that a customer writes reaches
        // us. To add the staff again is to be back.
        "del_follow_user" => {
            let cause = LeaveCause::Voluntary;
            ended(delivery, "leave", Seen::Left { cause })
        }
        "edit_external_contact" => Ok(Err("no-transition")),
        _ => Ok(Err("unknown-type")),
    }
}

/// To become a contact is to join the community, and brings the code of a welcome, unless the
/// administration has set up one of its own, or the two have talked before.
fn added(delivery: Delivery<'_>, verb: &str) -> Result<Told, ParseError> {
    let (staff, customer, at) = (delivery.staff()?, delivery.customer()?, delivery.at()?);
    let reply = delivery.hint("WelcomeCode").and_then(|code| {
        Some(ReplyHandle {
            handle: code.to_owned(),
            until: at.checked_add(WELCOME_WITHIN).ok()?,
            channel: None,
        })
    });
    let facts = Facts {
        reply,
        ..Facts::default()
    };
    let seen = Seen::Joined {
        inviter: None,
        source: delivery.hint("State").and_then(tidy),
    };
    let what = format!("{verb}:{staff}:{customer}");
    Ok(Ok(vec![delivery.event(&what, customer, facts, seen)?]))
}

fn ended(delivery: Delivery<'_>, verb: &str, seen: Seen) -> Result<Told, ParseError> {
    let (staff, customer) = (delivery.staff()?, delivery.customer()?);
    let what = format!("{verb}:{staff}:{customer}");
    let event = delivery.event(&what, customer, Facts::default(), seen)?;
    Ok(Ok(vec![event]))
}

/// `change_external_chat`: who came into a customers' group or went, or something about the group.
pub(super) fn group(delivery: Delivery<'_>) -> Result<Told, ParseError> {
    let Some(home) = &delivery.community.home_channel else {
        return Ok(Err("no-home-channel"));
    };
    if delivery.chat()? != *home {
        return Ok(Err("other-channel"));
    }
    match (
        delivery.needed("ChangeType")?,
        delivery.hint("UpdateDetail"),
    ) {
        ("update", Some("add_member")) => moved(delivery, "join", |_| Seen::Joined {
            inviter: None,
            source: None,
        }),
        ("update", Some("del_member")) => moved(delivery, "leave", |cause| Seen::Left { cause }),
        ("create" | "update" | "dismiss", _) => Ok(Err("about-the-chat")),
        (_, _) => Ok(Err("unknown-type")),
    }
}

/// One event a member: a delivery names everybody who came or went at once.
fn moved(
    delivery: Delivery<'_>,
    verb: &str,
    seen: fn(LeaveCause) -> Seen,
) -> Result<Told, ParseError> {
    let chat = delivery.chat()?;
    let members = members(delivery)?;
    let cause = cause(delivery, members.len());
    let mut told = Vec::new();
    for member in members {
        let facts = Facts {
            staff: is_staff(&member).then_some(true),
            ..Facts::default()
        };
        let what = format!("{verb}:{member}:{chat}");
        told.push(delivery.event(&what, member, facts, seen(cause))?);
    }
    Ok(if told.is_empty() {
        Err("members-not-told")
    } else {
        Ok(told)
    })
}

/// `MemChangeList`: ids with commas between them, or an `<Item>` for each; WeCom leaves it out where
/// it does not tell.
fn members(delivery: Delivery<'_>) -> Result<Vec<MemberId>, ParseError> {
    let Some(list) = delivery.root.child("MemChangeList") else {
        return Ok(Vec::new());
    };
    let items = list.children().iter().filter_map(|item| item.own_text());
    let listed = list.own_text().unwrap_or_default().split(',');
    items
        .chain(listed.map(str::trim).filter(|id| !id.is_empty()))
        .map(|id| member("MemChangeList", id))
        .collect()
}

/// Whose doing a leave was. Of several at once WeCom tells one scene, which need not be everybody's.
fn cause(delivery: Delivery<'_>, listed: usize) -> LeaveCause {
    let alone = listed == 1
        && delivery
            .hint("MemChangeCnt")
            .is_none_or(|count| count == "1");
    match delivery.hint("QuitScene") {
        Some("0") if alone => LeaveCause::Voluntary,
        Some("1") if alone => LeaveCause::Removed,
        Some(_) | None => LeaveCause::Unknown,
    }
}

/// Ids of people from outside begin so: `wm` of those on WeChat, `wo` of those on WeCom. Everybody
/// else in a group is of the corporation.
fn is_staff(member: &MemberId) -> bool {
    let id = member.as_str();
    !(id.starts_with("wm") || id.starts_with("wo"))
}
