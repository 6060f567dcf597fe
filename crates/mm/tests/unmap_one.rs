//! Every way out of `try_to_unmap_one()`, before and after the patch.

mod common;

use common::{COW_NOT_MLOCKED, FILE_NOT_MLOCKED, P, world};
use expect_test::{Expect, expect};
use lockstep_machine::{Cpu, EmulatedCpu, Machine, Program, ThreadBody, ThreadId};
use lockstep_mm::Cx;
use lockstep_mm::kernel::Kernel;
use lockstep_mm::page::{Mapping, Page};
use lockstep_mm::pte::PteEntry;
use lockstep_mm::rmap::{Ttu, try_to_unmap_one};
use lockstep_mm::setup::{Access, MapKind, PageAt, Setup, SetupCall};
use lockstep_mm::swapfile::add_to_swap;
use lockstep_mm::vma::{VmFlags, Vma};
use lockstep_mm::vmscan::isolate_lru_page;
use lockstep_mm::world::Memory;

/// One call of `try_to_unmap_one()`, with what its callers have by then; thread B gets in between.
struct OneCall {
    setup: Setup,
    page: Page,
    flags: Ttu,
    meddler: Meddler,
}

/// What thread B does while A is in the function.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meddler {
    /// Nothing.
    Nobody,
    /// It has mmap_sem for writing, as any system call that changes mappings does.
    HasMmapSem,
    /// It takes VM_LOCKED off the mapping.
    Unlocks,
}

impl OneCall {
    fn vma(&self) -> Vma {
        self.setup.world.vmas().next().expect("a mapping")
    }
}

impl Program for OneCall {
    fn image(&self) -> &[u64] {
        &self.setup.image
    }

    fn threads(&self) -> usize {
        2
    }

    fn body(&self, thread: ThreadId, cpu: EmulatedCpu) -> ThreadBody {
        let cx = Cx::new(
            cpu,
            self.setup.world,
            self.setup.kernel,
            thread.index() as u32,
        );
        let (page, vma, flags, meddler) = (self.page, self.vma(), self.flags, self.meddler);
        let mm = self.setup.mm(0).expect("a process");
        if thread.letter() == 'A' {
            return Box::pin(async move {
                isolate_lru_page(&cx, page).await;
                cx.bit_lock(page.lock()).await;
                if matches!(cx.peek(page.mapping()), Mapping::Anon(_)) && flags.contains(Ttu::UNMAP)
                {
                    add_to_swap(&cx, page).await;
                }
                _ = try_to_unmap_one(&cx, page, vma, 0, flags).await;
                cx.bit_unlock(page.lock()).await;
            });
        }
        Box::pin(async move {
            match meddler {
                Meddler::Nobody => {}
                Meddler::HasMmapSem => {
                    cx.down_write(mm.mmap_sem()).await;
                    cx.up_write(mm.mmap_sem()).await;
                }
                Meddler::Unlocks => cx.clear_bits(vma.flags(), VmFlags::LOCKED, []).await,
            }
        })
    }
}

/// Calls the function in the old kernel and in the new one, and compares what it answered, what it left,
/// and the steps it took with what is written; once if both do the same.
fn check(
    world: impl Fn(Kernel) -> (Setup, Page),
    flags: Ttu,
    meddler: (Meddler, &str),
    expected: Expect,
) {
    let [before, after] =
        [Kernel::BEFORE, Kernel::AFTER].map(|kernel| call(world(kernel), flags, meddler));
    let text = if before == after {
        before
    } else {
        format!("before: {before}after: {after}")
    };
    expected.assert_eq(&text);
}

