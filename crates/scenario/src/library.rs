//! The scenarios that are built in.

#[cfg(feature = "parse")]
use crate::{Scenario, compiled, parse};

/// The files, by id, in the order they are listed.
#[cfg(feature = "parse")]
pub(crate) const FILES: &[(&str, &str)] = &[
    (
        "truncate-cow-vs-reclaim",
        include_str!("../scenarios/truncate-cow-vs-reclaim.toml"),
    ),
    (
        "truncate-file-vs-reclaim",
        include_str!("../scenarios/truncate-file-vs-reclaim.toml"),
    ),
];

/// The scenarios that are built in.
#[cfg(feature = "parse")]
pub fn library() -> Vec<Scenario> {
    // Each of them is parsed by a test, so none is ever left out.
    FILES
        .iter()
        .filter_map(|(_, text)| parse(text).ok())
        .collect()
}

/// The same, prepared, as bytes, for a program without a TOML parser to [`decode`](compiled::decode).
///
/// A build script of such a program writes them where `include_bytes!` finds them.
#[cfg(feature = "parse")]
pub fn compiled_library() -> Vec<u8> {
    // Whatever could not be prepared could not be parsed either.
    let all = library();
    let prepared = all.iter().filter_map(|scenario| scenario.prepare().ok());
    compiled::encode(&prepared.collect::<Vec<_>>())
}
