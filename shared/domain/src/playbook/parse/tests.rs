//! Every mistake that a playbook file can have, and what is told about it.

use super::*;
use crate::playbook::placeholders::RATES;

/// The problems of the default playbook after one edit, without their lines.
fn after(from: &str, to: &str) -> Vec<String> {
    assert!(
        Playbook::DEFAULT_TOML.contains(from),
        "the default playbook has no {from}"
    );
    let source = Playbook::DEFAULT_TOML.replacen(from, to, 1);
    let problems = Playbook::parse(&source).map_or_else(|problems| problems, |_| Vec::new());
    problems
        .iter()
        .map(|problem| format!("{}: {}", problem.key, problem.message))
        .collect()
}

#[test]
fn a_problem_names_line_key_and_expectation() {
    let line = 1 + Playbook::DEFAULT_TOML
        .lines()
        .position(|line| line == "day = 3")
        .unwrap();
    let problems = Playbook::parse(&Playbook::DEFAULT_TOML.replacen("day = 3\n", "day = 99\n", 1))
        .unwrap_err();
    let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [format!(
            "line {line}: onboarding.steps[2].day: expected a day from 1 to 30, found 99"
        )]
    );
}

#[test]
fn a_problem_in_a_text_names_the_line_of_the_text() {
    let at = 1 + Playbook::DEFAULT_TOML
        .lines()
        .position(|line| line.starts_with("I'm {{bot.name}}"))
        .unwrap();
    let source = Playbook::DEFAULT_TOML.replacen(
        "I'm {{bot.name}}. {{community.value}}",
        "I'm {{bot.name}}. {{community.values}}",
        1,
    );
    let shown: Vec<String> = Playbook::parse(&source)
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        shown,
        [format!(
            "line {at}: texts.\"onboarding.day-1\".en: unknown placeholder {{{{community.values}}}}"
        )]
    );
}

/// What is taken out of the file (`-`), what is put in (`+`, ⏎ = a line's end), and what that is
/// told (`!`).
const MISTAKES: &str = r#"
- id = "default"
+ id = "De fault"
! id: expected a valid playbook id (1 to 32 of a-z, 0-9 and -), found "De fault"

- id = "default"
+
! id: expected a valid playbook id (1 to 32 of a-z, 0-9 and -), found nothing

- boards = ["day", "week", "month", "all"]
+ boards = ["day", "year", "day"]
! closing.boards[1]: expected one of day, week, month, all, found "year"
! closing.boards[2]: expected each once, found "day" again

- boards = ["day", "week", "month", "all"]
+
! closing.boards: expected a list of day, week, month and all, found nothing

- top = 10
+ top = 101
! closing.top: expected places from 1 to 100, found 101

- wall = "closing.wall"
+ wall = "closing.walls"
! closing.wall: expected the kind of a text of this file, found "closing.walls"

- quiet_from = "22:00"
+ quiet_form = "22:00"
! sending.quiet_from: expected a time in quotes from "00:00" to "23:59", found nothing
! sending.quiet_form: unknown key: did you mean quiet_from?

- quiet_until = "08:00"
+ quiet_until = "24:00"
! sending.quiet_until: expected a time in quotes from "00:00" to "23:59", found "24:00"

- promo_cap = 2
+ promo_cap = -1
! sending.promo_cap: expected messages a day from 0 to 100, found -1

- again_keywords = ["訂閱", "订阅", "start"]
+ again_keywords = []
! opt_out.again_keywords: expected at least one word, found a list

- en = "stop" }
+ en = "halt" }
! opt_out.word: expected one of the keywords, found "halt"

- en = "check in" }
+ en = "CHECK  IN" }

- 「{{opt_out.keyword}}」即可。'
+ 「{{member.name}}」即可。'
! opt_out.line: expected no placeholder but {{opt_out.keyword}}, found {{member.name}}

- id = "cases"
+ id = "tools"
! interests[1].id: expected an id that no other interest has, found "tools" again

- id = "cases"
+ id = "skip"
! interests[1].id: "skip" is the button of those who choose none: expected another id

- en = "Case studies" }
+ en = "Case studies, in depth" }
! interests[1].label: expected a label of at most 20 characters, "Case studies, in depth" has 22