/// One call in words.
fn call((setup, page): (Setup, Page), flags: Ttu, (meddler, at): (Meddler, &str)) -> String {
    let call = OneCall {
        setup,
        page,
        flags,
        meddler,
    };
    let mut machine = Machine::new(&call);
    let (a, b) = (ThreadId::new(0).expect("A"), ThreadId::new(1).expect("B"));
    let mut interrupted = false;
    while machine.pending(a).is_some() && machine.with_trace(|trace| trace.faults().is_empty()) {
        let next = machine
            .pending(a)
            .map(|pending| format!("{:?}", pending.operation.action))
            .unwrap_or_default();
        let frame = machine.pending(a).and_then(|pending| pending.frame);
        let inside = machine.with_trace(|trace| {
            trace
                .stack(frame)
                .any(|frame| frame.function.name == "try_to_unmap_one")
        });
        if inside && !interrupted && next.starts_with(at) && !at.is_empty() {
            interrupted = true;
            machine.step(b).expect("B can step");
        }
        machine.step(a).expect("A can step");
    }
    let memory = machine.with_memory(|memory| memory.to_vec());
    let mm = call.setup.mm(0).expect("a process");
    machine.with_trace(|trace| {
        let frame = trace
            .frames()
            .iter()
            .find(|frame| frame.function.name == "try_to_unmap_one")
            .expect("the call");
        let inside = |frame: Option<u32>| {
            trace
                .stack(frame)
                .any(|frame| frame.function.name == "try_to_unmap_one")
        };
        let steps: Vec<_> = trace
            .events()
            .iter()
            .filter(|event| inside(event.frame))
            .map(|event| {
                format!("{:?}", event.operation.action)
                    .chars()
                    .take_while(|c| c.is_alphabetic())
                    .collect::<String>()
            })
            .collect();
        let faults: Vec<_> = trace
            .faults()
            .iter()
            .map(|record| format!(" {:?}", record.fault))
            .collect();
        format!(
            "{}{}\n{}\n{}\n{}\n",
            frame.result.unwrap_or("no result"),
            faults.concat(),
            entry(&call.setup, Memory(&memory).get(mm.pte(0).entry())),
            common::page(Memory(&memory), page),
            steps.join(" ")
        )
    })
}

/// A page-table entry in words, with the page by its number.
fn entry(setup: &Setup, entry: PteEntry) -> String {
    match entry {
        PteEntry::None => "none".to_owned(),
        PteEntry::Present {
            page,
            young,
            dirty,
            writable,
        } => {
            format!(
                "page {}{}{}{}",
                setup.world.page_number(page),
                if young { " young" } else { "" },
                if dirty { " dirty" } else { "" },
                if writable { " writable" } else { "" }
            )
        }
        PteEntry::Swap(slot) => format!("swap {slot}"),
        PteEntry::Migration(page) => format!("migration of page {}", setup.world.page_number(page)),
    }
}

const NOBODY: (Meddler, &str) = (Meddler::Nobody, "");

/// A page of a process's memory in a world made by `calls`.
fn made_by(calls: &[SetupCall], at: PageAt) -> impl Fn(Kernel) -> (Setup, Page) + use<'_> {
    move |kernel| {
        let setup = world(kernel, calls);
        let page = setup.page(at).expect("the page");
        (setup, page)
    }
}

/// A private copy in a locked mapping, not mlocked.
fn locked_copy(kernel: Kernel) -> (Setup, Page) {
    made_by(COW_NOT_MLOCKED, P)(kernel)
}

/// The same calls without the one that locks the mapping.
fn unlocked(calls: &[SetupCall]) -> Vec<SetupCall> {
    let locks = |call: &SetupCall| matches!(call, SetupCall::MlockOnFault { .. });
    calls.iter().copied().filter(|call| !locks(call)).collect()
}

