//! Mapping what is already in the page cache around a page that is wanted, so that it need not be asked for page by page.
//!
//! Linux: mm/memory.c and mm/filemap.c, v4.4. Like every fault of a file it never looks at VM_LOCKED: what it maps into a locked
//! mapping is not mlocked.

use lockstep_machine::{Argument, Cpu, Function};

use crate::cx::{Cx, linux};
use crate::file::File;
use crate::filemap::find_get_entry;
use crate::page::{Mapping, Page, Reference};
use crate::pte::PteEntry;
use crate::rmap::page_add_file_rmap;
use crate::swap::put_page;
use crate::vma::{Mm, Vma};

const DO_FAULT_AROUND: Function = linux("do_fault_around", "mm/memory.c", 2885);

/// Maps the pages around `at` that the page cache has; gives whether the one at `at` was among them.
///
/// Linux: mm/memory.c, `do_fault_around()`, and the end of it in `do_read_fault()`. Left out: the end of the page-table page, which
/// no address space of the model reaches.
pub(crate) async fn do_fault_around<C: Cpu>(
    cx: &Cx<C>,
    mm: Mm,
    vma: Vma,
    at: u64,
    file: File,
) -> bool {
    let _call = cx.enter(
        &DO_FAULT_AROUND,
        [mm.into(), vma.into(), Argument::Number(at)],
    );
    let room = u64::from(cx.world.fault_around());
    let vma_start = cx.peek(vma.start());
    let first = (at - at % room).max(vma_start);
    let end = (first + room).min(cx.peek(vma.end()));
    cx.spin_lock(mm.page_table_lock()).await;
    let mut start = first;
    while start < end && cx.read(mm.pte(start).entry()).await != PteEntry::None {
        start += 1;
    }
    for address in start..end {
        let index = address - vma_start + cx.peek(vma.pgoff());
        if index < cx.world.sizes().file_pages.into() {
            filemap_map_page(cx, mm, address, file, index).await;
        }
    }
    let is_there = cx.read(mm.pte(at).entry()).await != PteEntry::None;
    cx.spin_unlock(mm.page_table_lock()).await;
    is_there
}

const FILEMAP_MAP_PAGES: Function = linux("filemap_map_pages", "mm/filemap.c", 2135);

/// Maps one page, if the page cache has it, nobody has it locked and nothing is there yet. The caller has the page-table lock.
///
/// Linux: mm/filemap.c, `filemap_map_pages()`, for each of its pages.
async fn filemap_map_page<C: Cpu>(cx: &Cx<C>, mm: Mm, address: u64, file: File, index: u64) {
    let _call = cx.enter(
        &FILEMAP_MAP_PAGES,
        [mm.into(), file.into(), Argument::Number(index)],
    );
    let Some(page) = find_get_entry(cx, file, index).await else {
        return;
    };
    if !cx.bit_trylock(page.lock()).await {
        put_page(cx, page, Reference::Pin).await;
        return;
    }
    let pte = mm.pte(address);
    let fits = cx.read(page.mapping()).await == Mapping::File(file.0)
        && index < cx.read(file.size()).await
        && cx.read(pte.entry()).await == PteEntry::None;
    if fits {
        map(cx, mm, address, page).await;
        cx.bit_unlock(page.lock()).await;
    } else {
        cx.bit_unlock(page.lock()).await;
        put_page(cx, page, Reference::Pin).await;
    }
}

/// Maps a page the caller has pinned and locked, for reading; the pin becomes the entry's reference.
async fn map<C: Cpu>(cx: &Cx<C>, mm: Mm, address: u64, page: Page) {
    page_add_file_rmap(cx, page).await;
    let entry = PteEntry::Present {
        page,
        young: false,
        dirty: false,
        writable: false,
    };
    cx.write(mm.pte(address).entry(), entry).await;
}
