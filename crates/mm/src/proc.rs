//! What a process could read of all this under /proc: the counters, its mappings, and the flags of pages.
//!
//! Pure functions of a memory, in the numbers Linux shows. None of them says more than Linux 4.4 does: `Locked` of smaps never
//! looks at a page's mark, for example, so only [`kpageflags`] can tell that one is missed or stranded.

use crate::page::{FrameState, Mapping, Page, PageFlags, PageList};
use crate::vma::{Mm, VmFlags, Vma};
use crate::world::{Memory, World};

/// The size of a page in kB.
const PAGE_KB: u64 = 4;
/// How many binary places a share of a page is counted with. Linux: fs/proc/task_mmu.c, `PSS_SHIFT`.
const PSS_SHIFT: u32 = 12;

/// One mapping as /proc/PID/smaps tells it. Linux: fs/proc/task_mmu.c, `show_smap()`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Smaps {
    /// `Size`, kB.
    pub size: u64,
    /// `Rss`: the pages that are there, kB.
    pub rss: u64,
    /// `Pss`: of each of them the share that falls to one of its mappings, kB, rounded down at the end.
    pub pss: u64,
    /// `Locked`: as much as `Pss` if the mapping is locked, whatever the pages say, and 0 if not; kB.
    pub locked: u64,
    /// The letters `lo` among `VmFlags`: VM_LOCKED.
    pub lo: bool,
}

/// `VmLck` of /proc/PID/status, kB: what counts against the limit on locked memory. Linux: fs/proc/task_mmu.c, `task_mem()`.
pub fn vm_lck(memory: Memory<'_>, mm: Mm) -> u64 {
    memory.get(mm.locked_vm()).max(0).unsigned_abs() * PAGE_KB
}

/// A mapping in /proc/PID/smaps.
pub fn smaps(memory: Memory<'_>, vma: Vma) -> Smaps {
    let (start, end) = (memory.get(vma.start()), memory.get(vma.end()));
    let mm = memory.get(vma.mm());
    let mut present = 0;
    let mut shares = 0;
    for at in start..end {
        if let Some(page) = memory.get(mm.pte(at).entry()).page() {
            present += 1;
            let mappers = memory.get(page.mapcount()).max(1).unsigned_abs();
            shares += ((PAGE_KB * 1024) << PSS_SHIFT) / mappers;
        }
    }
    let pss = shares >> (10 + PSS_SHIFT);
    let lo = memory.get(vma.flags()).contains(VmFlags::LOCKED);
    Smaps {
        size: (end - start) * PAGE_KB,
        rss: present * PAGE_KB,
        pss,
        locked: if lo { pss } else { 0 },
        lo,
    }
}

/// The bits of /proc/kpageflags the model knows, by number and name. Linux: include/uapi/linux/kernel-page-flags.h;
/// from 32 on include/linux/kernel-page-flags.h.
pub const KPF: &[(u32, &str)] = &[
    (0, "LOCKED"),
    (2, "REFERENCED"),
    (3, "UPTODATE"),
    (4, "DIRTY"),
    (5, "LRU"),
    (6, "ACTIVE"),
    (8, "WRITEBACK"),
    (10, "BUDDY"),
    (11, "MMAP"),
    (12, "ANON"),
    (13, "SWAPCACHE"),
    (14, "SWAPBACKED"),
    (18, "UNEVICTABLE"),
    (33, "MLOCKED"),
];

/// The entry of a page in /proc/kpageflags. Linux: fs/proc/page.c, `stable_page_flags()`.
pub fn kpageflags(memory: Memory<'_>, page: Page) -> u64 {
    if memory.get(page.state()) == FrameState::Free {
        return 1 << 10;
    }
    let flags = memory.get(page.flags());
    let bits = [
        (0, flags.contains(PageFlags::LOCKED)),
        (2, flags.contains(PageFlags::REFERENCED)),
        (3, flags.contains(PageFlags::UPTODATE)),
        (4, flags.contains(PageFlags::DIRTY)),
        (5, flags.contains(PageFlags::LRU)),
        (6, flags.contains(PageFlags::ACTIVE)),
        (8, flags.contains(PageFlags::WRITEBACK)),
        (11, memory.get(page.mapcount()) > 0),
        (12, matches!(memory.get(page.mapping()), Mapping::Anon(_))),
        (13, flags.contains(PageFlags::SWAPCACHE)),
        (14, flags.contains(PageFlags::SWAPBACKED)),
        (18, flags.contains(PageFlags::UNEVICTABLE)),
        (33, flags.contains(PageFlags::MLOCKED)),
    ];
    bits.into_iter()
        .filter(|(_, is_set)| *is_set)
        .fold(0, |entry, (bit, _)| entry | 1 << bit)
}

/// The lines of /proc/vmstat that this commit can change, with their numbers. Linux: mm/vmstat.c, `vmstat_show()`.
///
/// The kernel keeps the two `nr_` counters in parts, one a processor, and may show them late; the model shows them at once.
pub fn vmstat(world: &World, memory: Memory<'_>) -> [(&'static str, i64); 9] {
    let zone = world.zone();
    let unevictable = world
        .pages()
        .filter(|page| memory.get(page.lru()) == PageList::Unevictable)
        .count() as i64;
    [
        ("nr_mlock", memory.get(zone.nr_mlock())),
        ("nr_unevictable", unevictable),
        ("unevictable_pgs_culled", memory.get(zone.pgculled())),
        ("unevictable_pgs_scanned", memory.get(zone.pgscanned())),
        ("unevictable_pgs_rescued", memory.get(zone.pgrescued())),
        ("unevictable_pgs_mlocked", memory.get(zone.pgmlocked())),
        ("unevictable_pgs_munlocked", memory.get(zone.pgmunlocked())),
        ("unevictable_pgs_cleared", memory.get(zone.pgcleared())),
        ("unevictable_pgs_stranded", memory.get(zone.pgstranded())),
    ]
}
