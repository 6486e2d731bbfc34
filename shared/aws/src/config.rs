//! The environment, read once at start. A function without what it needs does not start, and
//! names the variable.

use std::collections::BTreeMap;

use crate::queue::QueueName;

/// A variable that is missing or not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not set, or empty.
    #[error("environment variable {0} is not set")]
    Missing(String),
    /// Set to something else.
    #[error("environment variable {name}: expected {expected}")]
    Malformed {
        /// Which.
        name: String,
        /// What it should be.
        expected: &'static str,
    },
}

/// The process environment, as it was at start.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Reads the process's own.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place where the environment is read"
    )]
    pub fn of_process() -> Self {
        Self(std::env::vars().collect())
    }

    /// For tests.
    pub fn of(pairs: impl IntoIterator<Item = (&'static str, &'static str)>) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        )
    }

    /// With values for what is not set.
    #[must_use]
    pub fn with_defaults(
        mut self,
        pairs: impl IntoIterator<Item = (&'static str, &'static str)>,
    ) -> Self {
        for (name, value) in pairs {
            self.0
                .entry(name.to_owned())
                .or_insert_with(|| value.to_owned());
        }
        self
    }

    /// The value, if set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// The value, or an error that names the variable.
    pub fn need(&self, name: &str) -> Result<&str, ConfigError> {
        self.get(name)
            .ok_or_else(|| ConfigError::Missing(name.to_owned()))
    }
}

/// Names of the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// One item per member.
    pub members: String,
    /// Everything around them.
    pub journal: String,
}

/// What every function needs.
#[derive(Debug, Clone)]
pub struct Config {
    /// The environment it came from: secrets may refer to it.
    pub environment: Environment,
    /// Table names.
    pub tables: Tables,
    /// URLs of the queues this function sends to.
    pub queues: BTreeMap<QueueName, String>,
    /// AWS region.
    pub region: String,
    /// Another endpoint than AWS's own: an emulator.
    pub endpoint: Option<String>,
}

impl Config {
    /// Reads what a function needs that sends to `queues`.
    pub fn read(environment: &Environment, queues: &[QueueName]) -> Result<Self, ConfigError> {
        let urls = queues
            .iter()
            .map(|queue| Ok((*queue, environment.need(queue.variable())?.to_owned())))
            .collect::<Result<_, ConfigError>>()?;
        Ok(Self {
            tables: Tables {
                members: environment.need("HEARTH_MEMBERS_TABLE")?.to_owned(),
                journal: environment.need("HEARTH_JOURNAL_TABLE")?.to_owned(),
            },
            queues: urls,
            region: environment.need("AWS_REGION")?.to_owned(),
            endpoint: environment.get("AWS_ENDPOINT_URL").map(str::to_owned),
            environment: environment.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_variable_is_named() {
        let full = [
            ("HEARTH_MEMBERS_TABLE", "members"),
            ("HEARTH_JOURNAL_TABLE", "journal"),
            ("HEARTH_SEND_NOW_QUEUE_URL", "https://sqs/1"),
            ("AWS_REGION", "eu-central-1"),
        ];
        assert!(Config::read(&Environment::of(full), &[QueueName::SendNow]).is_ok());
        for (missing, _) in full {
            let rest = full.into_iter().filter(|(name, _)| *name != missing);
            let error = Config::read(&Environment::of(rest), &[QueueName::SendNow]).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("environment variable {missing} is not set")
            );
        }
    }
}
