//! One bootstrap as a process: started with what a function gets on Lambda and nothing else,
//! killed when it is dropped.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail};
use tokio::sync::watch;

use super::api::{Done, RuntimeApi, TIMEOUT};
use super::tick;

/// A start that takes longer than this hangs.
const START: Duration = Duration::from_secs(10);
/// So long after its end the other pipe is read.
const LAST_WORDS: Duration = Duration::from_millis(50);
/// So many of the last lines are shown when something goes wrong.
const SHOWN: usize = 20;

/// What the kernel says about a process.
#[derive(Debug, Clone, Default)]
pub struct Usage {
    /// Nanoseconds on a CPU, user and system, by thread.
    cpu: BTreeMap<String, u64>,
    /// The most memory that was resident at once, in bytes (`VmHWM`).
    pub peak_memory_bytes: u64,
}

impl Usage {
    /// CPU time since an earlier look. A thread that ended in between is not in it: the
    /// functions' runtimes have one thread, and those that look names up linger.
    pub fn cpu_since(&self, earlier: &Self) -> Duration {
        let since = |(thread, now): (&String, &u64)| {
            now.saturating_sub(earlier.cpu.get(thread).copied().unwrap_or(0))
        };
        Duration::from_nanos(self.cpu.iter().map(since).sum())
    }

    /// Reads it from `/proc`.
    pub fn of(process: u32) -> anyhow::Result<Self> {
        let folder = format!("/proc/{process}");
        let status = fs::read_to_string(format!("{folder}/status"))
            .with_context(|| format!("reading {folder}/status"))?;
        let mut cpu = BTreeMap::new();
        for thread in fs::read_dir(format!("{folder}/task"))? {
            let thread = thread?;
            // A thread that ends between the two reads has no file any more.
            let Ok(stat) = fs::read_to_string(thread.path().join("schedstat")) else {
                continue;
            };
            let nanoseconds = stat.split_whitespace().next().and_then(|n| n.parse().ok());
            cpu.insert(
                thread.file_name().to_string_lossy().into_owned(),
                nanoseconds.context("schedstat: no number of nanoseconds")?,
            );
        }
        Ok(Self {
            cpu,
            peak_memory_bytes: peak_memory_bytes(&status)
                .with_context(|| format!("{folder}/status: no VmHWM"))?,
        })
    }
}

