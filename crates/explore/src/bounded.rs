//! All orders with so many changes of thread and no more, by states: what is common to the searches that care how often the thread changes.
//!
//! Failures need few changes of thread (Musuvathi and Qadeer, "Iterative context bounding", PLDI 2007), and within a small bound there are
//! few states, however many orders there are in all. A state is looked at again only with more changes left, or after fewer steps.

use crate::hash::{Known, mix};
use crate::limits::{Counts, Limit, Limits};
use crate::walk::{Model, Walk};

/// The search of all orders within a bound, which can be widened.
pub(crate) struct Bounded<'p, P: Model> {
    walk: Walk<'p, P>,
    limits: Limits,
    /// How often the thread may change.
    bound: u32,
    /// By the digest of a state and of who made the last step, how many changes were left when it was looked at, and after how many steps.
    seen: Known<(u32, u32)>,
    /// For each state on the way to the current one, who made the last step, the changes left, and the threads still to be tried.
    open: Vec<Open>,
    counts: Counts,
    /// Only orders with fewer steps are still of interest.
    shorter: usize,
    /// The bound has cut some order short.
    is_cut: bool,
    /// The limit of depth has.
    is_deep: bool,
}

#[derive(Clone, Copy)]
struct Open {
    last: Option<usize>,
    left: u32,
    threads: u16,
}

/// How a turn of the search has ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Turn {
    /// There is more to do within the bound.
    Going,
    /// Every order within the bound is covered.
    Through,
    /// A limit has ended it.
    Limited(Limit),
}

/// What there is to see of the search's way.
pub(crate) struct Sight<'a, 'p, P> {
    /// A state that was met for the first time, or in a better way.
    pub(crate) walk: &'a Walk<'p, P>,
    /// Whether nobody goes on from there.
    pub(crate) is_end: bool,
}

impl<'p, P: Model> Bounded<'p, P> {
    /// Gets ready to go through the orders of `program` in which the thread never changes.
    pub(crate) fn new(program: &'p P, limits: Limits) -> Self {
        Self {
            walk: Walk::new(program),
            limits,
            bound: 0,
            seen: Known::new(),
            open: Vec::new(),
            counts: Counts::default(),
            shorter: usize::MAX,
            is_cut: false,
            is_deep: false,
        }
    }

    /// What it has done: the steps in all, and the states and the runs within the bound.
    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }

    /// What is left out once the search is through and [cannot be widened](Self::widen); `None` if nothing is.
    pub(crate) fn left_out(&self) -> Option<Limit> {
        match (self.is_cut, self.is_deep) {
            (true, _) => Some(Limit::Switches),
            (false, true) => Some(Limit::Depth),
            (false, false) => None,
        }
    }

    /// Starts over with one change of thread more, if there are orders that need it and it is within the limit.
    pub(crate) fn widen(&mut self) -> bool {
        if !self.is_cut || self.limits.switches.is_some_and(|most| self.bound >= most) {
            return false;
        }
        self.bound += 1;
        self.seen.clear();
        self.shorter = usize::MAX;
        (self.counts.states, self.counts.runs) = (0, 0);
        (self.is_cut, self.is_deep) = (false, false);
        true
    }

    /// Goes on for about `budget` steps. `look` is shown each state, and may say
    /// that within this bound only orders with fewer than some number of steps matter from now on.
    pub(crate) fn step(
        &mut self,
        budget: u64,
        look: &mut impl FnMut(Sight<'_, 'p, P>) -> Option<usize>,
    ) -> Turn {
        let stop = self.counts.steps.saturating_add(budget);
        if self.seen.len() == 0 {
            self.walk.back_to(0);
            self.visit(None, self.bound, look);
        }
        while self.counts.steps < stop {
            if self.counts.states >= self.limits.states {
                return Turn::Limited(Limit::States);
            }
            if self.counts.steps >= self.limits.steps {
                return Turn::Limited(Limit::Steps);
            }
            let Some(open) = self.open.last_mut() else {
                return Turn::Through;
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
            if !self.visit(Some(thread), left, look) {
                self.walk.back();
            }
        }
        Turn::Going
    }

    /// Looks at the current state; gives whether to go on from it.
    fn visit(
        &mut self,
        last: Option<usize>,
        left: u32,
        look: &mut impl FnMut(Sight<'_, 'p, P>) -> Option<usize>,
    ) -> bool {
        // Exchangeable threads may have changed places, so it is not by its number that the last one is known.
        let who = last.map_or(0, |last| self.walk.stance(last));
        let key = mix(self.walk.identity() ^ mix(who));
        let depth = self.walk.steps();
        let after = u32::try_from(depth).unwrap_or(u32::MAX);
        let (is_new, best) = self.seen.entry(key);
        if !is_new && best.0 >= left && best.1 <= after {
            return false;
        }
        *best = (left, after);
        self.counts.states = self.seen.len() as u64;
        self.counts.depth = self.counts.depth.max(depth);
        if depth >= self.shorter {
            return false;
        }
        let mut threads = self.walk.enabled();
        if depth >= self.limits.depth && threads != 0 {
            self.is_deep = true;
            threads = 0;
        }
        let is_end = threads == 0;
        self.counts.runs += u64::from(is_end);
        let walk = &self.walk;
        if let Some(shorter) = look(Sight { walk, is_end }) {
            self.shorter = shorter;
        }
        self.open.push(Open {
            last,
            left,
            threads,
        });
        true
    }
}
