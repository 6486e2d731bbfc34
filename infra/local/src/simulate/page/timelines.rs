//! Timelines of chosen members, and a line for each of the others.

use std::collections::BTreeSet;

use hearth_domain::locale::Locale;
use hearth_domain::member::Status;

use super::words::{self, Label};
use crate::page::html::Html;
use crate::simulate::figures::{count, skipped};
use crate::simulate::people::Temperament;
use crate::simulate::story::{Story, Told, taken_at};
use crate::simulate::timeline::{LineWhat, Outcome, lines};

/// Chosen of each temperament.
const OF_EACH: usize = 5;
/// Chosen at most.
const MOST: usize = 30;

/// Everybody.
pub(super) fn section(html: &mut Html, told: &Told, locale: Locale) {
    html.raw("<section>\n<h2>")
        .text(Label::Timelines.get(locale));
    html.raw("</h2>\n<p class=\"note\">");
    html.text(Label::TimelinesNote.get(locale)).raw("</p>\n");
    let chosen = choose(&told.stories);
    for story in told.stories.iter().filter(|one| is_in(&chosen, one)) {
        timeline(html, told, story, locale);
    }
    html.raw("</section>\n");
    let others = told.stories.iter().filter(|one| !is_in(&chosen, one));
    table(html, told, &others.collect::<Vec<_>>(), locale);
}

fn is_in(chosen: &BTreeSet<usize>, story: &Story) -> bool {
    chosen.contains(&story.person.number)
}

/// Some of each temperament, and whoever was the first to meet a reason to skip.
fn choose(stories: &[Story]) -> BTreeSet<usize> {
    let mut chosen = BTreeSet::new();
    let mut met = BTreeSet::new();
    for story in stories {
        let reasons = story.messages.iter().filter_map(skipped);
        let new = reasons.filter(|reason| met.insert(reason.name())).count();
        if new > 0 {
            chosen.insert(story.person.number);
        }
    }
    for temperament in Temperament::ALL {
        let of_it = stories
            .iter()
            .filter(|story| story.person.temperament == temperament);
        for story in of_it.take(OF_EACH) {
            if chosen.len() < MOST {
                chosen.insert(story.person.number);
            }
        }
    }
    chosen
}

fn timeline(html: &mut Html, told: &Told, story: &Story, locale: Locale) {
    let person = &story.person;
    html.raw("<details open>\n<summary><strong>");
    html.text(&person.name).raw("</strong> ").text(&person.id);
    html.raw(" <span class=\"note\">")
        .text(words::temperament(person.temperament, locale));
    html.raw(" · ")
        .text(person.zone.name())
        .raw(" · ")
        .text(person.locale);
    html.raw("</span></summary>\n<ol>\n");
    for line in lines(told, story) {
        html.raw("<li><time")
            .attribute("datetime", line.at)
            .raw(">");
        html.text(&line.local).raw("</time> ");
        match &line.what {
            LineWhat::Did(acts) => {
                let acts = acts.iter().map(|act| words::act(act, locale));
                let acts = acts.collect::<Vec<_>>().join(", ");
                html.raw("<span class=\"did\">").text(acts).raw("</span>");
            }
            LineWhat::Message { kind, outcome } => {
                html.raw("<code>").text(kind).raw("</code> <span");
                html.attribute("class", class(outcome)).raw(">");
                html.text(words::outcome(outcome, locale)).raw("</span>");
            }
        }
        html.raw("</li>\n");
    }
    html.raw("</ol>\n</details>\n");
}

fn class(outcome: &Outcome<'_>) -> &'static str {
    match outcome {
        Outcome::Sent => "good",
        Outcome::SentAfterQuietHours(_) | Outcome::SentLate(_) | Outcome::Waits => "waits",
        Outcome::Unknown(_) | Outcome::Failed(_) => "bad",
        Outcome::Skipped(_) => "off",
    }
}

fn table(html: &mut Html, told: &Told, stories: &[&Story], locale: Locale) {
    let columns = [
        Label::Member,
        Label::Temper,
        Label::Zone,
        Label::Joined,
        Label::Sent,
        Label::Skipped,
        Label::PointsHead,
        Label::Status,
    ];
    let row = |story: &&Story| {
        let sent = story.messages.iter().filter_map(taken_at);
        let not_sent = story.messages.iter().filter_map(skipped);
        let joined = story.acts.first().map(|(at, _)| {
            let zone = story.zone_at(*at, &told.community);
            zone.local(*at).strftime("%m-%d").to_string()
        });
        let status = match story
            .member
            .as_ref()
            .map(hearth_domain::member::Member::status)
        {
            Some(Status::Member) => Label::Present,
            Some(Status::Left) => Label::Gone,
            None => Label::Unknown,
        };
        let points = story
            .member
            .as_ref()
            .map_or(0, hearth_domain::member::Member::points);
        vec![
            format!("{} {}", story.person.name, story.person.id),
            words::temperament(story.person.temperament, locale).to_owned(),
            story.person.zone.name().to_owned(),
            joined.unwrap_or_else(|| "–".to_owned()),
            count(sent).to_string(),
            count(not_sent).to_string(),
            points.to_string(),
            status.get(locale).to_owned(),
        ]
    };
    let table = crate::simulate::tables::Table {
        title: Label::Others.get(locale),
        columns: columns.map(|label| label.get(locale).to_owned()).to_vec(),
        rows: stories.iter().map(row).collect(),
        note: None,
    };
    if !table.rows.is_empty() {
        super::section(html, &table);
    }
}
