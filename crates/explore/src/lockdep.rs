//! Which lock is taken while which other is held, in every order of a program, and whether that can end in a deadlock.
//!
//! An edge "held X, took Y" is between kinds of locks and not between locks, as in the kernel's lockdep: what a program does with
//! one page it will do with another. Edges that wait make up a graph, and a cycle in it says that threads could wait for
//! each other in a circle; one that only tries never waits, and closes no cycle. Whether the circle can really come about,
//! the edges do not say: a lock around both sides may prevent it. A search knows, because it runs every order.
//!
//! One order of each class of equivalent ones is enough for that. Which locks a thread has when it asks for another is its own affair, and
//! equivalent orders agree about what each thread does; and where one of them comes to a standstill, they all do.

mod cycles;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::marker::PhantomData;

use lockstep_machine::run::End;
use lockstep_machine::{
    Action, Address, Effect, Fault, Function, LockMode, Operation, Schedule, ThreadId,
};

use crate::property::Property;
use crate::site::Site;
use crate::walk::{Model, Walk};

pub use cycles::cycles;

/// A kind of locks. What the numbers mean is the program's business.
pub type LockKind = u32;

/// Knows the locks of a program.
pub trait LockKinds {
    /// The kind of a lock, given the address it goes by in [`Held`](lockstep_machine::Held).
    fn kind(&self, lock: Address) -> LockKind;
}

/// A lock of one kind was held, and one of another was asked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Edge {
    /// What was held.
    pub held: LockKind,
    /// What was asked for.
    pub wanted: LockKind,
    /// Whether whoever asked would have waited.
    pub waits: bool,
    /// Whether both were the same lock.
    pub is_same: bool,
}

/// What is known of an [`Edge`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Made {
    /// The edge.
    pub edge: Edge,
    /// In how many classes it was made.
    pub classes: u64,
    /// The ways it was made in, by where the one lock was taken and the other asked for, in the order they were found.
    pub ways: Vec<Way>,
}

/// One way in which an edge was made, with the first run that was found to make it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Way {
    /// The run, up to and including the step that asks; if that has to wait for good, up to the standstill.
    pub schedule: Schedule,
    /// Who.
    pub thread: ThreadId,
    /// The lock that was held, and the one that was asked for.
    pub locks: [Address; 2],
    /// How the one was held, and how the other was asked for.
    pub modes: [LockMode; 2],
    /// The step that took the lock that was held, counted from 1.
    pub since: u32,
    /// The step that asks, counted from 1; `None` if it could not be taken.
    pub step: Option<u32>,
    /// Where the lock that was held was taken: the calls, innermost first.
    pub held_in: Vec<&'static Function>,
    /// Where the other was asked for.
    pub wanted_in: Vec<&'static Function>,
}

/// Threads that wait for each other in a circle.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standstill {
    /// The run.
    pub schedule: Schedule,
    /// Who waits, and for which kind of lock.
    pub waiting: Vec<(ThreadId, LockKind)>,
}

/// A lock that may sleep, asked for with a spinlock held.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slept {
    /// What was held.
    pub spinlock: LockKind,
    /// What was asked for.
    pub wanted: LockKind,
    /// The first run that was found to do so, to its end.
    pub schedule: Schedule,
    /// The step, counted from 1.
    pub step: u32,
}

/// Notes the locks of all runs of a search, and passes the question about their ends on to another property.
///
/// It is for [`Dpor`](crate::Dpor), which ends each class once.
pub struct Locks<'q, P: Model, Q, K> {
    property: &'q Q,
    kinds: K,
    found: RefCell<Found>,
    program: PhantomData<fn(&P)>,
}

#[derive(Default)]
struct Found {
    edges: BTreeMap<Edge, Known>,
    standstills: BTreeMap<Vec<LockKind>, Standstill>,
    slept: BTreeMap<[LockKind; 2], Slept>,
    classes: u64,
}

#[derive(Default)]
struct Known {
    classes: u64,
    last: u64,
    ways: Vec<([Option<Site>; 2], Way)>,
}

/// A lock that a thread of the run has.
struct Has {
    lock: Address,
    mode: LockMode,
    since: u32,
    site: Option<Site>,
}

impl<'q, P: Model, Q: Property<P>, K: LockKinds> Locks<'q, P, Q, K> {
    /// Gets ready to watch a search.
    pub fn new(property: &'q Q, kinds: K) -> Self {
        Self {
            property,
            kinds,
            found: RefCell::new(Found::default()),
            program: PhantomData,
        }
    }

    /// The edges found so far, in order.
    pub fn edges(&self) -> Vec<Made> {
        let found = self.found.borrow();
        let edges = found.edges.iter();
        edges
            .map(|(edge, known)| Made {
                edge: *edge,
                classes: known.classes,
                ways: known.ways.iter().map(|(_, way)| way.clone()).collect(),
            })
            .collect()
    }

    /// The standstills found so far: for each choice of kinds that threads can wait for, the one with the fewest waiting and the fewest steps.
    pub fn standstills(&self) -> Vec<Standstill> {
        self.found.borrow().standstills.values().cloned().collect()
    }

