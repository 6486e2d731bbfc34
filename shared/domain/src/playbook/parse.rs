//! Reading a playbook file: settings and plan. What earns points is read in `parse_points`, the
//! texts in `parse_text`.

use std::collections::BTreeSet;

use super::parse_challenges::{challenges, check_buttons, messages};
use super::parse_closing::closing;
use super::parse_invitations::invitations;
use super::parse_journeys::{digest, experiments, gatherings, pilot, segments, wake_up, win_back};
use super::parse_points::{fairness, freezes, levels, milestones, points};
use super::parse_report;
use super::parse_rewards::{check_in, gifts, rewards};
use super::parse_shop::shop;
use super::parse_text::{Care, label, texts};
use super::{
    Experiments, Fairness, Interest, Localised, Onboarding, Playbook, Step, StepWhat, Task,
};
use crate::classify::normalise;
use crate::days::QuietHours;
use crate::ids::{InterestId, MessageKind, StepId};
use crate::locale::Locale;
use crate::rollout::StopRule;
use crate::toml_check::{Item, Problem, Table, all, read};

/// More interests are more buttons than a chat shows at once.
const MAX_INTERESTS: usize = 8;

impl Playbook {
    /// Reads a playbook file. Answers a playbook in which whatever it refers to is there, or all
    /// problems at once, by line.
    pub fn parse(toml: &str) -> Result<Self, Vec<Problem>> {
        read(toml, |file| playbook(file, Care::ALL))
    }

    /// Reads a file that was parsed when it was published: the same, without a look at its templates. A
    /// function that only follows the playbook then carries neither the engine nor samples to fill
    /// texts with; what a later release asks of texts does not make a published file unreadable.
    pub fn parse_published(toml: &str) -> Result<Self, Vec<Problem>> {
        read(toml, |file| playbook(file, Care::NONE))
    }
}

/// The kinds that settings and steps refer to, to be held against the texts at the end.
#[derive(Default)]
pub(super) struct Kinds<'f>(Vec<(Item<'f>, MessageKind)>);

impl<'f> Kinds<'f> {
    pub(super) fn read(&mut self, item: Item<'f>) -> Option<MessageKind> {
        let kind: MessageKind = item.id()?;
        self.0.push((item, kind.clone()));
        Some(kind)
    }

    fn check(self, known: &BTreeSet<String>) {
        for (item, kind) in self.0 {
            if !known.contains(kind.as_str()) {
                item.problem(format_args!(
                    "expected the kind of a text of this file, found \"{kind}\""
                ));
            }
        }
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "a few lines for each table of the file"
)]
fn playbook(mut file: Table<'_>, care: Care) -> Option<Playbook> {
    let mut kinds = Kinds::default();
    let id = file.need("id").id();
    let sending = sending(&file.need("sending"));
    let phrases = phrases(&file.need("phrases"));
    let opt_out = opt_out(&file.need("opt_out"), care);
    let interests = file
        .get("interests")
        .and_then(|list| interests(&list))
        .unwrap_or_default();
    let onboarding = onboarding(&file.need("onboarding"), &mut kinds);
    let check_in = check_in(&file.need("check_in"), &mut kinds);
    let points = points(&file.need("points"));
    let fairness = file
        .get("fairness")
        .map_or(Some(Fairness::default()), |item| fairness(&item));
    let freezes = file.get("freezes").and_then(|item| freezes(&item));
    let milestones = file
        .get("milestones")
        .and_then(|list| milestones(&list))
        .unwrap_or_default();
    let levels = levels(&file.need("levels"));
    let closing = closing(file.get("closing"), file.get("star"), &mut kinds);
    let rewards_item = file.get("rewards");
    let rewards = rewards_item
        .as_ref()
        .and_then(|item| rewards(item, &mut kinds));
    let gifts = file.get("gifts").map_or(Some(Vec::new()), |list| {
        let levels = levels.as_ref().map(Vec::len);
        gifts(&list, levels, rewards_item.is_some())
    });
    let win_back = win_back(&file.need("win_back"), &mut kinds);
    let wake_up = file
        .get("wake_up")
        .and_then(|item| wake_up(&item, &mut kinds));
    let digest = file
        .get("digest")
        .and_then(|item| digest(&item, &mut kinds));
    let gatherings = gatherings(file.get("events"), &mut kinds);
    let segments = segments(file.get("segments"), &mut kinds);
    let experiments = file
        .get("experiments")
        .map_or(Some(Experiments::default()), |item| experiments(&item));
    let pilot = file
        .get("pilot")
        .map_or(Some(StopRule::default()), |item| pilot(&item));
    let weekly_message = parse_report::report(&file.need("report"), &mut kinds);
    let alerts = file
        .get("alerts")
        .and_then(|item| parse_report::alerts(&item, &mut kinds));
    let report = parse_report::rules(file.get("health"), file.get("mix"), file.get("risk"));
    let targets = file
        .get("targets")
        .and_then(|table| parse_report::targets(&table))
        .unwrap_or_default();
    let shop = shop(&mut file);
    let challenge_item = file.get("challenge");
    let challenge_messages = challenge_item
        .as_ref()
        .and_then(|item| messages(item, &mut kinds));
    let challenges_item = file.get("challenges");
    let challenges = challenges_item.as_ref().map_or(Some(Vec::new()), |list| {
        challenges(list, challenge_item.is_some(), &mut kinds)
    });
    let invitations = file
        .get("invitations")
        .and_then(|item| invitations(&item, &mut kinds));
    let (known, texts) = texts(&file.need("texts"), care);
    file.finish();
    kinds.check(&known);
    if let (Some(list), Some(challenges), Some(texts)) = (&challenges_item, &challenges, &texts) {
        check_buttons(list, challenges, texts);
    }

    let (quiet_hours, promo_cap) = sending?;
    let [nameless, helper, reply_hint] = phrases?;
    let (opt_out_keywords, opt_in_keywords, digest_keywords) = opt_out.keywords?;
    let (opt_out_word, opt_out_line) = opt_out.words?;
    let check_in = check_in?;
    Some(Playbook {
        id: id?,
        quiet_hours,
        promo_cap,
        check_in_keywords: check_in.keywords,
        review_keywords: check_in.review_keywords,
        streak_message: check_in.streak_message,
        check_in_answers: check_in.answers,
        opt_out_keywords,
        opt_in_keywords,
        digest_keywords,
        check_in_word: check_in.word,
        opt_out_word,
        opt_out_line,
        reply_hint,
        nameless,
        helper,
        interests,
        onboarding: onboarding?,
        points: points?,
        fairness: fairness?,
        freezes,
        milestones,
        levels: levels?,
        closing,
        alerts,
        rewards,
        gifts: gifts?,
        win_back: win_back?,
        wake_up,
        digest,
        gatherings: gatherings?,
        segments: segments?,
        experiments: experiments?,
        pilot: pilot?,
        weekly_message: weekly_message?,
        targets,
        report: report?,
        invitations,
        texts: texts?,
        shop: shop?,
        challenges: challenges?,
        challenge_messages,
    })
}

