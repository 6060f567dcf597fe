//! The reverse map: from a page to the page-table entries that map it.
//!
//! Linux: mm/rmap.c, as of b87537d and its parent.

use bitflags::bitflags;
use lockstep_machine::{Argument, Cpu, Function};

use crate::anon_vma::AnonVma;
use crate::cx::{Cx, linux};
use crate::file::File;
use crate::kernel::MlockUnder;
use crate::mlock::{clear_page_mlock, mlock_vma_page};
use crate::page::{Mapping, Page, PageFlags, Reference};
use crate::pte::{Pte, PteEntry};
use crate::swap::put_page;
use crate::swapfile::swap_duplicate;
use crate::vma::{Mm, VmFlags, Vma};
use crate::world::VmaSet;

bitflags! {
    /// What a walk of the reverse map is for. Linux: include/linux/rmap.h, `enum ttu_flags`.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct Ttu: u64 {
        /// `TTU_UNMAP`: take the page out of every page table.
        const UNMAP = 1;
        /// `TTU_MIGRATION`: the same, leaving notes for the new page.
        const MIGRATION = 2;
        /// `TTU_MUNLOCK`: unmap nothing, look for a mapping that is locked.
        const MUNLOCK = 4;
        /// `TTU_IGNORE_MLOCK`: do not ask whether mappings are locked.
        const IGNORE_MLOCK = 0x100;
        /// `TTU_IGNORE_ACCESS`: do not ask whether the page was used.
        const IGNORE_ACCESS = 0x200;
    }
}

impl From<Ttu> for Argument {
    fn from(flags: Ttu) -> Self {
        Self::Number(flags.bits())
    }
}

/// What came of a walk. Linux: include/linux/rmap.h, `SWAP_*`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Swap {
    /// `SWAP_SUCCESS`: no entry maps the page any more.
    Success,
    /// `SWAP_AGAIN`: go on with the next mapping; at the end, try again later.
    Again,
    /// `SWAP_FAIL`: the page is in use.
    Fail,
    /// `SWAP_MLOCK`: a locked mapping has the page, and PageMlocked is set.
    Mlock,
}

impl From<Swap> for &'static str {
    fn from(swap: Swap) -> Self {
        match swap {
            Swap::Success => "SWAP_SUCCESS",
            Swap::Again => "SWAP_AGAIN",
            Swap::Fail => "SWAP_FAIL",
            Swap::Mlock => "SWAP_MLOCK",
        }
    }
}

const PAGE_CHECK_ADDRESS: Function = linux("page_check_address", "mm/rmap.c", 755);

/// Finds the entry that maps `page` at `address`, and keeps the page-table lock if there is one.
///
/// Linux: mm/rmap.c, `__page_check_address()` with `sync` 0: the first look takes no lock.
/// Left out: the upper levels of the page table, which here are always there; huge pages.
pub async fn page_check_address<C: Cpu>(
    cx: &Cx<C>,
    page: Page,
    mm: Mm,
    address: u64,
) -> Option<Pte> {
    let call = cx.enter(
        &PAGE_CHECK_ADDRESS,
        [page.into(), mm.into(), Argument::Number(address)],
    );
    let pte = mm.pte(address);
    if cx.read(pte.entry()).await.page().is_none() {
        call.returns("no");
        return None;
    }
    cx.spin_lock(mm.page_table_lock()).await;
    if cx.read(pte.entry()).await.page() == Some(page) {
        call.returns("yes, page-table lock held");
        return Some(pte);
    }
    cx.spin_unlock(mm.page_table_lock()).await;
    call.returns("no");
    None
}

const TRY_TO_UNMAP_ONE: Function = linux("try_to_unmap_one", "mm/rmap.c", 1297);

