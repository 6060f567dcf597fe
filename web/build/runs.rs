//! Runs the library natively, to see which functions of the model can show up in the page.

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use lockstep_machine::{Schedule, ThreadId};
use lockstep_mm::kernel::{Kernel, Switch};
use lockstep_scenario::{Scenario, library, parse_kernel};
use lockstep_view::{Mode, Run, Session};

/// How many made-up orders are run for each scenario and kernel.
const ORDERS: u64 = 40;

/// What the runs of the library come to.
#[derive(Default)]
pub(crate) struct Runs {
    /// The lines of the model that had a step, by file, and whether in runs without and with the patch.
    lines: BTreeMap<(String, u32), [bool; 2]>,
}

impl Runs {
    /// Runs every scenario with and without the patch.
    pub(crate) fn of_the_library() -> Self {
        let mut runs = Self::default();
        for scenario in library().into_iter().map(Rc::new) {
            runs.take_presets(&scenario);
        }
        runs
    }

    /// Runs the scenario the page opens with, on every kernel that is one switch away from its own, too.
    pub(crate) fn of_the_opening() -> Self {
        let mut runs = Self::default();
        if let Some(scenario) = library().into_iter().next().map(Rc::new) {
            runs.take_presets(&scenario);
            for switch in Switch::ALL {
                for value in switch.values {
                    let mut kernel = named(&scenario);
                    // Both come from the list of what there is.
                    _ = kernel.set(switch.name, value);
                    runs.take(&scenario, kernel);
                }
            }
        }
        runs
    }

    fn take_presets(&mut self, scenario: &Rc<Scenario>) {
        for preset in [Kernel::BEFORE, Kernel::AFTER] {
            let kernel = Kernel {
                mlock: preset.mlock,
                early_exit: preset.early_exit,
                ..named(scenario)
            };
            self.take(scenario, kernel);
        }
    }

    /// Whether a step was made on one of these lines. A function that no order here came to has no place in the page; should
    /// a reader's order come to it after all, the page names the line instead of showing it.
    pub(crate) fn reach(&self, file: &str, lines: Range<u32>) -> bool {
        lines
            .into_iter()
            .any(|line| self.lines.contains_key(&(file.to_owned(), line)))
    }

    /// Whether only runs of one kernel came to this line, and if so, whether it is the one with the patch.
    pub(crate) fn only_one(&self, file: &str, line: u32) -> Option<bool> {
        match self.lines.get(&(file.to_owned(), line))? {
            [true, true] => None,
            [_, is_patched] => Some(*is_patched),
        }
    }

    fn take(&mut self, scenario: &Rc<Scenario>, kernel: Kernel) {
        let Ok(session) = Session::new(Rc::clone(scenario), kernel) else {
            return;
        };
        let is_patched = kernel.mlock == Kernel::AFTER.mlock;
        self.note(&session.default_run(), is_patched);
        for script in &scenario.scripts {
            if let Ok(scripted) = session.scripted(&script.id) {
                self.note(&session.run_scripted(&scripted), is_patched);
            }
        }
        for seed in 0..ORDERS {
            let made_up = made_up(seed, scenario.threads.len());
            self.note(&session.run(&made_up, Mode::Deferring), is_patched);
        }
    }

    fn note(&mut self, run: &Run, is_patched: bool) {
        for row in run.transcript().iter() {
            let place = (row.place.file.clone(), row.place.line);
            self.lines.entry(place).or_default()[usize::from(is_patched)] = true;
        }
    }
}

/// The kernel a scenario opens with.
fn named(scenario: &Scenario) -> Kernel {
    parse_kernel(&scenario.kernel).unwrap_or(Kernel::BEFORE)
}

/// An order that is always the same for the same seed: stretches of a few steps, until long after every thread has ended.
fn made_up(seed: u64, threads: usize) -> Schedule {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = |limit: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    let mut order = Schedule::new();
    order.finish = true;
    for _ in 0..60 {
        let thread = usize::try_from(next(threads.max(1) as u64))
            .ok()
            .and_then(ThreadId::new);
        let Some(thread) = thread else { break };
        for _ in 0..=next(2 + seed % 12) {
            order.push(thread);
        }
    }
    order
}
