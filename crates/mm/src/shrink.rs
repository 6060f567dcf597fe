//! What reclaim does with one page it has taken off its list.
//!
//! Linux: mm/vmscan.c, v4.4, `shrink_page_list()` and what only it calls.

use lockstep_machine::{Cpu, Function};

use crate::cx::{Cx, linux};
use crate::file::File;
use crate::filemap::unlink_from_page_cache;
use crate::page::{Mapping, Page, PageFlags, Reference};
use crate::page_alloc::free_hot_cold_page;
use crate::rmap::{Swap, Ttu, page_referenced, try_to_unmap};
use crate::swapfile::{add_to_swap, swapcache_free, try_to_free_swap, unlink_from_swap_cache};
use crate::vmscan::page_evictable;

/// What became of the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shrunk {
    /// It was freed.
    Freed,
    /// It is still in the caller's hands, unlocked.
    Kept,
}

impl From<Shrunk> for &'static str {
    fn from(shrunk: Shrunk) -> Self {
        match shrunk {
            Shrunk::Freed => "freed",
            Shrunk::Kept => "kept",
        }
    }
}

const SHRINK_PAGE_LIST: Function = linux("shrink_page_list", "mm/vmscan.c", 880);

/// Tries to free one isolated page.
///
/// Linux: mm/vmscan.c, `shrink_page_list()`. Left out: waiting for writeback, buffers, huge pages.
pub async fn shrink_page_list<C: Cpu>(cx: &Cx<C>, page: Page) -> Shrunk {
    let call = cx.enter(&SHRINK_PAGE_LIST, [page.into()]);
    if !cx.bit_trylock(page.lock()).await {
        return call.returns(Shrunk::Kept);
    }
    if !page_evictable(cx, page).await {
        cull_mlocked(cx, page).await;
        return call.returns(Shrunk::Kept);
    }
    let references = page_check_references(cx, page).await;
    match references {
        PageReferences::Activate => {
            activate_locked(cx, page).await;
            return call.returns(Shrunk::Kept);
        }
        PageReferences::Keep => {
            cx.bit_unlock(page.lock()).await;
            return call.returns(Shrunk::Kept);
        }
        PageReferences::Reclaim | PageReferences::ReclaimClean => {}
    }
    let anon = matches!(cx.peek(page.mapping()), Mapping::Anon(_));
    if anon && !cx.peek(page.flags()).contains(PageFlags::SWAPCACHE) && !add_to_swap(cx, page).await
    {
        activate_locked(cx, page).await;
        return call.returns(Shrunk::Kept);
    }
    if cx.read(page.mapcount()).await > 0 {
        match try_to_unmap(cx, page, Ttu::UNMAP).await {
            Swap::Fail => {
                activate_locked(cx, page).await;
                return call.returns(Shrunk::Kept);
            }
            Swap::Again => {
                cx.bit_unlock(page.lock()).await;
                return call.returns(Shrunk::Kept);
            }
            Swap::Mlock => {
                cull_mlocked(cx, page).await;
                return call.returns(Shrunk::Kept);
            }
            Swap::Success => {}
        }
    }
    let dirty = cx.test(page.flags(), PageFlags::DIRTY).await;
    if dirty {
        // Dirty pages of files are left to the flusher.
        if !cx.peek(page.flags()).contains(PageFlags::SWAPBACKED)
            || references == PageReferences::ReclaimClean
        {
            cx.bit_unlock(page.lock()).await;
            return call.returns(Shrunk::Kept);
        }
        if !pageout(cx, page).await {
            return call.returns(Shrunk::Kept);
        }
    }
    if remove_mapping(cx, page).await {
        return call.returns(Shrunk::Freed);
    }
    cx.bit_unlock(page.lock()).await;
    call.returns(Shrunk::Kept)
}

/// The label cull_mlocked: a mlocked page gives its swap slot back and goes to the unevictable list.
async fn cull_mlocked<C: Cpu>(cx: &Cx<C>, page: Page) {
    if cx.peek(page.flags()).contains(PageFlags::SWAPCACHE) {
        try_to_free_swap(cx, page).await;
    }
    cx.bit_unlock(page.lock()).await;
}

/// The label activate_locked: the page is in use.
async fn activate_locked<C: Cpu>(cx: &Cx<C>, page: Page) {
    cx.set_bits(page.flags(), PageFlags::ACTIVE, []).await;
    cx.bit_unlock(page.lock()).await;
}

/// What the page's use says about it. Linux: mm/vmscan.c, `enum page_references`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum PageReferences {
    Reclaim,
    ReclaimClean,
    Keep,
    Activate,
}

