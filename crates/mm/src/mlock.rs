//! Locking memory: the mark on a page, and the system calls that ask for it.
//!
//! Linux: mm/mlock.c, v4.4.

use lockstep_machine::{Argument, Cpu, Function};

use crate::cx::{Cx, linux};
use crate::gup::{OnError, mm_populate};
use crate::mmap::adjust::{split_vma, vma_merge};
use crate::mmap::find_vma_near;
use crate::munlock::{munlock_vma_pages_range, store_flags};
use crate::page::{Page, PageFlags};
use crate::swap::lru_add_drain_all;
use crate::vma::{Mm, VmFlags, Vma};
use crate::vmscan::{isolate_lru_page, putback_lru_page};

const MLOCK_VMA_PAGE: Function = linux("mlock_vma_page", "mm/mlock.c", 80);

/// Marks `page` mlocked and, the first time, moves it to the unevictable list if nobody else has it isolated.
///
/// Linux: mm/mlock.c, `mlock_vma_page()`. The caller has the page lock.
pub async fn mlock_vma_page<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&MLOCK_VMA_PAGE, [page.into()]);
    if !cx.peek(page.flags()).contains(PageFlags::LOCKED) {
        cx.bug("mlock_vma_page() of a page that is not locked")
            .await;
    }
    let was_mlocked = cx.test_and_set(page.flags(), PageFlags::MLOCKED, []).await;
    if was_mlocked {
        return;
    }
    let zone = cx.world.zone();
    cx.add(zone.nr_mlock(), 1, [zone.pgmlocked().adds(1)]).await;
    if isolate_lru_page(cx, page).await {
        putback_lru_page(cx, page).await;
    }
}

const CLEAR_PAGE_MLOCK: Function = linux("clear_page_mlock", "mm/mlock.c", 57);

/// Takes the mlocked mark off a page that just lost its last mapping.
///
/// Linux: mm/mlock.c, `clear_page_mlock()`. The caller has the page-table lock.
pub async fn clear_page_mlock<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&CLEAR_PAGE_MLOCK, [page.into()]);
    let was_mlocked = cx
        .test_and_clear(page.flags(), PageFlags::MLOCKED, [])
        .await;
    if !was_mlocked {
        return;
    }
    let zone = cx.world.zone();
    cx.add(zone.nr_mlock(), -1, [zone.pgcleared().adds(1)])
        .await;
    if isolate_lru_page(cx, page).await {
        putback_lru_page(cx, page).await;
        return;
    }
    if cx.test(page.flags(), PageFlags::UNEVICTABLE).await {
        cx.add(zone.pgstranded(), 1, []).await;
    }
}

/// What `mlock()` and `mlock2()` ask for. Linux: include/uapi/asm-generic/mman.h, `MLOCK_ONFAULT`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lock {
    /// Every page now and later.
    All,
    /// Pages as they are touched: `MLOCK_ONFAULT`.
    OnFault,
}

impl Lock {
    fn flags(self) -> VmFlags {
        match self {
            Self::All => VmFlags::LOCKED,
            Self::OnFault => VmFlags::LOCKED_BOTH,
        }
    }
}

/// Whether a process may lock memory at all. Linux: mm/mlock.c, `can_do_mlock()`, line 27.
pub(crate) fn can_do_mlock<C: Cpu>(cx: &Cx<C>, mm: Mm) -> Result<(), &'static str> {
    let may = cx.peek(mm.memlock_limit()) != 0 || cx.peek(mm.may_lock_any());
    if may { Ok(()) } else { Err("EPERM") }
}

/// Whether so many locked pages are within the process's limit.
pub(crate) fn within_limit<C: Cpu>(cx: &Cx<C>, mm: Mm, pages: i64) -> bool {
    cx.peek(mm.may_lock_any()) || pages <= cx.peek(mm.memlock_limit())
}

const DO_MLOCK: Function = linux("do_mlock", "mm/mlock.c", 607);

