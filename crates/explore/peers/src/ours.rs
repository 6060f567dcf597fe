//! This project's three engines, each from nothing: the code of the threads is learned anew every time.

use lockstep_explore::toys::{self, Order, Toy};
use lockstep_explore::{
    Dpor, Ending, Ends, Event, Limits, Pct, Progress, Property, Stateful, Walk,
};

use crate::measure::Done;
use crate::work::Work;

/// Whether a page was freed with its mark, or somebody did not end.
struct NoBadPage;

impl Property<Toy> for NoBadPage {
    type Outcome = bool;

    fn outcome(&self, walk: &Walk<'_, Toy>) -> bool {
        !walk.marks().is_empty() || Ends.outcome(walk) != Ending::Finished
    }

    fn is_broken(&self, outcome: &bool) -> bool {
        *outcome
    }
}

fn toy(work: Work) -> Toy {
    match work {
        Work::LastZero(n) => toys::lastzero(n.into()),
        Work::Readers(n) => toys::readers(n.into()),
        Work::Indexer(n) => toys::indexer(n.into()),
        Work::Rmap(true, r, m) => toys::rmap(Order::Before, r.into(), m.into()),
        Work::Rmap(false, r, m) => toys::rmap(Order::After, r.into(), m.into()),
    }
}

pub(crate) fn classes(work: Work) -> Done {
    let toy = toy(work);
    let mut search = Dpor::new(&toy, &NoBadPage, Limits::default());
    let mut found = false;
    let mut note = |event| found |= event == Event::Run { broken: true };
    let mut progress = Progress::Going;
    if work.fails() {
        while progress == Progress::Going && !search.outcomes().set().contains(&true) {
            progress = search.step(1, &mut ());
        }
        found = search.outcomes().set().contains(&true);
    } else {
        progress = search.run(&mut note);
    }
    Done {
        count: search.counts().runs,
        found,
        is_right: found == work.fails() && (found || progress == Progress::Complete),
    }
}

pub(crate) fn symmetric(work: Work) -> Done {
    states(work, &toy(work))
}

pub(crate) fn told_apart(work: Work) -> Done {
    states(work, &toy(work).without_symmetry())
}

fn states(work: Work, toy: &Toy) -> Done {
    let mut search = Stateful::new(toy, &NoBadPage, Limits::default());
    let mut progress = Progress::Going;
    while progress == Progress::Going && !(work.fails() && search.outcomes().set().contains(&true))
    {
        progress = search.step(if work.fails() { 8 } else { u64::MAX }, &mut ());
    }
    let found = search.outcomes().set().contains(&true);
    Done {
        count: search.counts().states,
        found,
        is_right: found == work.fails() && (found || progress == Progress::Complete),
    }
}

pub(crate) fn chance(work: Work, seed: u64) -> Done {
    let toy = toy(work);
    let limits = Limits {
        runs: 100_000,
        ..Limits::default()
    };
    let mut search = Pct::new(&toy, &NoBadPage, limits, seed << 32);
    let found = search.find(&mut ());
    Done {
        count: search.counts().runs,
        found,
        is_right: found == work.fails(),
    }
}
