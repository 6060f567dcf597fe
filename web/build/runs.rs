//! Runs the library natively, to see which functions of the model can show up in the page.

use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;

use lockstep_machine::{Schedule, ThreadId};
use lockstep_mm::kernel::Kernel;
use lockstep_scenario::{Scenario, library, parse_kernel};
use lockstep_view::{Mode, Run, Session};

/// How many made-up orders are run for each scenario and kernel.
const ORDERS: u64 = 40;

/// What the runs of the library come to.
#[derive(Default)]
pub(crate) struct Runs {
    /// The lines of the model that had a step, by file.
    lines: BTreeSet<(String, u32)>,
}

impl Runs {
    /// Runs every scenario with and without the patch.
    pub(crate) fn of_the_library() -> Self {
        let mut runs = Self::default();
        for scenario in library().into_iter().map(Rc::new) {
            let named = parse_kernel(&scenario.kernel).unwrap_or(Kernel::BEFORE);
            for preset in [Kernel::BEFORE, Kernel::AFTER] {
                let kernel = Kernel {
                    mlock: preset.mlock,
                    early_exit: preset.early_exit,
                    ..named
                };
                runs.take(&scenario, kernel);
            }
        }
        runs
    }

    /// Whether a step was made on one of these lines. A function that no order here came to has no place in the page; should
    /// a reader's order come to it after all, the page names the line instead of showing it.
    pub(crate) fn reach(&self, file: &str, lines: Range<u32>) -> bool {
        lines
            .into_iter()
            .any(|line| self.lines.contains(&(file.to_owned(), line)))
    }

    fn take(&mut self, scenario: &Rc<Scenario>, kernel: Kernel) {
        let Ok(session) = Session::new(Rc::clone(scenario), kernel) else {
            return;
        };
        self.note(&session.default_run());
        for script in &scenario.scripts {
            if let Ok(scripted) = session.scripted(&script.id) {
                self.note(&session.run_scripted(&scripted));
            }
        }
        for seed in 0..ORDERS {
            self.note(&session.run(&made_up(seed, scenario.threads.len()), Mode::Deferring));
        }
    }

    fn note(&mut self, run: &Run) {
        self.lines.extend(
            run.transcript()
                .iter()
                .map(|row| (row.place.file.clone(), row.place.line)),
        );
    }
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
