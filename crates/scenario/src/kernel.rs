//! Kernels as people write them: `before`, `after,i-mmap=shared`.

#[cfg(feature = "build")]
mod problems;

use lockstep_mm::kernel::Kernel;

use crate::Diagnostic;

/// Reads a kernel: a preset, then switches that differ from it.
///
/// # Errors
/// Everything that is wrong with the text; without the feature `build` only that it is no kernel.
pub fn parse_kernel(text: &str) -> Result<Kernel, Vec<Diagnostic>> {
    read(text).ok_or_else(|| problems(text))
}

#[cfg(feature = "build")]
use problems::problems;

/// A page is told about kernels by links, which nobody writes by hand, and has no room for what could have been meant.
#[cfg(not(feature = "build"))]
fn problems(text: &str) -> Vec<Diagnostic> {
    let whole = 0..text.len();
    vec![Diagnostic::new("kernel", whole, "this is no kernel")]
}

fn read(text: &str) -> Option<Kernel> {
    let mut parts = text.split(',').map(str::trim);
    let preset = parts.next()?;
    let presets = Kernel::PRESETS.iter();
    let (_, mut kernel) = *presets.into_iter().find(|(name, _)| *name == preset)?;
    let mut set: Vec<&str> = Vec::new();
    for part in parts {
        let (name, value) = part.split_once('=')?;
        let (name, value) = (name.trim_end(), value.trim_start());
        if set.contains(&name) {
            return None;
        }
        set.push(name);
        kernel.set(name, value).ok()?;
    }
    Some(kernel)
}

#[cfg(all(test, feature = "build"))]
mod tests {
    use proptest::prelude::*;

    use super::{problems, read};

    proptest! {
        #[test]
        fn a_text_is_a_kernel_or_something_is_wrong_with_it(
            text in "[, ]{0,1}(before|after|then)( {0,1}, {0,1}(mlock|early-exit|i-mmap|no)( {0,1}=|) {0,1}(on|shared|mmap-sem|)){0,3}"
        ) {
            prop_assert_eq!(read(&text).is_some(), problems(&text).is_empty());
        }
    }
}
