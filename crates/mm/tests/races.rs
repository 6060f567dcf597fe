//! The table of what can go wrong before the patch, and cannot after it: random orders by the thousand in each world.
//!
//! Finding every outcome in random orders is no proof that there are no others; the search of all orders is another crate's.

mod common;

use common::{BEFORE_SHARED, COW_NOT_MLOCKED, FILE_NOT_MLOCKED, P, orders};
use expect_test::{Expect, expect};
use lockstep_mm::kernel::Kernel;
use lockstep_mm::mlock::Lock;
use lockstep_mm::program::Path;
use lockstep_mm::setup::{Access, MapKind, Setup, SetupCall};

/// A shared mapping of the file in a process.
const fn shared(process: u32) -> SetupCall {
    let kind = MapKind::FileShared { file: 0, offset: 0 };
    SetupCall::Mmap {
        process,
        at: 0,
        pages: 1,
        kind,
        locked: false,
        access: Access::ReadWrite,
    }
}

const CREATE: SetupCall = SetupCall::Create { file: 0, pages: 1 };

const fn read(process: u32) -> SetupCall {
    SetupCall::Read { process, at: 0 }
}

const fn mlock(process: u32) -> SetupCall {
    SetupCall::Mlock {
        process,
        at: 0,
        pages: 1,
    }
}

const fn mlock_on_fault(process: u32) -> SetupCall {
    SetupCall::MlockOnFault {
        process,
        at: 0,
        pages: 1,
    }
}

/// A page of a file in a locked mapping of process 0, not mlocked, and in an unlocked one of process 1.
const TWO_MAPPERS: &[SetupCall] = &[
    CREATE,
    shared(0),
    shared(1),
    mlock_on_fault(0),
    read(0),
    read(1),
    SetupCall::Drain,
];
/// A page of a file in locked mappings of processes 0 and 1, mlocked.
const BOTH_LOCKED: &[SetupCall] = &[
    CREATE,
    shared(0),
    shared(1),
    mlock(0),
    mlock(1),
    SetupCall::Drain,
];
/// The same, and an unlocked mapping of process 2.
const THIRD_MAPPER: &[SetupCall] = &[
    CREATE,
    shared(0),
    shared(1),
    shared(2),
    mlock(0),
    mlock(1),
    read(2),
    SetupCall::Drain,
];
/// A private copy made before a fork, in locked mappings of parent and child, mlocked.
const FORKED_COPY: &[SetupCall] = &[
    CREATE,
    COW_NOT_MLOCKED[1],
    COW_NOT_MLOCKED[2],
    mlock(0),
    SetupCall::Fork {
        parent: 0,
        child: 1,
    },
    mlock_on_fault(1),
    SetupCall::Drain,
];
/// A page of a file that process 0 has mapped, not locked, and has not used since reclaim last looked.
const NOT_LOCKED: &[SetupCall] = &[
    CREATE,
    shared(0),
    shared(1),
    read(0),
    SetupCall::Drain,
    SetupCall::Reclaim(P),
];
/// A page of a file in a locked mapping of process 0, mlocked, and in an unlocked one of process 1.
const ONE_LOCKED: &[SetupCall] = &[
    CREATE,
    shared(0),
    shared(1),
    mlock(0),
    read(1),
    SetupCall::Drain,
];

fn reclaim(setup: &Setup) -> Path {
    Path::Reclaim {
        page: setup.page(P).expect("the page"),
    }
}

fn truncate(setup: &Setup) -> Path {
    Path::Truncate {
        file: setup.world.files().next().expect("the file"),
        size: 0,
    }
}

fn exit(setup: &Setup, process: u32) -> Path {
    Path::Exit {
        mm: setup.mm(process).expect("the process"),
    }
}

fn munlock(setup: &Setup, process: u32) -> Path {
    Path::Munlock {
        mm: setup.mm(process).expect("the process"),
        at: 0,
        pages: 1,
    }
}

