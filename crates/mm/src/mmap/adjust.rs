//! Cutting mappings in two, joining neighbours, and taking ranges away.
//!
//! Linux: mm/mmap.c, v4.4. The caller always has mmap_sem for writing.
//! The ranges of mappings are read without steps: walkers of the reverse map have one of its locks, which every change here takes for writing.

use lockstep_machine::{Argument, Cpu, Function, Rider};

use super::exit::unlink;
use super::find_vma;
use crate::anon_vma::AnonVma;
use crate::cx::{Cx, linux};
use crate::memory::{Gather, Zap, tlb_finish_mmu, zap_pte_range};
use crate::munlock::munlock_vma_pages_all;
use crate::shmem::fput;
use crate::swap::lru_add_drain;
use crate::vma::{Mm, VmFlags, Vma};

/// The locks of the reverse maps a change of a mapping's range has to hold for writing: that of its file, that of its anonymous pages.
struct RmapLocks {
    vma: Vma,
}

impl RmapLocks {
    async fn take<C: Cpu>(cx: &Cx<C>, vma: Vma) -> Self {
        let (file, anon_vma) = (cx.peek(vma.file()), cx.peek(vma.anon_vma()));
        if !file.is_null() {
            cx.down_write(file.i_mmap_rwsem()).await;
        }
        if !anon_vma.is_null() {
            cx.down_write(anon_vma.rwsem()).await;
        }
        Self { vma }
    }

    async fn drop<C: Cpu>(self, cx: &Cx<C>, anon_vma: AnonVma) {
        if !anon_vma.is_null() {
            cx.up_write(anon_vma.rwsem()).await;
        }
        let file = cx.peek(self.vma.file());
        if !file.is_null() {
            cx.up_write(file.i_mmap_rwsem()).await;
        }
    }
}

const SPLIT_VMA: Function = linux("__split_vma", "mm/mmap.c", 2456);

/// Cuts a mapping in two at an address inside it; gives the upper half, or `None` if the world has no room for one more mapping.
///
/// Linux: mm/mmap.c, `__split_vma()`, `vma_adjust()` 723.
pub async fn split_vma<C: Cpu>(cx: &Cx<C>, vma: Vma, at: u64) -> Option<Vma> {
    let _call = cx.enter(&SPLIT_VMA, [vma.into(), Argument::Number(at)]);
    let upper = cx.world.vmas().find(|vma| !cx.peek(vma.in_use()))?;
    let start = cx.peek(vma.start());
    let (file, anon_vma) = (cx.peek(vma.file()), cx.peek(vma.anon_vma()));
    let pgoff = cx.peek(vma.pgoff()) + (at - start);
    cx.write_with(
        upper.flags(),
        cx.peek(vma.flags()),
        [
            upper.mm().stores(cx.peek(vma.mm())),
            upper.start().stores(at),
            upper.end().stores(cx.peek(vma.end())),
            upper.pgoff().stores(pgoff),
        ],
    )
    .await;
    let locks = RmapLocks::take(cx, vma).await;
    cx.write_with(
        vma.end(),
        at,
        [
            upper.in_use().stores(true),
            upper.file().stores(file),
            upper.anon_vma().stores(anon_vma),
        ],
    )
    .await;
    if !file.is_null() {
        let (word, bit) = cx.world.i_mmap(file).bit(upper);
        cx.set_bits(word, bit, []).await;
    }
    if !anon_vma.is_null() {
        let (word, bit) = cx.world.anon_vma_tree(anon_vma).bit(upper);
        cx.set_bits(word, bit, []).await;
    }
    locks.drop(cx, anon_vma).await;
    Some(upper)
}

/// Whether two mappings of a process, the second right behind the first, could be one if they had the same flags.
///
/// Linux: mm/mmap.c, `can_vma_merge_before()`, `can_vma_merge_after()`.
fn can_join<C: Cpu>(cx: &Cx<C>, lower: Vma, upper: Vma) -> bool {
    let (file, anon) = (cx.peek(lower.file()), cx.peek(lower.anon_vma()));
    let upper_anon = cx.peek(upper.anon_vma());
    let pages = cx.peek(lower.end()) - cx.peek(lower.start());
    file == cx.peek(upper.file())
        && cx.peek(lower.pgoff()) + pages == cx.peek(upper.pgoff())
        && (anon.is_null() || upper_anon.is_null() || anon == upper_anon)
}

const VMA_MERGE: Function = linux("vma_merge", "mm/mmap.c", 1036);

