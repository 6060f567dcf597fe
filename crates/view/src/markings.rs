//! Whether a page's mark is right at a moment, and if it is not, who is on the way to put it right: found by looking ahead in the run.
//!
//! During a race a wrong mark says little: a thread may be about to come past. So a property about marks has three states and not
//! two: true now; not now, but somebody is on the way, at a step that can be named; and nobody is coming.

use lockstep_machine::{Gather, Schedule, Trace, run as drive};
use lockstep_mm::invariants::{Invariant, Marking, marking};
use lockstep_mm::page::{FrameState, Page};
use lockstep_mm::repair::{Repair, repair};
use lockstep_mm::world::Memory;

use crate::lookahead;
use crate::scene::{Now, StepNo};
use crate::session::Inner;
use crate::tape::Tape;

/// How I2 or I3 stands just after a step; nothing for another property.
pub(crate) fn now(session: &Inner, tape: &Tape, invariant: Invariant, step: u32) -> Option<Now> {
    let wrong = match invariant {
        Invariant::I2 => Marking::Undeserved,
        Invariant::I3 => Marking::Missing,
        _ => return None,
    };
    let world = session.words.world();
    let mut memory = tape.memory(step);
    let is_wrong = |memory: &[u64], page: Page| marking(world, Memory(memory), page) == wrong;
    let mut pages: Vec<Page> = world
        .pages()
        .filter(|page| is_wrong(&memory, *page))
        .gather();
    if pages.is_empty() {
        return Some(Now::True);
    }
    let ahead = whole(session, tape);
    let trace = ahead.as_ref().unwrap_or(tape.trace());
    for (number, event) in (1..).zip(trace.events()).skip(step as usize) {
        for change in trace.changes(event) {
            if let Some(word) = memory.get_mut(change.address.index()) {
                *word = change.to;
            }
        }
        let is_bad = |page: &&Page| Memory(&memory).get(page.state()) == FrameState::Bad;
        if let Some(page) = pages.iter().find(is_bad) {
            return Some(nobody(session, *page, Repair::Never { bad_page: true }));
        }
        pages.retain(|page| is_wrong(&memory, *page));
        if pages.is_empty() {
            return Some(Now::OnTheWay(event.thread.into(), StepNo(number)));
        }
    }
    let left = pages
        .first()
        .and_then(|page| Some((*page, repair(&session.built.setting, &memory, *page)?)));
    left.map(|(page, repair)| nobody(session, page, repair))
}

/// The run to its very end, if the tape stops before: it goes on as it would if it were let finish.
fn whole(session: &Inner, tape: &Tape) -> Option<Trace> {
    if tape.is_finished() {
        return None;
    }
    let mut machine = lookahead::replay(session, tape, tape.steps());
    drive::finish(&mut machine, &mut Schedule::new());
    Some(machine.with_trace(Clone::clone))
}

fn nobody(session: &Inner, page: Page, repair: Repair) -> Now {
    Now::Nobody {
        page: session.words.page(page),
        then: repaired(repair).to_owned(),
    }
}

/// What comes of a wrong mark that a run leaves behind.
pub(crate) fn repaired(repair: Repair) -> &'static str {
    match repair {
        Repair::Reclaim => "reclaim puts that right when it next looks at the page",
        Repair::LastUnmap => "that lasts until the page is unmapped for the last time",
        Repair::Never { bad_page: true } => {
            "nothing puts that right, and the page is freed as a bad page"
        }
        Repair::Never { bad_page: false } => "nothing ever puts that right",
    }
}

/// What puts the first page right that the end of a run leaves with a wrong mark; none if the run has no such page, or no end.
pub(crate) fn at_end(session: &Inner, tape: &Tape) -> Option<Repair> {
    if !tape.is_finished() {
        return None;
    }
    let world = session.words.world();
    let memory = tape.memory(tape.steps());
    world
        .pages()
        .find_map(|page| repair(&session.built.setting, &memory, page))
}
