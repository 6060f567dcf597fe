//! Mails of hand-written plays, as they would be sent.

use expect_test::{Expect, expect};

use super::super::fixture::{AFTER, BEFORE, FOUR, Play};
use super::{Detail, WIDTH, mail};

fn check(play: &str, detail: Detail, expect: Expect) {
    let text = mail(&Play::of(play).account(), detail);
    for line in text.lines() {
        assert!(
            line.len() <= WIDTH && line.is_ascii() && line.trim_end() == line,
            "{line:?}"
        );
    }
    expect.assert_eq(&text);
}

#[test]
fn the_race_before_the_patch() {
    check(
        BEFORE,
        Detail::Concise,
        expect![[r#"
            Truncation against reclaim, before the patch

            A page is freed while it is still marked as locked in memory. Who is to
            blame?

            Set up by:
              mmap(file, private); write fault: a private copy; mlock(addr, 4096)

                A Reclaim                          B Truncate
                ---------------------------------  ---------------------------------
             1  lock lru_lock; clear PG_lru;
                  unlock lru_lock
                # Reclaim locks the page
             4  trylock page lock
                  (shrink_page_list)
             5  PG_mlocked is 0; lock anon_vma;
                  pte is page, dirty; lock ptl;
                  VM_LOCKED is 1
                # The window opens
            10  unlock ptl (try_to_unmap_one)
            11                                     set i_size to 0;
                                                     lock i_mmap_rwsem; lock ptl
                                                   # The page loses its mapping
            14                                     clear pte (zap_pte_range)
            15                                     set mapcount to 0
                                                   # No flag to clear
            16                                     PG_mlocked is 0
                                                     (page_remove_rmap)
            17                                     unlock ptl;
                                                     trylock page lock, fails;
                                                     set refs to 1;
                                                     unlock i_mmap_rwsem
            21  trylock mmap_sem; VM_LOCKED is 1
                # The flag is set
            23  set PG_mlocked (mlock_vma_page)
            24  unlock mmap_sem; unlock anon_vma;
                  unlock page lock;
                  set PG_unevictable;
                  set refs to 0
                # The page is freed
            29  PG_mlocked is 1
                  (free_pages_check)

            Broken at step 29: page freed while mlocked
              broken: A freed page is never mlocked (step 29)

            The kernel prints:
              BUG: Bad page state in process kswapd0  pfn:1a2b3
              page:ffffea0000068ac0 count:0 mapcount:0 mapping: (null)
                index:0x7f0000000
              flags: 0x40000000180048(uptodate|dirty|swapbacked|mlocked)
              page dumped because: PAGE_FLAGS_CHECK_AT_FREE flag(s) set
              bad because of flags:
              flags: 0x100000(mlocked)

            A run of a model of the code, one atomic step at a time; not of a
            kernel. Memory reordering is not modelled.
              scenario  truncate-cow-vs-reclaim
              kernel    before the patch
              schedule  A10B10A9
              length    29 steps, 2 context switches
        "#]],
    );
}

#[test]
fn the_same_order_after_the_patch() {
    check(
        AFTER,
        Detail::Full,
        expect![[r#"
            Truncation against reclaim, before the patch

            A page is freed while it is still marked as locked in memory. Who is to
            blame?

            Set up by:
              mmap(file, private); write fault: a private copy; mlock(addr, 4096)

                A Reclaim                          B Truncate
                ---------------------------------  ---------------------------------
                shrink_page_list():
             1    trylock page lock
                rmap_walk_anon():
             2    lock anon_vma
                page_check_address():
             3    lock ptl
                try_to_unmap_one():
             4    VM_LOCKED is 1
                                                   truncate_setsize():
             5                                       set i_size to 0
                                                   unmap_mapping_range():
             6                                       lock i_mmap_rwsem
                                                     (waits for ptl, held by A)
                mlock_vma_page():
                  # The flag is set
             7    set PG_mlocked
                isolate_lru_page():
             8    PG_lru is 1
                try_to_unmap_one():
             9    unlock ptl
                                                   zap_pte_range():
            10                                       lock ptl; clear pte
                                                   clear_page_mlock():
                                                     # The flag is cleared
            12                                       clear PG_mlocked
                                                   zap_pte_range():
            13                                       unlock ptl
                                                   unmap_mapping_range():
            14                                       unlock i_mmap_rwsem
                rmap_walk_anon():
            15    unlock anon_vma
                shrink_page_list():
            16    unlock page lock
                free_pages_check():
            17    PG_mlocked is 0

            Ended well: page freed clean

            A run of a model of the code, one atomic step at a time; not of a
            kernel. Memory reordering is not modelled.
              scenario  truncate-cow-vs-reclaim
              kernel    before the patch
              schedule  A4B2A3B5A3
              length    17 steps, 4 context switches
        "#]],
    );
}

#[test]
fn four_threads_share_the_width() {
    check(
        FOUR,
        Detail::Concise,
        expect![[r#"
            Truncation against reclaim, before the patch

            A page is freed while it is still marked as locked in memory. Who is to
            blame?

            Set up by:
              mmap(file, private); write fault: a private copy; mlock(addr, 4096)

               A Reclaim        B Truncate       C Exit           D Mlock
               ---------------  ---------------  ---------------  ---------------
            1  trylock page
                lock
            2                   lock
                                 i_mmap_rwsem
            3                                    set VM_LOCKED
                                                  to 0
            4                                                     set PG_mlocked
            5  unlock page
                lock
            6                   unlock
                                 i_mmap_rwsem
                                                 (waits for page
                                                  lock, held by
                                                  D)
            7                                                     trylock page
                                                                   lock
            8                                                     unlock page
                                                                   lock
                                                                   (mlock_fixup)

            Still open

            A run of a model of the code, one atomic step at a time; not of a
            kernel. Memory reordering is not modelled.
              scenario  truncate-cow-vs-reclaim
              kernel    before the patch
              schedule  ABCDABD2
              length    8 steps, 6 context switches
        "#]],
    );
}

#[test]
fn a_run_of_no_steps() {
    check(
        "",
        Detail::Full,
        expect![[r#"
            Truncation against reclaim, before the patch

            A page is freed while it is still marked as locked in memory. Who is to
            blame?

            Set up by:
              mmap(file, private); write fault: a private copy; mlock(addr, 4096)

               A Reclaim                          B Truncate
               ---------------------------------  ---------------------------------
               (nothing has run)

            Still open

            A run of a model of the code, one atomic step at a time; not of a
            kernel. Memory reordering is not modelled.
              scenario  truncate-cow-vs-reclaim
              kernel    before the patch
              length    0 steps, 0 context switches
        "#]],
    );
}
