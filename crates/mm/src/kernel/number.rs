//! Kernels by number: what many kernels have in common is kept once, and found by their numbers.

use super::{Kernel, Switch};

impl Kernel {
    /// The number of this kernel among all there can be: the values of its switches are the digits.
    pub fn number(self) -> usize {
        Switch::ALL.iter().fold(0, |number, switch| {
            let value = self.value(switch);
            let digit = switch.values.iter().position(|known| *known == value);
            number * switch.values.len() + digit.unwrap_or(0)
        })
    }

    /// Every kernel there can be, in the order of their numbers.
    pub fn all() -> impl Iterator<Item = Self> {
        let count = Switch::ALL.iter().map(|switch| switch.values.len());
        (0..count.product()).map(|number| {
            let mut kernel = Self::BEFORE;
            let mut rest: usize = number;
            // The last switch is the lowest digit.
            for switch in Switch::ALL.iter().rev() {
                let values = switch.values;
                // The names and values are those of the table itself, so none is refused.
                _ = kernel.set(switch.name, values[rest % values.len()]);
                rest /= values.len();
            }
            kernel
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kernel_has_its_place() {
        for (number, kernel) in Kernel::all().enumerate() {
            assert_eq!(kernel.number(), number);
        }
        for (_, preset) in Kernel::PRESETS {
            assert_eq!(Kernel::all().nth(preset.number()), Some(*preset));
        }
    }
}
