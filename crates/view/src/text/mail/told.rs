//! Which steps a mail tells.

use super::Detail;
use crate::scene::{Column, Glyph, Score, ThreadId};

/// Goes through a run step by step and says which steps to tell.
pub(super) struct Choice<'a> {
    score: &'a Score,
    detail: Detail,
    /// Whose turn it is, and what it has read in this turn.
    turn: Option<ThreadId>,
    read: Vec<&'a str>,
}

impl<'a> Choice<'a> {
    pub(super) fn new(score: &'a Score, detail: Detail) -> Self {
        Self {
            score,
            detail,
            turn: None,
            read: Vec::new(),
        }
    }

    /// Whether the next step is told. A full mail tells all. A concise one tells those the story stops at, what changes
    /// the memory on screen, and of locks and reads those that have a lane in the score.
    pub(super) fn tells(&mut self, column: &'a Column) -> bool {
        if self.turn.replace(column.thread) != Some(column.thread) {
            self.read.clear();
        }
        if self.detail == Detail::Full || is_key(self.score, column) {
            return true;
        }
        let text = column.text.as_str();
        match column.glyph {
            Glyph::Refused | Glyph::Ask => true,
            Glyph::Take | Glyph::Drop | Glyph::Try => self
                .score
                .lock_lanes
                .iter()
                .any(|lane| text.contains(lane.label.as_str())),
            Glyph::Read => {
                // To read the same again in one turn is told once.
                let is_new = !self.read.contains(&text);
                self.read.push(text);
                is_new
                    && self
                        .score
                        .lanes
                        .iter()
                        .any(|lane| text.contains(lane.label.as_str()))
            }
            Glyph::Write | Glyph::Local => column.is_effect,
        }
    }
}

/// Whether a step stands on a line of its own.
pub(super) fn is_key(score: &Score, column: &Column) -> bool {
    column.is_key
        || score
            .verdict
            .as_ref()
            .is_some_and(|mark| mark.step == column.step)
}
