//! Locks: what they are called, the documented order among them, and how each stands at a moment.

use lockstep_machine::{Address, Effect, Gather, LockMode as Mode, Readiness, ThreadId};
use lockstep_mm::invariants;
use lockstep_mm::world::{Memory, Object, Place};
use lockstep_scenario::sort_few;

use crate::scene::{LockId, LockMode, LockState, Owner, Pattern, StepNo, Waiter};
use crate::tape::Tape;
use crate::vocabulary::{Vocabulary, spoken};

/// A kind of lock.
#[derive(PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) key: &'static str,
    pub(crate) label: &'static str,
    said: &'static str,
    pattern: Pattern,
    note: &'static str,
}

const MMAP_SEM: Kind = Kind {
    key: "mmap_sem",
    label: "mmap_sem",
    said: "mmap_sem",
    pattern: Pattern::Dashed,
    note: "Protects the list of a process's mappings. System calls and faults take it; truncation, reclaim and exit do not. Before the patch, reclaim only tries it, which may go against the order.",
};
const PAGE_LOCK: Kind = Kind {
    key: "page_lock",
    label: "page lock",
    said: "the page lock",
    pattern: Pattern::Double,
    note: "One bit of the page's flags. Whoever works on a page as a whole has it. Taking a page out of a page table does not need it.",
};
const I_MMAP: Kind = Kind {
    key: "i_mmap_rwsem",
    label: "i_mmap_rwsem",
    said: "i_mmap_rwsem",
    pattern: Pattern::Dotted,
    note: "Protects the list of mappings of a file. Truncation has it while it unmaps; a walk over the mappings of a file's page reads under it.",
};
const ANON_VMA: Kind = Kind {
    key: "anon_vma",
    label: "anon_vma lock",
    said: "the anon_vma lock",
    pattern: Pattern::Wavy,
    note: "Protects the list of mappings that can have an anonymous page. Reclaim reads under it; truncation never takes it.",
};
const PTL: Kind = Kind {
    key: "ptl",
    label: "ptl",
    said: "ptl",
    pattern: Pattern::Solid,
    note: "The page-table lock: a spinlock over the entries of a page table. Every change of an entry happens under it, so it is the one lock both sides of this race take.",
};
const LRU_LOCK: Kind = Kind {
    key: "lru_lock",
    label: "lru_lock",
    said: "lru_lock",
    pattern: Pattern::ThickThin,
    note: "A spinlock over the zone's lists of pages. Interrupts are off while it is held.",
};
const SWAP_LOCK: Kind = Kind {
    key: "swap_lock",
    label: "swap_lock",
    said: "swap_lock",
    pattern: Pattern::ThickThin,
    note: "A spinlock over the slots of the swap device and who refers to them.",
};
const TREE_LOCK: Kind = Kind {
    key: "tree_lock",
    label: "tree_lock",
    said: "tree_lock",
    pattern: Pattern::ThickThin,
    note: "A spinlock over the tree of a file's pages in the page cache.",
};
const SWAP_TREE_LOCK: Kind = Kind {
    key: "swap_tree_lock",
    label: "swap tree_lock",
    said: "the swap cache's tree_lock",
    pattern: Pattern::ThickThin,
    note: "A spinlock over the tree of the pages in the swap cache.",
};
const UNKNOWN: Kind = Kind {
    key: "lock",
    label: "lock",
    said: "a lock",
    pattern: Pattern::ThickThin,
    note: "A lock.",
};

/// All kinds, outermost first.
pub(crate) const KINDS: [&Kind; 10] = [
    &MMAP_SEM,
    &PAGE_LOCK,
    &I_MMAP,
    &ANON_VMA,
    &PTL,
    &LRU_LOCK,
    &SWAP_LOCK,
    &TREE_LOCK,
    &SWAP_TREE_LOCK,
    &UNKNOWN,
];

/// The kind of the lock that stands at a place.
pub(crate) fn kind(place: Option<Place>) -> &'static Kind {
    match place.map(|place| (place.object, place.field)) {
        Some((Object::Mm(_), "mmap_sem_word")) => &MMAP_SEM,
        Some((Object::Mm(_), "page_table_lock_word")) => &PTL,
        Some((Object::Page(_), "lock_owner")) => &PAGE_LOCK,
        Some((Object::File(_), "i_mmap_rwsem_word")) => &I_MMAP,
        Some((Object::File(_), "tree_lock_word")) => &TREE_LOCK,
        Some((Object::AnonVma(_), _)) => &ANON_VMA,
        Some((Object::Zone, "lru_lock_word")) => &LRU_LOCK,
        Some((Object::Zone, "swap_lock_word")) => &SWAP_LOCK,
        Some((Object::Zone, "swap_tree_lock_word")) => &SWAP_TREE_LOCK,
        _ => &UNKNOWN,
    }
}

/// One lock, by name.
#[derive(Clone, Debug)]
pub(crate) struct Lock {
    /// Its stable name.
    pub(crate) id: LockId,
    /// Its label.
    pub(crate) label: String,
    /// What it is called in a sentence: "the page lock".
    pub(crate) said: String,
    /// How it is drawn.
    pub(crate) pattern: Pattern,
    /// Its rung in the documented order.
    pub(crate) rung: u8,
    /// The address the machine knows it by.
    pub(crate) address: Address,
    note: &'static str,
}

