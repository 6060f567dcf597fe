//! `lockstep run`: a scenario run in some order, and told.

use std::io::Write;

use crate::args::{Format, Run};
use crate::draw::Failure;
use crate::{Done, order, outside};

/// Runs what was asked for.
pub(crate) fn run(asked: &Run) -> Result<Done, Failure> {
    let scenario = outside::scenario(&asked.scenario)?;
    let kernel = outside::kernel(&scenario, asked.kernel.as_deref())?;
    let built = scenario.build(kernel).map_err(|error| {
        Failure::refused(format!("cannot make the world on {kernel}: {error}"), "")
    })?;
    let order = order::find(asked, &scenario, &built)?;
    for note in &order.notes {
        _ = writeln!(anstream::stderr(), "{note}");
    }
    _ = (asked.format, Format::Table, asked.full, asked.width);
    Ok(Done {
        text: format!("{}\n", order.schedule),
        is_broken: false,
    })
}
