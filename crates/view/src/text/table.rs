//! A run as a table for a terminal: aligned, without colour, as wide as it is told to be.

use super::wrap::{columns_of, padded, wrap};
use super::{Account, counted};
use crate::scene::ThreadRow;

/// The width when nothing is known about the terminal.
pub const WIDTH: usize = 100;

/// The narrowest width a table is made for; with less, lines are longer than asked.
pub const MIN_WIDTH: usize = 60;

/// The space between two columns.
const GAP: &str = "  ";

/// From this width on there is room for the names of the threads in every row; below, there are letters and a line that explains them.
const NAMES_WIDTH: usize = 120;

/// How much room a wide column has to be left with.
const MIN_COLUMN: usize = 8;

const HEADS: [&str; 6] = [
    "step",
    "thread",
    "function:line",
    "what",
    "changed",
    "locks held",
];

/// A run as a table: step, thread, function and line, what, what changed, locks.
///
/// `"` in the last column says that the locks are those of the line above.
pub fn table(account: &Account<'_>, width: usize) -> String {
    let has_names = width >= NAMES_WIDTH;
    let cells = cells(account, has_names);
    let widths = widths(&cells, width.max(MIN_WIDTH));
    let mut out = String::new();
    push(
        &mut out,
        &format!("{}, {}", account.headline.title, account.headline.kernel),
    );
    push(&mut out, "");
    push_row(&mut out, &HEADS.map(str::to_owned), &widths);
    let rules = widths.map(|width| "-".repeat(width));
    push_row(&mut out, &rules, &widths);
    for (row, cells) in account.rows.iter().zip(&cells) {
        if let Some(beat) = &row.beat {
            push(&mut out, &format!("{}{GAP}# {beat}", " ".repeat(widths[0])));
        }
        push_row(&mut out, cells, &widths);
    }
    push(&mut out, "");
    push(&mut out, &account.verdict_line());
    for (text, step) in account.broken_properties() {
        push(&mut out, &format!("broken: {text} (step {step})"));
    }
    if let Some(parting) = &account.score.parting {
        push(&mut out, &format!("order changed: {}", parting.text));
    }
    let steps = counted(account.rows.len(), "step", "steps");
    let switches = counted(
        account.score.switches as usize,
        "context switch",
        "context switches",
    );
    push(
        &mut out,
        &format!("{steps}, {switches}, schedule {}", account.score.executed),
    );
    if !account.end.log.is_empty() {
        push(&mut out, "");
    }
    for line in &account.end.log {
        push(&mut out, line);
    }
    out
}

fn cells(account: &Account<'_>, has_names: bool) -> Vec<[String; 6]> {
    let mut locks_before = String::new();
    let mut cells = Vec::with_capacity(account.rows.len());
    for row in account.rows {
        let column = account
            .score
            .columns
            .iter()
            .find(|column| column.step == row.step);
        let locks = if has_names {
            row.locks.clone()
        } else {
            by_letter(&row.locks, &account.score.threads)
        };
        let shown = match locks.as_str() {
            "" => "-".to_owned(),
            same if same == locks_before => "\"".to_owned(),
            new => new.to_owned(),
        };
        locks_before = locks;
        cells.push([
            row.step.0.to_string(),
            if has_names {
                format!("{} {}", row.thread.letter(), row.name)
            } else {
                row.thread.letter().to_string()
            },
            format!("{}:{}", row.place.function, row.place.line),
            column.map_or_else(|| row.what.clone(), |column| column.text.clone()),
            row.changed.clone(),
            shown,
        ]);
    }
    cells
}

/// The locks in words with letters for names: "A page lock, ptl; B i_mmap_rwsem".
fn by_letter(locks: &str, threads: &[ThreadRow]) -> String {
    let mut locks = locks.to_owned();
    for row in threads {
        locks = locks.replace(
            &format!("{}: ", row.name),
            &format!("{} ", row.thread.letter()),
        );
    }
    locks
}

/// The widths of the columns: the first three as wide as they need, the others sharing what is left.
fn widths(cells: &[[String; 6]], width: usize) -> [usize; 6] {
    let mut widths = HEADS.map(columns_of);
    for row in cells {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(columns_of(cell));
        }
    }
    let gaps = GAP.len() * (widths.len() - 1);
    let fixed = widths[0] + widths[1] + gaps;
    // A long function name may not squeeze out what happened.
    widths[2] = widths[2]
        .min(width.saturating_sub(fixed) / 3)
        .max(MIN_COLUMN);
    let mut room = width.saturating_sub(fixed + widths[2]);
    let mut open = vec![3, 4, 5];
    while !open.is_empty() {
        let share = room / open.len();
        match open.iter().position(|column| widths[*column] <= share) {
            Some(at) => room -= widths[open.remove(at)],
            None => {
                for column in open.drain(..) {
                    widths[column] = share.max(MIN_COLUMN);
                }
            }
        }
    }
    widths
}

fn push_row(out: &mut String, cells: &[String; 6], widths: &[usize; 6]) {
    let mut columns = Vec::with_capacity(cells.len());
    for (idx, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let lines = wrap(cell, *width);
        // Numbers stand right, words left.
        let align = |line: &String| {
            if idx == 0 {
                format!("{line:>width$}")
            } else {
                padded(line, *width)
            }
        };
        columns.push(lines.iter().map(align).collect::<Vec<_>>());
    }
    let height = columns.iter().map(Vec::len).max().unwrap_or(0);
    for line in 0..height {
        let parts = columns
            .iter()
            .zip(widths)
            .map(|(column, width)| match column.get(line) {
                Some(text) => text.clone(),
                None => " ".repeat(*width),
            });
        push(out, &parts.collect::<Vec<_>>().join(GAP));
    }
}

