//! Programs whose answer is known from papers, from other searches, or on paper.

use lockstep_machine::{Address, BitLock, Cpu, RwSem, Word};

mod common;

use lockstep_explore::toys::{self, Order, Toy};
use lockstep_explore::{Dpor, Ending, Ends, Limits, Progress, Property, Stateful, Walk, brute};

use common::NoBadPage;

/// The number of classes; the search must be complete, and no run begun in vain.
fn classes(toy: &Toy) -> u64 {
    let mut search = Dpor::new(toy, &NoBadPage, Limits::default());
    assert_eq!(search.run(&mut ()), Progress::Complete);
    assert_eq!(search.counts().blocked_runs, 0);
    search.counts().runs
}

fn states(toy: &Toy) -> u64 {
    let mut search = Stateful::new(toy, &NoBadPage, Limits::default());
    assert_eq!(search.run(&mut ()), Progress::Complete);
    search.counts().states
}

fn brute_classes(toy: &Toy) -> u64 {
    let found = brute::enumerate(toy, &NoBadPage, &Limits::default(), true);
    assert_eq!(found.progress, Progress::Complete);
    found.classes as u64
}

#[test]
fn lastzero() {
    let counts = [5, 8, 10, 12, 15].map(|n| classes(&toys::lastzero(n)));
    assert_eq!(counts, [64, 704, 3_328, 15_360, 147_456]);
    assert_eq!(brute_classes(&toys::lastzero(5)), 64);
    assert_eq!(brute_classes(&toys::lastzero(8)), 704);
}

#[test]
fn readers() {
    let counts = [2, 8, 13].map(|n| classes(&toys::readers(n)));
    assert_eq!(counts, [4, 256, 8_192]);
    assert_eq!(brute_classes(&toys::readers(8)), 256);
    // Before and after the write, with 0 to 13 of the readers done: 14 + 14 states.
    assert_eq!(states(&toys::readers(13)), 28);
}

#[test]
fn indexer() {
    let counts = [11, 12, 15].map(|n| classes(&toys::indexer(n)));
    assert_eq!(counts, [1, 8, 4_096]);
}

#[test]
fn filesystem() {
    assert_eq!(classes(&toys::filesystem(0..14)), 2);
    assert_eq!(classes(&toys::filesystem(0..16)), 8);
    assert_eq!(classes(&toys::filesystem((0..7).chain(13..18))), 32);
    assert_eq!(classes(&toys::filesystem((0..7).chain(13..19))), 64);
}

#[test]
fn locks() {
    assert_eq!(
        [2, 3, 4].map(|n| classes(&toys::locked_stores(n))),
        [2, 6, 24]
    );
    for n in 2..=4 {
        let toy = toys::dining(n);
        let mut search = Dpor::new(&toy, &Ends, Limits::default());
        assert_eq!(search.run(&mut ()), Progress::Complete);
        assert_eq!(
            search.outcomes().set(),
            [Ending::Finished, Ending::Deadlock]
        );
        assert_eq!(search.counts().runs, brute_classes(&toy));
    }
}

#[test]
fn reader_writer_locks() {
    for (readers, writers, tries) in [
        (2, 0, 0),
        (3, 0, 2),
        (0, 2, 0),
        (1, 1, 0),
        (2, 1, 0),
        (2, 2, 0),
        (1, 1, 1),
        (0, 2, 1),
        (1, 2, 1),
        (2, 1, 1),
        (0, 1, 2),
        (1, 1, 2),
    ] {
        let toy = toys::read_write(readers, writers, tries);
        let (ours, brute) = (classes(&toy), brute_classes(&toy));
        assert_eq!(
            ours, brute,
            "{readers} readers, {writers} writers, {tries} tries"
        );
    }
    assert_eq!(classes(&toys::read_write(3, 0, 2)), 1);
    // On paper: 3 * 3 with the writer not made to wait, each reader before, during or after;
    // 5 * 5 - 4 * 4 with it made to wait by at least one.
    assert_eq!(classes(&toys::read_write(0, 1, 2)), 18);
}

