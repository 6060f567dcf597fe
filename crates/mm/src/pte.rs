//! Page-table entries.

use lockstep_machine::{Value, Word};

use crate::handle::handle;
use crate::page::Page;

handle! {
    /// The entry for one page of one process. Linux: `pte_t`.
    Pte[1] {
        /// What is in it.
        entry @ 0: PteEntry,
    }
}

/// What an entry holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PteEntry {
    /// Nothing: the next touch faults, and starts from the mapping.
    None,
    /// A page.
    Present {
        /// Which.
        page: Page,
        /// The processor used it since the bit was last cleared.
        young: bool,
        /// The processor wrote through it.
        dirty: bool,
        /// The processor may write through it.
        writable: bool,
    },
    /// The page's contents are in this swap slot.
    Swap(u64),
    /// The page is being moved; whoever faults waits.
    Migration(Page),
}

const PRESENT: u64 = 1 << 0;
const YOUNG: u64 = 1 << 1;
const DIRTY: u64 = 1 << 2;
const WRITABLE: u64 = 1 << 3;
const SWAP: u64 = 1 << 4;
const MIGRATION: u64 = 1 << 5;
const SHIFT: u32 = 8;

impl PteEntry {
    /// The page it maps, if any; `pte_present()`.
    pub fn page(self) -> Option<Page> {
        match self {
            Self::Present { page, .. } => Some(page),
            _ => None,
        }
    }

    /// The mask of [`PteEntry::Present::young`] in the word.
    pub const fn young_bit() -> u64 {
        YOUNG
    }

    /// The mask of "maps a page" in the word.
    pub const fn present_bit() -> u64 {
        PRESENT
    }
}

impl Pte {
    /// The entry as bare bits, for operations on one of them.
    pub fn bits(self) -> Word<u64> {
        Word::at(self.0)
    }
}

impl Value for PteEntry {
    fn from_word(word: u64) -> Self {
        let page = Page::from_word(word >> SHIFT);
        match word {
            _ if word & PRESENT != 0 => Self::Present {
                page,
                young: word & YOUNG != 0,
                dirty: word & DIRTY != 0,
                writable: word & WRITABLE != 0,
            },
            _ if word & SWAP != 0 => Self::Swap(word >> SHIFT),
            _ if word & MIGRATION != 0 => Self::Migration(page),
            _ => Self::None,
        }
    }

    fn into_word(self) -> u64 {
        let bit = |set: bool, mask: u64| if set { mask } else { 0 };
        match self {
            Self::None => 0,
            Self::Present {
                page,
                young,
                dirty,
                writable,
            } => {
                page.into_word() << SHIFT
                    | PRESENT
                    | bit(young, YOUNG)
                    | bit(dirty, DIRTY)
                    | bit(writable, WRITABLE)
            }
            Self::Swap(slot) => slot << SHIFT | SWAP,
            Self::Migration(page) => page.into_word() << SHIFT | MIGRATION,
        }
    }
}
