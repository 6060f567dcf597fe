//! The end of a process's memory.
//!
//! Linux: mm/mmap.c, v4.4, `exit_mmap()` and what it calls.

use lockstep_machine::{Cpu, Function};

use crate::anon_vma::AnonVma;
use crate::cx::{Cx, linux};
use crate::memory::{Gather, Zap, tlb_finish_mmu, zap_pte_range};
use crate::munlock::munlock_vma_pages_all;
use crate::shmem::fput;
use crate::swap::lru_add_drain;
use crate::vma::{Mm, VmFlags, Vma};

const MMPUT: Function = linux("mmput", "kernel/fork.c", 695);

/// The last thread of a process leaves its memory.
///
/// Linux: kernel/fork.c, `mmput()`. Left out: asynchronous I/O, KSM, huge pages, which are told before.
pub async fn mmput<C: Cpu>(cx: &Cx<C>, mm: Mm) {
    let _call = cx.enter(&MMPUT, [mm.into()]);
    let left = cx.add(mm.users(), -1, []).await;
    if left == 0 {
        exit_mmap(cx, mm).await;
    }
}

const EXIT_MMAP: Function = linux("exit_mmap", "mm/mmap.c", 2821);

/// Takes all of a process's memory apart. Nobody runs in it any more, and so it takes no mmap_sem, unless the switch `exit-mmap-sem` is on.
///
/// Linux: mm/mmap.c, `exit_mmap()`. Freeing the page tables waits for whoever walks the reverse map of one of the mappings;
/// only then the pages gathered lose their references.
async fn exit_mmap<C: Cpu>(cx: &Cx<C>, mm: Mm) {
    let _call = cx.enter(&EXIT_MMAP, [mm.into()]);
    let ours = |vma: &Vma| cx.peek(vma.in_use()) && cx.peek(vma.mm()) == mm;
    if cx.exit_mmap_sem() {
        cx.down_write(mm.mmap_sem()).await;
    }
    if cx.read(mm.locked_vm()).await != 0 {
        for vma in cx.world.vmas().filter(ours) {
            if cx.test(vma.flags(), VmFlags::LOCKED).await {
                munlock_vma_pages_all(cx, vma).await;
            }
        }
    }
    lru_add_drain(cx).await;
    let mut gather = Gather::default();
    for vma in cx.world.vmas().filter(ours) {
        zap_pte_range(
            cx,
            &mut gather,
            vma,
            cx.peek(vma.start()),
            cx.peek(vma.end()),
            Zap::All,
        )
        .await;
    }
    free_pgtables(cx, mm).await;
    tlb_finish_mmu(cx, &mut gather).await;
    for vma in cx.world.vmas().filter(ours) {
        cx.write(vma.in_use(), false).await;
        fput(cx, cx.peek(vma.file())).await;
    }
    if cx.exit_mmap_sem() {
        cx.up_write(mm.mmap_sem()).await;
    }
}

const FREE_PGTABLES: Function = linux("free_pgtables", "mm/memory.c", 529);

/// Takes every mapping of a process out of the reverse maps, then frees its page tables, which takes no step here.
///
/// Linux: mm/memory.c, `free_pgtables()`.
/// Left out: freeing the tables themselves.
async fn free_pgtables<C: Cpu>(cx: &Cx<C>, mm: Mm) {
    let _call = cx.enter(&FREE_PGTABLES, [mm.into()]);
    for vma in cx
        .world
        .vmas()
        .filter(|vma| cx.peek(vma.in_use()) && cx.peek(vma.mm()) == mm)
    {
        unlink(cx, vma).await;
    }
}

/// Takes a mapping out of the reverse maps.
///
/// Linux: mm/rmap.c, `unlink_anon_vmas()`; mm/mmap.c, `unlink_file_vma()`, line 255.
pub(super) async fn unlink<C: Cpu>(cx: &Cx<C>, vma: Vma) {
    let anon_vma = cx.peek(vma.anon_vma());
    if !anon_vma.is_null() {
        cx.down_write(anon_vma.rwsem()).await;
        let (word, bit) = cx.world.anon_vma_tree(anon_vma).bit(vma);
        cx.clear_bits(word, bit, [vma.anon_vma().stores(AnonVma::NULL)])
            .await;
        cx.up_write(anon_vma.rwsem()).await;
    }
    let file = cx.peek(vma.file());
    if !file.is_null() {
        cx.down_write(file.i_mmap_rwsem()).await;
        let (word, bit) = cx.world.i_mmap(file).bit(vma);
        cx.clear_bits(word, bit, []).await;
        cx.up_write(file.i_mmap_rwsem()).await;
    }
}
