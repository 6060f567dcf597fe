//! Properties of a memory.

use lockstep_machine::{Address, Event, Trace, Word};

use super::{Invariant, Marking, marking};
use crate::file::File;
use crate::page::{FrameState, Mapping, Page, PageFlags, Reference};
use crate::vma::{Mm, VmFlags, Vma};
use crate::world::{Memory, World};

/// When a word last changed in the run that led to a memory, in steps; `None` if it did not.
pub(super) type LastChange<'a> = &'a dyn Fn(Address) -> Option<usize>;

/// The same of a run whose trace is there.
pub(super) fn last_change(trace: &Trace) -> impl Fn(Address) -> Option<usize> {
    move |address| {
        let changes = |event: &Event| {
            let mut changes = trace.changes(event).iter();
            changes.any(|change| change.address == address)
        };
        trace.events().iter().rposition(changes)
    }
}

/// What must hold after every step.
pub(super) fn every_step(
    world: &World,
    memory: Memory<'_>,
    broken: &mut Vec<(Invariant, Address)>,
) {
    // An entry and the counts that go with it change in separate steps, all inside one hold of its page-table lock.
    let in_between = world
        .mms()
        .filter(|mm| memory.get(Word::<u64>::at(mm.page_table_lock().0)) != 0)
        .count() as i64;
    for page in in_use(world, memory) {
        let flags = memory.get(page.flags());
        if flags.contains(PageFlags::LRU) != memory.get(page.lru()).is_zone_list() {
            broken.push((Invariant::I6, page.0));
        }
        if flags.contains(PageFlags::ACTIVE | PageFlags::UNEVICTABLE) {
            broken.push((Invariant::I7, page.0));
        }
        let entries = mappings(world, memory, page).count() as i64;
        if (memory.get(page.mapcount()) - entries).abs() > in_between {
            broken.push((Invariant::I8, page.0));
        }
        let references = memory.get(page.references());
        if references.total() != memory.get(page.count())
            || i64::from(references.of(Reference::Pte)) + in_between < entries
        {
            broken.push((Invariant::I9, page.0));
        }
    }
}

/// What must hold when every thread has ended.
pub(super) fn when_quiet(
    world: &World,
    memory: Memory<'_>,
    last_change: LastChange<'_>,
    broken: &mut Vec<(Invariant, Address)>,
) {
    let mut mlocked_pages = 0;
    for page in in_use(world, memory) {
        let flags = memory.get(page.flags());
        let mlocked = flags.contains(PageFlags::MLOCKED);
        mlocked_pages += i64::from(mlocked);
        let marking = marking(world, memory, page);
        let checks = [
            (Invariant::I2, marking != Marking::Undeserved),
            (Invariant::I3, marking != Marking::Missing),
            (
                Invariant::I4,
                !flags.contains(PageFlags::LRU | PageFlags::MLOCKED)
                    || flags.contains(PageFlags::UNEVICTABLE),
            ),
            (
                Invariant::I5,
                !flags.contains(PageFlags::LRU | PageFlags::UNEVICTABLE)
                    || mlocked
                    || is_kept_by_file(memory, page),
            ),
            (
                Invariant::I17,
                memory.get(page.references()).of(Reference::Pin) == 0
                    && memory.get(page.lock_owner()) == 0,
            ),
        ];
        broken.extend(
            checks
                .into_iter()
                .filter(|(_, holds)| !holds)
                .map(|(invariant, _)| (invariant, page.0)),
        );
    }
    let zone = world.zone();
    if memory.get(zone.nr_mlock()) != mlocked_pages {
        broken.push((Invariant::I15, zone.nr_mlock().address()));
    }
    // A process that has exited does not bother to count down.
    for mm in world.mms().filter(|mm| memory.get(mm.users()) != 0) {
        let locked: u64 = vmas_of(world, memory, mm)
            .filter(|vma| memory.get(vma.flags()).contains(VmFlags::LOCKED))
            .map(|vma| memory.get(vma.end()) - memory.get(vma.start()))
            .sum();
        if memory.get(mm.locked_vm()) != locked.cast_signed() {
            broken.push((Invariant::I16, mm.0));
        }
    }
    for lock in lock_words(world) {
        if memory.get(Word::<u64>::at(lock)) != 0 {
            broken.push((Invariant::I17, lock));
        }
    }
    beyond_the_end(world, memory, last_change, broken);
}

