//! What a function's handler works with.

use std::sync::Arc;

use crate::batch::Tripwire;
use crate::clients;
use crate::config::{Config, ConfigError};
use crate::pseudonym::{PseudonymError, Pseudonyms};
use crate::queue::{Queue, Sqs};
use crate::registry::Registry;
use crate::store::Store;
use crate::telemetry::Metrics;

/// The parts that all functions share. Clones share everything.
#[derive(Clone)]
pub struct Deps {
    /// The tables.
    pub store: Store,
    /// The queues.
    pub queue: Arc<dyn Queue>,
    /// Communities and playbooks.
    pub registry: Arc<Registry>,
    /// Counters.
    pub metrics: Metrics,
    /// Panics on a chosen record, to prove that it spoils no other.
    pub tripwire: Tripwire,
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
            metrics: Metrics::to_stdout(function, &config.environment),
            tripwire: Tripwire::of(&config.environment),
        })
    }
}

/// What the functions work with that handle members: they know them by pseudonym.
#[derive(Clone)]
pub struct MemberDeps {
    /// What all functions share.
    pub deps: Deps,
    /// Members in logs, and the tombstones of those who were erased.
    pub pseudonyms: Pseudonyms,
}

impl MemberDeps {
    /// With the real clients and the deployment's key, which is fetched here: a function that
    /// can't have it does not start.
    pub async fn connect(config: &Config, function: &'static str) -> Result<Self, PseudonymError> {
        Ok(Self {
            deps: Deps::connect(config, function)?,
            pseudonyms: Pseudonyms::fetch(config).await?,
        })
    }
}
