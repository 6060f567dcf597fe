//! The page cache.
//!
//! Linux: mm/filemap.c, v4.4.

use lockstep_machine::{Argument, Cpu, Function};

use crate::cx::{Cx, linux};
use crate::file::File;
use crate::page::{Mapping, Page, PageFlags, Reference};
use crate::page_alloc::alloc_page;
use crate::swap::{lru_cache_add, put_page};

const FIND_GET_ENTRY: Function = linux("find_get_entry", "mm/filemap.c", 0);

/// Looks a page of a file up and pins it.
///
/// Linux: mm/filemap.c, `find_get_entry()`. A page whose last reference is just going away counts as not there.
/// Left out: the tree, which is one word a page here, and shadow entries in it.
pub async fn find_get_entry<C: Cpu>(cx: &Cx<C>, file: File, index: u64) -> Option<Page> {
    let _call = cx.enter(&FIND_GET_ENTRY, [file.into(), Argument::Number(index)]);
    let slot = file.slot(index);
    let page = cx.read(slot).await;
    if page.is_null()
        || !cx
            .add_unless_zero(page.count(), 1, [page.takes(Reference::Pin)])
            .await
    {
        return None;
    }
    // The frame may have become another page between the two steps.
    if cx.read(slot).await == page {
        return Some(page);
    }
    put_page(cx, page, Reference::Pin).await;
    None
}

const FILEMAP_FAULT: Function = linux("filemap_fault", "mm/filemap.c", 0);

/// Finds a page of a file for a fault, reading it in if need be; it comes back locked and pinned.
///
/// Linux: mm/filemap.c, `filemap_fault()`, `page_cache_read()`. Left out: read-ahead, the time reading takes, and letting go of mmap_sem meanwhile.
/// A page read in just after the file was cut stays in the cache, beyond the end, as it does in the kernel.
///
/// # Errors
/// `SIGBUS` beyond the end of the file, `ENOMEM` without a free frame.
pub async fn filemap_fault<C: Cpu>(
    cx: &Cx<C>,
    file: File,
    index: u64,
) -> Result<Page, &'static str> {
    let _call = cx.enter(&FILEMAP_FAULT, [file.into(), Argument::Number(index)]);
    loop {
        if index >= cx.read(file.size()).await {
            return Err("SIGBUS");
        }
        let Some(page) = find_get_entry(cx, file, index).await else {
            let Some(page) = alloc_page(cx).await else {
                return Err("ENOMEM");
            };
            if !add_to_page_cache_lru(cx, page, file, index).await {
                put_page(cx, page, Reference::Pin).await;
                continue;
            }
            put_page(cx, page, Reference::Pin).await;
            continue;
        };
        cx.bit_lock(page.lock()).await;
        let is_ours = cx.read(page.mapping()).await == Mapping::File(file.0);
        // Truncation needs the page lock, so a page inside the file now is unmapped by it later.
        let is_inside = is_ours && index < cx.read(file.size()).await;
        if is_inside {
            return Ok(page);
        }
        cx.bit_unlock(page.lock()).await;
        put_page(cx, page, Reference::Pin).await;
        if is_ours {
            return Err("SIGBUS");
        }
    }
}

const ADD_TO_PAGE_CACHE_LRU: Function = linux("add_to_page_cache_lru", "mm/filemap.c", 0);

/// Enters a new page into the page cache and onto its way to a list; `false` if somebody was faster.
///
/// Linux: mm/filemap.c, `add_to_page_cache_lru()`; mm/shmem.c, `shmem_getpage_gfp()`. Left out: the page lock meanwhile, as reading takes no time here.
async fn add_to_page_cache_lru<C: Cpu>(cx: &Cx<C>, page: Page, file: File, index: u64) -> bool {
    let _call = cx.enter(
        &ADD_TO_PAGE_CACHE_LRU,
        [page.into(), file.into(), Argument::Number(index)],
    );
    cx.add(page.count(), 1, [page.takes(Reference::PageCache)])
        .await;
    cx.write_with(
        page.mapping(),
        Mapping::File(file.0),
        [page.index().stores(index)],
    )
    .await;
    cx.spin_lock(file.tree_lock()).await;
    let free = cx.read(file.slot(index)).await.is_null();
    if free {
        cx.write_with(file.slot(index), page, [file.nrpages().adds(1)])
            .await;
    }
    cx.spin_unlock(file.tree_lock()).await;
    if free {
        if cx.peek(file.kind()).is_swap_backed() {
            cx.set_bits(page.flags(), PageFlags::SWAPBACKED, []).await;
        }
        lru_cache_add(cx, page).await;
    } else {
        cx.write(page.mapping(), Mapping::None).await;
        put_page(cx, page, Reference::PageCache).await;
    }
    free
}

/// Takes a page out of the page cache's tree. The caller has the tree lock and the page lock, and will drop the cache's reference.
///
/// Linux: mm/filemap.c, `__delete_from_page_cache()`.
/// Left out: shadow entries, accounting of dirty pages.
pub(crate) async fn unlink_from_page_cache<C: Cpu>(cx: &Cx<C>, page: Page, file: File) {
    let index = cx.peek(page.index());
    cx.write_with(file.slot(index), Page::NULL, [file.nrpages().adds(-1)])
        .await;
    cx.write(page.mapping(), Mapping::None).await;
}

const DELETE_FROM_PAGE_CACHE: Function = linux("delete_from_page_cache", "mm/filemap.c", 0);

/// Takes a page out of the page cache and drops the cache's reference. The caller has the page lock.
///
/// Linux: mm/filemap.c, `delete_from_page_cache()`.
pub async fn delete_from_page_cache<C: Cpu>(cx: &Cx<C>, page: Page, file: File) {
    let _call = cx.enter(&DELETE_FROM_PAGE_CACHE, [page.into()]);
    cx.spin_lock(file.tree_lock()).await;
    if cx.read(page.mapcount()).await > 0 {
        cx.bug("a page is taken out of the page cache while it is mapped")
            .await;
    }
    unlink_from_page_cache(cx, page, file).await;
    cx.spin_unlock(file.tree_lock()).await;
    put_page(cx, page, Reference::PageCache).await;
}
