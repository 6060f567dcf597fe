//! Shared memory that is locked as a whole: the other reason for a page to be unevictable.
//!
//! Linux: mm/shmem.c, v4.4. Its pages are those of a file; what is particular to them here is `shmctl()`.

use lockstep_machine::{Cpu, Function};

use crate::cx::{Cx, linux};
use crate::file::File;
use crate::filemap::find_get_entry;
use crate::page::Reference;
use crate::swap::put_page;
use crate::vmscan::check_move_unevictable_pages;

const SHMEM_LOCK: Function = linux("shmem_lock", "mm/shmem.c", 0);

/// `shmctl(SHM_LOCK)` and `shmctl(SHM_UNLOCK)`: all pages of the file stay in memory, or need not any more.
///
/// Linux: mm/shmem.c, `shmem_lock()`. Left out: the limit on locked memory, which counts such a file for its user.
/// Locking moves no page: reclaim does, when it finds one.
pub async fn shmem_lock<C: Cpu>(cx: &Cx<C>, file: File, lock: bool) {
    let _call = cx.enter(&SHMEM_LOCK, [file.into()]);
    cx.write(file.is_unevictable(), lock).await;
    if !lock {
        shmem_unlock_mapping(cx, file).await;
    }
}

const SHMEM_UNLOCK_MAPPING: Function = linux("shmem_unlock_mapping", "mm/shmem.c", 0);

/// Brings the pages of a file back to where reclaim looks, unless they are mlocked.
///
/// Linux: mm/shmem.c, `shmem_unlock_mapping()`. Left out: batches.
async fn shmem_unlock_mapping<C: Cpu>(cx: &Cx<C>, file: File) {
    let _call = cx.enter(&SHMEM_UNLOCK_MAPPING, [file.into()]);
    for index in 0..u64::from(cx.world.sizes().file_pages) {
        if let Some(page) = find_get_entry(cx, file, index).await {
            check_move_unevictable_pages(cx, page).await;
            put_page(cx, page, Reference::Pin).await;
        }
    }
}
