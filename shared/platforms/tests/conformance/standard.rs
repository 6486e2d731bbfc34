//! Standard Webhooks: the published example is of a type that is not ours.

use hearth_domain::platform::Platform;

use super::{Examples, by_headers};

pub(crate) const EXAMPLES: Examples = Examples {
    name: "standard-webhooks",
    platform: Platform::Standard,
    home: "C111",
    telling: &[],
    judge: |vector| Ok(by_headers(Platform::Standard, vector)),
};
