//! Taking pages out of page tables: zapping a range, and unmapping a part of a file everywhere.
//!
//! Linux: mm/memory.c, v4.4. Faults, which put pages in, are in [`fault`](crate::fault).

use std::ops::Range;

use lockstep_machine::{Argument, Cpu, Function};

use crate::cx::{Cx, linux};
use crate::file::File;
use crate::kernel::IMmap;
use crate::mmap::find_vma;
use crate::page::{Mapping, Page, PageFlags, Reference};
use crate::pte::PteEntry;
use crate::rmap::page_remove_rmap;
use crate::swap::lru_add_drain;
use crate::swapfile::{free_pages_and_swap_cache, swap_free};
use crate::vma::{Mm, VmFlags, Vma};

/// The pages taken out of page tables whose references are dropped once the TLB is flushed. Linux: `struct mmu_gather`.
///
/// It holds as many as the kernel's does without allocating a batch; a full one is flushed under way.
pub struct Gather {
    pages: [Page; Gather::ROOM],
    count: usize,
}

impl Gather {
    /// `MMU_GATHER_BUNDLE`. Linux: include/asm-generic/tlb.h.
    pub const ROOM: usize = 8;

    /// Adds a page; gives whether there is room for another. Linux: mm/memory.c, `__tlb_remove_page()`.
    fn add(&mut self, page: Page) -> bool {
        if let Some(slot) = self.pages.get_mut(self.count) {
            *slot = page;
            self.count += 1;
        }
        self.count < Self::ROOM
    }

    /// Takes all pages out.
    fn take(&mut self) -> ([Page; Self::ROOM], usize) {
        (self.pages, std::mem::take(&mut self.count))
    }
}

impl Default for Gather {
    fn default() -> Self {
        Self {
            pages: [Page::NULL; Self::ROOM],
            count: 0,
        }
    }
}

/// Which entries a zap leaves alone. Linux: `struct zap_details`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Zap {
    /// None: everything goes, swap slots too. The kernel passes no details.
    All,
    /// Swap entries: pages go, whatever they belong to.
    Pages,
    /// Everything but pages of this file: private copies stay.
    PagesOf(File),
}

const ZAP_PAGE_RANGE_SINGLE: Function = linux("zap_page_range_single", "mm/memory.c", 1380);

/// Takes the pages from `start` to `end` out of one mapping.
///
/// Linux: mm/memory.c, `zap_page_range_single()`. It takes neither the page lock nor mmap_sem. Left out: mmu notifiers.
pub async fn zap_page_range_single<C: Cpu>(cx: &Cx<C>, vma: Vma, start: u64, end: u64, zap: Zap) {
    let _call = cx.enter(
        &ZAP_PAGE_RANGE_SINGLE,
        [vma.into(), Argument::Number(start), Argument::Number(end)],
    );
    lru_add_drain(cx).await;
    let mut gather = Gather::default();
    zap_pte_range(cx, &mut gather, vma, start, end, zap).await;
    tlb_finish_mmu(cx, &mut gather).await;
}

const ZAP_PTE_RANGE: Function = linux("zap_pte_range", "mm/memory.c", 1073);

/// Clears the entries of a range, under one hold of the page-table lock.
///
/// Linux: mm/memory.c, `zap_pte_range()`. Left out: rss counters, the accessed mark of file pages, migration and poison entries.
pub async fn zap_pte_range<C: Cpu>(
    cx: &Cx<C>,
    gather: &mut Gather,
    vma: Vma,
    start: u64,
    end: u64,
    zap: Zap,
) {
    let _call = cx.enter(
        &ZAP_PTE_RANGE,
        [vma.into(), Argument::Number(start), Argument::Number(end)],
    );
    let mut address = start;
    while address < end {
        address = zap_until_flush(cx, gather, vma, address..end, zap).await;
    }
}

/// Clears entries under one hold of the page-table lock, up to the end or to where the pages gathered have to be let go first;
/// gives how far it got.
async fn zap_until_flush<C: Cpu>(
    cx: &Cx<C>,
    gather: &mut Gather,
    vma: Vma,
    range: Range<u64>,
    zap: Zap,
) -> u64 {
    let mm = cx.peek(vma.mm());
    let mut reached = range.end;
    let mut force_flush = false;
    cx.spin_lock(mm.page_table_lock()).await;
    for address in range {
        let pte = mm.pte(address);
        match cx.read(pte.entry()).await {
            PteEntry::None | PteEntry::Migration(_) => {}
            PteEntry::Present { page, dirty, .. } => {
                // What a mapped page belongs to changes only when its last entry is gone, so this is no race.
                let mapping = cx.peek(page.mapping());
                if let Zap::PagesOf(file) = zap
                    && mapping != Mapping::File(file.0)
                {
                    continue;
                }
                let hand_over = page.hands_over(Reference::Pte, Reference::Gather);
                cx.exchange(pte.entry(), PteEntry::None, [hand_over]).await;
                if dirty && !matches!(mapping, Mapping::Anon(_)) {
                    cx.set_bits(page.flags(), PageFlags::DIRTY, []).await;
                    force_flush = true;
                }
                page_remove_rmap(cx, page).await;
                if !gather.add(page) {
                    force_flush = true;
                    reached = address + 1;
                    break;
                }
            }
            PteEntry::Swap(slot) => {
                if zap == Zap::All {
                    cx.write(pte.entry(), PteEntry::None).await;
                    swap_free(cx, slot).await;
                }
            }
        }
    }
    cx.spin_unlock(mm.page_table_lock()).await;
    if force_flush {
        tlb_finish_mmu(cx, gather).await;
    }
    reached
}

