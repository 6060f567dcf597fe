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

    /// Whether two kernels have the same values in the switches of `asked`, a bit for each by its place in [`Switch::ALL`].
    pub fn agrees(self, other: Self, asked: u32) -> bool {
        let switches = Switch::ALL.iter().enumerate();
        switches
            .filter(|(place, _)| asked >> place & 1 != 0)
            .all(|(_, switch)| (switch.get)(&self) == (switch.get)(&other))
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

    #[test]
    fn kernels_agree_in_what_they_do_not_differ_in() {
        let switch = |name| {
            let place = Switch::ALL.iter().position(|switch| switch.name == name);
            1 << place.expect("a switch")
        };
        let agree = |asked| Kernel::BEFORE.agrees(Kernel::AFTER, asked);
        assert!(agree(0));
        assert!(agree(switch("recheck") | switch("i-mmap")));
        assert!(!agree(switch("recheck") | switch("mlock")));
    }
}