/// Takes `page` out of one mapping, or marks it mlocked if the mapping is locked.
///
/// Linux: mm/rmap.c, `try_to_unmap_one()`, both as b87537d has it and as its parent had it: the switch `mlock` says which.
/// The caller has the page lock, the lock of the reverse map for reading, and the page is off its LRU list.
/// Left out: rss counters, the mmlist, hardware poison, mmu notifiers, huge and unused entries.
pub async fn try_to_unmap_one<C: Cpu>(
    cx: &Cx<C>,
    page: Page,
    vma: Vma,
    address: u64,
    flags: Ttu,
) -> Swap {
    let call = cx.enter(&TRY_TO_UNMAP_ONE, [page.into(), vma.into(), flags.into()]);
    let mm = cx.peek(vma.mm());
    let ptl = mm.page_table_lock();

    // Only a hint, read without any lock: it may make a munlock skip this mapping, never set anything.
    // A kernel that does not look again later trusts it for all.
    let mut hint = None;
    if (cx.early_exit() && flags.contains(Ttu::MUNLOCK)) || !cx.recheck() {
        let locked = cx.test(vma.flags(), VmFlags::LOCKED).await;
        if !locked && flags.contains(Ttu::MUNLOCK) {
            return call.returns(Swap::Again);
        }
        hint = Some(locked);
    }

    let Some(pte) = page_check_address(cx, page, mm, address).await else {
        return call.returns(Swap::Again);
    };

    if !flags.contains(Ttu::IGNORE_MLOCK) {
        let locked = match hint {
            Some(locked) if !cx.recheck() => locked,
            _ => cx.test(vma.flags(), VmFlags::LOCKED).await,
        };
        if locked {
            return call.returns(match cx.mlock() {
                MlockUnder::PteLock => {
                    // The entry cannot go away before the lock is dropped: whoever removes it will see the mark.
                    mlock_vma_page(cx, page).await;
                    cx.spin_unlock(ptl).await;
                    Swap::Mlock
                }
                MlockUnder::PteLockAndMmapSem => {
                    let swap = mlock_under_mmap_sem(cx, page, None, mm).await;
                    cx.spin_unlock(ptl).await;
                    swap
                }
                MlockUnder::MmapSem => {
                    cx.spin_unlock(ptl).await;
                    // From here to the mark nothing keeps the entry in place, unless its remover needs mmap_sem.
                    let ask_again = cx.recheck().then_some(vma);
                    mlock_under_mmap_sem(cx, page, ask_again, mm).await
                }
                MlockUnder::PageLock => {
                    cx.spin_unlock(ptl).await;
                    mlock_vma_page(cx, page).await;
                    Swap::Mlock
                }
            });
        }
        if flags.contains(Ttu::MUNLOCK) {
            cx.spin_unlock(ptl).await;
            return call.returns(Swap::Again);
        }
    }

    if !flags.contains(Ttu::IGNORE_ACCESS) {
        let was_young = cx
            .test_and_clear(pte.bits(), PteEntry::young_bit(), [])
            .await;
        if was_young {
            cx.spin_unlock(ptl).await;
            return call.returns(Swap::Fail);
        }
    }

    let swap = replace_entry(cx, page, pte, flags).await;
    cx.spin_unlock(ptl).await;
    call.returns(swap)
}

/// Marks the page if mmap_sem can be had without waiting, and if `ask_again` names the mapping, after another look at its flag.
///
/// Linux: mm/rmap.c, `try_to_unmap_one()` of the parent of b87537d, from the label out_mlock on.
async fn mlock_under_mmap_sem<C: Cpu>(
    cx: &Cx<C>,
    page: Page,
    ask_again: Option<Vma>,
    mm: Mm,
) -> Swap {
    if !cx.down_read_trylock(mm.mmap_sem()).await {
        return Swap::Again;
    }
    let locked = match ask_again {
        Some(vma) => cx.test(vma.flags(), VmFlags::LOCKED).await,
        None => true,
    };
    if locked {
        mlock_vma_page(cx, page).await;
    }
    cx.up_read(mm.mmap_sem()).await;
    if locked { Swap::Mlock } else { Swap::Again }
}

/// Clears the entry and leaves in it what a later fault needs. The caller has the page-table lock.
async fn replace_entry<C: Cpu>(cx: &Cx<C>, page: Page, pte: Pte, flags: Ttu) -> Swap {
    let old = cx.exchange(pte.entry(), PteEntry::None, []).await;
    if matches!(old, PteEntry::Present { dirty: true, .. }) {
        cx.set_bits(page.flags(), PageFlags::DIRTY, []).await;
    }
    // A mapped page stays what it is, anonymous or of a file, and in the swap cache while the page lock is held.
    let anon = matches!(cx.peek(page.mapping()), Mapping::Anon(_));
    let in_swap_cache = cx.peek(page.flags()).contains(PageFlags::SWAPCACHE);
    if anon && in_swap_cache && !flags.contains(Ttu::MIGRATION) {
        let slot = cx.peek(page.private());
        if !swap_duplicate(cx, slot).await {
            cx.write(pte.entry(), old).await;
            return Swap::Fail;
        }
        cx.write(pte.entry(), PteEntry::Swap(slot)).await;
    } else if flags.contains(Ttu::MIGRATION) {
        cx.write(pte.entry(), PteEntry::Migration(page)).await;
    } else if anon {
        cx.bug("an anonymous page outside the swap cache is unmapped for something else than migration").await;
    }
    page_remove_rmap(cx, page).await;
    put_page(cx, page, Reference::Pte).await;
    Swap::Again
}

