//! Tokens that a platform gives for a secret, and that live for an hour or two.

use std::collections::HashMap;
use std::fmt;

use futures::lock::Mutex;
use jiff::{SignedDuration, Timestamp};

use crate::SendOutcome;

/// A token is fetched anew this long before it ends.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);
/// After a fetch that failed nobody tries again for so long: what waited for it would wait in vain,
/// one after the other, longer than a send may take.
const FAILED_FOR: SignedDuration = SignedDuration::from_secs(10);

/// What is kept between sends, in the process's memory only: a token is as good as its secret.
/// Debug shows no value.
#[derive(Default)]
pub struct Tokens(Mutex<HashMap<String, Kept>>);

enum Kept {
    Good {
        token: String,
        until: Timestamp,
    },
    Failed {
        outcome: SendOutcome,
        until: Timestamp,
    },
}

/// A token that was just fetched.
pub(crate) struct Fetched {
    pub(crate) token: String,
    /// Seconds it lives.
    pub(crate) lives: u64,
}

impl Tokens {
    /// The token of a key (platform, app, and what tells its secret from a rotated one), fetched
    /// if there is none that lasts. One fetch at a time: of many sends that begin at once, the
    /// first fetches and the others wait for it.
    pub(crate) async fn obtain(
        &self,
        key: &str,
        now: Timestamp,
        fetch: impl Future<Output = Result<Fetched, SendOutcome>>,
    ) -> Result<String, SendOutcome> {
        let mut kept = self.0.lock().await;
        match kept.get(key) {
            Some(Kept::Good { token, until }) if *until > now => return Ok(token.clone()),
            Some(Kept::Failed { outcome, until }) if *until > now => return Err(outcome.clone()),
            Some(_) | None => {}
        }
        let (entry, found) = match fetch.await {
            Ok(Fetched { token, lives }) => {
                let lives = SignedDuration::from_secs(i64::try_from(lives).unwrap_or(i64::MAX));
                let until = now.saturating_add(lives).unwrap_or(Timestamp::MAX) - MARGIN;
                let token = token.clone();
                let entry = Kept::Good {
                    token: token.clone(),
                    until,
                };
                (entry, Ok(token))
            }
            Err(outcome) => {
                let until = now.saturating_add(FAILED_FOR).unwrap_or(Timestamp::MAX);
                let entry = Kept::Failed {
                    outcome: outcome.clone(),
                    until,
                };
                (entry, Err(outcome))
            }
        };
        kept.insert(key.to_owned(), entry);
        found
    }

    /// Drops a token that the platform does not take any more; not one that somebody fetched
    /// meanwhile.
    pub(crate) async fn forget(&self, key: &str, refused: &str) {
        let mut kept = self.0.lock().await;
        if matches!(kept.get(key), Some(Kept::Good { token, .. }) if token == refused) {
            kept.remove(key);
        }
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures::FutureExt as _;
    use futures::future::join_all;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_767_600_000 + second).unwrap()
    }

    #[test]
    fn a_token_is_fetched_once_and_again_before_it_ends() {
        let tokens = Tokens::default();
        let fetches = Cell::new(0);
        let get = |second| {
            let fetch = async {
                fetches.set(fetches.get() + 1);
                Ok(Fetched {
                    token: format!("t{}", fetches.get()),
                    lives: 7200,
                })
            };
            let found = tokens.obtain("feishu a", at(second), fetch);
            found.now_or_never().unwrap().unwrap()
        };
        assert_eq!(get(0), "t1");
        assert_eq!(get(6899), "t1");
        assert_eq!(get(6900), "t2", "five minutes before its end");
        tokens.forget("feishu a", "t1").now_or_never().unwrap();
        assert_eq!(get(6901), "t2", "another one was refused");
        tokens.forget("feishu a", "t2").now_or_never().unwrap();
        assert_eq!(get(6902), "t3");
        assert_eq!(format!("{tokens:?}"), "Tokens");
    }

    #[tokio::test]
    async fn many_at_once_wait_for_one_fetch_and_a_failure_is_told_to_all() {
        for fails in [false, true] {
            let tokens = Tokens::default();
            let fetches = Cell::new(0);
            let fetch = || async {
                fetches.set(fetches.get() + 1);
                tokio::task::yield_now().await;
                if fails {
                    Err(SendOutcome::retry("status-500"))
                } else {
                    Ok(Fetched {
                        token: "t".to_owned(),
                        lives: 7200,
                    })
                }
            };
            let all = (0..16).map(|_| tokens.obtain("k", at(0), fetch()));
            let found = join_all(all).await;
            assert_eq!(fetches.get(), 1);
            assert!(found.iter().all(|found| found.is_err() == fails));
            let later = tokens.obtain("k", at(10), fetch()).await;
            assert_eq!(
                (later.is_err(), fetches.get()),
                (fails, 1 + u32::from(fails))
            );
        }
    }
}
