//! The simplest orders that end in given ways: the fewest changes of thread first, then the fewest steps.
//!
//! All orders in which the thread never changes are looked at, then all with one change, and so on.
//! The first bound that has an outcome is the smallest, and the shortest order within it is the answer: no simpler one exists.
//! All outcomes are looked for on the same way, since they are found among the same states.

use std::collections::BTreeMap;

use lockstep_machine::Schedule;

use crate::bounded::{Bounded, Sight, Turn};
use crate::limits::{Counts, Limits, Progress};
use crate::property::Property;
use crate::walk::Model;

/// The search for the simplest orders.
pub struct Minimize<'p, P: Model, Q: Property<P>> {
    orders: Bounded<'p, P>,
    property: &'p Q,
    /// For each outcome that is wanted, the best order so far.
    best: BTreeMap<Q::Outcome, Best>,
}

/// The best order so far that ends in some way.
#[derive(Clone, Default)]
struct Best {
    order: Option<Schedule>,
    /// Every order with as many changes has been looked at.
    is_simplest: bool,
}

impl Best {
    /// The number of steps from which on an order is no better.
    fn steps(&self) -> usize {
        match (&self.order, self.is_simplest) {
            (_, true) => 0,
            (Some(order), false) => order.len(),
            (None, false) => usize::MAX,
        }
    }
}

impl<'p, P: Model, Q: Property<P>> Minimize<'p, P, Q> {
    /// Gets ready to look for the simplest order of `program` that ends in each of the `wanted` ways.
    pub fn new(
        program: &'p P,
        property: &'p Q,
        wanted: impl IntoIterator<Item = Q::Outcome>,
        limits: Limits,
    ) -> Self {
        let wanted = wanted.into_iter();
        Self {
            orders: Bounded::new(program, limits),
            property,
            best: wanted.map(|wanted| (wanted, Best::default())).collect(),
        }
    }

    /// What it has done so far.
    pub fn counts(&self) -> Counts {
        self.orders.counts()
    }

    /// The simplest order that ends so, once that is known.
    pub fn simplest(&self, outcome: &Q::Outcome) -> Option<&Schedule> {
        let best = self.best.get(outcome).filter(|best| best.is_simplest);
        best?.order.as_ref()
    }

    /// Goes on for about `budget` steps. It is complete when the simplest orders are known, or it is known that there are none.
    pub fn step(&mut self, budget: u64) -> Progress {
        let stop = self.counts().steps.saturating_add(budget);
        loop {
            let (property, best) = (self.property, &mut self.best);
            let mut look = |Sight { walk, is_end }: Sight<'_, 'p, P>| {
                if !is_end {
                    return None;
                }
                let better = best.get_mut(&property.outcome(walk));
                better.filter(|best| walk.steps() < best.steps())?.order =
                    Some(walk.order().collect());
                best.values().map(Best::steps).max()
            };
            let left = stop.saturating_sub(self.orders.counts().steps);
            match self.orders.step(left, &mut look) {
                Turn::Going => return Progress::Going,
                Turn::Limited(limit) => return Progress::Limited(limit),
                Turn::Through => {}
            }
            for best in self.best.values_mut() {
                best.is_simplest = best.order.is_some();
            }
            if self.best.values().all(|best| best.is_simplest) {
                return Progress::Complete;
            }
            if !self.orders.widen() {
                let left_out = self.orders.left_out();
                return left_out.map_or(Progress::Complete, Progress::Limited);
            }
        }
    }

    /// Searches to the end, or to a limit.
    pub fn run(&mut self) -> Progress {
        self.step(u64::MAX)
    }
}
