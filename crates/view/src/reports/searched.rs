//! A scenario as a program that can be searched, and the question how its runs end.

use lockstep_explore::{Counts, Dpor, Limits, Model, Progress, Property, Walk};
use lockstep_machine::run::End;
use lockstep_machine::{EmulatedCpu, Program, ThreadBody, ThreadId};
use lockstep_mm::invariants::{Marking, Outcome, marking};
use lockstep_mm::page_alloc::BAD_PAGE;
use lockstep_mm::program::Setting;
use lockstep_mm::world::{Memory, World};

use super::Extent;

/// The threads of a scenario. They are all told apart: reports name them.
pub(super) struct Threads<'s>(pub(super) &'s Setting);

impl Program for Threads<'_> {
    fn image(&self) -> &[u64] {
        self.0.image()
    }

    fn threads(&self) -> usize {
        self.0.threads()
    }

    fn body(&self, thread: ThreadId, cpu: EmulatedCpu) -> ThreadBody {
        self.0.body(thread, cpu)
    }
}

impl Model for Threads<'_> {}

/// How a run of a scenario ends.
pub(super) struct Ending(pub(super) World);

impl Property<Threads<'_>> for Ending {
    type Outcome = Outcome;

    fn outcome(&self, walk: &Walk<'_, Threads<'_>>) -> Outcome {
        if let Some(mark) = walk.marks().iter().find(|mark| mark.name == BAD_PAGE) {
            return Outcome::BadPage { by: mark.thread };
        }
        match walk.end() {
            End::Deadlock => Outcome::Deadlock,
            End::Unfinished | End::StepLimit => Outcome::Unfinished,
            End::Finished => {
                let memory = Memory(walk.words());
                let marks = |page| marking(&self.0, memory, page);
                let mut pages = self.0.pages().map(marks).collect::<Vec<_>>();
                pages.sort_unstable();
                if pages.contains(&Marking::Undeserved) {
                    Outcome::Stranded
                } else if pages.contains(&Marking::Missing) {
                    Outcome::Missed
                } else {
                    Outcome::Ok
                }
            }
        }
    }

    fn is_broken(&self, outcome: &Outcome) -> bool {
        outcome.is_broken()
    }
}

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

/// An outcome in one word, with who dropped the last reference of a bad page: `bad-page by A`.
pub(super) fn word(outcome: Outcome) -> String {
    match outcome {
        Outcome::BadPage { by } => format!("{} by {by}", outcome.word()),
        _ => outcome.word().to_owned(),
    }
}
