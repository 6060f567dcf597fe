//! What a modelled function is called, and what it was called with.

use crate::Address;

/// A modelled function: the name it carries and the one it models.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Function {
    /// Its name, the same in the model and in what it models.
    pub name: &'static str,
    /// The file of what it models.
    pub file: &'static str,
    /// The line its definition starts at there.
    pub line: u32,
}

/// One argument of a call, kept for display.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Argument {
    /// An object, by the address of its first word.
    Object(Address),
    /// A plain number.
    Number(u64),
    /// A word that says it, such as the name of a flag.
    Name(&'static str),
}

impl Argument {
    /// How many arguments of a call are kept.
    pub const LIMIT: usize = 3;
}
