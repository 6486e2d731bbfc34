//! WeCom's sealed messages: AES-256-CBC over 16 random bytes, the message's length, the message,
//! and whom it is for.

use aws_lc_rs::cipher::{
    AES_256, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// PKCS#7, but to twice the cipher's block.
const BLOCK: usize = 32;
/// Random bytes at the beginning of every plaintext.
const RANDOM: usize = 16;

/// The 43 characters carry 258 bits, two more than the key has, and the console draws all of them at
/// random: a strict decoder refuses three keys of four, the official sample's among them.
const KEY_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// The key of an `EncodingAESKey`.
pub(super) struct Key([u8; 32]);

/// What a sealed message holds.
pub(super) struct Opened {
    pub(super) message: Vec<u8>,
    /// The id of the corporation (of the suite, for a third party) that it is for.
    pub(super) receiver: Vec<u8>,
}

impl Key {
    /// Reads the 43 characters of an `EncodingAESKey`; `None` = it is not one.
    pub(super) fn read(encoding_aes_key: &str) -> Option<Self> {
        let key = KEY_BASE64.decode(encoding_aes_key).ok()?;
        Some(Self(key.try_into().ok()?))
    }

    /// Opens a sealed message, in base64. It tells how it failed to nobody: its signature, checked
    /// before, is what keeps strangers from asking.
    pub(super) fn open(&self, sealed: &str) -> Option<Opened> {
        let mut bytes = STANDARD.decode(sealed).ok()?;
        let key = UnboundCipherKey::new(&AES_256, &self.0).ok()?;
        let key = DecryptingKey::cbc(key).ok()?;
        let iv = DecryptionContext::Iv128(self.iv()?);
        let plain = without_padding(key.decrypt(&mut bytes, iv).ok()?)?;
        let (_, rest) = plain.split_at_checked(RANDOM)?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (message, receiver) = rest.split_at_checked(length)?;
        Some(Opened {
            message: message.to_vec(),
            receiver: receiver.to_vec(),
        })
    }

    fn seal(&self, random: [u8; RANDOM], message: &[u8], receiver: &str) -> Option<String> {
        let length = u32::try_from(message.len()).ok()?.to_be_bytes();
        let mut bytes = [&random[..], &length, message, receiver.as_bytes()].concat();
        let padding = BLOCK - bytes.len() % BLOCK;
        bytes.resize(bytes.len() + padding, u8::try_from(padding).ok()?);
        let key = UnboundCipherKey::new(&AES_256, &self.0).ok()?;
        let key = EncryptingKey::cbc(key).ok()?;
        let iv = EncryptionContext::Iv128(self.iv()?);
        key.less_safe_encrypt(&mut bytes, iv).ok()?;
        Some(STANDARD.encode(bytes))
    }

    /// The key's own beginning, for every message. The random bytes are what keeps two equal
    /// messages apart.
    fn iv(&self) -> Option<FixedLength<16>> {
        let iv: &[u8; 16] = self.0.first_chunk()?;
        Some(FixedLength::from(iv))
    }
}

fn without_padding(plain: &[u8]) -> Option<&[u8]> {
    let last = *plain.last()?;
    let length = usize::from(last);
    if !(1..=BLOCK).contains(&length) {
        return None;
    }
    let (kept, padding) = plain.split_at_checked(plain.len().checked_sub(length)?)?;
    padding.iter().all(|byte| *byte == last).then_some(kept)
}

/// Seals a message as WeCom does, with random bytes of the caller's; `None` if the key is none. For
/// tests and the local stack.
pub fn seal(
    encoding_aes_key: &str,
    random: [u8; 16],
    message: &[u8],
    receiver: &str,
) -> Option<String> {
    Key::read(encoding_aes_key)?.seal(random, message, receiver)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ends in `G`, of which two bits are left over.
    const ENCODED: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    const SUITE: &str = "ww0123456789abcdef";

    fn key() -> Key {
        Key::read(ENCODED).unwrap()
    }

    /// Encrypts a plaintext as it is.
    fn encrypt(plain: &[u8]) -> String {
        let mut bytes = plain.to_vec();
        let key = UnboundCipherKey::new(&AES_256, &key().0).unwrap();
        let iv = EncryptionContext::Iv128(self::key().iv().unwrap());
        let key = EncryptingKey::cbc(key).unwrap();
        key.less_safe_encrypt(&mut bytes, iv).unwrap();
        STANDARD.encode(bytes)
    }

    /// 16 bytes, a length, some bytes after it, and the padding.
    fn plain(length: u32, rest: &[u8], padding: &[u8]) -> Vec<u8> {
        [&[7; 16][..], &length.to_be_bytes(), rest, padding].concat()
    }

    #[test]
    fn a_message_of_any_length_is_opened_as_it_was_sealed() {
        for length in 0..100 {
            let message = "字".repeat(length);
            let sealed = seal(ENCODED, [9; 16], message.as_bytes(), SUITE).unwrap();
            let bytes = STANDARD.decode(&sealed).unwrap();
            assert_eq!(bytes.len() % 32, 0);
            let opened = key().open(&sealed).unwrap();
            assert_eq!(opened.message, message.as_bytes());
            assert_eq!(opened.receiver, SUITE.as_bytes());
        }
    }

    #[test]
    fn a_key_is_43_characters_with_whatever_bits_at_the_end() {
        for (encoded, is_one) in [
            (ENCODED, true),
            ("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFE", true),
            ("abcdefghijklmnopqrstuvwxyz0123456789ABCDEF", false),
            ("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG=", false),
            ("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH", false),
            ("abcdefghijklmnopqrstuvwxyz0123456789ABCDE-_", false),
            ("", false),
        ] {
            assert_eq!(Key::read(encoded).is_some(), is_one, "{encoded}");
        }
        let other_bits = Key::read("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFE").unwrap();
        assert_eq!(key().0, other_bits.0);
    }

    #[test]
    fn what_is_not_sealed_so_is_not_opened() {
        // 16 + 4 + 2 + 10 = 32
        for (name, plain, opens) in [
            ("as it should be", plain(1, b"hi", &[10; 10]), true),
            ("all of it", plain(2, b"hi", &[10; 10]), true),
            ("longer than it is", plain(3, b"hi", &[10; 10]), false),
            ("endless", plain(u32::MAX, b"hi", &[10; 10]), false),
            ("no padding", plain(2, b"hi1234567890", &[]), false),
            ("padding of 0", plain(2, b"hi123456789", &[0]), false),
            ("padding of 33", plain(2, b"hi", &[33; 42]), false),
            (
                "uneven padding",
                plain(2, b"hi", &[10, 10, 9, 10, 10, 10, 10, 10, 10, 10]),
                false,
            ),
            ("only padding", vec![32; 32], false),
            (
                "too short for a length",
                [&[7; 16][..], &[16; 16]].concat(),
                false,
            ),
        ] {
            assert_eq!(key().open(&encrypt(&plain)).is_some(), opens, "{name}");
        }
        let sealed = seal(ENCODED, [9; 16], b"hello", SUITE).unwrap();
        let whole = STANDARD.decode(&sealed).unwrap();
        for sealed in [
            String::new(),
            "not base64!".to_owned(),
            STANDARD.encode(&whole[..31]),
            sealed.trim_end_matches('=').to_owned(),
        ] {
            assert!(key().open(&sealed).is_none(), "{sealed}");
        }
        let other = Key::read("bbcdefghijklmnopqrstuvwxyz0123456789ABCDEFG").unwrap();
        let opened = other.open(&sealed);
        assert!(opened.is_none_or(|opened| opened.receiver != SUITE.as_bytes()));
    }
}
