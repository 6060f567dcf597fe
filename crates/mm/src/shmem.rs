//! Shared memory that is locked as a whole: the other reason for a page to be unevictable.
//!
//! Linux: mm/shmem.c, v4.4. Its pages are those of a file; what is particular to them here is `shmctl()`, and that memory shared
//! without a file's name has a file all the same.

use lockstep_machine::{Argument, Cpu, Function};

use crate::cx::{Cx, linux};
use crate::file::{File, FileKind};
use crate::filemap::find_get_entry;
use crate::page::Reference;
use crate::swap::put_page;
use crate::truncate::truncate_inode_pages_range;
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

const SHMEM_ZERO_SETUP: Function = linux("shmem_zero_setup", "mm/shmem.c", 0);

/// Makes the file behind shared anonymous memory; `None` if the world has no room for one more.
///
/// Linux: mm/shmem.c, `shmem_zero_setup()`.
/// Left out: limits on the size, accounting.
pub async fn shmem_zero_setup<C: Cpu>(cx: &Cx<C>, pages: u64) -> Option<File> {
    let _call = cx.enter(&SHMEM_ZERO_SETUP, [Argument::Number(pages)]);
    let file = cx.world.files().find(|file| !cx.peek(file.in_use()))?;
    cx.write_with(
        file.kind(),
        FileKind::Anonymous,
        [file.size().stores(pages)],
    )
    .await;
    Some(file)
}

const SHMEM_EVICT_INODE: Function = linux("shmem_evict_inode", "mm/shmem.c", 0);

/// A mapping lets go of its file. A file without a name ends with the last, and its pages with it.
///
/// Linux: fs/file_table.c, `fput()`; mm/shmem.c, `shmem_evict_inode()`. A file with a name is there for the whole run.
/// Left out: putting it off until the process returns from the kernel.
pub async fn fput<C: Cpu>(cx: &Cx<C>, file: File) {
    if file.is_null() || cx.peek(file.kind()) != FileKind::Anonymous {
        return;
    }
    let is_mapped = |(_, word)| cx.peek(word) != 0;
    if cx.world.i_mmap(file).words().any(is_mapped) {
        return;
    }
    let _call = cx.enter(&SHMEM_EVICT_INODE, [file.into()]);
    truncate_inode_pages_range(cx, file, 0, u64::MAX).await;
    cx.write_with(file.kind(), FileKind::None, [file.size().stores(0)])
        .await;
}
