//! What operators see: JSON log lines, and counters as CloudWatch embedded metrics.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};
use tracing::{Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::prelude::*;

use crate::config::Environment;

/// Starts JSON logging to standard output, at `HEARTH_LOG` (`error` to `trace`; default `info`).
pub fn start(level: Option<&str>) {
    let level = level
        .and_then(|level| level.parse().ok())
        .unwrap_or(Level::INFO);
    // A second start (tests in one process) leaves the first in place.
    let _ = logging(level, std::io::stdout).try_init();
}

/// JSON lines of our own code down to `level`, and of other crates down to `info`: below that the
/// SDK writes whole requests, members and all.
pub fn logging<W>(level: Level, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let wanted = Targets::new()
        .with_target("hearth", level)
        .with_default(level.min(Level::INFO));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_target(false)
        .with_span_list(false)
        .with_writer(writer);
    tracing_subscriber::registry().with(lines.with_filter(wanted))
}

/// Where a metrics line goes.
pub type Sink = Arc<dyn Fn(&str) + Send + Sync>;

/// Counters of one function, by name and community. Clones share them.
///
/// Names say the unit: counts without one, `_ms`, `_bytes`, `_units` with it. There is no
/// dimension of members.
#[derive(Clone)]
pub struct Metrics {
    namespace: Arc<str>,
    function: &'static str,
    sink: Sink,
    counters: Arc<Mutex<BTreeMap<(String, &'static str), f64>>>,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Metrics({})", self.function)
    }
}

/// The namespace in CloudWatch, where the environment names none.
const NAMESPACE: &str = "Hearth";

impl Metrics {
    /// To standard output, where Lambda's logs pick the lines up, in the namespace
    /// `HEARTH_METRICS`: two stacks in one account count apart.
    pub fn to_stdout(function: &'static str, environment: &Environment) -> Self {
        let to = Self::to(function, Arc::new(|line| println!("{line}")));
        let namespace = environment.get("HEARTH_METRICS").unwrap_or(NAMESPACE);
        Self {
            namespace: namespace.into(),
            ..to
        }
    }

    /// To anywhere.
    pub fn to(function: &'static str, sink: Sink) -> Self {
        Self {
            namespace: NAMESPACE.into(),
            function,
            sink,
            counters: Arc::default(),
        }
    }

    /// Adds to a counter of a community.
    pub fn add(&self, community: &str, name: &'static str, value: f64) {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        *counters.entry((community.to_owned(), name)).or_default() += value;
    }

    /// Counts one.
    pub fn count(&self, community: &str, name: &'static str) {
        self.add(community, name, 1.0);
    }

    /// Writes what was counted since the last flush: one line a community.
    pub fn flush(&self, now: Timestamp) {
        let counters =
            std::mem::take(&mut *self.counters.lock().unwrap_or_else(PoisonError::into_inner));
        let mut by_community: BTreeMap<String, BTreeMap<&'static str, f64>> = BTreeMap::new();
        for ((community, name), value) in counters {
            by_community
                .entry(community)
                .or_default()
                .insert(name, value);
        }
        for (community, values) in by_community {
            (self.sink)(&self.line(&community, &values, now).to_string());
        }
    }

    /// A line in CloudWatch's embedded metric format.
    fn line(&self, community: &str, values: &BTreeMap<&'static str, f64>, now: Timestamp) -> Value {
        let metrics: Vec<Value> = values
            .keys()
            .map(|name| json!({"Name": name, "Unit": unit(name)}))
            .collect();
        let mut line = json!({
            "_aws": {
                "Timestamp": now.as_millisecond(),
                "CloudWatchMetrics": [{"Namespace": &*self.namespace, "Dimensions": [["function"], ["function", "community"]], "Metrics": metrics}],
            },
            "function": self.function,
            "community": community,
        });
        if let Value::Object(line) = &mut line {
            line.extend(
                values
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), json!(value))),
            );
        }
        line
    }
}

fn unit(name: &str) -> &'static str {
    match name.rsplit('_').next() {
        Some("ms") => "Milliseconds",
        Some("bytes") => "Bytes",
        Some("seconds") => "Seconds",
        _ => "Count",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_become_one_embedded_metrics_line_a_community() {
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = lines.clone();
        let metrics = Metrics::to(
            "check-in",
            Arc::new(move |line| kept.lock().unwrap().push(line.to_owned())),
        );
        metrics.count("acme", "events_taken");
        metrics.count("acme", "events_taken");
        metrics.add("acme", "batch_ms", 12.0);
        metrics.count("other", "events_late");
        metrics.flush(Timestamp::from_second(1).unwrap());
        metrics.flush(Timestamp::from_second(2).unwrap());
        let lines = lines.lock().unwrap();
        assert_eq!(lines.len(), 2, "a second flush has nothing to say");
        let acme: Value = serde_json::from_str(&lines[0]).unwrap();
        assert_eq!(acme["events_taken"], 2.0);
        assert_eq!(acme["_aws"]["Timestamp"], 1000);
        let declared = &acme["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(declared["Namespace"], "Hearth");
        assert_eq!(
            declared["Metrics"],
            json!([{"Name": "batch_ms", "Unit": "Milliseconds"}, {"Name": "events_taken", "Unit": "Count"}])
        );
        for dimension in declared["Dimensions"][1].as_array().unwrap() {
            assert!(
                acme[dimension.as_str().unwrap()].is_string(),
                "a dimension must be a member of the line"
            );
        }
    }
}
