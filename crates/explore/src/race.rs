//! Data races as a race detector sees them, in every order of a program, and whether they matter.
//!
//! Two accesses to one word *race* if they are of different threads, at least one writes, at least one is plain, and neither
//! comes before the other in the order that synchronisation makes; see `race/order.rs`. A detector in a kernel sees one run, and
//! says so of what it saw. A search sees every order, so it can also say what comes of each of the two.
//!
//! # A race is a property of a class
//!
//! One order of each class of equivalent ones is run, and that is enough. Equivalent orders have the same steps, and agree about
//! any two that depend on each other. Synchronisation orders steps of one thread, which is the same in all of
//! them, and a release before an acquire of the same lock or of the same bits, which depend on each other. So its order is made of
//! pairs that all orders of a class agree about, and is part of the order that makes the class. The two accesses of a
//! race depend on each other too, so a class also knows which of them came first.
//!
//! For this the relation must not order more than that. Two atomic operations on different bits of one word order nothing here,
//! and neither do two readers of a lock, although a machine that runs one order could take them to.
//!
//! # Harmless or harmful
//!
//! Take one instance of a race, and everything that has to come before either of its two accesses: its *past*. After the past
//! both can be next. Let them be made there, in the one order and in the other: the two beginnings that come of it differ in nothing
//! else. All runs that go on from the one are set against all that go on from the other. If something broken
//! can come of the one and not of the other, then it is the order of these two that decides, and the race is **harmful**. If that is so
//! after no past it is **harmless**: then either nothing breaks, or what breaks is not for this pair to decide.
//!
//! A flag that is read twice shows what the definition is worth. The first read races like the second, and in every run that
//! breaks both come before the write. But if the write comes between the two, the second sees it and all is well: the first does not decide
//! anything, and is harmless.
//!
//! For the same reason pasts are asked, and not all runs at once: the outcomes of all runs with the read first and of all with
//! the write first may differ by what else tends to go with the one or the other. Those two sets are in the report as well.
//! Where something that is no synchronisation keeps two unordered accesses in one order, there is no past after which both can be next: they
//! count as a race, as they would in a kernel, and decide nothing, because this machine does not reorder memory.
//!
//! All that is true of a search that is complete. What a limit has ended says neither.

mod classes;
mod order;
mod pairs;

use std::cell::RefCell;
use std::marker::PhantomData;
use std::panic::Location;

use lockstep_machine::{Address, Function, Operation, Schedule, ThreadId};

use crate::property::Property;
use crate::walk::{Model, Walk};
use classes::Classes;

/// What a race detector makes of an access to a word. Locks it knows by themselves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// An ordinary load or store, which a compiler may do what it likes with.
    Plain,
    /// An atomic access that orders nothing: it races with plain ones, and not with others like it.
    Marked,
    /// The same, and it comes after every earlier one of the same bits that is of this kind, as atomic operations that give a value do.
    /// One that fails is [`Access::Marked`].
    Ordering,
    /// Nothing that the code of the program does: a machine's own access, or a note that only the model keeps.
    Exempt,
}

/// Knows the words of a program.
pub trait Detector {
    /// What it makes of a step on a word that is no lock, made in these calls, innermost first.
    fn access(&self, operation: &Operation, calls: &[&'static Function]) -> Access;
}

/// Finds the races of all runs of a search, and passes the question about their ends on to another property.
///
/// It is for [`Dpor`](crate::Dpor) alone, which ends each class once: a search that asks more often would count wrong.
pub struct Races<'q, P: Model, Q: Property<P>, D> {
    property: &'q Q,
    classes: RefCell<Classes<Q::Outcome>>,
    detector: D,
    program: PhantomData<fn(&P)>,
}

impl<'q, P: Model, Q: Property<P>, D: Detector> Races<'q, P, Q, D> {
    /// Gets ready to watch a search.
    pub fn new(property: &'q Q, detector: D) -> Self {
        Self {
            property,
            detector,
            classes: RefCell::new(Classes::default()),
            program: PhantomData,
        }
    }

    /// The races found so far, in the order of their lines. Whether the search was complete says what the verdicts are worth.
    pub fn pairs(&self) -> Vec<Pair<Q::Outcome>> {
        let classes = self.classes.borrow();
        pairs::all(&classes, |outcome| self.property.is_broken(outcome))
    }
}

impl<P: Model, Q: Property<P>, D: Detector> Property<P> for Races<'_, P, Q, D> {
    type Outcome = Q::Outcome;

    fn outcome(&self, walk: &Walk<'_, P>) -> Q::Outcome {
        let outcome = self.property.outcome(walk);
        let mut classes = self.classes.borrow_mut();
        classes.end(walk, &self.detector, &outcome);
        outcome
    }

    fn is_broken(&self, outcome: &Q::Outcome) -> bool {
        self.property.is_broken(outcome)
    }

    fn look(&self, walk: &Walk<'_, P>) {
        self.property.look(walk);
    }
}

/// Two places in the source whose accesses race.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pair<O> {
    /// The two, in the order of their lines.
    pub sides: [Side; 2],
    /// The words they race about, in order.
    pub words: Vec<Address>,
    /// What comes of all classes in which they race: with the first side first, and with the second side first.
    pub orders: [Order<O>; 2],
    /// After how many pasts both could be next.
    pub pasts: u64,
    /// After how many of these their order decides about something broken.
    pub deciding: u64,
    /// A run in which they race, one with few changes from thread to thread.
    pub example: Example,
    /// What makes them harmful, if anything does.
    pub decision: Option<Decision<O>>,
}

/// One of the two accesses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Side {
    /// The line.
    pub location: &'static Location<'static>,
    /// Who makes it, in the example.
    pub thread: ThreadId,
    /// Whether it writes.
    pub writes: bool,
    /// Whether it is plain.
    pub is_plain: bool,
}

/// What comes of one order of a pair.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order<O> {
    /// How many classes have it.
    pub classes: u64,
    /// Their outcomes.
    pub outcomes: Vec<O>,
}

/// A run in which a pair races.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// The run, to its end.
    pub schedule: Schedule,
    /// The step of each side, counted from 1.
    pub steps: [u32; 2],
}

/// One past after which the order of a pair decides about something broken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision<O> {
    /// What can come of it: with the first side first, and with the second side first.
    pub outcomes: [Vec<O>; 2],
    /// Which side comes first in the run that breaks: 0 or 1.
    pub first: usize,
    /// A run that breaks, and its outcome.
    pub broken: (Example, O),
    /// A run in which the other side comes first after the same past.
    pub other: Example,
}

#[cfg(test)]
mod tests;