fn push(out: &mut String, line: &str) {
    out.push_str(line.trim_end());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::super::fixture::{AFTER, FOUR, Play};
    use super::table;

    fn check(play: &str, width: usize, expect: Expect) {
        let text = table(&Play::of(play).account(), width);
        let rows = text
            .lines()
            .take_while(|line| !line.contains(", schedule "));
        for line in rows {
            assert!(line.chars().count() <= width, "{line:?}");
        }
        expect.assert_eq(&text);
    }

    #[test]
    fn a_terminal_of_the_usual_width() {
        check(
            AFTER,
            100,
            expect![[r#"
                Truncation against reclaim, before the patch

                step  thread  function:line           what                 changed              locks held
                ----  ------  ----------------------  -------------------  -------------------  -------------------
                   1  A       shrink_page_list:63     tries page lock,                          A page lock
                                                      gets it
                   2  A       rmap_walk_anon:88       takes anon_vma                            A page lock,
                                                                                                anon_vma
                   3  A       page_check_address:22   takes ptl                                 A page lock,
                                                                                                anon_vma, ptl
                   4  A       try_to_unmap_one:121    reads VM_LOCKED: 1                        "
                   5  B       truncate_setsize:12     sets i_size to 0     i_size: 4096 -> 0    "
                   6  B       unmap_mapping_range:30  takes i_mmap_rwsem                        A page lock,
                                                                                                anon_vma, ptl; B
                                                                                                i_mmap_rwsem
                      # The flag is set
                   7  A       mlock_vma_page:14       sets PG_mlocked      PG_mlocked: 0 -> 1   "
                   8  A       isolate_lru_page:12     reads PG_lru: 1                           "
                   9  A       try_to_unmap_one:128    drops ptl                                 A page lock,
                                                                                                anon_vma; B
                                                                                                i_mmap_rwsem
                  10  B       zap_pte_range:51        takes ptl                                 A page lock,
                                                                                                anon_vma; B
                                                                                                i_mmap_rwsem, ptl
                  11  B       zap_pte_range:57        clears pte           pte: page, dirty ->  "
                                                                           none
                      # The flag is cleared
                  12  B       clear_page_mlock:31     clears PG_mlocked    PG_mlocked: 1 -> 0   "
                  13  B       zap_pte_range:66        drops ptl                                 A page lock,
                                                                                                anon_vma; B
                                                                                                i_mmap_rwsem
                  14  B       unmap_mapping_range:38  drops i_mmap_rwsem                        A page lock,
                                                                                                anon_vma
                  15  A       rmap_walk_anon:96       drops anon_vma                            A page lock
                  16  A       shrink_page_list:90     drops page lock                           -
                  17  A       free_pages_check:20     reads PG_mlocked: 0                       -

                Ended well: page freed clean
                17 steps, 4 context switches, schedule A4B2A3B5A3
            "#]],
        );
    }

    #[test]
    fn a_wide_terminal() {
        check(
            FOUR,
            130,
            expect![[r#"
            Truncation against reclaim, before the patch

            step  thread      function:line               what                      changed             locks held
            ----  ----------  --------------------------  ------------------------  ------------------  --------------------------------------
               1  A Reclaim   shrink_page_list:63         tries page lock, gets it                      Reclaim: page lock
               2  B Truncate  unmap_mapping_range:30      takes i_mmap_rwsem                            Reclaim: page lock; Truncate:
                                                                                                        i_mmap_rwsem
               3  C Exit      munlock_vma_pages_range:80  sets VM_LOCKED to 0       VM_LOCKED: 1 -> 0   "
               4  D Mlock     mlock_vma_page:14           sets PG_mlocked           PG_mlocked: 0 -> 1  "
               5  A Reclaim   shrink_page_list:90         drops page lock                               Truncate: i_mmap_rwsem
               6  B Truncate  unmap_mapping_range:38      drops i_mmap_rwsem                            -
               7  D Mlock     mlock_fixup:20              tries page lock, gets it                      Mlock: page lock
               8  D Mlock     mlock_fixup:22              drops page lock                               -

            Still open
            8 steps, 6 context switches, schedule ABCDABD2
        "#]],
        );
    }

    #[test]
    fn a_narrow_terminal() {
        check(
            FOUR,
            60,
            expect![[r#"
                Truncation against reclaim, before the patch

                step  thread  function:line  what       changed    locks
                                                                   held
                ----  ------  -------------  ---------  ---------  ---------
                   1  A       shrink_page_   tries                 A page
                              list:63        page                  lock
                                             lock,
                                             gets it
                   2  B       unmap_         takes                 A page
                              mapping_       i_mmap_               lock; B
                              range:30       rwsem                 i_mmap_
                                                                   rwsem
                   3  C       munlock_vma_   sets       VM_        "
                              pages_range:   VM_LOCKED  LOCKED: 1
                              80             to 0       -> 0
                   4  D       mlock_vma_     sets       PG_        "
                              page:14        PG_        mlocked:
                                             mlocked    0 -> 1
                   5  A       shrink_page_   drops                 B
                              list:90        page lock             i_mmap_
                                                                   rwsem
                   6  B       unmap_         drops                 -
                              mapping_       i_mmap_
                              range:38       rwsem
                   7  D       mlock_fixup:   tries                 D page
                              20             page                  lock
                                             lock,
                                             gets it
                   8  D       mlock_fixup:   drops                 -
                              22             page lock

                Still open
                8 steps, 6 context switches, schedule ABCDABD2
            "#]],
        );
    }
}
