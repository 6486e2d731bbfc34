//! The default playbook: its plan, its texts, its warnings.

use super::placeholders::{PLACEHOLDERS, Unset, unset};
use super::*;
use crate::text::Options;
use crate::text::{Template, Values, render_message};

fn default() -> Playbook {
    Playbook::parse(Playbook::DEFAULT_TOML).unwrap_or_else(|problems| {
        panic!(
            "{}",
            problems
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n")
        )
    })
}

#[test]
fn the_default_playbook_has_no_problem_and_the_one_warning_its_comment_names() {
    let playbook = default();
    assert_eq!(
        playbook.warnings(),
        ["3 of the plan's 8 messages are promotional: more than 30 %"]
    );
    assert_eq!(playbook.texts.len(), 74);
    let plan: Vec<String> = playbook
        .onboarding
        .steps
        .iter()
        .map(|step| {
            let messages: Vec<&str> = step.messages.iter().map(MessageKind::as_str).collect();
            let fallback = step.fallback.as_ref().map_or("", MessageKind::as_str);
            format!(
                "{} {} {:?} {} | {fallback}",
                step.id,
                step.day,
                step.what,
                messages.join(" ")
            )
        })
        .collect();
    assert_eq!(
        plan,
        [
            "day-1 1 Welcome onboarding.day-1 onboarding.day-1.guide | ",
            "day-2 2 Task(Rename) onboarding.day-2 | ",
            "day-3 3 Task(Comment) onboarding.day-3 | ",
            "day-4 4 Content onboarding.day-4 | onboarding.day-4.fallback",
            "day-5 5 Content onboarding.day-5 | onboarding.day-4.fallback",
            "day-6 6 Event onboarding.day-6 | onboarding.day-6.fallback",
            "day-7 7 Gift onboarding.day-7 | onboarding.day-7.missed",
        ]
    );
    assert_eq!(
        playbook.quiet_hours,
        QuietHours {
            from: Time::constant(22, 0, 0, 0),
            until: Time::constant(8, 0, 0, 0)
        }
    );
    assert_eq!(playbook.points.check_in, 5);
    assert_eq!(playbook.level(199), (2, playbook.levels.get(1)));
    assert_eq!(playbook.targets.0.get("retention_d7"), Some(&[0.5; 4]));
    assert_eq!(
        playbook
            .milestones
            .iter()
            .map(|m| (m.days, m.points))
            .collect::<Vec<_>>(),
        [(7, 20), (21, 60), (30, 100), (100, 300)]
    );
}

#[test]
fn every_default_text_renders_in_every_language() {
    let playbook = default();
    let full = PLACEHOLDERS
        .iter()
        .fold(Values::new(), |values, (name, _)| {
            values.set(*name, format!("<{name}>"))
        });
    for (kind, text) in &playbook.texts {
        for locale in Locale::ALL {
            let body = text.body.get(locale);
            let found = render_message(&playbook, kind, locale, &full, Options::Buttons)
                .unwrap()
                .text;
            let expected = body
                .trim_end()
                .replace("{{kpi.", "{{–")
                .replace("{{", "<")
                .replace("}}", ">");
            assert_eq!(
                found.lines().count(),
                expected.lines().count(),
                "{kind} {locale}"
            );
            assert!(!found.contains("{{"), "{kind} {locale}");
            if kind != &playbook.weekly_message {
                assert_eq!(found, expected, "{kind} {locale}");
            }
        }
    }
}

#[test]
fn an_untouched_installation_sends_every_text_that_needs_no_goods_of_its_own() {
    let playbook = default();
    // What code always knows, and what is only there once the operator has made it.
    let theirs = ["content.", "topic.", "event.", "gift.", "offer."];
    let always = |name: &str| {
        unset(name) == Some(Unset::Required) && !theirs.iter().any(|own| name.starts_with(own))
    };
    let values = PLACEHOLDERS
        .iter()
        .filter(|(name, _)| always(name))
        .fold(Values::new(), |values, (name, _)| values.set(*name, "x"));
    let mut held = Vec::new();
    for (kind, text) in &playbook.texts {
        let names = Template::compile(&text.body.en).unwrap();
        for locale in Locale::ALL {
            match render_message(&playbook, kind, locale, &values, Options::Numbers) {
                Ok(message) => assert!(!message.text.is_empty(), "{kind} {locale}"),
                Err(error) => {
                    assert!(
                        names
                            .placeholders()
                            .iter()
                            .any(|name| theirs.iter().any(|own| name.starts_with(own))),
                        "{kind}: {error}"
                    );
                    held.push(kind.as_str());
                }
            }
        }
    }
    held.dedup();
    assert_eq!(
        held,
        [
            "digest.weekly",
            "event.accepted",
            "event.reminder-day",
            "event.reminder-soon",
            "onboarding.day-3",
            "onboarding.day-4",
            "onboarding.day-4.fallback",
            "onboarding.day-5",
            "onboarding.day-6",
            "onboarding.day-7",
            "onboarding.day-7.missed",
            "wake-up.silent",
            "win-back.care",
            "win-back.follow-up.boring_content",
            "win-back.gift",
        ]
    );
}

#[test]
fn promo_texts_end_with_the_way_out() {
    for (kind, text) in default().texts {
        for locale in Locale::ALL {
            let ends = text.body.get(locale).ends_with("{{opt_out.line}}");
            assert!(ends || text.class != Class::Promo, "{kind} {locale}");
        }
    }
}

#[test]
fn warnings_name_what_to_think_about() {
    let mut playbook = default();
    let task = playbook.onboarding.steps.get(1).cloned().unwrap();
    playbook.onboarding.steps.splice(2..2, [task.clone(), task]);
    if let Some(text) = playbook
        .texts
        .get_mut(&"onboarding.day-4".parse::<MessageKind>().unwrap())
    {
        text.body.zh_hant = "{{content.url}}".to_owned();
    }
    for step in playbook
        .onboarding
        .steps
        .iter_mut()
        .filter(|step| step.day == 6)
    {
        step.fallback = Some("onboarding.day-6".parse().unwrap());
    }
    assert_eq!(
        playbook.warnings(),
        [
            "the gift pack comes after 4 tasks: more than 3",
            "step day-4: onboarding.day-4 sends content without a question",
            "step day-6: onboarding.day-6 stands in where there is no event, and uses it",
        ]
    );
}
