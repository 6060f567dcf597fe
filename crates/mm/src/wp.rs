//! Writing to a page that is mapped for reading only: making it writable, or giving the writer a copy.
//!
//! Linux: mm/memory.c, v4.4, `do_wp_page()` and what it calls.

use lockstep_machine::{Argument, Cpu, Function};

use crate::cx::{Cx, linux};
use crate::mmap::anon_vma_prepare;
use crate::munlock::munlock_vma_page;
use crate::page::{Mapping, Page, PageFlags, Reference};
use crate::page_alloc::alloc_page;
use crate::pte::PteEntry;
use crate::rmap::{page_add_new_anon_rmap, page_remove_rmap};
use crate::swap::{get_page, lru_cache_add_active_or_unevictable, put_page};
use crate::swapfile::reuse_swap_page;
use crate::vma::{Mm, VmFlags, Vma};

const DO_WP_PAGE: Function = linux("do_wp_page", "mm/memory.c", 2285);

/// A process writes to a page it has mapped for reading. The caller has mmap_sem for reading; `entry` is what it saw.
///
/// Linux: mm/memory.c, `do_wp_page()`. Left out: page_mkwrite, KSM, pages without a struct page.
///
/// # Errors
/// `ENOMEM` when frames or anon_vmas run out.
pub(crate) async fn do_wp_page<C: Cpu>(
    cx: &Cx<C>,
    mm: Mm,
    vma: Vma,
    at: u64,
    entry: PteEntry,
) -> Result<(), &'static str> {
    let _call = cx.enter(&DO_WP_PAGE, [mm.into(), vma.into(), Argument::Number(at)]);
    let ptl = mm.page_table_lock();
    cx.spin_lock(ptl).await;
    let same = cx.read(mm.pte(at).entry()).await == entry;
    let (true, Some(page)) = (same, entry.page()) else {
        cx.spin_unlock(ptl).await;
        return Ok(());
    };
    if cx.peek(vma.flags()).contains(VmFlags::SHARED) {
        make_writable(cx, mm, at, page).await;
        cx.set_bits(page.flags(), PageFlags::DIRTY, []).await;
        cx.spin_unlock(ptl).await;
        return Ok(());
    }
    // An anonymous page nobody else has needs no copy. The page lock is only tried for, under the page-table lock.
    if matches!(cx.peek(page.mapping()), Mapping::Anon(_)) && cx.bit_trylock(page.lock()).await {
        let reuse = reuse_swap_page(cx, page).await;
        cx.bit_unlock(page.lock()).await;
        if reuse {
            make_writable(cx, mm, at, page).await;
            cx.spin_unlock(ptl).await;
            return Ok(());
        }
    }
    get_page(cx, page, Reference::Pin).await;
    cx.spin_unlock(ptl).await;
    wp_page_copy(cx, mm, vma, at, entry, page).await
}

async fn make_writable<C: Cpu>(cx: &Cx<C>, mm: Mm, at: u64, page: Page) {
    let entry = PteEntry::Present {
        page,
        young: true,
        dirty: true,
        writable: true,
    };
    cx.write(mm.pte(at).entry(), entry).await;
}

const WP_PAGE_COPY: Function = linux("wp_page_copy", "mm/memory.c", 2060);

/// Gives the writer a copy of `old`, which the caller has pinned, and takes the mark off `old` if the mapping is locked.
///
/// Linux: mm/memory.c, `wp_page_copy()`. It waits for the page lock of `old` only after its entry is gone; the switch `wp-munlock` leaves that out.
async fn wp_page_copy<C: Cpu>(
    cx: &Cx<C>,
    mm: Mm,
    vma: Vma,
    at: u64,
    entry: PteEntry,
    old: Page,
) -> Result<(), &'static str> {
    let _call = cx.enter(&WP_PAGE_COPY, [mm.into(), vma.into(), old.into()]);
    let copy = if anon_vma_prepare(cx, vma).await {
        alloc_page(cx).await
    } else {
        None
    };
    let Some(copy) = copy else {
        put_page(cx, old, Reference::Pin).await;
        return Err("ENOMEM");
    };
    let (pte, ptl) = (mm.pte(at), mm.page_table_lock());
    cx.spin_lock(ptl).await;
    let copied = cx.read(pte.entry()).await == entry;
    if copied {
        cx.exchange(pte.entry(), PteEntry::None, []).await;
        page_add_new_anon_rmap(cx, copy, vma, at).await;
        lru_cache_add_active_or_unevictable(cx, copy, vma).await;
        let new = PteEntry::Present {
            page: copy,
            young: true,
            dirty: true,
            writable: true,
        };
        cx.exchange(
            pte.entry(),
            new,
            [copy.hands_over(Reference::Pin, Reference::Pte)],
        )
        .await;
        page_remove_rmap(cx, old).await;
    }
    // Dropped under the lock, as the kernel does: what the entry held of the old page, or the copy nobody needs.
    let (spare, reference) = if copied {
        (old, Reference::Pte)
    } else {
        (copy, Reference::Pin)
    };
    put_page(cx, spare, reference).await;
    cx.spin_unlock(ptl).await;
    let locked = copied && cx.wp_munlock() && cx.test(vma.flags(), VmFlags::LOCKED).await;
    if locked {
        cx.bit_lock(old.lock()).await;
        munlock_vma_page(cx, old).await;
        cx.bit_unlock(old.lock()).await;
    }
    put_page(cx, old, Reference::Pin).await;
    Ok(())
}
