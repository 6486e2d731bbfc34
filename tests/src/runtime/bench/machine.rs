//! What the numbers were measured on.

use std::fs;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::runtime::binaries::Binaries;

/// The machine and the build. What can't be told is empty.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Machine {
    /// As `/proc/cpuinfo` names it.
    pub cpu_model: String,
    /// Cores that this process may use.
    pub cores: usize,
    /// The kernel's release.
    pub kernel: String,
    /// `rustc --version` here and now; the bootstraps may be older.
    pub rustc: String,
    /// The folder's name, which is the profile's where cargo has laid it out.
    pub profile: String,
    /// The folder of the bootstraps.
    pub bootstraps: String,
    /// Whether the stub and the server around them were optimised: walls hold their part too.
    pub stub_optimised: bool,
}

impl Machine {
    /// This one.
    pub fn this(binaries: &Binaries) -> Self {
        let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpus
            .lines()
            .find_map(|line| line.strip_prefix("model name"));
        let model = model.map(|rest| rest.trim_start_matches([' ', '\t', ':']).trim());
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let rustc = Command::new("rustc").arg("--version").output();
        let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
        Self {
            cpu_model: model.unwrap_or_default().to_owned(),
            cores: std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
            kernel: kernel.trim().to_owned(),
            rustc: rustc.unwrap_or_default(),
            profile: binaries.profile(),
            bootstraps: binaries.folder().display().to_string(),
            stub_optimised: !cfg!(debug_assertions),
        }
    }
}
