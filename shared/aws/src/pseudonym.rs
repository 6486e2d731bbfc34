//! Members in logs and metrics: a keyed hash, never the id.

use aws_lc_rs::hmac;
use hearth_domain::community::SecretRef;
use hearth_domain::ids::{CommunityId, MemberId, MessageId};

use crate::config::{Config, ConfigError};
use crate::secrets::{AwsSecrets, SecretError};

/// The variable that says where the key is kept.
const KEY_FROM: &str = "HEARTH_PSEUDONYM_KEY";
/// A shorter key could be guessed.
const KEY_AT_LEAST: usize = 16;

/// Why a function has no key to make pseudonyms with.
#[derive(Debug, thiserror::Error)]
pub enum PseudonymError {
    /// The environment.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The store of secrets.
    #[error("the pseudonyms' key: {0}")]
    Secret(#[from] SecretError),
    /// What is there is no key.
    #[error("the pseudonyms' key in {0}: expected at least {KEY_AT_LEAST} characters")]
    TooShort(String),
}

/// Makes pseudonyms with the deployment's key. The same member has the same pseudonym in every
/// function of it, and nobody without the key can tell whose it is.
#[derive(Clone)]
pub struct Pseudonyms(hmac::Key);

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pseudonyms")
    }
}

impl Pseudonyms {
    /// With a key of at least 16 characters.
    pub fn new(key: &str) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()))
    }

    /// With the deployment's key, from where `HEARTH_PSEUDONYM_KEY` says that it is kept. It is
    /// never rotated: with another key the tombstones of erased members would fit nobody.
    pub async fn fetch(config: &Config) -> Result<Self, PseudonymError> {
        let reference = SecretRef::read(config.environment.need(KEY_FROM)?);
        let reference = reference.ok_or_else(|| ConfigError::Malformed {
            name: KEY_FROM.to_owned(),
            expected: "secretsmanager:<name or ARN>, or ssm:/<name>",
        })?;
        Self::of_reference(&AwsSecrets::connect(config)?, &reference).await
    }

    /// With the key that is kept there.
    pub async fn of_reference(
        secrets: &AwsSecrets,
        reference: &SecretRef,
    ) -> Result<Self, PseudonymError> {
        let key = secrets.one(reference).await?;
        if key.len() < KEY_AT_LEAST {
            return Err(PseudonymError::TooShort(reference.to_string()));
        }
        Ok(Self::new(&key))
    }

    /// 24 hexadecimal digits.
    pub fn of(&self, community: &CommunityId, member: &MemberId) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(community.as_str().as_bytes());
        context.update(b"/");
        context.update(member.as_str().as_bytes());
        let tag = context.sign();
        let short = tag
            .as_ref()
            .first_chunk::<12>()
            .copied()
            .unwrap_or_default();
        let (high, low) = short.split_at(4);
        format!("{:08x}{:016x}", number(high), number(low))
    }

    /// A message's own 64 bits, for the [code](hearth_domain::coupon::generated) that is made for
    /// it. They say nothing about any member's pseudonym: no pseudonym is of a text with this
    /// beginning, because a community's id has no colon.
    pub fn tag(&self, message: &MessageId) -> u64 {
        let text = format!("coupon:{message}");
        let tag = hmac::sign(&self.0, text.as_bytes());
        number(tag.as_ref().first_chunk::<8>().map_or(&[], |first| first))
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_depends_on_key_community_and_member() {
        let acme = CommunityId::new("acme").unwrap();
        let other = CommunityId::new("other").unwrap();
        let ann = MemberId::new("U1").unwrap();
        let bob = MemberId::new("U2").unwrap();
        let key = Pseudonyms::new("0123456789abcdef");
        let all = [
            key.of(&acme, &ann),
            key.of(&acme, &bob),
            key.of(&other, &ann),
            Pseudonyms::new("fedcba9876543210").of(&acme, &ann),
        ];
        assert_eq!(key.of(&acme, &ann), all[0]);
        for (n, one) in all.iter().enumerate() {
            assert_eq!(one.len(), 24);
            assert!(all.iter().skip(n + 1).all(|other| other != one));
        }
    }

    #[test]
    fn the_tag_of_a_message_depends_on_key_and_id() {
        let key = Pseudonyms::new("0123456789abcdef");
        let id = |text: &str| text.parse::<MessageId>().unwrap();
        let day_7 = id("acme/U1/onboarding/1/day-7");
        assert_eq!(key.tag(&day_7), key.tag(&day_7.clone()));
        assert_ne!(key.tag(&day_7), key.tag(&id("acme/U2/onboarding/1/day-7")));
        assert_ne!(key.tag(&day_7), key.tag(&id("shop/U1/onboarding/1/day-7")));
        let other = Pseudonyms::new("fedcba9876543210");
        assert_ne!(key.tag(&day_7), other.tag(&day_7));
    }
}
