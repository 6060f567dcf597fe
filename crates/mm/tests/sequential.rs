//! Programs of one thread whose result is known: what a reader of /proc would see after each call, in the old kernel and in the new one.

mod common;

use common::{P, told::told};
use expect_test::{Expect, expect};
use lockstep_mm::kernel::Kernel;
use lockstep_mm::setup::{Access, MapKind, PageAt, SetupCall};

const CREATE: SetupCall = SetupCall::Create { file: 0, pages: 1 };
const ANON: MapKind = MapKind::AnonPrivate;
const SHARED: MapKind = MapKind::FileShared { file: 0, offset: 0 };
const PRIVATE: MapKind = MapKind::FilePrivate { file: 0, offset: 0 };

const fn munmap(at: u64, pages: u64) -> SetupCall {
    SetupCall::Munmap {
        process: 0,
        at,
        pages,
    }
}

const fn mmap(at: u64, pages: u64, kind: MapKind) -> SetupCall {
    let access = Access::ReadWrite;
    SetupCall::Mmap {
        process: 0,
        at,
        pages,
        kind,
        locked: false,
        access,
    }
}

const fn read(at: u64) -> SetupCall {
    SetupCall::Read { process: 0, at }
}

const fn write(at: u64) -> SetupCall {
    SetupCall::Write { process: 0, at }
}

const fn mlock(at: u64, pages: u64) -> SetupCall {
    SetupCall::Mlock {
        process: 0,
        at,
        pages,
    }
}

const fn munlock(at: u64, pages: u64) -> SetupCall {
    SetupCall::Munlock {
        process: 0,
        at,
        pages,
    }
}

/// Makes the calls in both kernels and compares what each led to with what is written; once if both do the same.
fn check(calls: &[SetupCall], expected: Expect) {
    let [before, after] = [Kernel::BEFORE, Kernel::AFTER].map(|kernel| told(kernel, calls));
    let text = if before == after {
        before
    } else {
        format!("before\n{before}after\n{after}")
    };
    expected.assert_eq(&text);
}

