//! A read fault maps what the page cache has around it: which pages, and which it leaves alone.

mod common;

use common::orders;
use lockstep_mm::kernel::Kernel;
use lockstep_mm::program::{Path, Setting};
use lockstep_mm::setup::{Access, MapKind, Setup, SetupCall};
use lockstep_mm::world::{Memory, Sizes, World};

const PAGES: u64 = 8;

const fn mmap(process: u32, at: u64, pages: u64, offset: u64) -> SetupCall {
    SetupCall::Mmap {
        process,
        at,
        pages,
        kind: MapKind::FileShared { file: 0, offset },
        locked: false,
        access: Access::ReadWrite,
    }
}

const fn read(process: u32, at: u64) -> SetupCall {
    SetupCall::Read { process, at }
}

/// A world in which a read fault maps up to four pages, and a file of eight of which process 1 has brought some in.
fn world(cached: &[u64]) -> Setup {
    let world = World::new(Sizes {
        pages: 16,
        processes: 2,
        address_space: 16,
        vmas: 4,
        files: 1,
        file_pages: PAGES as u32,
        ..Sizes::SMALL
    });
    let mut setup = Setup::new(world.with_fault_around(4), Kernel::AFTER);
    let create = SetupCall::Create {
        file: 0,
        pages: PAGES,
    };
    call(&mut setup, create);
    call(&mut setup, mmap(1, 0, PAGES, 0));
    for at in cached {
        // A write brings in one page and no other.
        let write = SetupCall::Write {
            process: 1,
            at: *at,
        };
        call(&mut setup, write);
    }
    setup
}

fn call(setup: &mut Setup, call: SetupCall) {
    setup
        .call(0, call)
        .unwrap_or_else(|error| panic!("{call:?}: {error:?}"));
}

/// The pages that process 0 has.
fn mapped(setup: &Setup) -> Vec<u64> {
    let memory = Memory(&setup.image);
    let mm = setup.mm(0).expect("a process");
    (0..16)
        .filter(|at| memory.get(mm.pte(*at).entry()).page().is_some())
        .collect()
}

#[test]
fn a_read_maps_its_neighbours_that_are_there() {
    // What is cached, the mapping (at, pages, offset), the reads, and the pages that are mapped then.
    type Case<'c> = (&'c [u64], (u64, u64, u64), &'c [u64], &'c [u64]);
    let cases: &[Case<'_>] = &[
        (&[0, 1, 2, 3, 4], (0, 8, 0), &[1], &[0, 1, 2, 3]),
        (&[0, 2], (0, 8, 0), &[1], &[0, 1, 2]),
        (&[4, 5, 6, 7], (0, 8, 0), &[1], &[1]),
        (&[0, 1, 2, 3], (2, 2, 1), &[2], &[2, 3]),
        (&[0, 1, 2, 3], (8, 4, 2), &[8], &[8, 9]),
        (&[0, 1, 2, 3], (0, 8, 0), &[1, 5], &[0, 1, 2, 3, 5]),
        (&[6, 7], (4, 4, 4), &[4], &[4, 6, 7]),
    ];
    for (cached, (at, pages, offset), reads, expected) in cases {
        let mut setup = world(cached);
        call(&mut setup, mmap(0, *at, *pages, *offset));
        for at in *reads {
            call(&mut setup, read(0, *at));
        }
        assert_eq!(mapped(&setup), *expected, "{cached:?} {reads:?}");
    }
}

#[test]
fn whoever_cuts_or_reclaims_the_file_meanwhile_finds_what_it_left() {
    let mut setup = world(&[0, 1, 2, 3]);
    call(&mut setup, mmap(0, 0, PAGES, 0));
    let unmap = SetupCall::Munmap {
        process: 1,
        at: 0,
        pages: PAGES,
    };
    call(&mut setup, unmap);
    call(&mut setup, SetupCall::Drain);
    let file = setup.world.files().next().expect("a file");
    let cached = lockstep_mm::setup::PageAt::Cached { file: 0, index: 2 };
    let page = setup.page(cached).expect("a page of the file");
    let fault = Path::Touch {
        mm: setup.mm(0).expect("a process"),
        at: 1,
        write: false,
    };
    for other in [Path::Truncate { file, size: 1 }, Path::Reclaim { page }] {
        let setting = Setting::new(setup.clone(), vec![fault, other]);
        assert_eq!(orders::outcomes_of(&setting), ["Ok"], "{other:?}");
    }
}
