//! This project's three engines, each from nothing: the code of the threads is learned anew every time.

use lockstep_explore::toys::{self, BadPage, Order, Toy};
use lockstep_explore::{Dpor, Event, Limits, Pct, Progress, Stateful};

use crate::measure::Done;
use crate::work::Work;

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
    let mut search = Dpor::new(&toy, &BadPage, Limits::default());
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
    let mut search = Stateful::new(toy, &BadPage, Limits::default());
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
    let mut search = Pct::new(&toy, &BadPage, limits, seed << 32);
    let found = search.find(&mut ());
    Done {
        count: search.counts().runs,
        found,
        is_right: found == work.fails(),
    }
}
