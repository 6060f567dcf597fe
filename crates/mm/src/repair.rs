//! Whether a wrong mark is ever put right once everybody has gone: found out by letting the kernel go on.
//!
//! The memory a run leaves behind goes through what comes sooner or later anyway: reclaim scans its lists, the processes
//! that are left exit, the files are cut. Whichever of these first makes the mark right is the repair.

use lockstep_machine::{
    Address, EmulatedCpu, Machine, Program, Schedule, ThreadBody, ThreadId, run,
};

use crate::cx::Cx;
use crate::file::File;
use crate::invariants::{Marking, marking};
use crate::page::{FrameState, Page};
use crate::page_alloc::BAD_PAGE;
use crate::program::{Path, Setting};
use crate::setup::Setup;
use crate::vma::Mm;
use crate::world::Memory;
use crate::{swap, vmscan};

/// What puts a wrong mark right.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Repair {
    /// Reclaim, when it next looks at the page.
    Reclaim,
    /// Whoever unmaps the page last: until then it is kept for no reason.
    LastUnmap,
    /// Nothing: the mark stays as long as the page is in use.
    Never {
        /// Whether the page is then freed with it, as a bad page.
        bad_page: bool,
    },
}

/// How often reclaim is let look: a page that was used since the last look is kept once, and moved to another list once more.
const SCANS: u32 = 4;

/// What puts the mark of `page` right, if it is wrong in the memory `image` that the threads of a setting left behind when all had
/// ended; `None` if it is right.
///
/// Exit and truncation are run by what ran the threads.
pub fn repair(setting: &Setting, image: &[u64], page: Page) -> Option<Repair> {
    let world = setting.setup.world;
    let mut after = Afterwards {
        setting,
        image: image.to_vec(),
        event: Event::Scan(page),
    };
    if after.marking(page) == Marking::Right {
        return None;
    }
    for _ in 0..SCANS {
        after.happens(Event::Scan(page));
        if after.marking(page) == Marking::Right {
            return Some(Repair::Reclaim);
        }
    }
    let lives = |after: &Afterwards<'_>, mm: Mm| Memory(&after.image).get(mm.users()) != 0;
    let exits = world.mms().map(Event::Exit);
    let cuts = world.files().map(Event::Cut);
    for event in exits.chain(cuts) {
        if matches!(event, Event::Exit(mm) if !lives(&after, mm)) {
            continue;
        }
        if after.happens(event) == Some(page.0) {
            return Some(Repair::Never { bad_page: true });
        }
        if after.marking(page) == Marking::Right {
            return Some(Repair::LastUnmap);
        }
    }
    Some(Repair::Never { bad_page: false })
}

/// What can happen to a world that is left alone.
#[derive(Clone, Copy)]
enum Event {
    Scan(Page),
    Exit(Mm),
    Cut(File),
}

/// A world after a run, and what happens to it next: a program of one thread.
struct Afterwards<'s> {
    setting: &'s Setting,
    image: Vec<u64>,
    event: Event,
}

impl Afterwards<'_> {
    fn marking(&self, page: Page) -> Marking {
        let memory = Memory(&self.image);
        // A bad page is never in use again; its mark is not right for that.
        if memory.get(page.state()) == FrameState::Bad {
            return Marking::Undeserved;
        }
        marking(&self.setting.setup.world, memory, page)
    }

    /// Lets it happen; gives the page that was freed in a bad state, if one was.
    fn happens(&mut self, event: Event) -> Option<Address> {
        self.event = event;
        let mut machine = Machine::new(&*self);
        run::finish(&mut machine, &mut Schedule::new());
        machine.with_memory(|memory| self.image.copy_from_slice(memory));
        machine.with_trace(|trace| {
            let bad = trace.marks().iter().find(|mark| mark.name == BAD_PAGE);
            bad.map(|mark| mark.object)
        })
    }
}

impl Program for Afterwards<'_> {
    fn image(&self) -> &[u64] {
        &self.image
    }

    fn threads(&self) -> usize {
        1
    }

    fn body(&self, _: ThreadId, cpu: EmulatedCpu) -> ThreadBody {
        let Setup { world, kernel, .. } = self.setting.setup;
        let cx = Cx::new(cpu, world, kernel, 0);
        let bodies = self.setting.bodies();
        match self.event {
            Event::Scan(page) => Box::pin(async move {
                swap::lru_add_drain_all(&cx).await;
                vmscan::shrink_active_list(&cx, page).await;
                vmscan::shrink_inactive_list(&cx, page).await;
            }),
            Event::Exit(mm) => bodies(Path::Exit { mm }, cx),
            Event::Cut(file) => bodies(Path::Truncate { file, size: 0 }, cx),
        }
    }
}