const PAGE_REMOVE_RMAP: Function = linux("page_remove_rmap", "mm/rmap.c", 1254);

/// Notes that one entry less maps `page`. With the last one the page stops being mlocked.
///
/// Linux: mm/rmap.c, `page_remove_rmap()`, for file pages `page_remove_file_rmap()`. The caller has the page-table lock.
/// Counting down and looking at PageMlocked are two steps: a mark set in between is still seen, one set later is not.
/// Left out: the counters of mapped and anonymous pages.
pub async fn page_remove_rmap<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&PAGE_REMOVE_RMAP, [page.into()]);
    let left = cx.add(page.mapcount(), -1, []).await;
    if left > 0 {
        return;
    }
    let mlocked = cx.test(page.flags(), PageFlags::MLOCKED).await;
    if mlocked {
        clear_page_mlock(cx, page).await;
    }
}

const PAGE_ADD_NEW_ANON_RMAP: Function = linux("page_add_new_anon_rmap", "mm/rmap.c", 1176);

/// Makes a new page anonymous memory of `vma`, mapped once. The caller has the page-table lock and will set the entry.
///
/// Linux: mm/rmap.c, `page_add_new_anon_rmap()`. The reference of whoever allocated the page becomes that of the entry.
pub async fn page_add_new_anon_rmap<C: Cpu>(cx: &Cx<C>, page: Page, vma: Vma, address: u64) {
    let _call = cx.enter(&PAGE_ADD_NEW_ANON_RMAP, [page.into(), vma.into()]);
    cx.set_bits(page.flags(), PageFlags::SWAPBACKED, []).await;
    cx.write(page.mapcount(), 1).await;
    set_anon_rmap(cx, page, vma, address).await;
}

const DO_PAGE_ADD_ANON_RMAP: Function = linux("do_page_add_anon_rmap", "mm/rmap.c", 1135);

/// Notes that one entry more maps an anonymous page that is not new. The caller has the page-table lock and the page lock.
///
/// Linux: mm/rmap.c, `do_page_add_anon_rmap()`.
pub async fn do_page_add_anon_rmap<C: Cpu>(cx: &Cx<C>, page: Page, vma: Vma, address: u64) {
    let _call = cx.enter(&DO_PAGE_ADD_ANON_RMAP, [page.into(), vma.into()]);
    let mapped = cx
        .add(
            page.mapcount(),
            1,
            [page.hands_over(Reference::Pin, Reference::Pte)],
        )
        .await;
    if mapped == 1 {
        set_anon_rmap(cx, page, vma, address).await;
    }
}

async fn set_anon_rmap<C: Cpu>(cx: &Cx<C>, page: Page, vma: Vma, address: u64) {
    let anon_vma = cx.peek(vma.anon_vma());
    let index = address - cx.peek(vma.start()) + cx.peek(vma.pgoff());
    cx.write_with(
        page.mapping(),
        Mapping::Anon(anon_vma.0),
        [page.index().stores(index)],
    )
    .await;
}

const PAGE_ADD_FILE_RMAP: Function = linux("page_add_file_rmap", "mm/rmap.c", 1207);

/// Notes that one entry more maps a page of a file. The caller has the page-table lock; its reference becomes that of the entry.
///
/// Linux: mm/rmap.c, `page_add_file_rmap()`.
pub async fn page_add_file_rmap<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&PAGE_ADD_FILE_RMAP, [page.into()]);
    cx.add(
        page.mapcount(),
        1,
        [page.hands_over(Reference::Pin, Reference::Pte)],
    )
    .await;
}

const PAGE_LOCK_ANON_VMA_READ: Function = linux("page_lock_anon_vma_read", "mm/rmap.c", 501);

