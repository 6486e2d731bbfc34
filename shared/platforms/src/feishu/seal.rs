//! The envelope of an encrypted delivery: base64 of an IV and of AES-256-CBC (PKCS#7), the key
//! being the SHA-256 of the app's Encrypt Key.

use aws_lc_rs::cipher::{
    AES_256, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::iv::FixedLength;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Bytes of the IV, and of a block.
const BLOCK: usize = 16;

/// The text in the clear; `None` if it was not sealed with this key.
pub fn unseal(encrypt_key: &str, sealed: &str) -> Option<Vec<u8>> {
    let mut bytes = STANDARD.decode(sealed).ok()?;
    let (iv, text) = bytes.split_first_chunk_mut::<BLOCK>()?;
    if text.is_empty() || text.len() % BLOCK != 0 {
        return None;
    }
    let context = DecryptionContext::Iv128(FixedLength::from(&*iv));
    let key = PaddedBlockDecryptingKey::cbc_pkcs7(key(encrypt_key)?).ok()?;
    key.decrypt(text, context).ok().map(|clear| clear.to_vec())
}

/// A text as Feishu would seal it. For tests and the local stack, whose IVs need not be drawn.
pub fn seal(encrypt_key: &str, iv: [u8; BLOCK], clear: &[u8]) -> Option<String> {
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(key(encrypt_key)?).ok()?;
    let mut text = clear.to_vec();
    let context = EncryptionContext::Iv128(FixedLength::from(iv));
    key.less_safe_encrypt(&mut text, context).ok()?;
    Some(STANDARD.encode([&iv[..], &text].concat()))
}

fn key(encrypt_key: &str) -> Option<UnboundCipherKey> {
    let hash = digest(&SHA256, encrypt_key.as_bytes());
    UnboundCipherKey::new(&AES_256, hash.as_ref()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_read_with_its_key_only() {
        for text in ["", "{}", "exactly 16 bytes", "張三 👍 and a second block"] {
            let sealed = seal("a key", [7; 16], text.as_bytes()).unwrap();
            let clear = unseal("a key", &sealed).unwrap();
            assert_eq!(String::from_utf8(clear).unwrap(), text);
            assert_ne!(unseal("another", &sealed), Some(text.into()), "{text}");
        }
    }

    #[test]
    fn what_is_no_envelope_is_none() {
        let sealed = seal("a key", [7; 16], b"hello").unwrap();
        for broken in [
            String::new(),
            "!".to_owned(),
            "字".to_owned(),
            sealed.trim_end_matches('=').to_owned(),
            format!(" {sealed}"),
            STANDARD.encode([7; 15]),
            STANDARD.encode([7; 16]),
            STANDARD.encode([7; 31]),
            STANDARD.encode([7; 47]),
        ] {
            assert_eq!(unseal("a key", &broken), None, "{broken}");
        }
        // Whatever a byte is changed to, nothing ends the process.
        let bytes = STANDARD.decode(&sealed).unwrap();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                assert_ne!(
                    unseal("a key", &STANDARD.encode(changed)),
                    Some(b"hello".into())
                );
            }
        }
    }
}
