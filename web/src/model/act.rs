//! What a reader, a link or a host page can ask of the model.

use lockstep_view::scene::{FactId, ThreadId};

use super::{Detail, Speed};
use crate::link::Link;

/// One thing that can be asked of the model.
#[derive(Clone, PartialEq, Debug)]
pub enum Act {
    /// Go on by one unit of the chosen detail.
    Forward,
    /// Go back by one unit of the chosen detail.
    Back,
    /// Go to the start.
    First,
    /// Go to the last step.
    Last,
    /// Go this many steps forward, or back if negative.
    By(i32),
    /// Go to the next named moment, or the one before.
    Beat {
        /// Whether to go forward.
        is_forward: bool,
    },
    /// Go to a step, as one jump.
    Jump(u32),
    /// Go to a step while dragging: silent and without motion.
    Scrub(u32),
    /// Run one step of a thread at the cursor, in a new order if this one goes on otherwise.
    Run(ThreadId),
    /// Run a thread until it drops a lock, has to wait or ends.
    RunOn(ThreadId),
    /// Let the rest finish by the default policy.
    Finish,
    /// Show what running a thread would change; `None` stops showing it.
    Preview(Option<ThreadId>),
    /// Run the same order on the other code.
    Flip,
    /// Run the same order with the patch, or without it.
    Patch(bool),
    /// Open another scenario, by its id.
    Choose(String),
    /// Look at a fact.
    Look(FactId),
    /// Go to the step that made a fact true, and remember where from.
    Why(FactId),
    /// Go back to where the last `Why` came from.
    Return,
    /// Take back the last change of the order or of the code.
    Undo,
    /// Do it again.
    Redo,
    /// Reopen one of the earlier orders.
    Reopen(usize),
    /// Start over with the order the scenario opens with.
    Restart,
    /// Play if paused, pause if playing.
    Toggle,
    /// Play.
    Play,
    /// Pause.
    Pause,
    /// Play goes on by one step.
    Tick,
    /// Choose how much one press does.
    SetDetail(Detail),
    /// Choose how fast play goes.
    SetSpeed(Speed),
    /// Play faster or slower.
    Pace {
        /// Whether faster.
        is_faster: bool,
    },
    /// Open a link.
    Open(Link),
    /// Say that a link could not be opened, and keep it where it can be copied.
    Refuse {
        /// What was wrong with it.
        why: String,
        /// The link itself.
        link: String,
    },
    /// Put the notice away.
    Dismiss,
}
