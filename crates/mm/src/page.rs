//! `struct page`: one page frame.

use bitflags::bitflags;
use lockstep_machine::{Address, BitLock, Rider, Update, Value};

use crate::handle::{flags_value, handle};

handle! {
    /// A page frame. Linux: `struct page`, include/linux/mm_types.h.
    Page[10] {
        /// The flag bits, `page->flags`.
        flags @ 0: PageFlags,
        /// The reference count, `page->_count`. The page is freed by whoever drops the last.
        count @ 1: i64,
        /// How many page-table entries map it, `page_mapcount()`: the kernel stores one less.
        mapcount @ 2: i64,
        /// What its contents belong to, `page->mapping`.
        mapping @ 3: Mapping,
        /// Its place in that, in pages, `page->index`.
        index @ 4: u64,
        /// The swap slot of a page in the swap cache, `page->private`.
        private @ 5: u64,
        /// The list it is on. The kernel links pages through `page->lru`; one word with the list's name is enough to say where a page is.
        lru @ 6: PageList,
        /// Who has the page lock. The kernel does not note it; a reader wants to know.
        lock_owner @ 7: u64,
        /// What the allocator thinks of it.
        state @ 8: FrameState,
        /// What each reference stands for, a byte a kind; see [`Reference`]. The kernel only has the sum, in `_count`.
        references @ 9: References,
    }
}

impl Page {
    /// The page lock: `PG_locked`, a bit lock in the flags word.
    pub fn lock(self) -> BitLock {
        BitLock {
            word: self.flags().address(),
            mask: PageFlags::LOCKED.bits(),
            owner: self.lock_owner().address(),
        }
    }

    /// Notes that a reference was taken, in the step that adds to the count.
    pub fn takes(self, reference: Reference) -> Rider {
        self.references_change(reference.unit())
    }

    /// Notes that a reference was dropped, in the step that subtracts from the count.
    pub fn drops(self, reference: Reference) -> Rider {
        self.references_change(-reference.unit())
    }

    /// Notes that a reference now stands for something else; the count stays.
    pub fn hands_over(self, from: Reference, to: Reference) -> Rider {
        self.references_change(to.unit() - from.unit())
    }

    fn references_change(self, amount: i64) -> Rider {
        Rider {
            address: self.references().address(),
            update: Update::Add(amount),
        }
    }
}

bitflags! {
    /// The flag bits the model uses, at their places in the 64-bit v4.3 enum, which is what b87537d was applied to.
    ///
    /// Linux: include/linux/page-flags.h, `enum pageflags`.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct PageFlags: u64 {
        /// `PG_locked`: the page lock is taken.
        const LOCKED = 1 << 0;
        /// `PG_referenced`: used since reclaim last looked.
        const REFERENCED = 1 << 2;
        /// `PG_uptodate`: its contents are valid.
        const UPTODATE = 1 << 3;
        /// `PG_dirty`: its contents are newer than what is on disk.
        const DIRTY = 1 << 4;
        /// `PG_lru`: it is on one of the zone's lists.
        const LRU = 1 << 5;
        /// `PG_active`: it belongs on an active list.
        const ACTIVE = 1 << 6;
        /// `PG_writeback`: it is being written.
        const WRITEBACK = 1 << 13;
        /// `PG_swapcache`: it is in the swap cache.
        const SWAPCACHE = 1 << 16;
        /// `PG_swapbacked`: it is anonymous or shared memory, and reclaim has to swap it.
        const SWAPBACKED = 1 << 19;
        /// `PG_unevictable`: it belongs on the unevictable list.
        const UNEVICTABLE = 1 << 20;
        /// `PG_mlocked`: a locked mapping keeps it in memory.
        const MLOCKED = 1 << 21;
    }
}

impl PageFlags {
    /// The flags no page may have when it is freed: `PAGE_FLAGS_CHECK_AT_FREE`.
    pub const CHECK_AT_FREE: Self = Self::LOCKED
        .union(Self::LRU)
        .union(Self::ACTIVE)
        .union(Self::WRITEBACK)
        .union(Self::SWAPCACHE)
        .union(Self::UNEVICTABLE)
        .union(Self::MLOCKED);

    /// The kernel's name of each flag, in the order of the bits.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES
            .iter()
            .filter(move |(flag, _)| self.contains(*flag))
            .map(|(_, name)| *name)
    }

    /// All flags with their names, in the order of the bits.
    pub const NAMES: &[(Self, &'static str)] = NAMES;
}

const NAMES: &[(PageFlags, &str)] = &[
    (PageFlags::LOCKED, "locked"),
    (PageFlags::REFERENCED, "referenced"),
    (PageFlags::UPTODATE, "uptodate"),
    (PageFlags::DIRTY, "dirty"),
    (PageFlags::LRU, "lru"),
    (PageFlags::ACTIVE, "active"),
    (PageFlags::WRITEBACK, "writeback"),
    (PageFlags::SWAPCACHE, "swapcache"),
    (PageFlags::SWAPBACKED, "swapbacked"),
    (PageFlags::UNEVICTABLE, "unevictable"),
    (PageFlags::MLOCKED, "mlocked"),
];

flags_value!(PageFlags);

/// `page->mapping`: nothing, a file, or an anon_vma, which bit 32 of the word tells apart (the kernel uses bit 0 of the pointer).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mapping {
    /// NULL.
    None,
    /// The page cache of a file.
    File(Address),
    /// Anonymous memory; `PageAnon()`.
    Anon(Address),
}

