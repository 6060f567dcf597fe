//! Orders drawn at random, in the way that finds a failure soonest: it goes before any search that is complete.
//!
//! After Burckhardt, Kothari, Musuvathi and Nagarakatte, "A randomized scheduler with probabilistic guarantees of finding bugs"
//! (ASPLOS 2010): each thread gets a priority, whoever can step and has the highest steps, and at a few steps drawn beforehand
//! the one that would step becomes the last. A failure that needs `d` things to happen in order is found by one run
//! with a probability of at least `1 / (n * k^(d - 1))`, for `n` threads and `k` steps; in practice far sooner.
//!
//! What chance decides is decided by a number given beforehand, so the same search makes the same runs everywhere.

use crate::hash::mix;
use crate::limits::{Counts, Limit, Limits, Progress};
use crate::observer::{Event, Observer};
use crate::property::{Outcomes, Property};
use crate::walk::{Model, Walk};

/// The search by chance. It never proves anything: it ends with [`Limit::Runs`] unless something else ends it first.
pub struct Pct<'p, P: Model, Q: Property<P>> {
    walk: Walk<'p, P>,
    property: &'p Q,
    limits: Limits,
    random: u64,
    /// How many steps of a run are followed by a change of priorities.
    changes: usize,
    /// The steps after which that happens in the current run, in any order.
    change_at: Vec<usize>,
    /// The threads, the most urgent first.
    urgent: Vec<usize>,
    /// The longest run so far: from how many steps the changes are drawn.
    length: usize,
    outcomes: Outcomes<Q::Outcome>,
    counts: Counts,
    is_broken: bool,
}

impl<'p, P: Model, Q: Property<P>> Pct<'p, P, Q> {
    /// How many runs are worth making before a complete search.
    pub const RUNS: u64 = 100;
    /// How many things have to happen in order for a failure to be found with the probability above: three find all known ones.
    pub const DEPTH: usize = 3;

    /// Gets ready to make [`Limits::runs`] runs of `program`; `seed` decides which.
    pub fn new(program: &'p P, property: &'p Q, limits: Limits, seed: u64) -> Self {
        let walk = Walk::new(program);
        Self {
            urgent: (0..walk.threads()).collect(),
            walk,
            property,
            limits,
            random: seed,
            changes: Self::DEPTH - 1,
            change_at: Vec::new(),
            length: 0,
            outcomes: Outcomes::default(),
            counts: Counts::default(),
            is_broken: false,
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

    /// Whether a run has ended badly.
    pub fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// Goes on for about `budget` steps, and no further than the first run that ends badly.
    pub fn step(&mut self, budget: u64, observer: &mut impl Observer) -> Progress {
        let stop = self.counts.steps.saturating_add(budget);
        loop {
            if self.counts.runs >= self.limits.runs {
                return Progress::Limited(Limit::Runs);
            }
            if self.counts.steps >= self.limits.steps {
                return Progress::Limited(Limit::Steps);
            }
            let was_broken = self.is_broken;
            self.make_run(observer);
            if self.counts.steps >= stop || self.is_broken != was_broken {
                return Progress::Going;
            }
        }
    }

    /// Makes runs up to the first that ends badly, or up to a limit; gives whether there was one.
    pub fn find(&mut self, observer: &mut impl Observer) -> bool {
        while !self.is_broken && self.step(u64::MAX, observer) == Progress::Going {}
        self.is_broken
    }

    /// A number below `end`, which must not be 0.
    fn below(&mut self, end: usize) -> usize {
        self.random = self.random.wrapping_add(1);
        (mix(self.random) % end as u64) as usize
    }

    fn make_run(&mut self, observer: &mut impl Observer) {
        self.walk.back_to(0);
        for last in (1..self.urgent.len()).rev() {
            let chosen = self.below(last + 1);
            self.urgent.swap(last, chosen);
        }
        self.change_at.clear();
        // How long runs are is not known before the first.
        if self.length > 0 {
            for _ in 0..self.changes {
                let at = self.below(self.length);
                self.change_at.push(at);
            }
        }
        loop {
            let depth = self.walk.steps();
            let enabled = self.walk.enabled();
            if depth >= self.limits.depth {
                break;
            }
            let able = |thread: &&usize| enabled >> **thread & 1 == 1;
            let Some(mut thread) = self.urgent.iter().find(able).copied() else {
                break;
            };
            if self.change_at.contains(&depth) {
                self.urgent.retain(|other| *other != thread);
                self.urgent.push(thread);
                let next = self.urgent.iter().find(able);
                thread = next.copied().unwrap_or(thread);
            }
            self.walk.step(thread);
            self.counts.steps += 1;
            observer.event(Event::Step { thread, depth });
            self.property.look(&self.walk);
        }
        self.length = self.length.max(self.walk.steps());
        self.counts.runs += 1;
        self.counts.depth = self.length;
        let outcome = self.property.outcome(&self.walk);
        let broken = self.property.is_broken(&outcome);
        self.is_broken |= broken;
        observer.event(Event::Run { broken });
        let walk = &self.walk;
        self.outcomes.note(outcome, || walk.order().collect());
    }
}
