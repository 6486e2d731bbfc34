//! The ledger: what became of each message, and "why was this not sent?".

use hearth_domain::message::{HeldFor, Message, SkipReason, State};

use super::html::Html;
use super::members::{cell, head};
use super::model::{PageView, Shown};
use super::render::{left_out, time};
use super::texts::Label;
use crate::view::settled_at;

const COLUMNS: [Label; 4] = [Label::Message, Label::State, Label::Reason, Label::At];

pub(super) fn section(html: &mut Html, view: &PageView, shown: &Shown) {
    html.raw("<section id=\"ledger\">\n<h2>");
    if let Some(member) = &shown.member {
        let name = shown.name_of(member);
        html.text(view.say(Label::LedgerOf))
            .text(name)
            .raw("</h2>\n");
    } else {
        html.text(view.say(Label::NotSent))
            .raw("</h2>\n<p class=\"note\">");
        html.text(view.say(Label::NotSentNote)).raw("</p>\n");
    }
    if shown.ledger.rows.is_empty() {
        html.raw("<p>")
            .text(view.say(Label::NothingInLedger))
            .raw("</p>\n</section>\n");
        return;
    }
    html.raw("<table>\n");
    head(html, view, &COLUMNS);
    html.raw("<tbody>\n");
    for message in &shown.ledger.rows {
        row(html, view, shown, message);
    }
    html.raw("</tbody>\n</table>\n");
    left_out(html, view, Label::LeftOutRows, shown.ledger.left_out);
    html.raw("</section>\n");
}

impl Shown {
    fn name_of<'a>(&'a self, member: &'a str) -> &'a str {
        let row = self.members.rows.iter().find(|row| row.member == member);
        row.and_then(|row| row.name.as_deref()).unwrap_or(member)
    }
}

fn row(html: &mut Html, view: &PageView, shown: &Shown, message: &Message) {
    html.raw("<tr><th scope=\"row\"><code>")
        .text(&message.kind)
        .raw("</code><br><small>");
    match &shown.member {
        Some(_) => html.text(message.id.path()),
        None => html
            .text(message.id.owner())
            .raw(" · ")
            .text(message.id.path()),
    };
    html.raw("</small></th>");
    let (label, class) = state(&message.state);
    cell(html, view, Label::State)
        .raw("<span class=\"")
        .raw(class)
        .raw("\">")
        .text(view.say(label));
    html.raw("</span>");
    // The word of the ledger's JSON, where it is another one.
    if !message.state.name().eq_ignore_ascii_case(view.say(label)) {
        html.raw(" <small>")
            .text(message.state.name())
            .raw("</small>");
    }
    if message.attempt > 1 {
        html.raw("<br><small>")
            .text(view.say(Label::Attempts))
            .raw(" ")
            .text(message.attempt)
            .raw("</small>");
    }
    html.raw("</td>");
    reason(cell(html, view, Label::Reason), view, &message.state);
    html.raw("</td>");
    cell(html, view, Label::At);
    if matches!(
        message.state,
        State::Pending {
            not_before: Some(_)
        } | State::Held { .. }
    ) {
        html.text(view.say(Label::NotBefore)).raw(" ");
    }
    time(html, shown.zone(), settled_at(message));
    html.raw("</td></tr>\n");
}

fn state(state: &State) -> (Label, &'static str) {
    match state {
        State::Pending { .. } => (Label::Pending, "state waits"),
        State::Held { .. } => (Label::Held, "state waits"),
        State::Sending { .. } => (Label::Sending, "state waits"),
        State::Sent { .. } => (Label::Sent, "state good"),
        State::Accepted { .. } => (Label::Accepted, "state good"),
        State::Awaiting { .. } => (Label::AwaitsPerson, "state waits"),
        State::Unknown { .. } => (Label::Unknown, "state bad"),
        State::Failed { .. } => (Label::FailedState, "state bad"),
        State::Skipped { .. } => (Label::Skipped, "state off"),
    }
}

/// In words, and the word that the ledger's JSON has.
fn reason(html: &mut Html, view: &PageView, state: &State) {
    let (label, word) = match state {
        State::Pending { .. } | State::Sending { .. } | State::Sent { .. } => {
            html.raw("–");
            return;
        }
        State::Accepted { .. } => (Label::ArrivalNotTold, "arrival-not-told"),
        State::Awaiting { .. } => (Label::StaffTapsSend, "awaiting-person"),
        State::Held { why, .. } => (held(*why), why.name()),
        State::Unknown { reason, .. } => (Label::MayHaveArrived, reason.as_str()),
        State::Failed { reason, .. } => (Label::Refused, reason.as_str()),
        State::Skipped { reason, .. } => (skipped(*reason), reason.name()),
    };
    html.text(view.say(label))
        .raw("<br><small>")
        .text(word)
        .raw("</small>");
}

fn held(why: HeldFor) -> Label {
    match why {
        HeldFor::QuietHours => Label::QuietHours,
        HeldFor::Pause => Label::PausedReason,
        HeldFor::Code => Label::NoCodeLeft,
    }
}

/// Why a message was skipped, in words.
pub(super) fn skipped(reason: SkipReason) -> Label {
    match reason {
        SkipReason::FrequencyCap => Label::FrequencyCap,
        SkipReason::OptedOut => Label::OptedOutReason,
        SkipReason::Unreachable => Label::Unreachable,
        SkipReason::Expired => Label::Expired,
        SkipReason::NoLongerApplies => Label::NoLongerApplies,
        SkipReason::TaskDone => Label::TaskDone,
        SkipReason::Erased => Label::Erased,
        SkipReason::NoContent => Label::NoContent,
        SkipReason::NoGift => Label::NoGift,
        SkipReason::NotPossible => Label::NotPossible,
        SkipReason::PlatformQuota => Label::PlatformQuota,
        SkipReason::Duplicate => Label::Duplicate,
        SkipReason::DigestOnly => Label::DigestOnlyReason,
        SkipReason::HeldOut => Label::HeldOut,
        SkipReason::NoChannel => Label::NoChannel,
    }
}
