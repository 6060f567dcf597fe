//! The code of a program's threads as a graph that is learned while it is searched.
//!
//! Between its steps a thread sees nothing but what its steps gave and what it peeked at, so those decide what it does next.
//! A place in the graph is such a past; each value a step may give leads to another place.
//! What is not known yet is asked of a [`Puppet`] once. From then on a search follows the graph: no future is polled and nothing
//! is run again to come back to an earlier state, which is why a search costs little more per step than the step itself.
//!
//! Two pasts are one place only if the thread [says](lockstep_machine::Cpu::settle) that nothing else of them matters.

use std::panic::Location;

use lockstep_machine::{Address, Effect, Fault, Operation, Program, Puppet, ThreadId};

use crate::dependence::{Footprints, Print, may_wait};
use crate::hash::digest;
use crate::site::{Site, Stacks};

/// A place in the code of a thread.
pub(crate) type PlaceId = u32;

/// Where a thread stands: what it will do next, and what it did to get here from the place before.
pub(crate) struct Place {
    /// The step it takes next; `None` if it has ended or was stopped.
    pub(crate) operation: Option<Operation>,
    pub(crate) print: Print,
    /// The line that awaits the step, and the calls around it; `None` if there is no step.
    pub(crate) site: Option<Site>,
    /// Whether it may have to wait without asking.
    pub(crate) waits: bool,
    /// Whether it is a lock for writing that waits without asking.
    pub(crate) waits_unasked: bool,
    /// It releases a lock it does not have, and so does nothing.
    pub(crate) inert: bool,
    /// The points passed on the way here.
    pub(crate) marks: Vec<(&'static str, Address)>,
    /// What went wrong on the way here.
    pub(crate) faults: Vec<Fault>,
    /// A digest of both; 0 if there is neither.
    pub(crate) met: u64,
    ways: Vec<Way>,
    before: Option<Before>,
}

/// How a place was reached the first time.
struct Before {
    place: PlaceId,
    effect: Effect,
    value: u64,
    peeks: Vec<(Address, u64)>,
}

/// A way on from a place: what the step gave, what was then peeked at, and where that leads.
struct Way {
    value: u64,
    peeks: Vec<(Address, u64)>,
    to: PlaceId,
}

/// A place that a thread has declared to be all that matters.
struct Settled {
    role: usize,
    place: (&'static Location<'static>, u64),
    /// The line of the step that follows: a thread may settle, and then take one of several branches.
    next: Option<(&'static Location<'static>, Operation)>,
    id: PlaceId,
}

/// The code of all threads of a program, as far as it is known.
pub(crate) struct Code {
    places: Vec<Place>,
    pub(crate) prints: Footprints,
    /// The calls that steps are made in.
    pub(crate) stacks: Stacks,
    settled: Vec<Settled>,
    /// One for each thread that has code of its own, kept where it stands because it will often be asked to go on from there.
    puppets: Vec<(Puppet, Option<PlaceId>)>,
}

impl Code {
    pub(crate) fn new() -> Self {
        Self {
            places: Vec::new(),
            prints: Footprints::default(),
            stacks: Stacks::default(),
            settled: Vec::new(),
            puppets: Vec::new(),
        }
    }

    /// The place `thread` starts at. Threads that start at different places are different even if they do the same.
    pub(crate) fn start<P: Program>(&mut self, program: &P, thread: ThreadId) -> PlaceId {
        while self.puppets.len() <= thread.index() {
            self.puppets.push((Puppet::new(), None));
        }
        let (puppet, _) = &mut self.puppets[thread.index()];
        puppet.start(program, thread, program.image());
        let id = self.add(thread.index(), None, (0, 0));
        self.puppets[thread.index()].1 = Some(id);
        id
    }

    #[inline]
    pub(crate) fn place(&self, id: PlaceId) -> &Place {
        &self.places[id as usize]
    }

