//! Page faults: what happens when a process touches memory that is not there.
//!
//! Linux: mm/memory.c, v4.4, `handle_mm_fault()` and the functions it chooses from; arch/x86/mm/fault.c.

use lockstep_machine::{Argument, Cpu, Function};

use crate::cx::{Cx, linux};
use crate::fault_around::do_fault_around;
use crate::file::File;
use crate::filemap::filemap_fault;
use crate::mmap::{anon_vma_prepare, find_vma};
use crate::page::{Page, PageFlags, Reference};
use crate::page_alloc::alloc_page;
use crate::pte::PteEntry;
use crate::rmap::{do_page_add_anon_rmap, page_add_file_rmap, page_add_new_anon_rmap};
use crate::swap::{lru_add_drain, lru_cache_add, lru_cache_add_active_or_unevictable, put_page};
use crate::swapfile::{add_to_swap_cache, reuse_swap_page, swap_free, try_to_free_swap};
use crate::vma::{Mm, VmFlags, Vma};
use crate::wp::do_wp_page;

const DO_PAGE_FAULT: Function = linux("__do_page_fault", "arch/x86/mm/fault.c", 0);

/// A process reads or writes a byte: through the page table if that allows it, otherwise by a fault.
///
/// Linux: arch/x86/mm/fault.c, `__do_page_fault()`; the first look at the entry, and its young and dirty bits, are the processor's.
/// Left out: growing a stack, and faults that let go of mmap_sem to try again.
///
/// # Errors
/// `SIGSEGV` where nothing is mapped, and what the fault came back with.
pub async fn touch<C: Cpu>(cx: &Cx<C>, mm: Mm, at: u64, write: bool) -> Result<(), &'static str> {
    let entry = cx.read(mm.pte(at).entry()).await;
    if let PteEntry::Present {
        page,
        dirty,
        writable,
        ..
    } = entry
        && (writable || !write)
    {
        let used = PteEntry::Present {
            page,
            young: true,
            dirty: dirty || write,
            writable,
        };
        cx.compare_exchange(mm.pte(at).entry(), entry, used, [])
            .await;
        return Ok(());
    }
    let call = cx.enter(&DO_PAGE_FAULT, [mm.into(), Argument::Number(at)]);
    cx.down_read(mm.mmap_sem()).await;
    let result = match find_vma(cx, mm, at) {
        Some(vma) => handle_mm_fault(cx, mm, vma, at, write).await,
        None => Err("SIGSEGV"),
    };
    cx.up_read(mm.mmap_sem()).await;
    if let Err(errno) = result {
        call.returns(errno);
    }
    result
}

/// Puts a page where a process needs one. The caller has mmap_sem for reading.
///
/// Linux: mm/memory.c, `handle_mm_fault()`, `handle_pte_fault()`; it only chooses.
/// Left out: the zero page; reading untouched anonymous memory maps nothing.
///
/// # Errors
/// `EFAULT` if the mapping does not allow it, `SIGBUS` beyond the end of a file, `ENOMEM` when frames, anon_vmas or swap run out.
pub async fn handle_mm_fault<C: Cpu>(
    cx: &Cx<C>,
    mm: Mm,
    vma: Vma,
    at: u64,
    write: bool,
) -> Result<(), &'static str> {
    let entry = cx.read(mm.pte(at).entry()).await;
    let file = cx.peek(vma.file());
    let vm_flags = cx.peek(vma.flags());
    let shared = vm_flags.contains(VmFlags::SHARED);
    let wanted = if write { VmFlags::WRITE } else { VmFlags::READ };
    if !vm_flags.contains(wanted) {
        return Err("EFAULT");
    }
    match entry {
        PteEntry::Swap(slot) => do_swap_page(cx, mm, vma, at, slot, write).await,
        PteEntry::Present {
            writable: false, ..
        } if write => do_wp_page(cx, mm, vma, at, entry).await,
        PteEntry::Present { .. } | PteEntry::Migration(_) => Ok(()),
        PteEntry::None if file.is_null() && !write => Ok(()),
        PteEntry::None if file.is_null() => do_anonymous_page(cx, mm, vma, at).await,
        PteEntry::None if write && !shared => do_cow_fault(cx, mm, vma, at, file).await,
        PteEntry::None => do_file_fault(cx, mm, vma, at, file, write).await,
    }
}

