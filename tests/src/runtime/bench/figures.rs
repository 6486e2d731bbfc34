//! The measurements as named figures: held to their budgets, and compared with an earlier run's.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail};
use hearth_local::stack::Function;
use serde_json::Value;

use super::{FORMAT, Measurements};
use crate::runtime::stage::Connection;

/// What a figure may be at most, and what it should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// At most.
    pub budget: f64,
    /// Better; `None` = within the budget is good.
    pub goal: Option<f64>,
}

impl Limit {
    const fn new(budget: f64, goal: f64) -> Self {
        Self {
            budget,
            goal: Some(goal),
        }
    }

    const fn budget(budget: f64) -> Self {
        Self { budget, goal: None }
    }
}

const BINARY_BYTES: Limit = Limit::new(9_000_000.0, 6_000_000.0);
/// Of the one that writes reports to S3, whose SDK brings 0.65 MB of tables for checksums that no feature
/// leaves out. A schedule starts it, so that nobody waits for it to be read from disk.
const ROLLUP_BINARY_BYTES: Limit = Limit::new(10_000_000.0, 6_000_000.0);
/// 16 MB = 16,000,000 bytes.
const PEAK_MEMORY_BYTES: Limit = Limit::budget(16_000_000.0);
const FIRST_NEXT_MS: Limit = Limit::budget(12.0);
/// Of the webhook, over TLS.
const FIRST_ANSWER_MS: Limit = Limit::new(25.0, 15.0);
const WEBHOOK_CPU_MS: Limit = Limit::new(0.5, 0.2);
const CHECK_IN_CPU_MS: Limit = Limit::new(0.4, 0.12);

/// One number with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Which function.
    pub function: String,
    /// What of it, unique within the function.
    pub what: String,
    /// `ms`, `bytes`, `requests`, `units`.
    pub unit: &'static str,
    /// The number. Of several measurements the median; of the CPU time of work the least part of a run: what
    /// else a machine does at the same time only adds to it, on a shared one half as much again.
    pub value: f64,
    /// Its budget, if it has one.
    pub limit: Option<Limit>,
}

impl Figure {
    /// Whether it is over its budget.
    pub fn is_over(&self) -> bool {
        self.limit.is_some_and(|limit| self.value > limit.budget)
    }

    /// `OVER` its budget, `ok` within it, or within its `goal`.
    pub fn verdict(&self) -> &'static str {
        let Some(limit) = self.limit else { return "" };
        if self.value > limit.budget {
            "OVER"
        } else if limit.goal.is_some_and(|goal| self.value <= goal) {
            "goal"
        } else {
            "ok"
        }
    }
}

/// All figures of a run.
pub fn of(run: &Measurements) -> Vec<Figure> {
    let mut all = Vec::new();
    let mut add =
        |function: &str, what: String, unit: &'static str, value: f64, limit: Option<Limit>| {
            all.push(Figure {
                function: function.to_owned(),
                what,
                unit,
                value,
                limit,
            });
        };
    for binary in &run.binaries {
        let name = &binary.function;
        let limit = if *name == Function::KpiRollup.name() {
            ROLLUP_BINARY_BYTES
        } else {
            BINARY_BYTES
        };
        add(
            name,
            "binary".to_owned(),
            "bytes",
            binary.binary_bytes as f64,
            Some(limit),
        );
        let peak = binary.peak_memory_bytes as f64;
        add(
            name,
            "peak memory".to_owned(),
            "bytes",
            peak,
            Some(PEAK_MEMORY_BYTES),
        );
    }
    for start in &run.starts {
        let name = &start.function;
        let of = |what: &str| format!("{what}, {}", start.connection);
        // What reading this machine's authorities adds is this machine's; it has no budget.
        let is_ours = start.connection != Connection::TlsSystemRoots.name();
        let is_webhook = *name == Function::MemberWebhook.name();
        let over_tls = start.connection == Connection::Tls.name();
        let next = is_ours.then_some(FIRST_NEXT_MS);
        add(
            name,
            of("exec to first /next"),
            "ms",
            start.first_next_ms.median,
            next,
        );
        let answer = (is_webhook && over_tls).then_some(FIRST_ANSWER_MS);
        add(
            name,
            of("exec to first answer"),
            "ms",
            start.first_answer_ms.median,
            answer,
        );
        add(
            name,
            of("first invocation"),
            "ms",
            start.first_invocation_ms.median,
            None,
        );
        add(
            name,
            of("CPU of a cold start"),
            "ms",
            start.cpu_ms.median,
            None,
        );
    }
    for work in &run.work {
        let name = &work.function;
        let of = |what: &str| format!("{}: {what}", work.what);
        let plain = work.connection == Connection::Plain.name();
        let cpu = if !plain {
            None
        } else if *name == Function::MemberWebhook.name() {
            Some(WEBHOOK_CPU_MS)
        } else if *name == Function::CheckIn.name() {
            Some(CHECK_IN_CPU_MS)
        } else {
            None
        };
        add(name, of("CPU"), "ms", work.cpu_ms.median, None);
        add(name, of("least CPU"), "ms", work.cpu_ms.minimum, cpu);
        add(name, of("wall"), "ms", work.wall_ms, None);
        add(name, of("AWS"), "requests", work.asked.to_aws(), None);
        add(name, of("read"), "units", work.asked.read_units, None);
        add(name, of("write"), "units", work.asked.write_units, None);
    }
    all
}

