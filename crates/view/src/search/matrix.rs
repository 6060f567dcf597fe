//! One scenario on many kernels.
//!
//! A kernel is a set of switches, and a scenario looks at few of them. Two kernels that agree in all that the threads looked at in
//! any order run the same, from the same memory; so what was found on the one is known of the other, and is not searched again.

use std::rc::Rc;

use lockstep_explore::{Plan, Search};
use lockstep_mm::kernel::Kernel;
use lockstep_scenario::{BuildError, Scenario};

use super::{Answer, Question, Searched, answer};

/// What is known of one scenario on one kernel.
#[derive(Clone, PartialEq, Debug)]
pub struct Cell {
    /// What was found.
    pub answer: Answer,
    /// The kernel it was found on, if not on this one: the two differ in nothing that any order looks at.
    pub same_as: Option<Kernel>,
}

/// One scenario, and what is known of it so far.
pub struct Row {
    scenario: Rc<Scenario>,
    known: Vec<Known>,
}

struct Known {
    kernel: Kernel,
    asked: u32,
    image: Vec<u64>,
    answer: Answer,
}

impl Row {
    /// Starts with nothing known.
    pub fn new(scenario: Rc<Scenario>) -> Self {
        Self {
            scenario,
            known: Vec::new(),
        }
    }

    /// The scenario.
    pub fn scenario(&self) -> &Rc<Scenario> {
        &self.scenario
    }

    /// The program on `kernel`, or what is already known of it.
    ///
    /// # Errors
    /// If the scenario cannot be built on it.
    pub fn ask(&self, kernel: Kernel) -> Result<Result<Cell, Searched>, BuildError> {
        let built = self.scenario.build(kernel)?;
        let image = &built.setting.setup.image;
        let same =
            |known: &&Known| kernel.agrees(known.kernel, known.asked) && known.image == *image;
        Ok(match self.known.iter().find(same) {
            Some(known) => Ok(Cell {
                answer: Answer {
                    kernel: kernel.to_string(),
                    milliseconds: 0.0,
                    ..known.answer.clone()
                },
                same_as: (known.kernel != kernel).then_some(known.kernel),
            }),
            None => Err(Searched::new(built.setting)),
        })
    }

    /// Keeps what was found of a program.
    pub fn learn(&mut self, program: &Searched, answer: Answer) {
        let setup = &program.setting().setup;
        self.known.push(Known {
            kernel: setup.kernel,
            asked: program.asked(),
            image: setup.image.clone(),
            answer,
        });
    }

    /// What comes of the scenario on `kernel`; `done` may take the time and look for races.
    ///
    /// # Errors
    /// If the scenario cannot be built on it.
    pub fn cell(
        &mut self,
        kernel: Kernel,
        plan: Plan,
        done: impl FnOnce(Answer, &Searched) -> Answer,
    ) -> Result<Cell, BuildError> {
        let program = match self.ask(kernel)? {
            Ok(known) => return Ok(known),
            Err(program) => program,
        };
        let question = Question::new(program.setting().setup.world);
        let findings = Search::new(&program, &question, plan).run(&mut ());
        let found = answer(&self.scenario.id, &kernel.to_string(), &findings);
        let found = done(found, &program);
        self.learn(&program, found.clone());
        Ok(Cell {
            answer: found,
            same_as: None,
        })
    }
}
