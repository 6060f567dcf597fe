//! The parts of memory that have a name of their own on screen: a flag of a flags word, a counter, an entry.
//!
//! One row a part. A word without a row, such as a lock's, is shown in another way or not at all.

use lockstep_mm::page::PageFlags;
use lockstep_mm::vma::VmFlags;
use lockstep_mm::world::{Object, Place};

use crate::value::Show;

/// A named part of a word.
#[derive(Debug)]
pub(crate) struct Part {
    /// Its stable name, as in links.
    pub(crate) key: &'static str,
    /// Its label on screen.
    pub(crate) label: &'static str,
    /// The bits.
    pub(crate) mask: u64,
    /// How they are read.
    pub(crate) show: Show,
    /// How telling a change of it is; 0 comes first.
    pub(crate) rank: u8,
    /// Whether it is on screen unless a scenario says otherwise.
    pub(crate) is_shown: bool,
    /// What it is, in at most 40 words.
    pub(crate) note: &'static str,
}

impl Part {
    /// The part's value in a word's value.
    pub(crate) fn of(&self, word: u64) -> u64 {
        (word & self.mask) >> self.mask.trailing_zeros().min(63)
    }
}

/// The parts of the word that stands at a place.
pub(crate) fn parts(place: Place) -> &'static [Part] {
    match (place.object, place.field) {
        (Object::Page(_), "flags") => PAGE_FLAGS,
        (Object::Page(_), "mapcount") => MAPCOUNT,
        (Object::Page(_), "count") => COUNT,
        (Object::Page(_), "references") => REFERENCES,
        (Object::Page(_), "lru") => LIST,
        (Object::Page(_), "mapping") => MAPPING,
        (Object::Page(_), "private") => PRIVATE,
        (Object::Page(_), "state") => STATE,
        (Object::Page(_), "index") => INDEX,
        (Object::Vma(_), "flags") => VM_FLAGS,
        (Object::Pte { .. }, _) => PTE,
        (Object::Zone, "nr_mlock") => NR_MLOCK,
        (Object::Zone, "pgculled") => PGCULLED,
        (Object::Zone, "pgrescued") => PGRESCUED,
        (Object::Zone, "pgmlocked") => PGMLOCKED,
        (Object::Zone, "pgmunlocked") => PGMUNLOCKED,
        (Object::Zone, "pgcleared") => PGCLEARED,
        (Object::Zone, "pgstranded") => PGSTRANDED,
        (Object::Zone, "pgscanned") => PGSCANNED,
        (Object::Zone, "tainted") => TAINTED,
        (Object::Zone, "freed") => FREED,
        (Object::File(_), "size") => SIZE,
        (Object::File(_), "nrpages") => NRPAGES,
        (Object::File(_), "i_mmap") => I_MMAP,
        (Object::CacheSlot { .. }, _) => CACHE_SLOT,
        (Object::AnonVma(_), "vmas") => ANON_VMAS,
        (Object::SwapSlot(_), "count") => SWAP_COUNT,
        (Object::SwapSlot(_), "cached") => SWAP_CACHED,
        (Object::Mm(_), "locked_vm") => LOCKED_VM,
        (Object::Mm(_), "total_vm") => TOTAL_VM,
        (Object::Mm(_), "users") => USERS,
        _ => &[],
    }
}

const fn part(key: &'static str, show: Show, rank: u8, is_shown: bool, note: &'static str) -> Part {
    Part {
        key,
        label: key,
        mask: u64::MAX,
        show,
        rank,
        is_shown,
        note,
    }
}

const fn flag(key: &'static str, mask: u64, rank: u8, is_shown: bool, note: &'static str) -> Part {
    Part {
        key,
        label: key,
        mask,
        show: Show::Bit,
        rank,
        is_shown,
        note,
    }
}

const fn named(label: &'static str, part: Part) -> Part {
    Part { label, ..part }
}

