//! Random orders, the same every time, and what comes of them.

use std::collections::BTreeSet;

use lockstep_machine::{Schedule, ThreadId};
use lockstep_mm::invariants::{Invariant, Outcome, Severity};
use lockstep_mm::kernel::Kernel;
use lockstep_mm::program::{Path, Setting};
use lockstep_mm::repair::repair;
use lockstep_mm::setup::{Setup, SetupCall};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::{Watched, run_deferring, world};

/// How many orders are tried on each kernel.
const ORDERS: u32 = 600;

/// The outcomes met on each kernel, a line a kernel. What breaks beside those that make an outcome is named with it.
pub fn outcomes(
    kernels: &[(&str, Kernel)],
    calls: &[SetupCall],
    paths: impl Fn(&Setup) -> Vec<Path>,
) -> String {
    let mut text = String::new();
    for (name, kernel) in kernels {
        let setup = world(*kernel, calls);
        let paths = paths(&setup);
        let met = outcomes_of(&Setting::new(setup, paths));
        text += &format!("{name}: {}\n", met.join(", "));
    }
    text
}

/// The outcomes that some hundred orders of `setting` come to, each once.
pub fn outcomes_of(setting: &Setting) -> Vec<String> {
    let mut runner = TestRunner::deterministic();
    let threads = setting.paths.len();
    let orders = prop::collection::vec((0..threads, 1usize..60), 0..12);
    let mut met = BTreeSet::new();
    for _ in 0..ORDERS {
        let runs = orders.new_tree(&mut runner).expect("an order").current();
        let mut wishes: Schedule = runs
            .into_iter()
            .flat_map(|(index, count)| {
                std::iter::repeat_n(ThreadId::new(index).expect("a thread"), count)
            })
            .collect();
        wishes.finish = true;
        met.insert(outcome(&run_deferring(setting.clone(), &wishes)));
    }
    met.into_iter().collect()
}

/// How a run ended, what comes of a wrong mark it leaves, and what else broke.
fn outcome(watched: &Watched) -> String {
    let mut told = format!("{:?}", watched.outcome());
    let setup = &watched.setting.setup;
    if matches!(watched.outcome(), Outcome::Stranded | Outcome::Missed) {
        let memory = watched.machine.with_memory(<[u64]>::to_vec);
        for page in setup.world.pages() {
            if let Some(repair) = repair(&watched.setting, &memory, page) {
                told += &format!(" then {repair:?}");
            }
        }
    }
    for violation in watched.watch.violations() {
        let description = violation.invariant.description();
        let is_outcome = matches!(
            violation.invariant,
            Invariant::I1 | Invariant::I2 | Invariant::I3 | Invariant::I15
        );
        if !is_outcome && description.severity != Severity::Soft {
            told += &format!(" {}", description.id);
        }
    }
    told
}
