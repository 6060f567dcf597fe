//! What is asked of every order of a program.

use std::collections::BTreeMap;

use lockstep_machine::Schedule;
use lockstep_machine::run::End;

use crate::walk::{Model, Walk};

/// A question about where a run ends.
///
/// The answer may depend on the memory at the end, on what each thread did and was told, and on the points it passed.
/// It must not depend on more: equivalent orders agree in these and only in these, and only one of them is run.
/// In particular what the memory looked like half-way is nobody's business here, unless a step has seen it.
pub trait Property<P: Model> {
    /// The possible answers.
    type Outcome: Clone + Ord;

    /// What came of the run that `walk` has made. It cannot go on, or a limit stopped it.
    fn outcome(&self, walk: &Walk<'_, P>) -> Self::Outcome;

    /// Whether that is a failure.
    fn is_broken(&self, outcome: &Self::Outcome) -> bool;

    /// Looks at a state on the way: each that the search by states keeps, and each step of the runs of the others.
    ///
    /// Only the former sees every state there is. What is found here the property keeps to itself.
    #[inline]
    fn look(&self, walk: &Walk<'_, P>) {
        _ = walk;
    }
}

/// Whether every thread gets to its end, and nothing goes wrong on the way.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Ends;

/// The answer to [`Ends`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Ending {
    /// Every thread ended.
    Finished,
    /// One did something wrong: slept with a spinlock, released what it did not have, found something impossible.
    Fault,
    /// Nobody could go on.
    Deadlock,
    /// A limit stopped the run.
    Unfinished,
}

impl<P: Model> Property<P> for Ends {
    type Outcome = Ending;

    fn outcome(&self, walk: &Walk<'_, P>) -> Ending {
        match walk.end() {
            _ if !walk.faults().is_empty() => Ending::Fault,
            End::Finished => Ending::Finished,
            End::Deadlock => Ending::Deadlock,
            End::Unfinished | End::StepLimit => Ending::Unfinished,
        }
    }

    fn is_broken(&self, outcome: &Ending) -> bool {
        matches!(outcome, Ending::Fault | Ending::Deadlock)
    }
}

/// All outcomes that some order reaches, each with how often it was met and the first order that led there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcomes<O> {
    all: BTreeMap<O, Reached>,
}

/// How an outcome was reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reached {
    /// How often.
    pub times: u64,
    /// The first order that was found to lead there.
    pub witness: Schedule,
}

impl<O> Default for Outcomes<O> {
    fn default() -> Self {
        Self {
            all: BTreeMap::new(),
        }
    }
}

impl<O: Clone + Ord> Outcomes<O> {
    /// Notes one more run; `witness` is only asked for the first that ends so.
    pub(crate) fn note(&mut self, outcome: O, witness: impl FnOnce() -> Schedule) {
        if let Some(reached) = self.all.get_mut(&outcome) {
            reached.times += 1;
            return;
        }
        let witness = witness();
        self.all.insert(outcome, Reached { times: 1, witness });
    }

    /// The outcomes, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&O, &Reached)> {
        self.all.iter()
    }

    /// The outcomes alone, in order.
    pub fn set(&self) -> Vec<O> {
        self.all.keys().cloned().collect()
    }
}