    /// Where somebody could have slept with a spinlock held, as far as found.
    pub fn slept(&self) -> Vec<Slept> {
        self.found.borrow().slept.values().cloned().collect()
    }

    fn note(&self, walk: &Walk<'_, P>) {
        let mut found = self.found.borrow_mut();
        found.classes += 1;
        let mut held: [Vec<Has>; ThreadId::LIMIT] = Default::default();
        for (at, thread) in walk.order().enumerate() {
            let Some((operation, effect)) = walk.done(at) else {
                continue;
            };
            let Some(mode) = operation.lock_mode() else {
                continue;
            };
            let site = walk.stood(at).and_then(|(_, place)| place.site);
            let held = &mut held[thread.index()];
            if operation.acquires() {
                self.asks(&mut found, walk, thread, &operation, site, held, Some(at));
                if effect == Effect::Done {
                    held.push(Has {
                        lock: operation.lock(),
                        mode,
                        since: at as u32 + 1,
                        site,
                    });
                }
            } else if let Some(at) = held
                .iter()
                .rposition(|has| has.lock == operation.lock() && has.mode == mode)
            {
                held.remove(at);
            }
        }
        let mut waiting = Vec::new();
        for (index, held) in held.iter().enumerate() {
            let Some(thread) = ThreadId::new(index) else {
                continue;
            };
            if walk.live() >> index & 1 == 0 {
                continue;
            }
            let place = walk.place(index);
            if let Some(operation) = place.operation.filter(Operation::acquires) {
                waiting.push((thread, self.kinds.kind(operation.lock())));
                self.asks(&mut found, walk, thread, &operation, place.site, held, None);
            }
        }
        if walk.end() == End::Deadlock {
            found.stands_still(walk, waiting);
        }
        for wrong in walk.faults() {
            let Fault::SleepInAtomic { wanted, spinlock } = wrong.fault else {
                continue;
            };
            let [spinlock, wanted] = [spinlock, wanted].map(|lock| self.kinds.kind(lock));
            found
                .slept
                .entry([spinlock, wanted])
                .or_insert_with(|| Slept {
                    spinlock,
                    wanted,
                    schedule: walk.order().collect(),
                    step: wrong.step,
                });
        }
    }

    /// Notes that a thread asks for a lock: by step `at`, or by one that it could not take.
    #[expect(clippy::too_many_arguments, reason = "they are all parts of one step")]
    fn asks(
        &self,
        found: &mut Found,
        walk: &Walk<'_, P>,
        thread: ThreadId,
        operation: &Operation,
        site: Option<Site>,
        held: &[Has],
        at: Option<usize>,
    ) {
        let wanted = operation.lock();
        let Some(wanted_mode) = operation.lock_mode() else {
            return;
        };
        for has in held {
            let edge = Edge {
                held: self.kinds.kind(has.lock),
                wanted: self.kinds.kind(wanted),
                waits: !matches!(
                    operation.action,
                    Action::TryReadLock | Action::TryBitLock(_)
                ),
                is_same: has.lock == wanted,
            };
            let classes = found.classes;
            let known = found.edges.entry(edge).or_default();
            if known.last != classes {
                known.last = classes;
                known.classes += 1;
            }
            let sites = [has.site, site];
            if known.ways.iter().all(|(known, _)| *known != sites) {
                let calls = |site: Option<Site>| {
                    site.map_or_else(Vec::new, |site| walk.code.stacks.calls(site.stack).to_vec())
                };
                let steps = at.map_or(usize::MAX, |at| at + 1);
                let way = Way {
                    schedule: walk.order().take(steps).collect(),
                    thread,
                    locks: [has.lock, wanted],
                    modes: [has.mode, wanted_mode],
                    since: has.since,
                    step: at.map(|at| at as u32 + 1),
                    held_in: calls(has.site),
                    wanted_in: calls(site),
                };
                known.ways.push((sites, way));
            }
        }
    }
}

impl Found {
    fn stands_still<P: Model>(&mut self, walk: &Walk<'_, P>, waiting: Vec<(ThreadId, LockKind)>) {
        let mut kinds: Vec<LockKind> = waiting.iter().map(|(_, kind)| *kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let known = self.standstills.get(&kinds);
        let is_better = known.is_none_or(|known| {
            (waiting.len(), walk.steps()) < (known.waiting.len(), known.schedule.steps().count())
        });
        if is_better {
            let schedule = walk.order().collect();
            self.standstills
                .insert(kinds, Standstill { schedule, waiting });
        }
    }
}

impl<P: Model, Q: Property<P>, K: LockKinds> Property<P> for Locks<'_, P, Q, K> {
    type Outcome = Q::Outcome;

    fn outcome(&self, walk: &Walk<'_, P>) -> Q::Outcome {
        self.note(walk);
        self.property.outcome(walk)
    }

    fn is_broken(&self, outcome: &Q::Outcome) -> bool {
        self.property.is_broken(outcome)
    }

    fn look(&self, walk: &Walk<'_, P>) {
        self.property.look(walk);
    }
}

#[cfg(test)]
mod tests;
