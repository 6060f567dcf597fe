//! What the words of a scenario mean in one world.

use lockstep_machine::Address;
use lockstep_machine::script::Field;

use crate::{Diagnostic, Moment, ScriptLines};

/// The scripts, beats, facts and lanes of a scenario, each in the order in which the scenario has them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resolved {
    /// The scripts, or what is wrong with them: a kernel may lack what they name.
    pub scripts: Vec<Result<ScriptLines, Vec<Diagnostic>>>,
    /// The lines of the beats, unless a kernel lacks what they name.
    pub beats: Vec<Option<Vec<Moment>>>,
    /// The facts.
    pub facts: Vec<Meant>,
    /// The lanes.
    pub lanes: Vec<Meant>,
    /// The lanes of a scenario that names none.
    pub usual_lanes: Vec<Meant>,
}

/// What a name of a fact or of a lane means: some fields, or if there are none of that name, some locks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Meant {
    /// The fields.
    pub fields: Vec<Field>,
    /// The locks.
    pub locks: Vec<Address>,
}
