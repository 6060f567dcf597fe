//! One search by classes for a report, and how far it may go.

use lockstep_explore::{Counts, Dpor, Limits, Model, Progress, Property};

use super::Extent;

/// How far a search for a report may go, and who may end it.
pub struct Searching<'a> {
    /// How many classes are run at most.
    pub classes: u64,
    /// Is told now and then what has been done, and says whether to go on.
    pub go_on: &'a mut dyn FnMut(Counts) -> bool,
}

/// How many steps go by between two questions whether to go on: some tens of milliseconds.
const TURN: u64 = 50_000;

impl Searching<'_> {
    /// Limits that fit.
    pub(super) fn limits(&self) -> Limits {
        Limits {
            runs: self.classes,
            ..Limits::default()
        }
    }

    /// Goes through all classes.
    pub(super) fn run<P: Model, Q: Property<P>>(&mut self, search: &mut Dpor<'_, P, Q>) -> Extent {
        let complete = loop {
            match search.step(TURN, &mut ()) {
                Progress::Going if (self.go_on)(search.counts()) => {}
                Progress::Going | Progress::Limited(_) => break false,
                Progress::Complete => break true,
            }
        };
        let counts = search.counts();
        Extent {
            classes: counts.runs,
            steps: counts.steps,
            // A run that was given up half-way would be one that nobody knows the end of.
            complete: complete && counts.blocked_runs == 0,
        }
    }
}
