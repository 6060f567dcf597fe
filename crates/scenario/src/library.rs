//! The scenarios that are built in.

#[cfg(feature = "parse")]
use crate::{Fnv, Scenario, Statement, compiled, parse};

/// The files of these ids.
#[cfg(feature = "parse")]
macro_rules! files {
    ($($id:literal),* $(,)?) => {
        &[$(($id, include_str!(concat!("../scenarios/", $id, ".toml")))),*]
    };
}

/// The files, by id, in the order they are listed: by statement, and within one the clearest first.
#[cfg(feature = "parse")]
pub(crate) const FILES: &[(&str, &str)] = files![
    "truncate-cow-vs-reclaim",
    "truncate-cow-vs-munlock",
    "truncate-file-vs-reclaim",
    "exit-vs-reclaim-shared",
    "exit-vs-reclaim-shared-first",
    "exit-vs-reclaim-anon",
    "exit-vs-reclaim-file",
    "exit-vs-munlock",
    "exit-vs-exit",
    "exit-vs-exit-third-mapping",
    "munlock-double-mapping",
    "reclaim-vs-writer",
    "mlock-vs-reclaim",
    "munlock-vs-mlock",
    "torn-store-sets",
    "torn-store-clears",
    "munlock-vs-reclaim",
    "munlock-vs-munlock",
    "cow-break-vs-reclaim",
    "reclaim-exit-munlock",
    "reclaim-exit-truncate-anon",
    "reclaim-exit-truncate-file",
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

/// The same, prepared.
#[cfg(feature = "parse")]
fn prepared_library() -> impl Iterator<Item = Scenario> {
    // Whatever could not be prepared could not be parsed either.
    library()
        .into_iter()
        .filter_map(|scenario| scenario.prepare().ok())
}

/// The same as bytes, for a program without a TOML parser to [`decode`](compiled::decode).
///
/// A build script of such a program writes them where `include_bytes!` finds them.
#[cfg(feature = "parse")]
pub fn compiled_library() -> Vec<u8> {
    compiled::encode(&prepared_library().collect::<Vec<_>>())
}

/// One scenario of the library as a file of its own, and what a list says of it before it is there.
#[cfg(feature = "parse")]
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CompiledFile {
    /// The id of the scenario.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The group it is listed in.
    pub statement: Statement,
    /// The name of the file. It changes with what is in it, so that a browser can keep the file for ever.
    pub name: String,
    /// What is in it: the one scenario, for [`decode`](compiled::decode).
    pub bytes: Vec<u8>,
}

/// The library as files, one for each scenario, in order: for a page that loads them one by one.
#[cfg(feature = "parse")]
pub fn compiled_files() -> Vec<CompiledFile> {
    let file = |scenario: Scenario| {
        let bytes = compiled::encode(std::slice::from_ref(&scenario));
        CompiledFile {
            name: format!("{}-{:016x}.scenario", scenario.id, Fnv::of(&bytes)),
            id: scenario.id,
            title: scenario.title,
            statement: scenario.statement,
            bytes,
        }
    };
    prepared_library().map(file).collect()
}
