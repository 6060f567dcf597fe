//! The mappings of a process.
//!
//! Linux: mm/mmap.c, v4.4. Cutting and joining mappings is in [`adjust`], the end of a process's memory in [`exit`].

pub mod adjust;
pub mod exit;

use lockstep_machine::{Argument, Cpu, Function};

use crate::anon_vma::AnonVma;
use crate::cx::{Cx, linux};
use crate::file::File;
use crate::gup::{OnError, mm_populate};
use crate::mlock::{can_do_mlock, within_limit};
use crate::shmem::shmem_zero_setup;
use crate::vma::{Mm, VmFlags, Vma};

/// What a new mapping shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Backing {
    /// Nothing: zeroes, until written.
    Anon,
    /// Nothing, and children share it: a file made for it.
    AnonShared,
    /// A file.
    File {
        /// The file.
        file: File,
        /// Its first page that shows.
        offset: u64,
        /// Whether writes go to the file (`MAP_SHARED`) or to copies (`MAP_PRIVATE`).
        shared: bool,
    },
}

/// The mapping at an address. Linux: mm/mmap.c, `find_vma()`, except that the address lies inside.
///
/// It takes no step: mmap_sem, which every caller has, is all that protects the mappings' ranges.
pub fn find_vma<C: Cpu>(cx: &Cx<C>, mm: Mm, at: u64) -> Option<Vma> {
    find_vma_near(cx, mm, at, Vma::NULL)
}

/// The same, looking near a mapping first: whoever goes from mapping to mapping finds the next in no time.
pub(crate) fn find_vma_near<C: Cpu>(cx: &Cx<C>, mm: Mm, at: u64, near: Vma) -> Option<Vma> {
    cx.world.vmas_near(near).find(|vma| {
        cx.peek(vma.in_use())
            && cx.peek(vma.mm()) == mm
            && (cx.peek(vma.start())..cx.peek(vma.end())).contains(&at)
    })
}

const MMAP_REGION: Function = linux("mmap_region", "mm/mmap.c", 1537);

/// `mmap()` at a fixed address: a new mapping in place of whatever was there.
///
/// Linux: mm/mmap.c, `do_mmap()` 1263, `mmap_region()`, `mlock_future_check()` 1242. Left out: choosing an address, limits and rights other than
/// those on locked memory, what a file system does. The kernel lets a neighbour grow where it can; here it is joined afterwards.
///
/// # Errors
/// `EINVAL` for no page at all, `EOVERFLOW` for an offset no file reaches; `EPERM` for `MAP_LOCKED` without the right to lock memory, `EAGAIN` over the limit on it, `ENOMEM` if the world has no room for one more mapping.
pub async fn mmap<C: Cpu>(
    cx: &Cx<C>,
    mm: Mm,
    start: u64,
    pages: u64,
    backing: Backing,
    locked: bool,
    access: VmFlags,
) -> Result<(), &'static str> {
    let _call = cx.enter(
        &MMAP_REGION,
        [mm.into(), Argument::Number(start), Argument::Number(pages)],
    );
    if pages == 0 {
        return Err("EINVAL");
    }
    if matches!(backing, Backing::File { offset, .. } if offset.checked_add(pages).is_none()) {
        return Err("EOVERFLOW");
    }
    if locked {
        can_do_mlock(cx, mm)?;
    }
    cx.down_write(mm.mmap_sem()).await;
    let made = insert(cx, mm, start, pages, backing, locked, access).await;
    cx.up_write(mm.mmap_sem()).await;
    if made?.contains(VmFlags::LOCKED) {
        // Errors are ignored: the mapping is there, and locked.
        _ = mm_populate(cx, mm, start, pages, OnError::NextMapping).await;
    }
    Ok(())
}

