//! Code with other numbers for the functions, variables and tables it refers to.

use std::collections::BTreeMap;
use std::fmt;

use wasm_encoder::reencode::{Error, Reencode};

/// New numbers for what code refers to; what has none keeps its own.
#[derive(Default)]
pub(super) struct Renumber {
    functions: BTreeMap<u32, u32>,
    pub(super) globals: BTreeMap<u32, u32>,
    pub(super) tables: BTreeMap<u32, u32>,
}

impl Renumber {
    /// Functions are numbered in this order.
    pub(super) fn to(functions: impl IntoIterator<Item = u32>) -> Self {
        Self {
            functions: numbered(functions),
            ..Self::default()
        }
    }
}

/// Something that code refers to and that is not in its part.
#[derive(Debug)]
pub(super) struct Elsewhere {
    what: &'static str,
    number: u32,
}

impl fmt::Display for Elsewhere {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{} {} is in the other part", self.what, self.number)
    }
}

impl std::error::Error for Elsewhere {}

/// The place of each in an order.
pub(super) fn numbered(order: impl IntoIterator<Item = u32>) -> BTreeMap<u32, u32> {
    order.into_iter().zip(0..).collect()
}

impl Reencode for Renumber {
    type Error = Elsewhere;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Self::Error>> {
        new_number(&self.functions, function, "function")
    }

    fn global_index(&mut self, global: u32) -> Result<u32, Error<Self::Error>> {
        new_number(&self.globals, global, "global")
    }

    fn table_index(&mut self, table: u32) -> Result<u32, Error<Self::Error>> {
        new_number(&self.tables, table, "table")
    }
}

fn new_number(
    numbers: &BTreeMap<u32, u32>,
    old: u32,
    what: &'static str,
) -> Result<u32, Error<Elsewhere>> {
    if numbers.is_empty() {
        return Ok(old);
    }
    let missing = || Error::UserError(Elsewhere { what, number: old });
    numbers.get(&old).copied().ok_or_else(missing)
}
