//! Optimal dynamic partial order reduction: one run for each class of equivalent orders.
//!
//! After Abdulla, Aronis, Jonsson and Sagonas, "Optimal dynamic partial order reduction" (POPL 2014; J. ACM 2017):
//! a run is made; each race in it says that an order exists in which the two steps come the other way round, and that order is
//! planned in the wakeup tree of the place where it parts, unless a planned or finished run is equivalent; then the next planned run is made.
//! Sleep sets keep what has been done. No run is begun that turns out to repeat another.
//!
//! Two things differ from the paper. Locks block, for which [`Past::push`] has two more rules. And a race that an earlier run had too
//! is only looked at again if something that this run does differently could have decided what became of it.

use lockstep_machine::ThreadId;

use crate::clock::{Past, Step};
use crate::dependence::Print;
use crate::limits::{Counts, Limit, Limits, Progress};
use crate::observer::{Event, Observer};
use crate::property::{Outcomes, Property};
use crate::wakeup::{ALL, Branches, Decided, Forest, Planned};
use crate::walk::{Model, Walk};

/// One point of the current run: what has been done from here, and what is planned.
struct Point {
    /// Threads whose next step has been seen to lead nowhere new, one bit each.
    sleep: u16,
    branches: Branches,
    /// What each thread would do here.
    at: [Print; ThreadId::LIMIT],
}

/// Two steps of the current run that could have come the other way round.
struct Race {
    earlier: u32,
    later: u32,
    /// How much of the run has decided what became of it.
    decided: Decided,
}

/// The search by classes of equivalent orders.
pub struct Dpor<'p, P: Model, Q: Property<P>> {
    walk: Walk<'p, P>,
    property: &'p Q,
    limits: Limits,
    past: Past,
    points: Vec<Point>,
    forest: Forest,
    /// The races of the current run, by their later step.
    races: Vec<Race>,
    /// How many steps the current run has in common with the one before.
    shared: usize,
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
            shared: 0,
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
        self.points.push(Point {
            sleep,
            branches,
            at: self.walk.prints,
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
                    at: depth as u32,
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
            let sleepers = point.sleep & !(1 << thread);
            let prints = &self.walk.code.prints;
            let sleep = prints.independent(sleepers, &point.at, planned.print);
            let races = &mut self.races;
            self.past.push(&self.walk, thread, |earlier| {
                races.push(Race {
                    earlier: earlier as u32,
                    later: depth as u32,
                    decided: ALL,
                });
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

        let mut races = std::mem::take(&mut self.races);
        for race in &mut races {
            if (race.decided as usize) < self.shared {
                continue;
            }
            let step = &self.past.steps[race.later as usize];
            let last = Planned {
                thread: step.thread,
                print: step.print,
                at: race.later,
            };
            race.decided = self.plan(race.earlier as usize, last, observer);
        }
        self.races = races;
        // A thread that waits for good could have been first as well.
        let mut waiting = self.walk.live() & !self.walk.enabled();
        while waiting != 0 {
            let thread = waiting.trailing_zeros() as usize;
            waiting &= waiting - 1;
            let mut earlier = Vec::new();
            self.past.look(&self.walk, thread, |at| earlier.push(at));
            let last = Planned {
                thread: thread as u8,
                print: self.walk.print(thread),
                at: self.past.steps.len() as u32,
            };
            for earlier in earlier {
                self.plan(earlier, last, observer);
            }
        }
    }

    /// Plans the order in which the step `last` of the run, or the next one of its thread if the run is over before, comes before the step `earlier`,
    /// with everything that does not depend on that step; gives what decided whether there is something new in it.
    fn plan(&mut self, earlier: usize, last: Planned, observer: &mut impl Observer) -> Decided {
        let (thread, later) = (usize::from(last.thread), last.at as usize);
        let place = match self.walk.stood(later) {
            Some((_, place)) => place,
            None => self.walk.place(thread),
        };
        let is_unasked = place.waits_unasked;
        if is_unasked {
            let own = self.past.own_before(thread, later);
            let waiting = place.operation.as_ref().map(|operation| (operation, &own));
            let out = &mut self.left_out;
            let possible = self.past.left_out(&self.walk, earlier, waiting, out);
            if possible.is_none() {
                return last.at;
            }
        }
        let prints = &self.walk.code.prints;
        let Some(point) = self.points.get_mut(earlier) else {
            return ALL;
        };
        let steps = &self.past.steps;
        let (first, behind) = (&steps[earlier], &steps[earlier + 1..]);
        let (by, number) = (usize::from(first.thread), first.number());
        let left_out = &self.left_out;
        // Nothing that comes after the later step and stays depends on it.
        let stays = |at: usize, step: &Step| {
            let is_out = match is_unasked {
                true => left_out[at - earlier],
                false => step.clock[by] >= number,
            };
            !is_out || at == later
        };
        let (mut needed, mut sleepers) = (last.at, point.sleep);
        for (at, step) in (earlier + 1..).zip(behind) {
            if sleepers == 0 {
                break;
            }
            if !stays(at, step) {
                continue;
            }
            if sleepers >> step.thread & 1 == 1 {
                // What would be planned begins like something that was run.
                return last.at.max(at as u32);
            }
            let awake = prints.independent(sleepers, &point.at, step.print);
            if awake != sleepers {
                needed = needed.max(at as u32);
            }
            sleepers = awake;
        }
        if later == steps.len() {
            if sleepers >> last.thread & 1 == 1 {
                return last.at;
            }
            sleepers = prints.independent(sleepers, &point.at, last.print);
        }
        if sleepers != 0 {
            return ALL;
        }
        self.sequence.clear();
        let has_others = self.forest.has_others(point.branches);
        for (at, step) in (earlier + 1..).zip(behind) {
            if at as u32 > needed && !has_others {
                // What comes now would neither be run nor decide anything.
                break;
            }
            if stays(at, step) {
                self.sequence.push(Planned {
                    thread: step.thread,
                    print: step.print,
                    at: at as u32,
                });
            }
        }
        if later == steps.len() {
            self.sequence.push(last);
        }
        let sequence = &mut self.sequence;
        let branches = &mut point.branches;
        let (added, decided) = self.forest.insert(branches, true, sequence, needed, prints);
        if added {
            observer.event(Event::Planned { depth: earlier });
        }
        decided
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
            self.past.back_to(depth, &self.walk.code.prints);
            while let Some(race) = self.races.last()
                && race.later as usize >= depth
            {
                self.races.pop();
            }
            let Some(point) = self.points.last_mut() else {
                return false;
            };
            point.branches = self.forest.remove_first(point.branches);
            point.sleep |= 1 << thread;
            if !point.branches.is_empty() {
                self.shared = depth;
                return true;
            }
        }
        false
    }
}
