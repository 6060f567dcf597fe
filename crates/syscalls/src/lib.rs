//! Programs of system calls, made one after the other by one process, and what can be seen from outside after each.
//!
//! Such a program has no race in it, so a real kernel can be asked the same: this is the part of the model that can be held
//! against one. A [`Call`] is one line of JSON; [`parse()`] reads a program and finds everything that is wrong with it at once;
//! a [`Model`] makes the calls, and gives a [`State`] after each.

mod call;
mod key;
mod model;
mod parse;
mod state;

pub use call::{Call, Kind, LockFlag, Prot};
pub use model::{Config, Model, Refused};
pub use parse::parse;
pub use state::{PageState, State};

/// How many pages an address space can have, and a file: what one page-table page covers.
pub const ARENA: u64 = 512;
