//! The lines of scripts and beats, understood.

use std::ops::Range;

use lockstep_machine::ThreadId;
use lockstep_machine::script::{Goal, Line};

/// A script that was understood.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScriptLines {
    /// The lines, for [`script::compile`](lockstep_machine::script::compile).
    pub lines: Vec<Line>,
    /// Where each stands in the text.
    pub sources: Vec<SourceLine>,
}

/// Where a line of a script stands in its text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceLine {
    /// The number of the line, comments and empty lines counted, from 1.
    pub number: usize,
    /// Its bytes, without comment.
    pub span: Range<usize>,
}

/// A thread, or any, and how far it gets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moment {
    /// Who; `None` is whoever does it first.
    pub thread: Option<ThreadId>,
    /// How far.
    pub goal: Goal,
    /// Whether it has to be the very next step of the thread.
    pub is_next: bool,
}
