//! Reads from the stack what the page shows.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use hearth_aws::clock::Clock;
use hearth_aws::store::Kind;
use hearth_domain::community::Community;
use hearth_domain::days::IsoWeek;
use hearth_domain::ids::{MemberId, Owner};
use hearth_domain::locale::Locale;
use hearth_domain::message::{Message, State};
use serde::Deserialize;

use super::model::{Chat, Listed, MemberRow, PageView, Place, Role, Shown};
use crate::sandbox::Received;
use crate::stack::Stack;
use crate::view::{self, settled_at};

// A page that a person reads, also on a stack with thousands of members.
const MOST_CHATS: usize = 24;
const MOST_MESSAGES: usize = 60;
const MOST_MEMBERS: usize = 200;
const MOST_ROWS: usize = 100;

/// The query of the page.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Asked {
    pub(super) lang: Option<String>,
    pub(super) community: Option<String>,
    pub(super) member: Option<String>,
}

/// Everything on the page. What is asked for and not there is left aside: the first community is
/// shown, and no member is chosen.
pub(super) async fn gather(stack: &Stack, asked: &Asked, host: &str) -> anyhow::Result<PageView> {
    let mut communities = Vec::new();
    for (id, _) in stack.store.list_published(Kind::Community).await? {
        communities.extend(stack.community(&id).await?);
    }
    let wanted = communities
        .iter()
        .find(|one| asked.community.as_deref() == Some(one.id.as_str()));
    let chosen = wanted.or(communities.first()).cloned();
    let asked_locale = asked.lang.as_deref().and_then(Locale::from_tag);
    let own_locale = chosen.as_ref().map(|community| community.locale);
    let shown = match chosen {
        Some(community) => Some(shown(stack, community, asked).await?),
        None => None,
    };
    Ok(PageView {
        locale: asked_locale.or(own_locale).unwrap_or(Locale::ZhHant),
        now: stack.clock.now(),
        is_virtual: stack.clock.is_virtual(),
        host: host.to_owned(),
        communities,
        shown,
        dead_letters: stack.queues.dead_letters().len(),
    })
}

async fn shown(stack: &Stack, community: Arc<Community>, asked: &Asked) -> anyhow::Result<Shown> {
    let views = view::members(stack, &community).await?;
    let members = views.into_iter().map(serde_json::from_value);
    let members: Vec<MemberRow> = members
        .collect::<Result<_, _>>()
        .context("a member's view")?;
    let id = asked
        .member
        .as_deref()
        .and_then(|id| MemberId::new(id).ok());
    let ledger = ledger(stack, &community, id.as_ref()).await?;
    let member = id.map(|id| id.to_string());
    let received = stack
        .sandbox
        .received(Some(community.id.as_str()), member.as_deref(), None);
    let reports = stack.store.report_list(&community.id).await?;
    Ok(Shown {
        chats: chats(received, &community, &members),
        members: Listed::first(members, MOST_MEMBERS),
        member,
        ledger,
        reports: latest(reports),
        community,
    })
}

async fn ledger(
    stack: &Stack,
    community: &Community,
    member: Option<&MemberId>,
) -> anyhow::Result<Listed<Message>> {
    let mut messages = match member {
        Some(member) => {
            let owner = Owner::Member(member.clone());
            stack.store.messages(&community.id, &owner).await?
        }
        None => stack.store.scan_messages(&community.id).await?,
    };
    if member.is_none() {
        messages.retain(|message| {
            !matches!(message.state, State::Sent { .. } | State::Accepted { .. })
        });
    }
    messages.sort_by_key(|message| std::cmp::Reverse((settled_at(message), message.created)));
    Ok(Listed::first(messages, MOST_ROWS))
}

/// Sorted into places. Of too many, those that were written to last.
fn chats(received: Vec<Received>, community: &Community, members: &[MemberRow]) -> Listed<Chat> {
    let mut places: BTreeMap<Place, Vec<Received>> = BTreeMap::new();
    for mut message in received {
        message.text = mentions_named(&message.text, members);
        let place = place(&message, community, members);
        places.entry(place).or_default().push(message);
    }
    let mut chats: Vec<(Place, Vec<Received>)> = places.into_iter().collect();
    let left_out = chats.len().saturating_sub(MOST_CHATS);
    if left_out > 0 {
        chats.sort_by_key(|(_, messages)| messages.last().map(|message| message.seq));
        chats.drain(..left_out);
    }
    // Cards keep their places while the clock moves on.
    chats.sort_by_key(|(place, messages)| {
        let channel = matches!(place, Place::Channel { .. });
        (channel, messages.first().map(|message| message.seq))
    });
    let chat = |(place, messages)| Chat {
        place,
        messages: Listed::last(messages, MOST_MESSAGES),
    };
    Listed {
        rows: chats.into_iter().map(chat).collect(),
        left_out,
    }
}

fn place(message: &Received, community: &Community, members: &[MemberRow]) -> Place {
    if let Some(id) = &message.channel {
        let role = role(id, community);
        return Place::Channel {
            id: id.clone(),
            role,
        };
    }
    let id = message.member.clone().unwrap_or_default();
    let name = name_of(&id, members).map(str::to_owned);
    Place::Member { id, name }
}

fn name_of<'a>(id: &str, members: &'a [MemberRow]) -> Option<&'a str> {
    // Sorted by id.
    let found = members
        .binary_search_by(|row| row.member.as_str().cmp(id))
        .ok()?;
    members.get(found)?.name.as_deref()
}

/// Slack's `<@U1>` as Slack shows it: `@Mei`, if we know the name.
pub(super) fn mentions_named(text: &str, members: &[MemberRow]) -> String {
    let mut named = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<@") {
        named.push_str(before);
        let known = after
            .split_once('>')
            .and_then(|(id, after)| Some((name_of(id, members)?, after)));
        rest = if let Some((name, after)) = known {
            named.push('@');
            named.push_str(name);
            after
        } else {
            named.push_str("<@");
            after
        };
    }
    named.push_str(rest);
    named
}

fn role(id: &str, community: &Community) -> Role {
    let among = |channels: &[hearth_domain::ids::ChannelId]| {
        channels.iter().any(|channel| channel.as_str() == id)
    };
    if among(community.ops_channel.as_slice()) {
        Role::Ops
    } else if among(community.home_channel.as_slice()) {
        Role::Home
    } else if among(&community.check_in_channels) {
        Role::CheckIn
    } else if among(&community.topic_channels) {
        Role::Topic
    } else {
        Role::Other
    }
}

/// Newest week first, each with its latest revision.
fn latest(reports: Vec<(IsoWeek, u8)>) -> Vec<(IsoWeek, u8)> {
    let weeks: BTreeMap<IsoWeek, u8> = reports.into_iter().collect();
    weeks.into_iter().rev().collect()
}

impl<T> Listed<T> {
    /// The first few.
    fn first(mut rows: Vec<T>, most: usize) -> Self {
        let left_out = rows.len().saturating_sub(most);
        rows.truncate(most);
        Self { rows, left_out }
    }

    /// The last few.
    fn last(mut rows: Vec<T>, most: usize) -> Self {
        let left_out = rows.len().saturating_sub(most);
        rows.drain(..left_out);
        Self { rows, left_out }
    }
}
