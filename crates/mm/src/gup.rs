//! Bringing in the pages of a range, and marking those of locked mappings on the way.
//!
//! Linux: mm/gup.c, v4.4.

use lockstep_machine::{Argument, Cpu, Function};

use crate::cx::{Cx, linux};
use crate::fault::handle_mm_fault;
use crate::mlock::mlock_vma_page;
use crate::mmap::find_vma_near;
use crate::page::Mapping;
use crate::pte::PteEntry;
use crate::swap::lru_add_drain;
use crate::vma::{Mm, VmFlags, Vma};

/// What bringing pages in does about a page that cannot be had. Linux: `ignore_errors` of `__mm_populate()`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnError {
    /// It ends there: `mlock()`.
    Stop,
    /// It leaves the rest of the mapping, and goes on with the next: `mlockall()` and `mmap()`, which have succeeded already.
    NextMapping,
}

const MM_POPULATE: Function = linux("__mm_populate", "mm/gup.c", 930);

/// Brings in every page of a range that is mapped.
///
/// Linux: mm/gup.c, `__mm_populate()`; mm/mlock.c, `__mlock_posix_error_return()`, line 211. Left out: dropping mmap_sem in the middle of a mapping.
///
/// # Errors
/// `ENOMEM` if a page may not be touched, `EAGAIN` if there was no memory for one. The pages before it have come in.
pub async fn mm_populate<C: Cpu>(
    cx: &Cx<C>,
    mm: Mm,
    start: u64,
    pages: u64,
    on_error: OnError,
) -> Result<(), &'static str> {
    let call = cx.enter(
        &MM_POPULATE,
        [mm.into(), Argument::Number(start), Argument::Number(pages)],
    );
    let mut result = Ok(());
    cx.down_read(mm.mmap_sem()).await;
    let (mut at, end) = (start, start + pages);
    let mut last = Vma::NULL;
    while at < end && result.is_ok() {
        let Some(vma) = find_vma_near(cx, mm, at, last) else {
            at += 1;
            continue;
        };
        last = vma;
        let to = end.min(cx.peek(vma.end()));
        while at < to && result.is_ok() {
            result = populate_page(cx, mm, vma, at).await;
            at += 1;
        }
        if on_error == OnError::NextMapping {
            (result, at) = (Ok(()), to);
        }
    }
    cx.up_read(mm.mmap_sem()).await;
    result.map_err(|errno| {
        call.returns(if errno == "ENOMEM" {
            "EAGAIN"
        } else {
            "ENOMEM"
        })
    })
}

/// Brings in one page: look, fault, look again.
///
/// Linux: mm/gup.c, `populate_vma_page_range()` 883, `__get_user_pages()` 453, `faultin_page()` 295.
/// Left out: signals, and faults that let go of mmap_sem to try again.
async fn populate_page<C: Cpu>(cx: &Cx<C>, mm: Mm, vma: Vma, at: u64) -> Result<(), &'static str> {
    let flags = cx.read(vma.flags()).await;
    if !flags.intersects(VmFlags::READ | VmFlags::WRITE) {
        return Err("EFAULT");
    }
    // A private writable mapping is populated by writing, so that its copies exist before they are needed.
    let write = flags.contains(VmFlags::WRITE) && !flags.contains(VmFlags::SHARED);
    if !write
        && cx.peek(vma.file()).is_null()
        && cx.read(mm.pte(at).entry()).await == PteEntry::None
    {
        // The kernel maps the zero page here, which this model does not have.
        return Ok(());
    }
    // A page can be gone again before the second look; whoever took it will be asked a third time.
    while !follow_page_pte(cx, mm, vma, at, write).await {
        if flags.contains(VmFlags::LOCKONFAULT) {
            return Ok(());
        }
        handle_mm_fault(cx, mm, vma, at, write).await?;
    }
    Ok(())
}

const FOLLOW_PAGE_PTE: Function = linux("follow_page_pte", "mm/gup.c", 61);

/// Looks a page up and, in a locked mapping, marks it mlocked; gives whether there was one that will do.
///
/// Linux: mm/gup.c, `follow_page_pte()` with FOLL_TOUCH and FOLL_MLOCK.
/// If somebody else has the page lock the page is left as it is: reclaim will see to it.
/// Left out: marking the page as accessed, migration entries.
pub async fn follow_page_pte<C: Cpu>(cx: &Cx<C>, mm: Mm, vma: Vma, at: u64, write: bool) -> bool {
    let _call = cx.enter(
        &FOLLOW_PAGE_PTE,
        [mm.into(), vma.into(), Argument::Number(at)],
    );
    let ptl = mm.page_table_lock();
    cx.spin_lock(ptl).await;
    let entry = cx.read(mm.pte(at).entry()).await;
    let PteEntry::Present { page, writable, .. } = entry else {
        cx.spin_unlock(ptl).await;
        return false;
    };
    if write && !writable {
        cx.spin_unlock(ptl).await;
        return false;
    }
    let locked = cx.test(vma.flags(), VmFlags::LOCKED).await;
    if locked && cx.peek(page.mapping()) != Mapping::None && cx.bit_trylock(page.lock()).await {
        lru_add_drain(cx).await;
        mlock_vma_page(cx, page).await;
        cx.bit_unlock(page.lock()).await;
    }
    cx.spin_unlock(ptl).await;
    true
}
