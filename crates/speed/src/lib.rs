//! How fast the emulated machine runs the kernel's paths, and how fast all orders are searched: every built-in scenario,
//! and programs whose answer is known, again and again, with nothing told of it.
//!
//! The same code is timed natively (`src/main.rs`) and as WebAssembly (`src/wasm.rs`); `cargo xtask speed` does both and
//! prints them side by side. It measures, and decides nothing: no test depends on a time.

#[cfg(target_arch = "wasm32")]
mod wasm;

mod searches;

use std::rc::Rc;

use lockstep_machine::{Machine, Schedule};
use lockstep_mm::program::Setting;
use lockstep_scenario::parse_kernel;
use lockstep_view::Session;

/// A run or a search to be timed.
pub struct Case(Kind);

enum Kind {
    Run(Box<Run>),
    Search(searches::Search),
}

struct Run {
    scenario: String,
    setting: Setting,
    order: Schedule,
    machine: Machine,
}

/// The run every scenario opens with, on the kernel it opens with, in the order of the library, and then the searches.
pub fn cases() -> Vec<Case> {
    let runs = runs().into_iter().map(|run| Kind::Run(Box::new(run)));
    let searches = searches::searches().into_iter().map(Kind::Search);
    runs.chain(searches).map(Case).collect()
}

fn runs() -> Vec<Run> {
    let library = lockstep_scenario::library();
    library
        .into_iter()
        .filter_map(|scenario| {
            let kernel = parse_kernel(&scenario.kernel).ok()?;
            let name = scenario.id.clone();
            let session = Session::new(Rc::new(scenario), kernel).ok()?;
            let setting = session.built().setting.clone();
            Some(Run {
                scenario: name,
                order: session.default_run().executed().clone(),
                machine: Machine::new(&setting),
                setting,
            })
        })
        .collect()
}

impl Case {
    /// The id of the scenario, or what is searched and how.
    pub fn scenario(&self) -> &str {
        match &self.0 {
            Kind::Run(run) => &run.scenario,
            Kind::Search(search) => search.name(),
        }
    }

    /// Executes the run, or makes the search, so many times from its beginning; gives how many steps that were.
    pub fn run(&mut self, times: u32) -> u64 {
        match &mut self.0 {
            Kind::Run(run) => run.run(times),
            Kind::Search(search) => (0..times).map(|_| search.run()).sum(),
        }
    }
}

impl Run {
    fn run(&mut self, times: u32) -> u64 {
        let mut steps = 0;
        for _ in 0..times {
            self.machine.load(&self.setting);
            for thread in self.order.steps() {
                if self.machine.step(thread).is_err() {
                    break;
                }
                steps += 1;
            }
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_is_run_whole_each_time() {
        let mut cases = cases();
        let searches = searches::searches().len();
        assert_eq!(cases.len(), lockstep_scenario::library().len() + searches);
        for case in &mut cases {
            let once = case.run(1);
            assert!(once > 0, "{}", case.scenario());
            assert_eq!(case.run(3), 3 * once, "{}", case.scenario());
        }
    }
}
