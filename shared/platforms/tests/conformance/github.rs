//! Signatures as GitHub writes them, by whoever signs as GitHub does.

use hearth_domain::platform::Platform;

use super::{Examples, by_headers};

pub(crate) const EXAMPLES: Examples = Examples {
    name: "github-style",
    platform: Platform::Standard,
    home: "C111",
    telling: &[],
    judge: |vector| Ok(by_headers(Platform::Standard, vector)),
};
