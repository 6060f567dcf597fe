//! The tabs of a narrow screen, where only one pane has room.

use yew::prelude::*;

use super::controls::{Choice, segments};
use super::when;

/// The panes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tab {
    /// The thread cards.
    #[default]
    Threads,
    /// The facts.
    Memory,
    /// The lock rack.
    Locks,
    /// The table of steps.
    Transcript,
}

impl Tab {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Threads, Self::Memory, Self::Locks, Self::Transcript];

    /// For style sheets and tests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Threads => "threads",
            Self::Memory => "memory",
            Self::Locks => "locks",
            Self::Transcript => "transcript",
        }
    }

    /// On screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Threads => "Threads",
            Self::Memory => "Memory",
            Self::Locks => "Locks",
            Self::Transcript => "Transcript",
        }
    }
}

/// The row of tabs.
pub fn tabs(shown: Tab, choose: &Callback<Tab>) -> Html {
    let choices = Tab::ALL.map(|tab| Choice {
        value: tab.name().into(),
        label: tab.label().into(),
        is_chosen: shown == tab,
    });
    let on_choice = when(choose, |value: String| {
        Tab::ALL.into_iter().find(|tab| tab.name() == value)
    });
    segments("tabs segments", "Pane", choices.into(), on_choice)
}