/// What the lock the machine knows by `address` is called.
pub(crate) fn lock(words: &Vocabulary, address: Address) -> Lock {
    let place = words.place(address);
    let kind = kind(place);
    let object = place.map(|place| place.object);
    let at = object.map_or_else(|| format!("@{}", address.0), |object| words.at(object));
    let of = object.map_or_else(String::new, |object| words.of(object));
    Lock {
        id: LockId(format!("{}{at}", kind.key)),
        label: format!("{}{of}", kind.label),
        said: format!("{}{of}", kind.said),
        pattern: kind.pattern,
        rung: invariants::rung(words.world(), address).unwrap_or(u8::MAX),
        address,
        note: kind.note,
    }
}

/// The locks that have a place on screen, outermost first: those of the objects on screen, and whatever else the run uses.
pub(crate) fn all(words: &Vocabulary, tape: &Tape, image: &[u64]) -> Vec<Lock> {
    let shown = words.shown();
    let memory = Memory(image);
    let zone = words.world().zone();
    let mut addresses: Vec<Address> = Vec::new();
    for mm in &shown.mms {
        addresses.extend([mm.mmap_sem().0, mm.page_table_lock().0]);
    }
    addresses.extend(words.main_page().map(|page| page.lock().owner));
    for file in &shown.files {
        addresses.extend([file.i_mmap_rwsem().0, file.tree_lock().0]);
    }
    let anon_vmas = words
        .world()
        .anon_vmas()
        .filter(|anon_vma| memory.get(anon_vma.in_use()));
    addresses.extend(anon_vmas.map(|anon_vma| anon_vma.rwsem().0));
    addresses.extend([
        zone.lru_lock().0,
        zone.swap_lock().0,
        zone.swap_tree_lock().0,
    ]);
    for (_, event) in tape.events() {
        if event.operation.lock_mode().is_some() {
            addresses.push(event.operation.lock());
        }
    }
    let mut locks: Vec<Lock> = Vec::new();
    for address in addresses {
        if locks.iter().all(|known| known.address != address) {
            locks.push(lock(words, address));
        }
    }
    sort_few(&mut locks, |lock| u64::from(lock.rung));
    locks
}

/// How a lock is held, for the page.
pub(crate) fn mode(mode: Mode) -> LockMode {
    match mode {
        Mode::Read => LockMode::Shared,
        Mode::Spin | Mode::Write | Mode::Bit => LockMode::Exclusive,
    }
}

/// How a lock is held, after its name: " for reading". A lock that can only be held in one way needs no word.
pub(crate) fn mode_words(mode: Mode) -> &'static str {
    match mode {
        Mode::Read => " for reading",
        Mode::Write => " for writing",
        Mode::Spin | Mode::Bit => "",
    }
}

/// How a lock stands after a step.
pub(crate) fn state(words: &Vocabulary, tape: &Tape, lock: &Lock, step: u32) -> LockState {
    let at_step = tape
        .event(step)
        .filter(|event| is_about(event, lock.address));
    let owners: Vec<Owner> = tape
        .threads()
        .filter_map(|thread| {
            let held = tape.standing(step, thread)?.held;
            let held = held.find(lock.address)?;
            Some(Owner {
                thread: thread.into(),
                mode: mode(held.mode),
                since: StepNo(held.since),
            })
        })
        .gather();
    let mut waiters: Vec<Waiter> = tape
        .threads()
        .filter_map(|thread| match tape.standing(step, thread)?.readiness {
            Readiness::Blocked(blocked) if blocked.lock == lock.address => Some(Waiter {
                thread: thread.into(),
                mode: mode(blocked.wanted),
                since: StepNo(tape.waiting_since(step, thread)),
            }),
            _ => None,
        })
        .gather();
    sort_few(&mut waiters, |waiter| u64::from(waiter.since.0));
    let last = tape
        .events()
        .take(step as usize)
        .filter(|(_, event)| is_about(event, lock.address) && event.effect != Effect::Failed)
        .last();
    let name = |thread: crate::scene::ThreadId| {
        ThreadId::new(usize::from(thread.0)).map_or("nobody", |thread| words.thread(thread))
    };
    let mut said = match owners.as_slice() {
        [] => format!("{}, free.", lock.label),
        [first, ..] => {
            let who = owners
                .iter()
                .map(|owner| name(owner.thread))
                .joined(" and ");
            format!(
                "{}, held by {} since step {}.",
                lock.label, who, first.since.0
            )
        }
    };
    for waiter in &waiters {
        said.push_str(&format!(" {} waits for it.", name(waiter.thread)));
    }
    LockState {
        id: lock.id.clone(),
        label: lock.label.clone(),
        note: lock.note.to_owned(),
        pattern: lock.pattern,
        rung: lock.rung,
        owners,
        waiters,
        is_changed: at_step.is_some(),
        is_refused: at_step.is_some_and(|event| event.effect == Effect::Failed),
        spoken: spoken(&said),
        set_at: last.map(|(step, _)| StepNo(step)),
    }
}

fn is_about(event: &lockstep_machine::Event, lock: Address) -> bool {
    event.operation.lock_mode().is_some() && event.operation.lock() == lock
}

impl From<ThreadId> for crate::scene::ThreadId {
    fn from(thread: ThreadId) -> Self {
        Self(thread.index() as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_short() {
        for kind in KINDS {
            assert!(kind.note.split_whitespace().count() <= 40, "{}", kind.key);
        }
    }
}
