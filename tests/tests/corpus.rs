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

#[test]
fn every_input_of_the_corpus_is_read_in_order() {
    for (target, check) in TARGETS {
        let mut inputs = 0;
        for entry in fs::read_dir(fuzz("corpus").join(target)).unwrap() {
            let path = entry.unwrap().path();
            let data = fs::read(&path).unwrap();
            let found = std::panic::catch_unwind(|| check(&data));
            assert!(found.is_ok(), "{}", path.display());
            inputs += 1;
        }
        assert!(inputs >= 10, "{target}: {inputs} inputs");
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
