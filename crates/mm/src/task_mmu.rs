//! What /proc lets one process do to the memory of another.
//!
//! Linux: fs/proc/task_mmu.c, v4.4.

use lockstep_machine::{Cpu, Function};

use crate::cx::{Cx, linux};
use crate::munlock::store_flags;
use crate::vma::{Mm, VmFlags};

const CLEAR_REFS_WRITE: Function = linux("clear_refs_write", "fs/proc/task_mmu.c", 0);

/// Takes VM_SOFTDIRTY off every mapping of a process, by compound assignments to `vm_flags` under mmap_sem: of all who store
/// to that word, one whose store has nothing to do with locking. Whether it shows depends on how the store is carried out.
///
/// Linux: fs/proc/task_mmu.c, `clear_refs_write()` with CLEAR_REFS_SOFT_DIRTY. Left out: the bit itself, which nothing else here
/// looks at; the first look without the lock for writing; the walk over the page table, under mmap_sem for reading.
pub async fn clear_refs_write<C: Cpu>(cx: &Cx<C>, mm: Mm) {
    let _call = cx.enter(&CLEAR_REFS_WRITE, [mm.into()]);
    cx.down_write(mm.mmap_sem()).await;
    for vma in cx.world.vmas() {
        if cx.peek(vma.in_use()) && cx.peek(vma.mm()) == mm {
            let locked = cx.peek(vma.flags()).intersection(VmFlags::LOCKED_BOTH);
            store_flags(cx, vma, locked).await;
        }
    }
    cx.up_write(mm.mmap_sem()).await;
}
