//! The chats: one card for each member and channel that received something.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hearth_domain::days::LocalDay;

use super::html::Html;
use super::model::{Chat, PageView, Place, Role, Shown};
use super::render::{address, day, left_out};
use super::texts::Label;
use crate::sandbox::{Button, Received};

pub(super) fn section(html: &mut Html, view: &PageView, shown: &Shown) {
    html.raw("<section id=\"chats\">\n")
        .element("h2", view.say(Label::Chats))
        .raw("\n");
    if shown.member.is_some() {
        let all = address(Some(shown.community.id.as_str()), None, view.locale);
        html.raw("<p>")
            .link(all, view.say(Label::AllChats))
            .raw("</p>\n");
    }
    if shown.chats.rows.is_empty() {
        let community = &shown.community;
        html.raw("<p>")
            .text(view.say(Label::NoChats))
            .raw(" <code>POST http://")
            .text(&view.host);
        html.raw("/webhooks/")
            .text(community.platform)
            .raw("/")
            .text(&community.id)
            .raw("</code></p>\n");
    }
    html.raw("<div class=\"chats\">\n");
    for chat in &shown.chats.rows {
        card(html, view, shown, chat);
    }
    html.raw("</div>\n");
    left_out(html, view, Label::LeftOutChats, shown.chats.left_out);
    html.raw("</section>\n");
}

fn card(html: &mut Html, view: &PageView, shown: &Shown, chat: &Chat) {
    html.raw("<article class=\"chat\">\n<h3>");
    let label = match &chat.place {
        Place::Member { id, name } => {
            let href = address(Some(shown.community.id.as_str()), Some(id), view.locale);
            html.link(href, name.as_ref().unwrap_or(id))
                .raw(" <small>")
                .text(id)
                .raw("</small>");
            name.as_ref().unwrap_or(id)
        }
        Place::Channel { id, role } => {
            html.raw("#")
                .text(id)
                .raw(" <small>")
                .text(view.say(role.label()))
                .raw("</small>");
            id
        }
    };
    html.raw("</h3>\n");
    left_out(html, view, Label::LeftOutMessages, chat.messages.left_out);
    // Scrolls by itself, so it must take the keyboard's focus.
    html.raw("<ol tabindex=\"0\"")
        .attribute("aria-label", label)
        .raw(">\n");
    let mut last_day: Option<LocalDay> = None;
    for received in &chat.messages.rows {
        let today = shown.zone().day(received.at);
        if last_day.replace(today) != Some(today) {
            html.raw("<li class=\"day\">");
            day(html, view, today);
            html.raw("</li>\n");
        }
        message(html, view, shown, received);
    }
    html.raw("</ol>\n</article>\n");
}

fn message(html: &mut Html, view: &PageView, shown: &Shown, received: &Received) {
    html.raw("<li class=\"message\">\n<p class=\"note\"><time")
        .attribute("datetime", received.at)
        .raw(">");
    html.text(shown.zone().local(received.at).strftime("%H:%M"))
        .raw("</time> <code>");
    html.text(&received.kind).raw("</code>");
    if let (Some(member), Some(_)) = (&received.member, &received.channel) {
        html.raw(" ")
            .text(view.say(Label::About))
            .raw(" ")
            .text(member);
    }
    html.raw("</p>\n");
    if let Some(picture) = &received.picture {
        let data = STANDARD.encode(&picture.png);
        html.raw("<p><img class=\"picture\"");
        html.attribute("src", format_args!("data:image/png;base64,{data}"));
        // Where a platform keeps no description the text below says it.
        html.attribute("alt", &picture.description).raw("></p>\n");
    }
    html.raw("<p class=\"text\">")
        .text(received.text.trim_end())
        .raw("</p>\n");
    if !received.buttons.is_empty() {
        html.raw("<p class=\"buttons\">");
        for each in &received.buttons {
            button(html, received, each);
        }
        html.raw("</p>\n<p class=\"alert\" role=\"alert\"></p>\n");
    }
    html.raw("</li>\n");
}

/// Everything that `/local/press` asks for. What is about nobody, nobody can press here.
fn button(html: &mut Html, received: &Received, button: &Button) {
    html.raw("<button type=\"button\"");
    if let Some(member) = &received.member {
        html.attribute("data-community", &received.community)
            .attribute("data-member", member);
        html.attribute("data-message", &received.message_id)
            .attribute("data-value", &button.value);
    } else {
        html.raw(" disabled");
    }
    html.raw(">").text(&button.label).raw("</button> ");
}

impl Role {
    fn label(self) -> Label {
        match self {
            Self::Ops => Label::OpsChannel,
            Self::Home => Label::HomeChannel,
            Self::CheckIn => Label::CheckInChannel,
            Self::Topic => Label::TopicChannel,
            Self::Other => Label::OtherChannel,
        }
    }
}
