//! What a search tells whoever watches it: a closed set of events of the algorithm.

/// Something that happened in a search.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Event {
    /// A step was executed.
    Step {
        /// Whose, 0 for thread A.
        thread: usize,
        /// How many steps came before it.
        depth: usize,
    },
    /// A run came to its end.
    Run {
        /// Whether it ended badly.
        broken: bool,
    },
    /// An order that has not been run was found, and will be.
    Planned {
        /// How many steps it has in common with the current run.
        depth: usize,
    },
    /// A run was given up because it would repeat another. An optimal search never says this.
    Blocked {
        /// How many steps it had.
        depth: usize,
    },
    /// A state was met for the first time.
    State {
        /// How many steps led to it.
        depth: usize,
    },
}

/// Watches a search.
pub trait Observer {
    /// Something happened.
    fn event(&mut self, event: Event);
}

/// Nobody.
impl Observer for () {
    fn event(&mut self, _: Event) {}
}

impl<F: FnMut(Event)> Observer for F {
    fn event(&mut self, event: Event) {
        self(event);
    }
}