fn sending(item: &Item<'_>) -> Option<(QuietHours, u8)> {
    let mut table = item.table("a table [sending]")?;
    let (from, until) = (
        table.need("quiet_from").time(),
        table.need("quiet_until").time(),
    );
    let promo_cap = table.need("promo_cap").integer(0..=100, "messages a day");
    table.finish();
    Some((
        QuietHours {
            from: from?,
            until: until?,
        },
        promo_cap?,
    ))
}

fn phrases(item: &Item<'_>) -> Option<[Localised; 3]> {
    let mut table = item.table("a table [phrases]")?;
    let texts = ["nameless", "helper", "reply_hint"].map(|name| table.need(name).localised());
    table.finish();
    let [nameless, helper, reply_hint] = texts;
    Some([nameless?, helper?, reply_hint?])
}

/// What members say to be left alone, and what the texts call it.
#[derive(Default)]
struct OptOut {
    /// Opt out, opt in again, weekly digest.
    keywords: Option<(Vec<String>, Vec<String>, Vec<String>)>,
    words: Option<(Localised, Localised)>,
}

fn opt_out(item: &Item<'_>, care: Care) -> OptOut {
    let Some(mut table) = item.table("a table [opt_out]") else {
        return OptOut::default();
    };
    let keywords = keywords(&table.need("keywords"));
    let again = self::keywords(&table.need("again_keywords"));
    let digest = table
        .get("digest_keywords")
        .map_or(Some(Vec::new()), |item| self::keywords(&item));
    let word = word(&table.need("word"), keywords.as_deref());
    let line_item = table.need("line");
    let line = line_item.localised();
    if let Some(line) = &line {
        super::parse_text::check_line(&line_item, line, care);
    }
    table.finish();
    OptOut {
        keywords: keywords.zip(again).zip(digest).map(|((k, a), d)| (k, a, d)),
        words: word.zip(line),
    }
}

pub(super) fn keywords(item: &Item<'_>) -> Option<Vec<String>> {
    let words = item.list("a list of words")?;
    if words.is_empty() {
        return item.expected("at least one word");
    }
    all(words.iter().map(|word| word.text("a word")))
}

/// What the texts tell members to write has to be a word that we then understand.
pub(super) fn word(item: &Item<'_>, keywords: Option<&[String]>) -> Option<Localised> {
    let word = item.localised()?;
    for locale in Locale::ALL {
        let text = word.get(locale);
        let known = |keyword: &String| normalise(keyword) == normalise(text);
        if keywords.is_some_and(|keywords| !keywords.iter().any(known)) {
            item.problem_at(
                text,
                format_args!("expected one of the keywords, found \"{text}\""),
            );
        }
    }
    Some(word)
}

