//! Members in logs and metrics: a keyed hash, never the id.

use aws_lc_rs::hmac;
use hearth_domain::ids::{CommunityId, MemberId};

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
        let number = |bytes: &[u8]| {
            bytes
                .iter()
                .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte))
        };
        format!("{:08x}{:016x}", number(high), number(low))
    }
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
}