#[test]
fn a_locked_mapping_marks_the_page() {
    check(
        locked_copy,
        Ttu::UNMAP,
        NOBODY,
        expect![[r#"
        before: SWAP_MLOCK
        page 0 young
        c=3 m=1 uptodate|dirty|swapcache|swapbacked|mlocked Isolated
        Read SpinLock Read Read SpinUnlock TryReadLock Read TestAndSet Add Read ReadUnlock
        after: SWAP_MLOCK
        page 0 young
        c=3 m=1 uptodate|dirty|swapcache|swapbacked|mlocked Isolated
        Read SpinLock Read Read TestAndSet Add Read SpinUnlock
    "#]],
    );
}

#[test]
fn before_the_patch_a_busy_mmap_sem_frustrates_the_mark() {
    check(
        locked_copy,
        Ttu::UNMAP,
        (Meddler::HasMmapSem, "SpinUnlock"),
        expect![[r#"
            before: SWAP_AGAIN
            page 0 young
            c=3 m=1 uptodate|dirty|swapcache|swapbacked Isolated
            Read SpinLock Read Read SpinUnlock TryReadLock
            after: SWAP_MLOCK
            page 0 young
            c=3 m=1 uptodate|dirty|swapcache|swapbacked|mlocked Isolated
            Read SpinLock Read Read TestAndSet Add Read SpinUnlock
        "#]],
    );
}

#[test]
fn before_the_patch_the_flag_is_asked_again() {
    check(
        locked_copy,
        Ttu::UNMAP,
        (Meddler::Unlocks, "TryReadLock"),
        expect![[r#"
            before: SWAP_AGAIN
            page 0 young
            c=3 m=1 uptodate|dirty|swapcache|swapbacked Isolated
            Read SpinLock Read Read SpinUnlock TryReadLock Read ReadUnlock
            after: SWAP_MLOCK
            page 0 young
            c=3 m=1 uptodate|dirty|swapcache|swapbacked|mlocked Isolated
            Read SpinLock Read Read TestAndSet Add Read SpinUnlock
        "#]],
    );
}

#[test]
fn after_the_patch_the_look_under_the_page_table_lock_decides() {
    check(
        locked_copy,
        Ttu::UNMAP,
        (Meddler::Unlocks, "TestAndSet"),
        expect![[r#"
            before: SWAP_MLOCK
            page 0 young
            c=3 m=1 uptodate|dirty|swapcache|swapbacked|mlocked Isolated
            Read SpinLock Read Read SpinUnlock TryReadLock Read TestAndSet Add Read ReadUnlock
            after: SWAP_MLOCK
            page 0 young
            c=3 m=1 uptodate|dirty|swapcache|swapbacked|mlocked Isolated
            Read SpinLock Read Read TestAndSet Add Read SpinUnlock
        "#]],
    );
}

#[test]
fn another_page_at_the_address_is_passed_over() {
    // The process has its own copy mapped, not the page of the file.
    let calls = [&COW_NOT_MLOCKED[..3], &[SetupCall::Drain]].concat();
    let cached = PageAt::Cached { file: 0, index: 0 };
    check(
        made_by(&calls, cached),
        Ttu::UNMAP,
        NOBODY,
        expect![[r#"
            SWAP_AGAIN
            page 0 young dirty writable
            c=2 m=0 uptodate Isolated
            Read SpinLock Read SpinUnlock
        "#]],
    );
}

#[test]
fn an_empty_entry_is_passed_over_without_a_lock() {
    let shared = |process| SetupCall::Mmap {
        process,
        at: 0,
        pages: 1,
        kind: MapKind::FileShared { file: 0, offset: 0 },
        locked: false,
        access: Access::ReadWrite,
    };
    let calls = [
        SetupCall::Create { file: 0, pages: 1 },
        shared(0),
        shared(1),
        SetupCall::Read { process: 1, at: 0 },
        SetupCall::Drain,
    ];
    let cached = PageAt::Cached { file: 0, index: 0 };
    check(
        made_by(&calls, cached),
        Ttu::UNMAP,
        NOBODY,
        expect![[r#"
            SWAP_AGAIN
            none
            c=3 m=1 uptodate Isolated
            Read
        "#]],
    );
}

#[test]
fn a_munlock_leaves_an_unlocked_mapping_alone() {
    let calls = unlocked(FILE_NOT_MLOCKED);
    check(
        made_by(&calls, P),
        Ttu::MUNLOCK,
        NOBODY,
        expect![[r#"
        before: SWAP_AGAIN
        page 0 young
        c=3 m=1 uptodate Isolated
        Read SpinLock Read Read SpinUnlock
        after: SWAP_AGAIN
        page 0 young
        c=3 m=1 uptodate Isolated
        Read
    "#]],
    );
}

#[test]
fn a_munlock_asks_again_under_the_page_table_lock() {
    check(
        locked_copy,
        Ttu::MUNLOCK,
        (Meddler::Unlocks, "SpinLock"),
        expect![[r#"
            before: SWAP_AGAIN
            page 0 young
            c=2 m=1 uptodate|dirty|swapbacked Isolated
            Read SpinLock Read Read SpinUnlock
            after: SWAP_AGAIN
            page 0 young
            c=2 m=1 uptodate|dirty|swapbacked Isolated
            Read Read SpinLock Read Read SpinUnlock
        "#]],
    );
}

#[test]
fn a_munlock_marks_the_page_again_in_a_locked_mapping() {
    check(
        locked_copy,
        Ttu::MUNLOCK,
        NOBODY,
        expect![[r#"
        before: SWAP_MLOCK
        page 0 young
        c=2 m=1 uptodate|dirty|swapbacked|mlocked Isolated
        Read SpinLock Read Read SpinUnlock TryReadLock Read TestAndSet Add Read ReadUnlock
        after: SWAP_MLOCK
        page 0 young
        c=2 m=1 uptodate|dirty|swapbacked|mlocked Isolated
        Read Read SpinLock Read Read TestAndSet Add Read SpinUnlock
    "#]],
    );
}

#[test]
fn a_page_in_use_is_kept() {
    let calls = unlocked(FILE_NOT_MLOCKED);
    check(
        made_by(&calls, P),
        Ttu::UNMAP,
        NOBODY,
        expect![[r#"
        SWAP_FAIL
        page 0
        c=3 m=1 uptodate Isolated
        Read SpinLock Read Read TestAndClear SpinUnlock
    "#]],
    );
}

#[test]
fn an_old_page_of_a_file_is_unmapped() {
    // Reclaim finds the page young the first time, takes the bit off, and gives it another round.
    let calls = [unlocked(FILE_NOT_MLOCKED), vec![SetupCall::Reclaim(P)]].concat();
    check(
        made_by(&calls, P),
        Ttu::UNMAP,
        NOBODY,
        expect![[r#"
        SWAP_AGAIN
        none
        c=2 m=0 referenced|uptodate Isolated
        Read SpinLock Read Read TestAndClear Exchange Add Read Add SpinUnlock
    "#]],
    );
}

#[test]
fn a_private_copy_leaves_its_swap_slot_behind() {
    let calls = unlocked(COW_NOT_MLOCKED);
    check(
        made_by(&calls, P),
        Ttu::UNMAP | Ttu::IGNORE_ACCESS,
        NOBODY,
        expect![[r#"
            SWAP_AGAIN
            swap 2
            c=3 m=0 uptodate|dirty|swapcache|swapbacked Isolated
            Read SpinLock Read Read Exchange SpinLock Read Add SpinUnlock Write Add Read Add SpinUnlock
        "#]],
    );
}

#[test]
fn a_full_swap_count_puts_the_entry_back() {
    let calls = unlocked(COW_NOT_MLOCKED);
    let full = |kernel| {
        let (mut setup, page) = made_by(&calls, P)(kernel);
        // A world this small has no room for the 62 entries that fill a count: the one place where a test sets a word.
        let slot = Memory(&setup.image).get(page.private());
        let count = setup.world.swap_slot(slot).count().address();
        setup.image[count.index()] += 62;
        (setup, page)
    };
    check(
        full,
        Ttu::IGNORE_ACCESS,
        NOBODY,
        expect![[r#"
        SWAP_FAIL
        page 0 young
        c=3 m=1 uptodate|swapcache|swapbacked Isolated
        Read SpinLock Read Read Exchange SpinLock Read SpinUnlock Write SpinUnlock
    "#]],
    );
}

#[test]
fn migration_leaves_a_note_and_asks_no_flag() {
    let flags = Ttu::MIGRATION | Ttu::IGNORE_MLOCK | Ttu::IGNORE_ACCESS;
    check(
        locked_copy,
        flags,
        NOBODY,
        expect![[r#"
        SWAP_AGAIN
        migration of page 0
        c=1 m=0 uptodate|dirty|swapbacked Isolated
        Read SpinLock Read Exchange Write Add Read Add SpinUnlock
    "#]],
    );
}

#[test]
fn memory_failure_unmaps_from_a_locked_mapping_too() {
    let flags = Ttu::UNMAP | Ttu::IGNORE_MLOCK | Ttu::IGNORE_ACCESS;
    check(
        locked_copy,
        flags,
        NOBODY,
        expect![[r#"
        SWAP_AGAIN
        swap 1
        c=2 m=0 uptodate|dirty|swapcache|swapbacked Isolated
        Read SpinLock Read Exchange SpinLock Read Add SpinUnlock Write Add Read Add SpinUnlock
    "#]],
    );
}

#[test]
fn an_anonymous_page_outside_the_swap_cache_is_a_bug() {
    let calls = [&COW_NOT_MLOCKED[..3], &[SetupCall::Drain]].concat();
    check(
        made_by(&calls, P),
        Ttu::IGNORE_ACCESS,
        NOBODY,
        expect![[r#"
            no result Bug { what: "an anonymous page outside the swap cache is unmapped for something else than migration" }
            none
            c=2 m=1 locked|uptodate|dirty|active|swapbacked Isolated
            Read SpinLock Read Read Exchange SetBits
        "#]],
    );
}