/// A figure of two runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Which function.
    pub function: String,
    /// What of it.
    pub what: String,
    /// Its unit.
    pub unit: &'static str,
    /// Before; `None` = it was not measured then.
    pub old: Option<f64>,
    /// Now; `None` = it was not measured this time.
    pub new: Option<f64>,
}

impl Change {
    /// New / old, where both are and the old one is not nothing.
    pub fn ratio(&self) -> Option<f64> {
        let old = self.old.filter(|old| old.abs() > f64::EPSILON)?;
        Some(self.new? / old)
    }
}

/// Two runs side by side, in the order of the new one; what only the old one has comes last.
pub fn compare(old: &[Figure], new: &[Figure]) -> Vec<Change> {
    let key = |figure: &Figure| (figure.function.clone(), figure.what.clone());
    let mut before: BTreeMap<_, &Figure> = old.iter().map(|figure| (key(figure), figure)).collect();
    let mut changes: Vec<Change> = new
        .iter()
        .map(|figure| Change {
            function: figure.function.clone(),
            what: figure.what.clone(),
            unit: figure.unit,
            old: before.remove(&key(figure)).map(|old| old.value),
            new: Some(figure.value),
        })
        .collect();
    // In the old order, not the map's.
    let gone = old
        .iter()
        .filter(|figure| before.contains_key(&key(figure)));
    changes.extend(gone.map(|figure| Change {
        function: figure.function.clone(),
        what: figure.what.clone(),
        unit: figure.unit,
        old: Some(figure.value),
        new: None,
    }));
    changes
}

