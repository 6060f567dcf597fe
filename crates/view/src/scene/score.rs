//! The score: a whole run as rows over steps, the way music is written down.

use super::{FactId, LockMode, Place, StepNo, ThreadId, VerdictMark};

/// A stable name of a lock: `ptl`, `mmap_sem`, `page_lock`, `anon_vma`, `i_mmap_rwsem`, `lru_lock`.
///
/// Where a world has several of a kind the name carries the object: `ptl@b`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LockId(pub String);

/// A run from its first step to its last.
#[derive(Clone, PartialEq, Debug)]
pub struct Score {
    /// The rows of the threads, in letter order.
    pub threads: Vec<ThreadRow>,
    /// One column for each executed step; column `i` is step `i + 1`.
    pub columns: Vec<Column>,
    /// The locks that get a lane of their own, in the documented order.
    pub lock_lanes: Vec<LockLane>,
    /// The stretches in which a thread could not run.
    pub waits: Vec<WaitBar>,
    /// The waveforms.
    pub lanes: Vec<Lane>,
    /// The named moments, in order of step.
    pub beats: Vec<Beat>,
    /// The mark at which the run's outcome was decided, if it was.
    pub verdict: Option<VerdictMark>,
    /// How many times another thread took over.
    pub switches: u32,
    /// Where the executed order had to leave the asked one, if it had to.
    pub parting: Option<Parting>,
    /// Whether every thread has finished at the end of this run.
    pub is_finished: bool,
    /// The run in one or two sentences, for a voice and for a picture's text.
    pub summary: String,
    /// The order that was executed, as a schedule string: `A12B7A5`.
    pub executed: String,
}

/// The row of one thread.
#[derive(Clone, PartialEq, Debug)]
pub struct ThreadRow {
    /// The thread.
    pub thread: ThreadId,
    /// Its name on screen: "Reclaim".
    pub name: String,
    /// What it does, in a few words: "kswapd looks at one page".
    pub role: String,
}

/// One executed step.
#[derive(Clone, PartialEq, Debug)]
pub struct Column {
    /// Its number.
    pub step: StepNo,
    /// Who made it.
    pub thread: ThreadId,
    /// What kind of step.
    pub glyph: Glyph,
    /// A few words: "takes ptl", "reads VM_LOCKED: 1".
    pub text: String,
    /// The same for a voice.
    pub spoken: String,
    /// The sentence of the step, as the explain line shows it.
    pub sentence: String,
    /// Where in the model.
    pub place: Place,
    /// Whether another thread ran just before.
    pub is_switch: bool,
    /// Whether it changed a fact or a lock on screen.
    pub is_effect: bool,
    /// Whether the story stops here: a beat, a wait that begins, the verdict, the end.
    pub is_key: bool,
    /// An earlier step after which everything was exactly the same, if there is one.
    pub same_as: Option<StepNo>,
}

/// The kinds of step, told apart by shape.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Glyph {
    /// `r`: reads a word.
    Read,
    /// `w`: writes a word, or reads and writes it in one.
    Write,
    /// `[`: takes a lock.
    Take,
    /// `]`: drops a lock.
    Drop,
    /// `?`: tries a lock and gets it.
    Try,
    /// `?` struck through: tries a lock and does not get it.
    Refused,
    /// `!`: asks for a lock and has to wait.
    Ask,
    /// `.`: anything else.
    Local,
}

/// How held bars of one lock are drawn, so that locks can be told apart without colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pattern {
    /// The page-table lock.
    Solid,
    /// mmap_sem.
    Dashed,
    /// i_mmap_rwsem.
    Dotted,
    /// The page lock.
    Double,
    /// lru_lock.
    ThickThin,
    /// The anon_vma lock.
    Wavy,
}

/// The lane of one lock, with a bar for each time it was held.
#[derive(Clone, PartialEq, Debug)]
pub struct LockLane {
    /// The lock.
    pub lock: LockId,
    /// Its label.
    pub label: String,
    /// How its bars are drawn.
    pub pattern: Pattern,
    /// The stretches in which it was held, in order.
    pub bars: Vec<LockBar>,
}

/// One stretch in which a thread held a lock.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LockBar {
    /// The holder.
    pub thread: ThreadId,
    /// How it was held.
    pub mode: LockMode,
    /// The step that took it.
    pub from: StepNo,
    /// The step that dropped it; none if it was still held at the end.
    pub to: Option<StepNo>,
}

/// One stretch in which a thread could not run.
#[derive(Clone, PartialEq, Debug)]
pub struct WaitBar {
    /// The thread that waited.
    pub thread: ThreadId,
    /// What it waited for.
    pub lock: LockId,
    /// Its label.
    pub label: String,
    /// Who held it when the wait began.
    pub holder: Option<ThreadId>,
    /// The first step during which it waited.
    pub from: StepNo,
    /// The last step during which it waited: the one that let it go on, or the last of the run.
    pub to: StepNo,
}

/// A waveform: one fact over the run.
#[derive(Clone, PartialEq, Debug)]
pub struct Lane {
    /// The fact.
    pub fact: FactId,
    /// Its label: `PG_mlocked`.
    pub label: String,
    /// Its levels, in order, without gaps from step 0 to the last.
    pub spans: Vec<LaneSpan>,
}

/// One level of a waveform.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LaneSpan {
    /// The step that brought the level about; 0 for the set-up.
    pub from: StepNo,
    /// The last step after which it still stood.
    pub to: StepNo,
    /// Whether the line is up: the flag is set, the entry maps the page.
    pub is_high: bool,
    /// The value in words, for the places where there is room.
    pub text: String,
    /// The thread that brought it about; none for the set-up.
    pub by: Option<ThreadId>,
}

/// A named moment of a run.
#[derive(Clone, PartialEq, Debug)]
pub struct Beat {
    /// A stable id, never reused: `window-opens`.
    pub id: String,
    /// The step it stands at; 0 is allowed.
    pub step: StepNo,
    /// A few words: "The window opens".
    pub title: String,
}

/// Where the order that was asked for could not be kept.
#[derive(Clone, PartialEq, Debug)]
pub struct Parting {
    /// The first step that differs from the order asked for.
    pub step: StepNo,
    /// The thread that was asked for and could not run.
    pub thread: ThreadId,
    /// Why: "Truncate cannot run at step 12: Reclaim holds ptl."
    pub text: String,
}
