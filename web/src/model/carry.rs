//! A step picked up to be put down elsewhere in the order.
//!
//! While it is carried the run on the stage stays as it is; only a drop makes a new order. Wherever else the reader goes,
//! the step is back in its place.

use lockstep_view::Target;
use lockstep_view::scene::{StepNo, ThreadId};

use super::Model;

/// The step that is carried.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Carried {
    /// Its number, where it was picked up.
    pub step: u32,
    /// Whose it is.
    pub thread: ThreadId,
    /// The number it would have now.
    pub to: u32,
    /// Where it can be carried, in order; its own place is one of them.
    pub targets: Vec<Target>,
    /// What is said of the place it is over: that it fits and what comes of it, or why it may not go there.
    pub told: String,
}

impl Carried {
    /// Whether it cannot be put down where it is.
    pub fn is_refused(&self) -> bool {
        let here = self.targets.iter().find(|target| target.to.0 == self.to);
        here.is_some_and(|target| target.refusal.is_some())
    }

    /// The nearest place that there is.
    fn nearest(&self, to: u32) -> u32 {
        let first = self.targets.first().map_or(self.step, |first| first.to.0);
        let last = self.targets.last().map_or(self.step, |last| last.to.0);
        to.clamp(first, last)
    }
}

impl Model {
    /// Picks up a step: this one, or else the one the reader is at.
    pub(super) fn pick_up(&mut self, step: Option<u32>) {
        let step = step.unwrap_or(self.cursor.max(1));
        let index = (step as usize).checked_sub(1);
        let Some(column) = index.and_then(|index| self.stage.score.columns.get(index)) else {
            return;
        };
        let carried = Carried {
            step,
            thread: column.thread,
            to: step,
            targets: self.stage.played.targets(StepNo(step)),
            told: String::new(),
        };
        self.put_back = None;
        self.carried = Some(carried);
        self.carry_to(step);
    }

    /// Carries the step past this many others, later or, if negative, earlier.
    pub(super) fn carry(&mut self, by: i32) {
        if let Some(carried) = &self.carried {
            self.carry_to(carried.to.saturating_add_signed(by));
        }
    }

    /// Carries the step to a place, or as far as it gets.
    pub(super) fn carry_to(&mut self, to: u32) {
        let Some(mut carried) = self.carried.take() else {
            return;
        };
        carried.to = carried.nearest(to);
        carried.told = self.outlook(&carried);
        self.speak(carried.told.clone());
        self.carried = Some(carried);
    }

    /// What would come of the order, if the step were put down here: found out by running it.
    fn outlook(&self, carried: &Carried) -> String {
        let Carried { step, to, .. } = *carried;
        if step == to {
            let (first, last) = (carried.nearest(0), carried.nearest(u32::MAX));
            return format!("It can be carried to any place from {first} to {last}.");
        }
        let here = carried.targets.iter().find(|target| target.to.0 == to);
        if let Some(refusal) = here.and_then(|target| target.refusal.clone()) {
            return refusal;
        }
        let Some(order) = self.stage.played.moved(StepNo(step), StepNo(to)) else {
            return String::new();
        };
        let run = self.stage.session.run(&order);
        let end = run.scene(StepNo(u32::MAX)).verdict;
        let word = end.word.to_ascii_lowercase();
        format!("It fits as step {to}. That order: {word}, {}.", end.reason)
    }

    /// Puts the step down where it is. Where it may not go it is put back, and the reason stays.
    pub(super) fn drop_carried(&mut self) {
        let Some(carried) = self.carried.take() else {
            return;
        };
        let Carried { step, to, .. } = carried;
        if carried.is_refused() {
            self.speak(format!("Put back. {}", carried.told));
            self.put_back = Some(carried.told);
            return;
        }
        let moved = self.stage.played.moved(StepNo(step), StepNo(to));
        if let Some(order) = moved.filter(|_| step != to) {
            self.fork(order, to);
            self.say();
            self.voice.polite = format!("Step {step} is now step {to}. {}", self.voice.polite);
        }
    }

    fn speak(&mut self, text: String) {
        self.voice.serial += 1;
        self.voice.alert.clear();
        self.voice.polite = text;
    }
}
