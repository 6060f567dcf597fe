//! A program of one thread, told call by call.

use std::fmt::Write;

use lockstep_mm::kernel::Kernel;
use lockstep_mm::page::{FrameState, PageFlags};
use lockstep_mm::setup::{Setup, SetupCall};
use lockstep_mm::world::{Memory, Sizes, World};

/// Each call in a line: what it came back with, the pages after it, the events it caused.
pub fn told(kernel: Kernel, calls: &[SetupCall]) -> String {
    let mut setup = Setup::new(World::new(Sizes::SMALL), kernel);
    let mut text = String::new();
    for (number, call) in calls.iter().enumerate() {
        let before = events(&setup);
        let result = setup.call(number, *call);
        let name = format!("{call:?}");
        let name = name.split([' ', '(']).next().unwrap_or_default();
        _ = write!(text, "{name}");
        if let Err(error) = result {
            _ = write!(text, " {error:?}");
        }
        _ = writeln!(text, "{}{}", pages(&setup), changed(before, events(&setup)));
    }
    text
}

/// The pages in use: whether each is mlocked, unevictable and on a list, and how often it is mapped; then VmLck of the first process.
fn pages(setup: &Setup) -> String {
    let memory = Memory(&setup.image);
    let mut text = String::new();
    for page in setup
        .world
        .pages()
        .filter(|page| memory.get(page.state()) == FrameState::InUse)
    {
        let flags = memory.get(page.flags());
        let of = |flag, name: &'static str| if flags.contains(flag) { name } else { "" };
        _ = write!(
            text,
            " [{}{}{}{}]",
            memory.get(page.mapcount()),
            of(PageFlags::MLOCKED, " mlocked"),
            of(PageFlags::UNEVICTABLE, " unevictable"),
            of(PageFlags::LRU, " lru")
        );
    }
    let locked = setup.mm(0).map_or(0, |mm| memory.get(mm.locked_vm()));
    if locked != 0 {
        _ = write!(text, " VmLck {locked}");
    }
    text
}

const EVENTS: [&str; 6] = [
    "culled",
    "rescued",
    "mlocked",
    "munlocked",
    "cleared",
    "stranded",
];

fn events(setup: &Setup) -> [i64; 6] {
    let (zone, memory) = (setup.world.zone(), Memory(&setup.image));
    [
        zone.pgculled(),
        zone.pgrescued(),
        zone.pgmlocked(),
        zone.pgmunlocked(),
        zone.pgcleared(),
        zone.pgstranded(),
    ]
    .map(|event| memory.get(event))
}

fn changed(before: [i64; 6], after: [i64; 6]) -> String {
    let changes = EVENTS.iter().zip(before.iter().zip(after));
    changes
        .filter(|(_, (before, after))| *before != after)
        .map(|(name, (before, after))| format!(" {name}+{}", after - before))
        .collect()
}