/// Takes the lock of the anon_vma of `page` for reading; `None` if the page is not anonymous or not mapped.
///
/// Linux: mm/rmap.c, `page_lock_anon_vma_read()`. Left out: RCU, and the reference that keeps the anon_vma while it sleeps.
pub async fn page_lock_anon_vma_read<C: Cpu>(cx: &Cx<C>, page: Page) -> Option<AnonVma> {
    let _call = cx.enter(&PAGE_LOCK_ANON_VMA_READ, [page.into()]);
    let Mapping::Anon(address) = cx.read(page.mapping()).await else {
        return None;
    };
    let anon_vma = AnonVma(address);
    if cx.read(page.mapcount()).await == 0 {
        return None;
    }
    if cx.down_read_trylock(anon_vma.rwsem()).await {
        if cx.read(page.mapcount()).await == 0 {
            cx.up_read(anon_vma.rwsem()).await;
            return None;
        }
        return Some(anon_vma);
    }
    if cx.read(page.mapcount()).await == 0 {
        return None;
    }
    cx.down_read(anon_vma.rwsem()).await;
    Some(anon_vma)
}

/// What a walk does in each mapping. Linux: `struct rmap_walk_control`.
enum Visit<'walk> {
    /// [`try_to_unmap_one`].
    Unmap(Ttu),
    /// [`page_referenced_one`].
    Referenced(&'walk mut Referenced),
}

impl Visit<'_> {
    /// Visits one mapping; gives the result, and whether the walk is done early.
    async fn one<C: Cpu>(
        &mut self,
        cx: &Cx<C>,
        page: Page,
        vma: Vma,
        address: u64,
    ) -> (Swap, bool) {
        match self {
            Self::Unmap(flags) => {
                let swap = try_to_unmap_one(cx, page, vma, address, *flags).await;
                // page_not_mapped(): no need to go on once nothing maps the page.
                let done = swap == Swap::Again && cx.read(page.mapcount()).await == 0;
                (swap, done)
            }
            Self::Referenced(found) => (
                page_referenced_one(cx, page, vma, address, found).await,
                false,
            ),
        }
    }
}

const RMAP_WALK_ANON: Function = linux("rmap_walk_anon", "mm/rmap.c", 1582);

/// Visits every mapping an anonymous page can be in.
///
/// Linux: mm/rmap.c, `rmap_walk_anon()`.
async fn rmap_walk_anon<C: Cpu>(cx: &Cx<C>, page: Page, visit: &mut Visit<'_>) -> Swap {
    let _call = cx.enter(&RMAP_WALK_ANON, [page.into()]);
    let mut swap = Swap::Again;
    let Some(anon_vma) = page_lock_anon_vma_read(cx, page).await else {
        return swap;
    };
    swap = walk(cx, page, cx.world.anon_vma_tree(anon_vma), visit).await;
    cx.up_read(anon_vma.rwsem()).await;
    swap
}

const RMAP_WALK_FILE: Function = linux("rmap_walk_file", "mm/rmap.c", 1626);

/// Visits every mapping a page of a file can be in.
///
/// Linux: mm/rmap.c, `rmap_walk_file()`. The caller has the page lock, which keeps `mapping` as it is.
async fn rmap_walk_file<C: Cpu>(cx: &Cx<C>, page: Page, visit: &mut Visit<'_>) -> Swap {
    let _call = cx.enter(&RMAP_WALK_FILE, [page.into()]);
    let mut swap = Swap::Again;
    let Mapping::File(address) = cx.read(page.mapping()).await else {
        return swap;
    };
    let file = File(address);
    cx.down_read(file.i_mmap_rwsem()).await;
    swap = walk(cx, page, cx.world.i_mmap(file), visit).await;
    cx.up_read(file.i_mmap_rwsem()).await;
    swap
}

/// The loop both walks share: one mapping after the other, until one does not say "again".
async fn walk<C: Cpu>(cx: &Cx<C>, page: Page, vmas: VmaSet, visit: &mut Visit<'_>) -> Swap {
    let index = cx.peek(page.index());
    for (number, word) in vmas.words() {
        let bits = cx.read(word).await;
        for vma in vmas.vmas(number, bits) {
            let (start, end, pgoff) = (
                cx.peek(vma.start()),
                cx.peek(vma.end()),
                cx.peek(vma.pgoff()),
            );
            let Some(address) = Vma::address_of(index, start, end, pgoff) else {
                continue;
            };
            let (swap, done) = visit.one(cx, page, vma, address).await;
            if swap != Swap::Again || done {
                return swap;
            }
        }
    }
    Swap::Again
}

