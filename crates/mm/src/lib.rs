//! The part of the Linux 4.4 memory manager that commit b87537d9e2fe is about, as code that can be stepped.
//!
//! The modules carry the names of the kernel's files and hold what those hold; the functions carry the kernel's names.
//! Each says which function it models and what it leaves out. They are `async` and generic over the [`Cpu`](lockstep_machine::Cpu)
//! they run on, every awaited operation being one atomic step, and get a [`Cx`] for the processor, the world and the kernel.
//! Where the kernel before the commit and the one after it differ, the code asks the [`kernel::Kernel`] which one it is.
//!
//! Everything shared lives in a flat memory laid out by a [`world::World`]; a handle such as [`page::Page`] is an address in it.
//! A world is made by [`setup::Setup`], which runs system calls, and run as a [`program::Setting`].
//!
//! Left out as a whole:
//!
//! - Reordering of memory accesses: the steps of all threads form one sequence. The argument of the patch needs no more than that whoever takes a lock sees what was done before it was released.
//! - Interrupts, and processors apart from threads: each thread has a processor and its pagevec, and nothing interrupts it.
//! - Huge pages, both transparent and of hugetlbfs; page merging (KSM); memory control groups; NUMA policy; device memory; hardware poison.
//! - The upper levels of page tables: an address space has one page-table page, under one lock.
//! - TLBs, mmu notifiers, and RCU: an entry that is cleared is gone for everybody at once.
//! - Statistics nobody here looks at: the resident set counters, and the zone's counters other than those that /proc/vmstat shows of mlock.
//! - What is passed on the way and changes nothing: rescheduling points, prefetching, accounting of system calls, security hooks.
//! - System calls that only combine what is here: `mremap()`, `mprotect()`, `brk()`, `remap_file_pages()`, writing to a file by `write()`.
//! - Time: reading from and writing to a disk is over at once, and nobody waits for it.
//!
//! This crate refuses to know of schedules, of text formats and of any user interface.

mod handle;

pub mod anon_vma;
pub mod file;
pub mod page;
pub mod pte;
pub mod vma;
pub mod world;
pub mod zone;

mod cx;
pub mod kernel;

pub mod fault;
mod fault_around;
pub mod filemap;
pub mod fork;
pub mod gup;
pub mod memory;
pub mod migrate;
pub mod mlock;
pub mod mmap;
pub mod munlock;
pub mod page_alloc;
pub mod proc;
pub mod rmap;
pub mod shmem;
pub mod shrink;
pub mod swap;
pub mod swapfile;
pub mod task_mmu;
pub mod truncate;
pub mod vmscan;
mod wp;

pub mod invariants;
pub mod program;
pub mod repair;
pub mod setup;

pub use cx::Cx;
