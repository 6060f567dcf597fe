//! Moving a page's contents to another frame.
//!
//! Linux: mm/migrate.c, v4.4 as of b87537d: before the commit after it, a page loses its mlocked mark on the way.

use lockstep_machine::{Cpu, Function};

use crate::cx::{Cx, linux};
use crate::file::File;
use crate::page::{Mapping, Page, PageFlags, Reference};
use crate::page_alloc::alloc_page;
use crate::pte::PteEntry;
use crate::rmap::{Ttu, try_to_unmap};
use crate::swap::put_page;
use crate::vma::{Mm, VmFlags, Vma};
use crate::vmscan::{isolate_lru_page, putback_lru_page};

const UNMAP_AND_MOVE: Function = linux("unmap_and_move", "mm/migrate.c", 0);

/// Moves a page to a free frame; gives whether it worked.
///
/// Linux: mm/migrate.c, `__unmap_and_move()`, `move_to_new_page()`, `migrate_page_move_mapping()`, `migrate_page_copy()`.
/// Left out: pages in the swap cache or under writeback, which are passed over here, huge pages, hotplug.
/// Unmapping goes through `page_remove_rmap()`, which takes the mark off, and nothing puts it on the new page.
pub async fn unmap_and_move<C: Cpu>(cx: &Cx<C>, page: Page) -> bool {
    let _call = cx.enter(&UNMAP_AND_MOVE, [page.into()]);
    if !isolate_lru_page(cx, page).await {
        return false;
    }
    let Some(new) = alloc_page(cx).await else {
        putback_lru_page(cx, page).await;
        return false;
    };
    cx.bit_lock(page.lock()).await;
    cx.bit_lock(new.lock()).await;
    let mut moved = false;
    if !cx
        .peek(page.flags())
        .intersects(PageFlags::SWAPCACHE | PageFlags::WRITEBACK)
    {
        try_to_unmap(
            cx,
            page,
            Ttu::MIGRATION | Ttu::IGNORE_MLOCK | Ttu::IGNORE_ACCESS,
        )
        .await;
        moved = cx.read(page.mapcount()).await == 0 && move_mapping(cx, page, new).await;
        remove_migration_ptes(cx, page, if moved { new } else { page }).await;
    }
    cx.bit_unlock(new.lock()).await;
    cx.bit_unlock(page.lock()).await;
    putback_lru_page(cx, page).await;
    if moved {
        cx.add(new.count(), 1, [new.takes(Reference::Isolation)])
            .await;
        putback_lru_page(cx, new).await;
    }
    put_page(cx, new, Reference::Pin).await;
    moved
}

/// Gives the new page what the old one stands for; `false` if somebody else still has a reference to the old one.
async fn move_mapping<C: Cpu>(cx: &Cx<C>, page: Page, new: Page) -> bool {
    let mapping = cx.peek(page.mapping());
    let index = cx.peek(page.index());
    if let Mapping::File(address) = mapping {
        let file = File(address);
        cx.spin_lock(file.tree_lock()).await;
        let frozen = cx
            .compare_exchange(page.count(), 2, 1, [page.drops(Reference::PageCache)])
            .await;
        if frozen {
            cx.add(new.count(), 1, [new.takes(Reference::PageCache)])
                .await;
            cx.write(file.slot(index), new).await;
        }
        cx.spin_unlock(file.tree_lock()).await;
        if !frozen {
            return false;
        }
    } else if cx.read(page.count()).await != 1 {
        return false;
    }
    cx.write_with(new.mapping(), mapping, [new.index().stores(index)])
        .await;
    // What is copied: not the mark, and not the place on a list.
    let kept = PageFlags::REFERENCED | PageFlags::DIRTY | PageFlags::ACTIVE | PageFlags::SWAPBACKED;
    let flags = cx.read_bits(page.flags(), kept).await;
    cx.set_bits(new.flags(), flags, []).await;
    cx.clear_bits(page.flags(), PageFlags::ACTIVE | PageFlags::DIRTY, [])
        .await;
    cx.write(page.mapping(), Mapping::None).await;
    true
}

const REMOVE_MIGRATION_PTE: Function = linux("remove_migration_pte", "mm/migrate.c", 106);

/// Turns the notes left for `old` into entries that map `new`.
///
/// Linux: mm/migrate.c, `remove_migration_ptes()`. The walk of the reverse map is reduced to a look at every mapping.
async fn remove_migration_ptes<C: Cpu>(cx: &Cx<C>, old: Page, new: Page) {
    for vma in cx.world.vmas() {
        if !cx.peek(vma.in_use()) {
            continue;
        }
        let mm = cx.peek(vma.mm());
        for at in cx.peek(vma.start())..cx.peek(vma.end()) {
            if cx.peek(mm.pte(at).entry()) == PteEntry::Migration(old) {
                remove_migration_pte(cx, mm, vma, at, old, new).await;
            }
        }
    }
}

async fn remove_migration_pte<C: Cpu>(cx: &Cx<C>, mm: Mm, vma: Vma, at: u64, old: Page, new: Page) {
    let _call = cx.enter(&REMOVE_MIGRATION_PTE, [new.into(), vma.into()]);
    cx.spin_lock(mm.page_table_lock()).await;
    if cx.read(mm.pte(at).entry()).await == PteEntry::Migration(old) {
        cx.add(new.count(), 1, [new.takes(Reference::Pte)]).await;
        // The model keeps no note of whether the entry allowed writing; the next write faults and finds out.
        let vm_flags = cx.peek(vma.flags());
        let writable = vm_flags.contains(VmFlags::WRITE | VmFlags::SHARED);
        let entry = PteEntry::Present {
            page: new,
            young: false,
            dirty: false,
            writable,
        };
        cx.write(mm.pte(at).entry(), entry).await;
        cx.add(new.mapcount(), 1, []).await;
    }
    cx.spin_unlock(mm.page_table_lock()).await;
}
