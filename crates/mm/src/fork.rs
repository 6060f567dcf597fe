//! A new process with a copy of another's memory.
//!
//! Linux: kernel/fork.c and mm/memory.c, v4.4.

use lockstep_machine::{Cpu, Function, Rider};

use crate::cx::{Cx, linux};
use crate::mmap::exit::mmput;
use crate::page::Reference;
use crate::pte::PteEntry;
use crate::swapfile::swap_duplicate;
use crate::vma::{Mm, VmFlags, Vma};

/// Makes the memory of a new process; what could be copied of it goes away again if there is no room for all.
///
/// Linux: kernel/fork.c, `dup_mm()`.
///
/// # Errors
/// As [`dup_mmap`].
pub async fn dup_mm<C: Cpu>(cx: &Cx<C>, parent: Mm, child: Mm) -> Result<(), &'static str> {
    let result = dup_mmap(cx, parent, child).await;
    if result.is_err() {
        mmput(cx, child).await;
    }
    result
}

const DUP_MMAP: Function = linux("dup_mmap", "kernel/fork.c", 397);

/// Gives `child`, which has no memory yet, a copy of the memory of `parent`. Nothing in it is locked.
///
/// Linux: kernel/fork.c, `dup_mmap()`. Left out: mappings that are not copied; the child's own anon_vma, in place of which
/// its mappings join the parent's, whose lock is the same.
///
/// # Errors
/// `ENOMEM` if the world has no room for the child's mappings.
pub async fn dup_mmap<C: Cpu>(cx: &Cx<C>, parent: Mm, child: Mm) -> Result<(), &'static str> {
    let _call = cx.enter(&DUP_MMAP, [parent.into(), child.into()]);
    cx.down_write(parent.mmap_sem()).await;
    cx.write_with(
        child.users(),
        1,
        [child.total_vm().stores(cx.peek(parent.total_vm()))],
    )
    .await;
    let mut result = Ok(());
    for vma in cx.world.vmas() {
        if cx.peek(vma.in_use())
            && cx.peek(vma.mm()) == parent
            && !copy_vma(cx, vma, parent, child).await
        {
            result = Err("ENOMEM");
            break;
        }
    }
    cx.up_write(parent.mmap_sem()).await;
    result
}

/// Copies one mapping and its page table; `false` if there is no room.
async fn copy_vma<C: Cpu>(cx: &Cx<C>, vma: Vma, parent: Mm, child: Mm) -> bool {
    let Some(copy) = cx.world.vmas().find(|vma| !cx.peek(vma.in_use())) else {
        return false;
    };
    let flags = cx.read(vma.flags()).await.difference(VmFlags::LOCKED_BOTH);
    let (start, end) = (cx.peek(vma.start()), cx.peek(vma.end()));
    let place: [Rider; 4] = [
        copy.mm().stores(child),
        copy.start().stores(start),
        copy.end().stores(end),
        copy.pgoff().stores(cx.peek(vma.pgoff())),
    ];
    cx.write_with(copy.flags(), flags, place).await;
    let (file, anon_vma) = (cx.peek(vma.file()), cx.peek(vma.anon_vma()));
    let linked: [Rider; 2] = [copy.file().stores(file), copy.anon_vma().stores(anon_vma)];
    cx.write_with(copy.in_use(), true, linked).await;
    if !anon_vma.is_null() {
        cx.down_write(anon_vma.rwsem()).await;
        let (word, bit) = cx.world.anon_vma_tree(anon_vma).bit(copy);
        cx.set_bits(word, bit, []).await;
        cx.up_write(anon_vma.rwsem()).await;
    }
    if !file.is_null() {
        cx.down_write(file.i_mmap_rwsem()).await;
        let (word, bit) = cx.world.i_mmap(file).bit(copy);
        cx.set_bits(word, bit, []).await;
        cx.up_write(file.i_mmap_rwsem()).await;
    }
    // Pages of a shared mapping are found again by a fault.
    if !flags.contains(VmFlags::SHARED) && !anon_vma.is_null() {
        copy_page_range(cx, parent, child, start, end).await;
    }
    true
}

const COPY_PTE_RANGE: Function = linux("copy_pte_range", "mm/memory.c", 0);

/// Copies entries, and takes the right to write from both sides: whoever writes first gets a copy.
///
/// Linux: mm/memory.c, `copy_pte_range()`, `copy_one_pte()`.
/// Left out: letting go of the locks every few entries, migration entries.
async fn copy_page_range<C: Cpu>(cx: &Cx<C>, parent: Mm, child: Mm, start: u64, end: u64) {
    let _call = cx.enter(&COPY_PTE_RANGE, [parent.into(), child.into()]);
    cx.spin_lock(child.page_table_lock()).await;
    cx.spin_lock(parent.page_table_lock()).await;
    for at in start..end {
        match cx.read(parent.pte(at).entry()).await {
            PteEntry::Present {
                page, young, dirty, ..
            } => {
                let shared = PteEntry::Present {
                    page,
                    young,
                    dirty,
                    writable: false,
                };
                cx.write(parent.pte(at).entry(), shared).await;
                cx.add(page.count(), 1, [page.takes(Reference::Pte)]).await;
                cx.add(page.mapcount(), 1, []).await;
                let old = PteEntry::Present {
                    page,
                    young: false,
                    dirty: false,
                    writable: false,
                };
                cx.write(child.pte(at).entry(), old).await;
            }
            PteEntry::Swap(slot) => {
                if swap_duplicate(cx, slot).await {
                    cx.write(child.pte(at).entry(), PteEntry::Swap(slot)).await;
                }
            }
            PteEntry::None | PteEntry::Migration(_) => {}
        }
    }
    cx.spin_unlock(parent.page_table_lock()).await;
    cx.spin_unlock(child.page_table_lock()).await;
}