const ANON_BIT: u64 = 1 << 32;

impl Value for Mapping {
    fn from_word(word: u64) -> Self {
        let address = Address(word as u32);
        match word {
            0 => Self::None,
            _ if word & ANON_BIT != 0 => Self::Anon(address),
            _ => Self::File(address),
        }
    }

    fn into_word(self) -> u64 {
        match self {
            Self::None => 0,
            Self::File(address) => u64::from(address.0),
            Self::Anon(address) => u64::from(address.0) | ANON_BIT,
        }
    }
}

/// The lists a page can be on, or whose hands it is in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum PageList {
    /// None: isolated, or not in use.
    None,
    /// `LRU_INACTIVE_ANON`.
    InactiveAnon,
    /// `LRU_ACTIVE_ANON`.
    ActiveAnon,
    /// `LRU_INACTIVE_FILE`.
    InactiveFile,
    /// `LRU_ACTIVE_FILE`.
    ActiveFile,
    /// `LRU_UNEVICTABLE`.
    Unevictable,
    /// A processor's pagevec of pages that wait to be put on a list.
    Pagevec,
    /// The private list of a reclaimer, or the hands of whoever isolated it.
    Isolated,
}

impl PageList {
    /// All of them, in order.
    pub const ALL: [Self; 8] = [
        Self::None,
        Self::InactiveAnon,
        Self::ActiveAnon,
        Self::InactiveFile,
        Self::ActiveFile,
        Self::Unevictable,
        Self::Pagevec,
        Self::Isolated,
    ];

    /// The flags that say which list a page belongs on.
    pub const FLAGS: PageFlags = PageFlags::UNEVICTABLE
        .union(PageFlags::SWAPBACKED)
        .union(PageFlags::ACTIVE);

    /// Whether it is one of the zone's five lists.
    pub fn is_zone_list(self) -> bool {
        (Self::InactiveAnon..=Self::Unevictable).contains(&self)
    }

    /// The list a page with these flags belongs on. Linux: include/linux/mm_inline.h, `page_lru()`.
    pub fn of(flags: PageFlags) -> Self {
        let active = flags.contains(PageFlags::ACTIVE);
        match flags.contains(PageFlags::SWAPBACKED) {
            _ if flags.contains(PageFlags::UNEVICTABLE) => Self::Unevictable,
            true if active => Self::ActiveAnon,
            true => Self::InactiveAnon,
            false if active => Self::ActiveFile,
            false => Self::InactiveFile,
        }
    }
}

impl Value for PageList {
    fn from_word(word: u64) -> Self {
        Self::ALL.get(word as usize).copied().unwrap_or(Self::None)
    }

    fn into_word(self) -> u64 {
        self as u64
    }
}

/// What the allocator thinks of a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FrameState {
    /// Free.
    Free,
    /// Given out.
    InUse,
    /// Freed in a bad state, and kept out of use for good.
    Bad,
}

impl Value for FrameState {
    fn from_word(word: u64) -> Self {
        match word {
            1 => Self::InUse,
            2 => Self::Bad,
            _ => Self::Free,
        }
    }

    fn into_word(self) -> u64 {
        self as u64
    }
}

/// What a reference to a page can stand for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reference {
    /// A page-table entry that maps it, or the one just cleared whose reference is still to be dropped.
    Pte,
    /// The page cache.
    PageCache,
    /// The swap cache.
    SwapCache,
    /// Whoever took it off its LRU list.
    Isolation,
    /// Whoever is looking at it.
    Pin,
    /// A pagevec it waits in.
    Pagevec,
    /// An mmu_gather that still has to flush the TLB.
    Gather,
}

impl Reference {
    /// All kinds, in the order of their bytes.
    pub const ALL: [Self; 7] = [
        Self::Pte,
        Self::PageCache,
        Self::SwapCache,
        Self::Isolation,
        Self::Pin,
        Self::Pagevec,
        Self::Gather,
    ];

    fn unit(self) -> i64 {
        1 << (8 * self as u32)
    }

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pte => "page table",
            Self::PageCache => "page cache",
            Self::SwapCache => "swap cache",
            Self::Isolation => "isolation",
            Self::Pin => "pin",
            Self::Pagevec => "pagevec",
            Self::Gather => "mmu_gather",
        }
    }
}

/// How many references of each kind there are, a byte a kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct References(pub u64);

impl References {
    /// How many there are of one kind.
    pub fn of(self, reference: Reference) -> u8 {
        self.0.to_le_bytes()[reference as usize]
    }

    /// How many there are in all.
    pub fn total(self) -> i64 {
        self.0.to_le_bytes().into_iter().map(i64::from).sum()
    }
}

impl Value for References {
    fn from_word(word: u64) -> Self {
        Self(word)
    }

    fn into_word(self) -> u64 {
        self.0
    }
}