async fn insert<C: Cpu>(
    cx: &Cx<C>,
    mm: Mm,
    start: u64,
    pages: u64,
    backing: Backing,
    locked: bool,
    access: VmFlags,
) -> Result<VmFlags, &'static str> {
    let mut flags = access | cx.peek(mm.def_flags());
    if locked {
        flags |= VmFlags::LOCKED;
    }
    if flags.contains(VmFlags::LOCKED) {
        let total = cx.read(mm.locked_vm()).await + pages.cast_signed();
        if !within_limit(cx, mm, total) {
            return Err("EAGAIN");
        }
    }
    let overlaps = |vma: Vma| {
        cx.peek(vma.in_use())
            && cx.peek(vma.mm()) == mm
            && cx.peek(vma.start()) < start + pages
            && start < cx.peek(vma.end())
    };
    if cx.world.vmas().any(overlaps) {
        adjust::munmap_locked(cx, mm, start, start + pages).await?;
    }
    let Some(vma) = cx.world.vmas().find(|vma| !cx.peek(vma.in_use())) else {
        return Err("ENOMEM");
    };
    let (file, pgoff, shared) = match backing {
        Backing::Anon => (File::NULL, start, false),
        Backing::AnonShared => (shmem_zero_setup(cx, pages).await.ok_or("ENOMEM")?, 0, true),
        Backing::File {
            file,
            offset,
            shared,
        } => (file, offset, shared),
    };
    if shared {
        flags |= VmFlags::SHARED;
    }
    cx.write_with(
        vma.in_use(),
        true,
        [
            vma.mm().stores(mm),
            vma.start().stores(start),
            vma.end().stores(start + pages),
        ],
    )
    .await;
    cx.write_with(
        vma.flags(),
        flags,
        [
            vma.pgoff().stores(pgoff),
            vma.file().stores(file),
            vma.anon_vma().stores(AnonVma::NULL),
        ],
    )
    .await;
    cx.add(mm.total_vm(), pages.cast_signed(), [mm.users().stores(1)])
        .await;
    if flags.contains(VmFlags::LOCKED) {
        cx.add(mm.locked_vm(), pages.cast_signed(), []).await;
    }
    if !file.is_null() {
        cx.down_write(file.i_mmap_rwsem()).await;
        let (word, bit) = cx.world.i_mmap(file).bit(vma);
        cx.set_bits(word, bit, []).await;
        cx.up_write(file.i_mmap_rwsem()).await;
    }
    adjust::vma_merge(cx, vma, flags).await;
    Ok(flags)
}

const ANON_VMA_PREPARE: Function = linux("anon_vma_prepare", "mm/rmap.c", 0);

/// Gives a mapping an anon_vma before its first anonymous page; `false` if the world has none left.
///
/// Linux: mm/rmap.c, `anon_vma_prepare()`. Left out: sharing one with a neighbour.
pub async fn anon_vma_prepare<C: Cpu>(cx: &Cx<C>, vma: Vma) -> bool {
    if !cx.peek(vma.anon_vma()).is_null() {
        return true;
    }
    let _call = cx.enter(&ANON_VMA_PREPARE, [vma.into()]);
    let Some(anon_vma) = unused_anon_vma(cx) else {
        return false;
    };
    cx.down_write(anon_vma.rwsem()).await;
    cx.write_with(vma.anon_vma(), anon_vma, [anon_vma.in_use().stores(true)])
        .await;
    let (word, bit) = cx.world.anon_vma_tree(anon_vma).bit(vma);
    cx.set_bits(word, bit, []).await;
    cx.up_write(anon_vma.rwsem()).await;
    true
}

/// One that was never used, or else one that no mapping is in any more: the kernel frees it with its last mapping.
fn unused_anon_vma<C: Cpu>(cx: &Cx<C>) -> Option<AnonVma> {
    let has_mapping = |anon_vma: &AnonVma| {
        let mut words = cx.world.anon_vma_tree(*anon_vma).words();
        words.any(|(_, word)| cx.peek(word) != 0)
    };
    let mut all = cx.world.anon_vmas();
    all.find(|anon_vma| !cx.peek(anon_vma.in_use()))
        .or_else(|| cx.world.anon_vmas().find(|anon_vma| !has_mapping(anon_vma)))
}
