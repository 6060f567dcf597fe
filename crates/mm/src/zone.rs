//! `struct zone` and what there is once in the system: the LRU lock, counters, swap, and each processor's pagevec.

use lockstep_machine::{SpinLock, Word};

use crate::handle::handle;
use crate::page::Page;

handle! {
    /// The one zone, and the one swap device. Linux: `struct zone`, include/linux/mmzone.h; `struct swap_info_struct`.
    Zone[14] {
        /// `lru_lock`; interrupts are off while it is held.
        lru_lock_word @ 0: u64,
        /// `swap_lock`.
        swap_lock_word @ 1: u64,
        /// `NR_MLOCK`: how many pages are mlocked, as far as the kernel knows.
        nr_mlock @ 2: i64,
        /// The event `UNEVICTABLE_PGCULLED`: pages moved to the unevictable list.
        pgculled @ 3: i64,
        /// The event `UNEVICTABLE_PGRESCUED`: pages moved off it.
        pgrescued @ 4: i64,
        /// The event `UNEVICTABLE_PGMLOCKED`.
        pgmlocked @ 5: i64,
        /// The event `UNEVICTABLE_PGMUNLOCKED`.
        pgmunlocked @ 6: i64,
        /// The event `UNEVICTABLE_PGCLEARED`: the last mapping of an mlocked page went away.
        pgcleared @ 7: i64,
        /// The event `UNEVICTABLE_PGSTRANDED`.
        pgstranded @ 8: i64,
        /// How many swap slots there are.
        swap_slots @ 9: u64,
        /// Whether the kernel is tainted: it has printed a bad page.
        tainted @ 10: bool,
        /// How many pages have been freed, in good order or not.
        freed @ 11: i64,
        /// `swapper_space.tree_lock`.
        swap_tree_lock_word @ 12: u64,
        /// The event `UNEVICTABLE_PGSCANNED`: pages looked at when the memory of a file was unlocked.
        pgscanned @ 13: i64,
    }
}

impl Zone {
    /// `zone->lru_lock`.
    pub fn lru_lock(self) -> SpinLock {
        SpinLock(self.lru_lock_word().address())
    }

    /// The lock of the swap cache's tree.
    pub fn swap_tree_lock(self) -> SpinLock {
        SpinLock(self.swap_tree_lock_word().address())
    }

    /// `swap_lock`, which here also stands for the lock of the one device.
    pub fn swap_lock(self) -> SpinLock {
        SpinLock(self.swap_lock_word().address())
    }
}

handle! {
    /// One slot of the swap device. Slot 0 is never used, as in the kernel, where it holds the header.
    SwapSlot[2] {
        /// `swap_map`: how many page-table entries refer to it, plus `SWAP_HAS_CACHE` while its page is in the swap cache.
        count @ 0: i64,
        /// The page of the swap cache, or NULL.
        cached @ 1: Page,
    }
}

handle! {
    /// A processor's pagevec of pages to be put on an LRU list: `lru_add_pvec`.
    ///
    /// Only its own processor uses it, except that [`lru_add_drain_all`](crate::swap::lru_add_drain_all) empties all of them.
    Pagevec[16] {
        /// How many pages are in it.
        count @ 0: u64,
    }
}

impl Pagevec {
    /// `PAGEVEC_SIZE`.
    pub const SIZE: u64 = 14;

    /// One of its places.
    pub fn slot(self, index: u64) -> Word<Page> {
        Word::at(self.0.offset(1 + index as u32))
    }
}