fn interests(item: &Item<'_>) -> Option<Vec<Interest>> {
    let items = item.list("a list of [[interests]]")?;
    if items.len() > MAX_INTERESTS {
        item.problem(format_args!(
            "expected at most {MAX_INTERESTS} interests, found {}",
            items.len()
        ));
    }
    let mut seen = BTreeSet::new();
    all(items.iter().map(|item| {
        let mut table = item.table("a table [[interests]]")?;
        let id_item = table.need("id");
        let id: Option<InterestId> = id_item.id();
        let label = label(&table.need("label"));
        table.finish();
        let id = id?;
        if matches!(id.as_str(), "skip" | "quiet") {
            id_item.problem(format_args!(
                "\"{id}\" is the button of those who choose none: expected another id"
            ));
        } else if !seen.insert(id.clone()) {
            id_item.problem(format_args!(
                "expected an id that no other interest has, found \"{id}\" again"
            ));
        }
        Some(Interest { id, label: label? })
    }))
}

fn onboarding<'f>(item: &Item<'f>, kinds: &mut Kinds<'f>) -> Option<Onboarding> {
    let mut table = item.table("a table [onboarding]")?;
    let send_at = table.need("send_at").time();
    let expires_after_hours = table.need("expires_after_hours").integer(1..=720, "hours");
    let resume_within_days = table.need("resume_within_days").integer(0..=365, "days");
    let task_done = kinds.read(table.need("task_done"));
    let task_help = table.get("task_help").and_then(|item| kinds.read(item));
    let other_topic = table.get("other_topic").and_then(|item| kinds.read(item));
    let steps = steps(&table.need("steps"), kinds);
    table.finish();
    Some(Onboarding {
        send_at: send_at?,
        expires_after_hours: expires_after_hours?,
        resume_within_days: resume_within_days?,
        task_done: task_done?,
        task_help,
        other_topic,
        steps: steps?,
    })
}

fn steps<'f>(list: &Item<'f>, kinds: &mut Kinds<'f>) -> Option<Vec<Step>> {
    let items = list.list("a list of [[onboarding.steps]]")?;
    if items.is_empty() {
        return list.expected("at least one step");
    }
    let mut seen = BTreeSet::new();
    let mut last_day = 0;
    all(items.iter().enumerate().map(|(at, item)| {
        let mut table = item.table("a table [[onboarding.steps]]")?;
        let (id_item, day_item, what_item) =
            (table.need("id"), table.need("day"), table.need("what"));
        let (id, day, what) = (
            id_item.id(),
            day_item.integer(1..=30, "a day"),
            what(&what_item),
        );
        let step = step(table, id.clone(), day, what, kinds);

        if let Some(id) = id.filter(|id| !seen.insert(id.clone())) {
            id_item.problem(format_args!(
                "expected an id that no other step has, found \"{id}\" again"
            ));
        }
        if let Some(day) = day {
            if at == 0 && day != 1 {
                day_item.problem(format_args!(
                    "expected the first step on day 1, found day {day}"
                ));
            } else if day < last_day {
                day_item.problem(format_args!(
                    "expected day {last_day} or later, as in the step before, found {day}"
                ));
            }
            last_day = day;
        }
        match what {
            Some(StepWhat::Welcome) if at > 0 => {
                what_item.problem("expected the welcome to be the first step");
            }
            Some(what) if at == 0 && what != StepWhat::Welcome => {
                what_item.problem("expected the first step to be the welcome");
            }
            Some(_) | None => {}
        }
        step
    }))
}

/// The rest of a step. Task steps, and only they, have a title and an example; content and events
/// need something to fall back on.
fn step<'f>(
    mut table: Table<'f>,
    id: Option<StepId>,
    day: Option<u8>,
    what: Option<StepWhat>,
    kinds: &mut Kinds<'f>,
) -> Option<Step> {
    let list_item = table.need("messages");
    let messages = list_item.list("a list of message kinds").and_then(|items| {
        if items.is_empty() {
            return list_item.expected("at least one message kind");
        }
        all(items
            .into_iter()
            .map(|item| kinds.read(item))
            .collect::<Vec<_>>())
    });
    let falls_back = matches!(what, Some(StepWhat::Content | StepWhat::Event));
    let fallback_item = table.need("fallback");
    let fallback = match fallback_item.is_missing() {
        true if falls_back => {
            fallback_item.expected("the kind of a text for those without an interest or event")
        }
        true => None,
        false => kinds.read(fallback_item),
    };
    let (mut title, mut example) = (None, None);
    if matches!(what, Some(StepWhat::Task(_))) {
        title = table.need("title").localised();
        example = table.need("example").localised();
    }
    if what.is_some() {
        table.finish();
    }
    Some(Step {
        id: id?,
        day: day?,
        what: what?,
        messages: messages?,
        fallback,
        title,
        example,
    })
}

fn what(item: &Item<'_>) -> Option<StepWhat> {
    match item.as_str() {
        Some("welcome") => Some(StepWhat::Welcome),
        Some("rename") => Some(StepWhat::Task(Task::Rename)),
        Some("comment") => Some(StepWhat::Task(Task::Comment)),
        Some("content") => Some(StepWhat::Content),
        Some("event") => Some(StepWhat::Event),
        Some("gift") => Some(StepWhat::Gift),
        Some(_) | None => item.expected("one of welcome, rename, comment, content, event, gift"),
    }
}

#[cfg(test)]
mod tests;