#[test]
fn one_page_mapped_twice_and_one_mapping_unlocked() {
    // The one difference the commit makes that a program of one thread can see.
    let calls = [
        CREATE,
        mmap(0, 1, SHARED),
        mmap(2, 1, SHARED),
        read(0),
        read(2),
        mlock(0, 1),
        mlock(2, 1),
        munlock(0, 1),
        munlock(2, 1),
    ];
    check(
        &calls,
        expect![[r#"
        before
        Create
        Mmap
        Mmap
        Read [1]
        Read [2]
        Mlock [2 mlocked unevictable lru] VmLck 1 culled+1 mlocked+1
        Mlock [2 mlocked unevictable lru] VmLck 2
        Munlock [2] VmLck 1 rescued+1 munlocked+1
        Munlock [2 lru]
        after
        Create
        Mmap
        Mmap
        Read [1]
        Read [2]
        Mlock [2 mlocked unevictable lru] VmLck 1 culled+1 mlocked+1
        Mlock [2 mlocked unevictable lru] VmLck 2
        Munlock [2 mlocked unevictable lru] VmLck 1 mlocked+1
        Munlock [2] rescued+1 munlocked+1
    "#]],
    );
}

#[test]
fn an_anonymous_page_is_touched_locked_and_unlocked() {
    check(
        &[mmap(0, 1, ANON), write(0), mlock(0, 1), munlock(0, 1)],
        expect![[r#"
            Mmap
            Write [1]
            Mlock [1 mlocked unevictable lru] VmLck 1 culled+1 mlocked+1
            Munlock [1 lru] rescued+1 munlocked+1
        "#]],
    );
}

#[test]
fn untouched_pages_are_born_mlocked() {
    let munmap = SetupCall::Munmap {
        process: 0,
        at: 0,
        pages: 2,
    };
    check(
        &[mmap(0, 2, ANON), mlock(0, 2), munmap],
        expect![[r#"
        Mmap
        Mlock [1 mlocked unevictable lru] [1 mlocked unevictable lru] VmLck 2 mlocked+2
        Munmap rescued+2 munlocked+2
    "#]],
    );
}

#[test]
fn locking_on_fault_marks_new_anonymous_pages_and_no_file_pages() {
    let lock = |at| SetupCall::MlockOnFault {
        process: 0,
        at,
        pages: 1,
    };
    check(
        &[
            CREATE,
            mmap(0, 1, ANON),
            mmap(2, 1, SHARED),
            lock(0),
            lock(2),
            write(0),
            read(2),
        ],
        expect![[r#"
            Create
            Mmap
            Mmap
            MlockOnFault VmLck 1
            MlockOnFault VmLck 2
            Write [1 mlocked unevictable lru] VmLck 2 mlocked+1
            Read [1 mlocked unevictable lru] [1] VmLck 2
        "#]],
    );
}

#[test]
fn a_file_is_cut_under_locked_pages() {
    let cut = SetupCall::Truncate { file: 0, pages: 0 };
    check(
        &[CREATE, mmap(0, 1, SHARED), read(0), mlock(0, 1), cut],
        expect![[r#"
            Create
            Mmap
            Read [1]
            Mlock [1 mlocked unevictable lru] VmLck 1 culled+1 mlocked+1
            Truncate VmLck 1 rescued+1 cleared+1
        "#]],
    );
    check(
        &[CREATE, mmap(0, 1, PRIVATE), write(0), mlock(0, 1), cut],
        expect![[r#"
            Create
            Mmap
            Write [1] [0]
            Mlock [1 mlocked unevictable lru] [0 lru] VmLck 1 culled+1 mlocked+1
            Truncate VmLck 1 rescued+1 cleared+1
        "#]],
    );
}

#[test]
fn a_locked_range_is_not_thrown_away() {
    let dont_need = SetupCall::DontNeed {
        process: 0,
        at: 0,
        pages: 1,
    };
    check(
        &[
            mmap(0, 1, ANON),
            mlock(0, 1),
            dont_need,
            munlock(0, 1),
            dont_need,
        ],
        expect![[r#"
            Mmap
            Mlock [1 mlocked unevictable lru] VmLck 1 mlocked+1
            DontNeed Errno("EINVAL") [1 mlocked unevictable lru] VmLck 1
            Munlock [1 lru] rescued+1 munlocked+1
            DontNeed
        "#]],
    );
}

#[test]
fn memory_is_counted_when_locked_and_limits_hold() {
    // A range locked twice counts once; one locked on fault and then fully counts twice, until v4.9.
    let on_fault = SetupCall::MlockOnFault {
        process: 0,
        at: 0,
        pages: 2,
    };
    check(
        &[mmap(0, 2, ANON), mlock(0, 2), mlock(0, 2)],
        expect![[r#"
            Mmap
            Mlock [1 mlocked unevictable lru] [1 mlocked unevictable lru] VmLck 2 mlocked+2
            Mlock [1 mlocked unevictable lru] [1 mlocked unevictable lru] VmLck 2
        "#]],
    );
    check(
        &[mmap(0, 2, ANON), on_fault, mlock(0, 2)],
        expect![[r#"
        Mmap
        MlockOnFault VmLck 2
        Mlock [1 mlocked unevictable lru] [1 mlocked unevictable lru] VmLck 4 mlocked+2
    "#]],
    );
    let [limit, nothing] = [2, 0].map(|pages| SetupCall::LimitLocked { process: 0, pages });
    let drop = SetupCall::DropCapability { process: 0 };
    check(
        &[
            mmap(0, 2, ANON),
            limit,
            drop,
            mlock(0, 2),
            mlock(0, 2),
            munlock(0, 2),
        ],
        expect![[r#"
            Mmap
            LimitLocked
            DropCapability
            Mlock [1 mlocked unevictable lru] [1 mlocked unevictable lru] VmLck 2 mlocked+2
            Mlock Errno("ENOMEM") [1 mlocked unevictable lru] [1 mlocked unevictable lru] VmLck 2
            Munlock [1 lru] [1 lru] rescued+2 munlocked+2
        "#]],
    );
    check(
        &[mmap(0, 2, ANON), nothing, drop, mlock(0, 1), munlock(0, 1)],
        expect![[r#"
            Mmap
            LimitLocked
            DropCapability
            Mlock Errno("EPERM")
            Munlock
        "#]],
    );
}

#[test]
fn a_hole_in_the_range_leaves_what_comes_before_locked() {
    check(
        &[mmap(0, 1, ANON), mmap(2, 1, ANON), mlock(0, 3)],
        expect![[r#"
            Mmap
            Mmap
            Mlock Errno("ENOMEM") VmLck 1
        "#]],
    );
}

#[test]
fn part_of_a_mapping_is_locked_and_joined_again() {
    check(
        &[mmap(0, 3, ANON), mlock(1, 1), munlock(1, 1)],
        expect![[r#"
            Mmap
            Mlock [1 mlocked unevictable lru] VmLck 1 mlocked+1
            Munlock [1 lru] rescued+1 munlocked+1
        "#]],
    );
}

#[test]
fn a_child_has_nothing_locked_and_writing_takes_the_mark_along() {
    let fork = SetupCall::Fork {
        parent: 0,
        child: 1,
    };
    check(
        &[mmap(0, 1, ANON), write(0), mlock(0, 1), fork, write(0)],
        expect![[r#"
            Mmap
            Write [1]
            Mlock [1 mlocked unevictable lru] VmLck 1 culled+1 mlocked+1
            Fork [2 mlocked unevictable lru] VmLck 1
            Write [1] [1 mlocked unevictable lru] VmLck 1 rescued+1 mlocked+1 munlocked+1
        "#]],
    );
}

#[test]
fn a_child_shares_what_is_in_swap() {
    let fork = SetupCall::Fork {
        parent: 0,
        child: 1,
    };
    check(
        &[
            mmap(0, 1, ANON),
            write(0),
            SetupCall::Drain,
            SetupCall::Deactivate(P),
            SetupCall::Reclaim(P),
            fork,
            mlock(0, 1),
            SetupCall::Read { process: 1, at: 0 },
            SetupCall::Exit { process: 1 },
        ],
        expect![[r#"
            Mmap
            Write [1]
            Drain [1 lru]
            Deactivate [1 lru]
            Reclaim
            Fork
            Mlock [0 lru] [1 mlocked unevictable lru] VmLck 1 mlocked+1
            Read [1 lru] [1 mlocked unevictable lru] VmLck 1
            Exit [1 mlocked unevictable lru] VmLck 1
        "#]],
    );
}

#[test]
fn an_exit_takes_the_marks_off() {
    check(
        &[
            mmap(0, 2, ANON),
            mlock(0, 2),
            SetupCall::Exit { process: 0 },
        ],
        expect![[r#"
            Mmap
            Mlock [1 mlocked unevictable lru] [1 mlocked unevictable lru] VmLck 2 mlocked+2
            Exit VmLck 2 rescued+2 munlocked+2
        "#]],
    );
}

#[test]
fn a_page_that_is_moved_loses_its_mark() {
    let moved = SetupCall::Migrate(P);
    check(
        &[mmap(0, 1, ANON), write(0), mlock(0, 1), moved],
        expect![[r#"
            Mmap
            Write [1]
            Mlock [1 mlocked unevictable lru] VmLck 1 culled+1 mlocked+1
            Migrate [0] [1] VmLck 1 rescued+1 cleared+1 stranded+1
        "#]],
    );
    let cached = SetupCall::Migrate(PageAt::Cached { file: 0, index: 0 });
    check(
        &[CREATE, mmap(0, 1, SHARED), read(0), mlock(0, 1), cached],
        expect![[r#"
            Create
            Mmap
            Read [1]
            Mlock [1 mlocked unevictable lru] VmLck 1 culled+1 mlocked+1
            Migrate [0] [1] VmLck 1 rescued+1 cleared+1 stranded+1
        "#]],
    );
}

#[test]
fn all_is_locked_and_unlocked() {
    let all = |current, future, on_fault| SetupCall::MlockAll {
        process: 0,
        lock: lockstep_mm::mlock::LockAll {
            current,
            future,
            on_fault,
        },
    };
    let none = SetupCall::MunlockAll { process: 0 };
    check(
        &[mmap(0, 1, ANON), all(true, false, false), none],
        expect![[r#"
            Mmap
            MlockAll [1 mlocked unevictable lru] VmLck 1 mlocked+1
            MunlockAll [1 lru] rescued+1 munlocked+1
        "#]],
    );
    check(
        &[
            all(false, true, false),
            mmap(0, 1, ANON),
            all(false, false, true),
            all(false, false, false),
        ],
        expect![[r#"
            MlockAll
            Mmap [1 mlocked unevictable lru] VmLck 1 mlocked+1
            MlockAll [1 lru] rescued+1 munlocked+1
            MlockAll Errno("EINVAL") [1 lru]
        "#]],
    );
}

#[test]
fn the_middle_of_a_locked_mapping_is_unmapped() {
    let munmap = SetupCall::Munmap {
        process: 0,
        at: 1,
        pages: 1,
    };
    check(
        &[mmap(0, 3, ANON), mlock(0, 3), munmap],
        expect![[r#"
        Mmap
        Mlock [1 mlocked unevictable lru] [1 mlocked unevictable lru] [1 mlocked unevictable lru] VmLck 3 mlocked+3
        Munmap [1 mlocked unevictable lru] [1 mlocked unevictable lru] VmLck 2 rescued+1 munlocked+1
    "#]],
    );
}

#[test]
fn a_hole_spares_private_copies() {
    let punch = SetupCall::PunchHole {
        file: 0,
        at: 0,
        pages: 1,
    };
    check(
        &[
            CREATE,
            mmap(0, 1, PRIVATE),
            mmap(2, 1, SHARED),
            write(0),
            read(2),
            punch,
        ],
        expect![[r#"
            Create
            Mmap
            Mmap
            Write [1] [0]
            Read [1] [1]
            PunchHole [1 lru]
        "#]],
    );
}

#[test]
fn shared_anonymous_memory_ends_with_its_last_mapping() {
    let fork = SetupCall::Fork {
        parent: 0,
        child: 1,
    };
    let [write_there, exit] = [
        SetupCall::Write { process: 1, at: 0 },
        SetupCall::Exit { process: 1 },
    ];
    check(
        &[
            mmap(0, 2, MapKind::AnonShared),
            mlock(0, 1),
            fork,
            write_there,
            munmap(0, 2),
            exit,
        ],
        expect![[r#"
            Mmap
            Mlock [1 mlocked unevictable lru] VmLck 1 culled+1 mlocked+1
            Fork [1 mlocked unevictable lru] VmLck 1
            Write [2 mlocked unevictable lru] VmLck 1
            Munmap [1 lru] rescued+1 munlocked+1
            Exit
        "#]],
    );
}

#[test]
fn locking_goes_on_behind_a_mapping_that_may_not_be_touched_only_where_errors_are_ignored() {
    let closed = SetupCall::Mmap {
        process: 0,
        at: 1,
        pages: 1,
        kind: ANON,
        locked: false,
        access: Access::None,
    };
    let all = SetupCall::MlockAll {
        process: 0,
        lock: lockstep_mm::mlock::LockAll {
            current: true,
            future: false,
            on_fault: false,
        },
    };
    check(
        &[mmap(0, 1, ANON), closed, mmap(2, 1, ANON), mlock(0, 3), all],
        expect![[r#"
            Mmap
            Mmap
            Mmap
            Mlock Errno("ENOMEM") [1 mlocked unevictable lru] VmLck 3 mlocked+1
            MlockAll [1 mlocked unevictable lru] [1 mlocked unevictable lru] VmLck 3 mlocked+1
        "#]],
    );
    check(
        &[mmap(0, 1, ANON), closed, mmap(2, 1, ANON), all],
        expect![[r#"
            Mmap
            Mmap
            Mmap
            MlockAll [1 mlocked unevictable lru] [1 mlocked unevictable lru] VmLck 3 mlocked+2
        "#]],
    );
}

#[test]
fn ranges_of_no_page() {
    check(
        &[mlock(0, 0), munlock(0, 0), munmap(0, 0), mmap(0, 0, ANON)],
        expect![[r#"
            Mlock
            Munlock
            Munmap Errno("EINVAL")
            Mmap Errno("EINVAL")
        "#]],
    );
}

#[test]
fn a_new_mapping_takes_the_place_of_a_locked_one() {
    check(
        &[mmap(0, 3, ANON), mlock(0, 3), mmap(1, 1, ANON)],
        expect![[r#"
            Mmap
            Mlock [1 mlocked unevictable lru] [1 mlocked unevictable lru] [1 mlocked unevictable lru] VmLck 3 mlocked+3
            Mmap [1 mlocked unevictable lru] [1 mlocked unevictable lru] VmLck 2 rescued+1 munlocked+1
        "#]],
    );
}
