//! How fast the emulated machine runs the kernel's paths: every built-in scenario, again and again, with nothing told of it.
//!
//! The same code is timed natively (`src/main.rs`) and as WebAssembly (`src/wasm.rs`); `cargo xtask speed` does both and
//! prints them side by side. It measures, and decides nothing: no test depends on a time.

#[cfg(target_arch = "wasm32")]
mod wasm;

use std::rc::Rc;

use lockstep_machine::{Machine, Schedule};
use lockstep_mm::program::Setting;
use lockstep_scenario::parse_kernel;
use lockstep_view::Session;

/// A run to be timed.
pub struct Case {
    scenario: String,
    setting: Setting,
    order: Schedule,
    machine: Machine,
}

/// The run every scenario opens with, on the kernel it opens with, in the order of the library.
pub fn cases() -> Vec<Case> {
    let library = lockstep_scenario::library();
    library
        .into_iter()
        .filter_map(|scenario| {
            let kernel = parse_kernel(&scenario.kernel).ok()?;
            let name = scenario.id.clone();
            let session = Session::new(Rc::new(scenario), kernel).ok()?;
            let setting = session.built().setting.clone();
            Some(Case {
                scenario: name,
                order: session.default_run().executed().clone(),
                machine: Machine::new(&setting),
                setting,
            })
        })
        .collect()
}

impl Case {
    /// The id of the scenario.
    pub fn scenario(&self) -> &str {
        &self.scenario
    }

    /// Executes the run so many times from its beginning; gives how many steps that were.
    pub fn run(&mut self, times: u32) -> u64 {
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
        assert_eq!(cases.len(), lockstep_scenario::library().len());
        for case in &mut cases {
            let once = case.run(1);
            assert!(once > 0, "{}", case.scenario());
            assert_eq!(case.run(3), 3 * once, "{}", case.scenario());
        }
    }
}
