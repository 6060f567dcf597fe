//! Names of threads.

use std::fmt;

/// One of the threads of a program, 0 to 15, written as a letter `A` to `P`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ThreadId(u8);

impl ThreadId {
    /// How many threads one program can have at most: what fits in the reader counts of a [`RwSem`](crate::RwSem) word.
    pub const LIMIT: usize = 16;

    /// The thread of the given index, or `None` from [`ThreadId::LIMIT`] on.
    pub fn new(index: usize) -> Option<Self> {
        (index < Self::LIMIT).then_some(Self(index as u8))
    }

    /// The thread of the given letter, `A` to `P`.
    pub fn from_letter(letter: char) -> Option<Self> {
        letter
            .is_ascii_uppercase()
            .then(|| Self::new(usize::from(letter as u8 - b'A')))
            .flatten()
    }

    /// 0 for thread `A`.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// The letter schedules, scripts and links use.
    pub fn letter(self) -> char {
        char::from(b'A' + self.0)
    }

    /// How a lock word names its holder: 0 is nobody, so the first thread is 1.
    pub(crate) fn token(self) -> u64 {
        u64::from(self.0) + 1
    }

    /// The holder a lock word names, the reverse of [`ThreadId::token`].
    pub(crate) fn from_token(token: u64) -> Option<Self> {
        Self::new(usize::try_from(token.checked_sub(1)?).ok()?)
    }
}

impl fmt::Display for ThreadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.letter())
    }
}