const DO_ANONYMOUS_PAGE: Function = linux("do_anonymous_page", "mm/memory.c", 2663);

/// Gives untouched anonymous memory its first page.
///
/// Linux: mm/memory.c, `do_anonymous_page()`.
/// Left out: userfaultfd.
async fn do_anonymous_page<C: Cpu>(
    cx: &Cx<C>,
    mm: Mm,
    vma: Vma,
    at: u64,
) -> Result<(), &'static str> {
    let _call = cx.enter(
        &DO_ANONYMOUS_PAGE,
        [mm.into(), vma.into(), Argument::Number(at)],
    );
    if !anon_vma_prepare(cx, vma).await {
        return Err("ENOMEM");
    }
    let Some(page) = alloc_page(cx).await else {
        return Err("ENOMEM");
    };
    map_new_anon_page(cx, mm, vma, at, page).await;
    Ok(())
}

/// Maps a new page as anonymous memory, unless somebody else was faster.
async fn map_new_anon_page<C: Cpu>(cx: &Cx<C>, mm: Mm, vma: Vma, at: u64, page: Page) {
    let pte = mm.pte(at);
    cx.spin_lock(mm.page_table_lock()).await;
    if cx.read(pte.entry()).await == PteEntry::None {
        page_add_new_anon_rmap(cx, page, vma, at).await;
        lru_cache_add_active_or_unevictable(cx, page, vma).await;
        let entry = PteEntry::Present {
            page,
            young: true,
            dirty: true,
            writable: true,
        };
        cx.exchange(
            pte.entry(),
            entry,
            [page.hands_over(Reference::Pin, Reference::Pte)],
        )
        .await;
        cx.spin_unlock(mm.page_table_lock()).await;
    } else {
        cx.spin_unlock(mm.page_table_lock()).await;
        put_page(cx, page, Reference::Pin).await;
    }
}

const DO_COW_FAULT: Function = linux("do_cow_fault", "mm/memory.c", 2979);

/// Writes to a page of a privately mapped file: the process gets a copy of its own, which is anonymous memory.
///
/// Linux: mm/memory.c, `do_cow_fault()`.
/// Left out: pages that a file system has no `struct page` for.
async fn do_cow_fault<C: Cpu>(
    cx: &Cx<C>,
    mm: Mm,
    vma: Vma,
    at: u64,
    file: File,
) -> Result<(), &'static str> {
    let _call = cx.enter(&DO_COW_FAULT, [mm.into(), vma.into(), Argument::Number(at)]);
    if !anon_vma_prepare(cx, vma).await {
        return Err("ENOMEM");
    }
    let Some(copy) = alloc_page(cx).await else {
        return Err("ENOMEM");
    };
    let index = at - cx.peek(vma.start()) + cx.peek(vma.pgoff());
    let original = match filemap_fault(cx, file, index).await {
        Ok(page) => page,
        Err(errno) => {
            put_page(cx, copy, Reference::Pin).await;
            return Err(errno);
        }
    };
    map_new_anon_page(cx, mm, vma, at, copy).await;
    cx.bit_unlock(original.lock()).await;
    put_page(cx, original, Reference::Pin).await;
    Ok(())
}

const DO_READ_FAULT: Function = linux("do_read_fault", "mm/memory.c", 2939);
const DO_SHARED_FAULT: Function = linux("do_shared_fault", "mm/memory.c", 3045);

