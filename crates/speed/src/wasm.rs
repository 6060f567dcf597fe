//! The door for JavaScript, which has the clock.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::{Case, cases};

/// All runs.
#[wasm_bindgen]
pub struct Cases(Vec<Case>);

#[wasm_bindgen]
impl Cases {
    /// Makes the worlds.
    #[wasm_bindgen(constructor)]
    #[expect(clippy::new_without_default, reason = "only JavaScript makes one")]
    pub fn new() -> Self {
        Self(cases())
    }

    /// The id of the scenario of a run; none beyond the last.
    pub fn scenario(&self, index: usize) -> Option<String> {
        self.0.get(index).map(|case| case.scenario().to_owned())
    }

    /// Executes a run so many times; gives how many steps that were.
    pub fn run(&mut self, index: usize, times: u32) -> f64 {
        self.0.get_mut(index).map_or(0, |case| case.run(times)) as f64
    }
}
