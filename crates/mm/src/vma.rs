//! `struct vm_area_struct`: one mapping of a process; and `struct mm_struct`, the process's memory.

use bitflags::bitflags;
use lockstep_machine::{RwSem, SpinLock};

use crate::anon_vma::AnonVma;
use crate::file::File;
use crate::handle::{flags_value, handle};
use crate::pte::Pte;

handle! {
    /// A mapping of a process. Linux: `struct vm_area_struct`, include/linux/mm_types.h.
    Vma[8] {
        /// `vm_flags`: a plain word, neither atomic nor behind one lock.
        flags @ 0: VmFlags,
        /// `vm_start`, in pages.
        start @ 1: u64,
        /// `vm_end`, in pages.
        end @ 2: u64,
        /// `vm_mm`.
        mm @ 3: Mm,
        /// `vm_pgoff`: the page of the file, or of the anonymous range, that `start` shows.
        pgoff @ 4: u64,
        /// `vm_file`, down to its address_space; NULL for anonymous memory.
        file @ 5: File,
        /// `anon_vma`: NULL until the first anonymous page.
        anon_vma @ 6: AnonVma,
        /// Whether this vma exists.
        in_use @ 7: bool,
    }
}

handle! {
    /// The memory of a process. Linux: `struct mm_struct`, include/linux/mm_types.h.
    ///
    /// The page table stands behind it, one entry a page of address space, under one lock.
    Mm[10] {
        /// The first word of `mmap_sem`.
        mmap_sem_word @ 0: u64,
        /// `page_table_lock`, which here covers the whole table: the model's address spaces fit in one page-table page.
        page_table_lock_word @ 3: u64,
        /// `mm_users`: 0 once nobody runs in it any more.
        users @ 4: i64,
        /// `locked_vm`: pages counted against the limit on locked memory.
        locked_vm @ 5: i64,
        /// `total_vm`: pages mapped.
        total_vm @ 6: i64,
        /// `def_flags`: flags every new mapping gets.
        def_flags @ 7: VmFlags,
        /// `RLIMIT_MEMLOCK`, in pages.
        memlock_limit @ 8: i64,
        /// `CAP_IPC_LOCK`: the limit does not count.
        may_lock_any @ 9: bool,
    }
}

impl Mm {
    /// `mmap_sem`: protects the list of mappings.
    pub fn mmap_sem(self) -> RwSem {
        RwSem(self.mmap_sem_word().address())
    }

    /// The page-table lock, "ptl".
    pub fn page_table_lock(self) -> SpinLock {
        SpinLock(self.page_table_lock_word().address())
    }

    /// The entry of the page at `address`, which must lie inside the address space.
    pub fn pte(self, address: u64) -> Pte {
        Pte(self.0.offset(Self::WORDS + address as u32))
    }
}

impl Vma {
    /// The address of `page` in this mapping if its index lies inside. Linux: mm/internal.h, `vma_address()`.
    pub(crate) fn address_of(index: u64, start: u64, end: u64, pgoff: u64) -> Option<u64> {
        let address = start + index.checked_sub(pgoff)?;
        (address < end).then_some(address)
    }
}

bitflags! {
    /// `vm_flags`. Linux: include/linux/mm.h.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct VmFlags: u64 {
        /// `VM_READ`.
        const READ = 0x1;
        /// `VM_WRITE`.
        const WRITE = 0x2;
        /// `VM_SHARED`.
        const SHARED = 0x8;
        /// `VM_LOCKED`: its pages are to stay in memory.
        const LOCKED = 0x2000;
        /// `VM_LOCKONFAULT`: but only once they have been touched.
        const LOCKONFAULT = 0x8_0000;
    }
}

impl VmFlags {
    /// What munlock takes away: the complement of `VM_LOCKED_CLEAR_MASK`.
    pub const LOCKED_BOTH: Self = Self::LOCKED.union(Self::LOCKONFAULT);

    /// All flags with the kernel's names, in the order of the bits.
    pub const NAMES: &[(Self, &'static str)] = &[
        (Self::READ, "VM_READ"),
        (Self::WRITE, "VM_WRITE"),
        (Self::SHARED, "VM_SHARED"),
        (Self::LOCKED, "VM_LOCKED"),
        (Self::LOCKONFAULT, "VM_LOCKONFAULT"),
    ];
}

flags_value!(VmFlags);
