//! Plain enumeration of all orders, to hold the other engines against.
//!
//! Every order is made; orders are told apart by which steps happen before which, so the number of different ones is the number of classes.
//! Nothing is left out on the strength of an argument, and so it takes very long for anything but toys.

use std::collections::BTreeMap;

use lockstep_machine::ThreadId;

use crate::clock::Past;
use crate::hash::{Seen, mix};
use crate::limits::{Counts, Limit, Limits, Progress};
use crate::property::{Outcomes, Property};
use crate::walk::{Model, Walk};

/// What an enumeration found.
pub struct Found<O> {
    /// How many different classes of complete runs there are.
    pub classes: usize,
    /// How many runs ended differently from an equivalent one: more than none says that dependent steps are taken for independent.
    pub torn: usize,
    /// What was done; `runs` counts all orders.
    pub counts: Counts,
    /// What the orders lead to.
    pub outcomes: Outcomes<O>,
    /// Whether that is everything.
    pub progress: Progress,
}

/// Enumerates all orders of `program`.
///
/// With `shortcut`, what begins with the equivalent of a beginning seen before is not gone through again.
/// That changes how many orders are made, not how many classes there are.
pub fn enumerate<P: Model, Q: Property<P>>(
    program: &P,
    property: &Q,
    limits: &Limits,
    shortcut: bool,
) -> Found<Q::Outcome> {
    let mut search = Search {
        walk: Walk::new(program),
        past: Past::default(),
        property,
        limits,
        classes: BTreeMap::new(),
        torn: 0,
        prefixes: shortcut.then(Seen::new),
        counts: Counts::default(),
        outcomes: Outcomes::default(),
        cut: None,
    };
    search.go(0);
    Found {
        classes: search.classes.len(),
        torn: search.torn,
        counts: search.counts,
        outcomes: search.outcomes,
        progress: search.cut.map_or(Progress::Complete, Progress::Limited),
    }
}

struct Search<'p, P, Q: Property<P>>
where
    P: Model,
{
    walk: Walk<'p, P>,
    past: Past,
    property: &'p Q,
    limits: &'p Limits,
    classes: BTreeMap<u64, Q::Outcome>,
    torn: usize,
    prefixes: Option<Seen>,
    counts: Counts,
    outcomes: Outcomes<Q::Outcome>,
    cut: Option<Limit>,
}

impl<P: Model, Q: Property<P>> Search<'_, P, Q> {
    /// Goes through all that follows; `digest` is that of the order so far, the same for equivalent ones.
    fn go(&mut self, digest: u64) {
        let enabled = self.walk.enabled();
        let depth = self.walk.steps();
        let too_deep = depth >= self.limits.depth && enabled != 0;
        if enabled == 0 || too_deep {
            if too_deep {
                self.cut = Some(Limit::Depth);
            }
            self.counts.runs += 1;
            self.counts.depth = self.counts.depth.max(depth);
            let outcome = self.property.outcome(&self.walk);
            let known = self
                .classes
                .entry(digest)
                .or_insert_with(|| outcome.clone());
            self.torn += usize::from(*known != outcome);
            let walk = &self.walk;
            self.outcomes.note(outcome, || walk.order().collect());
            return;
        }
        for thread in (0..ThreadId::LIMIT).filter(|thread| enabled >> thread & 1 == 1) {
            if self.counts.steps >= self.limits.steps || self.counts.runs >= self.limits.runs {
                self.cut = Some(Limit::Steps);
                return;
            }
            self.past.push(&self.walk, thread, |_| ());
            let mut hash = thread as u64;
            if let Some(step) = self.past.steps.last() {
                for part in step.clock {
                    hash = mix(hash ^ u64::from(part));
                }
            }
            self.walk.step(thread);
            self.counts.steps += 1;
            let digest = digest.wrapping_add(hash);
            if self
                .prefixes
                .as_mut()
                .is_none_or(|prefixes| prefixes.insert(digest))
            {
                self.go(digest);
            }
            self.walk.back();
            self.past.back_to(depth, &self.walk.code.prints);
        }
    }
}
