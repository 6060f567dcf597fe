//! Wakeup trees: the sequences that still have to be run from a point of the current run.
//!
//! Abdulla, Aronis, Jonsson and Sagonas, "Optimal dynamic partial order reduction" (POPL 2014), section 6:
//! a set of sequences as an ordered tree, such that whoever runs them from left to right never finds out half-way
//! that somebody else has done so before.

use crate::dependence::{Footprints, Print};

/// A step of a sequence: who, and what it touches. What it does is known without running anything:
/// it has the same steps before it as where it was seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Planned {
    pub(crate) thread: u8,
    pub(crate) print: Print,
    /// Which step of the run it was seen as.
    pub(crate) at: u32,
}

/// What became of a sequence: how much of the run it was seen in decides that.
///
/// A run that begins with the same steps, up to and with the step of this number, need not ask again. [`ALL`] says that any other run has to.
pub(crate) type Decided = u32;

/// All of the run.
pub(crate) const ALL: Decided = u32::MAX;

/// The end of a list.
const NONE: u32 = u32::MAX;

#[derive(Clone, Copy)]
struct Node {
    step: Planned,
    child: u32,
    sibling: u32,
}

/// A list of sibling nodes in a [`Forest`], oldest first, each with what follows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Branches(u32);

impl Branches {
    pub(crate) const NONE: Self = Self(NONE);

    pub(crate) fn is_empty(self) -> bool {
        self.0 == NONE
    }
}

/// Room for the nodes of all wakeup trees of a search.
#[derive(Default)]
pub(crate) struct Forest {
    nodes: Vec<Node>,
    free: Vec<u32>,
}

impl Forest {
    fn make(&mut self, step: Planned) -> u32 {
        let node = Node {
            step,
            child: NONE,
            sibling: NONE,
        };
        if let Some(at) = self.free.pop() {
            self.nodes[at as usize] = node;
            return at;
        }
        self.nodes.push(node);
        self.nodes.len() as u32 - 1
    }

    /// A tree of one step.
    pub(crate) fn single(&mut self, step: Planned) -> Branches {
        Branches(self.make(step))
    }

    /// The first step to be taken.
    pub(crate) fn first(&self, branches: Branches) -> Option<Planned> {
        self.nodes.get(branches.0 as usize).map(|node| node.step)
    }

    /// Whether there is more than one branch.
    pub(crate) fn has_others(&self, branches: Branches) -> bool {
        let first = self.nodes.get(branches.0 as usize);
        first.is_some_and(|first| first.sibling != NONE)
    }

    /// Takes what follows the first step away from it, to be run after it.
    pub(crate) fn take_after_first(&mut self, branches: Branches) -> Branches {
        self.nodes
            .get_mut(branches.0 as usize)
            .map_or(Branches::NONE, |node| {
                Branches(std::mem::replace(&mut node.child, NONE))
            })
    }

    /// Removes the first step, which has been run with all that follows; gives the others.
    pub(crate) fn remove_first(&mut self, branches: Branches) -> Branches {
        let Some(node) = self.nodes.get(branches.0 as usize) else {
            return Branches::NONE;
        };
        let rest = Branches(node.sibling);
        self.free.push(branches.0);
        rest
    }

    /// Adds `sequence`, unless running what is planned already runs an equivalent of it; gives whether it was added, and what decided that.
    ///
    /// Of the sequence, only what is `needed` is added, and what tells it from all that is planned: the shorter, the more runs it stands for.
    /// `running` says that the first branch is being run: what it leads to is elsewhere, and the sequence is known not to begin like it.
    pub(crate) fn insert(
        &mut self,
        branches: &mut Branches,
        running: bool,
        mut sequence: &mut [Planned],
        mut needed: u32,
        prints: &Footprints,
    ) -> (bool, Decided) {
        let (mut parent, mut last) = (NONE, NONE);
        let mut is_weak = false;
        let mut at = branches.0;
        if running && at != NONE {
            last = at;
            at = self.nodes[at as usize].sibling;
        }
        let decided = |is_weak, needed| if is_weak { ALL } else { needed };
        while at != NONE {
            let node = self.nodes[at as usize];
            match begins(sequence, node.step, prints) {
                Begin::Not(index) => {
                    needed = needed.max(sequence[index].at);
                    last = at;
                    at = node.sibling;
                    continue;
                }
                Begin::With(index) => {
                    needed = needed.max(sequence[index].at);
                    // What comes before stays in order, and is short.
                    sequence[..=index].rotate_right(1);
                    sequence = &mut std::mem::take(&mut sequence)[1..];
                }
                Begin::Without => is_weak = true,
            }
            if node.child == NONE || sequence.is_empty() {
                return (false, decided(is_weak, needed));
            }
            (parent, last, at) = (at, NONE, node.child);
        }
        let mut chain = NONE;
        for step in sequence.iter().rev().filter(|step| step.at <= needed) {
            let node = self.make(*step);
            self.nodes[node as usize].child = chain;
            chain = node;
        }
        match (last, parent) {
            (NONE, NONE) => branches.0 = chain,
            (NONE, parent) => self.nodes[parent as usize].child = chain,
            (last, _) => self.nodes[last as usize].sibling = chain,
        }
        (true, decided(is_weak, needed))
    }
}

/// How a sequence can be taken to begin with a step.
pub(crate) enum Begin {
    /// It has the step at this index, and nothing before depends on it.
    With(usize),
    /// It does not have it, and nothing in it depends on it.
    Without,
    /// It cannot: what is at this index depends on it.
    Not(usize),
}

/// Whether `sequence` can begin with `step`: the step is one of its *weak initials*.
#[inline]
pub(crate) fn begins(sequence: &[Planned], step: Planned, prints: &Footprints) -> Begin {
    let dependent = prints.dependent(step.print);
    for (index, other) in sequence.iter().enumerate() {
        if other.thread == step.thread {
            return Begin::With(index);
        }
        if dependent.has(other.print) {
            return Begin::Not(index);
        }
    }
    Begin::Without
}
