//! What has to be known before a press for a gift is decided: whether the member has just pressed
//! for it, and whether there is a code to hand over. Read only for batches with such a press, and
//! again whenever the press is decided again.

use std::collections::BTreeSet;

use hearth_domain::coupon::Codes;
use hearth_domain::event::{Event, Happened};
use hearth_domain::ids::{CommunityId, GiftId, MemberId};
use hearth_domain::journey::GiftPress;
use hearth_domain::playbook::Playbook;
use jiff::Timestamp;

use crate::books::Tried;
use crate::store::{Store, StoreError};

/// What was found out.
#[derive(Debug)]
pub(crate) struct Found {
    redeemed: Vec<GiftPress>,
    /// Gifts of which there is no code.
    gone: Vec<GiftId>,
}

impl Found {
    /// Adds it to what decisions are made with.
    pub(crate) fn add_to(self, tried: &mut Tried) {
        tried.redeemed = self.redeemed;
        tried
            .left
            .extend(self.gone.into_iter().map(|gift| (gift, 0)));
    }
}

/// The gifts that are wanted, and when they were pressed for.
pub(crate) fn wanted(events: &[Event]) -> Vec<(&GiftId, Timestamp)> {
    let mut wanted = Vec::new();
    for event in events {
        if let Happened::GiftWanted { gift, .. } = &event.what {
            wanted.push((gift, event.at));
        }
    }
    wanted
}

/// Three rows for each press (3 read units), and the row of each pool that codes come from (one).
pub(crate) async fn find_out(
    store: &Store,
    community: &CommunityId,
    member: &MemberId,
    wanted: &[(&GiftId, Timestamp)],
    playbook: &Playbook,
) -> Result<Found, StoreError> {
    let near = wanted
        .iter()
        .flat_map(|(gift, at)| GiftPress::rows_near(gift, *at));
    let redeemed = store
        .gift_presses(community, member, &near.collect())
        .await?;
    let gifts: BTreeSet<&GiftId> = wanted.iter().map(|(gift, _)| *gift).collect();
    let mut gone = Vec::new();
    for id in gifts {
        let codes = playbook.gift(id).and_then(|gift| gift.codes.as_ref());
        if let Some(Codes::Pool(pool)) = codes
            && store.is_dry(community, pool).await?
        {
            gone.push(id.clone());
        }
    }
    Ok(Found { redeemed, gone })
}
