//! How long searches take, each from nothing: no code of any thread is known yet.
//!
//! divan prints steps per second besides. `floor` goes through as many steps as the search of `readers(13)` by classes without searching anything,
//! so that the others can be read as multiples of something in the same run. What other searches need is told by `cargo xtask bench-peers`.

use std::hint::black_box;

use divan::Bencher;
use divan::counter::ItemsCount;
use lockstep_explore::toys::{self, Order, Toy};
use lockstep_explore::{
    Counts, Dpor, Ending, Ends, Limits, Pct, Progress, Property, Stateful, Walk,
};

fn main() {
    divan::main();
}

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

/// The programs, by name.
fn toy(name: &str) -> Toy {
    match name {
        "lastzero 10" => toys::lastzero(10),
        "lastzero 12" => toys::lastzero(12),
        "readers 13" => toys::readers(13),
        "indexer 15" => toys::indexer(15),
        "after 1 2" => toys::rmap(Order::After, 1, 2),
        "after 1 3" => toys::rmap(Order::After, 1, 3),
        "after 2 2" => toys::rmap(Order::After, 2, 2),
        "after 1 4" => toys::rmap(Order::After, 1, 4),
        "before 1 0" => toys::rmap(Order::Before, 1, 0),
        "before 1 3" => toys::rmap(Order::Before, 1, 3),
        "before 1 4" => toys::rmap(Order::Before, 1, 4),
        _ => Toy::new(0),
    }
}

fn by_classes(toy: &Toy) -> Counts {
    let mut search = Dpor::new(toy, &NoBadPage, Limits::default());
    assert_eq!(search.run(&mut ()), Progress::Complete);
    search.counts()
}

fn by_states(toy: &Toy) -> Counts {
    let mut search = Stateful::new(toy, &NoBadPage, Limits::default());
    assert_eq!(search.run(&mut ()), Progress::Complete);
    search.counts()
}

/// Times a search, with its steps as what is counted.
fn time(bencher: Bencher<'_, '_>, toy: &Toy, search: impl Fn(&Toy) -> Counts) {
    let steps = search(toy).steps;
    bencher
        .counter(ItemsCount::new(steps))
        .bench_local(|| search(black_box(toy)));
}

#[divan::bench(args = ["lastzero 10", "lastzero 12", "readers 13", "indexer 15", "after 1 2", "after 1 3", "after 2 2"])]
fn classes(bencher: Bencher<'_, '_>, name: &str) {
    time(bencher, &toy(name), by_classes);
}

#[divan::bench(args = ["readers 13", "after 1 2", "after 1 3", "after 2 2", "after 1 4"])]
fn states(bencher: Bencher<'_, '_>, name: &str) {
    time(bencher, &toy(name), by_states);
}

#[divan::bench(args = ["readers 13", "after 1 3", "after 2 2", "after 1 4"])]
fn states_told_apart(bencher: Bencher<'_, '_>, name: &str) {
    time(bencher, &toy(name).without_symmetry(), by_states);
}

/// To the first failure, with another seed each time.
#[divan::bench(args = ["before 1 0", "before 1 3", "before 1 4"])]
fn chance(bencher: Bencher<'_, '_>, name: &str) {
    let toy = toy(name);
    let mut seed = 0u64;
    bencher.bench_local(|| {
        seed += 1 << 32;
        let mut search = Pct::new(&toy, &NoBadPage, Limits::default(), seed);
        assert!(search.find(&mut ()));
        search.counts().runs
    });
}

#[divan::bench]
fn floor(bencher: Bencher<'_, '_>) {
    const STEPS: u64 = 69_631;
    bencher.counter(ItemsCount::new(STEPS)).bench_local(|| {
        let mut memory = black_box([0u64; 8]);
        for step in 0..STEPS {
            let at = (step ^ memory[0]) as usize % memory.len();
            memory[at] = memory[at].wrapping_add(step);
        }
        memory
    });
}
