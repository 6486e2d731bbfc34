//! Long JSON in an item. A record with ten years of cohorts is half a megabyte, more than an item may be;
//! packed it is a tenth of that, in units too.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

/// More takes longer and saves little.
const LEVEL: u8 = 6;
/// Many times what ten years take: whoever wrote more than that was not this code. Bytes.
const AT_MOST: usize = 32_000_000;

pub(super) fn packed(json: &str) -> AttributeValue {
    AttributeValue::B(Blob::new(compress_to_vec_zlib(json.as_bytes(), LEVEL)))
}

/// `None` = it is not what [`packed`] makes.
pub(super) fn unpacked(value: &AttributeValue) -> Option<String> {
    let bytes = decompress_to_vec_zlib_with_limit(value.as_b().ok()?.as_ref(), AT_MOST);
    String::from_utf8(bytes.ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twenty years of weekly cohorts, each with its nine rates and none like another.
    #[test]
    fn twenty_years_of_cohorts_fit_an_item() {
        let rate = |n: u32| {
            let (eligible, retained) = (n % 997, n % 89);
            format!(r#"{{"eligible":{eligible},"retained":{retained},"rate":0.{n}}}"#)
        };
        let cohort = |n: u32| {
            (0..9)
                .map(|at| rate(n * 7_919 + at * 104_729))
                .collect::<String>()
        };
        let json: String = (0..1_040).map(cohort).collect();
        assert!(json.len() > 400_000, "{}", json.len());
        let kept = packed(&json);
        assert!(kept.as_b().unwrap().as_ref().len() < 300_000);
        assert_eq!(unpacked(&kept), Some(json));
    }

    #[test]
    fn what_was_never_packed_is_not_unpacked() {
        assert_eq!(unpacked(&AttributeValue::S("{}".to_owned())), None);
        assert_eq!(
            unpacked(&AttributeValue::B(Blob::new(*b"not packed"))),
            None
        );
    }
}
