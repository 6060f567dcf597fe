//! Facts: what is true of memory and locks at one moment, and who made it so.

use super::{LockId, LockMode, Pattern, StepNo, ThreadId};

/// A stable name of a fact, used in links and to find what changed: `PG_mlocked`, `VM_LOCKED`, `pte`, `mapcount`.
///
/// Where a world has several objects of a kind the name carries the object: `PG_mlocked@page2`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FactId(pub String);

/// The objects a fact can belong to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GroupKind {
    /// A mapping of a process.
    Vma,
    /// A page-table entry.
    Pte,
    /// A page frame.
    Page,
    /// Counters of the zone.
    Zone,
    /// A file and its cache.
    File,
}

/// The facts of one object.
#[derive(Clone, PartialEq, Debug)]
pub struct FactGroup {
    /// A stable key, unique in the scene.
    pub key: String,
    /// What kind of object.
    pub kind: GroupKind,
    /// Its name on screen: "Mapping", "Page table entry", "Page".
    pub title: String,
    /// A few words that tell it from others of its kind: "process a, private file mapping".
    pub subtitle: String,
    /// Its facts, in a fixed order.
    pub facts: Vec<Fact>,
}

/// How a value is to be drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FactKind {
    /// A flag, set or clear.
    Bit(bool),
    /// A number.
    Count(i64),
    /// Whether a page-table entry maps the page: an arrow, or a cut arrow.
    Arrow(bool),
    /// Anything else, told by its text alone.
    Text,
}

/// One thing that is true now.
#[derive(Clone, PartialEq, Debug)]
pub struct Fact {
    /// Its stable name.
    pub id: FactId,
    /// Its label on screen: `PG_mlocked`.
    pub label: String,
    /// Its value on screen: `1`, `none`, `page, young`.
    pub value: String,
    /// How to draw it.
    pub kind: FactKind,
    /// The whole fact for a voice: "PG mlocked is 1. Set by Reclaim at step 14."
    pub spoken: String,
    /// Who made it so.
    pub set_by: SetBy,
    /// Whether the step at the cursor changed it.
    pub is_changed: bool,
    /// The value before that step, if it changed.
    pub previous: Option<String>,
    /// What the thing is, in at most 40 words.
    pub note: String,
}

/// Who made a fact true.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SetBy {
    /// A step of this run: the page can go there.
    Step {
        /// The step.
        step: StepNo,
        /// The thread.
        thread: ThreadId,
        /// On screen: "by Reclaim at 14".
        text: String,
    },
    /// A call of the set-up, before step 1: "by mlock, before step 1".
    Setup {
        /// On screen.
        text: String,
    },
}

/// One difference the last step made.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    /// The fact, if it is one of those on screen.
    pub fact: Option<FactId>,
    /// Its label: `pte`.
    pub label: String,
    /// The value before.
    pub from: String,
    /// The value now.
    pub to: String,
}

/// A list a page can be on, or a place it can be in: an LRU list, a thread's hands, the allocator.
#[derive(Clone, PartialEq, Debug)]
pub struct ListTray {
    /// A stable key: `inactive_anon`, `unevictable`, `isolated`, `free`, `bad`.
    pub key: String,
    /// Its name on screen: "inactive anon".
    pub label: String,
    /// What it means for a page to be here, in a few words: "reclaim looks here".
    pub note: String,
    /// The pages here, by name.
    pub pages: Vec<String>,
    /// Whether a page arrived with the step at the cursor.
    pub is_changed: bool,
    /// Whether it is the place of pages that must never be there (freed with a flag set).
    pub is_bad: bool,
}

/// One lock at one moment.
#[derive(Clone, PartialEq, Debug)]
pub struct LockState {
    /// Its stable name.
    pub id: LockId,
    /// Its label: `ptl`.
    pub label: String,
    /// What it is, in at most 40 words.
    pub note: String,
    /// How it is drawn.
    pub pattern: Pattern,
    /// Its rung on the ladder of the documented order; 0 is outermost.
    pub rung: u8,
    /// Who holds it.
    pub owners: Vec<Owner>,
    /// Who waits for it, in order.
    pub waiters: Vec<Waiter>,
    /// Whether the step at the cursor took, dropped or tried it.
    pub is_changed: bool,
    /// Whether the step at the cursor tried it and failed.
    pub is_refused: bool,
    /// For a voice: "ptl, held by Reclaim since step 9. Truncate waits for it."
    pub spoken: String,
    /// The step that brought it to this state; none if the set-up did.
    pub set_at: Option<StepNo>,
}

/// A thread that holds a lock.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Owner {
    /// The thread.
    pub thread: ThreadId,
    /// How it holds it.
    pub mode: LockMode,
    /// The step that took it.
    pub since: StepNo,
}

/// A thread that waits for a lock.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiter {
    /// The thread.
    pub thread: ThreadId,
    /// What it asks for.
    pub mode: LockMode,
    /// The step after which it could not go on.
    pub since: StepNo,
}
