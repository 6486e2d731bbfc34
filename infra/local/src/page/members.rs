//! The table of members.

use super::html::Html;
use super::model::{CaseCell, MemberRow, PageView, PlanCell, Shown};
use super::render::{address, left_out, time};
use super::texts::Label;

const COLUMNS: [Label; 9] = [
    Label::Member,
    Label::Status,
    Label::Points,
    Label::Streak,
    Label::Level,
    Label::Onboarding,
    Label::WinBack,
    Label::LastActive,
    Label::Ledger,
];

pub(super) fn section(html: &mut Html, view: &PageView, shown: &Shown) {
    html.raw("<section id=\"members\">\n")
        .element("h2", view.say(Label::Members))
        .raw("\n");
    if shown.members.rows.is_empty() {
        html.raw("<p class=\"note\">")
            .text(view.say(Label::NoMembers))
            .raw("</p>\n</section>\n");
        return;
    }
    html.raw("<table>\n");
    head(html, view, &COLUMNS);
    html.raw("<tbody>\n");
    for member in &shown.members.rows {
        row(html, view, shown, member);
    }
    html.raw("</tbody>\n</table>\n");
    left_out(html, view, Label::LeftOutMembers, shown.members.left_out);
    html.raw("</section>\n");
}

/// A table's heads.
pub(super) fn head(html: &mut Html, view: &PageView, columns: &[Label]) {
    html.raw("<thead><tr>");
    for label in columns {
        html.raw("<th scope=\"col\">")
            .text(view.say(*label))
            .raw("</th>");
    }
    html.raw("</tr></thead>\n");
}

/// Opens a cell. On a narrow screen a row is a card, and each cell brings its label.
pub(super) fn cell<'a>(html: &'a mut Html, view: &PageView, label: Label) -> &'a mut Html {
    html.raw("<td")
        .attribute("data-label", view.say(label))
        .raw(">")
}

fn row(html: &mut Html, view: &PageView, shown: &Shown, member: &MemberRow) {
    let (community, id) = (shown.community.id.as_str(), member.member.as_str());
    let is_chosen = shown.member.as_deref() == Some(id);
    html.raw(if is_chosen {
        "<tr class=\"chosen\">"
    } else {
        "<tr>"
    })
    .raw("<th scope=\"row\">");
    html.link(
        address(Some(community), Some(id), view.locale),
        member.name.as_deref().unwrap_or(id),
    );
    if member.name.is_some() {
        html.raw(" <small>").text(id).raw("</small>");
    }
    html.raw("</th>");
    status(cell(html, view, Label::Status), view, member);
    html.raw("</td>");
    cell(html, view, Label::Points)
        .text(member.points)
        .raw("</td>");
    cell(html, view, Label::Streak)
        .text(member.streak)
        .raw("</td>");
    cell(html, view, Label::Level)
        .text(member.level)
        .raw("</td>");
    plan(
        cell(html, view, Label::Onboarding),
        view,
        shown,
        member.onboarding.as_ref(),
    );
    html.raw("</td>");
    case(
        cell(html, view, Label::WinBack),
        view,
        shown,
        member.win_back.as_ref(),
    );
    html.raw("</td>");
    cell(html, view, Label::LastActive)
        .text(member.last_active.as_deref().unwrap_or("–"))
        .raw("</td>");
    let ledger =
        serde_urlencoded::to_string([("community", community), ("member", id)]).unwrap_or_default();
    cell(html, view, Label::Ledger)
        .link(format!("/local/ledger?{ledger}"), "JSON")
        .raw("</td></tr>\n");
}

fn status(html: &mut Html, view: &PageView, member: &MemberRow) {
    let state = match member.status.as_str() {
        "member" => view.say(Label::Present),
        "left" => view.say(Label::Left),
        other => other,
    };
    html.text(state);
    let marks = [
        (member.staff, Label::Staff),
        (member.opted_out, Label::OptedOut),
        (member.digest_only, Label::DigestOnly),
    ];
    for (_, mark) in marks.into_iter().filter(|(applies, _)| *applies) {
        html.raw(" <span class=\"tag\">")
            .text(view.say(mark))
            .raw("</span>");
    }
}

fn plan(html: &mut Html, view: &PageView, shown: &Shown, plan: Option<&PlanCell>) {
    let Some(plan) = plan else {
        html.raw("–");
        return;
    };
    let at = match plan.state.as_str() {
        "active" => {
            html.text(view.say(Label::NextStep))
                .raw(" ")
                .text(plan.next_step.saturating_add(1));
            plan.next_at
        }
        "finished" => {
            html.text(view.say(Label::Finished));
            plan.since
        }
        other => {
            let label = match other {
                "held-out" => Some(Label::PlanHeldOut),
                "stopped-left" => Some(Label::StoppedLeft),
                "stopped-opted-out" => Some(Label::StoppedOptedOut),
                "stopped-staff" => Some(Label::StoppedStaff),
                _ => None,
            };
            html.text(label.map_or(other, |label| view.say(label)));
            plan.since
        }
    };
    if let Some(at) = at {
        html.raw("<br>");
        time(html, shown.zone(), at);
    }
}

fn case(html: &mut Html, view: &PageView, shown: &Shown, case: Option<&CaseCell>) {
    let Some(case) = case else {
        html.raw("–");
        return;
    };
    let label = match case.state.as_str() {
        "open" => Some(Label::CaseOpen),
        "surveyed" => Some(Label::CaseSurveyed),
        "answered" => Some(Label::CaseAnswered),
        "gift-sent" => Some(Label::CaseGiftSent),
        "won" => Some(Label::CaseWon),
        "lost" => Some(Label::CaseLost),
        "unreachable" => Some(Label::CaseUnreachable),
        "declined" => Some(Label::CaseDeclined),
        _ => None,
    };
    html.text(label.map_or(case.state.as_str(), |label| view.say(label)));
    if let Some(reason) = &case.reason {
        html.raw(" ").element("code", reason);
    }
    if let Some(at) = case.closed {
        html.raw("<br>");
        time(html, shown.zone(), at);
    }
}
