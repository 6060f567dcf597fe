//! The slots of the swap device, and the swap cache that says which page is in which.
//!
//! Linux: mm/swapfile.c and mm/swap_state.c, v4.4.

use lockstep_machine::{Argument, Cpu, Function};

use crate::cx::{Cx, linux};
use crate::page::{Page, PageFlags, Reference};
use crate::swap::{get_page, lru_add_drain, put_page, release_pages};

/// The bit of a slot's count that says its page is in the swap cache. Linux: include/linux/swap.h, `SWAP_HAS_CACHE`.
const HAS_CACHE: i64 = 0x40;

/// How many page-table entries one slot's count has room for. Linux: include/linux/swap.h, `SWAP_MAP_MAX`.
const MAP_MAX: i64 = 0x3e;

const GET_SWAP_PAGE: Function = linux("get_swap_page", "mm/swapfile.c", 0);

/// Takes a free slot for a page about to enter the swap cache; `None` if the device is full.
///
/// Linux: mm/swapfile.c, `get_swap_page()`.
/// Left out: several devices, their priorities, clusters of slots.
async fn get_swap_page<C: Cpu>(cx: &Cx<C>) -> Option<u64> {
    let _call = cx.enter(&GET_SWAP_PAGE, []);
    let zone = cx.world.zone();
    let mut found = None;
    cx.spin_lock(zone.swap_lock()).await;
    for number in 1..=cx.peek(zone.swap_slots()) {
        let slot = cx.world.swap_slot(number);
        if cx.read(slot.count()).await == 0 {
            cx.write(slot.count(), HAS_CACHE).await;
            found = Some(number);
            break;
        }
    }
    cx.spin_unlock(zone.swap_lock()).await;
    found
}

const SWAP_DUPLICATE: Function = linux("swap_duplicate", "mm/swapfile.c", 0);

/// Counts one page-table entry more that refers to a slot; `false` if the slot is not in use or its count is full.
///
/// Linux: mm/swapfile.c, `swap_duplicate()`. Left out: the pages a count continues on, whose allocation can fail.
pub async fn swap_duplicate<C: Cpu>(cx: &Cx<C>, number: u64) -> bool {
    let _call = cx.enter(&SWAP_DUPLICATE, [Argument::Number(number)]);
    let slot = cx.world.swap_slot(number);
    let swap_lock = cx.world.zone().swap_lock();
    cx.spin_lock(swap_lock).await;
    let count = cx.read(slot.count()).await;
    let valid = count != 0 && count & !HAS_CACHE < MAP_MAX;
    if valid {
        cx.add(slot.count(), 1, []).await;
    }
    cx.spin_unlock(swap_lock).await;
    valid
}

const SWAP_FREE: Function = linux("swap_free", "mm/swapfile.c", 0);

/// Counts one page-table entry less that refers to a slot.
///
/// Linux: mm/swapfile.c, `swap_free()`.
pub async fn swap_free<C: Cpu>(cx: &Cx<C>, number: u64) {
    let _call = cx.enter(&SWAP_FREE, [Argument::Number(number)]);
    change_count(cx, number, -1).await;
}

async fn change_count<C: Cpu>(cx: &Cx<C>, number: u64, amount: i64) {
    let swap_lock = cx.world.zone().swap_lock();
    cx.spin_lock(swap_lock).await;
    cx.add(cx.world.swap_slot(number).count(), amount, []).await;
    cx.spin_unlock(swap_lock).await;
}

/// Enters a page into the swap cache under a slot that has been taken for it. The caller has the page lock.
///
/// Linux: mm/swap_state.c, `__add_to_swap_cache()`.
pub(crate) async fn add_to_swap_cache<C: Cpu>(cx: &Cx<C>, page: Page, number: u64) {
    let tree_lock = cx.world.zone().swap_tree_lock();
    get_page(cx, page, Reference::SwapCache).await;
    cx.set_bits(
        page.flags(),
        PageFlags::SWAPCACHE,
        [page.private().stores(number)],
    )
    .await;
    cx.spin_lock(tree_lock).await;
    cx.write(cx.world.swap_slot(number).cached(), page).await;
    cx.spin_unlock(tree_lock).await;
}

const ADD_TO_SWAP: Function = linux("add_to_swap", "mm/swap_state.c", 161);

/// Gives an anonymous page a place on the swap device and enters it into the swap cache; `false` if the device is full. The caller has the page lock.
///
/// Linux: mm/swap_state.c, `add_to_swap()`.
pub async fn add_to_swap<C: Cpu>(cx: &Cx<C>, page: Page) -> bool {
    let _call = cx.enter(&ADD_TO_SWAP, [page.into()]);
    let Some(number) = get_swap_page(cx).await else {
        return false;
    };
    add_to_swap_cache(cx, page, number).await;
    cx.set_bits(page.flags(), PageFlags::DIRTY, []).await;
    true
}

/// Takes a page out of the swap cache's tree; the slot stays taken. The caller has the tree lock and the page lock.
///
/// Linux: mm/swap_state.c, `__delete_from_swap_cache()`.
pub(crate) async fn unlink_from_swap_cache<C: Cpu>(cx: &Cx<C>, page: Page, number: u64) {
    cx.write(cx.world.swap_slot(number).cached(), Page::NULL)
        .await;
    cx.clear_bits(
        page.flags(),
        PageFlags::SWAPCACHE,
        [page.private().stores(0)],
    )
    .await;
}