/// Whether the file of a page keeps all its pages in memory.
fn is_kept_by_file(memory: Memory<'_>, page: Page) -> bool {
    match memory.get(page.mapping()) {
        Mapping::File(file) => memory.get(File(file).is_unevictable()),
        Mapping::Anon(_) | Mapping::None => false,
    }
}

/// I19: nothing beyond the end of a file is mapped through it, and nothing is cached there that was so when the file was cut.
fn beyond_the_end(
    world: &World,
    memory: Memory<'_>,
    last_change: LastChange<'_>,
    broken: &mut Vec<(Invariant, Address)>,
) {
    for file in world.files() {
        let size = memory.get(file.size());
        let cut = last_change(file.size().address());
        // A fault that lost against the cut can leave a page there, which nobody gets to see.
        let cached = (size..u64::from(world.sizes().file_pages)).any(|index| {
            let slot = file.slot(index);
            !memory.get(slot).is_null() && last_change(slot.address()) <= cut
        });
        let mapped = world.i_mmap(file).all(memory).any(|vma| {
            let (start, pgoff) = (memory.get(vma.start()), memory.get(vma.pgoff()));
            (start..memory.get(vma.end())).any(|at| {
                at - start + pgoff >= size
                    && memory
                        .get(memory.get(vma.mm()).pte(at).entry())
                        .page()
                        .is_some()
            })
        });
        if cached || mapped {
            broken.push((Invariant::I19, file.0));
        }
    }
}

/// The words that are 0 when nobody has a lock: holders, readers and waiting writers.
fn lock_words(world: &World) -> impl Iterator<Item = Address> {
    let zone = world.zone();
    let rwsem = |first: Address| [first, first.offset(1), first.offset(2)];
    [
        zone.lru_lock().0,
        zone.swap_lock().0,
        zone.swap_tree_lock().0,
    ]
    .into_iter()
    .chain(world.mms().flat_map(move |mm| {
        rwsem(mm.mmap_sem().0)
            .into_iter()
            .chain([mm.page_table_lock().0])
    }))
    .chain(world.files().flat_map(move |file| {
        rwsem(file.i_mmap_rwsem().0)
            .into_iter()
            .chain([file.tree_lock().0])
    }))
    .chain(
        world
            .anon_vmas()
            .flat_map(move |anon_vma| rwsem(anon_vma.rwsem().0)),
    )
}

fn in_use<'m>(world: &World, memory: Memory<'m>) -> impl Iterator<Item = Page> + use<'m> {
    world
        .pages()
        .filter(move |page| memory.get(page.state()) == FrameState::InUse)
}

fn vmas_of<'m>(world: &World, memory: Memory<'m>, mm: Mm) -> impl Iterator<Item = Vma> + use<'m> {
    world
        .vmas()
        .filter(move |vma| memory.get(vma.in_use()) && memory.get(vma.mm()) == mm)
}

/// The mappings that have the page, one for each entry.
pub(super) fn mappings<'m>(
    world: &World,
    memory: Memory<'m>,
    page: Page,
) -> impl Iterator<Item = Vma> + use<'m> {
    world
        .vmas()
        .filter(move |vma| memory.get(vma.in_use()))
        .flat_map(move |vma| {
            let mm = memory.get(vma.mm());
            let has = move |at: &u64| memory.get(mm.pte(*at).entry()).page() == Some(page);
            (memory.get(vma.start())..memory.get(vma.end()))
                .filter(has)
                .map(move |_| vma)
        })
}