/// Maps a page of a file itself. It never looks at VM_LOCKED: a page that comes in this way is not mlocked.
///
/// Linux: mm/memory.c, `do_read_fault()` and `do_shared_fault()`, `do_set_pte()` 2810. Left out: page_mkwrite.
async fn do_file_fault<C: Cpu>(
    cx: &Cx<C>,
    mm: Mm,
    vma: Vma,
    at: u64,
    file: File,
    write: bool,
) -> Result<(), &'static str> {
    let function = if write {
        &DO_SHARED_FAULT
    } else {
        &DO_READ_FAULT
    };
    let _call = cx.enter(function, [mm.into(), vma.into(), Argument::Number(at)]);
    let index = at - cx.peek(vma.start()) + cx.peek(vma.pgoff());
    let pte = mm.pte(at);
    if !write && cx.world.fault_around() > 1 && do_fault_around(cx, mm, vma, at, file).await {
        return Ok(());
    }
    let page = filemap_fault(cx, file, index).await?;
    cx.spin_lock(mm.page_table_lock()).await;
    if cx.read(pte.entry()).await != PteEntry::None {
        cx.spin_unlock(mm.page_table_lock()).await;
        cx.bit_unlock(page.lock()).await;
        put_page(cx, page, Reference::Pin).await;
        return Ok(());
    }
    page_add_file_rmap(cx, page).await;
    let entry = PteEntry::Present {
        page,
        young: true,
        dirty: write,
        writable: write,
    };
    cx.write(pte.entry(), entry).await;
    cx.spin_unlock(mm.page_table_lock()).await;
    if write {
        cx.set_bits(page.flags(), PageFlags::DIRTY, []).await;
    }
    cx.bit_unlock(page.lock()).await;
    Ok(())
}

const DO_SWAP_PAGE: Function = linux("do_swap_page", "mm/memory.c", 2446);

/// Brings a page back from the swap device. It never looks at VM_LOCKED to mark it: a page that comes in this way is not mlocked.
///
/// Linux: mm/memory.c, `do_swap_page()`. Left out: read-ahead, KSM, giving the slot up early because swap is nearly full or the page is mlocked
/// for another mapping.
async fn do_swap_page<C: Cpu>(
    cx: &Cx<C>,
    mm: Mm,
    vma: Vma,
    at: u64,
    slot: u64,
    write: bool,
) -> Result<(), &'static str> {
    let _call = cx.enter(&DO_SWAP_PAGE, [mm.into(), vma.into(), Argument::Number(at)]);
    let pte = mm.pte(at);
    let found = cx.read(cx.world.swap_slot(slot).cached()).await;
    let page = if !found.is_null()
        && cx
            .add_unless_zero(found.count(), 1, [found.takes(Reference::Pin)])
            .await
    {
        found
    } else {
        let Some(page) = swapin(cx, slot).await else {
            return Err("ENOMEM");
        };
        page
    };
    cx.bit_lock(page.lock()).await;
    let in_swap_cache = cx.test(page.flags(), PageFlags::SWAPCACHE).await;
    cx.spin_lock(mm.page_table_lock()).await;
    let entry = cx.read(pte.entry()).await;
    if entry != PteEntry::Swap(slot) || !in_swap_cache {
        cx.spin_unlock(mm.page_table_lock()).await;
        cx.bit_unlock(page.lock()).await;
        put_page(cx, page, Reference::Pin).await;
        return Ok(());
    }
    let writable = write && reuse_swap_page(cx, page).await;
    cx.write(
        pte.entry(),
        PteEntry::Present {
            page,
            young: true,
            dirty: writable,
            writable,
        },
    )
    .await;
    do_page_add_anon_rmap(cx, page, vma, at).await;
    swap_free(cx, slot).await;
    if cx.test(vma.flags(), VmFlags::LOCKED).await {
        try_to_free_swap(cx, page).await;
    }
    cx.bit_unlock(page.lock()).await;
    cx.spin_unlock(mm.page_table_lock()).await;
    Ok(())
}

const READ_SWAP_CACHE_ASYNC: Function = linux("read_swap_cache_async", "mm/swap_state.c", 0);

/// Reads a slot into a new page of the swap cache; it comes back pinned.
///
/// Linux: mm/swap_state.c, `read_swap_cache_async()`. Left out: the time reading takes, and somebody else doing the same meanwhile.
async fn swapin<C: Cpu>(cx: &Cx<C>, slot: u64) -> Option<Page> {
    let _call = cx.enter(&READ_SWAP_CACHE_ASYNC, [Argument::Number(slot)]);
    let page = alloc_page(cx).await?;
    cx.bit_lock(page.lock()).await;
    cx.set_bits(page.flags(), PageFlags::SWAPBACKED, []).await;
    crate::swapfile::swapcache_prepare(cx, slot).await;
    add_to_swap_cache(cx, page, slot).await;
    lru_cache_add(cx, page).await;
    cx.bit_unlock(page.lock()).await;
    lru_add_drain(cx).await;
    Some(page)
}