/// Says that a slot's page is about to be in the swap cache. Linux: mm/swapfile.c, `swapcache_prepare()`.
pub(crate) async fn swapcache_prepare<C: Cpu>(cx: &Cx<C>, number: u64) {
    change_count(cx, number, HAS_CACHE).await;
}

/// Says that a slot's page is no longer in the swap cache. Linux: mm/swapfile.c, `swapcache_free()`.
pub(crate) async fn swapcache_free<C: Cpu>(cx: &Cx<C>, number: u64) {
    change_count(cx, number, -HAS_CACHE).await;
}

const DELETE_FROM_SWAP_CACHE: Function = linux("delete_from_swap_cache", "mm/swap_state.c", 212);

/// Takes a page out of the swap cache and drops the cache's reference. The caller has the page lock.
///
/// Linux: mm/swap_state.c, `delete_from_swap_cache()`.
pub async fn delete_from_swap_cache<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&DELETE_FROM_SWAP_CACHE, [page.into()]);
    let number = cx.peek(page.private());
    let tree_lock = cx.world.zone().swap_tree_lock();
    cx.spin_lock(tree_lock).await;
    unlink_from_swap_cache(cx, page, number).await;
    cx.spin_unlock(tree_lock).await;
    swapcache_free(cx, number).await;
    put_page(cx, page, Reference::SwapCache).await;
}

/// How many page-table entries refer to a slot. Linux: mm/swapfile.c, `page_swapcount()`.
async fn page_swapcount<C: Cpu>(cx: &Cx<C>, number: u64) -> i64 {
    let swap_lock = cx.world.zone().swap_lock();
    cx.spin_lock(swap_lock).await;
    let count = cx.read(cx.world.swap_slot(number).count()).await;
    cx.spin_unlock(swap_lock).await;
    count & !HAS_CACHE
}

const TRY_TO_FREE_SWAP: Function = linux("try_to_free_swap", "mm/swapfile.c", 947);

/// Gives a page's slot back if no page-table entry refers to it; gives whether it did. The caller has the page lock.
///
/// Linux: mm/swapfile.c, `try_to_free_swap()`. Left out: hibernation.
pub async fn try_to_free_swap<C: Cpu>(cx: &Cx<C>, page: Page) -> bool {
    let _call = cx.enter(&TRY_TO_FREE_SWAP, [page.into()]);
    let flags = cx
        .read_bits(page.flags(), PageFlags::SWAPCACHE | PageFlags::WRITEBACK)
        .await;
    if !flags.contains(PageFlags::SWAPCACHE) || flags.contains(PageFlags::WRITEBACK) {
        return false;
    }
    if page_swapcount(cx, cx.peek(page.private())).await > 0 {
        return false;
    }
    delete_from_swap_cache(cx, page).await;
    cx.set_bits(page.flags(), PageFlags::DIRTY, []).await;
    true
}

const REUSE_SWAP_PAGE: Function = linux("reuse_swap_page", "mm/swapfile.c", 925);

/// Whether a writer may have the page for itself; if it was in the swap cache it no longer is. The caller has the page lock.
///
/// Linux: mm/swapfile.c, `reuse_swap_page()`.
pub async fn reuse_swap_page<C: Cpu>(cx: &Cx<C>, page: Page) -> bool {
    let _call = cx.enter(&REUSE_SWAP_PAGE, [page.into()]);
    let mut users = cx.read(page.mapcount()).await;
    let flags = cx
        .read_bits(page.flags(), PageFlags::SWAPCACHE | PageFlags::WRITEBACK)
        .await;
    if users <= 1 && flags.contains(PageFlags::SWAPCACHE) {
        users += page_swapcount(cx, cx.peek(page.private())).await;
        if users == 1 && !flags.contains(PageFlags::WRITEBACK) {
            delete_from_swap_cache(cx, page).await;
            cx.set_bits(page.flags(), PageFlags::DIRTY, []).await;
        }
    }
    users <= 1
}

const FREE_SWAP_CACHE: Function = linux("free_swap_cache", "mm/swap_state.c", 236);

/// Gives the slot of a page that is going away back, if nobody has the page lock.
///
/// Linux: mm/swap_state.c, `free_swap_cache()`.
async fn free_swap_cache<C: Cpu>(cx: &Cx<C>, page: Page) {
    let _call = cx.enter(&FREE_SWAP_CACHE, [page.into()]);
    let in_swap_cache = cx.test(page.flags(), PageFlags::SWAPCACHE).await;
    if !in_swap_cache || cx.read(page.mapcount()).await > 0 {
        return;
    }
    if cx.bit_trylock(page.lock()).await {
        try_to_free_swap(cx, page).await;
        cx.bit_unlock(page.lock()).await;
    }
}

const FREE_PAGES_AND_SWAP_CACHE: Function =
    linux("free_pages_and_swap_cache", "mm/swap_state.c", 258);

/// Drops the references of pages that were unmapped.
///
/// Linux: mm/swap_state.c, `free_pages_and_swap_cache()`.
pub async fn free_pages_and_swap_cache<C: Cpu>(cx: &Cx<C>, pages: &[Page]) {
    let _call = cx.enter(&FREE_PAGES_AND_SWAP_CACHE, []);
    lru_add_drain(cx).await;
    for page in pages {
        free_swap_cache(cx, *page).await;
    }
    release_pages(cx, pages, Reference::Gather).await;
}
