//! What was asked for is there and is not whole: the exit code tells it from what failed.

use hearth_domain::kpi::Report;

/// Members could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Partial {
    /// Reports lack them.
    #[error("{0} members could not be read: the reports are partial, and say so")]
    Reports(u64),
    /// They were listed.
    #[error(
        "{0} members can't be read: they are in no number and on no board until their items are mended"
    )]
    Members(usize),
}

impl Partial {
    /// What the command exits with.
    pub(crate) const EXIT: u8 = 3;

    /// An error if a report lacks members, with how many the worst lacks.
    pub(crate) fn unless_whole<'a>(
        reports: impl IntoIterator<Item = &'a Report>,
    ) -> Result<(), Self> {
        let missing = reports
            .into_iter()
            .map(|report| report.numbers.unreadable.members);
        match missing.max() {
            None | Some(0) => Ok(()),
            Some(missing) => Err(Self::Reports(missing)),
        }
    }
}

#[cfg(test)]
mod tests {
    use anyhow::{Context as _, anyhow};

    use super::*;
    use crate::exit;

    #[test]
    fn what_is_not_whole_has_an_exit_code_of_its_own() {
        for (error, expected) in [
            (anyhow!("nothing answers"), 1),
            (Partial::Reports(3).into(), 3),
            (Partial::Members(1).into(), 3),
            (
                Err::<(), _>(Partial::Reports(3))
                    .context("out")
                    .unwrap_err(),
                3,
            ),
        ] {
            assert_eq!(exit(&error), expected, "{error:#}");
        }
    }
}
