//! See `check.rs`.

#![no_main]

#[path = "../check.rs"]
#[allow(dead_code, reason = "each target runs one of its checks")]
mod check;

libfuzzer_sys::fuzz_target!(|data: &[u8]| check::slack(data));
