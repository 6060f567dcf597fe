//! Programs worth a name: what the tests ask a real kernel about, and the book shows.

/// One page of a file mapped twice by one process: the one difference of the commit that is the same every time.
pub const DOUBLE_MAPPING: &str = include_str!("../programs/double-mapping.jsonl");

/// All of them, by name.
pub const ALL: &[(&str, &str)] = &[("double-mapping", DOUBLE_MAPPING)];
