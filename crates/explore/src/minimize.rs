//! The simplest order that ends in a given way: the fewest changes of thread first, then the fewest steps.
//!
//! All orders in which the thread never changes are looked at, then all with one change, and so on.
//! The first bound that has the outcome is the smallest, and the shortest order within it is the answer: no simpler one exists.

use lockstep_machine::Schedule;

use crate::bounded::{Bounded, Sight, Turn};
use crate::limits::{Counts, Limits, Progress};
use crate::property::Property;
use crate::walk::Model;

/// The search for the simplest order.
pub struct Minimize<'p, P: Model, Q: Property<P>> {
    orders: Bounded<'p, P>,
    property: &'p Q,
    wanted: Q::Outcome,
    best: Option<Schedule>,
    is_known: bool,
}

impl<'p, P: Model, Q: Property<P>> Minimize<'p, P, Q> {
    /// Gets ready to look for the simplest order of `program` that ends in `wanted`.
    pub fn new(program: &'p P, property: &'p Q, wanted: Q::Outcome, limits: Limits) -> Self {
        Self {
            orders: Bounded::new(program, limits),
            property,
            wanted,
            best: None,
            is_known: false,
        }
    }

    /// What it has done so far.
    pub fn counts(&self) -> Counts {
        self.orders.counts()
    }

    /// The simplest order; only once [`Minimize::step`] has said that it is [complete](Progress::Complete).
    pub fn simplest(&self) -> Option<&Schedule> {
        self.best.as_ref().filter(|_| self.is_known)
    }

    /// Goes on for about `budget` steps. It is complete when the simplest order is known, or it is known that there is none.
    pub fn step(&mut self, budget: u64) -> Progress {
        let stop = self.counts().steps.saturating_add(budget);
        loop {
            let (property, wanted, best) = (self.property, &self.wanted, &mut self.best);
            let mut look = |Sight { walk, is_end }: Sight<'_, 'p, P>| {
                let is_wanted = is_end && property.outcome(walk) == *wanted;
                if is_wanted {
                    *best = Some(walk.order().collect());
                }
                is_wanted
            };
            let left = stop.saturating_sub(self.orders.counts().steps);
            match self.orders.step(left, &mut look) {
                Turn::Going => return Progress::Going,
                Turn::Limited(limit) => return Progress::Limited(limit),
                Turn::Through => {}
            }
            self.is_known = best.is_some();
            if self.is_known {
                return Progress::Complete;
            }
            if !self.orders.widen() {
                let left_out = self.orders.left_out();
                return left_out.map_or(Progress::Complete, Progress::Limited);
            }
        }
    }

    /// Searches to the end, or to a limit, and gives the simplest order if it was found.
    pub fn run(&mut self) -> Option<&Schedule> {
        self.step(u64::MAX);
        self.simplest()
    }
}
