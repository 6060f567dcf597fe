//! Locking memory: the mark on a page, and the system calls that ask for it.
//!
//! Linux: mm/mlock.c, v4.4.

use lockstep_machine::{Argument, Cpu, Function};

use crate::cx::{Cx, linux};
use crate::gup::mm_populate;
use crate::mmap::find_vma;
use crate::page::{Page, PageFlags};
use crate::swap::lru_add_drain_all;
use crate::vma::{Mm, VmFlags};
use crate::vmscan::{isolate_lru_page, putback_lru_page};

const MLOCK_VMA_PAGE: Function = linux("mlock_vma_page", "mm/mlock.c", 80);

/// Marks `page` mlocked and, the first time, moves it to the unevictable list if nobody else has it isolated.
///
/// Linux: mm/mlock.c, `mlock_vma_page()`. The caller has the page lock.
pub async fn mlock_vma_page<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&MLOCK_VMA_PAGE, [page.into()]);
    if !cx.peek(page.flags()).contains(PageFlags::LOCKED) {
        cx.bug("mlock_vma_page() of a page that is not locked")
            .await;
    }
    let was_mlocked = cx.test_and_set(page.flags(), PageFlags::MLOCKED, []).await;
    if was_mlocked {
        return;
    }
    let zone = cx.world.zone();
    cx.add(zone.nr_mlock(), 1, [zone.pgmlocked().adds(1)]).await;
    if isolate_lru_page(cx, page).await {
        putback_lru_page(cx, page).await;
    }
}

const CLEAR_PAGE_MLOCK: Function = linux("clear_page_mlock", "mm/mlock.c", 57);

/// Takes the mlocked mark off a page that just lost its last mapping.
///
/// Linux: mm/mlock.c, `clear_page_mlock()`. The caller has the page-table lock.
pub async fn clear_page_mlock<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&CLEAR_PAGE_MLOCK, [page.into()]);
    let was_mlocked = cx
        .test_and_clear(page.flags(), PageFlags::MLOCKED, [])
        .await;
    if !was_mlocked {
        return;
    }
    let zone = cx.world.zone();
    cx.add(zone.nr_mlock(), -1, [zone.pgcleared().adds(1)])
        .await;
    if isolate_lru_page(cx, page).await {
        putback_lru_page(cx, page).await;
        return;
    }
    if cx.test(page.flags(), PageFlags::UNEVICTABLE).await {
        cx.add(zone.pgstranded(), 1, []).await;
    }
}

const DO_MLOCK: Function = linux("do_mlock", "mm/mlock.c", 607);

/// `mlock()` and `mlock2()`: marks the mappings of a range locked, then brings their pages in.
///
/// Linux: mm/mlock.c, `do_mlock()`. Left out: the limit on locked memory and the right to exceed it.
///
/// # Errors
/// `ENOMEM` if some page of the range is not mapped; the mappings before the hole stay locked.
pub async fn do_mlock<C: Cpu>(
    cx: &Cx<C>,
    mm: Mm,
    start: u64,
    pages: u64,
    on_fault: bool,
) -> Result<(), &'static str> {
    let call = cx.enter(
        &DO_MLOCK,
        [mm.into(), Argument::Number(start), Argument::Number(pages)],
    );
    lru_add_drain_all(cx).await;
    let flags = if on_fault {
        VmFlags::LOCKED_BOTH
    } else {
        VmFlags::LOCKED
    };
    cx.down_write(mm.mmap_sem()).await;
    let applied = apply_vma_lock_flags(cx, mm, start, start + pages, flags).await;
    cx.up_write(mm.mmap_sem()).await;
    if let Err(errno) = applied {
        call.returns(errno);
        return applied;
    }
    mm_populate(cx, mm, start, pages).await;
    Ok(())
}

const APPLY_VMA_LOCK_FLAGS: Function = linux("apply_vma_lock_flags", "mm/mlock.c", 558);

/// Gives every mapping in a range new lock flags. The caller has mmap_sem for writing.
///
/// Linux: mm/mlock.c, `apply_vma_lock_flags()`.
async fn apply_vma_lock_flags<C: Cpu>(
    cx: &Cx<C>,
    mm: Mm,
    start: u64,
    end: u64,
    flags: VmFlags,
) -> Result<(), &'static str> {
    let _call = cx.enter(
        &APPLY_VMA_LOCK_FLAGS,
        [mm.into(), Argument::Number(start), Argument::Number(end)],
    );
    let mut at = start;
    while at < end {
        let Some(vma) = find_vma(cx, mm, at) else {
            return Err("ENOMEM");
        };
        if cx.peek(vma.start()) < at || cx.peek(vma.end()) > end {
            return Err("a limit of the model: mappings are not split, lock whole ones");
        }
        let old = cx.read(vma.flags()).await;
        let new = old.difference(VmFlags::LOCKED_BOTH) | flags;
        if new != old {
            let pages = (cx.peek(vma.end()) - cx.peek(vma.start())).cast_signed();
            if !old.contains(VmFlags::LOCKED) {
                cx.add(mm.locked_vm(), pages, []).await;
            }
            // A plain store: no lock but mmap_sem, which rmap walkers do not take.
            cx.write(vma.flags(), new).await;
        }
        at = cx.peek(vma.end());
    }
    Ok(())
}
