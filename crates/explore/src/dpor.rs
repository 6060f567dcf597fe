//! Optimal dynamic partial order reduction: one run for each class of equivalent orders.
//!
//! After Abdulla, Aronis, Jonsson and Sagonas, "Optimal dynamic partial order reduction" (POPL 2014; J. ACM 2017):
//! a run is made; each race in it says that an order exists in which the two steps come the other way round, and that order is
//! planned in the wakeup tree of the place where it parts, unless a planned or finished run is equivalent; then the next planned run is made.
//! Sleep sets keep what has been done. No run is begun that turns out to repeat another.
//!
//! Two things differ from the paper. Locks block, for which [`Past::push`] has two more rules. And races are only looked at
//! when their later step is new in this run: the others have been looked at in the run that it shares its beginning with.

use crate::clock::Past;
use crate::limits::{Counts, Limit, Limits, Progress};
use crate::observer::{Event, Observer};
use crate::property::{Outcomes, Property};
use crate::wakeup::{Branches, Forest, Planned, begins};
use crate::walk::{Model, Walk};

/// One point of the current run: what has been done from here, and what is planned.
struct Point {
    /// Threads whose next step has been seen to lead nowhere new, one bit each.
    sleep: u16,
    branches: Branches,
    /// What each thread would do here.
    at: [u16; lockstep_machine::ThreadId::LIMIT],
}

/// The search by classes of equivalent orders.
pub struct Dpor<'p, P: Model, Q: Property<P>> {
    walk: Walk<'p, P>,
    property: &'p Q,
    limits: Limits,
    past: Past,
    points: Vec<Point>,
    forest: Forest,
    /// The races of the steps of the current run whose later step is new: the earlier and the later one.
    races: Vec<(u32, u32)>,
    sequence: Vec<Planned>,
    /// Which steps from the earlier one of a race on are no part of the order planned.
    left_out: Vec<bool>,
    outcomes: Outcomes<Q::Outcome>,
    counts: Counts,
    cut: Option<Limit>,
    started: bool,
}

impl<'p, P: Model, Q: Property<P>> Dpor<'p, P, Q> {
    /// Gets ready to search `program`.
    pub fn new(program: &'p P, property: &'p Q, limits: Limits) -> Self {
        Self {
            walk: Walk::new(program),
            property,
            limits,
            past: Past::default(),
            points: Vec::new(),
            forest: Forest::default(),
            races: Vec::new(),
            sequence: Vec::new(),
            left_out: Vec::new(),
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
            self.enter(0, Branches::NONE);
            self.down(observer);
        }
        while self.counts.steps < stop {
            if self.counts.runs >= self.limits.runs {
                return Progress::Limited(Limit::Runs);
            }
            if self.counts.steps >= self.limits.steps {
                return Progress::Limited(Limit::Steps);
            }
            if !self.up() {
                return self.cut.map_or(Progress::Complete, Progress::Limited);
            }
            self.down(observer);
        }
        Progress::Going
    }

    /// Searches to the end, or to a limit.
    pub fn run(&mut self, observer: &mut impl Observer) -> Progress {
        self.step(u64::MAX, observer)
    }

    /// Begins a new point of the run, with what sleeps here and what is planned.
    fn enter(&mut self, sleep: u16, branches: Branches) {
        let at = std::array::from_fn(|index| {
            if index < self.walk.threads() {
                self.walk.print(index)
            } else {
                0
            }
        });
        self.points.push(Point {
            sleep,
            branches,
            at,
        });
    }

    /// Goes down from the current point to the end of a run, and plans what its races ask for.
    fn down(&mut self, observer: &mut impl Observer) {
        loop {
            let depth = self.walk.steps();
            let enabled = self.walk.enabled();
            if depth >= self.limits.depth && enabled != 0 {
                self.cut = self.cut.max(Some(Limit::Depth));
                self.finish(observer);
                return;
            }
            if enabled == 0 {
                self.finish(observer);
                return;
            }
            let Some(point) = self.points.last_mut() else {
                return;
            };
            if point.branches.is_empty() {
                let awake = enabled & !point.sleep;
                if awake == 0 {
                    self.counts.blocked_runs += 1;
                    observer.event(Event::Blocked { depth });
                    return;
                }
                let thread = awake.trailing_zeros() as usize;
                point.branches = self.forest.single(Planned {
                    thread: thread as u8,
                    print: point.at[thread],
                });
            }
            let Some(planned) = self.forest.first(point.branches) else {
                return;
            };
            let thread = usize::from(planned.thread);
            if enabled >> thread & 1 == 0 {
                // Only an error in the relation leads here; a run lost is reported, never silent.
                self.counts.blocked_runs += 1;
                observer.event(Event::Blocked { depth });
                return;
            }
            let below = self.forest.take_after_first(point.branches);
            let mut sleep = point.sleep;
            let mut sleepers = sleep;
            while sleepers != 0 {
                let index = sleepers.trailing_zeros() as usize;
                sleepers &= sleepers - 1;
                if index == thread || self.walk.code.prints.depend(point.at[index], planned.print) {
                    sleep &= !(1 << index);
                }
            }
            let races = &mut self.races;
            self.past.push(&self.walk, thread, |earlier| {
                races.push((earlier as u32, depth as u32));
            });
            self.walk.step(thread);
            self.counts.steps += 1;
            observer.event(Event::Step { thread, depth });
            self.property.look(&self.walk);
            self.enter(sleep, below);
        }
    }

