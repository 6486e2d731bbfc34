//! Where the bootstraps are.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use hearth_local::stack::Function;

/// All six, in the order in which they are reported.
pub const ALL: [Function; 6] = [
    Function::MemberWebhook,
    Function::Onboarding,
    Function::CheckIn,
    Function::WinBack,
    Function::KpiRollup,
    Function::Messenger,
];

/// The function of a name such as `check-in`, with or without `hearth-` before it.
pub fn function(name: &str) -> anyhow::Result<Function> {
    let short = name.strip_prefix("hearth-").unwrap_or(name);
    let found = ALL.into_iter().find(|function| function.name() == short);
    found.with_context(|| {
        let names = ALL.map(Function::name).join(", ");
        format!("no function is called {name}; there are {names}")
    })
}

/// The bootstraps of a folder.
#[derive(Debug, Clone)]
pub struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    /// Of a folder in which at least those of `functions` are.
    pub fn of(folder: &Path, functions: &[Function]) -> anyhow::Result<Self> {
        let binaries = Self {
            folder: folder.to_owned(),
        };
        for function in functions {
            binaries.path(*function)?;
        }
        Ok(binaries)
    }

    /// Where a function's is: `<folder>/hearth-<name>` as cargo lays it out, or
    /// `<folder>/<name>/bootstrap` as cargo-lambda does (with or without `hearth-`).
    pub fn path(&self, function: Function) -> anyhow::Result<PathBuf> {
        let name = function.name();
        let package = format!("hearth-{name}");
        let first = self.folder.join(&package);
        let places = [
            first.clone(),
            self.folder.join(&package).join("bootstrap"),
            self.folder.join(name).join("bootstrap"),
        ];
        if let Some(found) = places.into_iter().find(|path| path.is_file()) {
            return Ok(found);
        }
        let profile = match self.profile().as_str() {
            "debug" => String::new(),
            "release" => " --release".to_owned(),
            other => format!(" --profile {other}"),
        };
        bail!(
            "{} is not there; build it with: cargo build --locked{profile} --package {package}",
            first.display()
        )
    }

    /// The folder's name, which is the profile's where cargo has laid it out.
    pub fn profile(&self) -> String {
        let absolute = std::path::absolute(&self.folder).unwrap_or_else(|_| self.folder.clone());
        let name = absolute
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        name.unwrap_or_default()
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Bytes of a function's, as it was built.
    pub fn size_bytes(&self, function: Function) -> anyhow::Result<u64> {
        let path = self.path(function)?;
        let metadata = std::fs::metadata(&path).with_context(|| path.display().to_string())?;
        Ok(metadata.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_with_the_command_that_builds_it() {
        for (folder, command) in [
            (
                "/nowhere/release",
                "cargo build --locked --release --package hearth-check-in",
            ),
            (
                "/nowhere/debug",
                "cargo build --locked --package hearth-check-in",
            ),
            (
                "/nowhere/local",
                "cargo build --locked --profile local --package hearth-check-in",
            ),
        ] {
            let error = Binaries::of(Path::new(folder), &[Function::CheckIn]).unwrap_err();
            let error = error.to_string();
            assert!(
                error.starts_with(&format!("{folder}/hearth-check-in is not there")),
                "{error}"
            );
            assert!(error.ends_with(command), "{error}");
        }
        assert_eq!(function("hearth-win-back").unwrap(), Function::WinBack);
        assert!(
            function("winback")
                .unwrap_err()
                .to_string()
                .contains("win-back")
        );
    }
}
