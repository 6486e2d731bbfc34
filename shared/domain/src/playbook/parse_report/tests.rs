//! What a playbook may say of the report, and the mistakes in it.

use jiff::civil::time;

use crate::days::QuietHours;
use crate::kpi::definitions::{Source, definitions};
use crate::kpi::{ExpectedMix, Health, ReportRules};
use crate::playbook::Playbook;

/// The default playbook with other lines in place of its table `[alerts]`.
fn with(alerts: &str) -> String {
    let toml = Playbook::DEFAULT_TOML;
    let from = toml.find("\n[alerts]").unwrap() + 1;
    let until = from + toml[from..].find("\n\n").unwrap();
    [&toml[..from], alerts, &toml[until..]].concat()
}

#[test]
fn the_hours_of_alerts_are_the_day_without_its_silence() {
    let alerts = |lines: &str| Playbook::parse(&with(lines)).unwrap().alerts;
    assert_eq!(alerts(""), None, "a playbook need not have any");
    let text = "message = \"report.alert\"";
    let found = alerts(&format!(
        "[alerts]\nfrom = \"09:00\"\nuntil = \"21:00\"\n{text}"
    ));
    let silent = QuietHours {
        from: time(21, 0, 0, 0),
        until: time(9, 0, 0, 0),
    };
    assert_eq!(found.unwrap().silent, silent);
}

#[test]
fn mistakes_in_alerts_are_named() {
    let hours = "[alerts]\nfrom = \"09:00\"\nuntil = \"21:00\"";
    for (lines, expected) in [
        (hours.to_owned(), "alerts.message"),
        (
            format!("{hours}\nmessage = \"no.such\""),
            "expected the kind of a text",
        ),
        (
            "[alerts]\nfrom = \"9\"\nuntil = \"21:00\"\nmessage = \"report.alert\"".to_owned(),
            "alerts.from",
        ),
        (
            format!("{hours}\nmessage = \"report.alert\"\nlate = 1"),
            "alerts.late",
        ),
    ] {
        let problems = Playbook::parse(&with(&lines)).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].to_string().contains(expected), "{problems:?}");
    }
}

#[test]
fn the_default_aims_at_what_is_measured_and_higher_in_each_phase() {
    let targets = Playbook::parse(Playbook::DEFAULT_TOML).unwrap().targets.0;
    assert_eq!(targets.get("dau_share"), Some(&[0.15, 0.3, 0.45, 0.55]));
    for name in targets.keys() {
        let found = definitions().find(|definition| definition.public_name() == name);
        let source = found.map(|definition| definition.source);
        assert!(matches!(source, Some(Source::Measured(_))), "{name}");
    }
}

/// The default playbook with a table of its own, which it has only as a comment.
fn rules(table: &str) -> ReportRules {
    parsed(table).unwrap_or_else(|problem| panic!("{table}\n{problem}"))
}

/// Its rules, or its first mistake.
fn parsed(table: &str) -> Result<ReportRules, String> {
    let toml = [Playbook::DEFAULT_TOML, "\n", table].concat();
    let playbook = Playbook::parse(&toml).map_err(|problems| problems[0].to_string())?;
    Ok(playbook.report)
}

#[test]
fn a_limit_of_the_light_is_a_number_or_off() {
    let health = |lines: &str| rules(&format!("[health]\n{lines}")).health;
    assert_eq!(health(""), Health::default());
    let names = [
        "month_growth",
        "swing",
        "interaction_growth",
        "negative",
        "k",
    ];
    let limits = |health: Health| {
        [
            health.month_growth,
            health.swing,
            health.interaction_growth,
            health.negative,
            health.k,
        ]
    };
    let usual = limits(Health::default());
    for (at, name) in names.into_iter().enumerate() {
        let mut expected = usual;
        expected[at] = None;
        assert_eq!(limits(health(&format!("{name} = \"off\""))), expected);
        expected[at] = Some(0.25);
        assert_eq!(limits(health(&format!("{name} = 0.25"))), expected);
    }
    let weeks = health("special_weeks = [\"2026-W08\", \"2026-W40\"]").special_weeks;
    let weeks: Vec<String> = weeks.iter().map(ToString::to_string).collect();
    assert_eq!(weeks, ["2026-W08", "2026-W40"]);
}

#[test]
fn mistakes_in_the_rules_of_the_report_are_named() {
    for (table, expected) in [
        (
            "[health]\nk = \"none\"",
            "a number from 0 to 10, or \"off\"",
        ),
        ("[health]\nswing = 11", "a number from 0 to 10, or \"off\""),
        ("[health]\ngrowth = 0.1", "health.growth"),
        ("[health]\nspecial_weeks = [\"2026-02-16\"]", "an ISO week"),
        ("[mix]\ncore = 0.5\nactive = 0.5", "mix.potential"),
        (
            "[mix]\ncore = 0.5\nactive = 0.5\npotential = 0.1\nsilent = 0.1",
            "add up to 1",
        ),
        ("[risk]\nintercept = 1", "risk.recency"),
    ] {
        let problem = parsed(table).unwrap_err();
        assert!(problem.contains(expected), "{table}: {problem}");
    }
}

/// The lines of a table that the default playbook has as a comment.
fn commented(table: &str) -> Vec<String> {
    let head = format!("[{table}]");
    let lines = Playbook::DEFAULT_TOML
        .lines()
        .map(|line| line.strip_prefix("#     ").unwrap_or_default());
    let lines: Vec<String> = lines
        .skip_while(|line| *line != head)
        .take_while(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    assert!(lines.len() > 1, "{head} is in no comment");
    lines
}

#[test]
fn what_is_commented_out_are_the_defaults_and_each_of_its_lines_counts() {
    let usual = ReportRules::default();
    for table in ["health", "mix", "risk"] {
        let lines = commented(table);
        assert_eq!(rules(&lines.join("\n")), usual, "[{table}]");
        for at in 1..lines.len() {
            let mut other = lines.clone();
            let (name, _) = lines[at].split_once(" = ").unwrap();
            other[at] = format!("{name} = \"no value\"");
            assert!(parsed(&other.join("\n")).is_err(), "{table}.{name}");
        }
    }
}

#[test]
fn a_mix_is_read() {
    let mix = rules("[mix]\ncore = 0.1\nactive = 0.2\npotential = 0.3\nsilent = 0.4").mix;
    let expected = ExpectedMix {
        core: 0.1,
        active: 0.2,
        potential: 0.3,
        silent: 0.4,
    };
    assert_eq!(mix, expected);
}
