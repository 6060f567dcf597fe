//! Where the pages are: a tray for each list, for the hands of threads, and for the allocator.

use lockstep_machine::Gather;
use lockstep_mm::page::{FrameState, Page, PageList};
use lockstep_mm::world::{Memory, Object};

use crate::scene::ListTray;
use crate::session::Inner;
use crate::tape::Tape;

/// A place a page can be in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spot {
    On(PageList),
    Hands,
    Free,
    Bad,
}

const TRAYS: &[(Spot, &str, &str, &str)] = &[
    (
        Spot::On(PageList::ActiveAnon),
        "active_anon",
        "active anon",
        "used lately",
    ),
    (
        Spot::On(PageList::InactiveAnon),
        "inactive_anon",
        "inactive anon",
        "reclaim looks here",
    ),
    (
        Spot::On(PageList::ActiveFile),
        "active_file",
        "active file",
        "used lately",
    ),
    (
        Spot::On(PageList::InactiveFile),
        "inactive_file",
        "inactive file",
        "reclaim looks here",
    ),
    (
        Spot::On(PageList::Unevictable),
        "unevictable",
        "unevictable",
        "reclaim never looks here",
    ),
    (
        Spot::On(PageList::Pagevec),
        "pagevec",
        "pagevec",
        "waits for its list",
    ),
    (
        Spot::Hands,
        "isolated",
        "off the lists",
        "in somebody's hands",
    ),
    (Spot::Free, "free", "free", "with the allocator"),
    (Spot::Bad, "bad", "bad page", "kept out of use"),
];

/// The trays after a step.
pub(crate) fn at(session: &Inner, tape: &Tape, step: u32, memory: &[u64]) -> Vec<ListTray> {
    let world = session.words.world();
    let before = step.checked_sub(1).map(|before| tape.memory(before));
    // Frames nobody has used yet would only fill the tray of free pages.
    let pages: Vec<Page> = world
        .pages()
        .filter(|page| {
            session.words.shown().pages.contains(page)
                || tape
                    .last_change(page.state().address(), u64::MAX, tape.steps())
                    .is_some()
        })
        .gather();
    TRAYS
        .iter()
        .map(|(tray, key, label, note)| {
            let here = |page: &Page| spot(Memory(memory), *page) == *tray;
            let came = |page: &Page| {
                here(page)
                    && before
                        .as_deref()
                        .is_some_and(|before| spot(Memory(before), *page) != *tray)
            };
            ListTray {
                key: (*key).to_owned(),
                label: (*label).to_owned(),
                note: match tray {
                    Spot::Hands => hands(session, tape, step, pages.iter().copied().filter(here)),
                    _ => (*note).to_owned(),
                },
                pages: pages
                    .iter()
                    .filter(|page| here(page))
                    .map(|page| session.words.object(Object::Page(world.page_number(*page))))
                    .gather(),
                is_changed: pages.iter().any(came),
                is_bad: *tray == Spot::Bad,
            }
        })
        .gather()
}

fn spot(memory: Memory<'_>, page: Page) -> Spot {
    match (memory.get(page.state()), memory.get(page.lru())) {
        (FrameState::Free, _) => Spot::Free,
        (FrameState::Bad, _) => Spot::Bad,
        (FrameState::InUse, PageList::None | PageList::Isolated) => Spot::Hands,
        (FrameState::InUse, list) => Spot::On(list),
    }
}

/// In whose hands the pages off the lists are: of whoever took them off.
fn hands(session: &Inner, tape: &Tape, step: u32, pages: impl Iterator<Item = Page>) -> String {
    let mut who: Vec<&str> = pages
        .filter_map(|page| tape.last_change(page.lru().address(), u64::MAX, step))
        .filter_map(|step| tape.event(step))
        .map(|event| session.words.thread(event.thread))
        .gather();
    who.dedup();
    match who.as_slice() {
        [] => "in somebody's hands".to_owned(),
        _ => format!("in the hands of {}", who.join(" and ")),
    }
}
