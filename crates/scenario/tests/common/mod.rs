//! What the tests share: scenarios to start from, and diagnostics as a person would read them.

#![allow(dead_code, reason = "not every test uses all of it")]

use lockstep_scenario::{Diagnostic, Scenario, library};

/// The scenario of this id, from the library.
pub(crate) fn shipped(id: &str) -> Scenario {
    library()
        .into_iter()
        .find(|scenario| scenario.id == id)
        .unwrap_or_else(|| panic!("{id} is in the library"))
}

/// Diagnostics as text: code, line and column, what is pointed at, and everything that is said.
pub(crate) fn told(text: &str, problems: &[Diagnostic]) -> String {
    let mut told = String::new();
    for problem in problems {
        let pointed = &text[problem.span.clone()];
        let pointed = pointed.replace('\n', "\u{2424}");
        let place = place(text, problem.span.start);
        told += &format!(
            "{} at {place} `{pointed}`\n  {}\n",
            problem.code, problem.message
        );
        if !problem.label.is_empty() {
            told += &format!("  here: {}\n", problem.label);
        }
        for label in &problem.labels {
            told += &format!(
                "  {}: {}\n",
                self::place(text, label.span.start),
                label.text
            );
        }
        if let Some(help) = &problem.help {
            told += &format!("  help: {help}\n");
        }
    }
    told
}

fn place(text: &str, at: usize) -> String {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1) + 1;
    format!("{line}:{column}")
}
