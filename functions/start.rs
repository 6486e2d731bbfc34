//! Every function's binary, as Lambda starts it: without its environment it does not run, and says
//! what it lacks. Each function's package has this file as a test of its own.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what goes wrong here fails a test"
)]

use std::process::{Command, Output};

/// What every function needs.
const ALL: [(&str, &str); 5] = [
    ("HEARTH_MEMBERS_TABLE", "members"),
    ("HEARTH_JOURNAL_TABLE", "journal"),
    ("AWS_REGION", "eu-central-1"),
    ("AWS_ACCESS_KEY_ID", "test"),
    ("AWS_SECRET_ACCESS_KEY", "test"),
];
const QUEUE: &str = "http://127.0.0.1:1/queue";
const KEY: (&str, &str) = ("HEARTH_PSEUDONYM_KEY", "secretsmanager:hearth/key");
const PREFIX: (&str, &str) = ("HEARTH_SECRET_PREFIX", "hearth");

/// What this function needs beside it: as infra/template.yaml sets it.
fn own() -> Vec<(&'static str, &'static str)> {
    match env!("CARGO_PKG_NAME") {
        "hearth-member-webhook" => vec![
            ("HEARTH_ONBOARDING_QUEUE_URL", QUEUE),
            ("HEARTH_CHECK_IN_QUEUE_URL", QUEUE),
            ("HEARTH_WIN_BACK_QUEUE_URL", QUEUE),
            PREFIX,
        ],
        "hearth-onboarding" => vec![
            ("HEARTH_SEND_NOW_QUEUE_URL", QUEUE),
            ("HEARTH_SEND_BULK_QUEUE_URL", QUEUE),
            ("HEARTH_ONBOARDING_QUEUE_URL", QUEUE),
            ("HEARTH_CHECK_IN_QUEUE_URL", QUEUE),
            KEY,
        ],
        "hearth-check-in" => vec![("HEARTH_SEND_NOW_QUEUE_URL", QUEUE), KEY],
        "hearth-win-back" => vec![
            ("HEARTH_SEND_NOW_QUEUE_URL", QUEUE),
            ("HEARTH_SEND_BULK_QUEUE_URL", QUEUE),
            ("HEARTH_WIN_BACK_QUEUE_URL", QUEUE),
            KEY,
        ],
        "hearth-kpi-rollup" => vec![
            ("HEARTH_KPI_ROLLUP_QUEUE_URL", QUEUE),
            ("HEARTH_SEND_NOW_QUEUE_URL", QUEUE),
            ("HEARTH_CHECK_IN_QUEUE_URL", QUEUE),
            ("HEARTH_REPORT_BUCKET", "reports"),
        ],
        "hearth-messenger" => vec![("HEARTH_SEND_BULK_QUEUE_URL", QUEUE), KEY, PREFIX],
        other => panic!("{other}: say here what it needs"),
    }
}

fn start(environment: impl IntoIterator<Item = (&'static str, &'static str)>) -> (Output, String) {
    let variable = concat!("CARGO_BIN_EXE_", env!("CARGO_PKG_NAME"));
    #[expect(
        clippy::disallowed_methods,
        reason = "cargo says where the binary under test is"
    )]
    let binary = std::env::var(variable).unwrap();
    let ended = Command::new(binary)
        .env_clear()
        .envs(environment)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    (ended, said)
}

#[test]
fn a_missing_variable_ends_the_start_and_is_named() {
    let complete = [ALL.to_vec(), own()].concat();
    for (missing, _) in &complete {
        let rest = complete.iter().copied().filter(|(name, _)| name != missing);
        let (ended, said) = start(rest);
        assert!(!ended.status.success(), "{missing}: {said}");
        let expected = format!("environment variable {missing} is not set");
        assert!(said.contains(&expected), "{missing}: {said}");
    }
}

#[test]
fn a_key_that_is_no_reference_ends_the_start_and_is_not_repeated() {
    // The webhook and the rollup know no member by name: they are not given the key at all.
    for (key, _) in own().into_iter().filter(|variable| *variable == KEY) {
        let mistaken = |(name, value)| {
            if name == key {
                (name, "the-key-itself")
            } else {
                (name, value)
            }
        };
        let (ended, said) = start([ALL.to_vec(), own()].concat().into_iter().map(mistaken));
        assert!(!ended.status.success());
        let expected = "HEARTH_PSEUDONYM_KEY: expected secretsmanager:";
        assert!(said.contains(expected), "{said}");
        assert!(!said.contains("the-key-itself"), "{said}");
    }
}
