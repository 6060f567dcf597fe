//! A run as a Markdown table, for issues and wikis.

use super::{Account, HONESTY, counted};

/// A run as Markdown: a heading, the table of its steps, how it ended and what the kernel printed.
pub fn markdown(account: &Account<'_>) -> String {
    let mut out = format!(
        "### {}, {}\n\n",
        escape(&account.headline.title),
        escape(&account.headline.kernel)
    );
    out.push_str("| Step | Thread | Line | What | Changed | Locks held |\n");
    out.push_str("| ---: | --- | --- | --- | --- | --- |\n");
    for row in account.rows {
        let beat = row
            .beat
            .as_ref()
            .map_or_else(String::new, |beat| format!("**{}.** ", escape(beat)));
        out.push_str(&format!(
            "| {} | {} {} | {} {}:{} | {beat}{} | {} | {} |\n",
            row.step.0,
            row.thread.letter(),
            escape(&row.name),
            code(&row.place.function),
            escape(&row.place.file),
            row.place.line,
            escape(&row.what),
            escape(&row.changed),
            escape(&row.locks),
        ));
    }
    out.push_str(&format!("\n**{}**\n", escape(&account.verdict_line())));
    for (text, step) in account.broken_properties() {
        out.push_str(&format!("\nBroken at step {step}: {}.\n", escape(text)));
    }
    if let Some(parting) = &account.score.parting {
        out.push_str(&format!("\nOrder changed: {}\n", escape(&parting.text)));
    }
    if !account.end.log.is_empty() {
        let fence = fence(&account.end.log);
        out.push_str(&format!(
            "\n{fence}text\n{}\n{fence}\n",
            account.end.log.join("\n")
        ));
    }
    let steps = counted(account.rows.len(), "step", "steps");
    let switches = counted(
        account.score.switches as usize,
        "context switch",
        "context switches",
    );
    out.push_str(&format!(
        "\nScenario {}, schedule {}, {steps}, {switches}. {HONESTY}\n",
        code(&account.headline.scenario),
        code(&account.score.executed),
    ));
    out
}

/// Text of one cell, with every sign taken literally.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '|' | '\\' | '`' | '*' | '[' | ']' | '~' => out.extend(['\\', sign]),
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            _ if sign.is_control() => out.push(' '),
            _ => out.push(sign),
        }
    }
    out
}

/// Text in code font; what code font cannot hold in a table is written plainly.
fn code(text: &str) -> String {
    if text.is_empty() || text.contains(['`', '|', '\n']) {
        escape(text)
    } else {
        format!("`{text}`")
    }
}

/// A fence longer than any in the text.
fn fence(log: &[String]) -> String {
    let longest = log
        .iter()
        .flat_map(|line| line.split(|sign| sign != '`'))
        .map(str::len)
        .max();
    "`".repeat(longest.unwrap_or(0).max(2) + 1)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::super::fixture::{FOUR, Play};
    use super::{escape, markdown};

    fn check(play: &str, expect: Expect) {
        expect.assert_eq(&markdown(&Play::of(play).account()));
    }

    #[test]
    fn a_short_run() {
        check(
            FOUR,
            expect![[r#"
                ### Truncation against reclaim, before the patch

                | Step | Thread | Line | What | Changed | Locks held |
                | ---: | --- | --- | --- | --- | --- |
                | 1 | A Reclaim | `shrink_page_list` vmscan.rs:63 | Reclaim tries page lock, gets it. |  | Reclaim: page lock |
                | 2 | B Truncate | `unmap_mapping_range` memory.rs:30 | Truncate takes i_mmap_rwsem. |  | Reclaim: page lock; Truncate: i_mmap_rwsem |
                | 3 | C Exit | `munlock_vma_pages_range` mlock.rs:80 | Exit sets VM_LOCKED to 0. | VM_LOCKED: 1 -> 0 | Reclaim: page lock; Truncate: i_mmap_rwsem |
                | 4 | D Mlock | `mlock_vma_page` mlock.rs:14 | Mlock sets PG_mlocked. | PG_mlocked: 0 -> 1 | Reclaim: page lock; Truncate: i_mmap_rwsem |
                | 5 | A Reclaim | `shrink_page_list` vmscan.rs:90 | Reclaim drops page lock. |  | Truncate: i_mmap_rwsem |
                | 6 | B Truncate | `unmap_mapping_range` memory.rs:38 | Truncate drops i_mmap_rwsem. |  |  |
                | 7 | D Mlock | `mlock_fixup` mlock.rs:20 | Mlock tries page lock, gets it. |  | Mlock: page lock |
                | 8 | D Mlock | `mlock_fixup` mlock.rs:22 | Mlock drops page lock. |  |  |

                **Still open**

                Scenario `truncate-cow-vs-reclaim`, schedule `ABCDABD2`, 8 steps, 6 context switches. A run of a model of the code, one atomic step at a time; not of a kernel. Memory reordering is not modelled.
            "#]],
        );
    }

    #[test]
    fn signs_of_markdown_are_taken_literally() {
        assert_eq!(
            escape("a|b <c> *d* VM_LOCKED [e]"),
            r"a\|b &lt;c> \*d\* VM_LOCKED \[e\]"
        );
    }
}
