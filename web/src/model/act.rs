//! What a reader, a link or a host page can ask of the model.

use lockstep_view::scene::{FactId, ThreadId};

use super::prove::Hunt;
use super::{Answer, Detail, Panel, Speed, Tab};
use crate::engine;
use crate::link::Link;
use crate::settings::{Motion, Size, Theme};
use crate::source::Source;

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
    /// Run a thread until something happens to it, or to a fact.
    RunTo(ThreadId, Until),
    /// Pick up a step, to put it down elsewhere in the order; none is the one the reader is at.
    PickUp(Option<u32>),
    /// Carry it past this many steps of others, later or, if negative, earlier.
    Carry(i32),
    /// Carry it to a place.
    CarryTo(u32),
    /// Put it down there.
    Drop,
    /// Put it back where it was.
    PutBack,
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
    /// Show the score wider, or narrower; at none it fits again.
    Zoom(Option<bool>),
    /// Look for steps that say this.
    Query(String),
    /// Go where an address leads, by its part after `#`.
    Visit(String),
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
    /// Open a dialog, or shut the one that is open.
    Panel(Option<Panel>),
    /// Show a pane of a narrow screen.
    Tab(Tab),
    /// Choose a theme.
    Theme(Theme),
    /// Choose how much moves.
    Motion(Motion),
    /// Choose the size of text.
    Size(Size),
    /// Choose whether single keys are shortcuts.
    SingleKeys(bool),
    /// Say whether the browser remembers the settings.
    Remembered(bool),
    /// Copy one of the things of the share dialog.
    Copy(usize),
    /// Say what became of that, or no longer.
    Copied(Option<(usize, Answer)>),
    /// The reader has not done anything for a while.
    Idle,
    /// The source has come, or will not.
    Source(Source),
    /// Say that something could not be fetched, and keep what was asked for.
    NotLoaded(Box<Act>),
    /// Ask for it again.
    Retry,
    /// Something about the searches.
    Prove(Hunt),
    /// Show only what matters, or all.
    OnlyNeeded,
}

/// What a thread is run to. It always stops where it has to wait, and at its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Until {
    /// It drops a lock.
    Drops,
    /// It has to wait.
    Waits,
    /// Its end.
    Ends,
    /// A fact changes.
    Changes(FactId),
}

impl Act {
    /// Whether it leaves a run that plays alone.
    pub(super) fn is_aside(&self) -> bool {
        matches!(
            self,
            Self::Tick
                | Self::Preview(_)
                | Self::SetSpeed(_)
                | Self::Pace { .. }
                | Self::Zoom(_)
                | Self::Query(_)
                | Self::Look(_)
                | Self::Dismiss
                | Self::Panel(_)
                | Self::Tab(_)
                | Self::Theme(_)
                | Self::Motion(_)
                | Self::Size(_)
                | Self::SingleKeys(_)
                | Self::Remembered(_)
                | Self::Copy(_)
                | Self::Copied(_)
                | Self::Idle
                | Self::Source(_)
                | Self::Prove(_)
                | Self::OnlyNeeded
        )
    }

    /// Whether it cannot do without [`later`](crate::later).
    pub fn needs_later(&self) -> bool {
        match self {
            Self::Choose(id) => id != engine::opening(),
            Self::Visit(_)
            | Self::Open(_)
            | Self::PickUp(_)
            | Self::Panel(Some(_))
            | Self::Copy(_)
            | Self::Prove(_)
            | Self::OnlyNeeded => true,
            _ => false,
        }
    }

    /// The scenario it cannot do without.
    pub fn scenario(&self) -> Option<&str> {
        match self {
            Self::Choose(id) => Some(id),
            Self::Open(link) => Some(&link.scenario),
            Self::Prove(Hunt::Walk(mark, _)) => Some(&mark.scenario),
            _ => None,
        }
    }
}
