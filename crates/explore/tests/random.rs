//! Random programs, by the thousand: all engines must agree with the enumeration of all orders, whatever the program does.
//!
//! A program is a list of steps a thread, with locks of every kind around some of them, tries that fail, and steps that depend on what was read.
//! Its threads end by saying what they saw, so two orders that differ in what any thread was told are told apart.

use std::fmt;
use std::rc::Rc;

use lockstep_explore::toys::Toy;
use lockstep_explore::{
    Dpor, Ending, Ends, FewSwitches, Limits, Model, Progress, Property, Stateful, Walk, brute,
};
use lockstep_machine::{
    Action, Address, BitLock, Cpu, EmulatedCpu, Operation, Rider, RwSem, SpinLock, Update,
};
use proptest::prelude::*;

const X: Address = Address(0);
const Y: Address = Address(1);
/// A word with a bit lock in it.
const FLAGS: Address = Address(2);
const BIT: BitLock = BitLock {
    word: FLAGS,
    mask: 1,
    owner: Address(3),
};
const SPINS: [SpinLock; 2] = [SpinLock(Address(4)), SpinLock(Address(5))];
const SEM: RwSem = RwSem(Address(6));
const WORDS: usize = 9;
/// The words that are no locks, and not bits of one.
const DATA: [(Address, u64); 3] = [(X, u64::MAX), (Y, u64::MAX), (FLAGS, !1)];
/// More orders than that are not enumerated.
const STEPS: u64 = 60_000;

/// What a thread does next.
#[derive(Clone)]
enum Part {
    /// A step.
    Step(Operation),
    /// Leaves out so many of the following parts if the last step gave 0.
    UnlessZero(usize),
    /// Says that what it has seen so far, and where it is, is all that matters.
    Settle,
    /// Forgets what it has seen so far, but for the last value.
    Forget,
}

type Code = Vec<Part>;

/// One line a part: a program that fails is read by a person.
impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(step) => {
                let riders: Vec<_> = step.riders.iter().flatten().collect();
                write!(f, "{:?} of {:?}", step.action, step.address)?;
                write!(f, " bits {:#x} riders {riders:?}", step.bits)
            }
            Self::UnlessZero(parts) => write!(f, "unless zero {parts}"),
            Self::Settle => write!(f, "settle"),
            Self::Forget => write!(f, "forget"),
        }
    }
}

/// What a program is made of: the code of each thread, and how many of the last ones are the same.
#[derive(Clone, Debug)]
struct Recipe {
    threads: Vec<Code>,
    twin: bool,
}

fn plain() -> impl Strategy<Value = Operation> {
    let word = prop_oneof![Just(X), Just(Y), Just(FLAGS)];
    let update = prop_oneof![
        Just(Update::Add(1)),
        Just(Update::Store(2)),
        Just(Update::SetBits(4)),
        Just(Update::ClearBits(2)),
    ];
    let action = prop_oneof![
        3 => Just(Action::Read),
        3 => (0u64..3).prop_map(|value| Action::Write(value * 2)),
        1 => Just(Action::Exchange(4)),
        1 => Just(Action::CompareExchange(0, 2)),
        1 => Just(Action::Add(2)),
        1 => Just(Action::AddUnlessZero(2)),
        1 => Just(Action::SetBits(2)),
        1 => Just(Action::ClearBits(2)),
        1 => Just(Action::TestAndSet(2)),
        1 => Just(Action::TestAndClear(2)),
    ];
    (word, action, prop::option::weighted(0.2, update), 0u64..4).prop_map(
        |(word, action, update, mask)| {
            // Whole-word stores to the word of the bit lock would break it: only its other bits are used.
            let action = match action {
                _ if word != FLAGS => action,
                Action::Read
                | Action::TestAndSet(_)
                | Action::TestAndClear(_)
                | Action::SetBits(_)
                | Action::ClearBits(_) => action,
                _ => Action::TestAndSet(4),
            };
            let operation = match action {
                Action::Read if mask == 0 => Operation::read_bits(word, 2),
                // Who looks at the lock's bit sees whether it is taken.
                Action::Read if mask == 1 => Operation::read_bits(word, 1),
                _ => Operation::on(word, action),
            };
            match update {
                Some(update) if word != Y => operation.with([Rider { address: Y, update }]),
                _ => operation,
            }
        },
    )
}