/// `mlock()` and `mlock2()`: marks the mappings of a range locked, then brings their pages in.
///
/// Linux: mm/mlock.c, `do_mlock()`. At v4.4 pages that are locked already count against the limit a second time.
///
/// # Errors
/// `EPERM` without the right to lock anything; `ENOMEM` over the limit, or where nothing is mapped: mappings before the hole stay locked, and nothing is brought in.
pub async fn do_mlock<C: Cpu>(
    cx: &Cx<C>,
    mm: Mm,
    start: u64,
    pages: u64,
    lock: Lock,
) -> Result<(), &'static str> {
    let call = cx.enter(
        &DO_MLOCK,
        [mm.into(), Argument::Number(start), Argument::Number(pages)],
    );
    can_do_mlock(cx, mm)?;
    lru_add_drain_all(cx).await;
    cx.down_write(mm.mmap_sem()).await;
    let locked = cx.read(mm.locked_vm()).await + pages.cast_signed();
    let applied = if within_limit(cx, mm, locked) {
        apply_vma_lock_flags(cx, mm, start, start + pages, lock.flags()).await
    } else {
        Err("ENOMEM")
    };
    cx.up_write(mm.mmap_sem()).await;
    if let Err(errno) = applied {
        call.returns(errno);
        return applied;
    }
    mm_populate(cx, mm, start, pages, OnError::Stop).await
}

const MUNLOCK: Function = linux("munlock", "mm/mlock.c", 661);

/// `munlock()`: takes a range's mappings out of locked memory. It asks for no right.
///
/// Linux: mm/mlock.c, the system call `munlock()`.
///
/// # Errors
/// `ENOMEM` where nothing is mapped; mappings before the hole stay unlocked.
pub async fn munlock<C: Cpu>(
    cx: &Cx<C>,
    mm: Mm,
    start: u64,
    pages: u64,
) -> Result<(), &'static str> {
    let _call = cx.enter(
        &MUNLOCK,
        [mm.into(), Argument::Number(start), Argument::Number(pages)],
    );
    cx.down_write(mm.mmap_sem()).await;
    let applied = apply_vma_lock_flags(cx, mm, start, start + pages, VmFlags::empty()).await;
    cx.up_write(mm.mmap_sem()).await;
    applied
}

const APPLY_VMA_LOCK_FLAGS: Function = linux("apply_vma_lock_flags", "mm/mlock.c", 558);

/// Gives every mapping in a range new lock flags. The caller has mmap_sem for writing.
///
/// Linux: mm/mlock.c, `apply_vma_lock_flags()`.
/// Left out: ranges that wrap around.
async fn apply_vma_lock_flags<C: Cpu>(
    cx: &Cx<C>,
    mm: Mm,
    start: u64,
    end: u64,
    flags: VmFlags,
) -> Result<(), &'static str> {
    let _call = cx.enter(
        &APPLY_VMA_LOCK_FLAGS,
        [mm.into(), Argument::Number(start), Argument::Number(end)],
    );
    let (mut at, mut last) = (start, Vma::NULL);
    while at < end {
        let Some(vma) = find_vma_near(cx, mm, at, last) else {
            return Err("ENOMEM");
        };
        last = vma;
        let to = end.min(cx.peek(vma.end()));
        mlock_fixup(cx, vma, at, to, flags).await?;
        at = to;
    }
    Ok(())
}

const MLOCK_FIXUP: Function = linux("mlock_fixup", "mm/mlock.c", 498);

/// Gives the part of one mapping from `start` to `end` new lock flags, cutting it out or joining it with neighbours.
///
/// Linux: mm/mlock.c, `mlock_fixup()`. Locking is a plain store under mmap_sem, without any page-table lock.
/// The kernel joins a range with its neighbours before it stores, and this model after that.
/// Left out: special and huge mappings, which are never locked.
async fn mlock_fixup<C: Cpu>(
    cx: &Cx<C>,
    vma: Vma,
    start: u64,
    end: u64,
    flags: VmFlags,
) -> Result<(), &'static str> {
    let _call = cx.enter(
        &MLOCK_FIXUP,
        [vma.into(), Argument::Number(start), Argument::Number(end)],
    );
    let old = cx.read(vma.flags()).await;
    let new = old.difference(VmFlags::LOCKED_BOTH) | flags;
    if new == old {
        return Ok(());
    }
    let mut ours = vma;
    if cx.peek(ours.start()) < start {
        ours = split_vma(cx, ours, start).await.ok_or("ENOMEM")?;
    }
    if cx.peek(ours.end()) > end {
        split_vma(cx, ours, end).await.ok_or("ENOMEM")?;
    }
    let mm = cx.peek(ours.mm());
    let locks = flags.contains(VmFlags::LOCKED);
    // v4.4 counts a range again when LOCKONFAULT is turned into a full lock.
    let pages = (end - start).cast_signed();
    cx.add(mm.locked_vm(), if locks { pages } else { -pages }, [])
        .await;
    if locks {
        store_flags(cx, ours, flags).await;
    } else {
        munlock_vma_pages_range(cx, ours, start, end).await;
    }
    vma_merge(cx, ours, new).await;
    Ok(())
}

