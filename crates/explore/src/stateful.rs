//! The search by states: each is visited once, whichever order leads to it.
//!
//! It proves what has many orders and few states, and is hopeless where every order leaves a state of its own.
//! Exchangeable threads are counted once: states that differ only in which of them stands where are one.

use crate::hash::Seen;
use crate::limits::{Counts, Limit, Limits, Progress};
use crate::observer::{Event, Observer};
use crate::property::{Outcomes, Property};
use crate::walk::{Model, Walk};

/// The search by states, depth first.
pub struct Stateful<'p, P: Model, Q: Property<P>> {
    walk: Walk<'p, P>,
    property: &'p Q,
    limits: Limits,
    seen: Seen,
    /// The states on the way to the current one, and that one.
    open: Vec<Open>,
    outcomes: Outcomes<Q::Outcome>,
    counts: Counts,
    cut: Option<Limit>,
    started: bool,
}

#[derive(Clone, Copy)]
struct Open {
    /// The threads still to be tried, one bit each.
    threads: u16,
    /// The sum of all stances.
    stances: u64,
}

impl<'p, P: Model, Q: Property<P>> Stateful<'p, P, Q> {
    /// Gets ready to search `program`.
    pub fn new(program: &'p P, property: &'p Q, limits: Limits) -> Self {
        Self {
            walk: Walk::new(program),
            property,
            limits,
            seen: Seen::new(),
            open: Vec::new(),
            outcomes: Outcomes::default(),
            counts: Counts::default(),
            cut: None,
            started: false,
        }
    }

    /// What it has done so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The outcomes met so far.
    pub fn outcomes(&self) -> &Outcomes<Q::Outcome> {
        &self.outcomes
    }

    /// Goes on for about `budget` steps.
    pub fn step(&mut self, budget: u64, observer: &mut impl Observer) -> Progress {
        let stop = self.counts.steps.saturating_add(budget);
        if !self.started {
            self.started = true;
            self.visit(self.walk.stances(), observer);
        }
        while self.counts.steps < stop {
            if self.counts.states >= self.limits.states {
                return Progress::Limited(Limit::States);
            }
            if self.counts.steps >= self.limits.steps {
                return Progress::Limited(Limit::Steps);
            }
            let Some(open) = self.open.last_mut() else {
                return self.cut.map_or(Progress::Complete, Progress::Limited);
            };
            if open.threads == 0 {
                self.open.pop();
                self.walk.back();
                continue;
            }
            let thread = open.threads.trailing_zeros() as usize;
            open.threads &= open.threads - 1;
            let others = open.stances.wrapping_sub(self.walk.stance(thread));
            self.walk.step(thread);
            self.counts.steps += 1;
            let stances = others.wrapping_add(self.walk.stance(thread));
            if !self.visit(stances, observer) {
                self.walk.back();
            }
        }
        Progress::Going
    }

    /// Searches to the end, or to a limit.
    pub fn run(&mut self, observer: &mut impl Observer) -> Progress {
        self.step(u64::MAX, observer)
    }

    /// Looks at the current state, which has this sum of stances; gives whether it is new.
    fn visit(&mut self, stances: u64, observer: &mut impl Observer) -> bool {
        if !self.seen.insert(self.walk.identity_with(stances)) {
            return false;
        }
        let depth = self.walk.steps();
        self.counts.states = self.seen.len() as u64;
        self.counts.depth = self.counts.depth.max(depth);
        observer.event(Event::State { depth });
        self.property.look(&self.walk);
        let mut enabled = self.walk.enabled();
        if depth >= self.limits.depth && enabled != 0 {
            self.cut = Some(Limit::Depth);
            enabled = 0;
        }
        if enabled == 0 {
            self.counts.runs += 1;
            let outcome = self.property.outcome(&self.walk);
            observer.event(Event::Run {
                broken: self.property.is_broken(&outcome),
            });
            let walk = &self.walk;
            self.outcomes.note(outcome, || walk.order().collect());
        }
        self.open.push(Open {
            threads: enabled,
            stances,
        });
        true
    }
}
