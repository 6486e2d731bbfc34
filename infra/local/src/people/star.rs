//! The stars of all months as operators see them, with the names that they have now.

use hearth_aws::registry::Place;
use hearth_aws::store::readable;
use hearth_domain::ids::MemberId;
use hearth_domain::star::StarPlace;
use serde_json::{Value, json};

use super::People;

pub(super) async fn show(people: &People<'_>, place: &Place) -> anyhow::Result<Value> {
    let community = &place.community;
    let named = people.store.all_stars(&community.id).await?;
    let places = named.iter().flat_map(|named| &named.stars.places);
    let ids: Vec<MemberId> = places.filter_map(|place| place.member.clone()).collect();
    let known = readable(people.store.known(community, &ids, false).await?);
    let name = |id: &MemberId| Some(&known.get(id)?.name.as_ref()?.value);
    let place = |place: &StarPlace| {
        json!({
            "rank": place.rank,
            "member": place.member.as_ref().map(MemberId::as_str),
            "name": place.member.as_ref().and_then(name),
            "regard": place.regard,
        })
    };
    let months = named.iter().map(|named| {
        json!({
            "month": named.stars.month.to_string(),
            "named_at": named.at.to_string(),
            "places": named.stars.places.iter().map(place).collect::<Vec<_>>(),
        })
    });
    Ok(months.collect())
}
