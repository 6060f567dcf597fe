//! `struct address_space`: a file, its page cache and who maps it.

use lockstep_machine::{RwSem, SpinLock, Value};

use crate::handle::handle;
use crate::page::Page;

handle! {
    /// A file's pages. Linux: `struct address_space`, include/linux/fs.h.
    ///
    /// The page cache stands behind it, one word a page of the file.
    File[9] {
        /// The first word of `i_mmap_rwsem`.
        i_mmap_rwsem_word @ 0: u64,
        /// `tree_lock`.
        tree_lock_word @ 3: u64,
        /// `i_mmap`: the vmas that map the file, one bit each. The kernel has an interval tree; the order of a walk is that of the bits.
        i_mmap @ 4: u64,
        /// `nrpages`: how many pages are in the page cache.
        nrpages @ 5: i64,
        /// `i_size` of the inode, in pages.
        size @ 6: u64,
        /// What keeps its contents, if it exists at all.
        kind @ 7: FileKind,
        /// Whether this file exists.
        in_use @ 7: bool,
        /// `AS_UNEVICTABLE` of `flags`: its pages stay in memory whoever maps them, since `shmctl(SHM_LOCK)`.
        is_unevictable @ 8: bool,
    }
}

/// What keeps the contents of a file; of the kernel's many filesystems, what makes a difference to its pages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileKind {
    /// There is no file.
    None,
    /// A disk.
    Disk,
    /// Memory, and swap: a file of tmpfs.
    Tmpfs,
    /// The same, without a name: what `MAP_SHARED | MAP_ANONYMOUS` shows. It ends with its last mapping.
    Anonymous,
}

impl FileKind {
    /// Whether reclaim has to swap its pages: `PG_swapbacked`.
    pub fn is_swap_backed(self) -> bool {
        matches!(self, Self::Tmpfs | Self::Anonymous)
    }
}

impl Value for FileKind {
    fn from_word(word: u64) -> Self {
        match word {
            0 => Self::None,
            2 => Self::Tmpfs,
            3 => Self::Anonymous,
            _ => Self::Disk,
        }
    }

    fn into_word(self) -> u64 {
        self as u64
    }
}

impl File {
    /// `i_mmap_rwsem`: protects the tree of vmas.
    pub fn i_mmap_rwsem(self) -> RwSem {
        RwSem(self.i_mmap_rwsem_word().address())
    }

    /// `tree_lock`: protects the page cache.
    pub fn tree_lock(self) -> SpinLock {
        SpinLock(self.tree_lock_word().address())
    }

    /// The slot of the page cache for page `index`, which must lie inside the room the world has for a file.
    pub fn slot(self, index: u64) -> lockstep_machine::Word<Page> {
        lockstep_machine::Word::at(self.0.offset(Self::WORDS + index as u32))
    }
}
