//! Unlocking memory: taking the mark off the pages of a mapping, and finding out which deserve to keep it.
//!
//! Linux: mm/mlock.c, v4.4, the munlock half.

use lockstep_machine::{Argument, Cpu, Function};

use crate::cx::{Cx, linux};
use crate::kernel::{ClearVmLocked, VmFlagsStore};
use crate::page::{Page, PageFlags, PageList, Reference};
use crate::rmap::{Swap, try_to_munlock};
use crate::swap::{get_page, lru_add_drain, put_page, release_pages};
use crate::vma::{VmFlags, Vma};
use crate::vmscan::{page_evictable, putback_lru_page};
use crate::zone::Pagevec;

/// Up to 14 pages a munlock works on at once. Linux: `struct pagevec`.
#[derive(Clone, Copy)]
struct Batch {
    pages: [Page; Pagevec::SIZE as usize],
    count: usize,
}

impl Batch {
    const EMPTY: Self = Self {
        pages: [Page::NULL; Pagevec::SIZE as usize],
        count: 0,
    };

    fn push(&mut self, page: Page) {
        if let Some(slot) = self.pages.get_mut(self.count) {
            *slot = page;
            self.count += 1;
        }
    }

    fn is_full(&self) -> bool {
        self.count == self.pages.len()
    }

    fn as_slice(&self) -> &[Page] {
        &self.pages[..self.count]
    }
}

const MUNLOCK_VMA_PAGES_RANGE: Function = linux("munlock_vma_pages_range", "mm/mlock.c", 422);

/// Takes VM_LOCKED off a mapping, then the mark off each of its pages from `start` to `end`.
///
/// Linux: mm/mlock.c, `munlock_vma_pages_range()`. A system call has mmap_sem for writing; the exit of a process has nothing.
/// The order matters: whoever reads the flag under a page-table lock after the walk has passed it reads it clear.
pub async fn munlock_vma_pages_range<C: Cpu>(cx: &Cx<C>, vma: Vma, start: u64, end: u64) {
    let _call = cx.enter(
        &MUNLOCK_VMA_PAGES_RANGE,
        [vma.into(), Argument::Number(start), Argument::Number(end)],
    );
    if cx.clear_vm_locked() == ClearVmLocked::BeforeWalk {
        store_flags(cx, vma, VmFlags::empty()).await;
    }
    let mut at = start;
    while at < end {
        let Some(page) = follow_page(cx, vma, at).await else {
            at += 1;
            continue;
        };
        let mut batch = Batch::EMPTY;
        batch.push(page);
        at = munlock_pagevec_fill(cx, &mut batch, vma, at + 1, end).await;
        munlock_pagevec(cx, &batch).await;
    }
    if cx.clear_vm_locked() == ClearVmLocked::AfterWalk {
        store_flags(cx, vma, VmFlags::empty()).await;
    }
}

/// The same for all of a mapping: whoever unmaps it, or exits, unlocks it first.
///
/// Linux: mm/internal.h, `munlock_vma_pages_all()`, line 271, which is no call of its own there either.
pub(crate) async fn munlock_vma_pages_all<C: Cpu>(cx: &Cx<C>, vma: Vma) {
    munlock_vma_pages_range(cx, vma, cx.peek(vma.start()), cx.peek(vma.end())).await;
}

/// Gives a mapping new lock flags, by the load and the store of a plain compound assignment.
///
/// With torn stores the word passes through a value the program never wrote: the lock flags inverted.
pub(crate) async fn store_flags<C: Cpu>(cx: &Cx<C>, vma: Vma, lock_flags: VmFlags) {
    let old = cx.read(vma.flags()).await;
    let new = old.difference(VmFlags::LOCKED_BOTH) | lock_flags;
    if cx.vm_flags_store() == VmFlagsStore::Torn {
        cx.write(vma.flags(), new ^ VmFlags::LOCKED).await;
    }
    cx.write(vma.flags(), new).await;
}

const FOLLOW_PAGE_MASK: Function = linux("follow_page_mask", "mm/gup.c", 177);

/// Pins the page at an address, if there is one.
///
/// Linux: mm/gup.c, `follow_page_mask()` with FOLL_GET and FOLL_DUMP.
/// Left out: what is mapped without being an ordinary page.
async fn follow_page<C: Cpu>(cx: &Cx<C>, vma: Vma, at: u64) -> Option<Page> {
    let mm = cx.peek(vma.mm());
    let _call = cx.enter(&FOLLOW_PAGE_MASK, [vma.into(), Argument::Number(at)]);
    cx.spin_lock(mm.page_table_lock()).await;
    let page = cx.read(mm.pte(at).entry()).await.page();
    if let Some(page) = page {
        get_page(cx, page, Reference::Pin).await;
    }
    cx.spin_unlock(mm.page_table_lock()).await;
    page
}