    /// The run is over: notes what came of it, and plans the orders its races ask for.
    fn finish(&mut self, observer: &mut impl Observer) {
        self.counts.runs += 1;
        self.counts.depth = self.counts.depth.max(self.walk.steps());
        let outcome = self.property.outcome(&self.walk);
        observer.event(Event::Run {
            broken: self.property.is_broken(&outcome),
        });
        let walk = &self.walk;
        self.outcomes.note(outcome, || walk.order().collect());

        let races = std::mem::take(&mut self.races);
        for (earlier, later) in &races {
            let step = self.past.steps[*later as usize];
            let last = Planned {
                thread: step.thread,
                print: step.print,
            };
            self.plan(*earlier as usize, last, *later as usize, observer);
        }
        self.races = races;
        self.races.clear();
        // A thread that waits for good could have been first as well.
        let mut waiting = self.walk.live() & !self.walk.enabled();
        while waiting != 0 {
            let thread = waiting.trailing_zeros() as usize;
            waiting &= waiting - 1;
            let mut races = std::mem::take(&mut self.races);
            self.past.look(&self.walk, thread, |earlier| {
                races.push((earlier as u32, 0));
            });
            let last = Planned {
                thread: thread as u8,
                print: self.walk.print(thread),
            };
            for (earlier, _) in &races {
                self.plan(*earlier as usize, last, usize::MAX, observer);
            }
            races.clear();
            self.races = races;
        }
    }

    /// Plans the order in which step `last` of a thread, or its next one if there is no such step yet, comes before the step `earlier`,
    /// with everything that does not depend on that step.
    fn plan(&mut self, earlier: usize, last: Planned, later: usize, observer: &mut impl Observer) {
        let thread = usize::from(last.thread);
        let waiting = match self.past.steps.get(later) {
            Some(_) => self.walk.done(later).map(|(operation, _)| operation),
            None => self.walk.place(thread).operation,
        };
        let own = self.past.own_before(thread, later);
        let waiting = waiting.as_ref().map(|operation| (operation, &own));
        let out = &mut self.left_out;
        if self
            .past
            .left_out(&self.walk, earlier, waiting, out)
            .is_none()
        {
            return;
        }
        self.sequence.clear();
        for (step, out) in self.past.steps[earlier..].iter().zip(&*out) {
            if !out {
                self.sequence.push(Planned {
                    thread: step.thread,
                    print: step.print,
                });
            }
        }
        self.sequence.push(last);
        let prints = &self.walk.code.prints;
        let Some(point) = self.points.get_mut(earlier) else {
            return;
        };
        let mut sleepers = point.sleep;
        while sleepers != 0 {
            let index = sleepers.trailing_zeros() as usize;
            sleepers &= sleepers - 1;
            let asleep = Planned {
                thread: index as u8,
                print: point.at[index],
            };
            if begins(&self.sequence, asleep, prints).is_some() {
                return;
            }
        }
        if self
            .forest
            .insert(&mut point.branches, true, &mut self.sequence, prints)
        {
            observer.event(Event::Planned { depth: earlier });
        }
    }

    /// Goes back to the nearest point where something is still planned; gives whether there is one.
    fn up(&mut self) -> bool {
        while self.points.len() > 1 {
            self.points.pop();
            let depth = self.points.len() - 1;
            self.walk.back_to(depth);
            let Some(done) = self.past.steps.get(depth) else {
                return false;
            };
            let thread = done.thread;
            self.past.back_to(depth);
            let Some(point) = self.points.last_mut() else {
                return false;
            };
            point.branches = self.forest.remove_first(point.branches);
            point.sleep |= 1 << thread;
            if !point.branches.is_empty() {
                return true;
            }
        }
        false
    }
}
