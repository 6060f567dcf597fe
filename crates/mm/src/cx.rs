//! What every kernel function gets as its first argument: the processor it runs on, the world, and which kernel it is.

use std::cell::Cell;
use std::ops::Deref;
use std::rc::Rc;

use lockstep_machine::{Cpu, Function};

use crate::kernel::{ClearVmLocked, IMmap, Kernel, MlockUnder, VmFlagsStore};
use crate::world::World;
use crate::zone::Pagevec;

/// The context of a kernel function. It is a [`Cpu`], so `cx.read(word).await` is a step.
pub struct Cx<C> {
    cpu: C,
    /// Where everything is.
    pub world: World,
    kernel: Kernel,
    asked: Option<Asked>,
    processor: u32,
    used_frames: Cell<UsedFrames>,
}

/// The page frames from the first on that were found in use, and how many had been freed by then: until another one is freed,
/// looking for a free one can start behind them, so that filling a memory takes time in proportion to it.
#[derive(Clone, Copy, Default)]
pub(crate) struct UsedFrames {
    pub(crate) frames: u32,
    pub(crate) freed: i64,
}

impl<C: Cpu> Cx<C> {
    /// The context of a thread on the processor of this number.
    pub fn new(cpu: C, world: World, kernel: Kernel, processor: u32) -> Self {
        Self {
            cpu,
            world,
            kernel,
            asked: None,
            processor,
            used_frames: Cell::default(),
        }
    }

    /// What [`UsedFrames`] are known.
    pub(crate) fn used_frames(&self) -> &Cell<UsedFrames> {
        &self.used_frames
    }

    /// The same context, noting which switches of the kernel are looked at.
    pub(crate) fn noting(self, asked: Asked) -> Self {
        Self {
            asked: Some(asked),
            ..self
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

/// The switches that were looked at: a bit for each, by its place in [`Switch::ALL`](crate::kernel::Switch::ALL).
///
/// Kernels that agree in these would have run the same, so what holds on one of them holds on all.
pub(crate) type Asked = Rc<Cell<u32>>;

/// The switches, each by a function of its name. Its place is that in [`Switch::ALL`](crate::kernel::Switch::ALL).
macro_rules! switches {
    ($($place:literal $name:ident: $value:ty),* $(,)?) => {
        impl<C> Cx<C> {
            $(
                pub(crate) fn $name(&self) -> $value {
                    if let Some(asked) = &self.asked {
                        asked.set(asked.get() | 1 << $place);
                    }
                    self.kernel.$name
                }
            )*
        }

        #[cfg(test)]
        const PLACES: &[(usize, &str)] = &[$(($place, stringify!($name))),*];
    };
}

switches! {
    0 mlock: MlockUnder,
    1 recheck: bool,
    2 early_exit: bool,
    3 exit_mmap_sem: bool,
    4 i_mmap: IMmap,
    5 fill_ptl: bool,
    6 clear_vm_locked: ClearVmLocked,
    7 vm_flags_store: VmFlagsStore,
    8 nr_mlock_fix: bool,
    9 wp_munlock: bool,
}

/// A function of Linux, by name, file and the line its definition starts at: mm/rmap.c as of b87537d, other files as of v4.4.
pub(crate) const fn linux(name: &'static str, file: &'static str, line: u32) -> Function {
    Function { name, file, line }
}

#[cfg(test)]
mod tests {
    use super::PLACES;
    use crate::kernel::Switch;

    #[test]
    fn the_switches_have_the_places_of_the_table() {
        let table = Switch::ALL
            .iter()
            .map(|switch| switch.name.replace('-', "_"));
        let places: Vec<_> = table.enumerate().collect();
        let named: Vec<_> = PLACES
            .iter()
            .map(|(place, name)| (*place, (*name).to_owned()))
            .collect();
        assert_eq!(named, places);
    }
}
