//! Reclaim: looking for pages to free, and moving pages between the lists.
//!
//! Linux: mm/vmscan.c, v4.4. A batch is one page, which the caller names.

use lockstep_machine::{Cpu, Function};

use crate::cx::{Cx, linux};
use crate::file::File;
use crate::page::{Mapping, Page, PageFlags, PageList, Reference};
use crate::rmap::page_referenced;
use crate::shrink::{Shrunk, shrink_page_list};
use crate::swap::{add_page_to_unevictable_list, lru_add_drain, lru_cache_add, put_page};

const ISOLATE_LRU_PAGE: Function = linux("isolate_lru_page", "mm/vmscan.c", 1424);

/// Takes a page off its list, for the caller; gives whether it was on one.
///
/// Linux: mm/vmscan.c, `isolate_lru_page()`. The first look takes no lock: a page that is on no list costs nothing.
pub async fn isolate_lru_page<C: Cpu>(cx: &Cx<C>, page: Page) -> bool {
    let _call = cx.enter(&ISOLATE_LRU_PAGE, [page.into()]);
    let on_list = cx.test(page.flags(), PageFlags::LRU).await;
    if !on_list {
        return false;
    }
    let lru_lock = cx.world.zone().lru_lock();
    cx.spin_lock(lru_lock).await;
    let isolated = cx
        .test_and_clear(
            page.flags(),
            PageFlags::LRU,
            [
                page.count().adds(1),
                page.takes(Reference::Isolation),
                page.lru().stores(PageList::Isolated),
            ],
        )
        .await;
    cx.spin_unlock(lru_lock).await;
    isolated
}

/// Whether reclaim may look at the page at all.
///
/// Linux: mm/vmscan.c, `page_evictable()`, line 3832. Asking the file takes no step: it only changes in set-up calls.
pub(crate) async fn page_evictable<C: Cpu>(cx: &Cx<C>, page: Page) -> bool {
    let keeps_all = match cx.peek(page.mapping()) {
        Mapping::File(file) => cx.peek(File(file).is_unevictable()),
        Mapping::Anon(_) | Mapping::None => false,
    };
    !keeps_all && !cx.test(page.flags(), PageFlags::MLOCKED).await
}

const CHECK_MOVE_UNEVICTABLE_PAGES: Function =
    linux("check_move_unevictable_pages", "mm/vmscan.c", 3847);

/// Moves a page off the unevictable list if nothing keeps it there any more.
///
/// Linux: mm/vmscan.c, `check_move_unevictable_pages()`, for one page of the batch.
pub async fn check_move_unevictable_pages<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&CHECK_MOVE_UNEVICTABLE_PAGES, [page.into()]);
    let zone = cx.world.zone();
    cx.spin_lock(zone.lru_lock()).await;
    let asked = PageList::FLAGS.union(PageFlags::LRU);
    let flags = cx.read_bits(page.flags(), asked).await;
    let is_kept = flags.contains(PageFlags::LRU | PageFlags::UNEVICTABLE);
    if is_kept && page_evictable(cx, page).await {
        let list = PageList::of(flags - PageFlags::UNEVICTABLE);
        let moved = [page.lru().stores(list), zone.pgrescued().adds(1)];
        cx.clear_bits(page.flags(), PageFlags::UNEVICTABLE, moved)
            .await;
    }
    cx.add(zone.pgscanned(), 1, []).await;
    cx.spin_unlock(zone.lru_lock()).await;
}

const PUTBACK_LRU_PAGE: Function = linux("putback_lru_page", "mm/vmscan.c", 723);

/// Puts an isolated page back on the list its flags ask for, and drops the isolation's reference, which can be the last.
///
/// Linux: mm/vmscan.c, `putback_lru_page()`.
/// Having put the page on the unevictable list it looks again: whoever cleared the mark meanwhile saw PG_lru clear and left the page to us.
pub async fn putback_lru_page<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&PUTBACK_LRU_PAGE, [page.into()]);
    let was_unevictable = cx.test(page.flags(), PageFlags::UNEVICTABLE).await;
    let is_unevictable = loop {
        cx.clear_bits(page.flags(), PageFlags::UNEVICTABLE, [])
            .await;
        if page_evictable(cx, page).await {
            lru_cache_add(cx, page).await;
            break false;
        }
        add_page_to_unevictable_list(cx, page).await;
        if page_evictable(cx, page).await && isolate_lru_page(cx, page).await {
            put_page(cx, page, Reference::Isolation).await;
            continue;
        }
        break true;
    };
    let zone = cx.world.zone();
    if was_unevictable && !is_unevictable {
        cx.add(zone.pgrescued(), 1, []).await;
    } else if !was_unevictable && is_unevictable {
        cx.add(zone.pgculled(), 1, []).await;
    }
    put_page(cx, page, Reference::Isolation).await;
}

