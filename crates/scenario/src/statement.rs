//! The statements of the commit message, in our own words: what the scenarios are grouped by.

use serde::Serialize;

use crate::reader::{Read, Reader};

/// What a scenario shows, in the order in which it is worth reading about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub enum Statement {
    /// A truncation unmaps a page while somebody is about to mark it.
    Truncation,
    /// A process exits, and a mark that its mapping asked for comes too late to be taken back.
    Exit,
    /// The race detector saw a read and a store of `vm_flags` with no lock in common.
    Detector,
    /// A page of a locked mapping goes without its mark.
    Missed,
    /// `vm_flags` is a plain word, and a store to it may show a value that nobody meant.
    Torn,
    /// What could not go wrong before the patch either, and why.
    Safe,
    /// Three threads at once.
    Three,
    /// A scenario of one's own.
    Own,
}

impl Statement {
    /// All of them, in order.
    pub const ALL: [Self; 8] = [
        Self::Truncation,
        Self::Exit,
        Self::Detector,
        Self::Missed,
        Self::Torn,
        Self::Safe,
        Self::Three,
        Self::Own,
    ];

    /// The word files use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Truncation => "truncation",
            Self::Exit => "exit",
            Self::Detector => "detector",
            Self::Missed => "missed",
            Self::Torn => "torn",
            Self::Safe => "safe",
            Self::Three => "three",
            Self::Own => "own",
        }
    }

    /// What people are told.
    pub fn title(self) -> &'static str {
        match self {
            Self::Truncation => "A late mark on a page that is freed",
            Self::Exit => "A mark left behind at exit",
            Self::Detector => "What the race detector saw",
            Self::Missed => "A mark that is missed",
            Self::Torn => "A store that shows a value nobody meant",
            Self::Safe => "What was right all along",
            Self::Three => "Three at once",
            Self::Own => "Scenarios of one's own",
        }
    }

    /// The statement of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

impl Read for Statement {
    fn read(from: &mut Reader<'_>) -> Self {
        let place = from.get::<u32>() as usize;
        Self::ALL.get(place).copied().unwrap_or(Self::Own)
    }
}
