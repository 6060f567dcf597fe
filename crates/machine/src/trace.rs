//! What is left of a run: one event a step, the calls they happened in, the words they changed.

use std::panic::Location;

use crate::{Address, Argument, FaultRecord, Function, Held, Operation, ThreadId};

/// How a step ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// It did what it says.
    Done,
    /// It asked for a lock for writing, and waits: the same operation will be executed again to take it.
    Asked,
    /// It tried, and failed: a trylock, a compare-and-exchange.
    Failed,
}

/// One executed step.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// Who.
    pub thread: ThreadId,
    /// What.
    pub operation: Operation,
    /// How it ended.
    pub effect: Effect,
    /// What it gave back: the value read, the sum, whether a test succeeded.
    pub value: u64,
    /// The line of the program that awaited it.
    pub location: &'static Location<'static>,
    /// The call it happened in, an index into [`Trace::frames`]; `None` outside any.
    pub frame: Option<u32>,
    /// The locks its thread had just before.
    pub held: Held,
    changes: (u32, u32),
}

/// A word that a step changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change {
    /// Which.
    pub address: Address,
    /// Its value before.
    pub from: u64,
    /// Its value after.
    pub to: u64,
}

/// One call of a modelled function.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// The function.
    pub function: &'static Function,
    /// What it was called with; the first `None` ends the list.
    pub arguments: [Option<Argument>; Argument::LIMIT],
    /// Who called it.
    pub thread: ThreadId,
    /// The call it was made from.
    pub parent: Option<u32>,
    /// The line it was called from.
    pub location: &'static Location<'static>,
    /// How many steps of the run had been executed when it was entered.
    pub entered: u32,
    /// How many had been executed when it was left, if it was.
    pub left: Option<u32>,
    /// What it returned, if the program says.
    pub result: Option<&'static str>,
}

/// A named point the program passed, with whatever it wants to say about it.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    /// Which point.
    pub name: &'static str,
    /// What it is about.
    pub object: Address,
    /// How many steps of the run had been executed.
    pub step: u32,
    /// Who passed it.
    pub thread: ThreadId,
    /// The call it was passed in.
    pub frame: Option<u32>,
}

/// Everything that happened in a run.
#[derive(Clone, Default, Debug)]
pub struct Trace {
    pub(crate) events: Vec<Event>,
    pub(crate) changes: Vec<Change>,
    pub(crate) frames: Vec<Frame>,
    pub(crate) marks: Vec<Mark>,
    pub(crate) faults: Vec<FaultRecord>,
}

impl Trace {
    /// The steps, in the order they were executed.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The words `event` changed.
    pub fn changes(&self, event: &Event) -> &[Change] {
        let (from, to) = event.changes;
        self.changes.get(from as usize..to as usize).unwrap_or(&[])
    }

    /// All calls, in the order they were entered.
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// The calls around `frame`, innermost first, itself included.
    pub fn stack(&self, frame: Option<u32>) -> impl Iterator<Item = &Frame> {
        let get = |index: Option<u32>| index.and_then(|index| self.frames.get(index as usize));
        std::iter::successors(get(frame), move |inner| get(inner.parent))
    }

    /// The points passed.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// What went wrong.
    pub fn faults(&self) -> &[FaultRecord] {
        &self.faults
    }

    /// How many steps were executed.
    pub fn steps(&self) -> u32 {
        self.events.len() as u32
    }

    pub(crate) fn clear(&mut self) {
        self.events.clear();
        self.changes.clear();
        self.frames.clear();
        self.marks.clear();
        self.faults.clear();
    }

    /// Forgets the steps so far, but not the calls, which may not have returned yet.
    pub(crate) fn forget_steps(&mut self) {
        self.events.clear();
        self.changes.clear();
    }

    /// Adds the event whose changes are those pushed since `first_change`.
    pub(crate) fn push(&mut self, mut event: Event, first_change: u32) {
        event.changes = (first_change, self.changes.len() as u32);
        self.events.push(event);
    }
}

impl Event {
    pub(crate) fn new(
        thread: ThreadId,
        operation: Operation,
        (effect, value): (Effect, u64),
        location: &'static Location<'static>,
        frame: Option<u32>,
        held: Held,
    ) -> Self {
        Self {
            thread,
            operation,
            effect,
            value,
            location,
            frame,
            held,
            changes: (0, 0),
        }
    }
}
