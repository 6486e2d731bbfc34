//! The page as markup: its frame, the clock, what belongs to no table of its own.

use hearth_domain::days::{LocalDay, Zone};
use hearth_domain::locale::Locale;
use jiff::Timestamp;

use super::html::Html;
use super::model::{PageView, Shown};
use super::texts::{Label, own_name};
use super::{SCRIPT, STYLE, chats, ledger, members};

/// The whole page. Pure: what it shows is in the view.
pub(super) fn render(view: &PageView) -> String {
    let mut html = Html::default();
    html.raw("<!doctype html>\n<html")
        .attribute("lang", view.locale)
        .raw(">\n<head>\n");
    html.raw("<meta charset=\"utf-8\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    // Without it the browser asks for /favicon.ico, which is no community.
    html.raw("<link rel=\"icon\" href=\"data:,\">\n");
    html.raw("<title>Hearth");
    if let Some(shown) = &view.shown {
        html.raw(" – ").text(&shown.community.name);
    }
    html.raw("</title>\n<style>")
        .raw(STYLE)
        .raw("</style>\n</head>\n<body");
    html.attribute(
        "data-clock",
        if view.is_virtual { "virtual" } else { "system" },
    )
    .raw(">\n");
    header(&mut html, view);
    html.raw("<main>\n");
    match &view.shown {
        Some(shown) => community(&mut html, view, shown),
        None => nothing_here(&mut html, view),
    }
    html.raw("</main>\n<script>")
        .raw(SCRIPT)
        .raw("</script>\n</body>\n</html>\n");
    html.into_string()
}

/// The page's own address for a community, a member of it, a language.
pub(super) fn address(community: Option<&str>, member: Option<&str>, locale: Locale) -> String {
    let pairs = [
        ("community", community),
        ("member", member),
        ("lang", Some(locale.tag())),
    ];
    let pairs: Vec<_> = pairs
        .into_iter()
        .filter(|(_, value)| value.is_some())
        .collect();
    format!(
        "/?{}",
        serde_urlencoded::to_string(pairs).unwrap_or_default()
    )
}

/// `<time>` with minutes, in a zone.
pub(super) fn time(html: &mut Html, zone: &Zone, at: Timestamp) {
    html.raw("<time").attribute("datetime", at).raw(">");
    html.text(zone.local(at).strftime("%Y-%m-%d %H:%M"))
        .raw("</time>");
}

/// `2026-01-05 Mon`.
pub(super) fn day(html: &mut Html, view: &PageView, day: LocalDay) {
    let weekday = match day.weekday() {
        0 => Label::Monday,
        1 => Label::Tuesday,
        2 => Label::Wednesday,
        3 => Label::Thursday,
        4 => Label::Friday,
        5 => Label::Saturday,
        _ => Label::Sunday,
    };
    html.text(day).raw(" ").text(view.say(weekday));
}

/// A paragraph that says how much is not on the page; nothing if all is.
pub(super) fn left_out(html: &mut Html, view: &PageView, label: Label, count: usize) {
    if count > 0 {
        html.raw("<p class=\"note\">")
            .text(view.say(label))
            .text(count)
            .raw("</p>\n");
    }
}

fn header(html: &mut Html, view: &PageView) {
    html.raw("<header>\n<div class=\"name\"><h1>Hearth</h1> <span class=\"note\">");
    html.text(view.say(Label::Tagline)).raw("</span></div>\n");
    languages(html, view);
    clock(html, view);
    html.raw("<p id=\"status\" role=\"status\"");
    html.attribute("data-working", view.say(Label::Working));
    html.attribute("data-failed", view.say(Label::Failed));
    html.raw("></p>\n<p class=\"alert\" role=\"alert\"></p>\n</header>\n");
}

fn languages(html: &mut Html, view: &PageView) {
    let shown = view.shown.as_ref();
    let community = shown.map(|shown| shown.community.id.as_str());
    let member = shown.and_then(|shown| shown.member.as_deref());
    html.raw("<nav class=\"languages\"")
        .attribute("aria-label", view.say(Label::Language))
        .raw(">");
    for locale in Locale::ALL {
        html.raw("<a")
            .attribute("lang", locale)
            .attribute("hreflang", locale);
        html.attribute("href", address(community, member, locale));
        if locale == view.locale {
            html.attribute("aria-current", "true");
        }
        html.raw(">").text(own_name(locale)).raw("</a> ");
    }
    html.raw("</nav>\n");
}

fn clock(html: &mut Html, view: &PageView) {
    let utc = Zone::utc();
    let zone = view.shown.as_ref().map_or(&utc, Shown::zone);
    let kind = if view.is_virtual {
        Label::Virtual
    } else {
        Label::System
    };
    html.raw("<section class=\"clock\"")
        .attribute("aria-label", view.say(Label::Clock))
        .raw(">\n<p>");
    html.raw("<time")
        .attribute("datetime", view.now)
        .raw("><b>");
    day(html, view, zone.day(view.now));
    html.raw(" ")
        .text(zone.local(view.now).strftime("%H:%M:%S"))
        .raw("</b></time> ");
    html.text(zone.name())
        .raw(" <span class=\"tag\">")
        .text(view.say(kind))
        .raw("</span>");
    html.raw("<br><small>UTC ")
        .text(utc.local(view.now).strftime("%Y-%m-%d %H:%M:%S"))
        .raw("</small></p>\n");
    html.raw("<p class=\"buttons\">");
    if view.is_virtual {
        let moves = [
            ("PT1H", Label::PlusHour),
            ("P1D", Label::PlusDay),
            ("P1W", Label::PlusWeek),
            ("PT0S", Label::Drain),
        ];
        for (span, label) in moves {
            html.raw("<button type=\"button\"")
                .attribute("data-advance", span);
            html.raw(">").text(view.say(label)).raw("</button> ");
        }
    } else {
        html.link("", view.say(Label::Reload));
    }
    html.raw("</p>\n</section>\n");
}

fn community(html: &mut Html, view: &PageView, shown: &Shown) {
    selector(html, view, shown);
    // Of one member the ledger stands beside the chat and explains it; of all, it is the smaller
    // thing.
    if shown.member.is_some() {
        html.raw("<div class=\"one\">\n");
        chats::section(html, view, shown);
        ledger::section(html, view, shown);
        html.raw("</div>\n");
        members::section(html, view, shown);
    } else {
        chats::section(html, view, shown);
        members::section(html, view, shown);
        ledger::section(html, view, shown);
    }
    reports(html, view, shown);
    raw_data(html, view, shown);
}

/// Which community it is; a choice if there are several.
fn selector(html: &mut Html, view: &PageView, shown: &Shown) {
    let community = &shown.community;
    html.raw("<div class=\"community\">\n<h2>")
        .text(&community.name)
        .raw("</h2>\n<p class=\"note\">");
    html.text(community.platform)
        .raw(" · ")
        .text(&community.id)
        .raw(" · ")
        .text(shown.zone().name())
        .raw("</p>\n");
    if view.communities.len() > 1 {
        html.raw("<form action=\"/\"><label>")
            .text(view.say(Label::Community))
            .raw(" <select name=\"community\">");
        for each in &view.communities {
            html.raw("<option").attribute("value", &each.id);
            if each.id == community.id {
                html.raw(" selected");
            }
            html.raw(">").text(&each.name).raw("</option>");
        }
        html.raw("</select></label> <input type=\"hidden\" name=\"lang\"")
            .attribute("value", view.locale);
        html.raw("><button>")
            .text(view.say(Label::Show))
            .raw("</button></form>\n");
    }
    html.raw("</div>\n");
    if view.dead_letters > 0 {
        html.raw("<p class=\"alert\"><a href=\"/local/dead-letters\">")
            .text(view.say(Label::DeadLetters));
        html.raw(" <b>")
            .text(view.dead_letters)
            .raw("</b></a></p>\n");
    }
}

fn reports(html: &mut Html, view: &PageView, shown: &Shown) {
    html.raw("<section id=\"reports\">\n")
        .element("h2", view.say(Label::Reports))
        .raw("\n");
    if shown.reports.is_empty() {
        html.raw("<p class=\"note\">")
            .text(view.say(Label::NoReports))
            .raw("</p>\n");
    } else {
        html.raw("<ul class=\"reports\">\n");
        for (week, revision) in &shown.reports {
            let path = format!("/local/reports/{}/{week}", shown.community.id);
            let state = if *revision > 1 {
                Label::Final
            } else {
                Label::Provisional
            };
            html.raw("<li>")
                .link(format!("{path}.html?lang={}", view.locale), week);
            html.raw(" <span class=\"tag\">")
                .text(view.say(state))
                .raw("</span> ");
            html.link(format!("{path}.json"), "JSON").raw("</li>\n");
        }
        html.raw("</ul>\n");
    }
    html.raw("</section>\n");
}

fn raw_data(html: &mut Html, view: &PageView, shown: &Shown) {
    let id = &shown.community.id;
    html.raw("<footer>").text(view.say(Label::RawData)).raw(" ");
    html.link(
        format!("/local/outbox?community={id}"),
        view.say(Label::Outbox),
    )
    .raw(" ");
    html.link(
        format!("/local/ledger?community={id}"),
        view.say(Label::Ledger),
    )
    .raw(" ");
    html.link(format!("/local/members/{id}"), view.say(Label::Members))
        .raw("</footer>\n");
}

fn nothing_here(html: &mut Html, view: &PageView) {
    html.raw("<section class=\"empty\">\n")
        .element("h2", view.say(Label::NothingHere));
    html.raw("\n")
        .element("p", view.say(Label::HowToPublish))
        .raw("\n<pre><code>");
    html.raw("hearth community publish infra/playbooks/demo-community.toml --endpoint http://");
    html.text(&view.host)
        .raw("</code></pre>\n")
        .element("p", view.say(Label::ThenReload));
    html.raw("\n</section>\n");
}