const PAGE_CHECK_REFERENCES: Function = linux("page_check_references", "mm/vmscan.c", 793);

/// Asks whether the page was used. One in a locked mapping is to be reclaimed, so that `try_to_unmap()` finds it and marks it.
///
/// Linux: mm/vmscan.c, `page_check_references()`. Left out: executable file pages.
async fn page_check_references<C: Cpu>(cx: &Cx<C>, page: Page) -> PageReferences {
    let _call = cx.enter(&PAGE_CHECK_REFERENCES, [page.into()]);
    let found = page_referenced(cx, page).await;
    let was_referenced = cx
        .test_and_clear(page.flags(), PageFlags::REFERENCED, [])
        .await;
    if found.locked {
        return PageReferences::Reclaim;
    }
    let swap_backed = cx.peek(page.flags()).contains(PageFlags::SWAPBACKED);
    if found.references > 0 {
        if swap_backed {
            return PageReferences::Activate;
        }
        cx.set_bits(page.flags(), PageFlags::REFERENCED, []).await;
        return if was_referenced || found.references > 1 {
            PageReferences::Activate
        } else {
            PageReferences::Keep
        };
    }
    if was_referenced && !swap_backed {
        PageReferences::ReclaimClean
    } else {
        PageReferences::Reclaim
    }
}

const PAGEOUT: Function = linux("pageout", "mm/vmscan.c", 0);

/// Writes a dirty page to its swap slot; gives whether it is clean now and still locked.
///
/// Linux: mm/vmscan.c, `pageout()`; mm/page_io.c, `swap_writepage()`.
/// Left out: the time writing takes. The page lock is dropped and tried again as it is there.
async fn pageout<C: Cpu>(cx: &Cx<C>, page: Page) -> bool {
    let _call = cx.enter(&PAGEOUT, [page.into()]);
    // Somebody else besides us and the swap cache has it: writing would not free it.
    if cx.read(page.count()).await != 2 {
        cx.bit_unlock(page.lock()).await;
        return false;
    }
    cx.test_and_clear(page.flags(), PageFlags::DIRTY, []).await;
    let no_longer_needed = try_to_free_swap(cx, page).await;
    cx.bit_unlock(page.lock()).await;
    if no_longer_needed || !cx.bit_trylock(page.lock()).await {
        return false;
    }
    if cx.test(page.flags(), PageFlags::DIRTY).await {
        cx.bit_unlock(page.lock()).await;
        return false;
    }
    true
}

const REMOVE_MAPPING: Function = linux("__remove_mapping", "mm/vmscan.c", 609);

/// Takes a page nobody else has a reference to out of the page cache or the swap cache, and frees it; gives whether that worked.
///
/// Linux: mm/vmscan.c, `__remove_mapping()`. The count goes from exactly 2, the cache's and ours, to 0 in one step.
/// Left out: shadow entries.
async fn remove_mapping<C: Cpu>(cx: &Cx<C>, page: Page) -> bool {
    let _call = cx.enter(&REMOVE_MAPPING, [page.into()]);
    // The page lock keeps it in the cache it is in.
    let in_swap_cache = cx.peek(page.flags()).contains(PageFlags::SWAPCACHE);
    let file = match cx.peek(page.mapping()) {
        Mapping::File(address) => File(address),
        _ if in_swap_cache => File::NULL,
        _ => return false,
    };
    let (tree_lock, cache) = if in_swap_cache {
        (cx.world.zone().swap_tree_lock(), Reference::SwapCache)
    } else {
        (file.tree_lock(), Reference::PageCache)
    };
    cx.spin_lock(tree_lock).await;
    let frozen = cx
        .compare_exchange(
            page.count(),
            2,
            0,
            [page.drops(cache), page.drops(Reference::Isolation)],
        )
        .await;
    if !frozen {
        cx.spin_unlock(tree_lock).await;
        return false;
    }
    if cx.test(page.flags(), PageFlags::DIRTY).await {
        cx.write_with(
            page.count(),
            2,
            [page.takes(cache), page.takes(Reference::Isolation)],
        )
        .await;
        cx.spin_unlock(tree_lock).await;
        return false;
    }
    if in_swap_cache {
        let slot = cx.peek(page.private());
        unlink_from_swap_cache(cx, page, slot).await;
        cx.spin_unlock(tree_lock).await;
        swapcache_free(cx, slot).await;
    } else {
        unlink_from_page_cache(cx, page, file).await;
        cx.spin_unlock(tree_lock).await;
    }
    cx.bit_unlock(page.lock()).await;
    free_hot_cold_page(cx, page).await;
    true
}
