//! Functions of the model that the book quotes.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// A function of the model as it stands in the source, with its doc comment.
pub(crate) fn function(project: &Path, file: &str, name: &str) -> Result<String> {
    let file = format!("crates/mm/src/{file}.rs");
    let source = fs::read_to_string(project.join(&file))
        .with_context(|| format!("could not read {file}"))?;
    quote(&source, name).with_context(|| format!("{file} has no function {name}"))
}

/// The text of a function that stands at the left margin.
fn quote(source: &str, name: &str) -> Option<String> {
    let lines: Vec<&str> = source.lines().collect();
    let signature = format!("pub async fn {name}<");
    let start = lines.iter().position(|line| line.starts_with(&signature))?;
    let doc = lines[..start]
        .iter()
        .rev()
        .take_while(|line| line.starts_with("///"))
        .count();
    let length = lines[start..].iter().position(|line| *line == "}")?;
    Some(lines[start - doc..=start + length].join("\n"))
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn a_quote_is_the_whole_function() {
        let text = "/// Why.\n/// Linux: y.\npub async fn f<C>(c: C) {\n    if c {\n    }\n}";
        let source = format!("use x;\n\n{text}\n\nfn g() {{\n}}\n");
        assert_eq!(quote(&source, "f").as_deref(), Some(text));
        assert_eq!(quote(&source, "g"), None);
    }
}