const SHRINK_INACTIVE_LIST: Function = linux("shrink_inactive_list", "mm/vmscan.c", 1558);

/// Takes a page off an inactive list, tries to free it, and puts it back if that did not work.
///
/// Linux: mm/vmscan.c, `shrink_inactive_list()`, `isolate_lru_pages()` 1356. Left out: throttling, statistics, batches of more than one page.
pub async fn shrink_inactive_list<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&SHRINK_INACTIVE_LIST, [page.into()]);
    lru_add_drain(cx).await;
    if !isolate_for_reclaim(cx, page, [PageList::InactiveAnon, PageList::InactiveFile]).await {
        return;
    }
    match shrink_page_list(cx, page).await {
        Shrunk::Freed => {}
        Shrunk::Kept => putback_inactive_pages(cx, page).await,
    }
}

/// Takes a page off one of two lists if it is on one, with a reference, unless it is just being freed.
///
/// Linux: mm/vmscan.c, `__isolate_lru_page()`, line 1272.
/// Left out: asking only for clean or for unmapped pages.
async fn isolate_for_reclaim<C: Cpu>(cx: &Cx<C>, page: Page, lists: [PageList; 2]) -> bool {
    let lru_lock = cx.world.zone().lru_lock();
    cx.spin_lock(lru_lock).await;
    let list = cx.read(page.lru()).await;
    let isolated = lists.contains(&list)
        && cx
            .add_unless_zero(
                page.count(),
                1,
                [
                    page.takes(Reference::Isolation),
                    page.flags().clears(PageFlags::LRU),
                    page.lru().stores(PageList::Isolated),
                ],
            )
            .await;
    cx.spin_unlock(lru_lock).await;
    isolated
}

const PUTBACK_INACTIVE_PAGES: Function = linux("putback_inactive_pages", "mm/vmscan.c", 1486);

/// Puts back what reclaim could not free. An unevictable page takes the way of [`putback_lru_page`].
///
/// Linux: mm/vmscan.c, `putback_inactive_pages()`.
/// Left out: several pages under one hold of the lock.
async fn putback_inactive_pages<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&PUTBACK_INACTIVE_PAGES, [page.into()]);
    let lru_lock = cx.world.zone().lru_lock();
    cx.spin_lock(lru_lock).await;
    if !page_evictable(cx, page).await {
        cx.spin_unlock(lru_lock).await;
        putback_lru_page(cx, page).await;
        cx.spin_lock(lru_lock).await;
        cx.spin_unlock(lru_lock).await;
        return;
    }
    put_on_list(cx, page).await;
    // Under the LRU lock a last reference cannot be dropped through put_page(), which might take it.
    let left = cx
        .add(page.count(), -1, [page.drops(Reference::Isolation)])
        .await;
    if left > 0 {
        cx.spin_unlock(lru_lock).await;
        return;
    }
    let list_flags = PageFlags::LRU | PageFlags::ACTIVE;
    cx.clear_bits(
        page.flags(),
        list_flags,
        [page.lru().stores(PageList::None)],
    )
    .await;
    cx.spin_unlock(lru_lock).await;
    crate::page_alloc::free_hot_cold_page(cx, page).await;
}

/// Links a page into the list its flags ask for. The caller has the LRU lock and the page in isolation.
async fn put_on_list<C: Cpu>(cx: &Cx<C>, page: Page) {
    let list = PageList::of(cx.read_bits(page.flags(), PageList::FLAGS).await);
    cx.set_bits(page.flags(), PageFlags::LRU, [page.lru().stores(list)])
        .await;
}

const SHRINK_ACTIVE_LIST: Function = linux("shrink_active_list", "mm/vmscan.c", 1761);

/// Takes a page off an active list and puts it on the inactive one; a mlocked page goes to the unevictable list instead.
///
/// Linux: mm/vmscan.c, `shrink_active_list()`. Left out: executable file pages, which stay active while they are used.
pub async fn shrink_active_list<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&SHRINK_ACTIVE_LIST, [page.into()]);
    lru_add_drain(cx).await;
    if !isolate_for_reclaim(cx, page, [PageList::ActiveAnon, PageList::ActiveFile]).await {
        return;
    }
    if !page_evictable(cx, page).await {
        putback_lru_page(cx, page).await;
        return;
    }
    page_referenced(cx, page).await;
    cx.clear_bits(page.flags(), PageFlags::ACTIVE, []).await;
    let lru_lock = cx.world.zone().lru_lock();
    cx.spin_lock(lru_lock).await;
    put_on_list(cx, page).await;
    cx.spin_unlock(lru_lock).await;
    put_page(cx, page, Reference::Isolation).await;
}
