//! What a function's handler works with.

use std::sync::Arc;

use crate::clients;
use crate::config::{Config, ConfigError};
use crate::pseudonym::Pseudonyms;
use crate::queue::{Queue, Sqs};
use crate::registry::Registry;
use crate::store::Store;
use crate::telemetry::Metrics;

/// The parts that all consumers share. Clones share everything.
#[derive(Clone)]
pub struct Deps {
    /// The tables.
    pub store: Store,
    /// The queues.
    pub queue: Arc<dyn Queue>,
    /// Communities and playbooks.
    pub registry: Arc<Registry>,
    /// Members in logs.
    pub pseudonyms: Pseudonyms,
    /// Counters.
    pub metrics: Metrics,
}

impl Deps {
    /// With the real clients.
    pub fn connect(config: &Config, function: &'static str) -> Result<Self, ConfigError> {
        let store = Store::new(clients::dynamodb(config, None)?, config.tables.clone());
        let queue = Sqs::new(clients::sqs(config, None)?, config.queues.clone());
        Ok(Self {
            registry: Arc::new(Registry::new(&store)),
            store,
            queue: Arc::new(queue),
            pseudonyms: Pseudonyms::new(&config.pseudonym_key),
            metrics: Metrics::to_stdout(function),
        })
    }
}
