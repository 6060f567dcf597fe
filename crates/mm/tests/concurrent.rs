//! Ordinary work of two threads at once, and every way to mark a page: whatever the order, the model keeps its own rules.

mod common;

use common::{COW_NOT_MLOCKED, FILE_NOT_MLOCKED, P, orders};
use expect_test::{Expect, expect};
use lockstep_mm::kernel::{Kernel, MlockUnder};
use lockstep_mm::mlock::Lock;
use lockstep_mm::program::Path;
use lockstep_mm::setup::{Access, MapKind, PageAt, Setup, SetupCall};

const CREATE: SetupCall = SetupCall::Create { file: 0, pages: 1 };
const SHARED: MapKind = MapKind::FileShared { file: 0, offset: 0 };
const PRIVATE: MapKind = MapKind::FilePrivate { file: 0, offset: 0 };
const WRITE: SetupCall = SetupCall::Write { process: 0, at: 0 };
const FORK: SetupCall = SetupCall::Fork {
    parent: 0,
    child: 1,
};
const MLOCK: SetupCall = SetupCall::Mlock {
    process: 0,
    at: 0,
    pages: 1,
};

const fn map(kind: MapKind) -> SetupCall {
    SetupCall::Mmap {
        process: 0,
        at: 0,
        pages: 1,
        kind,
        locked: false,
        access: Access::ReadWrite,
    }
}

/// A thread of a process that reads or writes the first page.
fn touch(setup: &Setup, process: u32, write: bool) -> Path {
    let mm = setup.mm(process).expect("the process");
    Path::Touch { mm, at: 0, write }
}

fn exit(setup: &Setup, process: u32) -> Path {
    let mm = setup.mm(process).expect("the process");
    Path::Exit { mm }
}

fn munmap(setup: &Setup, process: u32) -> Path {
    let mm = setup.mm(process).expect("the process");
    Path::Munmap {
        mm,
        at: 0,
        pages: 1,
    }
}

fn mlock(setup: &Setup, process: u32, lock: Lock) -> Path {
    let mm = setup.mm(process).expect("the process");
    Path::Mlock {
        mm,
        at: 0,
        pages: 1,
        lock,
    }
}

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

/// On the kernels before and after the patch.
fn check(calls: &[SetupCall], paths: impl Fn(&Setup) -> Vec<Path>, expected: Expect) {
    let kernels = [("before", Kernel::BEFORE), ("after", Kernel::AFTER)];
    expected.assert_eq(&orders::outcomes(&kernels, calls, paths));
}