const MUNLOCK_PAGEVEC_FILL: Function = linux("__munlock_pagevec_fill", "mm/mlock.c", 359);

/// Adds the pages that follow to a batch, up to the first hole, under one hold of the page-table lock; gives how far it got.
///
/// Linux: mm/mlock.c, `__munlock_pagevec_fill()`.
/// Left out: pages of other zones, which end a batch.
async fn munlock_pagevec_fill<C: Cpu>(
    cx: &Cx<C>,
    batch: &mut Batch,
    vma: Vma,
    start: u64,
    end: u64,
) -> u64 {
    let _call = cx.enter(
        &MUNLOCK_PAGEVEC_FILL,
        [vma.into(), Argument::Number(start), Argument::Number(end)],
    );
    let mm = cx.peek(vma.mm());
    let mut at = start;
    if cx.fill_ptl() {
        cx.spin_lock(mm.page_table_lock()).await;
    }
    while at < end && !batch.is_full() {
        let Some(page) = cx.read(mm.pte(at).entry()).await.page() else {
            break;
        };
        get_page(cx, page, Reference::Pin).await;
        batch.push(page);
        at += 1;
    }
    if cx.fill_ptl() {
        cx.spin_unlock(mm.page_table_lock()).await;
    }
    at
}

const MUNLOCK_PAGEVEC: Function = linux("__munlock_pagevec", "mm/mlock.c", 276);

/// Takes the mark off a batch of pinned pages, puts them back where they belong, and drops the pins.
///
/// Linux: mm/mlock.c, `__munlock_pagevec()`, in its three phases.
async fn munlock_pagevec<C: Cpu>(cx: &Cx<C>, batch: &Batch) {
    let _call = cx.enter(&MUNLOCK_PAGEVEC, []);
    let isolated = munlock_phase_one(cx, batch).await;
    let fast = munlock_phase_two(cx, &isolated).await;
    if fast.count > 0 {
        putback_lru_fast(cx, &fast).await;
    }
}

/// Phase 1: under the LRU lock, takes the mark off each page, and the page off its list. Neither the page lock nor a page-table lock is held.
async fn munlock_phase_one<C: Cpu>(cx: &Cx<C>, batch: &Batch) -> Batch {
    let zone = cx.world.zone();
    let (mut isolated, mut dropped) = (Batch::EMPTY, Batch::EMPTY);
    let mut cleared = 0;
    cx.spin_lock(zone.lru_lock()).await;
    for page in batch.as_slice().iter().copied() {
        let was_mlocked = cx
            .test_and_clear(page.flags(), PageFlags::MLOCKED, [])
            .await;
        if was_mlocked {
            cleared += 1;
            // The pin serves as the reference of the isolation.
            let off_list = [page.lru().stores(PageList::Isolated)];
            if cx
                .test_and_clear(page.flags(), PageFlags::LRU, off_list)
                .await
            {
                isolated.push(page);
                continue;
            }
            munlock_isolation_failed(cx, page).await;
        }
        dropped.push(page);
    }
    // Until v4.12 a mark taken off a page that could not be isolated is forgotten here.
    let counted = if cx.nr_mlock_fix() {
        cleared
    } else {
        isolated.count as i64
    };
    if counted > 0 {
        cx.add(zone.nr_mlock(), -counted, []).await;
    }
    cx.spin_unlock(zone.lru_lock()).await;
    if dropped.count > 0 {
        lru_add_drain(cx).await;
        release_pages(cx, dropped.as_slice(), Reference::Pin).await;
    }
    isolated
}

/// Phase 2: with each page's lock, asks whether another locked mapping has it; gives the pages for which there is nothing to ask.
async fn munlock_phase_two<C: Cpu>(cx: &Cx<C>, isolated: &Batch) -> Batch {
    let mut fast = Batch::EMPTY;
    for page in isolated.as_slice().iter().copied() {
        cx.bit_lock(page.lock()).await;
        if putback_lru_fast_prepare(cx, page).await {
            fast.push(page);
            continue;
        }
        get_page(cx, page, Reference::Isolation).await;
        munlock_isolated_page(cx, page).await;
        cx.bit_unlock(page.lock()).await;
        put_page(cx, page, Reference::Pin).await;
    }
    fast
}