#[rustfmt::skip]
const PAGE_FLAGS: &[Part] = &[
    flag("PG_mlocked", PageFlags::MLOCKED.bits(), 0, true,
        "A mark on the page: some locked mapping has it, so reclaim is to leave it alone. Set and cleared by different paths under different locks, which is what this commit is about."),
    flag("PG_lru", PageFlags::LRU.bits(), 5, true,
        "The page is on one of the zone's lists. Whoever clears this flag has the page to itself and must put it back."),
    flag("PG_unevictable", PageFlags::UNEVICTABLE.bits(), 5, true,
        "The page belongs on the unevictable list, where reclaim never looks. Without a locked mapping it would be lost there."),
    flag("PG_active", PageFlags::ACTIVE.bits(), 6, true,
        "The page belongs on an active list: it has been used again since reclaim last asked."),
    flag("PG_swapcache", PageFlags::SWAPCACHE.bits(), 6, true,
        "The page has a place on the swap device and is in the swap cache, which holds a reference to it."),
    flag("PG_dirty", PageFlags::DIRTY.bits(), 6, true,
        "The page is newer than its copy on disk or in swap, and has to be written before it can be dropped."),
    flag("PG_referenced", PageFlags::REFERENCED.bits(), 7, false,
        "The page was used once since reclaim last asked. A second time makes it active."),
    flag("PG_writeback", PageFlags::WRITEBACK.bits(), 7, false,
        "The page is being written to disk or swap right now."),
    flag("PG_uptodate", PageFlags::UPTODATE.bits(), 8, false,
        "The page's contents are valid."),
    flag("PG_swapbacked", PageFlags::SWAPBACKED.bits(), 8, false,
        "The page is anonymous or shared memory: it can only be reclaimed by way of swap, and belongs on the anon lists."),
];

#[rustfmt::skip]
const VM_FLAGS: &[Part] = &[
    flag("VM_LOCKED", VmFlags::LOCKED.bits(), 0, true,
        "The mapping is locked: its pages are to stay in memory. It says nothing about one page; that is what PG_mlocked is for."),
    flag("VM_LOCKONFAULT", VmFlags::LOCKONFAULT.bits(), 3, true,
        "The mapping is locked, but its pages need not be there before they are touched: mlock2() with MLOCK_ONFAULT."),
    flag("VM_READ", VmFlags::READ.bits(), 8, false, "The mapping can be read."),
    flag("VM_WRITE", VmFlags::WRITE.bits(), 8, false, "The mapping can be written."),
    flag("VM_SHARED", VmFlags::SHARED.bits(), 8, false, "Writes go to the file and not to private copies."),
];

