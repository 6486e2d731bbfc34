//! Writing a message: the row, or the reason why there is none.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{Book, Context, Planner};
use crate::assign;
use crate::days::LocalDay;
use crate::ids::{ChannelId, MessageId, MessageKind, Owner};
use crate::message::{Message, SkipReason, State, To, Via};
use crate::playbook::Class;

/// A message about to be written.
pub(super) struct Draft {
    path: String,
    kind: MessageKind,
    values: Vec<(&'static str, String)>,
    content: Option<u16>,
    skip: Option<SkipReason>,
    /// It answers the member's own act: at once, and outside the cap.
    answer: bool,
    expires: Option<Timestamp>,
    via: Via,
    to_operators: bool,
    channel: Option<ChannelId>,
}

impl Draft {
    pub(super) fn new(path: String, kind: MessageKind) -> Self {
        Self {
            path,
            kind,
            values: Vec::new(),
            content: None,
            skip: None,
            answer: false,
            expires: None,
            via: Via::Platform,
            to_operators: false,
            channel: None,
        }
    }

    pub(super) fn with(mut self, values: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.values.extend(values);
        self
    }

    pub(super) fn content(mut self, content: Option<u16>) -> Self {
        self.content = content;
        self
    }

    /// The row that says why there is no message.
    pub(super) fn skipped(mut self, reason: Option<SkipReason>) -> Self {
        self.skip = reason;
        self
    }

    pub(super) fn answering(mut self) -> Self {
        self.answer = true;
        self
    }

    /// Makes no sense from then on, instead of after the playbook's hours.
    pub(super) fn until(mut self, expires: Timestamp) -> Self {
        self.expires = Some(expires);
        self
    }

    pub(super) fn via(mut self, via: Via) -> Self {
        self.via = via;
        self
    }

    /// To the operators' channel. The row is the member's all the same: it is about them, and
    /// goes when they are erased.
    pub(super) fn for_operators(mut self) -> Self {
        self.to_operators = true;
        self
    }

    /// To a channel, if there is one; the row is the member's, as with the operators'.
    pub(super) fn in_channel(mut self, channel: Option<ChannelId>) -> Self {
        self.channel = channel;
        self
    }
}

impl<'a> Planner<'a> {
    /// Writes a message to the member, or the reason why there is none. Promotional ones are
    /// counted against the cap of the member's local day here, where the decision is made.
    pub(super) fn write(&mut self, book: Book<'a>, draft: Draft) {
        let Context { community, now, .. } = self.context;
        // A path is made of our own constants and checked ids, so it always is one.
        let owner = Owner::Member(self.member.id.clone());
        let Ok(id) = MessageId::new(community.id.clone(), owner, &draft.path) else {
            return;
        };
        // The same message twice in one decision (a step that names a text twice) is one row.
        if self.is_written(id.path()) {
            return;
        }
        let (texts, version) = book.speaks(&draft.kind);
        let text = texts.text(&draft.kind);
        let class = match text.map_or(Class::Service, |text| text.class) {
            Class::Service | Class::Promo if draft.answer => Class::Answer,
            class @ (Class::Answer | Class::Service | Class::Promo | Class::Ops) => class,
        };
        let (to, nobody) = match (&community.ops_channel, draft.to_operators) {
            (_, false) => {
                let member = || To::Member(self.member.id.clone());
                (draft.channel.clone().map_or_else(member, To::Channel), None)
            }
            (Some(channel), true) => (To::Channel(channel.clone()), None),
            (None, true) => (
                To::Member(self.member.id.clone()),
                Some(SkipReason::NoChannel),
            ),
        };
        let skip = draft
            .skip
            .or(nobody)
            .or_else(|| self.written_just_now(&draft))
            .or_else(|| self.no_place(class, book, id.path(), &to));
        let variant = text
            .and_then(|text| assign::variant(text, &draft.kind, &community.id, &self.member.id));
        let variant = variant.map(|variant| variant.id.clone());
        let hours = i64::from(book.playbook.onboarding.expires_after_hours);
        let usual = now.checked_add(SignedDuration::from_hours(hours)).ok();
        self.acted.messages.push(Message {
            variant,
            via: draft.via,
            expires: draft.expires.or(usual),
            values: draft
                .values
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect::<BTreeMap<_, _>>(),
            content: draft.content,
            state: match skip {
                Some(reason) => State::Skipped { at: now, reason },
                None => State::Pending { not_before: None },
            },
            ..Message::new(id, draft.kind, to, class, version, now)
        });
    }

    /// Whether the member's message of a path was written, by this decision or before it.
    pub(super) fn is_written(&self, path: &str) -> bool {
        let is_there = |rows: &std::collections::BTreeSet<String>| rows.contains(path);
        let owned = |message: &Message| message.id.path() == path;
        self.acted.messages.iter().any(owned) || self.context.written.is_some_and(is_there)
    }

    /// Two steps that were due at once, after a day's outage, may fall back on the same text.
    fn written_just_now(&self, draft: &Draft) -> Option<SkipReason> {
        let same = |written: &crate::message::Message| {
            written.kind == draft.kind
                && written.content == draft.content
                && matches!(written.state, State::Pending { .. })
                && written.values.len() == draft.values.len()
                && draft
                    .values
                    .iter()
                    .all(|(name, value)| written.values.get(*name) == Some(value))
        };
        let repeated = self.acted.messages.iter().any(same);
        repeated.then_some(SkipReason::Duplicate)
    }

    /// Both limits, before a place of either is taken.
    fn no_place(
        &mut self,
        class: Class,
        book: Book<'_>,
        path: &str,
        to: &To,
    ) -> Option<SkipReason> {
        let before = self.member.journey.promo;
        let reason = self
            .over_cap(class, book)
            .or_else(|| self.over_quota(path, to));
        if reason.is_some() {
            self.member.journey.promo = before;
        }
        reason
    }

    /// Counted on the day on which it can go out: what is written in the quiet hours before
    /// midnight is read tomorrow.
    fn over_cap(&mut self, class: Class, book: Book<'_>) -> Option<SkipReason> {
        if class != Class::Promo {
            return None;
        }
        let Context { community, now, .. } = self.context;
        let zone = self.member.zone_at(now, &community.zone);
        let held = book.playbook.quiet_hours.held_until(now, zone);
        let day = zone.day(held.unwrap_or(now));
        let sent = self
            .member
            .journey
            .promo
            .filter(|(counted, _)| *counted == day)
            .map_or(0, |(_, sent)| sent);
        if sent >= book.playbook.promo_cap {
            return Some(SkipReason::FrequencyCap);
        }
        self.member.journey.promo = Some((day, sent + 1));
        None
    }

    /// Where the staff have to tap "send", the platform lets them do so only so often. The last
    /// time is kept for asking why somebody left.
    fn over_quota(&mut self, path: &str, to: &To) -> Option<SkipReason> {
        if matches!(to, To::Channel(_)) {
            return None;
        }
        let Context { community, now, .. } = self.context;
        let all = community.platform.capabilities().by_staff_a_month?;
        let most = if path.starts_with("win-back/") {
            all
        } else {
            all.saturating_sub(1)
        };
        let month = LocalDay::from_date(community.zone.day(now).date().first_of_month());
        let used = self
            .member
            .journey
            .by_staff
            .filter(|(counted, _)| *counted == month)
            .map_or(0, |(_, used)| used);
        if used >= most {
            return Some(SkipReason::PlatformQuota);
        }
        self.member.journey.by_staff = Some((month, used + 1));
        None
    }
}
