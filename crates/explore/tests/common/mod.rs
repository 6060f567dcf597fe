//! What tests ask of the small race.

use lockstep_explore::toys::Toy;
use lockstep_explore::{Ending, Ends, Property, Walk};

/// Whether a page was freed with its mark, or somebody did not end.
pub(crate) struct NoBadPage;

impl Property<Toy> for NoBadPage {
    type Outcome = (Ending, bool);

    fn outcome(&self, walk: &Walk<'_, Toy>) -> (Ending, bool) {
        (Ends.outcome(walk), !walk.marks().is_empty())
    }

    fn is_broken(&self, outcome: &(Ending, bool)) -> bool {
        outcome.1 || outcome.0 != Ending::Finished
    }
}
