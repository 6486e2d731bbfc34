//! How far the count of a report is, in memory and in its row.

use hearth_aws::batch::Failure;
use hearth_aws::registry::Place;
use hearth_aws::store::{Left, ReportPart, Store};
use hearth_aws::wire::RollupV1;
use hearth_domain::days::LocalDay;
use hearth_domain::kpi::{Aggregate, Asked};

use crate::count::Run;

/// What was counted so far, and what is left.
pub(crate) struct Progress {
    /// Of everybody who is not left.
    pub(crate) counted: Aggregate,
    /// The shards that are not through.
    pub(crate) left: Left,
    basis: String,
    /// The version of the row that it goes on from; 0 = there was none.
    version: u64,
}

/// What was counted of one shard.
pub(crate) struct ShardPart {
    pub(crate) counted: Aggregate,
    /// The shard and where to go on, if it is not through.
    pub(crate) left: Option<(u16, Option<String>)>,
}

/// What a count is made by. Parts by different ones do not fit together.
pub(crate) fn basis(place: &Place, as_of: LocalDay, trials: Asked<'_>) -> String {
    let (community, version) = (&place.community, place.version);
    let (shards, zone) = (community.shards, community.zone.name());
    let trials = trials.count.versions();
    format!("as of {as_of}, {shards} shards, {zone}, playbook {version}, trials of {trials:?}")
}

impl Progress {
    /// From where the last run stopped; from the beginning if none did, or if it counted by something
    /// else.
    pub(crate) async fn load(
        store: &Store,
        place: &Place,
        wanted: &RollupV1,
        (as_of, basis): (LocalDay, String),
    ) -> Result<Self, Failure> {
        let nothing = Aggregate::new(wanted.week, as_of);
        let everybody = || (0..place.community.shards).map(|shard| (shard, None));
        let kept = store.report_part(&wanted.community, wanted.week, wanted.revision);
        let Some(kept) = kept.await? else {
            return Ok(Self {
                counted: nothing,
                left: everybody().collect(),
                basis,
                version: 0,
            });
        };
        // A part of another shape is one of before a deployment.
        let counted = serde_json::from_str(&kept.counted).ok();
        let counted = counted.filter(|_| kept.basis == basis);
        let (counted, left) = match counted {
            Some(counted) => (counted, kept.left),
            None => (nothing, everybody().collect()),
        };
        Ok(Self {
            counted,
            left,
            basis,
            version: kept.version,
        })
    }

    /// Adds what was counted of a shard.
    pub(crate) fn add(&mut self, part: ShardPart) -> Result<(), Failure> {
        self.left.extend(part.left);
        self.counted
            .merge(part.counted)
            .map_err(|error| Failure::Permanent(error.to_string()))
    }

    /// Whether there is a row of an earlier run.
    pub(crate) fn was_kept(&self) -> bool {
        self.version > 0
    }

    /// Writes the row over the one that it goes on from. `false` = that is not there any more.
    pub(crate) async fn keep(&self, store: &Store, run: Run<'_>) -> Result<bool, Failure> {
        let Run {
            wanted,
            asked_by,
            now,
            ..
        } = run;
        let counted = serde_json::to_string(&self.counted)
            .map_err(|error| Failure::Permanent(error.to_string()))?;
        let part = ReportPart {
            basis: self.basis.clone(),
            counted,
            left: self.left.clone(),
            asked_by: asked_by.to_owned(),
            version: self.version + 1,
        };
        let (community, week) = (&wanted.community, wanted.week);
        let kept = store.put_report_part(community, week, wanted.revision, &part, now);
        Ok(kept.await?)
    }
}
