//! Reads the compiled form without a way to fail.
//!
//! Bytes get here after their checksum was found right, so all that can be wrong with them is that another build wrote them,
//! and the version tells that. A derived reader would, after every field, be ready to give back all fields before it;
//! that takes more of a page than the scenarios themselves. The writer is the derived one, and this follows it:
//! fields in the order of their declaration, numbers of varying length, the number of a variant before what it holds.
//! What is missing at the end reads as nothing.

use lockstep_machine::Gather;

/// The bytes that have not been read.
pub(crate) struct Reader<'b>(pub(crate) &'b [u8]);

/// What can be read.
pub(crate) trait Read {
    /// Reads one.
    fn read(from: &mut Reader<'_>) -> Self;
}

impl Reader<'_> {
    /// One of whatever is asked for.
    pub(crate) fn get<T: Read>(&mut self) -> T {
        T::read(self)
    }

    /// A byte as it is.
    pub(crate) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }
}

impl Read for u64 {
    // Seven bits in a byte, the lowest first; the eighth says whether more follow.
    fn read(from: &mut Reader<'_>) -> Self {
        let mut number = 0;
        for shift in (0..Self::BITS).step_by(7) {
            let byte = from.byte();
            number |= Self::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        number
    }
}

impl Read for u32 {
    fn read(from: &mut Reader<'_>) -> Self {
        from.get::<u64>() as Self
    }
}

impl Read for u8 {
    fn read(from: &mut Reader<'_>) -> Self {
        from.byte()
    }
}

impl Read for bool {
    fn read(from: &mut Reader<'_>) -> Self {
        from.byte() != 0
    }
}

impl Read for String {
    fn read(from: &mut Reader<'_>) -> Self {
        let length = from.get::<u64>() as usize;
        let (text, rest) = from.0.split_at(length.min(from.0.len()));
        from.0 = rest;
        Self::from_utf8(text.to_vec()).unwrap_or_default()
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(from: &mut Reader<'_>) -> Self {
        // Each thing takes a byte at least, so no count makes this go on for long.
        let count = (from.get::<u64>() as usize).min(from.0.len());
        (0..count).map(|_| from.get()).gather()
    }
}

impl<T: Read> Read for Option<T> {
    fn read(from: &mut Reader<'_>) -> Self {
        (from.byte() != 0).then(|| from.get())
    }
}

impl<T: Read, U: Read> Read for (T, U) {
    fn read(from: &mut Reader<'_>) -> Self {
        (from.get(), from.get())
    }
}

impl<T: Read, const N: usize> Read for [T; N] {
    fn read(from: &mut Reader<'_>) -> Self {
        std::array::from_fn(|_| from.get())
    }
}

/// Makes structs readable, field by field. Leaving one out does not compile; the order is that of the declaration.
macro_rules! read_fields {
    ($($of:ty { $($field:ident),* })*) => { $(
        impl $crate::reader::Read for $of {
            fn read(from: &mut $crate::reader::Reader<'_>) -> Self {
                Self { $($field: from.get()),* }
            }
        }
    )* };
}

pub(crate) use read_fields;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Reader;
    use crate::Scenario;

    proptest! {
        #[test]
        fn any_bytes_are_read_to_some_end(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let read: Vec<Scenario> = Reader(&bytes).get();
            prop_assert!(read.len() <= bytes.len());
        }
    }
}
