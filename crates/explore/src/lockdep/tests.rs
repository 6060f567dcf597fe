//! Toys with and without a circle of locks, each with what has to be said of it.

use lockstep_machine::{Cpu, EmulatedCpu, RwSem, SpinLock, run};

use super::*;
use crate::toys::{self, Toy};
use crate::{Dpor, Ends, Limits, Progress};

const A: SpinLock = SpinLock(Address(0));
const B: SpinLock = SpinLock(Address(1));
const GATE: SpinLock = SpinLock(Address(2));
const SEM: RwSem = RwSem(Address(3));
const SIZE: usize = 6;

/// Each lock is a kind of its own.
struct Each;

impl LockKinds for Each {
    fn kind(&self, lock: Address) -> LockKind {
        lock.0
    }
}

struct Told {
    edges: Vec<Made>,
    standstills: Vec<Standstill>,
    slept: Vec<Slept>,
}

fn locks(toy: &Toy) -> Told {
    let locks = Locks::new(&Ends, Each);
    let mut search = Dpor::new(toy, &locks, Limits::default());
    assert_eq!(search.run(&mut ()), Progress::Complete);
    let standstills = locks.standstills();
    for standstill in &standstills {
        let mut machine = lockstep_machine::Machine::new(toy);
        let report = run::strict(&mut machine, &standstill.schedule);
        assert_eq!(report.end, run::End::Deadlock);
    }
    Told {
        edges: locks.edges(),
        standstills,
        slept: locks.slept(),
    }
}

fn cycles_of(told: &Told) -> Vec<Vec<LockKind>> {
    cycles(told.edges.iter().map(|made| made.edge))
}

async fn both(cpu: &EmulatedCpu, first: SpinLock, second: SpinLock) {
    cpu.spin_lock(first).await;
    cpu.spin_lock(second).await;
    cpu.spin_unlock(second).await;
    cpu.spin_unlock(first).await;
}

fn crossed(gated: bool) -> Toy {
    let mut toy = Toy::new(SIZE);
    for (first, second) in [(A, B), (B, A)] {
        toy.thread(move |cpu| async move {
            if gated {
                cpu.spin_lock(GATE).await;
            }
            both(&cpu, first, second).await;
            if gated {
                cpu.spin_unlock(GATE).await;
            }
        });
    }
    toy
}

#[test]
fn crossed_locks_come_to_a_standstill() {
    let told = locks(&crossed(false));
    assert_eq!(cycles_of(&told), [vec![0, 1]]);
    let [standstill] = told.standstills.as_slice() else {
        panic!("one choice of locks to wait for");
    };
    assert_eq!(standstill.schedule.to_string(), "AB");
    assert_eq!(standstill.waiting.len(), 2);
    // One edge each way, each first made by whoever takes its two locks undisturbed.
    let first: Vec<_> = told
        .edges
        .iter()
        .map(|made| (made.edge.held, made.edge.wanted, made.ways[0].since))
        .collect();
    assert_eq!(first, [(0, 1, 1), (1, 0, 5)]);
}

#[test]
fn a_gate_keeps_a_circle_from_closing() {
    let told = locks(&crossed(true));
    assert_eq!(cycles_of(&told), [vec![0, 1]]);
    assert!(told.standstills.is_empty());
}

#[test]
fn who_only_tries_closes_no_circle() {
    let mut toy = Toy::new(SIZE);
    toy.thread(|cpu| async move {
        cpu.down_write(SEM).await;
        cpu.spin_lock(A).await;
        cpu.spin_unlock(A).await;
        cpu.up_write(SEM).await;
    });
    toy.thread(|cpu| async move {
        cpu.spin_lock(A).await;
        if cpu.down_read_trylock(SEM).await {
            cpu.up_read(SEM).await;
        }
        cpu.spin_unlock(A).await;
    });
    let told = locks(&toy);
    let waits: Vec<bool> = told.edges.iter().map(|made| made.edge.waits).collect();
    assert_eq!(waits, [false, true]);
    assert!(cycles_of(&told).is_empty() && told.standstills.is_empty() && told.slept.is_empty());
}

#[test]
fn sleeping_with_a_spinlock_is_named() {
    let mut toy = Toy::new(SIZE);
    toy.thread(|cpu| async move {
        cpu.spin_lock(A).await;
        cpu.down_read(SEM).await;
        cpu.up_read(SEM).await;
        cpu.spin_unlock(A).await;
    });
    let told = locks(&toy);
    let [slept] = told.slept.as_slice() else {
        panic!("once");
    };
    assert_eq!((slept.spinlock, slept.wanted, slept.step), (0, 3, 2));
}

#[test]
fn a_table_of_philosophers_is_one_circle() {
    let told = locks(&toys::dining(3));
    assert_eq!(cycles_of(&told).len(), 1);
    let [standstill] = told.standstills.as_slice() else {
        panic!("all forks are taken");
    };
    assert_eq!(standstill.waiting.len(), 3);
}
