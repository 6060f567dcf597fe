//! The tabs of a narrow screen, where only one pane has room.

use yew::prelude::*;

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

/// The row of tabs: a choice of one, so radio buttons, which bring their keys along.
pub fn tabs(shown: Tab, choose: &Callback<Tab>) -> Html {
    html! {
        <fieldset class="tabs segments">
            <legend class="hidden">{ "Pane" }</legend>
            { for Tab::ALL.into_iter().map(|tab| html! {
                <label class="segment">
                    <input type="radio" name="pane" value={tab.name()} checked={shown == tab}
                        onchange={choose.reform(move |_: Event| tab)} />
                    <span>{ tab.label() }</span>
                </label>
            }) }
        </fieldset>
    }
}
