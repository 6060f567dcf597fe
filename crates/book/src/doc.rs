//! The doc comments of a source file, by what they stand on.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use syn::{Attribute, Expr, ImplItem, Item, Lit, Meta};

/// A function and what its source says of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Function {
    /// Its name.
    pub(crate) name: String,
    /// Its doc comment, line by line.
    pub(crate) doc: Vec<String>,
}

/// A source file, read.
pub(crate) struct Source(syn::File);

impl Source {
    /// Reads a file of Rust.
    pub(crate) fn read(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file)
            .with_context(|| format!("could not read {}", file.display()))?;
        Self::of(&text).with_context(|| format!("could not understand {}", file.display()))
    }

    fn of(text: &str) -> Result<Self> {
        Ok(Self(syn::parse_file(text)?))
    }

    /// What the file says of itself, line by line.
    pub(crate) fn doc(&self) -> Vec<String> {
        lines(&self.0.attrs)
    }

    /// Its functions in order, those of types among them.
    pub(crate) fn functions(&self) -> Vec<Function> {
        let mut functions = Vec::new();
        for item in &self.0.items {
            match item {
                Item::Fn(function) => functions.push(Function {
                    name: function.sig.ident.to_string(),
                    doc: lines(&function.attrs),
                }),
                Item::Impl(block) => {
                    for item in &block.items {
                        if let ImplItem::Fn(function) = item {
                            functions.push(Function {
                                name: function.sig.ident.to_string(),
                                doc: lines(&function.attrs),
                            });
                        }
                    }
                }
                _ => {}
            }
        }
        functions
    }
}

/// The lines of a doc comment.
fn lines(attributes: &[Attribute]) -> Vec<String> {
    let docs = attributes.iter().filter_map(|attribute| {
        let Meta::NameValue(pair) = &attribute.meta else {
            return None;
        };
        let Expr::Lit(literal) = &pair.value else {
            return None;
        };
        match &literal.lit {
            Lit::Str(text) if pair.path.is_ident("doc") => Some(text.value().trim().to_owned()),
            _ => None,
        }
    });
    docs.collect()
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn what_is_written_above_a_function_belongs_to_it() {
        let text = "//! Why.\n\n/// Does.\n///\n/// Linux: a.c.\n#[inline]\npub async fn f<C>(c: C) {}\n\nstruct S;\n\nimpl S {\n    /// Is.\n    fn g() {}\n}\n";
        let source = Source::of(text).expect("Rust");
        assert_eq!(source.doc(), ["Why."]);
        let told: Vec<_> = source
            .functions()
            .into_iter()
            .map(|function| (function.name, function.doc.join("|")))
            .collect();
        let expected = [("f", "Does.||Linux: a.c."), ("g", "Is.")];
        let expected = expected.map(|(name, doc)| (name.to_owned(), doc.to_owned()));
        assert_eq!(told, expected);
    }
}
