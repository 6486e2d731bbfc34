//! Hexadecimal, as platforms write signatures and keys.

use std::fmt::Write as _;

/// Two lower-case digits a byte.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The bytes of digits in either case; `None` if it is anything else.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text
        .chars()
        .map(|c| c.to_digit(16))
        .collect::<Option<Vec<u32>>>()?;
    digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_there_and_back() {
        for (text, bytes) in [
            ("", Some(&[][..])),
            ("00ff7a", Some(&[0, 255, 122])),
            ("00FF7A", Some(&[0, 255, 122])),
            ("0", None),
            ("0g", None),
            ("+f", None),
            ("字字", None),
        ] {
            assert_eq!(from_hex(text).as_deref(), bytes, "{text}");
        }
        assert_eq!(to_hex(&[0, 255, 122]), "00ff7a");
    }
}
