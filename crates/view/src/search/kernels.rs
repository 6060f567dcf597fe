//! The kernels a table of all scenarios has columns for.

use lockstep_mm::kernel::{Kernel, Switch};

/// A kernel, and how it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KernelColumn {
    /// Which.
    pub kernel: Kernel,
    /// As it is written after `--kernel`: `after,recheck=off`.
    pub text: String,
}

/// The kernels that have a name.
pub fn presets() -> Vec<KernelColumn> {
    let presets = Kernel::PRESETS.iter();
    presets
        .map(|(name, kernel)| KernelColumn {
            kernel: *kernel,
            text: (*name).to_owned(),
        })
        .collect()
}

/// The named kernels, and those that differ from `after` or from `before` in one switch; each once.
pub fn one_switch_apart() -> Vec<KernelColumn> {
    let mut columns = presets();
    for (name, base) in [("after", Kernel::AFTER), ("before", Kernel::BEFORE)] {
        for switch in Switch::ALL {
            for value in switch.values {
                let mut kernel = base;
                // The names and values are those of the table itself, so none is refused.
                _ = kernel.set(switch.name, value);
                if columns.iter().all(|known| known.kernel != kernel) {
                    columns.push(KernelColumn {
                        kernel,
                        text: format!("{name},{}={value}", switch.name),
                    });
                }
            }
        }
    }
    columns
}
