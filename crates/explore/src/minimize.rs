//! The simplest order that ends in a given way: the fewest changes of thread first, then the fewest steps.
//!
//! Failures need few changes of thread (Musuvathi and Qadeer, "Iterative context bounding", PLDI 2007), so all orders with none
//! are looked at, then all with one, and so on; each bound by states, of which there are few while the bound is small.
//! The first bound that has the outcome is the smallest, and the shortest order within it is the answer: no simpler one exists.

use std::collections::BTreeMap;

use lockstep_machine::Schedule;

use crate::hash::mix;
use crate::limits::{Counts, Limit, Limits, Progress};
use crate::property::Property;
use crate::walk::{Model, Walk};

/// The search for the simplest order.
pub struct Minimize<'p, P: Model, Q: Property<P>> {
    walk: Walk<'p, P>,
    property: &'p Q,
    wanted: Q::Outcome,
    limits: Limits,
    /// How often the thread may change.
    bound: u32,
    /// By the digest of a state and of who made the last step, how many changes were left when it was looked at, and after how many steps.
    seen: BTreeMap<u64, (u32, usize)>,
    /// For each state on the way to the current one, who made the last step, the changes left, and the threads still to be tried.
    open: Vec<Open>,
    best: Option<Schedule>,
    counts: Counts,
    /// A bound cut some order short, so that the next one has more to offer.
    is_cut: bool,
}

#[derive(Clone, Copy)]
struct Open {
    last: Option<usize>,
    left: u32,
    threads: u16,
}

impl<'p, P: Model, Q: Property<P>> Minimize<'p, P, Q> {
    /// Gets ready to look for the simplest order of `program` that ends in `wanted`.
    pub fn new(program: &'p P, property: &'p Q, wanted: Q::Outcome, limits: Limits) -> Self {
        let mut search = Self {
            walk: Walk::new(program),
            property,
            wanted,
            limits,
            bound: 0,
            seen: BTreeMap::new(),
            open: Vec::new(),
            best: None,
            counts: Counts::default(),
            is_cut: false,
        };
        search.begin();
        search
    }

    /// What it has done so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The simplest order; only once [`Minimize::step`] has said that it is [complete](Progress::Complete).
    pub fn simplest(&self) -> Option<&Schedule> {
        self.best.as_ref().filter(|_| self.open.is_empty())
    }

    /// Goes on for about `budget` steps. It is complete when the simplest order is known, or it is known that there is none.
    pub fn step(&mut self, budget: u64) -> Progress {
        let stop = self.counts.steps.saturating_add(budget);
        while self.counts.steps < stop {
            if self.counts.states >= self.limits.states {
                return Progress::Limited(Limit::States);
            }
            if self.counts.steps >= self.limits.steps {
                return Progress::Limited(Limit::Steps);
            }
            let Some(open) = self.open.last_mut() else {
                if self.best.is_some() || !self.is_cut {
                    return Progress::Complete;
                }
                let most = self.limits.switches.unwrap_or(u32::MAX);
                if self.bound >= most {
                    return Progress::Limited(Limit::Switches);
                }
                self.bound += 1;
                self.begin();
                continue;
            };
            if open.threads == 0 {
                self.open.pop();
                self.walk.back();
                continue;
            }
            let thread = open.threads.trailing_zeros() as usize;
            open.threads &= open.threads - 1;
            let (last, left) = (open.last, open.left);
            let changes = u32::from(last.is_some_and(|last| last != thread));
            let Some(left) = left.checked_sub(changes) else {
                self.is_cut = true;
                continue;
            };
            self.walk.step(thread);
            self.counts.steps += 1;
            if !self.visit(Some(thread), left) {
                self.walk.back();
            }
        }
        Progress::Going
    }

    /// Searches to the end, or to a limit, and gives the simplest order if it was found.
    pub fn run(&mut self) -> Option<&Schedule> {
        self.step(u64::MAX);
        self.simplest()
    }

    /// Starts over with the current bound.
    fn begin(&mut self) {
        self.seen.clear();
        self.counts.states = 0;
        self.is_cut = false;
        self.walk.back_to(0);
        self.visit(None, self.bound);
    }

    /// Looks at the current state; gives whether to go on from it.
    fn visit(&mut self, last: Option<usize>, left: u32) -> bool {
        let who = last.map_or(0, |last| last as u64 + 1);
        let key = mix(self.walk.identity() ^ mix(who));
        let depth = self.walk.steps();
        let is_no_better = |(more, sooner): &(u32, usize)| *more >= left && *sooner <= depth;
        if self.seen.get(&key).is_some_and(is_no_better) {
            return false;
        }
        self.seen.insert(key, (left, depth));
        self.counts.states = self.seen.len() as u64;
        self.counts.depth = self.counts.depth.max(depth);
        let is_longer = self.best.as_ref().is_some_and(|best| depth >= best.len());
        let enabled = self.walk.enabled();
        if is_longer || depth >= self.limits.depth {
            return false;
        }
        if enabled == 0 {
            self.counts.runs += 1;
            if self.property.outcome(&self.walk) == self.wanted {
                self.best = Some(self.walk.order().collect());
            }
        }
        self.open.push(Open {
            last,
            left,
            threads: enabled,
        });
        true
    }
}
