//! Cutting a file short: unmapping what is beyond the new end, and emptying the page cache of it.
//!
//! Linux: mm/truncate.c, v4.4.

use lockstep_machine::{Argument, Cpu, Function};

use crate::cx::{Cx, linux};
use crate::file::File;
use crate::filemap::{delete_from_page_cache, find_get_entry};
use crate::memory::unmap_mapping_range;
use crate::page::{Mapping, Page, PageFlags, Reference};
use crate::swap::put_page;

const TRUNCATE_SETSIZE: Function = linux("truncate_setsize", "mm/truncate.c", 703);

/// Gives a file a new, smaller size, in pages.
///
/// Linux: mm/truncate.c, `truncate_setsize()`. Left out: i_mutex, which keeps other truncations out and which no other path here takes.
pub async fn truncate_setsize<C: Cpu>(cx: &Cx<C>, file: File, size: u64) {
    let _call = cx.enter(&TRUNCATE_SETSIZE, [file.into(), Argument::Number(size)]);
    cx.write(file.size(), size).await;
    truncate_pagecache(cx, file, size).await;
}

const TRUNCATE_PAGECACHE: Function = linux("truncate_pagecache", "mm/truncate.c", 670);

/// Unmaps and drops every page from `first` on.
///
/// Linux: mm/truncate.c, `truncate_pagecache()`. It unmaps twice: first in bulk, then again for private copies made meanwhile.
async fn truncate_pagecache<C: Cpu>(cx: &Cx<C>, file: File, first: u64) {
    let _call = cx.enter(&TRUNCATE_PAGECACHE, [file.into(), Argument::Number(first)]);
    unmap_mapping_range(cx, file, first, u64::MAX, true).await;
    truncate_inode_pages_range(cx, file, first, u64::MAX).await;
    unmap_mapping_range(cx, file, first, u64::MAX, true).await;
}

const PUNCH_HOLE: Function = linux("shmem_fallocate", "mm/shmem.c", 2100);

/// `fallocate(FALLOC_FL_PUNCH_HOLE)`: drops pages out of the middle of a file, and leaves private copies of them alone.
///
/// Linux: mm/shmem.c, `shmem_fallocate()`; mm/truncate.c, `truncate_pagecache_range()` 778. Left out: i_mutex, and faults that wait for the hole.
pub async fn punch_hole<C: Cpu>(cx: &Cx<C>, file: File, first: u64, pages: u64) {
    let _call = cx.enter(
        &PUNCH_HOLE,
        [
            file.into(),
            Argument::Number(first),
            Argument::Number(pages),
        ],
    );
    unmap_mapping_range(cx, file, first, first + pages, false).await;
    truncate_inode_pages_range(cx, file, first, first + pages).await;
}

const TRUNCATE_INODE_PAGES_RANGE: Function =
    linux("truncate_inode_pages_range", "mm/truncate.c", 218);

/// Drops every page from `first` to `end` out of the page cache: those at hand at once, then the others, waiting for each.
///
/// Linux: mm/truncate.c, `truncate_inode_pages_range()`. Left out: pages cut in the middle, writeback.
pub(crate) async fn truncate_inode_pages_range<C: Cpu>(
    cx: &Cx<C>,
    file: File,
    first: u64,
    end: u64,
) {
    let _call = cx.enter(
        &TRUNCATE_INODE_PAGES_RANGE,
        [file.into(), Argument::Number(first)],
    );
    if cx.read(file.nrpages()).await == 0 {
        return;
    }
    let end = end.min(u64::from(cx.world.sizes().file_pages));
    for index in first..end {
        if let Some(page) = find_get_entry(cx, file, index).await {
            if cx.bit_trylock(page.lock()).await {
                truncate_inode_page(cx, file, page).await;
                cx.bit_unlock(page.lock()).await;
            }
            put_page(cx, page, Reference::Pin).await;
        }
    }
    loop {
        let mut found = false;
        for index in first..end {
            if let Some(page) = find_get_entry(cx, file, index).await {
                found = true;
                cx.bit_lock(page.lock()).await;
                truncate_inode_page(cx, file, page).await;
                cx.bit_unlock(page.lock()).await;
                put_page(cx, page, Reference::Pin).await;
            }
        }
        if !found {
            return;
        }
    }
}

const TRUNCATE_INODE_PAGE: Function = linux("truncate_inode_page", "mm/truncate.c", 149);

/// Drops one page out of the page cache, unmapping it first where it still is. The caller has the page lock.
///
/// Linux: mm/truncate.c, `truncate_inode_page()`, `truncate_complete_page()` 106. It relies on the last unmapping to take the mlocked mark off.
/// Left out: what the file system has to do.
async fn truncate_inode_page<C: Cpu>(cx: &Cx<C>, file: File, page: Page) {
    let _call = cx.enter(&TRUNCATE_INODE_PAGE, [file.into(), page.into()]);
    if cx.read(page.mapcount()).await > 0 {
        let index = cx.peek(page.index());
        unmap_mapping_range(cx, file, index, index + 1, false).await;
    }
    if cx.read(page.mapping()).await != Mapping::File(file.0) {
        return;
    }
    cx.test_and_clear(page.flags(), PageFlags::DIRTY, []).await;
    delete_from_page_cache(cx, page, file).await;
}