const TLB_FINISH_MMU: Function = linux("tlb_finish_mmu", "mm/memory.c", 271);

/// Flushes the TLB, which takes no step here, and drops the references of the pages gathered.
///
/// Linux: mm/memory.c, `tlb_finish_mmu()`, `tlb_flush_mmu_free()` 250.
pub async fn tlb_finish_mmu<C: Cpu>(cx: &Cx<C>, gather: &mut Gather) {
    let _call = cx.enter(&TLB_FINISH_MMU, []);
    let (pages, count) = gather.take();
    if count > 0 {
        free_pages_and_swap_cache(cx, &pages[..count]).await;
    }
}

const UNMAP_MAPPING_RANGE: Function = linux("unmap_mapping_range", "mm/memory.c", 2408);

/// Takes a part of a file, from page `first` to page `end`, out of every mapping; with `even_cows` private copies too.
///
/// Linux: mm/memory.c, `unmap_mapping_range()`, `unmap_mapping_range_tree()` 2365. The switch `i-mmap` says how it takes i_mmap_rwsem.
pub async fn unmap_mapping_range<C: Cpu>(
    cx: &Cx<C>,
    file: File,
    first: u64,
    end: u64,
    even_cows: bool,
) {
    let _call = cx.enter(
        &UNMAP_MAPPING_RANGE,
        [file.into(), Argument::Number(first), Argument::Number(end)],
    );
    let zap = if even_cows {
        Zap::Pages
    } else {
        Zap::PagesOf(file)
    };
    let rwsem = file.i_mmap_rwsem();
    match cx.i_mmap() {
        IMmap::Exclusive => cx.down_write(rwsem).await,
        IMmap::Shared => cx.down_read(rwsem).await,
    }
    let mappings = cx.world.i_mmap(file);
    for (number, word) in mappings.words() {
        let bits = cx.read(word).await;
        for vma in mappings.vmas(number, bits) {
            let (vma_start, vma_end, pgoff) = (
                cx.peek(vma.start()),
                cx.peek(vma.end()),
                cx.peek(vma.pgoff()),
            );
            let from = first.max(pgoff) - pgoff + vma_start;
            let to = end
                .saturating_sub(pgoff)
                .saturating_add(vma_start)
                .min(vma_end);
            if from < to {
                zap_page_range_single(cx, vma, from, to, zap).await;
            }
        }
    }
    match cx.i_mmap() {
        IMmap::Exclusive => cx.up_write(rwsem).await,
        IMmap::Shared => cx.up_read(rwsem).await,
    }
}

const MADVISE_DONTNEED: Function = linux("madvise_dontneed", "mm/madvise.c", 0);

/// `madvise(MADV_DONTNEED)`: takes the pages of a range out of the page table; locked mappings refuse.
///
/// Linux: mm/madvise.c, `madvise_dontneed()`.
/// Left out: special mappings, which refuse as well.
///
/// # Errors
/// `EINVAL` for a locked mapping, `ENOMEM` where nothing is mapped; what comes before has been done.
pub async fn madvise_dontneed<C: Cpu>(
    cx: &Cx<C>,
    mm: Mm,
    start: u64,
    pages: u64,
) -> Result<(), &'static str> {
    let _call = cx.enter(
        &MADVISE_DONTNEED,
        [mm.into(), Argument::Number(start), Argument::Number(pages)],
    );
    cx.down_read(mm.mmap_sem()).await;
    let mut result = Ok(());
    let (mut at, end) = (start, start + pages);
    while at < end && result != Err("EINVAL") {
        let Some(vma) = find_vma(cx, mm, at) else {
            // A hole is remembered, and passed over.
            result = Err("ENOMEM");
            at += 1;
            continue;
        };
        let to = end.min(cx.peek(vma.end()));
        if cx.test(vma.flags(), VmFlags::LOCKED).await {
            result = Err("EINVAL");
        } else {
            zap_page_range_single(cx, vma, at, to, Zap::All).await;
        }
        at = to;
    }
    cx.up_read(mm.mmap_sem()).await;
    result
}
