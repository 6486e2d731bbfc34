//! What the fuzzers found worth keeping: every input goes through the same checks again.

use std::fs;
use std::path::{Path, PathBuf};

#[path = "../fuzz/check.rs"]
mod check;

type Check = fn(&[u8]);

const TARGETS: &[(&str, Check)] = &[
    ("slack", check::slack),
    ("standard", check::standard),
    ("telegram", check::telegram),
    ("line", check::line),
    ("discord", check::discord),
    ("wecom", check::wecom),
    ("feishu", check::feishu),
];

fn fuzz(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz")
        .join(folder)
}

fn holds(check: Check, data: &[u8], name: &str) {
    let found = std::panic::catch_unwind(|| check(data));
    assert!(found.is_ok(), "{name}");
}

#[test]
fn every_input_of_the_corpus_is_read_in_order() {
    for (target, check) in TARGETS {
        let mut inputs = 0;
        for entry in fs::read_dir(fuzz("corpus").join(target)).unwrap() {
            let path = entry.unwrap().path();
            holds(*check, &fs::read(&path).unwrap(), path.to_str().unwrap());
            inputs += 1;
        }
        assert!(inputs >= 10, "{target}: {inputs} inputs");
    }
}

/// One input a line: a JSON string whose characters are the bytes (`found.py`).
#[test]
fn what_the_fuzzers_found_is_read_in_order() {
    for (target, check) in TARGETS {
        let found = fs::read_to_string(fuzz("found").join(format!("{target}.txt"))).unwrap();
        for (n, line) in found.lines().enumerate() {
            let text: String = serde_json::from_str(line).unwrap();
            let data: Vec<u8> = text.chars().map(|c| u8::try_from(c).unwrap()).collect();
            holds(*check, &data, &format!("{target}.txt:{}", n + 1));
        }
        assert!(found.lines().count() >= 100, "{target}");
    }
}

#[test]
fn every_platform_has_a_target_and_every_target_a_corpus() {
    let mut platforms: Vec<&str> = hearth_domain::platform::Platform::ALL
        .into_iter()
        .map(hearth_domain::platform::Platform::name)
        .collect();
    platforms.sort_unstable();
    let mut targets: Vec<String> = fs::read_dir(fuzz("fuzz_targets"))
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    targets.sort_unstable();
    assert_eq!(targets, platforms);
    let mut listed: Vec<&str> = TARGETS.iter().map(|(target, _)| *target).collect();
    listed.sort_unstable();
    assert_eq!(listed, platforms);
}
