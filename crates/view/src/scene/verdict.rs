//! Verdicts and watched properties.

use super::{StepNo, ThreadId};

/// What can be said of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VerdictKind {
    /// Not decided at this cursor.
    Open,
    /// A property broke.
    Broken,
    /// Every thread waits for another.
    Deadlock,
    /// Something raced, and it does not matter.
    Harmless,
    /// Every thread has finished and every property held.
    Clean,
    /// The run ends before its threads do.
    Unfinished,
}

/// The verdict at a cursor.
#[derive(Clone, PartialEq, Debug)]
pub struct Verdict {
    /// Which.
    pub kind: VerdictKind,
    /// One word or two: "Broken", "Still open", "Ended well".
    pub word: String,
    /// A short reason: "page freed while mlocked".
    pub reason: String,
    /// The step that decided it.
    pub step: Option<StepNo>,
    /// For a voice: "Broken at step 21: page freed while mlocked."
    pub spoken: String,
}

/// The verdict of the whole run, where the score marks it.
#[derive(Clone, PartialEq, Debug)]
pub struct VerdictMark {
    /// Which.
    pub kind: VerdictKind,
    /// The step.
    pub step: StepNo,
    /// A short reason.
    pub text: String,
}

/// A property that is always watched.
#[derive(Clone, PartialEq, Debug)]
pub struct Property {
    /// Its stable id, as in links: `freed-never-mlocked`.
    pub id: String,
    /// In words: "A freed page is never mlocked".
    pub text: String,
    /// How it stands.
    pub state: PropertyState,
    /// Whether it is true at this very moment, for a property about marks that is only asked at the end.
    pub now: Option<Now>,
    /// Both in a few words: "broken at step 41", "not now: Truncate is on the way, at step 45".
    pub how: String,
    /// The whole for a voice: "A freed page is never mlocked: holds."
    pub spoken: String,
    /// Why it matters, in at most 40 words.
    pub note: String,
}

/// How a property stands at a cursor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PropertyState {
    /// It has held at every step so far.
    Holds,
    /// It broke at this step.
    Broken(StepNo),
    /// It is only asked at the end or when a thread rests, and that has not come.
    Undecided,
}

/// Whether a property that is asked at the end is true at this moment, and if not, whether that will change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Now {
    /// It is true.
    True,
    /// It is not, and this thread puts it right with this step, in the order of this run.
    OnTheWay(ThreadId, StepNo),
    /// It is not, and no thread of the run puts it right any more.
    Nobody {
        /// The page it is not true of, by name.
        page: String,
        /// What comes of it, as a clause: "reclaim puts that right when it next looks at the page".
        then: String,
    },
}