/// Reads the file of an earlier run.
pub fn read(path: &Path) -> anyhow::Result<Measurements> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {shown}"))?;
    let what = format!("{shown}: not measurements that `bootstraps bench --out` has written");
    let value: Value = serde_json::from_str(&text).with_context(|| what.clone())?;
    match value.get("format").and_then(Value::as_str) {
        Some(FORMAT) => {}
        Some(other) => bail!("{shown}: its format is {other}; this program reads {FORMAT}"),
        None => bail!("{what}: it has no format"),
    }
    serde_json::from_value(value).context(what)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(cpu_ms: f64, binary_bytes: u64) -> Measurements {
        let spread = json!({"median": 10.0, "minimum": 9.0, "maximum": 11.0});
        let asked = json!({"requests": {"SQS.SendMessageBatch": 1.0, "Chat.chat.postMessage": 2.0}, "read_units": 0.5, "write_units": 1.0});
        serde_json::from_value(json!({
            "format": FORMAT, "taken_at": "2026-01-05T01:00:00Z", "quick": false,
            "machine": {"cpu_model": "", "cores": 2, "kernel": "", "rustc": "", "profile": "release", "bootstraps": "", "stub_optimised": false},
            "binaries": [{"function": "member-webhook", "binary_bytes": binary_bytes, "peak_memory_bytes": 9_000_000}],
            "starts": [{"function": "member-webhook", "connection": "TLS", "event": "a webhook", "processes": 7,
                "first_next_ms": spread, "first_invocation_ms": spread, "first_answer_ms": spread, "cpu_ms": spread, "asked": asked}],
            "work": [{"function": "member-webhook", "what": "webhook", "connection": "plain", "events": 300, "invocations": 300,
                "cpu_ms": {"median": 0.9, "minimum": cpu_ms, "maximum": 1.9}, "wall_ms": 0.6, "invocation_ms": spread, "asked": asked}],
        }))
        .unwrap()
    }

    fn verdicts(run: &Measurements) -> Vec<(String, &'static str)> {
        let figures = of(run).into_iter();
        figures
            .filter(|figure| figure.limit.is_some())
            .map(|figure| (figure.what.clone(), figure.verdict()))
            .collect()
    }

    #[test]
    fn budgets_goals_and_what_is_over() {
        let expected = |cpu, binary| {
            [
                ("binary", binary),
                ("peak memory", "ok"),
                ("exec to first /next, TLS", "ok"),
                ("exec to first answer, TLS", "goal"),
                ("webhook: least CPU", cpu),
            ]
            .map(|(what, verdict): (&str, &str)| (what.to_owned(), verdict))
        };
        assert_eq!(verdicts(&run(0.2, 9_000_001)), expected("goal", "OVER"));
        assert_eq!(verdicts(&run(0.21, 6_000_001)), expected("ok", "ok"));
        assert_eq!(verdicts(&run(0.501, 1)), expected("OVER", "goal"));
        let aws = of(&run(0.1, 1))
            .into_iter()
            .find(|figure| figure.what == "webhook: AWS");
        assert!(
            (aws.unwrap().value - 1.0).abs() < 1e-9,
            "the platform is not AWS"
        );
    }

    #[test]
    fn the_rollup_has_a_size_of_its_own() {
        let sized = |function: &str, bytes: u64| {
            let mut run = run(0.2, bytes);
            function.clone_into(&mut run.binaries[0].function);
            verdicts(&run)[0].1
        };
        for (function, bytes, verdict) in [
            ("kpi-rollup", 10_000_000, "ok"),
            ("kpi-rollup", 10_000_001, "OVER"),
            ("messenger", 9_000_000, "ok"),
            ("messenger", 9_000_001, "OVER"),
        ] {
            assert_eq!(sized(function, bytes), verdict, "{function} {bytes}");
        }
    }

    #[test]
    fn two_runs_are_compared_by_name() {
        let (old, mut new) = (of(&run(0.4, 8)), of(&run(0.2, 8)));
        new.retain(|figure| figure.what != "peak memory");
        let changes = compare(&old, &new);
        let of = |what: &str| changes.iter().find(|change| change.what == what).unwrap();
        assert_eq!(of("webhook: least CPU").ratio(), Some(0.5));
        assert_eq!(of("binary").ratio(), Some(1.0));
        let gone = changes.last().unwrap();
        assert_eq!(
            (gone.what.as_str(), gone.new, gone.ratio()),
            ("peak memory", None, None)
        );
        assert_eq!(changes.len(), old.len());
    }

    #[test]
    fn a_file_that_is_something_else_is_refused() {
        let folder = std::env::temp_dir().join(format!("hearth-figures-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let refuse = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::write(&path, text).unwrap();
            format!("{:#}", read(&path).unwrap_err())
        };
        assert!(refuse("a", "no json").contains("not measurements"));
        assert!(refuse("b", "{}").contains("no format"));
        assert!(refuse("c", r#"{"format":"hearth-bench/9"}"#).contains("reads hearth-bench/1"));
        assert!(refuse("d", r#"{"format":"hearth-bench/1"}"#).contains("missing field"));
        assert!(format!("{:#}", read(&folder.join("none")).unwrap_err()).contains("reading"));
        let path = folder.join("good");
        std::fs::write(&path, serde_json::to_string(&run(0.1, 1)).unwrap()).unwrap();
        assert_eq!(of(&read(&path).unwrap()), of(&run(0.1, 1)));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
