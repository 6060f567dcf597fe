//! How long a run takes again: the unit of stepping back, scrubbing and searching.
//!
//! `floor` walks a memory of the same size as often, so that the others can be read as multiples of something in the same run.

#[path = "../tests/common/mod.rs"]
mod common;

use std::hint::black_box;

use common::{COW_NOT_MLOCKED, reclaim_and_truncate};
use lockstep_machine::{Machine, Schedule, run};
use lockstep_mm::invariants::Watch;
use lockstep_mm::kernel::Kernel;
use lockstep_mm::world::Memory;

/// The order that ends in a bad page before the patch: 104 steps.
const FAILING: &str = "A40B14A43B7";

fn main() {
    divan::main();
}

fn failing() -> Schedule {
    FAILING.parse().expect("a schedule")
}

#[divan::bench]
fn floor(bencher: divan::Bencher<'_, '_>) {
    let setting = reclaim_and_truncate(Kernel::BEFORE, COW_NOT_MLOCKED);
    bencher.bench_local(|| {
        let mut memory = black_box(&setting.setup.image).clone();
        for step in 0..104 {
            let at = step % memory.len();
            memory[at] = memory[at].wrapping_add(1);
        }
        memory
    });
}

#[divan::bench]
fn run_again(bencher: divan::Bencher<'_, '_>) {
    let setting = reclaim_and_truncate(Kernel::BEFORE, COW_NOT_MLOCKED);
    let schedule = failing();
    let mut machine = Machine::new(&setting);
    bencher.bench_local(|| {
        machine.load(&setting);
        run::strict(&mut machine, &schedule)
    });
}

#[divan::bench]
fn run_again_watched(bencher: divan::Bencher<'_, '_>) {
    let setting = reclaim_and_truncate(Kernel::BEFORE, COW_NOT_MLOCKED);
    let schedule = failing();
    let mut machine = Machine::new(&setting);
    bencher.bench_local(|| {
        machine.load(&setting);
        let mut watch = Watch::new(setting.setup.world, setting.setup.kernel);
        for thread in schedule.steps() {
            _ = machine.step(thread);
            let quiet = machine.finished();
            machine.with_memory(|memory| {
                machine.with_trace(|trace| watch.step(Memory(memory), trace, quiet))
            });
        }
        watch.violations().len()
    });
}