- task_done = "onboarding.task-done"
+ task_done = "onboarding.done"
! onboarding.task_done: expected the kind of a text of this file, found "onboarding.done"

- id = "day-3"
+ id = "day-2"
! onboarding.steps[2].id: expected an id that no other step has, found "day-2" again

- day = 1⏎
+ day = 2⏎
! onboarding.steps[0].day: expected the first step on day 1, found day 2

- day = 5⏎
+ day = 3⏎
! onboarding.steps[4].day: expected day 4 or later, as in the step before, found 3

- what = "welcome"
+ what = "gift"
! onboarding.steps[0].what: expected the first step to be the welcome

- what = "gift"
+ what = "welcome"
! onboarding.steps[6].what: expected the welcome to be the first step

- what = "gift"
+ what = "present"
! onboarding.steps[6].what: expected one of welcome, rename, comment, content, event, gift, found "present"

- what = "gift"
+ what = "rename"
! onboarding.steps[6].title: expected a text, or a table of texts with zh-Hant, zh-Hans and en, found nothing
! onboarding.steps[6].example: expected a text, or a table of texts with zh-Hant, zh-Hans and en, found nothing

- what = "rename"
+ what = "gift"
! onboarding.steps[1].title: unknown key
! onboarding.steps[1].example: unknown key

- fallback = "onboarding.day-6.fallback"
+
! onboarding.steps[5].fallback: expected the kind of a text for those without an interest or event, found nothing

- fallback = "onboarding.day-6.fallback"
+ fallback = "day-6"
! onboarding.steps[5].fallback: expected the kind of a text of this file, found "day-6"

- messages = ["onboarding.day-2"]
+ messages = []
! onboarding.steps[1].messages: expected at least one message kind, found a list

- messages = ["onboarding.day-2"]
+ messages = ["onboarding.day-2", "x"]
! onboarding.steps[1].messages[1]: expected the kind of a text of this file, found "x"

- check_in = 5 
+ check_in = 10001
! points.check_in: expected a number from 0 to 10000, found 10001

- check_in = 5 
+ check_in = -5
! points.check_in: expected a number from 0 to 10000, found -5

- message_cap = 5 
+ message_cap = 6
! points.message_cap: expected at most 5, as 5 messages of a day earn points, found 6

- review = 5 
+ review = 99999999999999999999
! points.review: expected a number from 0 to 10000, found 99999999999999999999

- share_cap = 4
+ share_max = 4
! points.share_max: unknown key

- share = 2 
+

