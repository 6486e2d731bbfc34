//! The weekly numbers.