const PUTBACK_LRU_FAST_PREPARE: Function = linux("__putback_lru_fast_prepare", "mm/mlock.c", 232);

/// Whether a page mapped once at most can go back without asking; then it is unlocked.
///
/// Linux: mm/mlock.c, `__putback_lru_fast_prepare()`.
async fn putback_lru_fast_prepare<C: Cpu>(cx: &Cx<C>, page: Page) -> bool {
    let _call = cx.enter(&PUTBACK_LRU_FAST_PREPARE, [page.into()]);
    if cx.read(page.mapcount()).await > 1 || !page_evictable(cx, page).await {
        return false;
    }
    let rescued = [cx.world.zone().pgrescued().adds(1)];
    cx.test_and_clear(page.flags(), PageFlags::UNEVICTABLE, rescued)
        .await;
    cx.bit_unlock(page.lock()).await;
    true
}

const PUTBACK_LRU_FAST: Function = linux("__putback_lru_fast", "mm/mlock.c", 255);

/// Phase 3: puts pages on their lists under one hold of the LRU lock, and drops the pins.
///
/// Linux: mm/mlock.c, `__putback_lru_fast()`. The kernel counts the rescues here; this model counts each where it happens.
async fn putback_lru_fast<C: Cpu>(cx: &Cx<C>, fast: &Batch) {
    let _call = cx.enter(&PUTBACK_LRU_FAST, []);
    let zone = cx.world.zone();
    cx.add(zone.pgmunlocked(), fast.count as i64, []).await;
    cx.spin_lock(zone.lru_lock()).await;
    for page in fast.as_slice() {
        let list = PageList::of(cx.read_bits(page.flags(), PageList::FLAGS).await);
        cx.set_bits(page.flags(), PageFlags::LRU, [page.lru().stores(list)])
            .await;
    }
    cx.spin_unlock(zone.lru_lock()).await;
    release_pages(cx, fast.as_slice(), Reference::Pin).await;
}

const MUNLOCK_ISOLATED_PAGE: Function = linux("__munlock_isolated_page", "mm/mlock.c", 120);

/// Puts back a page whose mark was taken off, after asking its other mappings. The caller has the page lock and the isolation.
///
/// Linux: mm/mlock.c, `__munlock_isolated_page()`.
async fn munlock_isolated_page<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&MUNLOCK_ISOLATED_PAGE, [page.into()]);
    let mut swap = Swap::Again;
    if cx.read(page.mapcount()).await > 1 {
        swap = try_to_munlock(cx, page).await;
    }
    if swap != Swap::Mlock {
        cx.add(cx.world.zone().pgmunlocked(), 1, []).await;
    }
    putback_lru_page(cx, page).await;
}

const MUNLOCK_ISOLATION_FAILED: Function = linux("__munlock_isolation_failed", "mm/mlock.c", 147);

/// Counts a page whose mark was taken off while somebody else had it isolated.
///
/// Linux: mm/mlock.c, `__munlock_isolation_failed()`.
async fn munlock_isolation_failed<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&MUNLOCK_ISOLATION_FAILED, [page.into()]);
    let zone = cx.world.zone();
    if cx.test(page.flags(), PageFlags::UNEVICTABLE).await {
        cx.add(zone.pgstranded(), 1, []).await;
    } else {
        cx.add(zone.pgmunlocked(), 1, []).await;
    }
}

const MUNLOCK_VMA_PAGE: Function = linux("munlock_vma_page", "mm/mlock.c", 173);

/// Takes the mark off one page. The caller has the page lock.
///
/// Linux: mm/mlock.c, `munlock_vma_page()`.
pub async fn munlock_vma_page<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&MUNLOCK_VMA_PAGE, [page.into()]);
    let zone = cx.world.zone();
    cx.spin_lock(zone.lru_lock()).await;
    let was_mlocked = cx
        .test_and_clear(page.flags(), PageFlags::MLOCKED, [])
        .await;
    if !was_mlocked {
        cx.spin_unlock(zone.lru_lock()).await;
        return;
    }
    cx.add(zone.nr_mlock(), -1, []).await;
    let taken = [
        page.count().adds(1),
        page.takes(Reference::Isolation),
        page.lru().stores(PageList::Isolated),
    ];
    if cx.test_and_clear(page.flags(), PageFlags::LRU, taken).await {
        cx.spin_unlock(zone.lru_lock()).await;
        munlock_isolated_page(cx, page).await;
        return;
    }
    munlock_isolation_failed(cx, page).await;
    cx.spin_unlock(zone.lru_lock()).await;
}
