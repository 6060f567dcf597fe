//! Giving out page frames and taking them back, with the check that a page comes back clean.
//!
//! Linux: mm/page_alloc.c, v4.4.

use lockstep_machine::{Cpu, Function, Gather};

use crate::cx::{Cx, UsedFrames, linux};
use crate::page::{FrameState, Mapping, Page, PageFlags, PageList, Reference, References};
use crate::world::{Memory, World};

const ALLOC_PAGE: Function = linux("alloc_page", "include/linux/gfp.h", 0);

/// Gives out the first free frame, with one reference for the caller; `None` if there is none.
///
/// Linux: mm/page_alloc.c, `__alloc_pages_nodemask()`, reduced to one step. Left out: zones, orders, per-cpu lists, reclaim on the way.
pub async fn alloc_page<C: Cpu>(cx: &Cx<C>) -> Option<Page> {
    let _call = cx.enter(&ALLOC_PAGE, []);
    let freed = cx.peek(cx.world.zone().freed());
    let known = cx.used_frames().get();
    let first = if known.freed == freed {
        known.frames
    } else {
        0
    };
    for (number, page) in (first..).zip(cx.world.pages().skip(first as usize)) {
        if cx.peek(page.state()) != FrameState::Free {
            continue;
        }
        cx.used_frames().set(UsedFrames {
            frames: number,
            freed,
        });
        let ours = cx
            .compare_exchange(
                page.state(),
                FrameState::Free,
                FrameState::InUse,
                [
                    page.flags().stores(PageFlags::UPTODATE),
                    page.count().stores(1),
                    page.takes(Reference::Pin),
                ],
            )
            .await;
        if ours {
            return Some(page);
        }
    }
    None
}

const FREE_HOT_COLD_PAGE: Function = linux("free_hot_cold_page", "mm/page_alloc.c", 2024);

/// Takes a page back whose last reference is gone; a page in a bad state is reported and never used again.
///
/// Linux: mm/page_alloc.c, `free_hot_cold_page()`, `free_pages_prepare()` 953, `free_pages_check()` 737. Left out: per-cpu lists.
pub async fn free_hot_cold_page<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&FREE_HOT_COLD_PAGE, [page.into()]);
    if let Mapping::Anon(_) = cx.peek(page.mapping()) {
        cx.write(page.mapping(), Mapping::None).await;
    }
    let bad = cx.test(page.flags(), PageFlags::CHECK_AT_FREE).await;
    // Nobody else has a reference any more, so these cannot change.
    let in_use = cx.peek(page.mapcount()) != 0
        || cx.peek(page.mapping()) != Mapping::None
        || cx.peek(page.count()) != 0;
    if in_use || bad {
        bad_page(cx, page).await;
        return;
    }
    cx.write_with(
        page.state(),
        FrameState::Free,
        [
            page.flags().stores(PageFlags::empty()),
            page.lru().stores(PageList::None),
            page.references().stores(References(0)),
            cx.world.zone().freed().adds(1),
        ],
    )
    .await;
}

/// The name of the mark `bad_page()` leaves in the trace.
pub const BAD_PAGE: &str = "bad_page";

const BAD_PAGE_FUNCTION: Function = linux("bad_page", "mm/page_alloc.c", 400);

/// Reports a page that was freed in a bad state, and keeps the frame out of use.
///
/// Linux: mm/page_alloc.c, `bad_page()`. The text is made by [`bad_page_report`].
async fn bad_page<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&BAD_PAGE_FUNCTION, [page.into()]);
    cx.mark(BAD_PAGE, page.0);
    let zone = cx.world.zone();
    cx.write_with(
        page.state(),
        FrameState::Bad,
        [zone.tainted().stores(true), zone.freed().adds(1)],
    )
    .await;
}

/// The number of the first frame, as reports print it.
const FIRST_PFN: u64 = 0x1_2a40;

/// What the kernel prints about a bad page, line by line, in the layout of v4.3: `process` is the name of whoever dropped the last reference.
///
/// Linux: mm/page_alloc.c, `bad_page()`; mm/debug.c, `dump_page_badflags()`. Left out: the list of modules and the call trace.
pub fn bad_page_report(
    world: &World,
    memory: Memory<'_>,
    page: Page,
    process: &str,
) -> Vec<String> {
    let flags = memory.get(page.flags());
    let names = |flags: PageFlags| flags.names().joined("|");
    let mapcount = memory.get(page.mapcount());
    let pfn = FIRST_PFN + u64::from(world.page_number(page));
    let mapping = match memory.get(page.mapping()) {
        Mapping::None => "          (null)".to_owned(),
        Mapping::File(address) => format!(
            "{:016x}",
            0xffff_8800_0000_0000_u64 + u64::from(address.0) * 8
        ),
        Mapping::Anon(address) => format!(
            "{:016x}",
            0xffff_8800_0000_0001_u64 + u64::from(address.0) * 8
        ),
    };
    let bad = flags.intersection(PageFlags::CHECK_AT_FREE);
    let because = if !bad.is_empty() {
        "PAGE_FLAGS_CHECK_AT_FREE flag(s) set"
    } else if mapcount != 0 {
        "nonzero mapcount"
    } else if memory.get(page.mapping()) != Mapping::None {
        "non-NULL mapping"
    } else {
        "nonzero _count"
    };
    let mut lines = vec![
        format!("BUG: Bad page state in process {process}  pfn:{pfn:05x}"),
        format!(
            "page:{:016x} count:{} mapcount:{mapcount} mapping:{mapping} index:{:#x}",
            0xffff_ea00_0000_0000_u64 + pfn * 64,
            memory.get(page.count()),
            memory.get(page.index())
        ),
        format!("flags: {:#x}({})", flags.bits(), names(flags)),
        format!("page dumped because: {because}"),
    ];
    if !bad.is_empty() {
        lines.push("bad because of flags:".to_owned());
        lines.push(format!("flags: {:#x}({})", bad.bits(), names(bad)));
    }
    lines
}
