//! More pages than a pagevec, a batch of a munlock or a gather holds: what is left over is done as well.

use lockstep_mm::invariants::broken_at_rest;
use lockstep_mm::kernel::Kernel;
use lockstep_mm::page::{FrameState, PageList};
use lockstep_mm::proc::vmstat;
use lockstep_mm::setup::{Access, MapKind, Setup, SetupCall};
use lockstep_mm::world::{Memory, Sizes, World};

/// A pagevec and a batch of a munlock hold 14, a gather 8.
const PAGES: u64 = 31;

fn world() -> Setup {
    let world = World::new(Sizes {
        pages: 40,
        processes: 1,
        address_space: PAGES as u32,
        vmas: 2,
        files: 1,
        file_pages: PAGES as u32,
        swap_slots: 0,
        ..Sizes::SMALL
    });
    Setup::new(world, Kernel::AFTER)
}

/// Makes the calls, and tells after each how many pages are in use, on evictable lists, on the unevictable one, in pagevecs, and mlocked.
fn told(calls: &[SetupCall]) -> Vec<[usize; 5]> {
    let mut setup = world();
    let mut rows = Vec::new();
    for (number, call) in calls.iter().enumerate() {
        setup
            .call(number, *call)
            .unwrap_or_else(|error| panic!("{call:?}: {error:?}"));
        let memory = Memory(&setup.image);
        let pages: Vec<PageList> = setup
            .world
            .pages()
            .filter(|page| memory.get(page.state()) == FrameState::InUse)
            .map(|page| memory.get(page.lru()))
            .collect();
        let on = |is: fn(&PageList) -> bool| pages.iter().filter(|list| is(list)).count();
        let [(_, mlocked), ..] = vmstat(&setup.world, memory);
        rows.push([
            pages.len(),
            on(|list| list.is_zone_list() && *list != PageList::Unevictable),
            on(|list| *list == PageList::Unevictable),
            on(|list| *list == PageList::Pagevec),
            mlocked as usize,
        ]);
        let broken = broken_at_rest(&setup.world, memory);
        assert!(broken.is_empty(), "{call:?}: {broken:?}");
    }
    rows
}

#[test]
fn every_page_is_reached_however_many_there_are() {
    let process = 0;
    let all = |kind| SetupCall::Mmap {
        process,
        at: 0,
        pages: PAGES,
        kind,
        locked: false,
        access: Access::ReadWrite,
    };
    let mut calls = vec![all(MapKind::AnonPrivate)];
    calls.extend((0..PAGES).map(|at| SetupCall::Write { process, at }));
    let (at, pages) = (0, PAGES);
    calls.extend([
        SetupCall::Mlock { process, at, pages },
        SetupCall::Munlock { process, at, pages },
        SetupCall::Mlock { process, at, pages },
        SetupCall::Exit { process },
    ]);
    let rows = told(&calls);
    let (after_write, rest) = rows[PAGES as usize..].split_first().expect("rows");
    assert_eq!(*after_write, [31, 28, 0, 3, 0]);
    assert_eq!(
        rest,
        [
            [31, 0, 31, 0, 31],
            [31, 31, 0, 0, 0],
            [31, 0, 31, 0, 31],
            [0, 0, 0, 0, 0],
        ]
    );
}

#[test]
fn cutting_a_file_takes_all_of_its_pages() {
    let process = 0;
    let file = SetupCall::Create {
        file: 0,
        pages: PAGES,
    };
    let map = SetupCall::Mmap {
        process,
        at: 0,
        pages: PAGES,
        kind: MapKind::FileShared { file: 0, offset: 0 },
        locked: true,
        access: Access::ReadWrite,
    };
    let cut = SetupCall::Truncate { file: 0, pages: 2 };
    assert_eq!(
        told(&[file, map, cut]),
        [[0, 0, 0, 0, 0], [31, 0, 31, 0, 31], [2, 0, 2, 0, 2]]
    );
}
