//! A report that is not there is asked for: which revision, and whether it still can be made.

use anyhow::bail;
use hearth_aws::registry::Place;
use hearth_aws::reports::{ReportId, Reports};
use hearth_aws::wire::{RollupV1, Work};
use hearth_domain::days::IsoWeek;
use hearth_domain::kpi::{Reach, Revision};
use hearth_domain::locale::Locale;
use hearth_kpi_rollup::latest_due;
use serde_json::{Value, json};

use super::People;

/// A report that can be made, and is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    rollup: RollupV1,
    revision: Revision,
}

impl Wanted {
    /// The work that makes it.
    pub fn work(self) -> Work {
        Work::RollupV1(self.rollup)
    }

    /// Which it is, as commands and requests tell it.
    pub fn told(&self) -> Value {
        let name = self.revision.name().get(Locale::En);
        json!({"week": self.rollup.week.to_string(), "revision": name})
    }
}

pub(super) async fn rebuild(
    people: &People<'_>,
    place: &Place,
    week: IsoWeek,
    reports: &dyn Reports,
) -> anyhow::Result<Wanted> {
    let community = &place.community;
    let zone = &community.zone;
    let Some(revision) = latest_due(zone, week, people.now) else {
        bail!(
            "{week} is reported on the Monday after it at 08:00 ({})",
            zone.name()
        );
    };
    let id = ReportId {
        community: community.id.clone(),
        week,
        revision: revision.into(),
    };
    let name = revision.name().get(Locale::En);
    if reports.get(&id).await?.is_some() {
        bail!("there is a {name} report of {week}, and records are never changed");
    }
    Reach::of(week, zone.day(people.now))?;
    let rollup = RollupV1 {
        community: id.community,
        week,
        revision: id.revision,
        as_of: None,
    };
    Ok(Wanted { rollup, revision })
}