    /// Where a step at `from` leads that ended with `effect` and gave `value`, in the memory it left behind.
    #[inline]
    pub(crate) fn follow<P: Program>(
        &mut self,
        program: &P,
        role: usize,
        from: PlaceId,
        (effect, value): (Effect, u64),
        words: &[u64],
    ) -> PlaceId {
        for way in &self.places[from as usize].ways {
            if way.value == value
                && way
                    .peeks
                    .iter()
                    .all(|(address, value)| words.get(address.index()) == Some(value))
            {
                return way.to;
            }
        }
        self.learn(program, role, from, (effect, value), words)
    }

    #[cold]
    fn learn<P: Program>(
        &mut self,
        program: &P,
        role: usize,
        from: PlaceId,
        (effect, value): (Effect, u64),
        words: &[u64],
    ) -> PlaceId {
        if self.puppets[role].1 != Some(from) {
            self.bring(program, role, from);
        }
        let (puppet, at) = &mut self.puppets[role];
        let before = (
            puppet.with_marks(<[_]>::len),
            puppet.with_faults(<[_]>::len),
        );
        puppet.set_memory(words);
        puppet.give(effect, value);
        *at = None;
        let peeks = puppet.with_peeks(<[_]>::to_vec);
        let to = self.add(
            role,
            Some(Before {
                place: from,
                effect,
                value,
                peeks: peeks.clone(),
            }),
            before,
        );
        // A settled place is reached by several pasts; the puppet stands at it by one of them, and any will do.
        self.puppets[role].1 = Some(to);
        self.places[from as usize]
            .ways
            .push(Way { value, peeks, to });
        to
    }

    /// Brings the puppet of a role to a place, by the past it was first reached by.
    fn bring<P: Program>(&mut self, program: &P, role: usize, to: PlaceId) {
        let mut past = Vec::new();
        let mut at = to;
        while let Some(before) = &self.places[at as usize].before {
            past.push(before);
            at = before.place;
        }
        let (puppet, _) = &mut self.puppets[role];
        let Some(thread) = ThreadId::new(role) else {
            return;
        };
        puppet.start(program, thread, program.image());
        for before in past.into_iter().rev() {
            for (address, value) in &before.peeks {
                puppet.set_word(*address, *value);
            }
            puppet.give(before.effect, before.value);
        }
        self.puppets[role].1 = Some(to);
    }

    /// Adds the place the puppet of a role stands at, unless it is one that is known.
    fn add(
        &mut self,
        role: usize,
        before: Option<Before>,
        (marks, faults): (usize, usize),
    ) -> PlaceId {
        let (puppet, _) = &self.puppets[role];
        let pending = puppet.pending();
        let marks = puppet.with_marks(|all| {
            let new = all.get(marks..).unwrap_or_default();
            new.iter().map(|mark| (mark.name, mark.object)).collect()
        });
        let faults: Vec<_> = puppet.with_faults(|all| {
            let new = all.get(faults..).unwrap_or_default();
            new.iter().map(|record| record.fault).collect()
        });
        let id = self.places.len() as PlaceId;
        let marks: Vec<_> = marks;
        let met = match marks.is_empty() && faults.is_empty() {
            true => 0,
            false => digest(&(&marks, &faults)),
        };
        if let (Some(place), true) = (puppet.settled(), marks.is_empty() && faults.is_empty()) {
            let next = pending.map(|pending| (pending.location, pending.operation));
            let known = self
                .settled
                .iter()
                .find(|known| (known.role, known.place, known.next) == (role, place, next));
            if let Some(known) = known {
                return known.id;
            }
            self.settled.push(Settled {
                role,
                place,
                next,
                id,
            });
        }
        let site = pending.map(|pending| Site {
            location: pending.location,
            stack: self.stacks.number(puppet.stack()),
        });
        let operation = pending.map(|pending| pending.operation);
        let waits_unasked = operation.is_some_and(|operation| operation.waits_unasked());
        self.places.push(Place {
            print: operation.map_or(0, |operation| self.prints.number(&operation)),
            site,
            waits: operation.is_some_and(|operation| may_wait(&operation, waits_unasked)),
            waits_unasked,
            inert: puppet.is_inert(),
            operation,
            marks,
            faults,
            met,
            ways: Vec::new(),
            before,
        });
        id
    }
}