- review_keywords = [
+ review_keywords = ["",
! check_in.review_keywords[0]: expected a word, found ""

- min_seconds_between = 15
+ min_seconds_between = 1
! fairness.min_seconds_between: expected seconds from 2 to 3600, found 1

- [fairness]⏎
+ [fairness]⏎min_words = 3⏎
! fairness.min_words: unknown key

- most = 2
+ most = -1
! freezes.most: expected make-up cards in hand from 1 to 9, found -1

- every = 7
+ every = 6
! freezes.every: expected check-ins from 7 to 100, found 6

- every = 7
+ evry = 7
! freezes.every: expected check-ins from 7 to 100, found nothing
! freezes.evry: unknown key: did you mean every?

- points = 20
+ points = -20
! milestones[0].points: expected a number from 0 to 10000, found -20

- days = 21
+ days = 7
! milestones[1].days: expected more than 7, as they rise, found 7

- from = 0⏎
+ from = 1⏎
! levels[0].from: expected the first level from 0 points, found 1

- from = 500⏎
+ from = 100⏎
! levels[3].from: expected more than 200, as they rise, found 100

- survey_after_minutes = 10 
+ survey_after_minutes = 2000
! win_back.survey_after_minutes: expected minutes from 0 to 1440, found 2000

- gift_after_days = 3 
+ gift_after_days = 30 
! win_back.gift_after_days: expected fewer days than lost_after_days (30), found 30: the case would be lost before its gift

- lost_after_days = 30 
+ lost_after_days = 3 
! win_back.gift_after_days: expected fewer days than lost_after_days (3), found 3: the case would be lost before its gift

- gift_after_days = 3 
+ gift_after_day = 3 
! win_back.gift_after_day: unknown key: did you mean gift_after_days?

- sla_hours = 24 
+ sla_hours = 0 
! win_back.sla_hours: expected hours from 1 to 168, found 0

- care_every_days = 7 
+ care_every_days = 0 
! win_back.care_every_days: expected days from 1 to 90, found 0

- care_days = 30 
+ care_days = "30" 
! win_back.care_days: expected days from 1 to 365, found "30"

- gift = "win-back.gift"
+ gift = "gift"
! win_back.gift: expected the kind of a text of this file, found "gift"

- few_benefits = "win-back
+ few_benefit = "win-back
! win_back.follow_ups.few_benefit: unknown key: did you mean few_benefits?

- other_ops = "win-back.follow-up.other.ops"
+ other_ops = "ops"
! win_back.follow_ups.other_ops: expected the kind of a text of this file, found "ops"

- after_days = 30⏎
+ after_days = 6⏎
! wake_up.after_days: expected days from 7 to 365, found 6

- every_days = 30 
+ every_days = 0 
! wake_up.every_days: expected days from 7 to 365, found 0

- most = 3 
+ most = 13 
! wake_up.most: expected messages from 1 to 12, found 13

- most = 3 
+ at_most = 3 
! wake_up.at_most: unknown key

- fallback = "wake-up.silent.fallback"
+
! wake_up.fallback: expected a valid message kind (1 to 64 of a-z, 0-9, -, _ and .), found nothing

- weekday = "monday"
+ weekday = "Mon"
! digest.weekday: expected one of monday, tuesday, wednesday, thursday, friday, saturday, sunday, found "Mon"

- message = "digest.weekly"⏎
+
! digest.message: expected a valid message kind (1 to 64 of a-z, 0-9, -, _ and .), found nothing

- all_again = "digest.all-again"
+ all_agian = "digest.all-again"
! digest.all_agian: unknown key: did you mean all_again?

- within_days = 7 
+ within_days = 61 
! events.within_days: expected days from 1 to 60, found 61

- reminder_soon = "event.reminder-soon"
+ reminder_son = "event.reminder-soon"
! events.reminder_son: unknown key: did you mean reminder_soon?

- question = "event.question"
+ question = 5
! events.question: expected a valid message kind (1 to 64 of a-z, 0-9, -, _ and .), found 5

- holdout = 0.0 
+ holdout = 0.6 
! experiments.holdout: expected a fraction from 0 to 0.5: the plan is for the others

- holdout = 0.0 
+ holdout = 2 
! experiments.holdout: expected a fraction from 0 to 1, found 2

- min_sample = 100 
+ min_sample = 9 
! experiments.min_sample: expected members from 10 to 1000000, found 9

- holdout = 0.0 
+ hold_out = 0.1 
! experiments.hold_out: unknown key: did you mean holdout?

- digest_keywords = ["每週精華", "每周精华", "weekly"]
+ digest_keywords = "weekly"
! opt_out.digest_keywords: expected a list of words, found "weekly"

- [texts."event.question"]⏎
+ [texts."event.question"]⏎variants = [{ id = "B!", text = "x" }]⏎
! texts."event.question".variants[0].id: expected a valid variant id (1 to 8 of a-z, 0-9 and -), found "B!"
! texts."event.question".variants[0]: expected the placeholders of the text itself, and no others

- churn30 = 0.05
+ churn30 = 5
! targets.churn30: expected a fraction from 0 to 1, found 5

- churn30 = 0.05
+ churn_30 = 0.05
! targets.churn_30: expected one of {rates}

- class = "answer"
+ class = "reply"
! texts."onboarding.day-1".class: expected one of answer, service, promo, ops, found "reply"

- value = "task:help"
+ value = ""
! texts."onboarding.day-2".buttons[1].value: expected a value of 1 to 64 bytes, found ""

- interest_buttons = true⏎
+ interest_button = true⏎
! texts."onboarding.day-1".interest_button: unknown key: did you mean interest_buttons?

- It earns {{task.points}} points.
+ It earns points.
! texts."onboarding.day-2".en: expected {{task.points}}, as in zh-Hant

- Tap when it's done.
+ Tap {{next.hint}}.
! texts."onboarding.day-2".en: expected no {{next.hint}}, as in zh-Hant

- Tap when it's done.
+ Tap {{when it's done.
! texts."onboarding.day-2".en: unexpected identifier, expected end of variable block

- {{content.question}}⏎{{opt_out.line}}
+ {{content.question}}
! texts."onboarding.day-4".zh-Hant: expected {{opt_out.line}}, as in every promo text
! texts."onboarding.day-4".zh-Hans: expected no {{opt_out.line}}, as in zh-Hant
! texts."onboarding.day-4".en: expected no {{opt_out.line}}, as in zh-Hant

- [texts."onboarding.day-1.group"]
+ [texts."Day 1"]
! texts."Day 1": not a message kind: expected 1 to 64 of a-z, 0-9, -, _ and .
"#;

#[test]
fn each_mistake_is_told_in_its_own_words() {
    for case in MISTAKES.trim().split("\n\n") {
        let part = |mark: char| {
            let lines = case.lines().filter_map(move |line| line.strip_prefix(mark));
            lines.map(|line| line.trim_start().replace('⏎', "\n"))
        };
        let (from, to) = (part('-').next().unwrap(), part('+').next().unwrap());
        let expected: Vec<String> = part('!')
            .map(|told| told.replace("{rates}", &RATES.join(", ")))
            .collect();
        assert_eq!(after(&from, &to), expected, "{case}");
    }
}

/// The playbook with variants of the question about an event.
fn with_variants(variants: &str) -> Result<Playbook, Vec<String>> {
    let table = "[texts.\"event.question\"]\n";
    assert!(Playbook::DEFAULT_TOML.contains(table));
    let with = format!("{table}variants = [{variants}]\n");
    let source = Playbook::DEFAULT_TOML.replacen(table, &with, 1);
    let told = |problems: Vec<crate::toml_check::Problem>| {
        let told = problems.iter().map(|problem| problem.message.clone());
        told.collect()
    };
    Playbook::parse(&source).map_err(told)
}

#[test]
fn variants_have_an_id_of_their_own_and_the_placeholders_of_the_text() {
    let body = "How was {{event.title}}?";
    let b = format!("{{ id = \"b\", text = \"{body}\" }}");
    let c =
        format!("{{ id = \"c\", zh-Hant = \"{body}\", zh-Hans = \"{body}\", en = \"{body}\" }}");
    let playbook = with_variants(&format!("{b}, {c}")).unwrap();
    let text = &playbook.texts[&"event.question".parse::<MessageKind>().unwrap()];
    let ids: Vec<&str> = text.variants.iter().map(|v| v.id.as_str()).collect();
    assert_eq!(ids, ["b", "c"]);

    let fair = "expected the placeholders of the text itself, and no others";
    for (variants, told) in [
        (
            format!("{b}, {b}"),
            "expected an id that no other variant has, found \"b\" again",
        ),
        ("{ id = \"b\", text = \"How was it?\" }".to_owned(), fair),
        (
            "{ id = \"b\", text = \"{{event.title}} {{event.url}}\" }".to_owned(),
            fair,
        ),
        (
            "{ id = \"b\", text = \"{{event.titel}}\" }".to_owned(),
            "unknown placeholder {{event.titel}}",
        ),
        (
            c.replace("en = \"How was {{event.title}}", "en = \"How was it"),
            "expected {{event.title}}, as in zh-Hant",
        ),
    ] {
        let problems = with_variants(&variants).unwrap_err();
        assert!(
            problems.iter().any(|p| p == told),
            "{variants}: {problems:?}"
        );
    }
}

#[test]
fn what_may_be_left_out_is_left_out() {
    let mut source = Playbook::DEFAULT_TOML.to_owned();
    for (from, to) in [
        ("[wake_up]", "[digest]"),
        ("[digest]", "# ---- Events"),
        ("[events]", "# ---- Exp"),
        ("[experiments]", "# ---- Weekly"),
    ] {
        let (start, end) = (
            source.find(&format!("\n{from}\n")).unwrap(),
            source.find(to).unwrap(),
        );
        // A comment may stand between; the table itself ends where the next one begins.
        source.replace_range(start..end, "\n");
    }
    let playbook = Playbook::parse(&source).unwrap();
    assert_eq!((playbook.wake_up, playbook.digest), (None, None));
    assert_eq!(playbook.gatherings.question, None);
    assert_eq!(playbook.experiments, Experiments::default());
}

#[test]
fn all_problems_come_at_once() {
    let source = Playbook::DEFAULT_TOML
        .replacen("promo_cap = 2", "promo_cap = 200", 1)
        .replacen("send_at = \"10:00\"", "send_at = \"10.00\"", 1)
        .replacen("\ndays = 30", "\ndays = 3", 1)
        .replacen("survey = \"win-back.survey\"", "survey = \"survey\"", 1)
        .replacen("class = \"ops\"", "class = \"op\"", 1);
    let problems = Playbook::parse(&source).unwrap_err();
    let keys: Vec<&str> = problems
        .iter()
        .map(|problem| problem.key.as_str())
        .collect();
    assert_eq!(
        keys,
        [
            "sending.promo_cap",
            "onboarding.send_at",
            "milestones[2].days",
            "win_back.survey",
            "texts.\"win-back.follow-up.other.ops\".class"
        ]
    );
    assert!(problems.is_sorted_by_key(|problem| problem.line));
}

/// What a file may leave out: no freezes, the usual fairness, nothing for a review or a share.
#[test]
fn without_their_tables_there_are_no_freezes_and_the_usual_fairness() {
    let without = |source: &str, from: &str, until: &str| {
        let (head, rest) = source.split_once(from).unwrap();
        let (_, tail) = rest.split_once(until).unwrap();
        format!("{head}{until}{tail}")
    };
    let source = without(Playbook::DEFAULT_TOML, "[fairness]", "[freezes]");
    let source = without(&source, "[freezes]", "[[milestones]]");
    let playbook = Playbook::parse(&source).unwrap();
    let usual = Playbook::parse(Playbook::DEFAULT_TOML).unwrap();
    assert_eq!(playbook.freezes, None);
    assert_eq!(playbook.fairness, usual.fairness);
    let lines = Playbook::DEFAULT_TOML.lines().filter(|line| {
        ["review = ", "share = ", "share_cap = "]
            .iter()
            .all(|key| !line.starts_with(key))
    });
    let source = lines.collect::<Vec<_>>().join("\n");
    let points = Playbook::parse(&source).unwrap().points;
    assert_eq!((points.review, points.share, points.share_cap), (0, 0, 0));
}

#[test]
fn an_empty_file_names_all_that_it_lacks() {
    let keys: Vec<String> = Playbook::parse("")
        .unwrap_err()
        .into_iter()
        .map(|problem| problem.key)
        .collect();
    assert_eq!(
        keys,
        [
            "id",
            "sending",
            "phrases",
            "opt_out",
            "onboarding",
            "check_in",
            "points",
            "levels",
            "win_back",
            "report",
            "texts"
        ]
    );
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(100))]
    #[test]
    fn a_damaged_file_is_refused_without_a_panic(at in 0..Playbook::DEFAULT_TOML.len(), cut in 0_usize..40, with in "[\\[\\]{}='\"\n.#a-z0]{0,4}") {
        let source = Playbook::DEFAULT_TOML;
        if let (Some(head), Some(tail)) = (source.get(..at), source.get((at + cut).min(source.len())..)) {
            let _ = Playbook::parse(&format!("{head}{with}{tail}"));
        }
    }
}

/// What a published file is not asked again: its templates, and their lengths. All else is.
#[test]
fn a_published_file_is_read_without_a_look_at_its_templates() {
    let checked = Playbook::parse(Playbook::DEFAULT_TOML).unwrap();
    assert_eq!(
        Playbook::parse_published(Playbook::DEFAULT_TOML),
        Ok(checked)
    );
    let broken = Playbook::DEFAULT_TOML.replacen("{{member.name}}", "{{member.nme}}", 1);
    assert!(Playbook::parse(&broken).is_err());
    assert!(Playbook::parse_published(&broken).is_ok());
    let lacking = Playbook::DEFAULT_TOML.replacen("[points]", "[pints]", 1);
    assert_eq!(
        Playbook::parse_published(&lacking),
        Playbook::parse(&lacking)
    );
}
