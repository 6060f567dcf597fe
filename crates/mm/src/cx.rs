//! What every kernel function gets as its first argument: the processor it runs on, the world, and which kernel it is.

use std::ops::Deref;

use lockstep_machine::{Cpu, Function};

use crate::kernel::Kernel;
use crate::world::World;
use crate::zone::Pagevec;

/// The context of a kernel function. It is a [`Cpu`], so `cx.read(word).await` is a step.
pub struct Cx<C> {
    cpu: C,
    /// Where everything is.
    pub world: World,
    /// The code that runs.
    pub kernel: Kernel,
    processor: u32,
}

impl<C: Cpu> Cx<C> {
    /// The context of a thread on the processor of this number.
    pub fn new(cpu: C, world: World, kernel: Kernel, processor: u32) -> Self {
        Self {
            cpu,
            world,
            kernel,
            processor,
        }
    }

    /// The pagevec of the processor this runs on.
    pub fn pagevec(&self) -> Pagevec {
        self.world.pagevec(self.processor)
    }
}

impl<C> Deref for Cx<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.cpu
    }
}

/// A function of Linux, by name, file and the line its definition starts at: mm/rmap.c as of b87537d, other files as of v4.4.
pub(crate) const fn linux(name: &'static str, file: &'static str, line: u32) -> Function {
    Function { name, file, line }
}
