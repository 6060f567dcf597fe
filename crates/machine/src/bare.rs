//! What operations do to bare words, for a search that keeps states of its own instead of running a machine for each.
//!
//! It is the meaning the machine itself uses, so a search cannot disagree with what would be seen there.

use crate::execute::{self, Words};
use crate::{Change, Effect, Operation, ThreadId};

/// Whether `operation` can be executed on `words`; `asked` says that asking for a lock for writing is behind it.
pub fn is_ready(words: &[u64], operation: &Operation, asked: bool) -> bool {
    execute::blocked(words, operation, asked).is_none()
}

/// Executes `operation`, which must be [ready](is_ready), and gives how it ended and what it yields. What it changed is added to `changed`.
pub fn apply(
    words: &mut [u64],
    changed: &mut Vec<Change>,
    thread: ThreadId,
    operation: &Operation,
) -> (Effect, u64) {
    execute::apply(&mut Words { words, changed }, thread, operation)
}
