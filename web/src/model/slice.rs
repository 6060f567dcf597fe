//! Only what matters: of a run that breaks, the steps that its broken step depends on, and no others.
//!
//! The worker that searches works it out, from the same dependence between steps that the search relies on; here is what it is
//! asked, and what it said. As with the searches, a new number in [`Slice::wanted`] makes what was asked before void.

use lockstep_view::scene::VerdictKind;

use super::{Model, Stage};
use crate::engine;
use crate::shared::Shared;
use crate::worker::{Ask, Tell};

/// What of the run is shown as mattering.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Slice {
    /// Whether the reader wants to see only what matters.
    pub is_on: bool,
    /// The steps that do, in order; none while it is not known.
    pub steps: Option<Shared<Vec<u32>>>,
    /// Why they are not known, if that was tried.
    pub failed: Option<String>,
    /// What the worker should be asked, and a number that grows with every question.
    pub wanted: (u32, Option<Ask>),
    /// The run that was asked about, and what the answer is told under.
    asked: Option<(Shared<Stage>, u32)>,
}

impl Slice {
    pub(super) fn hear(&mut self, tell: &Tell) {
        let Some((_, own)) = self.asked else {
            return;
        };
        match tell {
            Tell::Needed { job, steps } if *job == own => {
                self.steps = Some(Shared::new(steps.clone()));
            }
            Tell::Failed { job, why, .. } if *job == own => self.fail(why),
            Tell::Crashed { why } => self.fail(why),
            _ => {}
        }
    }

    /// Says why there will be no answer, if one is still waited for.
    pub(super) fn fail(&mut self, why: &str) {
        if self.is_on && self.asked.is_some() && self.steps.is_none() {
            self.failed = Some(why.to_owned());
        }
    }
}

impl Model {
    /// The step at which the run on the stage breaks.
    pub fn breaks_at(&self) -> Option<u32> {
        let mark = self.stage.score.verdict.as_ref()?;
        (mark.kind == VerdictKind::Broken).then_some(mark.step.0)
    }

    /// The steps that matter, if the reader wants to see only these and they are known.
    pub fn needed(&self) -> Option<&Shared<Vec<u32>>> {
        self.slice.steps.as_ref().filter(|_| self.slice.is_on)
    }

    /// Brings the question in line with the run on the stage.
    pub(crate) fn keep_slice(&mut self) {
        let is_asked = matches!(&self.slice.asked, Some((stage, _)) if *stage == self.stage);
        if !self.slice.is_on || is_asked {
            return;
        }
        self.slice.steps = None;
        self.slice.failed = None;
        let job = self.prove.job();
        self.slice.asked = Some((self.stage.clone(), job));
        let file = engine::choice(&self.scenario).map(|choice| choice.file().to_owned());
        let ask = file.zip(self.breaks_at()).map(|(file, step)| Ask::Needed {
            job,
            file,
            kernel: self.kernel.name(),
            order: self.stage.played.executed().to_string(),
            step,
        });
        self.slice.wanted = (self.slice.wanted.0 + 1, ask);
    }
}
