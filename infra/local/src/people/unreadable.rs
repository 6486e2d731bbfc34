//! Members whose items are not what they should be, by name: logs and reports only count them.

use futures::TryStreamExt as _;
use hearth_aws::census;
use hearth_aws::registry::Place;
use hearth_aws::store::UnreadableMember;
use serde_json::{Value, json};

use super::People;

pub(super) async fn list(people: &People<'_>, place: &Place) -> anyhow::Result<Value> {
    let mut found: Vec<UnreadableMember> = Vec::new();
    let mut pages = census::pages(people.store, &place.community);
    while let Some(page) = pages.try_next().await? {
        found.extend(page.unreadable);
    }
    found.sort_by(|a, b| (a.shard, &a.member).cmp(&(b.shard, &b.member)));
    let told = |one: &UnreadableMember| {
        let member = one.member.as_ref().map(ToString::to_string);
        json!({"shard": one.shard, "member": member, "attribute": one.attribute})
    };
    Ok(found.iter().map(told).collect())
}
