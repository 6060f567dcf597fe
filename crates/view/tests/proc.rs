//! What /proc would show while a file's page is freed with its mark.

use std::rc::Rc;

use expect_test::{Expect, expect};
use lockstep_scenario::parse_kernel;
use lockstep_view::scene::StepNo;
use lockstep_view::{Run, Session};

fn run(kernel: &str) -> Run {
    let found = lockstep_scenario::library()
        .into_iter()
        .find(|known| known.id == "truncate-file-vs-reclaim");
    let kernel = parse_kernel(kernel).expect("a kernel");
    let session =
        Session::new(Rc::new(found.expect("it is built in")), kernel).expect("it can be built");
    let scripted = session
        .scripted("reclaim-named")
        .expect("the script fits every kernel");
    session.run_scripted(&scripted)
}

fn check(run: &Run, step: u32, expected: Expect) {
    expected.assert_eq(&run.proc(StepNo(step)));
}

#[test]
fn a_locked_page_without_its_mark() {
    check(
        &run("shared-i-mmap"),
        0,
        expect![[r#"
            After step 0 of 98.

            /proc/vmstat
              nr_mlock                     0
              nr_unevictable               0
              unevictable_pgs_culled       0
              unevictable_pgs_scanned      0
              unevictable_pgs_rescued      0
              unevictable_pgs_mlocked      0
              unevictable_pgs_munlocked    0
              unevictable_pgs_cleared      0
              unevictable_pgs_stranded     0

            /proc/a/status
              VmLck:   4 kB

            /proc/a/smaps
              pages 0-0  Size 4 kB  Rss 4 kB  Pss 4 kB  Locked 4 kB  VmFlags: rd wr sh lo ??

            /proc/kpageflags
              P        0x00000000828  UPTODATE LRU MMAP
        "#]],
    );
}

#[test]
fn a_page_freed_with_its_mark_leaves_the_counter_wrong() {
    check(
        &run("shared-i-mmap"),
        u32::MAX,
        expect![[r#"
            After step 98 of 98.

            /proc/vmstat
              nr_mlock                     1
              nr_unevictable               0
              unevictable_pgs_culled       1
              unevictable_pgs_scanned      0
              unevictable_pgs_rescued      0
              unevictable_pgs_mlocked      1
              unevictable_pgs_munlocked    0
              unevictable_pgs_cleared      0
              unevictable_pgs_stranded     0

            /proc/a/status
              VmLck:   4 kB

            /proc/a/smaps
              pages 0-0  Size 4 kB  Rss 0 kB  Pss 0 kB  Locked 0 kB  VmFlags: rd wr sh lo ??

            /proc/kpageflags
              P        0x00200000008  UPTODATE MLOCKED
        "#]],
    );
}

#[test]
fn the_patched_kernel_counts_what_it_cleared() {
    check(
        &run("after"),
        u32::MAX,
        expect![[r#"
            After step 82 of 82.

            /proc/vmstat
              nr_mlock                     0
              nr_unevictable               0
              unevictable_pgs_culled       0
              unevictable_pgs_scanned      0
              unevictable_pgs_rescued      0
              unevictable_pgs_mlocked      1
              unevictable_pgs_munlocked    0
              unevictable_pgs_cleared      1
              unevictable_pgs_stranded     0

            /proc/a/status
              VmLck:   4 kB

            /proc/a/smaps
              pages 0-0  Size 4 kB  Rss 0 kB  Pss 0 kB  Locked 0 kB  VmFlags: rd wr sh lo ??

            /proc/kpageflags
        "#]],
    );
}

#[test]
fn kernels_in_words() {
    let words = [
        "before",
        "after",
        "shared-i-mmap",
        "before,recheck=off",
        "shared-i-mmap,recheck=off",
    ]
    .map(|kernel| run(kernel).headline().kernel);
    expect![[r#"
        before the patch
        after the patch
        before the patch, with i_mmap_rwsem shared
        before the patch, with recheck=off
        before the patch, with i_mmap_rwsem shared and recheck=off"#]]
    .assert_eq(&words.join("\n"));
}