/// A race that two runs share must be looked at in both: in only one of them is the order it asks for a new one.
#[test]
fn what_comes_after_a_race_can_make_its_other_order_new() {
    let (sem, bit) = (
        RwSem(Address(0)),
        BitLock {
            word: Address(3),
            mask: 1,
            owner: Address(4),
        },
    );
    let mut toy = toys::read_write(1, 1, 0);
    toy.grow(2);
    toy.thread(move |cpu| async move {
        if cpu.bit_trylock(bit).await {
            cpu.down_read(sem).await;
            cpu.up_read(sem).await;
            cpu.bit_unlock(bit).await;
        }
    });
    toy.thread(move |cpu| async move {
        cpu.bit_lock(bit).await;
        cpu.bit_unlock(bit).await;
    });
    assert_eq!(classes(&toy), 21);
    assert_eq!(brute_classes(&toy), 21);
}

#[test]
fn rmap_classes() {
    let after = [(1, 0), (1, 1), (1, 2), (1, 3), (2, 2)]
        .map(|(r, m)| classes(&toys::rmap(Order::After, r, m)));
    assert_eq!(after, [4, 16, 192, 4_608, 1_480]);
    let before = [(1, 0), (1, 1), (1, 2), (1, 3), (2, 2)]
        .map(|(r, m)| classes(&toys::rmap(Order::Before, r, m)));
    assert_eq!(before, [6, 26, 468, 11_052, 7_480]);
}

#[test]
fn rmap_brute() {
    for order in [Order::After, Order::Before] {
        for togglers in 0..=2 {
            let toy = toys::rmap(order, 1, togglers);
            assert_eq!(classes(&toy), brute_classes(&toy), "{order:?} {togglers}");
        }
    }
}

/// As many as there are different memories with places in the code: stateright counts the same over the definition written once more
/// with program counters, in `crates/explore/peers`. An earlier study counted fewer, over a program with fewer steps.
#[test]
fn rmap_states() {
    let after = [(1, 0), (1, 1), (1, 2), (1, 3), (2, 2), (1, 4)]
        .map(|(r, m)| states(&toys::rmap(Order::After, r, m).without_symmetry()));
    assert_eq!(after, [62, 396, 2_129, 10_071, 16_514, 43_511]);
}

/// What a thread did on the way is no longer seen in where it stands, and still makes two states different.
#[test]
fn what_was_passed_stays_part_of_a_state() {
    const X: Word<u64> = Word::at(Address(0));
    let lock = RwSem(Address(1));
    let toy = |fails: bool| {
        let mut toy = Toy::new(5);
        toy.thread(move |cpu| async move {
            let early = cpu.read(X).await == 0;
            match (fails, early) {
                (true, true) => cpu.up_read(lock).await,
                (true, false) => {}
                (false, _) => cpu.mark(if early { "early" } else { "late" }, Address(0)),
            }
            cpu.settle(&[]);
            cpu.write(Word::<u64>::at(Address(4)), 1).await;
            cpu.settle(&[]);
            cpu.write(Word::<u64>::at(Address(4)), 2).await;
        });
        toy.thread(|cpu| async move { cpu.write(X, 1).await });
        toy
    };
    let faulty = toy(true);
    let mut by_states = Stateful::new(&faulty, &Ends, Limits::default());
    assert_eq!(by_states.run(&mut ()), Progress::Complete);
    let endings = by_states.outcomes().set();
    assert_eq!(endings, [Ending::Finished, Ending::Fault]);

    let marking = toy(false);
    let mut by_states = Stateful::new(&marking, &Names, Limits::default());
    assert_eq!(by_states.run(&mut ()), Progress::Complete);
    assert_eq!(by_states.outcomes().set(), [vec!["early"], vec!["late"]]);
}

/// The names of the points passed.
struct Names;

impl Property<Toy> for Names {
    type Outcome = Vec<&'static str>;

    fn outcome(&self, walk: &Walk<'_, Toy>) -> Vec<&'static str> {
        walk.marks().iter().map(|mark| mark.name).collect()
    }

    fn is_broken(&self, _: &Vec<&'static str>) -> bool {
        false
    }
}