#[test]
fn two_threads_touch_the_same_anonymous_page() {
    check(
        &[map(MapKind::AnonPrivate)],
        |s| vec![touch(s, 0, true), touch(s, 0, true)],
        expect![[r#"
            before: Ok
            after: Ok
        "#]],
    );
}

#[test]
fn two_threads_read_the_same_page_of_a_file_in() {
    check(
        &[CREATE, map(SHARED)],
        |s| vec![touch(s, 0, false), touch(s, 0, false)],
        expect![[r#"
            before: Ok
            after: Ok
        "#]],
    );
}

#[test]
fn two_threads_copy_the_same_page_of_a_file() {
    check(
        &[CREATE, map(PRIVATE)],
        |s| vec![touch(s, 0, true), touch(s, 0, true)],
        expect![[r#"
            before: Ok
            after: Ok
        "#]],
    );
}

#[test]
fn two_threads_bring_the_same_page_back_from_swap() {
    let swapped: Vec<SetupCall> = COW_NOT_MLOCKED
        .iter()
        .copied()
        .filter(|call| !matches!(call, SetupCall::Read { .. }))
        .collect();
    check(
        &swapped,
        |s| vec![touch(s, 0, false), touch(s, 0, true)],
        expect![[r#"
            before: Missed then Reclaim
            after: Missed then Reclaim
        "#]],
    );
}

#[test]
fn two_threads_break_the_same_copy_after_a_fork() {
    check(
        &[map(MapKind::AnonPrivate), WRITE, FORK, MLOCK],
        |s| vec![touch(s, 0, true), touch(s, 0, true)],
        expect![[r#"
            before: Ok
            after: Ok
        "#]],
    );
}

#[test]
fn a_child_exits_while_its_parent_writes() {
    check(
        &[map(MapKind::AnonPrivate), MLOCK, WRITE, FORK],
        |s| vec![touch(s, 0, true), exit(s, 1)],
        expect![[r#"
            before: Ok
            after: Ok
        "#]],
    );
}

#[test]
fn parent_and_child_write_at_once() {
    check(
        &[map(MapKind::AnonPrivate), MLOCK, WRITE, FORK],
        |s| vec![touch(s, 0, true), touch(s, 1, true)],
        expect![[r#"
            before: Ok
            after: Ok
        "#]],
    );
}

#[test]
fn a_page_is_touched_while_it_is_unmapped() {
    check(
        &[CREATE, map(PRIVATE), WRITE],
        |s| vec![touch(s, 0, true), munmap(s, 0)],
        expect![[r#"
            before: Ok
            after: Ok
        "#]],
    );
}

#[test]
fn a_page_is_read_in_while_its_file_is_cut() {
    check(
        &[CREATE, map(SHARED)],
        |s| vec![touch(s, 0, false), truncate(s)],
        expect![[r#"
            before: Ok
            after: Ok
        "#]],
    );
}

#[test]
fn a_copy_is_made_while_its_file_is_cut() {
    check(
        &[CREATE, map(PRIVATE)],
        |s| vec![touch(s, 0, true), truncate(s), mlock(s, 0, Lock::OnFault)],
        expect![[r#"
            before: Ok
            after: Ok
        "#]],
    );
}

#[test]
fn a_page_is_touched_while_reclaim_swaps_it_out() {
    check(
        &[
            map(MapKind::AnonPrivate),
            WRITE,
            SetupCall::Drain,
            SetupCall::Deactivate(P),
        ],
        |s| vec![touch(s, 0, true), reclaim(s), munmap(s, 0)],
        expect![[r#"
            before: Ok
            after: Ok
        "#]],
    );
}

#[test]
fn two_reclaimers_look_at_one_page() {
    check(
        &[
            CREATE,
            map(SHARED),
            SetupCall::Read { process: 0, at: 0 },
            SetupCall::Drain,
            SetupCall::Deactivate(PageAt::Cached { file: 0, index: 0 }),
        ],
        |s| vec![reclaim(s), reclaim(s), exit(s, 0)],
        expect![[r#"
            before: Ok
            after: Ok
        "#]],
    );
}

/// Every place the mark can be set at, with and without the semaphore held by an exit.
#[test]
fn every_way_to_mark_keeps_the_rules_of_the_model() {
    use MlockUnder::{MmapSem, PageLock, PteLock, PteLockAndMmapSem};
    let mut kernels = Vec::new();
    for mlock in [MmapSem, PteLock, PageLock, PteLockAndMmapSem] {
        for exit_mmap_sem in [false, true] {
            kernels.push(Kernel {
                mlock,
                exit_mmap_sem,
                ..Kernel::AFTER
            });
        }
    }
    let names: Vec<String> = kernels.iter().map(Kernel::to_string).collect();
    let kernels: Vec<(&str, Kernel)> = names.iter().map(String::as_str).zip(kernels).collect();
    expect![[r#"
        before,early-exit=on: BadPage { by: ThreadId(0) }, BadPage { by: ThreadId(1) }, Ok
        before,early-exit=on,exit-mmap-sem=on: Ok
        after: Ok
        after,exit-mmap-sem=on: Ok
        after,mlock=page-lock: BadPage { by: ThreadId(0) }, BadPage { by: ThreadId(1) }, Ok
        after,mlock=page-lock,exit-mmap-sem=on: BadPage { by: ThreadId(0) }, BadPage { by: ThreadId(1) }, Ok
        after,mlock=pte-lock+mmap-sem: Ok
        after,mlock=pte-lock+mmap-sem,exit-mmap-sem=on: Ok
    "#]].assert_eq(&orders::outcomes(&kernels, COW_NOT_MLOCKED, |s| {
        vec![reclaim(s), exit(s, 0)]
    }));
    expect![[r#"
        before,early-exit=on: Ok
        before,early-exit=on,exit-mmap-sem=on: Ok
        after: Ok
        after,exit-mmap-sem=on: Ok
        after,mlock=page-lock: Ok
        after,mlock=page-lock,exit-mmap-sem=on: Ok
        after,mlock=pte-lock+mmap-sem: Ok
        after,mlock=pte-lock+mmap-sem,exit-mmap-sem=on: Ok
    "#]]
    .assert_eq(&orders::outcomes(&kernels, FILE_NOT_MLOCKED, |s| {
        vec![reclaim(s), truncate(s)]
    }));
}
