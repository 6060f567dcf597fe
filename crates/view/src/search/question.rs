//! A scenario on a kernel as the engines see it, and what they are asked of it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use lockstep_explore::{Model, Property, Walk};
use lockstep_machine::{EmulatedCpu, Program, Schedule, ThreadBody, ThreadId};
use lockstep_mm::invariants::{self, Invariant, Outcome};
use lockstep_mm::page_alloc::BAD_PAGE;
use lockstep_mm::program::{Noting, Setting};
use lockstep_mm::world::{Memory, World};

use super::Came;

/// The program to be searched. No two threads are exchangeable: each runs on a processor of its own, with a pagevec of its own.
#[derive(Clone, Debug)]
pub struct Searched {
    noting: Noting,
}

impl Searched {
    /// Gets a world and its threads ready to be searched.
    pub fn new(setting: Setting) -> Self {
        Self {
            noting: Noting::new(setting),
        }
    }

    /// The world and its threads.
    pub fn setting(&self) -> &Setting {
        self.noting.setting()
    }

    /// The switches of the kernel that mattered so far, see [`Noting::asked`].
    pub fn asked(&self) -> u32 {
        self.noting.asked()
    }
}

impl Program for Searched {
    fn image(&self) -> &[u64] {
        self.noting.image()
    }

    fn threads(&self) -> usize {
        self.noting.threads()
    }

    fn body(&self, thread: ThreadId, cpu: EmulatedCpu) -> ThreadBody {
        self.noting.body(thread, cpu)
    }
}

impl Model for Searched {}

/// How does it end?
///
/// The answer is made of the memory at the end, of the pages that were freed in a bad state, and of what went wrong on the way:
/// all of it the same in equivalent orders, as a [`Property`] has to be. One thing is so only because of what is modelled: if two
/// threads could each free a bad page, in steps that nothing orders, then which of them was first would not be.
#[derive(Debug)]
pub struct Question {
    world: World,
    /// What does not hold at the end, by the digest of the memory there: most orders end in the same few memories.
    at_the_end: RefCell<BTreeMap<u64, Vec<Invariant>>>,
    /// If states on the way are looked at: what did not hold in one, and the first order that led there.
    on_the_way: Option<RefCell<BTreeMap<Invariant, Schedule>>>,
}

impl Question {
    /// Asks about ends in this world.
    pub fn new(world: World) -> Self {
        Self {
            world,
            at_the_end: RefCell::default(),
            on_the_way: None,
        }
    }

    /// Asks also what does not hold in some state on the way.
    pub fn at_every_step(world: World) -> Self {
        Self {
            on_the_way: Some(RefCell::default()),
            ..Self::new(world)
        }
    }

    /// What did not hold in some state on the way, with an order that leads there; nothing unless that was asked.
    pub fn broken_on_the_way(&self) -> BTreeMap<Invariant, Schedule> {
        match &self.on_the_way {
            Some(found) => found.borrow().clone(),
            None => BTreeMap::new(),
        }
    }

    fn broken_at_the_end(&self, walk: &Walk<'_, Searched>) -> Vec<Invariant> {
        let digest = walk.memory_digest();
        if let Some(known) = self.at_the_end.borrow().get(&digest) {
            return known.clone();
        }
        let last_change = |address| walk.last_change(address);
        let memory = Memory(walk.words());
        let all = invariants::broken_at_the_end(&self.world, memory, &last_change);
        let mut broken: Vec<Invariant> = all.into_iter().map(|(invariant, _)| invariant).collect();
        broken.sort();
        broken.dedup();
        // Whether a page beyond the end of its file is one too many depends on when it came there, which the memory does not tell.
        if !broken.contains(&Invariant::I19) {
            self.at_the_end.borrow_mut().insert(digest, broken.clone());
        }
        broken
    }
}

impl Property<Searched> for Question {
    type Outcome = Came;

    fn outcome(&self, walk: &Walk<'_, Searched>) -> Came {
        let bad_page = walk.marks().iter().find(|mark| mark.name == BAD_PAGE);
        let end = walk.end();
        let mut broken = if walk.live() == 0 {
            self.broken_at_the_end(walk)
        } else {
            Vec::new()
        };
        let faults = walk.faults().iter();
        broken.extend(faults.filter_map(|wrong| invariants::broken_by(wrong.fault)));
        let outcome = Outcome::of(bad_page.map(|mark| mark.thread), end, |invariant| {
            broken.contains(&invariant)
        });
        Came::new(outcome, broken.into_iter())
    }

    fn is_broken(&self, came: &Came) -> bool {
        came.is_broken()
    }

    fn look(&self, walk: &Walk<'_, Searched>) {
        let Some(found) = &self.on_the_way else {
            return;
        };
        for (invariant, _) in invariants::broken_on_the_way(&self.world, Memory(walk.words())) {
            let mut found = found.borrow_mut();
            found
                .entry(invariant)
                .or_insert_with(|| walk.order().collect());
        }
    }
}
