//! The part of S3 that keeps objects: path-style `PUT`, `GET` and `HEAD`.

use http::{Method, Request, Response, header};

use super::Aws;
use crate::runtime::http::answer;

const XML: &str = "application/xml";

impl Aws {
    pub(super) fn object(&self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let name = request.uri().path().trim_start_matches('/').to_owned();
        let is_object = name
            .split_once('/')
            .is_some_and(|(bucket, key)| !bucket.is_empty() && !key.is_empty());
        match (is_object, request.method()) {
            (true, &Method::PUT) => self.put(name, request),
            (true, &Method::GET) => {
                self.state().counts.request("S3", "GetObject");
                match self.state().objects.get(&name).cloned() {
                    Some(body) => answer(200, "application/octet-stream", body),
                    None => answer(404, XML, error("NoSuchKey")),
                }
            }
            (true, &Method::HEAD) => {
                self.state().counts.request("S3", "HeadObject");
                let is_there = self.state().objects.contains_key(&name);
                answer(if is_there { 200 } else { 404 }, XML, Vec::new())
            }
            (_, method) => self.not_known(format!("{method} /{name}")),
        }
    }

    fn put(&self, name: String, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let mut state = self.state();
        state.counts.request("S3", "PutObject");
        let only_new = request.headers().contains_key(header::IF_NONE_MATCH);
        if only_new && state.objects.contains_key(&name) {
            return answer(412, XML, error("PreconditionFailed"));
        }
        let encoding = request.headers().get(header::CONTENT_ENCODING);
        let is_chunked = encoding
            .is_some_and(|value| String::from_utf8_lossy(value.as_bytes()).contains("aws-chunked"));
        let body = if is_chunked {
            without_chunks(request.body())
        } else {
            Some(request.body().clone())
        };
        let Some(body) = body else {
            return answer(400, XML, error("IncompleteBody"));
        };
        state.objects.insert(name, body);
        let mut response = answer(200, XML, Vec::new());
        response.headers_mut().insert(
            header::ETAG,
            header::HeaderValue::from_static("\"00000000000000000000000000000000\""),
        );
        response
    }
}

fn error(code: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{code}</Message></Error>"
    )
}

/// The content of a body in `aws-chunked`: `<size in hex>[;…]\r\n<bytes>\r\n … 0\r\n<trailers>`.
fn without_chunks(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let end = body.windows(2).position(|two| two == b"\r\n")?;
        let (line, rest) = body.split_at_checked(end)?;
        let rest = rest.get(2..)?;
        let size = std::str::from_utf8(line).ok()?.split(';').next()?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        if size == 0 {
            return Some(content);
        }
        let (chunk, rest) = rest.split_at_checked(size)?;
        content.extend_from_slice(chunk);
        body = rest.strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn chunks_are_taken_out() {
        let body = b"5\r\nhello\r\n6;chunk-signature=x\r\n world\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n";
        assert_eq!(without_chunks(body).unwrap(), b"hello world");
        assert_eq!(without_chunks(b"0\r\n\r\n").unwrap(), b"");
        for broken in [&b"5\r\nhell"[..], b"", b"x\r\n", b"5\r\nhello0\r\n"] {
            assert!(without_chunks(broken).is_none());
        }
    }

    #[test]
    fn an_object_is_put_once_where_that_is_asked_for() {
        let aws = Aws::new(BTreeMap::new()).unwrap();
        let ask = |method: Method, body: &str| {
            let request = Request::builder()
                .method(method)
                .uri("/bucket/a/b.json")
                .header(header::IF_NONE_MATCH, "*")
                .body(body.as_bytes().to_vec())
                .unwrap();
            aws.object(&request)
        };
        assert_eq!(ask(Method::HEAD, "").status(), 404);
        assert_eq!(ask(Method::PUT, "one").status(), 200);
        assert_eq!(ask(Method::PUT, "two").status(), 412);
        assert_eq!(ask(Method::GET, "").body(), b"one");
        assert_eq!(aws.objects(), ["bucket/a/b.json"]);
        let counted = aws.counts();
        assert_eq!(counted.requests["S3.PutObject"], 2);
        aws.check_all_known().unwrap();
        assert_eq!(ask(Method::DELETE, "").status(), 400);
        assert!(
            aws.check_all_known()
                .unwrap_err()
                .to_string()
                .contains("DELETE")
        );
    }
}
