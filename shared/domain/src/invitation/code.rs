//! The code by which a member invites others.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::ids::{CommunityId, IdError, MemberId};
use crate::member::hash64;

/// A member's code: 60 bits of a hash of community and member, derived and not drawn, so that it is
/// the same whenever they ask. Shown as `7K2M-9QXC-04TD`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InviteCode(u64);

/// Crockford's base 32: no I, L, O and U, which are read as 1, 1, 0 and V or as a word.
const DIGITS: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J',
    'K', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];
const LENGTH: u32 = 12;
const GROUP: u32 = 4;

impl InviteCode {
    /// The code of a member.
    pub fn of(community: &CommunityId, member: &MemberId) -> Self {
        Self(spread(hash64(&format!("{community}/{member}"))) >> 4)
    }

    /// Reads a code that is a whole text: in groups of four between hyphens, or in one, and then
    /// with a digit in it, because CONVERSATION would be one too. Bot platforms put `/start` before
    /// what their links carry.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.nfkc().collect::<String>().to_uppercase();
        let text = text.trim();
        let text = text.strip_prefix("/START ").map_or(text, str::trim);
        let groups: Vec<&str> = text.split(['-', '‐', '–', '—']).collect();
        let plain = match *groups.as_slice() {
            [whole] => whole.contains(|c: char| c.is_ascii_digit()),
            [a, b, c] => [a, b, c].iter().all(|group| group.chars().count() == 4),
            _ => false,
        };
        let digits: Vec<u64> = groups
            .concat()
            .chars()
            .map(digit)
            .collect::<Option<Vec<u64>>>()?;
        let fits = plain && digits.len() == usize::try_from(LENGTH).ok()?;
        fits.then(|| Self(digits.iter().fold(0, |code, digit| (code << 5) | digit)))
    }
}

/// Of a hash whose neighbours are near each other, one whose neighbours are not (the last steps of
/// MurmurHash3): a slip of the finger in one member's code leads to no other member.
fn spread(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

fn digit(c: char) -> Option<u64> {
    let c = match c {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let at = DIGITS.iter().position(|digit| *digit == c)?;
    u64::try_from(at).ok()
}

impl fmt::Display for InviteCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in 0..LENGTH {
            if place > 0 && place % GROUP == 0 {
                f.write_str("-")?;
            }
            let digit = (self.0 >> (5 * (LENGTH - 1 - place))) & 31;
            let digit = usize::try_from(digit).ok().and_then(|at| DIGITS.get(at));
            write!(f, "{}", digit.unwrap_or(&'0'))?;
        }
        Ok(())
    }
}

impl fmt::Debug for InviteCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<InviteCode> for String {
    fn from(code: InviteCode) -> Self {
        code.to_string()
    }
}

impl TryFrom<String> for InviteCode {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        Self::parse(&text).ok_or(IdError {
            what: "invitation code",
            expected: "three groups of four letters and digits",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(member: &str) -> InviteCode {
        InviteCode::of(&"acme".parse().unwrap(), &member.parse().unwrap())
    }

    #[test]
    fn a_code_is_derived_and_reads_back_however_it_is_typed() {
        let code = code_of("U1");
        insta::assert_snapshot!(code, @"9Q8N-1EV4-34EJ");
        let shown = code.to_string();
        let typed = [
            shown.clone(),
            shown.to_lowercase(),
            shown.replace('-', ""),
            shown.replace('-', "–"),
            format!("  {shown}\n"),
            format!("/start {shown}"),
            shown.replace('0', "o").replace('1', "l"),
            shown
                .chars()
                .map(|c| if c == '-' { '－' } else { c })
                .collect(),
        ];
        for text in typed {
            assert_eq!(InviteCode::parse(&text), Some(code), "{text}");
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        for text in [
            "",
            "-",
            "conversation",
            "hello",
            "ABCD-EFGH",
            "ABCD-EFGH-JKM",
            "ABCD-EFGH-JKMNP",
            "ABCDEFGH-JK-MN",
            "UUUU-UUUU-UUUU",
            "我的邀請碼",
            "ABCD EFGH JKMN",
            "0123456789AB hi",
        ] {
            assert_eq!(InviteCode::parse(text), None, "{text}");
        }
    }

    #[test]
    fn codes_of_neighbours_are_not_near() {
        for n in 0..500 {
            let (one, other) = (code_of(&format!("U{n}")), code_of(&format!("U{}", n + 1)));
            let (one, other) = (one.to_string(), other.to_string());
            let same = one
                .chars()
                .zip(other.chars())
                .filter(|(a, b)| a == b && *a != '-');
            assert!(same.count() <= 6, "{one} and {other}");
        }
    }
}
