//! Where in the code of a program a step is made: the line that awaits it, and the calls around it.
//!
//! Reports name a step by its place in the source, so that the same two lines are one finding, however many orders show it.

use std::panic::Location;

use lockstep_machine::Function;

/// The number of a stack of calls in one search.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct StackId(u32);

/// A place in the source, as far as one search tells places apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Site {
    /// The line.
    pub location: &'static Location<'static>,
    /// The calls around it.
    pub(crate) stack: StackId,
}

/// All stacks of calls that steps are made in, each with a number.
#[derive(Default)]
pub(crate) struct Stacks {
    known: Vec<Vec<&'static Function>>,
}

impl Stacks {
    /// The number of a stack, innermost call first. Programs have few.
    pub(crate) fn number(&mut self, stack: Vec<&'static Function>) -> StackId {
        let known = self.known.iter().position(|known| *known == stack);
        StackId(known.unwrap_or_else(|| {
            self.known.push(stack);
            self.known.len() - 1
        }) as u32)
    }

    /// The calls of a stack, innermost first.
    pub(crate) fn calls(&self, stack: StackId) -> &[&'static Function] {
        self.known.get(stack.0 as usize).map_or(&[], Vec::as_slice)
    }
}
