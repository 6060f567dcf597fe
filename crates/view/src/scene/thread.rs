//! Threads: where each stands, what it holds, what it waits for and what it would do next.

use super::{FactId, Glyph, LockId, LockMode, Pattern, StepNo, ThreadId};

/// One thread at one moment.
#[derive(Clone, PartialEq, Debug)]
pub struct ThreadCard {
    /// The thread.
    pub thread: ThreadId,
    /// Its name: "Reclaim".
    pub name: String,
    /// What it does, in a few words: "kswapd looks at one page".
    pub role: String,
    /// The modelled functions its next step is in, outermost first; empty once it has ended.
    pub stack: Vec<Frame>,
    /// The line of the step it made last, in this run up to the cursor.
    pub last: Option<Place>,
    /// The line of the step it would make next; none when it has finished.
    pub next_place: Option<Place>,
    /// Whether the step at the cursor was this thread's.
    pub is_moving: bool,
    /// Whether it can run.
    pub state: ThreadState,
    /// The locks it holds, in the order it took them.
    pub holds: Vec<Hold>,
    /// What running it would do; none when it has finished.
    pub next: Option<Preview>,
    /// The name of its Run button for a voice: "Run Reclaim. Next: try to take mmap sem for reading."
    pub run_spoken: String,
    /// How many steps it has made.
    pub steps_done: u32,
}

/// A function a thread is in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    /// The function: `try_to_unmap_one`.
    pub function: String,
    /// Where the kernel has it, by name: `mm/rmap.c:1297`; empty if it has no counterpart.
    pub kernel: String,
    /// Its arguments in words, as far as they are told; may be empty.
    pub arguments: String,
}

/// A line of the model's own source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The file inside `crates/mm/src`: `rmap.rs`.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The function it is in.
    pub function: String,
    /// The kernel's function, file and line, by name: `mm/rmap.c:1297`; may be empty.
    pub kernel: String,
}

/// Whether a thread can run.
#[derive(Clone, PartialEq, Debug)]
pub enum ThreadState {
    /// It can.
    Runnable,
    /// It cannot, and why.
    Blocked(Wait),
    /// It has nothing left to do.
    Finished,
}

/// Why a thread cannot run.
#[derive(Clone, PartialEq, Debug)]
pub struct Wait {
    /// The lock it waits for.
    pub lock: LockId,
    /// The lock's label.
    pub label: String,
    /// Who holds it.
    pub holders: Vec<ThreadId>,
    /// The step after which it could not go on.
    pub since: StepNo,
    /// In words: "Truncate waits for ptl. Reclaim holds it."
    pub text: String,
}

/// A lock a thread holds.
#[derive(Clone, PartialEq, Debug)]
pub struct Hold {
    /// The lock.
    pub lock: LockId,
    /// Its label.
    pub label: String,
    /// How it is held.
    pub mode: LockMode,
    /// How it is drawn.
    pub pattern: Pattern,
    /// The step that took it.
    pub since: StepNo,
}

/// What one more step of a thread would do.
#[derive(Clone, PartialEq, Debug)]
pub struct Preview {
    /// The kind of step.
    pub glyph: Glyph,
    /// A few words, as an instruction: "take ptl", "set PG_mlocked".
    pub text: String,
    /// The same for a voice.
    pub spoken: String,
    /// The facts it would change; empty means that nothing on screen would.
    pub effects: Vec<Effect>,
}

/// One value a step would change.
#[derive(Clone, PartialEq, Debug)]
pub struct Effect {
    /// The fact.
    pub fact: FactId,
    /// Its label.
    pub label: String,
    /// What it would be.
    pub value: String,
}
