//! References to pages and where the last one goes, and the pagevecs that batch pages on their way to a list.
//!
//! Linux: mm/swap.c, v4.4.

use lockstep_machine::{Cpu, Function};

use crate::cx::{Cx, linux};
use crate::page::{Page, PageFlags, PageList, Reference};
use crate::page_alloc::free_hot_cold_page;
use crate::vma::{VmFlags, Vma};
use crate::zone::Pagevec;

/// Takes one more reference to a page one already may look at. Linux: include/linux/mm.h, `get_page()`.
#[track_caller]
pub fn get_page<C: Cpu>(cx: &Cx<C>, page: Page, reference: Reference) -> impl Future<Output = i64> {
    cx.add(page.count(), 1, [page.takes(reference)])
}

const PUT_PAGE: Function = linux("put_page", "mm/swap.c", 272);

/// Drops a reference, and frees the page if it was the last.
///
/// Linux: mm/swap.c, `put_page()`, `__put_single_page()` 70. It does not look at PG_mlocked.
pub async fn put_page<C: Cpu>(cx: &Cx<C>, page: Page, reference: Reference) {
    let _call = cx.enter(&PUT_PAGE, [page.into()]);
    let left = cx.add(page.count(), -1, [page.drops(reference)]).await;
    if left == 0 {
        page_cache_release(cx, page).await;
        free_hot_cold_page(cx, page).await;
    }
}

const PAGE_CACHE_RELEASE: Function = linux("__page_cache_release", "mm/swap.c", 53);

/// Takes a page without references off its list, if it is on one.
///
/// Linux: mm/swap.c, `__page_cache_release()`; include/linux/mm_inline.h, `page_off_lru()`.
async fn page_cache_release<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&PAGE_CACHE_RELEASE, [page.into()]);
    let on_list = cx.test(page.flags(), PageFlags::LRU).await;
    if !on_list {
        return;
    }
    let lru_lock = cx.world.zone().lru_lock();
    cx.spin_lock(lru_lock).await;
    let list_flags = PageFlags::LRU | PageFlags::ACTIVE | PageFlags::UNEVICTABLE;
    cx.clear_bits(
        page.flags(),
        list_flags,
        [page.lru().stores(PageList::None)],
    )
    .await;
    cx.spin_unlock(lru_lock).await;
}

const RELEASE_PAGES: Function = linux("release_pages", "mm/swap.c", 909);

/// Drops a reference to each of several pages, and frees those whose last it was.
///
/// Linux: mm/swap.c, `release_pages()`. Left out: keeping the LRU lock from one page to the next, freeing them all at the end.
pub async fn release_pages<C: Cpu>(cx: &Cx<C>, pages: &[Page], reference: Reference) {
    let _call = cx.enter(&RELEASE_PAGES, []);
    for page in pages {
        put_page(cx, *page, reference).await;
    }
}

const LRU_CACHE_ADD: Function = linux("lru_cache_add", "mm/swap.c", 670);

/// Puts a page into this processor's pagevec of pages to be added to a list; a full pagevec is emptied onto the lists.
///
/// Linux: mm/swap.c, `lru_cache_add()`, `__lru_cache_add()`. PG_lru stays clear until then, so nobody can isolate the page.
/// Left out: the pagevecs of pages that change their list.
pub async fn lru_cache_add<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&LRU_CACHE_ADD, [page.into()]);
    let pagevec = cx.pagevec();
    if cx.peek(pagevec.count()) == Pagevec::SIZE {
        lru_add_drain(cx).await;
    }
    let count = cx.peek(pagevec.count());
    cx.add(
        page.count(),
        1,
        [
            page.takes(Reference::Pagevec),
            page.lru().stores(PageList::Pagevec),
            pagevec.slot(count).stores(page),
            pagevec.count().stores(count + 1),
        ],
    )
    .await;
}

const LRU_ADD_DRAIN: Function = linux("lru_add_drain", "mm/swap.c", 857);

