//! The search of the orders with few changes of thread: all outcomes that those reach, the ones with the fewest changes first.
//!
//! It proves nothing as long as orders with more changes lead through other states, and goes where no proof gets through:
//! what needs three threads and four changes is found among some thousands of states.

use crate::bounded::{Bounded, Sight, Turn};
use crate::limits::{Counts, Limits, Progress};
use crate::observer::{Event, Observer};
use crate::property::{Outcomes, Property};
use crate::walk::Model;

/// The search of all orders with at most [`Limits::switches`] changes of thread.
pub struct FewSwitches<'p, P: Model, Q: Property<P>> {
    orders: Bounded<'p, P>,
    property: &'p Q,
    outcomes: Outcomes<Q::Outcome>,
}

impl<'p, P: Model, Q: Property<P>> FewSwitches<'p, P, Q> {
    /// Gets ready to search `program`.
    pub fn new(program: &'p P, property: &'p Q, limits: Limits) -> Self {
        Self {
            orders: Bounded::new(program, limits),
            property,
            outcomes: Outcomes::default(),
        }
    }

    /// What it has done so far: the steps in all, the states and runs of the orders with as many changes as it has come to.
    ///
    /// A state counts once for each thread that could have made the last step.
    pub fn counts(&self) -> Counts {
        self.orders.counts()
    }

    /// The outcomes met so far.
    pub fn outcomes(&self) -> &Outcomes<Q::Outcome> {
        &self.outcomes
    }

    /// Goes on for about `budget` steps, and no further than through the orders with as many changes as it has come to.
    /// It is complete only if orders with more changes than the limit lead through no other states.
    pub fn step(&mut self, budget: u64, observer: &mut impl Observer) -> Progress {
        let (property, outcomes) = (self.property, &mut self.outcomes);
        let mut look = |Sight { walk, is_end }: Sight<'_, 'p, P>| {
            let depth = walk.steps();
            observer.event(Event::State { depth });
            property.look(walk);
            if is_end {
                let outcome = property.outcome(walk);
                let broken = property.is_broken(&outcome);
                observer.event(Event::Run { broken });
                outcomes.note(outcome, || walk.order().collect());
            }
            None
        };
        match self.orders.step(budget, &mut look) {
            Turn::Going => Progress::Going,
            Turn::Limited(limit) => Progress::Limited(limit),
            Turn::Through if self.orders.widen() => Progress::Going,
            Turn::Through => {
                let left_out = self.orders.left_out();
                left_out.map_or(Progress::Complete, Progress::Limited)
            }
        }
    }

    /// Searches to the end, or to a limit.
    pub fn run(&mut self, observer: &mut impl Observer) -> Progress {
        loop {
            match self.step(u64::MAX, observer) {
                Progress::Going => {}
                end => return end,
            }
        }
    }
}