/// A lock, how it is taken and released, and whether taking it may fail.
fn lock() -> impl Strategy<Value = (Operation, Operation, bool)> {
    let spin = |at: usize| {
        let on = |action| Operation::spin(SPINS[at], action);
        (on(Action::SpinLock), on(Action::SpinUnlock), false)
    };
    let sem = |action| Operation::rwsem(SEM, action);
    let bit = |action| Operation::bit(BIT, action);
    prop_oneof![
        2 => Just(spin(0)),
        1 => Just(spin(1)),
        1 => Just((sem(Action::ReadLock), sem(Action::ReadUnlock), false)),
        1 => Just((sem(Action::TryReadLock), sem(Action::ReadUnlock), true)),
        1 => Just((sem(Action::WriteLock), sem(Action::WriteUnlock), false)),
        1 => Just((Operation::write_lock_unasked(SEM), sem(Action::WriteUnlock), false)),
        1 => Just((bit(Action::BitLock(1)), bit(Action::BitUnlock(1)), false)),
        1 => Just((bit(Action::TryBitLock(1)), bit(Action::BitUnlock(1)), true)),
    ]
}

fn code(parts: usize) -> impl Strategy<Value = Code> {
    let step = prop_oneof![
        8 => plain().prop_map(|operation| vec![Part::Step(operation)]),
        2 => (plain(), plain()).prop_map(|(first, then)| vec![Part::Step(first), Part::UnlessZero(1), Part::Step(then)]),
        1 => Just(vec![Part::Settle]),
        1 => Just(vec![Part::Forget, Part::Settle]),
    ];
    let section = step.prop_recursive(2, 4, 2, |inner| {
        (lock(), prop::collection::vec(inner, 0..=2)).prop_map(
            |((take, release, fails), inside)| {
                let inside = inside.concat();
                let mut all = vec![Part::Step(take)];
                if fails {
                    all.push(Part::UnlessZero(inside.len() + 1));
                }
                all.extend(inside);
                all.push(Part::Step(release));
                all
            },
        )
    });
    prop::collection::vec(section, 1..=parts).prop_map(|parts| parts.concat())
}

fn recipe() -> impl Strategy<Value = Recipe> {
    let threads = prop_oneof![
        prop::collection::vec(code(4), 2),
        prop::collection::vec(code(2), 3),
        prop::collection::vec(code(1), 4),
    ];
    (threads, any::<bool>()).prop_map(|(mut threads, twin)| {
        if twin {
            let last = threads.len() - 1;
            threads[last] = threads[last - 1].clone();
        }
        Recipe { threads, twin }
    })
}

async fn follow(cpu: EmulatedCpu, code: Rc<Code>) {
    let (mut at, mut last, mut seen, mut ways) = (0, 0, 0u64, 0u64);
    while let Some(part) = code.get(at) {
        at += 1;
        match part {
            Part::Step(operation) => {
                last = cpu.step(*operation).await;
                seen = seen.wrapping_mul(31).wrapping_add(last);
            }
            // What it left out decides which locks it has.
            Part::UnlessZero(parts) if last == 0 => (at, ways) = (at + parts, ways * 2 + 1),
            Part::UnlessZero(_) => ways *= 2,
            Part::Settle => cpu.settle(&[at as u64, last, seen, ways]),
            Part::Forget => seen = 0,
        }
    }
    cpu.mark("saw", Address(seen as u32));
}