/// What `mlockall()` is asked to lock. Linux: include/uapi/asm-generic/mman.h, `MCL_*`.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct LockAll {
    /// `MCL_CURRENT`.
    pub current: bool,
    /// `MCL_FUTURE`.
    pub future: bool,
    /// `MCL_ONFAULT`.
    pub on_fault: bool,
}

const MLOCKALL: Function = linux("mlockall", "mm/mlock.c", 721);

/// `mlockall()`: locks all mappings there are, those to come, or both.
///
/// Linux: mm/mlock.c, the system call `mlockall()`. At v4.4 `MCL_ONFAULT` alone is accepted, and unlocks everything.
///
/// # Errors
/// `EINVAL` for nothing at all, `EPERM` without the right, `ENOMEM` if the whole process is over the limit.
pub async fn mlockall<C: Cpu>(cx: &Cx<C>, mm: Mm, lock: LockAll) -> Result<(), &'static str> {
    let _call = cx.enter(&MLOCKALL, [mm.into()]);
    if lock == LockAll::default() {
        return Err("EINVAL");
    }
    can_do_mlock(cx, mm)?;
    if lock.current {
        lru_add_drain_all(cx).await;
    }
    cx.down_write(mm.mmap_sem()).await;
    let total = cx.read(mm.total_vm()).await;
    let fits = !lock.current || within_limit(cx, mm, total);
    if fits {
        apply_mlockall_flags(cx, mm, lock).await;
    }
    cx.up_write(mm.mmap_sem()).await;
    if !fits {
        return Err("ENOMEM");
    }
    if lock.current {
        // Errors are ignored: what could be locked is.
        let everything = u64::from(cx.world.sizes().address_space);
        _ = mm_populate(cx, mm, 0, everything, OnError::NextMapping).await;
    }
    Ok(())
}

const MUNLOCKALL: Function = linux("munlockall", "mm/mlock.c", 751);

/// `munlockall()`: unlocks all mappings, and those to come.
///
/// Linux: mm/mlock.c, the system call `munlockall()`. It never fails.
pub async fn munlockall<C: Cpu>(cx: &Cx<C>, mm: Mm) {
    let _call = cx.enter(&MUNLOCKALL, [mm.into()]);
    cx.down_write(mm.mmap_sem()).await;
    apply_mlockall_flags(cx, mm, LockAll::default()).await;
    cx.up_write(mm.mmap_sem()).await;
}

const APPLY_MLOCKALL_FLAGS: Function = linux("apply_mlockall_flags", "mm/mlock.c", 685);

/// Gives all mappings, and the default of those to come, their lock flags. The caller has mmap_sem for writing.
///
/// Linux: mm/mlock.c, `apply_mlockall_flags()`.
async fn apply_mlockall_flags<C: Cpu>(cx: &Cx<C>, mm: Mm, lock: LockAll) {
    let _call = cx.enter(&APPLY_MLOCKALL_FLAGS, [mm.into()]);
    let flags = if lock.on_fault {
        VmFlags::LOCKED_BOTH
    } else {
        VmFlags::LOCKED
    };
    let later = if lock.future { flags } else { VmFlags::empty() };
    cx.write(mm.def_flags(), later).await;
    if lock.future && !lock.current {
        return;
    }
    let now = if lock.current {
        flags
    } else {
        VmFlags::empty()
    };
    let mut last = Vma::NULL;
    for at in 0..u64::from(cx.world.sizes().address_space) {
        if let Some(vma) = find_vma_near(cx, mm, at, last) {
            last = vma;
            if cx.peek(vma.start()) != at {
                continue;
            }
            // Errors are ignored, as there.
            _ = mlock_fixup(cx, vma, at, cx.peek(vma.end()), now).await;
        }
    }
}