const PTE: &[Part] = &[part(
    "pte",
    Show::Entry,
    0,
    true,
    "The page-table entry: which page the process finds at this address, or nothing, or a place in swap. It is only changed with ptl held.",
)];
const MAPCOUNT: &[Part] = &[part(
    "mapcount",
    Show::Count,
    1,
    true,
    "How many page-table entries map the page. Whoever lowers it to 0 also has to take PG_mlocked off.",
)];
const COUNT: &[Part] = &[part(
    "refs",
    Show::Count,
    3,
    true,
    "How many hold on to the page: entries, caches, whoever is looking at it. Who drops the last reference frees the page.",
)];
const REFERENCES: &[Part] = &[named(
    "held by",
    part(
        "references",
        Show::References,
        9,
        true,
        "What each reference stands for. The kernel only keeps their sum; the model notes it so that you can see who has the page.",
    ),
)];
const LIST: &[Part] = &[part(
    "list",
    Show::List,
    2,
    true,
    "The list the page is on. Isolated means that somebody took it off, to work on it or to free it.",
)];
const MAPPING: &[Part] = &[named(
    "belongs to",
    part(
        "mapping",
        Show::Mapping,
        4,
        true,
        "What the page's contents are: a part of a file, or anonymous memory such as a private copy. It stays until the page is freed.",
    ),
)];
const PRIVATE: &[Part] = &[named(
    "swap place",
    part(
        "private",
        Show::Slot,
        7,
        false,
        "The slot of the swap device that belongs to the page.",
    ),
)];
const STATE: &[Part] = &[part(
    "frame",
    Show::Frame,
    1,
    true,
    "What the allocator thinks of the page frame. A frame that comes back in a bad state is never used again.",
)];
const INDEX: &[Part] = &[part(
    "index",
    Show::Count,
    9,
    false,
    "The page's place in its file or in its anonymous memory.",
)];
const NR_MLOCK: &[Part] = &[part(
    "NR_MLOCK",
    Show::Count,
    4,
    true,
    "How many pages the kernel thinks are mlocked. A page freed with its mark leaves it one too high for good.",
)];
const PGCULLED: &[Part] = &[named(
    "PGCULLED",
    part(
        "pgculled",
        Show::Count,
        8,
        false,
        "Pages moved to the unevictable list.",
    ),
)];
const PGRESCUED: &[Part] = &[named(
    "PGRESCUED",
    part(
        "pgrescued",
        Show::Count,
        8,
        false,
        "Pages moved off the unevictable list.",
    ),
)];
const PGMLOCKED: &[Part] = &[named(
    "PGMLOCKED",
    part(
        "pgmlocked",
        Show::Count,
        8,
        false,
        "How often a page was marked mlocked.",
    ),
)];
const PGMUNLOCKED: &[Part] = &[named(
    "PGMUNLOCKED",
    part(
        "pgmunlocked",
        Show::Count,
        8,
        false,
        "How often munlock took the mark off.",
    ),
)];
const PGCLEARED: &[Part] = &[named(
    "PGCLEARED",
    part(
        "pgcleared",
        Show::Count,
        8,
        false,
        "How often the mark came off with the last mapping.",
    ),
)];
const PGSTRANDED: &[Part] = &[named(
    "PGSTRANDED",
    part(
        "pgstranded",
        Show::Count,
        8,
        false,
        "Pages left on the unevictable list because somebody else had them.",
    ),
)];
const PGSCANNED: &[Part] = &[named(
    "PGSCANNED",
    part(
        "pgscanned",
        Show::Count,
        8,
        false,
        "Pages looked at when a file that was locked as a whole was unlocked.",
    ),
)];
const TAINTED: &[Part] = &[part(
    "tainted",
    Show::Bit,
    2,
    true,
    "The kernel has reported a bad page and no longer vouches for itself.",
)];
const FREED: &[Part] = &[named(
    "pages freed",
    part(
        "freed",
        Show::Count,
        8,
        false,
        "How many pages went back to the allocator.",
    ),
)];
const SIZE: &[Part] = &[part(
    "i_size",
    Show::Count,
    4,
    true,
    "The size of the file, in pages.",
)];
const NRPAGES: &[Part] = &[part(
    "nrpages",
    Show::Count,
    5,
    true,
    "How many pages of the file are in the page cache.",
)];
const I_MMAP: &[Part] = &[part(
    "i_mmap",
    Show::Vmas,
    7,
    false,
    "The mappings that show the file.",
)];
const CACHE_SLOT: &[Part] = &[named(
    "cached page",
    part(
        "cached",
        Show::Page,
        3,
        false,
        "The page of the page cache that holds this part of the file.",
    ),
)];
const ANON_VMAS: &[Part] = &[part(
    "anon_vma",
    Show::Vmas,
    7,
    false,
    "The mappings that can have these anonymous pages.",
)];
const SWAP_COUNT: &[Part] = &[named(
    "swap slot",
    part(
        "swap_map",
        Show::SwapCount,
        7,
        false,
        "Who refers to the slot of the swap device.",
    ),
)];
const SWAP_CACHED: &[Part] = &[named(
    "swap cache slot",
    part(
        "swap_cached",
        Show::Page,
        7,
        false,
        "The page of the swap cache that is in the slot.",
    ),
)];
const LOCKED_VM: &[Part] = &[part(
    "locked_vm",
    Show::Count,
    7,
    false,
    "Pages of the process counted against its limit on locked memory.",
)];
const TOTAL_VM: &[Part] = &[part(
    "total_vm",
    Show::Count,
    8,
    false,
    "Pages the process has mapped.",
)];
const USERS: &[Part] = &[part(
    "mm_users",
    Show::Count,
    8,
    false,
    "How many run in the process; at 0 it is being torn down.",
)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_short_and_keys_are_unique() {
        let all: Vec<&Part> = [
            PAGE_FLAGS,
            VM_FLAGS,
            PTE,
            MAPCOUNT,
            COUNT,
            REFERENCES,
            LIST,
            MAPPING,
            PRIVATE,
            STATE,
            INDEX,
            NR_MLOCK,
            PGCULLED,
            PGRESCUED,
            PGMLOCKED,
            PGMUNLOCKED,
            PGCLEARED,
            PGSTRANDED,
            PGSCANNED,
            TAINTED,
            FREED,
            SIZE,
            NRPAGES,
            I_MMAP,
            CACHE_SLOT,
            ANON_VMAS,
            SWAP_COUNT,
            SWAP_CACHED,
            LOCKED_VM,
            TOTAL_VM,
            USERS,
        ]
        .into_iter()
        .flatten()
        .collect();
        for part in &all {
            let words = part.note.split_whitespace().count();
            assert!(words <= 40, "{}: {words} words", part.key);
            assert_eq!(
                all.iter().filter(|other| other.key == part.key).count(),
                1,
                "{}",
                part.key
            );
        }
    }
}
