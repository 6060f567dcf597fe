//! What of the page is open, apart from the run: a dialog, a tab, an answer to a press of Copy.

/// The dialogs of the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Panel {
    /// Links, embeds and texts to take away.
    Share,
    /// The keys and the signs.
    Help,
    /// Theme, motion, size.
    Settings,
    /// Steps found by what they say.
    Find,
    /// The search of all orders.
    Prove,
}

/// The panes of a narrow screen.
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

/// What became of a press of Copy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The text is in the clipboard.
    Done,
    /// The browser did not let us; the text is marked.
    ByHand,
}
