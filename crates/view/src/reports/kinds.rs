//! Kinds of locks, and what the rules of locking say about them.
//!
//! The documented order is the comment at the top of mm/rmap.c. Below the page-table lock it branches: lru_lock on one side,
//! swap_lock and what comes under it on the other, and it says nothing of the two sides.

use lockstep_explore::lockdep::{LockKind, LockKinds};
use lockstep_machine::Address;
use lockstep_mm::invariants;
use lockstep_mm::world::World;

use crate::locks::{self, KINDS};

/// The kinds of the locks of a world, by their place in [`KINDS`].
pub(super) struct Kinds(pub(super) World);

impl LockKinds for Kinds {
    fn kind(&self, lock: Address) -> LockKind {
        let kind = locks::kind(self.0.place(lock));
        let known = KINDS.iter().position(|known| known.key == kind.key);
        known.unwrap_or(KINDS.len() - 1) as LockKind
    }
}

/// What a kind is called: `page lock`.
pub(super) fn label(kind: LockKind) -> &'static str {
    KINDS.get(kind as usize).map_or("lock", |kind| kind.label)
}

fn key(kind: LockKind) -> &'static str {
    KINDS.get(kind as usize).map_or("lock", |kind| kind.key)
}

/// Whether whoever waits for it sleeps.
pub(super) fn sleeps(kind: LockKind) -> bool {
    matches!(
        key(kind),
        "mmap_sem" | "page_lock" | "i_mmap_rwsem" | "anon_vma"
    )
}

/// Whether interrupts are off while it is held: an interrupt may want it too.
pub(super) fn disables_interrupts(kind: LockKind) -> bool {
    matches!(key(kind), "lru_lock" | "tree_lock" | "swap_tree_lock")
}

/// How one lock taken while another is held stands to the documented order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[cfg_attr(
    feature = "json",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
pub enum LockOrder {
    /// It says so.
    Along,
    /// It says the opposite. Whoever only tries may do so.
    Against,
    /// It says nothing about the two.
    Unordered,
    /// They are of one kind, of which the order does not speak.
    SameKind,
}

/// How the lock at `wanted` stands to the one at `held`.
pub(super) fn order(world: &World, [held, wanted]: [Address; 2]) -> LockOrder {
    let kinds = Kinds(*world);
    let [held_kind, wanted_kind] = [held, wanted].map(|lock| kinds.kind(lock));
    if held_kind == wanted_kind {
        return LockOrder::SameKind;
    }
    let is_lru = |kind: LockKind| key(kind) == "lru_lock";
    let [outer, inner] = [held, wanted].map(|lock| invariants::rung(world, lock));
    let lru = world.zone().lru_lock().0;
    let beside_lru = |rung: Option<u8>| rung >= invariants::rung(world, lru);
    match (outer, inner) {
        (None, _) | (_, None) => LockOrder::Unordered,
        _ if is_lru(held_kind) && beside_lru(inner) || is_lru(wanted_kind) && beside_lru(outer) => {
            LockOrder::Unordered
        }
        _ if outer < inner => LockOrder::Along,
        _ if outer > inner => LockOrder::Against,
        _ => LockOrder::Unordered,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_mm::world::Sizes;

    #[test]
    fn the_documented_order_branches_under_the_page_table_lock() {
        let world = World::new(Sizes::SMALL);
        let (zone, mut mms) = (world.zone(), world.mms());
        let (mm, other) = (mms.next().expect("one"), mms.next().expect("another"));
        let page = world.pages().next().expect("there is one");
        let [sem, ptl, lock] = [mm.mmap_sem().0, mm.page_table_lock().0, page.lock().owner];
        let [lru, swap, tree] = [
            zone.lru_lock().0,
            zone.swap_lock().0,
            zone.swap_tree_lock().0,
        ];
        let cases = [
            ([sem, lock], LockOrder::Along),
            ([lock, sem], LockOrder::Against),
            ([ptl, lru], LockOrder::Along),
            ([lru, ptl], LockOrder::Against),
            ([ptl, tree], LockOrder::Along),
            ([swap, tree], LockOrder::Along),
            ([tree, swap], LockOrder::Against),
            ([lru, swap], LockOrder::Unordered),
            ([tree, lru], LockOrder::Unordered),
            ([ptl, other.page_table_lock().0], LockOrder::SameKind),
            ([ptl, zone.nr_mlock().address()], LockOrder::Unordered),
        ];
        for (locks, expected) in cases {
            assert_eq!(order(&world, locks), expected, "{locks:?}");
        }
    }
}
