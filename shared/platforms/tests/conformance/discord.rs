//! Discord: what the example payloads tell.

use hearth_domain::platform::Platform;

use super::{Examples, by_headers};

pub(crate) const EXAMPLES: Examples = Examples {
    name: "discord",
    platform: Platform::Discord,
    home: "938391701561679903",
    // A command and a ping: both are answered, neither tells of a member.
    telling: &[],
    judge: |vector| Ok(by_headers(Platform::Discord, vector)),
};