/// Joins a mapping that is about to get `flags` with neighbours that have them already; gives the mapping that then covers it.
///
/// Linux: mm/mmap.c, `vma_merge()`, `vma_adjust()` 723. The kernel can also move a boundary between neighbours;
/// here the range has been cut out first, so that a neighbour is joined whole.
pub async fn vma_merge<C: Cpu>(cx: &Cx<C>, vma: Vma, flags: VmFlags) -> Vma {
    let (mm, start, end) = (cx.peek(vma.mm()), cx.peek(vma.start()), cx.peek(vma.end()));
    // There is one at most that ends where this one starts, and one that starts where it ends.
    let is_of_it = |other: &Vma| cx.peek(other.in_use()) && cx.peek(other.mm()) == mm;
    let lower = cx
        .world
        .vmas_near(vma)
        .find(|other| cx.peek(other.end()) == start && is_of_it(other))
        .filter(|lower| cx.peek(lower.flags()) == flags && can_join(cx, *lower, vma));
    let upper = cx
        .world
        .vmas_near(vma)
        .find(|other| cx.peek(other.start()) == end && is_of_it(other))
        .filter(|upper| cx.peek(upper.flags()) == flags && can_join(cx, vma, *upper));
    let mut whole = vma;
    if let Some(lower) = lower {
        absorb(cx, lower, vma).await;
        whole = lower;
    }
    if let Some(upper) = upper {
        absorb(cx, whole, upper).await;
    }
    whole
}

/// Makes the lower of two neighbours cover both, and the upper one disappear.
async fn absorb<C: Cpu>(cx: &Cx<C>, lower: Vma, upper: Vma) {
    let _call = cx.enter(&VMA_MERGE, [lower.into(), upper.into()]);
    let (file, upper_anon) = (cx.peek(lower.file()), cx.peek(upper.anon_vma()));
    let inherits = cx.peek(lower.anon_vma()).is_null() && !upper_anon.is_null();
    if inherits {
        cx.down_write(upper_anon.rwsem()).await;
        let (word, bit) = cx.world.anon_vma_tree(upper_anon).bit(lower);
        cx.write_with(lower.anon_vma(), upper_anon, [word.sets(bit)])
            .await;
        cx.up_write(upper_anon.rwsem()).await;
    }
    let anon_vma = cx.peek(lower.anon_vma());
    let locks = RmapLocks::take(cx, lower).await;
    let gone: [Rider; 1] = [upper.in_use().stores(false)];
    cx.write_with(lower.end(), cx.peek(upper.end()), gone).await;
    if !file.is_null() {
        let (word, bit) = cx.world.i_mmap(file).bit(upper);
        cx.clear_bits(word, bit, []).await;
    }
    if !anon_vma.is_null() {
        let (word, bit) = cx.world.anon_vma_tree(anon_vma).bit(upper);
        cx.clear_bits(word, bit, [upper.anon_vma().stores(AnonVma::NULL)])
            .await;
    }
    locks.drop(cx, anon_vma).await;
}

const DO_MUNMAP: Function = linux("do_munmap", "mm/mmap.c", 2537);

/// `munmap()`: takes a range out of a process's address space.
///
/// Linux: mm/mmap.c, `do_munmap()`, `unmap_region()` 2403.
/// Left out: mappings that may not be cut.
///
/// # Errors
/// `EINVAL` for no page at all; `ENOMEM` if a mapping would have to be cut and the world has no room for one more.
pub async fn munmap<C: Cpu>(
    cx: &Cx<C>,
    mm: Mm,
    start: u64,
    pages: u64,
) -> Result<(), &'static str> {
    let _call = cx.enter(
        &DO_MUNMAP,
        [mm.into(), Argument::Number(start), Argument::Number(pages)],
    );
    if pages == 0 {
        return Err("EINVAL");
    }
    cx.down_write(mm.mmap_sem()).await;
    let result = munmap_locked(cx, mm, start, start + pages).await;
    cx.up_write(mm.mmap_sem()).await;
    result
}

pub(super) async fn munmap_locked<C: Cpu>(
    cx: &Cx<C>,
    mm: Mm,
    start: u64,
    end: u64,
) -> Result<(), &'static str> {
    for edge in [start, end] {
        if let Some(vma) = find_vma(cx, mm, edge)
            && cx.peek(vma.start()) < edge
            && split_vma(cx, vma, edge).await.is_none()
        {
            return Err("ENOMEM");
        }
    }
    let inside = |vma: &Vma| {
        cx.peek(vma.in_use())
            && cx.peek(vma.mm()) == mm
            && cx.peek(vma.start()) >= start
            && cx.peek(vma.end()) <= end
    };
    let size = |vma: Vma| (cx.peek(vma.end()) - cx.peek(vma.start())).cast_signed();
    for vma in cx.world.vmas().filter(inside) {
        if cx.test(vma.flags(), VmFlags::LOCKED).await {
            cx.add(mm.locked_vm(), -size(vma), []).await;
            munlock_vma_pages_all(cx, vma).await;
        }
    }
    lru_add_drain(cx).await;
    let mut gather = Gather::default();
    for vma in cx.world.vmas().filter(inside) {
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
    for vma in cx.world.vmas().filter(inside) {
        unlink(cx, vma).await;
    }
    tlb_finish_mmu(cx, &mut gather).await;
    for vma in cx.world.vmas().filter(inside) {
        cx.add(mm.total_vm(), -size(vma), [vma.in_use().stores(false)])
            .await;
        fput(cx, cx.peek(vma.file())).await;
    }
    Ok(())
}
