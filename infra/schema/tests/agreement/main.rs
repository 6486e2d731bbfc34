//! The published schema, and the adapter that reads and writes what it describes: neither has a
//! field, a type or a limit that the other has not.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the whole file is a test"
)]

mod checker;
mod sent;
mod told;

use std::collections::BTreeMap;

use hearth_domain::community::Community;
use hearth_domain::days::Zone;
use hearth_domain::ids::{CommunityId, PlaybookId};
use hearth_domain::locale::Locale;
use hearth_domain::platform::Platform;

/// The community that the examples are of.
fn shop() -> Community {
    Community {
        id: CommunityId::new("shop").unwrap(),
        platform: Platform::Standard,
        name: "Shop Friends".into(),
        zone: Zone::utc(),
        locale: Locale::En,
        playbook: PlaybookId::new("default").unwrap(),
        currency: None,
        workspace: None,
        home_channel: None,
        check_in_channels: vec![],
        topic_channels: vec![],
        interest_channels: BTreeMap::new(),
        ops_channel: None,
        staff: vec![],
        shards: Community::DEFAULT_SHARDS,
        api: None,
        second_channel: None,
        secrets: BTreeMap::new(),
        about: BTreeMap::new(),
        contents: vec![],
        topic: None,
        gift: None,
        come_back_gift: None,
        offer: None,
        gatherings: Vec::new(),
        invite_link: None,
    }
}

#[test]
fn the_published_file_is_what_the_types_say() {
    let published = include_str!("../../../../docs/schema/standard-webhooks.json");
    assert!(
        published == hearth_schema::text(),
        "docs/schema/standard-webhooks.json is old: cargo run --bin hearth -- schema > docs/schema/standard-webhooks.json"
    );
}
