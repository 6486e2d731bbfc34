//! The house rules that a compiler does not hold: who may depend on whom, what every crate and
//! every file has.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Files that may be longer than [`MOST_LINES`], each with the reason.
const LONG_FILES: [(&str, &str); 2] = [
    (
        "infra/local/src/stack.rs",
        "the one loop of the local stack and the wiring of its six functions: one order of things",
    ),
    (
        "shared/aws/src/store/member_item.rs",
        "one item: every attribute of a member, there and back, side by side",
    ),
];
/// Lines of a file before its tests.
const MOST_LINES: usize = 500;
/// What the pure rules never touch.
const IMPURE: [&str; 9] = [
    "tokio", "aws", "http", "axum", "hyper", "reqwest", "lambda", "tracing", "dynoxide",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// The workspace's packages: folder, and the names of what they depend on, with the kind.
struct Package {
    name: String,
    folder: String,
    /// `(name, is a development dependency)`.
    needs: BTreeSet<(String, bool)>,
}

fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let package = |package: &Value| {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap());
        let folder = manifest
            .parent()
            .unwrap()
            .strip_prefix(root().canonicalize().unwrap())
            .unwrap();
        let needs = package["dependencies"].as_array().unwrap().iter();
        Package {
            name: package["name"].as_str().unwrap().to_owned(),
            folder: folder.to_str().unwrap().to_owned(),
            needs: needs
                .map(|need| {
                    (
                        need["name"].as_str().unwrap().to_owned(),
                        need["kind"] == "dev",
                    )
                })
                .collect(),
        }
    };
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(package)
        .collect()
}

#[test]
fn who_may_depend_on_whom() {
    let packages = packages();
    let folders: BTreeMap<&str, &str> = packages
        .iter()
        .map(|package| (package.name.as_str(), package.folder.as_str()))
        .collect();
    assert!(
        packages
            .iter()
            .filter(|package| package.folder.starts_with("functions/"))
            .count()
            == 6,
        "six functions"
    );
    for package in &packages {
        let allowed: &[&str] = match package.folder.as_str() {
            // It knows nothing of communities; the rules know nothing of its library.
            "shared/charts" => &[],
            "shared/domain" => &["shared/charts"],
            "shared/aws" | "shared/platforms" => &["shared/domain"],
            folder if folder.starts_with("functions/") => {
                &["shared/domain", "shared/platforms", "shared/aws"]
            }
            // The local stack runs everything, the command runs the local stack, the tests see all.
            folder if folder.starts_with("infra/") || folder.starts_with("tests") => continue,
            folder => panic!("{folder} has no place in the house"),
        };
        for (need, _) in &package.needs {
            if let Some(folder) = folders.get(need.as_str()) {
                assert!(
                    allowed.contains(folder),
                    "{} depends on {folder}",
                    package.folder
                );
            }
        }
    }
}

#[test]
fn the_rules_are_pure() {
    let packages = packages();
    let domain = packages
        .iter()
        .find(|package| package.folder == "shared/domain")
        .unwrap();
    for (need, _) in &domain.needs {
        let impure = IMPURE.iter().find(|word| {
            need == *word
                || need.starts_with(&format!("{word}-"))
                || need.starts_with(&format!("{word}_"))
        });
        assert!(impure.is_none(), "shared/domain depends on {need}");
    }
    let platforms = packages
        .iter()
        .find(|package| package.folder == "shared/platforms")
        .unwrap();
    for (need, dev) in &platforms.needs {
        assert!(
            *dev || !need.starts_with("aws-sdk") && need != "tokio",
            "shared/platforms depends on {need}"
        );
    }
}

#[test]
fn every_crate_has_the_houses_lints_and_no_version_of_its_own() {
    for package in packages() {
        let manifest = fs::read_to_string(root().join(&package.folder).join("Cargo.toml")).unwrap();
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{}: no lints of the workspace",
            package.folder
        );
        let own = manifest
            .lines()
            // The functions share a test, which is no dependency.
            .filter(|line| !line.starts_with('#') && *line != "path = \"../start.rs\"")
            .find(|line| {
                line.contains("version = \"")
                    || line.contains("git = \"")
                    || line.contains("path = \"../")
            });
        assert!(
            own.is_none(),
            "{}: {own:?} is not declared in the workspace",
            package.folder
        );
    }
}

/// All Rust files of the house, relative to its root.
fn rust_files() -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if path
                    .file_name()
                    .is_none_or(|name| name != "target" && name != "corpus")
                {
                    walk(&path, found);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    for top in ["functions", "shared", "infra", "tests"] {
        walk(&root().join(top), &mut found);
    }
    found
        .iter()
        .map(|path| path.strip_prefix(root()).unwrap().to_owned())
        .collect()
}

#[test]
fn every_file_says_what_it_is_for() {
    let files = rust_files();
    assert!(files.len() > 150, "{} files", files.len());
    let silent: Vec<&PathBuf> = files
        .iter()
        .filter(|path| {
            !fs::read_to_string(root().join(path))
                .unwrap()
                .starts_with("//! ")
        })
        .collect();
    assert!(
        silent.is_empty(),
        "no first line that says the purpose: {silent:?}"
    );
}

#[test]
fn files_fit_in_a_head() {
    let mut long = Vec::new();
    for path in rust_files() {
        let name = path.to_str().unwrap().to_owned();
        let is_test = name.starts_with("tests/")
            || name.contains("/tests/")
            || name.ends_with("tests.rs")
            || name.ends_with("testing.rs");
        if is_test || LONG_FILES.iter().any(|(listed, _)| *listed == name) {
            continue;
        }
        let text = fs::read_to_string(root().join(&path)).unwrap();
        let lines = text
            .lines()
            .take_while(|line| !line.starts_with("mod tests {"))
            .count();
        if lines > MOST_LINES {
            long.push((name, lines));
        }
    }
    assert!(
        long.is_empty(),
        "longer than {MOST_LINES} lines without a reason: {long:?}"
    );
    for (name, reason) in LONG_FILES {
        assert!(
            root().join(name).is_file() && !reason.is_empty(),
            "{name} is listed and not there"
        );
    }
}

#[test]
fn there_is_one_http_stack_and_one_tls_stack() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    for name in ["hyper", "rustls", "h2", "aws-lc-rs"] {
        let line = format!("name = \"{name}\"");
        let count = lock.lines().filter(|found| *found == line).count();
        assert_eq!(
            count, 1,
            "{name}: a second one costs every function a megabyte"
        );
    }
}

#[test]
fn a_panic_unwinds_in_what_ships() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let release = manifest.split("[profile.release]").nth(1).unwrap();
    let release = release.split("\n[").next().unwrap();
    // cargo-lambda builds with `abort` where the profile does not name it: one poison record would
    // then end the process. `make bench` shows it on the binaries.
    assert!(release.lines().any(|line| line == "panic = \"unwind\""));
    assert!(!manifest.contains("panic = \"abort\""));
}