fn toy(recipe: &Recipe) -> Toy {
    let mut toy = Toy::new(WORDS);
    for code in &recipe.threads {
        let code = Rc::new(code.clone());
        toy.thread(move |cpu| follow(cpu, Rc::clone(&code)));
    }
    let last = recipe.threads.len() - 1;
    if recipe.twin {
        toy.same(last, last - 1);
    }
    toy
}

/// Everything that equivalent orders agree in, with exchangeable threads exchanged.
struct Everything;

/// How it ended, the memory, and for each thread its role, whether it waits for good, and what it saw.
type Outcome = (Ending, Vec<u64>, Vec<(u8, bool, Option<Address>)>);

impl Property<Toy> for Everything {
    type Outcome = Outcome;

    fn outcome(&self, walk: &Walk<'_, Toy>) -> Outcome {
        let roles = walk.program().roles();
        let words = DATA.map(|(at, bits)| walk.words()[at.index()] & bits);
        let mut threads: Vec<_> = (0..walk.threads())
            .map(|index| {
                let mut marks = walk.marks().iter();
                let saw = marks.find(|mark| mark.thread.index() == index);
                (
                    roles[index],
                    walk.live() >> index & 1 == 1,
                    saw.map(|mark| mark.object),
                )
            })
            .collect();
        threads.sort();
        (Ends.outcome(walk), words.to_vec(), threads)
    }

    fn is_broken(&self, outcome: &Outcome) -> bool {
        outcome.0 != Ending::Finished
    }
}

fn by_states(toy: &Toy) -> Vec<Outcome> {
    let mut states = Stateful::new(toy, &Everything, Limits::default());
    assert_eq!(states.run(&mut ()), Progress::Complete);
    states.outcomes().set()
}

/// The outcomes of all orders in which the thread changes at most so often, one after the other.
fn with_few_switches(toy: &Toy, most: u32) -> Vec<Outcome> {
    fn go(walk: &mut Walk<'_, Toy>, last: usize, left: u32, all: &mut Vec<Outcome>) {
        let enabled = walk.enabled();
        if enabled == 0 {
            all.push(Everything.outcome(walk));
        }
        for index in (0..walk.threads()).filter(|index| enabled >> index & 1 == 1) {
            let changes = u32::from(walk.steps() > 0 && index != last);
            if let Some(left) = left.checked_sub(changes) {
                walk.step(index);
                go(walk, index, left, all);
                walk.back();
            }
        }
    }
    let mut all = Vec::new();
    go(&mut Walk::new(toy), 0, most, &mut all);
    all.sort();
    all.dedup();
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn all_engines_agree_on_any_program(recipe in recipe()) {
        let program = toy(&recipe);
        let limits = Limits { steps: STEPS, ..Limits::default() };
        let all = brute::enumerate(&program, &Everything, &limits, true);
        prop_assume!(all.progress == Progress::Complete);
        prop_assert_eq!(all.torn, 0);

        let mut classes = Dpor::new(&program, &Everything, Limits::default());
        prop_assert_eq!(classes.run(&mut ()), Progress::Complete);
        prop_assert_eq!(classes.counts().blocked_runs, 0);
        prop_assert_eq!(classes.outcomes().set(), all.outcomes.set());
        prop_assert_eq!(classes.counts().runs, all.classes as u64);

        prop_assert_eq!(by_states(&program), all.outcomes.set(), "by states, with exchangeable threads");
        for most in 1..=3 {
            let limits = Limits { switches: Some(most), ..Limits::default() };
            let mut few = FewSwitches::new(&program, &Everything, limits);
            few.run(&mut ());
            prop_assert_eq!(few.outcomes().set(), with_few_switches(&program, most), "{} switches", most);
        }
        let told_apart = toy(&Recipe { twin: false, ..recipe.clone() });
        let apart = brute::enumerate(&told_apart, &Everything, &limits, true);
        prop_assert_eq!(by_states(&told_apart), apart.outcomes.set(), "by states");
    }
}
