//! `struct anon_vma`: who can map an anonymous page.

use lockstep_machine::RwSem;

use crate::handle::handle;

handle! {
    /// The vmas that can map a set of anonymous pages. Linux: `struct anon_vma`, include/linux/rmap.h.
    AnonVma[5] {
        /// The first word of the root's `rwsem`; every anon_vma here is its own root.
        rwsem_word @ 0: u64,
        /// The vmas, one bit each. The kernel has an interval tree; the order of a walk is that of the bits.
        vmas @ 3: u64,
        /// Whether this anon_vma exists.
        in_use @ 4: bool,
    }
}

impl AnonVma {
    /// `root->rwsem`: protects the tree of vmas.
    pub fn rwsem(self) -> RwSem {
        RwSem(self.rwsem_word().address())
    }
}
