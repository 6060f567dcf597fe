//! What a person is shown: the plain data a page, a terminal or a book draws from.
//!
//! Nothing here computes. A [`Score`] is a whole run seen at once and does not depend on a cursor; a [`Scene`] is one
//! moment of it. Both are made from an executed run by the rest of this crate, and a front end is a pure function of
//! them: every sentence, label and spoken name is already a string for people, and every fact says which step made it
//! true, so that a value on screen can lead to its cause.
//!
//! Steps are counted from 1. Step 0 is the world the set-up calls left behind, before any thread has moved; a cursor at
//! step `n` shows the memory just after step `n`.

mod facts;
mod score;
mod thread;
mod verdict;

pub use facts::{
    Change, Fact, FactGroup, FactId, FactKind, GroupKind, ListTray, LockState, Owner, SetBy, Waiter,
};
pub use score::{
    Beat, Column, Glyph, Lane, LaneSpan, LockBar, LockId, LockLane, Parting, Pattern, Score,
    ThreadRow, WaitBar,
};
pub use thread::{Effect, Frame, Hold, Place, Preview, ThreadCard, ThreadState, Wait};
pub use verdict::{Now, Property, PropertyState, Verdict, VerdictKind, VerdictMark};

/// A thread of a scenario, by its place in it: 0 is letter A.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ThreadId(pub u8);

impl ThreadId {
    /// The letter links and schedules use: `A` for the first thread.
    pub fn letter(self) -> char {
        char::from(b'A'.saturating_add(self.0.min(25)))
    }
}

/// The number of a step, counted from 1; 0 is the moment before the first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct StepNo(pub u32);

/// How a thread holds or asks for a lock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LockMode {
    /// Alone: a spinlock, a bit lock or the write side of a semaphore.
    Exclusive,
    /// Together with other readers.
    Shared,
}

/// What stands above the stage, from the scenario.
#[derive(Clone, PartialEq, Debug)]
pub struct Headline {
    /// The scenario's id, as in links: `truncate-cow-vs-reclaim`.
    pub scenario: String,
    /// Its title: "Truncation against reclaim".
    pub title: String,
    /// What is at stake, as one sentence or question, shown before the first step.
    pub stakes: String,
    /// What the reader should notice, one short sentence each.
    pub notice: Vec<String>,
    /// The set-up, one line for each call that made the world: `mlock(addr, 4096)`.
    pub setup: Vec<String>,
    /// The kernel in words: "before the patch", "after the patch".
    pub kernel: String,
}

/// One moment of a run: everything the page shows at one cursor.
#[derive(Clone, PartialEq, Debug)]
pub struct Scene {
    /// The step this moment follows; 0 is the start.
    pub cursor: StepNo,
    /// How many steps the run has.
    pub steps: u32,
    /// One card for each thread, in letter order.
    pub threads: Vec<ThreadCard>,
    /// The facts, grouped by object, in reading order.
    pub groups: Vec<FactGroup>,
    /// The lists a page can be on, in a fixed order, with the pages on them.
    pub lists: Vec<ListTray>,
    /// The locks in the documented order, outermost first.
    pub locks: Vec<LockState>,
    /// What the last step did.
    pub explain: Explain,
    /// The properties that are always watched.
    pub properties: Vec<Property>,
    /// What can be said of the run so far.
    pub verdict: Verdict,
    /// What the kernel has printed up to now, line by line.
    pub log: Vec<String>,
}

/// What just happened, in one sentence and a list of changes.
#[derive(Clone, PartialEq, Debug)]
pub struct Explain {
    /// The thread that moved; none at step 0.
    pub thread: Option<ThreadId>,
    /// At most 22 words: "Reclaim sets PG_mlocked. The page is no longer mapped."
    pub sentence: String,
    /// The sentence for a voice: "Reclaim sets PG mlocked. The page is no longer mapped."
    pub spoken: String,
    /// The title of the beat at this step, if there is one.
    pub beat: Option<String>,
    /// What the step changed, most telling first.
    pub changes: Vec<Change>,
    /// Where it happened; none at step 0.
    pub place: Option<Place>,
}

/// One row of the transcript.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// The step.
    pub step: StepNo,
    /// The thread that made it.
    pub thread: ThreadId,
    /// The thread's name.
    pub name: String,
    /// Where in the model.
    pub place: Place,
    /// The sentence of the step.
    pub what: String,
    /// The changes in words, "pte: present -> none"; empty if nothing shown changed.
    pub changed: String,
    /// The locks every thread holds after the step, in words.
    pub locks: String,
    /// Whether another thread ran just before.
    pub is_switch: bool,
    /// The title of the beat at this step, if there is one.
    pub beat: Option<String>,
}
