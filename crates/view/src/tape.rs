//! A run, executed once more with everything a reader may ask about written down after every step.
//!
//! The machine only knows the present: who can step, who holds what. A score shows all moments at once, so they are kept.

use lockstep_machine::{
    Address, Change, Event, Gather, Held, Machine, Pending, Readiness, Schedule, ThreadId, Trace,
};
use lockstep_mm::invariants::{Outcome, Violation, Watch};
use lockstep_mm::world::Memory;
use lockstep_scenario::Built;
use lockstep_scenario::beats::{self, FoundBeat};

/// How a thread stands at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    /// Its next step, whether or not it can take it.
    pub(crate) pending: Option<Pending>,
    /// Whether it can.
    pub(crate) readiness: Readiness,
    /// The locks it has.
    pub(crate) held: Held,
}

/// An executed run, with every moment of it.
#[derive(Clone, Debug)]
pub(crate) struct Tape {
    image: Vec<u64>,
    trace: Trace,
    /// One row of standings for each moment, from step 0 on.
    moments: Vec<Vec<Standing>>,
    violations: Vec<Violation>,
    outcome: Outcome,
    finished: bool,
    beats: Vec<FoundBeat>,
}

impl Tape {
    /// Executes `schedule`, which has been found possible, and records it.
    pub(crate) fn record(built: &Built, schedule: &Schedule) -> Self {
        let setting = &built.setting;
        let mut machine = Machine::new(setting);
        let mut watch = Watch::new(setting.setup.world, setting.setup.kernel);
        let mut moments = vec![standings(&machine)];
        for thread in schedule.steps() {
            if machine.step(thread).is_err() {
                break;
            }
            let quiet = machine.finished();
            machine.with_trace(|trace| {
                machine.with_memory(|memory| watch.step(Memory(memory), trace, quiet));
            });
            moments.push(standings(&machine));
        }
        let finished = machine.finished();
        let image = setting.setup.image.clone();
        Self {
            beats: beats::find(built, &machine),
            outcome: machine.with_trace(|trace| watch.outcome(trace, finished)),
            trace: machine.with_trace(Clone::clone),
            image,
            moments,
            violations: watch.violations().to_vec(),
            finished,
        }
    }

    /// How many steps it has.
    pub(crate) fn steps(&self) -> u32 {
        self.trace.steps()
    }

    /// Everything the machine noted.
    pub(crate) fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Whether every thread has ended.
    pub(crate) fn is_finished(&self) -> bool {
        self.finished
    }

    /// What came of it.
    pub(crate) fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// What did not hold, in order.
    pub(crate) fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// The beats it has, in order.
    pub(crate) fn beats(&self) -> &[FoundBeat] {
        &self.beats
    }

    /// The step with this number, from 1.
    pub(crate) fn event(&self, step: u32) -> Option<&Event> {
        self.trace.events().get((step as usize).checked_sub(1)?)
    }

    /// The steps with their numbers.
    pub(crate) fn events(&self) -> impl DoubleEndedIterator<Item = (u32, &Event)> {
        self.trace
            .events()
            .iter()
            .enumerate()
            .map(|(index, event)| (index as u32 + 1, event))
    }

    /// The threads.
    pub(crate) fn threads(&self) -> impl Iterator<Item = ThreadId> + use<> {
        let count = self.moments.first().map_or(0, Vec::len);
        (0..count).filter_map(ThreadId::new)
    }

    /// How a thread stands just after a step; 0 is the start.
    pub(crate) fn standing(&self, step: u32, thread: ThreadId) -> Option<&Standing> {
        self.moments
            .get(step as usize)
            .and_then(|moment| moment.get(thread.index()))
    }

    /// The memory just after a step.
    pub(crate) fn memory(&self, step: u32) -> Vec<u64> {
        let mut memory = self.image.clone();
        for (_, event) in self.events().take(step as usize) {
            for change in self.trace.changes(event) {
                if let Some(word) = memory.get_mut(change.address.index()) {
                    *word = change.to;
                }
            }
        }
        memory
    }

    /// A word just after a step.
    pub(crate) fn word(&self, address: Address, step: u32) -> u64 {
        let last = self
            .events()
            .take(step as usize)
            .flat_map(|(_, event)| self.trace.changes(event))
            .filter(|change| change.address == address)
            .last();
        last.map_or_else(
            || self.image.get(address.index()).copied().unwrap_or(0),
            |change| change.to,
        )
    }

    /// The last step up to `step` that changed any of these bits.
    pub(crate) fn last_change(&self, address: Address, mask: u64, step: u32) -> Option<u32> {
        let of_these =
            |change: &Change| change.address == address && (change.from ^ change.to) & mask != 0;
        let events = self.trace.events().get(..step as usize).unwrap_or(&[]);
        let at = events
            .iter()
            .rposition(|event| self.trace.changes(event).iter().any(of_these))?;
        Some(at as u32 + 1)
    }

    /// What a step changed, once for each word, in the order in which the words were first changed.
    pub(crate) fn changes(&self, step: u32) -> Vec<Change> {
        let all = self
            .event(step)
            .map_or(&[][..], |event| self.trace.changes(event));
        net(all)
    }

    /// Since which step a thread has been waiting at `step` for what it waits for then.
    pub(crate) fn waiting_since(&self, step: u32, thread: ThreadId) -> u32 {
        let lock = |step: u32| match self
            .standing(step, thread)
            .map(|standing| standing.readiness)
        {
            Some(Readiness::Blocked(blocked)) => Some(blocked.lock),
            _ => None,
        };
        let now = lock(step);
        (0..step)
            .rev()
            .find(|earlier| lock(*earlier) != now)
            .map_or(0, |earlier| earlier + 1)
    }
}

/// The changes of one step, with several of one word joined and those that come to nothing left out.
pub(crate) fn net(changes: &[Change]) -> Vec<Change> {
    let mut joined: Vec<Change> = Vec::new();
    for change in changes {
        match joined
            .iter_mut()
            .find(|known| known.address == change.address)
        {
            Some(known) => known.to = change.to,
            None => joined.push(*change),
        }
    }
    joined.retain(|change| change.from != change.to);
    joined
}

fn standings(machine: &Machine) -> Vec<Standing> {
    machine
        .threads()
        .map(|thread| Standing {
            pending: machine.pending(thread),
            readiness: machine.readiness(thread),
            held: machine.held(thread),
        })
        .gather()
}
