//! The binary as Lambda starts it: without its environment it does not run, and says what it lacks.

use std::process::Command;

#[test]
fn a_missing_variable_ends_the_start_and_is_named() {
    let complete = [
        ("HEARTH_SEND_NOW_QUEUE_URL", "http://127.0.0.1:1/1"),
        ("HEARTH_ONBOARDING_QUEUE_URL", "http://127.0.0.1:1/2"),
        ("HEARTH_PSEUDONYM_KEY", "0123456789abcdef"),
        ("HEARTH_MEMBERS_TABLE", "members"),
        ("HEARTH_JOURNAL_TABLE", "journal"),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ];
    for (missing, _) in complete {
        let rest = complete.into_iter().filter(|(name, _)| *name != missing);
        let ended = Command::new(env!("CARGO_BIN_EXE_hearth-onboarding"))
            .env_clear()
            .envs(rest)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(!ended.status.success(), "{missing}: {said}");
        let expected = format!("environment variable {missing} is not set");
        assert!(said.contains(&expected), "{missing}: {said}");
    }
}