/// Empties this processor's pagevec onto the lists.
///
/// Linux: mm/swap.c, `lru_add_drain()`; `__pagevec_lru_add()` 1052. It does not look at PG_mlocked.
pub async fn lru_add_drain<C: Cpu>(cx: &Cx<C>) {
    let _call = cx.enter(&LRU_ADD_DRAIN, []);
    drain(cx, cx.pagevec()).await;
}

const LRU_ADD_DRAIN_ALL: Function = linux("lru_add_drain_all", "mm/swap.c", 870);

/// Empties every processor's pagevec onto the lists.
///
/// Linux: mm/swap.c, `lru_add_drain_all()`. The kernel has each processor do its own, and waits; here the caller does all.
pub async fn lru_add_drain_all<C: Cpu>(cx: &Cx<C>) {
    let _call = cx.enter(&LRU_ADD_DRAIN_ALL, []);
    for processor in 0..cx.world.sizes().processors {
        drain(cx, cx.world.pagevec(processor)).await;
    }
}

async fn drain<C: Cpu>(cx: &Cx<C>, pagevec: Pagevec) {
    let count = cx.peek(pagevec.count()).min(Pagevec::SIZE);
    if count == 0 {
        return;
    }
    let lru_lock = cx.world.zone().lru_lock();
    let mut pages = [Page::NULL; Pagevec::SIZE as usize];
    cx.spin_lock(lru_lock).await;
    for (slot, page) in (0..count).zip(pages.iter_mut()) {
        *page = cx.peek(pagevec.slot(slot));
        let flags = cx.read_bits(page.flags(), PageList::FLAGS).await;
        let list = PageList::of(flags);
        cx.set_bits(
            page.flags(),
            PageFlags::LRU,
            [
                page.lru().stores(list),
                pagevec.count().stores(count - slot - 1),
            ],
        )
        .await;
    }
    cx.spin_unlock(lru_lock).await;
    release_pages(cx, &pages[..count as usize], Reference::Pagevec).await;
}

const ADD_PAGE_TO_UNEVICTABLE_LIST: Function =
    linux("add_page_to_unevictable_list", "mm/swap.c", 687);

/// Puts an isolated page onto the list reclaim never looks at.
///
/// Linux: mm/swap.c, `add_page_to_unevictable_list()`.
pub async fn add_page_to_unevictable_list<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&ADD_PAGE_TO_UNEVICTABLE_LIST, [page.into()]);
    let lru_lock = cx.world.zone().lru_lock();
    cx.spin_lock(lru_lock).await;
    cx.clear_bits(page.flags(), PageFlags::ACTIVE, []).await;
    let list_flags = PageFlags::UNEVICTABLE | PageFlags::LRU;
    cx.set_bits(
        page.flags(),
        list_flags,
        [page.lru().stores(PageList::Unevictable)],
    )
    .await;
    cx.spin_unlock(lru_lock).await;
}

const LRU_CACHE_ADD_ACTIVE_OR_UNEVICTABLE: Function =
    linux("lru_cache_add_active_or_unevictable", "mm/swap.c", 711);

/// Puts a brand-new anonymous page where it belongs: in a locked mapping it is born mlocked.
///
/// Linux: mm/swap.c, `lru_cache_add_active_or_unevictable()`. The caller has the page-table lock, and nobody else knows the page.
pub async fn lru_cache_add_active_or_unevictable<C: Cpu>(cx: &Cx<C>, page: Page, vma: Vma) {
    let _call = cx.enter(
        &LRU_CACHE_ADD_ACTIVE_OR_UNEVICTABLE,
        [page.into(), vma.into()],
    );
    let locked = cx.test(vma.flags(), VmFlags::LOCKED).await;
    if !locked {
        cx.set_bits(page.flags(), PageFlags::ACTIVE, []).await;
        lru_cache_add(cx, page).await;
        return;
    }
    let was_mlocked = cx.test_and_set(page.flags(), PageFlags::MLOCKED, []).await;
    if !was_mlocked {
        let zone = cx.world.zone();
        cx.add(zone.nr_mlock(), 1, [zone.pgmlocked().adds(1)]).await;
    }
    add_page_to_unevictable_list(cx, page).await;
}
