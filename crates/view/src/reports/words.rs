//! What a race detector makes of the words of the memory manager: which accesses are plain in the kernel, and which are not.
//!
//! * **Plain**, as in C: `vm_flags` and the other fields of a mapping, page-table entries where the kernel loads or stores
//!   them, `page->mapping`, `i_size`, `nrpages`, the trees of mappings (here sets of bits), `swap_map`, the counters of an mm that
//!   mmap_sem protects. What a lock protects only races if somebody does without the lock.
//! * **Ordering**: atomic operations that give a value: test-and-set and test-and-clear of a flag, dropping a reference, the exchange
//!   that takes an entry out of a page table, `get_page_unless_zero()`. The state of a frame stands for the allocator and its lock: whoever gets a
//!   frame comes after whoever freed it.
//! * **Marked**: other atomic operations and looks at atomic words: flags of a page, its count and mapcount, slots of the page
//!   cache and the swap cache, which are read under RCU.
//! * **Exempt**: what the processor's page walk does, statistics that the kernel keeps per processor, pagevecs, and notes of the
//!   model that the kernel has not, such as which kind of reference is held.
//!
//! The exit of a process clears entries without the atomic instruction. That is not told apart here: whoever looks at an entry without
//! its lock looks plainly, and races either way.
//!
//! Words that change along with a step, its riders, are part of what stands for one locked or atomic operation, and are exempt.
//! What code looks at without a step races with nothing here: by the rules of the model it cannot change then.

use lockstep_explore::race::{Access, Detector};
use lockstep_machine::{Action, Function, Operation, Value};
use lockstep_mm::pte::PteEntry;
use lockstep_mm::world::{Object, World};

use crate::vocabulary::Vocabulary;

/// The detector for a world.
pub(super) struct Words(pub(super) World);

impl Detector for Words {
    fn access(&self, operation: &Operation, calls: &[&'static Function]) -> Access {
        let Some(place) = self.0.place(operation.address) else {
            return Access::Exempt;
        };
        match (place.object, place.field) {
            // Code is always inside some function; what is not is the processor's own look at the page table.
            (Object::Pte { .. }, _) if calls.is_empty() => Access::Exempt,
            (Object::Pte { .. }, _) => plain_unless_atomic(operation.action),
            (Object::Page(_), "flags" | "count" | "mapcount")
            | (Object::Mm(_), "users")
            | (Object::File(_), "is_unevictable")
            | (Object::CacheSlot { .. }, _)
            | (Object::SwapSlot(_), "cached") => atomic(operation.action),
            (Object::Page(_), "state") => Access::Ordering,
            (Object::Vma(_), "in_use")
            | (Object::AnonVma(_), "in_use")
            | (Object::File(_), "kind" | "in_use")
            | (Object::Mm(_), "memlock_limit" | "may_lock_any")
            | (Object::Page(_), "lru" | "lock_owner" | "references")
            | (Object::Zone | Object::Pagevec(_), _) => Access::Exempt,
            (
                Object::Vma(_)
                | Object::AnonVma(_)
                | Object::File(_)
                | Object::Mm(_)
                | Object::Page(_)
                | Object::SwapSlot(_),
                _,
            ) => Access::Plain,
        }
    }
}

/// An access to a word that is loaded and stored plainly, and now and then by an atomic instruction.
fn plain_unless_atomic(action: Action) -> Access {
    match action {
        Action::Read | Action::Write(_) | Action::Add(_) => Access::Plain,
        // Clearing an entry exchanges it; setting one, which the model writes in the same way, is a store.
        Action::Exchange(value) if value != PteEntry::None.into_word() => Access::Plain,
        _ => Access::Ordering,
    }
}

/// An access to a word that only atomic instructions change.
fn atomic(action: Action) -> Access {
    match action {
        // Taking a reference gives no value, dropping one does.
        Action::Add(amount) if amount > 0 => Access::Marked,
        Action::Read | Action::Write(_) | Action::SetBits(_) | Action::ClearBits(_) => {
            Access::Marked
        }
        _ => Access::Ordering,
    }
}

/// What the kernel calls a word, and how many bytes it has.
pub(super) fn name(words: &Vocabulary, address: lockstep_machine::Address) -> (String, u32) {
    let Some(place) = words.place(address) else {
        return (format!("@{}", address.0), 8);
    };
    let object = words.object(place.object);
    let (name, size) = match (place.object, place.field) {
        (Object::Pte { .. }, _) => return (format!("pte({object})"), 8),
        (Object::Vma(_), field) => (format!("vm_{}", field.trim_start_matches("vm_")), 8),
        (Object::File(_), "size") => ("i_size".to_owned(), 8),
        (Object::SwapSlot(_), "count") => ("swap_map".to_owned(), 1),
        (_, field) => (field.to_owned(), 8),
    };
    (format!("{name} of {object}"), size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_machine::{Address, Word};
    use lockstep_mm::page::PageFlags;
    use lockstep_mm::world::Sizes;

    const SOME: Function = Function {
        name: "some",
        file: "",
        line: 0,
    };

    #[test]
    fn words_are_as_in_the_kernel() {
        let world = World::new(Sizes::SMALL);
        let page = world.pages().next().expect("there is one");
        let vma = world.vmas().next().expect("there is one");
        let mm = world.mms().next().expect("there is one");
        let file = world.files().next().expect("there is one");
        let at = |address: Address, action| Operation::on(address, action);
        let pte = mm.pte(0).entry().address();
        let flag = PageFlags::MLOCKED.bits();
        let on = |word: Word<i64>, amount| at(word.address(), Action::Add(amount));
        let cases = [
            (at(vma.flags().address(), Action::Read), Access::Plain),
            (at(vma.flags().address(), Action::Write(0)), Access::Plain),
            (at(pte, Action::Read), Access::Plain),
            (at(pte, Action::Exchange(0)), Access::Ordering),
            (at(pte, Action::Exchange(1)), Access::Plain),
            (
                at(page.flags().address(), Action::SetBits(flag)),
                Access::Marked,
            ),
            (
                at(page.flags().address(), Action::TestAndSet(flag)),
                Access::Ordering,
            ),
            (on(page.count(), 1), Access::Marked),
            (on(page.count(), -1), Access::Ordering),
            (on(mm.locked_vm(), 1), Access::Plain),
            (on(world.zone().nr_mlock(), 1), Access::Exempt),
            (at(page.mapping().address(), Action::Read), Access::Plain),
            (
                at(page.state().address(), Action::Write(0)),
                Access::Ordering,
            ),
            (at(file.size().address(), Action::Write(0)), Access::Plain),
            (at(file.slot(0).address(), Action::Read), Access::Marked),
            (at(Address(u32::MAX), Action::Read), Access::Exempt),
        ];
        let words = Words(world);
        for (operation, access) in cases {
            assert_eq!(words.access(&operation, &[&SOME]), access, "{operation:?}");
        }
        // The processor looks at an entry outside any function.
        assert_eq!(words.access(&at(pte, Action::Read), &[]), Access::Exempt);
    }
}
