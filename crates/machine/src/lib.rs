//! An emulated machine: threads of atomic steps on shared words and locks, run in any order one likes.
//!
//! Code for it is written once, as `async fn`s against the [`Cpu`] trait.
//! Every awaited [`Cpu`] operation is one atomic step on a named word or lock, and the only place where another thread can get in between.
//! The [`Machine`] runs such code on one real thread: each emulated thread posts its next step and suspends,
//! and whoever drives the machine (a [`Schedule`], a [`script`], a reader's finger, a search) says whose step is executed.
//!
//! ```
//! use lockstep_machine::{Machine, Schedule, ThreadId, toy::Toy, run};
//!
//! let toy = Toy::lost_update(2);
//! let mut machine = Machine::new(&toy);
//! let schedule: Schedule = "ABAB".parse()?;
//! let report = run::strict(&mut machine, &schedule);
//! assert!(report.refusal.is_none());
//! assert_eq!(machine.word(Toy::COUNTER), 1); // two increments, one lost
//! # Ok::<(), lockstep_machine::ScheduleError>(())
//! ```
//!
//! This crate refuses to know what the words mean: no pages, no VMAs, no files, no text for people.
//! It has no clock, no randomness and no hashing, so the same program and schedule give the same [`Trace`], byte for byte, everywhere.

pub mod bare;
mod cpu;
mod emulated;
mod execute;
mod fault;
mod function;
mod gather;
mod held;
mod machine;
mod operation;
mod puppet;
pub mod run;
mod schedule;
pub mod script;
mod state;
mod thread;
pub mod toy;
mod trace;
mod word;

pub use cpu::{Call, Cpu};
pub use emulated::EmulatedCpu;
pub use fault::{Fault, FaultRecord};
pub use function::{Argument, Function};
pub use gather::Gather;
pub use held::{Held, HeldLock, LockMode};
pub use machine::{Blocked, Machine, Pending, Program, Readiness, ThreadBody};
pub use operation::{Action, Operation, Rider, Update};
pub use puppet::Puppet;
pub use schedule::{Schedule, ScheduleError, ScheduleProblem};
pub use thread::ThreadId;
pub use trace::{Change, Effect, Event, Frame, Mark, Trace};
pub use word::{Address, BitLock, RwSem, SpinLock, Value, Word};
