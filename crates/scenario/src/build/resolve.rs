//! What the words of a scenario mean: its scripts, its beats, its facts and lanes, looked up among the names.

use lockstep_machine::Gather;

use crate::compiled::Scenario;
use crate::resolved::{Meant, Resolved};
use crate::script::parse_beat_line;
use crate::{Names, parse_script};

/// The lanes of a scenario that names none.
const USUAL: [&str; 3] = ["VM_LOCKED", "pte", "PG_mlocked"];

impl Scenario {
    pub(super) fn resolve(&self, names: &Names) -> Resolved {
        let scripts = self.scripts.iter();
        let beats = self.beats.iter().map(|beat| {
            let lines = beat.at.iter();
            lines
                .map(|line| parse_beat_line(line, 0, names).ok())
                .collect()
        });
        let meant = |name: &String| meant(names, name);
        Resolved {
            scripts: scripts
                .map(|script| parse_script(&script.text, names))
                .gather(),
            beats: beats.collect(),
            facts: self.facts.iter().map(meant).gather(),
            lanes: self.lanes.iter().map(meant).gather(),
            usual_lanes: USUAL.map(str::to_owned).iter().map(meant).gather(),
        }
    }
}

fn meant(names: &Names, name: &str) -> Meant {
    let span = 0..name.len();
    Meant {
        fields: names.find_fields(name, span.clone()).unwrap_or_default(),
        locks: names.find_locks(name, span).unwrap_or_default(),
    }
}
