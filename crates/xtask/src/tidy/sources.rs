//! Rules about one source file.

use super::SourceFile;

/// A file that is longer than this says in its module doc why it is one file.
const LONG: usize = 600;

/// Checks one file against all rules.
pub(super) fn check(file: &SourceFile, problems: &mut Vec<String>) {
    module_doc(file, problems);
    length(file, problems);
    printing(file, problems);
    if file.name.starts_with("crates/mm/src/") {
        kernel_reference(file, problems);
    }
}

/// Every file says at its top what it is for.
fn module_doc(file: &SourceFile, problems: &mut Vec<String>) {
    if !file.text.trim_start().starts_with("//!") {
        problems.push(format!(
            "{}:1: no module doc; say in `//!` lines what this file is for and why",
            file.name
        ));
    }
}

/// A file holds one idea.
fn length(file: &SourceFile, problems: &mut Vec<String>) {
    let lines = file.text.lines().count();
    let mut doc = file.text.lines().filter(|line| line.starts_with("//!"));
    if lines > LONG && !doc.any(|line| line.contains("long because")) {
        problems.push(format!(
            "{}:1: {lines} lines; split it, or say in the module doc that it is \"long because ...\"",
            file.name
        ));
    }
}

/// Only programs for a terminal print; everything else returns what it has to say.
fn printing(file: &SourceFile, problems: &mut Vec<String>) {
    let is_program = ["crates/cli/", "crates/xtask/"]
        .iter()
        .any(|program| file.name.starts_with(program));
    // A build script speaks to cargo, and a reasoned exception for clippy is one for this rule as well.
    if is_program || file.name.ends_with("/build.rs") || file.text.contains("clippy::print_stdout")
    {
        return;
    }
    for (number, line) in code(&file.text) {
        if ["print!(", "println!(", "eprint!(", "eprintln!("]
            .iter()
            .any(|name| line.contains(name))
        {
            problems.push(format!(
                "{}:{number}: prints; return the text instead",
                file.name
            ));
        }
    }
}

/// Every modelled kernel function says which file of Linux it models.
fn kernel_reference(file: &SourceFile, problems: &mut Vec<String>) {
    let mut documented = false;
    for (index, line) in file.text.lines().enumerate() {
        let line = line.trim_start();
        if line.starts_with("///") {
            documented |= line.contains("Linux:");
        } else if let Some(signature) = line.strip_prefix("pub async fn ") {
            if !documented {
                let name = signature.split(['<', '(']).next().unwrap_or(signature);
                let rule = "has no `Linux: file, function()` in its doc comment";
                problems.push(format!("{}:{}: {name} {rule}", file.name, index + 1));
            }
            documented = false;
        } else if !line.starts_with('#') {
            documented = false;
        }
    }
}

/// The lines that are not comments, with their numbers.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim_start()));
    numbered.filter(|(_, line)| !line.starts_with("//"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(name: &str, text: &str) -> Vec<String> {
        let mut problems = Vec::new();
        check(
            &SourceFile {
                name: name.to_owned(),
                text: text.to_owned(),
            },
            &mut problems,
        );
        problems
    }

    #[test]
    fn a_good_file_passes() {
        let text = "//! Why.\n\n/// Maps.  Linux: mm/rmap.c, try_to_unmap_one().\n#[inline]\npub async fn try_to_unmap_one() {}\n";
        assert_eq!(
            problems("crates/mm/src/rmap.rs", text),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_file_says_what_it_is_for() {
        assert_eq!(problems("crates/view/src/x.rs", "use std::fmt;\n").len(), 1);
    }

    #[test]
    fn a_long_file_says_why() {
        let long = "\n".repeat(LONG);
        assert_eq!(
            problems("crates/view/src/x.rs", &format!("//! Why.\n{long}")).len(),
            1
        );
        assert_eq!(
            problems(
                "crates/view/src/x.rs",
                &format!("//! It is long because of y.\n{long}")
            )
            .len(),
            0
        );
    }

    #[test]
    fn only_programs_print() {
        let text = "//! Why.\n// println!(\"a comment\")\nfn f() { println!(\"x\") }\n";
        assert_eq!(
            problems("crates/view/src/x.rs", text),
            ["crates/view/src/x.rs:3: prints; return the text instead"]
        );
        assert_eq!(problems("crates/cli/src/x.rs", text), Vec::<String>::new());
    }

    #[test]
    fn a_kernel_function_names_its_file() {
        let text = "//! Why.\n\n/// Linux: mm/rmap.c.\nfn private() {}\n\n/// Does.\npub async fn zap<C>(c: &C) {}\n";
        let found = problems("crates/mm/src/memory.rs", text);
        assert_eq!(
            found,
            ["crates/mm/src/memory.rs:7: zap has no `Linux: file, function()` in its doc comment"]
        );
    }
}
