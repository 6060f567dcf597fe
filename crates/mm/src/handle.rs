//! What the objects of the mm have in common: a handle is the address of an object's first word.

/// Declares a handle: a named address with fields at fixed offsets, each a typed word.
///
/// The null handle, address 0, stands where the kernel has a NULL pointer; no object lives there.
macro_rules! handle {
    (
        $(#[$doc:meta])* $name:ident[$words:expr] {
            $($(#[$field_doc:meta])* $field:ident @ $offset:literal : $holds:ty,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub ::lockstep_machine::Address);

        impl $name {
            /// NULL.
            pub const NULL: Self = Self(::lockstep_machine::Address(0));
            /// How many words one takes.
            pub const WORDS: u32 = $words;
            /// The names of the fields and their offsets, for whoever shows memory.
            pub const FIELDS: &[(&'static str, u32)] = &[$((stringify!($field), $offset)),*];

            /// Whether this is no object.
            pub fn is_null(self) -> bool {
                self == Self::NULL
            }

            $($(#[$field_doc])*
            pub const fn $field(self) -> ::lockstep_machine::Word<$holds> {
                ::lockstep_machine::Word::at(self.0.offset($offset))
            })*
        }

        impl ::lockstep_machine::Value for $name {
            fn from_word(word: u64) -> Self {
                Self(::lockstep_machine::Address(word as u32))
            }
            fn into_word(self) -> u64 {
                u64::from(self.0.0)
            }
        }

        impl From<$name> for ::lockstep_machine::Argument {
            fn from(handle: $name) -> Self {
                Self::Object(handle.0)
            }
        }
    };
}

/// Lets a `bitflags` type live in a word.
macro_rules! flags_value {
    ($name:ident) => {
        impl ::lockstep_machine::Value for $name {
            fn from_word(word: u64) -> Self {
                Self::from_bits_retain(word)
            }
            fn into_word(self) -> u64 {
                self.bits()
            }
        }
    };
}

pub(crate) use {flags_value, handle};