/// `VmHWM:      2168 kB`, where the kernel's kB is 1,024 bytes.
fn peak_memory_bytes(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// Lets this process's peak begin anew (`man 5 proc`, clear_refs), and tells what is resident now.
/// Bytes.
pub fn forget_peak() -> anyhow::Result<u64> {
    fs::write("/proc/self/clear_refs", "5").context("writing /proc/self/clear_refs")?;
    Ok(Usage::of(std::process::id())?.peak_memory_bytes)
}

type Lines = Arc<Mutex<Vec<String>>>;

/// A running bootstrap.
#[derive(Debug)]
pub struct Bootstrap {
    name: String,
    child: Mutex<Child>,
    process: u32,
    api: RuntimeApi,
    started: Instant,
    stdout: Lines,
    stderr: Lines,
    ended: watch::Receiver<bool>,
}

impl Bootstrap {
    /// Starts it. `environment` is all that it gets, beside the address of its Runtime API.
    pub async fn start(
        name: &str,
        binary: &Path,
        environment: &[(String, String)],
    ) -> anyhow::Result<Self> {
        let api = RuntimeApi::start().await?;
        Self::start_with(name, binary, environment, api)
    }

    /// Starts it with an event that waits for it, and its number: a cold start.
    pub async fn start_for(
        name: &str,
        binary: &Path,
        environment: &[(String, String)],
        event: Vec<u8>,
    ) -> anyhow::Result<(Self, u64)> {
        let api = RuntimeApi::start().await?;
        let number = api.give(event);
        Ok((Self::start_with(name, binary, environment, api)?, number))
    }

    fn start_with(
        name: &str,
        binary: &Path,
        environment: &[(String, String)],
        api: RuntimeApi,
    ) -> anyhow::Result<Self> {
        let mut command = Command::new(binary);
        command
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .env("AWS_LAMBDA_RUNTIME_API", api.address())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let started = tick();
        let mut child = command
            .spawn()
            .with_context(|| format!("starting {}", binary.display()))?;
        let (ending, ended) = watch::channel(false);
        let stdout = child.stdout.take().map(|pipe| keep(pipe, Some(ending)));
        let stderr = child.stderr.take().map(|pipe| keep(pipe, None));
        Ok(Self {
            name: name.to_owned(),
            process: child.id(),
            child: Mutex::new(child),
            api,
            started,
            stdout: stdout.unwrap_or_default(),
            stderr: stderr.unwrap_or_default(),
            ended,
        })
    }

    /// From `exec` to the first `/next`.
    pub async fn first_next(&self) -> anyhow::Result<Duration> {
        let asked = self
            .or_else_why(self.api.first_asked(), START, "ask for an event")
            .await?;
        Ok(asked.duration_since(self.started))
    }

    /// Hands it an event and waits for the answer.
    pub async fn invoke(&self, event: Vec<u8>) -> anyhow::Result<Done> {
        let number = self.api.give(event);
        self.done(number).await
    }

    /// Waits for the answer to an event that was handed over.
    pub async fn done(&self, number: u64) -> anyhow::Result<Done> {
        self.or_else_why(self.api.done(number), TIMEOUT, "answer an event")
            .await
    }

    /// From `exec` to the end of an invocation.
    pub fn since_start(&self, done: &Done) -> Duration {
        done.answered.duration_since(self.started)
    }

    /// What the kernel says, once the process waits for its next event.
    pub async fn usage_at_rest(&self) -> anyhow::Result<Usage> {
        self.or_else_why(self.api.at_rest(), TIMEOUT, "ask for the next event")
            .await?;
        Usage::of(self.process)
    }

    /// Its process id.
    pub fn process(&self) -> u32 {
        self.process
    }

    /// What it wrote to standard output so far: log lines and metrics.
    pub fn lines(&self) -> Vec<String> {
        copy(&self.stdout)
    }

    /// The last lines of its output, for an error.
    pub fn last_lines(&self) -> String {
        let init_error = self.api.init_error();
        let init_error = init_error.map(|error| format!("\n  init error: {error}"));
        let mut shown = Vec::from_iter(init_error);
        for (name, lines) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            let lines = copy(lines);
            let last = lines.iter().skip(lines.len().saturating_sub(SHOWN));
            shown.extend(last.map(|line| format!("\n  {name}: {line}")));
        }
        shown.concat()
    }

    /// The result of waiting, unless the process ends or takes too long over it.
    async fn or_else_why<T>(
        &self,
        wait: impl Future<Output = T>,
        limit: Duration,
        what: &str,
    ) -> anyhow::Result<T> {
        let mut ended = self.ended.clone();
        tokio::select! {
            biased;
            found = wait => Ok(found),
            _ = ended.wait_for(|ended| *ended) => {
                // Until what it said last has been read.
                tokio::time::sleep(LAST_WORDS).await;
                Err(anyhow!("{} ended before it could {what} ({}){}", self.name, self.status(), self.last_lines()))
            }
            () = tokio::time::sleep(limit) => {
                bail!("{} did not {what} within {} s{}", self.name, limit.as_secs(), self.last_lines())
            }
        }
    }

    fn status(&self) -> String {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        match child.try_wait() {
            Ok(Some(status)) => status.to_string(),
            Ok(None) => "it closed its standard output".to_owned(),
            Err(error) => error.to_string(),
        }
    }
}

impl Drop for Bootstrap {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner);
        // It may have ended by itself; then there is nothing to kill.
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn copy(lines: &Lines) -> Vec<String> {
    lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Reads a pipe to its end, so that the process never waits for a full one.
fn keep(pipe: impl Read + Send + 'static, ending: Option<watch::Sender<bool>>) -> Lines {
    let lines = Lines::default();
    let kept = lines.clone();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n') {
            let Ok(line) = line else { break };
            let line = String::from_utf8_lossy(&line).into_owned();
            kept.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(line);
        }
        if let Some(ending) = ending {
            let _ = ending.send(true);
        }
    });
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_read_in_bytes() {
        let status = "Name:\tx\nVmPeak:\t  9000 kB\nVmHWM:\t    2168 kB\nVmRSS:\t 1 kB\n";
        assert_eq!(peak_memory_bytes(status), Some(2168 * 1024));
        assert_eq!(peak_memory_bytes("VmHWM: many"), None);
    }

    #[test]
    fn cpu_is_what_every_thread_used_since() {
        let usage = |threads: &[(&str, u64)]| Usage {
            cpu: threads
                .iter()
                .map(|(name, n)| ((*name).to_owned(), *n))
                .collect(),
            peak_memory_bytes: 0,
        };
        let before = usage(&[("1", 100), ("2", 50)]);
        let after = usage(&[("1", 350), ("3", 40)]);
        assert_eq!(after.cpu_since(&before), Duration::from_nanos(290));
    }

    #[tokio::test]
    async fn a_process_that_ends_or_hangs_is_named_with_what_it_said() {
        let sh = Path::new("/bin/sh");
        let missing = Bootstrap::start("gone", Path::new("/nowhere/bootstrap"), &[]).await;
        assert!(
            missing
                .unwrap_err()
                .to_string()
                .contains("/nowhere/bootstrap")
        );
        // A shell without arguments reads its empty standard input and ends.
        let ends = Bootstrap::start("sh", sh, &[]).await.unwrap();
        let error = ends.first_next().await.unwrap_err().to_string();
        assert!(
            error.contains("sh ended before it could ask for an event"),
            "{error}"
        );
    }
}
