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
//! Memory reordering is not modelled: the steps of all threads form one sequence.
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
