//! How the cost of a world grows with it: its memory, and the time of locking all of it, at 100, 1,000 and 10,000 pages.
//!
//! Every tenth page starts a mapping, so the largest world has 1,000 of them, every other one of a file. Twice the world should
//! take twice the time; `pages` is counted, so that the rate can be compared between the rows at a glance.

use std::mem::size_of_val;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use lockstep_mm::kernel::Kernel;
use lockstep_mm::setup::{Access, MapKind, Setup, SetupCall};
use lockstep_mm::world::{Sizes, World};

const PAGES: [u32; 3] = [100, 1_000, 10_000];
const PAGES_OF_A_MAPPING: u32 = 10;

fn main() {
    for pages in PAGES {
        let setup = mapped(pages);
        let kib = size_of_val(setup.image.as_slice()) / 1024;
        let vmas = pages / PAGES_OF_A_MAPPING;
        #[expect(
            clippy::print_stdout,
            reason = "a benchmark is a program for a terminal"
        )]
        {
            println!("a world of {pages} pages and {vmas} mappings: {kib} KiB");
        }
    }
    divan::main();
}

/// A world in which one process has mapped everything, and touched nothing.
fn mapped(pages: u32) -> Setup {
    let vmas = pages / PAGES_OF_A_MAPPING;
    let world = World::new(Sizes {
        pages,
        processes: 1,
        address_space: pages,
        vmas,
        files: 1,
        file_pages: pages,
        anon_vmas: vmas,
        swap_slots: 0,
        processors: 1,
    });
    let mut setup = Setup::new(world, Kernel::AFTER);
    let made = SetupCall::CreateTmpfs {
        file: 0,
        pages: pages.into(),
    };
    setup.call(0, made).expect("a file");
    for vma in 0..vmas {
        let at = u64::from(vma * PAGES_OF_A_MAPPING);
        let kind = if vma % 2 == 0 {
            MapKind::AnonPrivate
        } else {
            MapKind::FileShared {
                file: 0,
                offset: at,
            }
        };
        let map = SetupCall::Mmap {
            process: 0,
            at,
            pages: PAGES_OF_A_MAPPING.into(),
            kind,
            locked: false,
            access: Access::ReadWrite,
        };
        setup.call(0, map).expect("a mapping");
    }
    setup
}

const fn all(pages: u32) -> SetupCall {
    SetupCall::Mlock {
        process: 0,
        at: 0,
        pages: pages as u64,
    }
}

/// `mlock()` of everything: every page comes in, and is marked.
#[divan::bench(args = PAGES, sample_count = 5, sample_size = 1)]
fn mlock(bencher: Bencher<'_, '_>, pages: u32) {
    let setup = mapped(pages);
    bencher
        .counter(ItemsCount::new(pages))
        .with_inputs(|| setup.clone())
        .bench_local_values(|mut setup| setup.call(0, all(pages)).map(|()| setup));
}

/// `munlock()` of everything.
#[divan::bench(args = PAGES, sample_count = 5, sample_size = 1)]
fn munlock(bencher: Bencher<'_, '_>, pages: u32) {
    let mut setup = mapped(pages);
    setup.call(0, all(pages)).expect("locked");
    let call = SetupCall::Munlock {
        process: 0,
        at: 0,
        pages: pages.into(),
    };
    bencher
        .counter(ItemsCount::new(pages))
        .with_inputs(|| setup.clone())
        .bench_local_values(|mut setup| setup.call(0, call).map(|()| setup));
}

/// What copying the world alone takes.
#[divan::bench(args = PAGES)]
fn copy(bencher: Bencher<'_, '_>, pages: u32) {
    let setup = mapped(pages);
    bencher
        .counter(BytesCount::of_slice(setup.image.as_slice()))
        .bench_local(|| setup.image.clone());
}
