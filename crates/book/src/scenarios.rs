//! The scenarios that are built in, by id.

use std::rc::Rc;

use anyhow::{Context, Result};
use lockstep_scenario::{Scenario, library};

/// All of them.
pub(crate) struct Scenarios(Vec<Rc<Scenario>>);

impl Scenarios {
    pub(crate) fn new() -> Self {
        Self(library().into_iter().map(Rc::new).collect())
    }

    /// In the order they are listed.
    pub(crate) fn all(&self) -> &[Rc<Scenario>] {
        &self.0
    }

    /// The one of this id.
    pub(crate) fn get(&self, id: &str) -> Result<&Rc<Scenario>> {
        let found = self.0.iter().find(|scenario| scenario.id == id);
        found.with_context(|| {
            let all: Vec<&str> = self.0.iter().map(|scenario| &*scenario.id).collect();
            format!(
                "there is no scenario named {id}; there are {}",
                all.join(", ")
            )
        })
    }
}