/// Runs random orders, the same every time, and compares the outcomes met with what is written, kernel by kernel.
fn check(calls: &[SetupCall], paths: impl Fn(&Setup) -> Vec<Path>, expected: Expect) {
    let kernels = [
        ("before", Kernel::BEFORE),
        ("shared-i-mmap", BEFORE_SHARED),
        ("after", Kernel::AFTER),
    ];
    expected.assert_eq(&orders::outcomes(&kernels, calls, paths));
}

#[test]
fn b1_truncate_copy_against_reclaim() {
    check(
        COW_NOT_MLOCKED,
        |s| vec![reclaim(s), truncate(s)],
        expect![[r#"
            before: BadPage { by: ThreadId(0) }, Ok
            shared-i-mmap: BadPage { by: ThreadId(0) }, Ok
            after: Ok
        "#]],
    );
}

#[test]
fn b2_truncate_copy_against_munlock() {
    check(
        FORKED_COPY,
        |s| vec![munlock(s, 1), truncate(s)],
        expect![[r#"
            before: BadPage { by: ThreadId(0) }, Ok
            shared-i-mmap: BadPage { by: ThreadId(0) }, Ok
            after: Ok
        "#]],
    );
}

#[test]
fn c1_truncate_file_page_against_reclaim() {
    check(
        FILE_NOT_MLOCKED,
        |s| vec![reclaim(s), truncate(s)],
        expect![[r#"
            before: Ok
            shared-i-mmap: BadPage { by: ThreadId(0) }, BadPage { by: ThreadId(1) }, Ok
            after: Ok
        "#]],
    );
}

#[test]
fn d1_exit_against_reclaim_with_another_mapper() {
    check(
        TWO_MAPPERS,
        |s| vec![reclaim(s), exit(s, 0)],
        expect![[r#"
            before: Ok, Stranded then LastUnmap
            shared-i-mmap: Ok, Stranded then LastUnmap
            after: Ok
        "#]],
    );
}

#[test]
fn d2_exit_against_reclaim_of_an_anonymous_page() {
    check(
        COW_NOT_MLOCKED,
        |s| vec![reclaim(s), exit(s, 0)],
        expect![[r#"
            before: BadPage { by: ThreadId(0) }, BadPage { by: ThreadId(1) }, Ok
            shared-i-mmap: BadPage { by: ThreadId(0) }, BadPage { by: ThreadId(1) }, Ok
            after: Ok
        "#]],
    );
}

#[test]
fn d3_exit_against_munlock() {
    check(
        BOTH_LOCKED,
        |s| vec![munlock(s, 1), exit(s, 0)],
        expect![[r#"
            before: Ok, Stranded then LastUnmap
            shared-i-mmap: Ok, Stranded then LastUnmap
            after: Ok
        "#]],
    );
}

#[test]
fn d4_exit_against_reclaim_of_a_file_page() {
    check(
        FILE_NOT_MLOCKED,
        |s| vec![reclaim(s), exit(s, 0)],
        expect![[r#"
            before: Ok, Stranded then Never { bad_page: true }
            shared-i-mmap: Ok, Stranded then Never { bad_page: true }
            after: Ok
        "#]],
    );
}

#[test]
fn m1_munlock_against_reclaim() {
    check(
        TWO_MAPPERS,
        |s| vec![reclaim(s), munlock(s, 0)],
        expect![[r#"
            before: Ok
            shared-i-mmap: Ok
            after: Ok
        "#]],
    );
}

#[test]
fn m2_munlock_against_munlock() {
    check(
        BOTH_LOCKED,
        |s| vec![munlock(s, 0), munlock(s, 1)],
        expect![[r#"
            before: Ok
            shared-i-mmap: Ok
            after: Ok
        "#]],
    );
}

#[test]
fn x1_exit_against_exit() {
    check(
        BOTH_LOCKED,
        |s| vec![exit(s, 0), exit(s, 1)],
        expect![[r#"
            before: Ok
            shared-i-mmap: Ok
            after: Ok
        "#]],
    );
}

#[test]
fn x2_exit_against_exit_with_a_third_mapper() {
    check(
        THIRD_MAPPER,
        |s| vec![exit(s, 0), exit(s, 1)],
        expect![[r#"
            before: Ok, Stranded then LastUnmap
            shared-i-mmap: Ok, Stranded then LastUnmap
            after: Ok
        "#]],
    );
}

#[test]
fn g1_reclaim_against_a_writer_of_mmap_sem() {
    let writer = |s: &Setup| Path::Mmap {
        mm: s.mm(0).expect("the process"),
        at: 2,
    };
    check(
        TWO_MAPPERS,
        |s| vec![reclaim(s), writer(s)],
        expect![[r#"
            before: Missed then Reclaim, Ok
            shared-i-mmap: Missed then Reclaim, Ok
            after: Ok
        "#]],
    );
}

#[test]
fn k1_mlock_against_reclaim() {
    let lock = |s: &Setup| Path::Mlock {
        mm: s.mm(0).expect("the process"),
        at: 0,
        pages: 1,
        lock: Lock::All,
    };
    check(
        NOT_LOCKED,
        |s| vec![reclaim(s), lock(s)],
        expect![[r#"
            before: Ok
            shared-i-mmap: Ok
            after: Ok
        "#]],
    );
}

#[test]
fn f1_munlock_against_mlock() {
    let lock = |s: &Setup| Path::Mlock {
        mm: s.mm(1).expect("the process"),
        at: 0,
        pages: 1,
        lock: Lock::All,
    };
    check(
        ONE_LOCKED,
        |s| vec![munlock(s, 0), lock(s)],
        expect![[r#"
            before: Missed then Reclaim, Ok
            shared-i-mmap: Missed then Reclaim, Ok
            after: Missed then Reclaim, Ok
        "#]],
    );
}

#[test]
fn w1_copy_on_write_against_reclaim() {
    // The page is in the parent's locked mapping without the mark, so reclaim takes it; the child has nothing locked,
    // and once the parent has its own copy nobody deserves the mark on the old one.
    let fork = SetupCall::Fork {
        parent: 0,
        child: 1,
    };
    let calls = [COW_NOT_MLOCKED, &[fork]].concat();
    let write = |s: &Setup| Path::Touch {
        mm: s.mm(0).expect("the process"),
        at: 0,
        write: true,
    };
    check(
        &calls,
        |s| vec![reclaim(s), write(s)],
        expect![[r#"
        before: Ok
        shared-i-mmap: Ok
        after: Ok
    "#]],
    );
}

#[test]
fn a_hole_is_punched_under_reclaim() {
    let punch = |s: &Setup| Path::PunchHole {
        file: s.world.files().next().expect("the file"),
        at: 0,
        pages: 1,
    };
    check(
        FILE_NOT_MLOCKED,
        |s| vec![reclaim(s), punch(s)],
        expect![[r#"
            before: Ok
            shared-i-mmap: BadPage { by: ThreadId(0) }, BadPage { by: ThreadId(1) }, Ok
            after: Ok
        "#]],
    );
}

#[test]
fn a_mapping_goes_under_reclaim() {
    let munmap = |s: &Setup| Path::Munmap {
        mm: s.mm(0).expect("the process"),
        at: 0,
        pages: 1,
    };
    check(
        TWO_MAPPERS,
        |s| vec![reclaim(s), munmap(s)],
        expect![[r#"
            before: Ok
            shared-i-mmap: Ok
            after: Ok
        "#]],
    );
}

#[test]
fn reclaim_exit_and_truncation_at_once() {
    check(
        TWO_MAPPERS,
        |s| vec![reclaim(s), exit(s, 0), truncate(s)],
        expect![[r#"
            before: Ok
            shared-i-mmap: BadPage { by: ThreadId(0) }, BadPage { by: ThreadId(2) }, Ok
            after: Ok
        "#]],
    );
}
