//! `multipart/form-data` (RFC 7578): the body of a call that carries a file.

use aws_lc_rs::digest::{Context, SHA256};

use crate::hex::to_hex;

/// Bytes of the hash in a boundary, which has at most 70 characters (RFC 2046).
const BOUNDARY_BYTES: usize = 16;

/// One field of a form.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part<'a> {
    /// A value.
    Text { name: &'a str, value: &'a str },
    /// A picture, with the name by which the platform keeps it.
    Png {
        name: &'a str,
        filename: &'a str,
        bytes: &'a [u8],
    },
}

/// A body and its `Content-Type`. The same parts give the same bytes.
pub(crate) fn form(parts: &[Part<'_>]) -> (String, Vec<u8>) {
    let boundary = boundary(parts);
    let mut body = Vec::new();
    for part in parts {
        let (head, content) = match part {
            Part::Text { name, value } => (format!("name=\"{name}\"\r\n"), value.as_bytes()),
            Part::Png {
                name,
                filename,
                bytes,
            } => {
                let head = format!(
                    "name=\"{name}\"; filename=\"{filename}\"\r\nContent-Type: image/png\r\n"
                );
                (head, *bytes)
            }
        };
        body.extend(format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n").bytes());
        body.extend(content);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{boundary}--\r\n").bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// What stands between the parts must stand in none of them: nobody can write a text that holds its
/// own hash.
fn boundary(parts: &[Part<'_>]) -> String {
    let mut hash = Context::new(&SHA256);
    for part in parts {
        match part {
            Part::Text { value, .. } => hash.update(value.as_bytes()),
            Part::Png { bytes, .. } => hash.update(bytes),
        }
    }
    let hash = hash.finish();
    let part: Vec<u8> = hash.as_ref().iter().copied().take(BOUNDARY_BYTES).collect();
    format!("hearth-{}", to_hex(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_a_part_for_each_field() {
        let parts = [
            Part::Text {
                name: "chat_id",
                value: "-1001",
            },
            Part::Png {
                name: "photo",
                filename: "picture.png",
                bytes: b"\x89PNG\r\n",
            },
        ];
        let (kind, body) = form(&parts);
        let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        assert!(boundary.len() <= 70, "{boundary}");
        let expected = [
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n-1001\r\n").as_bytes(),
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"picture.png\"\r\n").as_bytes(),
            b"Content-Type: image/png\r\n\r\n\x89PNG\r\n\r\n",
            format!("--{boundary}--\r\n").as_bytes(),
        ]
        .concat();
        assert_eq!(body, expected);
        assert_eq!(form(&parts), (kind, body));
    }

    #[test]
    fn another_text_has_another_boundary() {
        let of = |value: &str| form(&[Part::Text { name: "x", value }]).0;
        assert_ne!(of("a"), of("b"));
        // Whoever puts the boundary of one text into another one gets a different one.
        let stolen = of("a");
        let (kind, _) = form(&[Part::Text {
            name: "x",
            value: &stolen,
        }]);
        assert_ne!(kind, stolen);
    }
}
