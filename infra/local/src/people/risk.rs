//! Who is likely to fall silent, by name, and weights that the community's own history gives. Nothing of it
//! is stored: it is counted from the members as it is asked for.

use anyhow::Context as _;
use hearth_aws::census;
use hearth_aws::registry::Place;
use hearth_domain::days::LocalDay;
use hearth_domain::kpi::risk::{self, Features, Sample, Weights};
use hearth_domain::member::{Member, Status};
use serde_json::{Value, json};

use super::People;

/// One who is likely to fall silent.
struct AtRisk {
    member: String,
    name: Option<String>,
    probability: f64,
    days_since: i32,
    trend: i64,
}

impl AtRisk {
    /// `None` = they are not listed: nothing to lose, or not likely to.
    fn of(member: &Member, as_of: LocalDay, weights: &Weights) -> Option<Self> {
        let features = Features::of(&member.activity, as_of)?;
        let probability = weights.score(&features);
        if probability <= risk::LISTED {
            return None;
        }
        let active = |from: i32, until: i32| {
            let days = member
                .activity
                .recent_within(as_of.plus(from), as_of.plus(until));
            i64::from(days.count_ones())
        };
        Some(Self {
            member: member.id.to_string(),
            name: member.name.as_ref().map(|name| name.value.clone()),
            probability,
            days_since: as_of.since(member.activity.last_until(as_of)?),
            trend: active(-13, 0) - active(-27, -14),
        })
    }

    fn told(&self) -> Value {
        json!({
            "member": self.member, "name": self.name, "risk": self.probability,
            "days_since": self.days_since, "trend": self.trend,
        })
    }
}

/// The last day that is over: today's would make everybody look a day more silent in the morning.
fn yesterday(people: &People<'_>, place: &Place) -> LocalDay {
    place.community.zone.day(people.now).plus(-1)
}

pub(super) async fn list(people: &People<'_>, place: &Place, top: usize) -> anyhow::Result<Value> {
    let as_of = yesterday(people, place);
    let weights = &place.playbook.report.risk;
    let (mut scored, mut listed) = (0_u64, Vec::new());
    let mut count = |member: &Member| {
        if member.is_staff() || member.status() != Status::Member {
            return;
        }
        scored += u64::from(Features::of(&member.activity, as_of).is_some());
        listed.extend(AtRisk::of(member, as_of, weights));
    };
    census::each(people.store, &place.community, &|_| {}, &mut count).await?;
    listed.sort_by(|a, b| {
        let by_risk = b.probability.total_cmp(&a.probability);
        by_risk.then_with(|| a.member.cmp(&b.member))
    });
    Ok(json!({
        "as_of": as_of.to_string(),
        "scored": scored,
        "listed": listed.len(),
        "members": listed.iter().take(top).map(AtRisk::told).collect::<Vec<_>>(),
    }))
}

/// Members who have left since are samples too: that is how some fall silent.
pub(super) async fn fit(people: &People<'_>, place: &Place) -> anyhow::Result<Value> {
    let as_of = yesterday(people, place);
    let mut samples: Vec<Sample> = Vec::new();
    let mut count = |member: &Member| {
        if !member.is_staff() {
            samples.extend(risk::sample(&member.activity, as_of));
        }
    };
    census::each(people.store, &place.community, &|_| {}, &mut count).await?;
    let silent = samples.iter().filter(|(_, silent)| *silent).count();
    let fitted = risk::fit(&samples).with_context(|| {
        format!(
            "nothing to learn from: of {} members who were active in the 30 days to {}, {silent} fell silent",
            samples.len(),
            as_of.plus(-risk::WITHIN)
        )
    })?;
    let current = &place.playbook.report.risk;
    Ok(json!({
        "day": as_of.plus(-risk::WITHIN).to_string(),
        "samples": samples.len(),
        "silent": silent,
        "fitted": fitted.named(),
        "auc_fitted": risk::auc(&fitted, &samples),
        "auc_current": risk::auc(current, &samples),
    }))
}
