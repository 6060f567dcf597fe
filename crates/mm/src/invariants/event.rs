//! Properties of the step just executed.

use lockstep_machine::{Action, Address, Effect, Event, HeldLock, LockMode, Trace};

use super::{Invariant, state};
use crate::kernel::{Kernel, MlockUnder};
use crate::page::{Page, PageFlags};
use crate::vma::{VmFlags, Vma};
use crate::world::{Memory, Object, World};

/// What must hold of the last step of `trace`; `memory` is as it left it.
pub(super) fn last_step(
    world: &World,
    kernel: Kernel,
    memory: Memory<'_>,
    trace: &Trace,
    broken: &mut Vec<(Invariant, Address)>,
) {
    let Some(event) = trace.events().last() else {
        return;
    };
    let Some(place) = world.place(event.operation.address) else {
        return;
    };
    match (place.object, event.operation.action) {
        (Object::Page(number), Action::TestAndSet(mask)) if mask == PageFlags::MLOCKED.bits() => {
            let Some(page) = world.pages().nth(number as usize) else {
                return;
            };
            marking(world, kernel, memory, trace, event, page, broken);
        }
        (Object::Vma(number), Action::Write(_)) if place.field == "flags" => {
            let Some(vma) = world.vmas().nth(number as usize) else {
                return;
            };
            let mm = memory.get(vma.mm());
            let writer = event
                .held
                .find(mm.mmap_sem().0)
                .is_some_and(|held| held.mode == LockMode::Write);
            if !writer && memory.get(mm.users()) != 0 {
                broken.push((Invariant::I13, vma.0));
            }
        }
        _ => {}
    }
    if waits_against_the_order(world, event) {
        broken.push((Invariant::I12, event.operation.lock()));
    }
    walks(trace, broken);
    frees(world, trace, event, broken);
}

/// I10 and I11: who may set PageMlocked.
fn marking(
    world: &World,
    kernel: Kernel,
    memory: Memory<'_>,
    trace: &Trace,
    event: &Event,
    page: Page,
    broken: &mut Vec<(Invariant, Address)>,
) {
    let inside = |name: &str| {
        trace
            .stack(event.frame)
            .any(|frame| frame.function.name == name)
    };
    let has = |lock: Address| event.held.find(lock).is_some();
    // A brand-new page is marked before anybody else can know it.
    if !has(page.lock().owner) && !inside("lru_cache_add_active_or_unevictable") {
        broken.push((Invariant::I11, page.0));
    }
    if kernel.mlock == MlockUnder::PteLock && inside("try_to_unmap_one") {
        let justified = state::mappings(world, memory, page).any(|vma| {
            let ptl = memory.get(vma.mm()).page_table_lock().0;
            let locked = memory.get(vma.flags()).contains(VmFlags::LOCKED);
            event
                .held
                .find(ptl)
                .is_some_and(|held| locked || was_locked(trace, event, vma, held.since))
        });
        if !justified {
            broken.push((Invariant::I10, page.0));
        }
    }
}

/// Whether the thread of `event` has read VM_LOCKED of a mapping as set since the step that took the page-table lock.
///
/// If the flag is clear by now, whoever cleared it has its own hold of that lock still before it, and takes the mark off after.
fn was_locked(trace: &Trace, event: &Event, vma: Vma, since: u32) -> bool {
    trace.events().iter().skip(since as usize).any(|earlier| {
        earlier.thread == event.thread
            && earlier.operation.address == vma.flags().address()
            && earlier.operation.action == Action::Read
            && VmFlags::from_bits_retain(earlier.value).contains(VmFlags::LOCKED)
    })
}

/// I14 and I20: what a call of `try_to_unmap_one()` that ended with this step may say.
fn walks(trace: &Trace, broken: &mut Vec<(Invariant, Address)>) {
    let now = trace.steps();
    let calls = || {
        trace
            .frames()
            .iter()
            .filter(|frame| frame.function.name == "try_to_unmap_one")
    };
    for call in calls().filter(|call| call.result == Some("SWAP_MLOCK")) {
        if call.left == Some(now) {
            let during = trace.events().iter().skip(call.entered as usize);
            let seen = during
                .filter(|event| event.thread == call.thread)
                .any(|event| {
                    event.operation.action == Action::TestAndSet(PageFlags::MLOCKED.bits())
                });
            if !seen {
                broken.push((Invariant::I14, Address(0)));
            }
        }
        let goes_on = calls().any(|later| {
            later.entered == now && later.parent == call.parent && later.entered > call.entered
        });
        if goes_on {
            broken.push((Invariant::I20, Address(0)));
        }
    }
}

/// The functions that look at a mapping they have found in a reverse map.
const VISITS: &[&str] = &[
    "try_to_unmap_one",
    "page_referenced_one",
    "remove_migration_pte",
];

/// I18: whether the step frees a mapping that another thread has come to in a walk and not left.
fn frees(world: &World, trace: &Trace, event: &Event, broken: &mut Vec<(Invariant, Address)>) {
    let freed = trace.changes(event).iter().filter_map(|change| {
        let place = world.place(change.address)?;
        let Object::Vma(number) = place.object else {
            return None;
        };
        let is_freed = place.field == "in_use" && change.from != 0 && change.to == 0;
        world.vmas().nth(number as usize).filter(|_| is_freed)
    });
    for vma in freed {
        let visited = trace.frames().iter().any(|frame| {
            frame.left.is_none()
                && frame.thread != event.thread
                && VISITS.contains(&frame.function.name)
                && frame.arguments.contains(&Some(vma.into()))
        });
        if visited {
            broken.push((Invariant::I18, vma.0));
        }
    }
}

/// I12, the half about order: whether a step that may wait takes a lock that has to be taken before one its thread has.
fn waits_against_the_order(world: &World, event: &Event) -> bool {
    let tries = matches!(
        event.operation.action,
        Action::TryReadLock | Action::TryBitLock(_)
    );
    if !event.operation.acquires() || tries || event.effect == Effect::Failed {
        return false;
    }
    let Some(wanted) = rung(world, event.operation.lock()) else {
        return false;
    };
    event
        .held
        .iter()
        .filter_map(|held: &HeldLock| rung(world, held.lock))
        .any(|held| held > wanted)
}

/// The place of a lock in the documented order, outermost first. Linux: mm/rmap.c, the comment at its top.
pub fn rung(world: &World, lock: Address) -> Option<u8> {
    let place = world.place(lock)?;
    Some(match (place.object, place.field) {
        (Object::Mm(_), "mmap_sem_word") => 0,
        (Object::Page(_), "lock_owner") => 1,
        (Object::File(_), "i_mmap_rwsem_word") => 2,
        (Object::AnonVma(_), _) => 3,
        (Object::Mm(_), "page_table_lock_word") => 4,
        (Object::Zone, "lru_lock_word") => 5,
        (Object::Zone, "swap_lock_word") => 6,
        (Object::File(_), "tree_lock_word") | (Object::Zone, "swap_tree_lock_word") => 7,
        _ => return None,
    })
}
