//! Asking the properties while a run is made.

use lockstep_machine::run::End;
use lockstep_machine::{Address, Fault, FaultRecord, Trace};

use super::{Invariant, Outcome, Violation, event, state};
use crate::kernel::Kernel;
use crate::page_alloc::BAD_PAGE;
use crate::world::{Memory, World};

/// Watches a run, step by step.
#[derive(Clone, Debug)]
pub struct Watch {
    world: World,
    kernel: Kernel,
    violations: Vec<Violation>,
    marks_seen: usize,
    faults_seen: usize,
}

impl Watch {
    /// Starts to watch a run of `kernel` in `world`.
    pub fn new(world: World, kernel: Kernel) -> Self {
        Self {
            world,
            kernel,
            violations: Vec::new(),
            marks_seen: 0,
            faults_seen: 0,
        }
    }

    /// What did not hold so far, in order. A property that stays broken is named once for each object.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Looks at the step just executed; `quiet` says that every thread has ended.
    pub fn step(&mut self, memory: Memory<'_>, trace: &Trace, quiet: bool) {
        let Some(event) = trace.events().last() else {
            return;
        };
        let (step, thread) = (trace.steps(), event.thread);
        let mut found = Vec::new();
        state::every_step(&self.world, memory, &mut found);
        event::last_step(&self.world, self.kernel, memory, trace, &mut found);
        if quiet {
            state::when_quiet(&self.world, memory, &state::last_change(trace), &mut found);
        }
        for mark in trace
            .marks()
            .iter()
            .skip(self.marks_seen)
            .filter(|mark| mark.name == BAD_PAGE)
        {
            found.push((Invariant::I1, mark.object));
        }
        self.marks_seen = trace.marks().len();
        for record in trace.faults().iter().skip(self.faults_seen) {
            found.extend(broken_by(record.fault));
        }
        self.faults_seen = trace.faults().len();
        for (invariant, object) in found {
            if !self
                .violations
                .iter()
                .any(|known| (known.invariant, known.object) == (invariant, object))
            {
                self.violations.push(Violation {
                    invariant,
                    object,
                    step,
                    thread,
                });
            }
        }
    }

    /// How the run ended, if it ends here; `quiet` says that every thread has ended.
    pub fn outcome(&self, trace: &Trace, quiet: bool) -> Outcome {
        let broken = |invariant| {
            self.violations
                .iter()
                .any(|violation| violation.invariant == invariant)
        };
        let bad_page = trace.marks().iter().find(|mark| mark.name == BAD_PAGE);
        let is_deadlock = |record: &FaultRecord| matches!(record.fault, Fault::Deadlock { .. });
        let end = match quiet {
            _ if trace.faults().iter().any(is_deadlock) => End::Deadlock,
            true => End::Finished,
            false => End::Unfinished,
        };
        Outcome::of(bad_page.map(|mark| mark.thread), end, broken)
    }
}

/// The property a fault of the machine breaks. A deadlock is an outcome, not a property.
pub(super) fn broken_by(fault: Fault) -> Option<(Invariant, Address)> {
    match fault {
        Fault::SleepInAtomic { wanted, .. } => Some((Invariant::I12, wanted)),
        Fault::UnlockByNonHolder { lock, .. }
        | Fault::EndedHolding { lock }
        | Fault::TooManyLocks { lock }
        | Fault::RecursiveLock { lock } => Some((Invariant::I17, lock)),
        Fault::Bug { .. } => Some((Invariant::Bug, Address(0))),
        Fault::OutOfMemory { address } => Some((Invariant::Bug, address)),
        Fault::Deadlock { .. } => None,
    }
}
