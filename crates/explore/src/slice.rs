//! What in a run led to one of its steps: the steps that happen before it, and nothing else.
//!
//! The steps left out could all have come later, or not at all as far as that step can tell.

use lockstep_machine::Schedule;

use crate::clock::Past;
use crate::walk::{Model, Walk};

/// For each step of a run of `schedule`, whether step `of` depends on it, through whatever comes between; `of` counts from 1.
///
/// A step depends on itself. The answer ends where the schedule asks for a step that is not possible.
pub fn needed<P: Model>(program: &P, schedule: &Schedule, of: u32) -> Vec<bool> {
    let mut walk = Walk::new(program);
    let mut past = Past::default();
    for thread in schedule.steps() {
        let index = thread.index();
        if walk.enabled() >> index & 1 == 0 {
            break;
        }
        past.push(&walk, index, |_| {});
        walk.step(index);
    }
    let last = (of as usize)
        .checked_sub(1)
        .and_then(|at| past.steps.get(at));
    let Some(last) = last else {
        return vec![false; past.steps.len()];
    };
    let until = of as usize;
    let mut steps = past.steps.iter().enumerate();
    (&mut steps)
        .map(|(at, step)| at < until && step.is_before(&last.clock))
        .collect()
}
