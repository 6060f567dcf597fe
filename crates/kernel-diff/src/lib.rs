//! The model held against the Linux that is running.
//!
//! A program of system calls has one thread, so its result is no matter of luck, and a kernel can be asked for it. Random programs
//! are run on both, and compared after every call. Nobody has a kernel of the year of the commit at hand, and newer ones lock memory
//! differently in some ways: these are [`rules`], each with its reason, and nothing else is excused. What remains is a mistake, of
//! the model in all likelihood; the program that shows it is shrunk and printed.
//!
//! This crate knows nothing of threads and schedules. It only runs on Linux, and sees the flags of pages only as root.

pub mod campaign;
pub mod compare;
pub mod generate;
pub mod proc;
pub mod programs;
pub mod real;
pub mod rules;
pub mod shrink;
pub mod sight;

use lockstep_syscalls::State;

/// What can be seen of a process after a call, on the model or on the real kernel.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What a program of Lockstep's shows.
    pub state: State,
    /// For each page of the arena the frame there, by some number: the same number means the same frame.
    pub frames: Vec<Option<u64>>,
}