/// Linux: mm/rmap.c, `rmap_walk()`, line 1666; it only chooses between the two, and has no steps of its own.
async fn rmap_walk<C: Cpu>(cx: &Cx<C>, page: Page, mut visit: Visit<'_>) -> Swap {
    match cx.peek(page.mapping()) {
        Mapping::Anon(_) => rmap_walk_anon(cx, page, &mut visit).await,
        _ => rmap_walk_file(cx, page, &mut visit).await,
    }
}

const TRY_TO_UNMAP: Function = linux("try_to_unmap", "mm/rmap.c", 1475);

/// Tries to take `page` out of every page table. The caller has the page lock.
///
/// Linux: mm/rmap.c, `try_to_unmap()`. Left out: deferred TLB flushes.
pub async fn try_to_unmap<C: Cpu>(cx: &Cx<C>, page: Page, flags: Ttu) -> Swap {
    let call = cx.enter(&TRY_TO_UNMAP, [page.into(), flags.into()]);
    let swap = rmap_walk(cx, page, Visit::Unmap(flags)).await;
    if swap != Swap::Mlock && cx.read(page.mapcount()).await == 0 {
        return call.returns(Swap::Success);
    }
    call.returns(swap)
}

const TRY_TO_MUNLOCK: Function = linux("try_to_munlock", "mm/rmap.c", 1520);

/// Looks for a locked mapping of `page`, and marks the page mlocked again if there is one. It clears nothing, whatever its name says.
///
/// Linux: mm/rmap.c, `try_to_munlock()`. The caller has the page lock, and the page is off its LRU list.
pub async fn try_to_munlock<C: Cpu>(cx: &Cx<C>, page: Page) -> Swap {
    let call = cx.enter(&TRY_TO_MUNLOCK, [page.into()]);
    let flags = cx.peek(page.flags());
    if !flags.contains(PageFlags::LOCKED) || flags.contains(PageFlags::LRU) {
        cx.bug("try_to_munlock() of a page that is not locked or is on a list")
            .await;
    }
    let swap = rmap_walk(cx, page, Visit::Unmap(Ttu::MUNLOCK)).await;
    call.returns(swap)
}

/// What [`page_referenced`] found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Referenced {
    /// How many entries had their young bit set.
    pub references: u32,
    /// A locked mapping ended the walk. The kernel reports it as VM_LOCKED in the flags of the mappings that used the page.
    pub locked: bool,
}

const PAGE_REFERENCED: Function = linux("page_referenced", "mm/rmap.c", 928);

/// Asks every mapping whether `page` was used since the last time, or is locked in memory. The caller has the page lock.
///
/// Linux: mm/rmap.c, `page_referenced()`. It reads vm_flags under the page-table lock, without mmap_sem, and never sets PageMlocked.
pub async fn page_referenced<C: Cpu>(cx: &Cx<C>, page: Page) -> Referenced {
    let _call = cx.enter(&PAGE_REFERENCED, [page.into()]);
    let mut found = Referenced {
        references: 0,
        locked: false,
    };
    let mapped = cx.read(page.mapcount()).await;
    if mapped > 0 {
        rmap_walk(cx, page, Visit::Referenced(&mut found)).await;
    }
    found
}

const PAGE_REFERENCED_ONE: Function = linux("page_referenced_one", "mm/rmap.c", 829);

/// Asks one mapping. A locked one ends the walk.
///
/// Linux: mm/rmap.c, `page_referenced_one()`. Left out: huge pages, idle page tracking, the count of mappings that ends a walk early.
async fn page_referenced_one<C: Cpu>(
    cx: &Cx<C>,
    page: Page,
    vma: Vma,
    address: u64,
    found: &mut Referenced,
) -> Swap {
    let call = cx.enter(&PAGE_REFERENCED_ONE, [page.into(), vma.into()]);
    let mm = cx.peek(vma.mm());
    let Some(pte) = page_check_address(cx, page, mm, address).await else {
        return call.returns(Swap::Again);
    };
    let locked = cx.test(vma.flags(), VmFlags::LOCKED).await;
    if locked {
        cx.spin_unlock(mm.page_table_lock()).await;
        found.locked = true;
        return call.returns(Swap::Fail);
    }
    let was_young = cx
        .test_and_clear(pte.bits(), PteEntry::young_bit(), [])
        .await;
    cx.spin_unlock(mm.page_table_lock()).await;
    if was_young {
        found.references += 1;
    }
    call.returns(Swap::Again)
}
