//! Reading `multipart/form-data` (RFC 7578), as the platforms read a call that carries a picture.

use std::collections::BTreeMap;

use hearth_platforms::Picture;
use http::header;

use super::Call;

/// The fields of a call, each once, by name.
pub(super) type Form<'a> = BTreeMap<&'a str, &'a [u8]>;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The form that a call carries; `None` = another kind of body, or a form that cannot be read.
pub(super) fn read(call: &Call) -> Option<Form<'_>> {
    let kind = call.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    let boundary = kind.strip_prefix("multipart/form-data; boundary=")?;
    let delimiter = format!("\r\n--{boundary}");
    // The first one stands at the very beginning, without a line's end before it.
    let mut rest = call
        .body()
        .strip_prefix(delimiter.trim_start().as_bytes())?;
    let mut form = Form::new();
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let (part, after) = split(part, delimiter.as_bytes())?;
        let (head, content) = split(part, b"\r\n\r\n")?;
        let head = std::str::from_utf8(head).ok()?;
        let (_, name) = head.split_once("form-data; name=\"")?;
        let (name, _) = name.split_once('"')?;
        if form.insert(name, content).is_some() {
            return None;
        }
        rest = after;
    }
    (rest == b"--\r\n").then_some(form)
}

/// The picture in a field; `None` = there is none, or it is no PNG.
pub(super) fn picture(form: &Form<'_>, name: &str, description: &str) -> Option<Picture> {
    let png = form.get(name).filter(|file| file.starts_with(PNG))?;
    Some(Picture {
        png: png.to_vec(),
        description: description.to_owned(),
    })
}

/// What stands before and after the first `separator`.
fn split<'a>(bytes: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes
        .windows(separator.len())
        .position(|part| part == separator)?;
    let (before, rest) = bytes.split_at_checked(at)?;
    Some((before, rest.strip_prefix(separator)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(kind: &str, body: &str) -> Call {
        let call = http::Request::post("http://sandbox/").header("content-type", kind);
        call.body(body.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn a_form_is_read_and_a_broken_one_is_not() {
        let kind = "multipart/form-data; boundary=b";
        let part = |name: &str, content: &str| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{content}\r\n")
        };
        let good = format!("{}{}--b--\r\n", part("a", "1\r\n\r\n2"), part("photo", ""));
        let read_good = call(kind, &good);
        let form = read(&read_good).unwrap();
        assert_eq!(
            form,
            [("a", &b"1\r\n\r\n2"[..]), ("photo", &b""[..])].into()
        );
        assert_eq!(picture(&form, "photo", ""), None, "no PNG");
        for (kind, body) in [
            ("application/json", good.as_str()),
            ("multipart/form-data; boundary=c", &good),
            (kind, good.strip_suffix("--\r\n").unwrap()),
            (
                kind,
                &format!("{}{}--b--\r\n", part("a", "1"), part("a", "2")),
            ),
            (
                kind,
                "--b\r\nContent-Type: text/plain\r\n\r\n1\r\n--b--\r\n",
            ),
            (kind, ""),
        ] {
            assert_eq!(read(&call(kind, body)), None, "{body}");
        }
    }
}
