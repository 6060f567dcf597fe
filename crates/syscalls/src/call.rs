//! The calls a program is made of, as they are written: one JSON object each.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A system call, an access to memory, or something else that happens. Pages are numbered from the start of one arena.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "kebab-case")]
pub enum Call {
    /// A file of tmpfs comes to be, with so many pages, none of them there yet.
    Create {
        /// Its name.
        file: String,
        /// How many.
        pages: u64,
    },
    /// `mmap()` with `MAP_FIXED`: whatever was there goes away.
    Mmap {
        /// The first page.
        at: u64,
        /// How many.
        pages: u64,
        /// What it shows.
        kind: Kind,
        /// The file it shows, if it shows one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<String>,
        /// The first page of the file that it shows.
        #[serde(default, skip_serializing_if = "is_default")]
        offset: u64,
        /// `MAP_LOCKED`.
        #[serde(default, skip_serializing_if = "is_default")]
        locked: bool,
        /// What may be done with it.
        #[serde(default, skip_serializing_if = "is_default")]
        prot: Prot,
    },
    /// `munmap()`.
    Munmap {
        /// The first page.
        at: u64,
        /// How many.
        pages: u64,
    },
    /// `mlock()`.
    Mlock {
        /// The first page.
        at: u64,
        /// How many.
        pages: u64,
    },
    /// `mlock2()`.
    Mlock2 {
        /// The first page.
        at: u64,
        /// How many.
        pages: u64,
        /// `MLOCK_ONFAULT`.
        #[serde(default)]
        onfault: bool,
    },
    /// `munlock()`.
    Munlock {
        /// The first page.
        at: u64,
        /// How many.
        pages: u64,
    },
    /// `mlockall()`.
    Mlockall {
        /// The flags.
        flags: Vec<LockFlag>,
    },
    /// `munlockall()`.
    Munlockall {},
    /// The process reads a byte.
    Read {
        /// The page.
        at: u64,
    },
    /// The process writes a byte.
    Write {
        /// The page.
        at: u64,
    },
    /// `ftruncate()`.
    Truncate {
        /// The file.
        file: String,
        /// Its new size.
        pages: u64,
    },
    /// `fallocate()` with `FALLOC_FL_PUNCH_HOLE`.
    PunchHole {
        /// The file.
        file: String,
        /// The first page of the file.
        at: u64,
        /// How many.
        pages: u64,
    },
    /// `madvise()` with `MADV_DONTNEED`.
    MadviseDontneed {
        /// The first page.
        at: u64,
        /// How many.
        pages: u64,
    },
    /// `fork()`. The child only waits.
    Fork {},
    /// The child exits.
    ExitChild {},
    /// `setrlimit()` of `RLIMIT_MEMLOCK`.
    SetrlimitMemlock {
        /// The limit.
        pages: u64,
    },
    /// The process gives `CAP_IPC_LOCK` up.
    DropCapability {},
    /// The batches of every processor are emptied onto the lists.
    Drain {},
}

/// What a mapping shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// `MAP_PRIVATE | MAP_ANONYMOUS`.
    AnonPrivate,
    /// `MAP_SHARED | MAP_ANONYMOUS`.
    AnonShared,
    /// `MAP_PRIVATE` of a file.
    FilePrivate,
    /// `MAP_SHARED` of a file.
    FileShared,
}

impl Kind {
    /// Whether a file has to be named.
    pub fn is_of_file(self) -> bool {
        matches!(self, Self::FilePrivate | Self::FileShared)
    }
}

/// What may be done with a mapping.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prot {
    /// `PROT_READ | PROT_WRITE`.
    #[default]
    Rw,
    /// `PROT_READ`.
    R,
    /// `PROT_NONE`.
    None,
}

/// A flag of `mlockall()`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LockFlag {
    /// `MCL_CURRENT`.
    Current,
    /// `MCL_FUTURE`.
    Future,
    /// `MCL_ONFAULT`.
    Onfault,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Call {
    /// The call as a line of a program.
    pub fn line(&self) -> String {
        // Strings, numbers and flags can always be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The pages of the arena it is about, if it is about some.
    pub fn range(&self) -> Option<Range<u64>> {
        match *self {
            Self::Mmap { at, pages, .. }
            | Self::Munmap { at, pages }
            | Self::Mlock { at, pages }
            | Self::Mlock2 { at, pages, .. }
            | Self::Munlock { at, pages }
            | Self::MadviseDontneed { at, pages } => Some(at..at.saturating_add(pages)),
            Self::Read { at } | Self::Write { at } => Some(at..at.saturating_add(1)),
            _ => None,
        }
    }

    /// The call that comes before this one unsaid if there is no file yet of the name this one uses: it opens the file, which makes
    /// it, as large as it is used here.
    pub fn opens(&self) -> Option<Self> {
        match self {
            Self::Mmap {
                file: Some(file), ..
            }
            | Self::Truncate { file, .. } => {
                let (_, pages) = self.file_end()?;
                let file = file.clone();
                Some(Self::Create { file, pages })
            }
            _ => None,
        }
    }

    /// The pages of a file it is about, from its start, if it is about one: its name and the end.
    pub fn file_end(&self) -> Option<(&str, u64)> {
        match self {
            Self::Create { file, pages } | Self::Truncate { file, pages } => Some((file, *pages)),
            Self::PunchHole { file, at, pages } => Some((file, at.saturating_add(*pages))),
            Self::Mmap {
                file: Some(file),
                offset,
                pages,
                ..
            } => Some((file, offset.saturating_add(*pages))),
            _ => None,
        }
    }
}
