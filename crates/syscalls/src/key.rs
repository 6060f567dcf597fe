//! Which keys each call has, and what may be written for them.

/// What may be written for a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Takes {
    /// A number of pages, or of a page.
    Number,
    /// A name.
    Name,
    /// `true` or `false`.
    YesNo,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Any of these words, in a list.
    Words(&'static [&'static str]),
}

/// A key of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) takes: Takes,
    pub(crate) is_needed: bool,
}

const fn needs(name: &'static str, takes: Takes) -> Key {
    Key {
        name,
        takes,
        is_needed: true,
    }
}

const fn may_have(name: &'static str, takes: Takes) -> Key {
    Key {
        name,
        takes,
        is_needed: false,
    }
}

const AT: Key = needs("at", Takes::Number);
const PAGES: Key = needs("pages", Takes::Number);
const FILE: Key = needs("file", Takes::Name);
const RANGE: &[Key] = &[AT, PAGES];
const KINDS: &[&str] = &["anon-private", "anon-shared", "file-private", "file-shared"];
const LOCK_FLAGS: &[&str] = &["current", "future", "onfault"];

/// Every call with its keys, besides `call`.
pub(crate) const CALLS: &[(&str, &[Key])] = &[
    ("create", &[FILE, PAGES]),
    (
        "mmap",
        &[
            AT,
            PAGES,
            needs("kind", Takes::Word(KINDS)),
            may_have("file", Takes::Name),
            may_have("offset", Takes::Number),
            may_have("locked", Takes::YesNo),
            may_have("prot", Takes::Word(&["rw", "r", "none"])),
        ],
    ),
    ("munmap", RANGE),
    ("mlock", RANGE),
    ("mlock2", &[AT, PAGES, may_have("onfault", Takes::YesNo)]),
    ("munlock", RANGE),
    ("mlockall", &[needs("flags", Takes::Words(LOCK_FLAGS))]),
    ("munlockall", &[]),
    ("read", &[AT]),
    ("write", &[AT]),
    ("truncate", &[FILE, PAGES]),
    ("punch-hole", &[FILE, AT, PAGES]),
    ("madvise-dontneed", RANGE),
    ("fork", &[]),
    ("exit-child", &[]),
    ("setrlimit-memlock", &[PAGES]),
    ("drop-capability", &[]),
    ("drain", &[]),
];
