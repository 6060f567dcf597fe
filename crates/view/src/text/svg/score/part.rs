//! A part of a score: what of a run falls between two steps.

use crate::scene::{Score, StepNo};

/// The steps to draw, made into steps the run has; 1 to 0 if it has none.
pub(super) fn clamped(part: Option<(u32, u32)>, total: u32) -> (u32, u32) {
    let (first, last) = part.unwrap_or((1, total));
    let first = first.min(total).max(1);
    (first, last.min(total).max(first.min(total)))
}

/// The score from step `first` to step `last`. What began earlier or goes on later keeps its own steps.
pub(super) fn of(score: &Score, first: u32, last: u32) -> Score {
    let is_in = |step: StepNo| (first..=last).contains(&step.0);
    let mut part = score.clone();
    part.columns.retain(|column| is_in(column.step));
    part.beats.retain(|beat| is_in(beat.step));
    part.verdict = part.verdict.filter(|mark| is_in(mark.step));
    part.parting = part.parting.filter(|parting| is_in(parting.step));
    part.waits
        .retain(|wait| wait.from.0 <= last && wait.to.0 >= first);
    for lane in &mut part.lock_lanes {
        lane.bars
            .retain(|bar| bar.from.0 <= last && bar.to.is_none_or(|to| to.0 >= first));
    }
    for lane in &mut part.lanes {
        // The level before the first step of the part is the one it starts with.
        lane.spans
            .retain(|span| span.from.0 <= last && span.to.0 + 1 >= first);
    }
    let switches = part
        .columns
        .iter()
        .filter(|column| column.is_switch)
        .count();
    part.switches = u32::try_from(switches).unwrap_or(u32::MAX);
    part
}
