//! Short names for what a program and its script call each other by.
//!
//! `wasm-bindgen` gives every function that crosses between the two a name with a hash in it, which no compression makes
//! small and which nobody reads. Both files are of one build, so any names will do that are the same in both.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// The kinds of section of a program that hold such names.
const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;

/// Shortens the names in every program of a folder that has a script beside it.
pub(crate) fn shorten(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("could not read {folder:?}"))? {
        let program = entry?.path();
        let name = program.to_string_lossy().into_owned();
        let Some(script) = name
            .strip_suffix("_bg.wasm")
            .map(|stem| format!("{stem}.js"))
        else {
            continue;
        };
        let text =
            fs::read_to_string(&script).with_context(|| format!("could not read {script}"))?;
        let bytes = fs::read(&program).with_context(|| format!("could not read {name}"))?;
        let (bytes, names) = with_short_names(&bytes)
            .with_context(|| format!("could not shorten the names in {name}"))?;
        fs::write(&program, bytes).with_context(|| format!("could not write {name}"))?;
        fs::write(&script, in_script(&text, &names))
            .with_context(|| format!("could not write {script}"))?;
    }
    Ok(())
}

/// The long names of a program, and what they became.
type Names = BTreeMap<String, String>;

/// A program with short names, and which those are.
fn with_short_names(program: &[u8]) -> Result<(Vec<u8>, Names)> {
    let mut names = Names::new();
    let mut from = Bytes(program);
    let mut to = from.take(8)?.to_vec();
    while !from.0.is_empty() {
        let kind = from.byte()?;
        let length = from.number()?;
        let section = Bytes(from.take(length)?);
        let section = match kind {
            IMPORTS => renamed(section, &mut names, true)?,
            EXPORTS => renamed(section, &mut names, false)?,
            _ => section.0.to_vec(),
        };
        to.push(kind);
        put_text(&mut to, &section);
    }
    Ok((to, names))
}

/// A section of imports or exports with short names.
fn renamed(mut from: Bytes<'_>, names: &mut Names, is_import: bool) -> Result<Vec<u8>> {
    let mut to = Vec::new();
    let count = from.number()?;
    put_number(&mut to, count);
    for _ in 0..count {
        if is_import {
            let module = from.text()?;
            put_text(&mut to, module);
        }
        let name = std::str::from_utf8(from.text()?)?;
        put_text(&mut to, short(name, names).as_bytes());
        let what = from.rest_of_entry(is_import)?;
        to.extend_from_slice(what);
    }
    Ok(to)
}

/// What a name becomes. Those with two underscores in front, or the crate's own, are between program and script alone.
fn short(name: &str, names: &mut Names) -> String {
    if !(name.starts_with("__") || name.starts_with("wasm_bindgen__")) {
        return name.to_owned();
    }
    let next = format!("_{}", names.len());
    names.entry(name.to_owned()).or_insert(next).clone()
}

/// A script with the names a program has now.
fn in_script(script: &str, names: &Names) -> String {
    let mut to = String::new();
    let is_inside = |sign: char| sign.is_ascii_alphanumeric() || sign == '_' || sign == '$';
    let mut rest = script;
    while let Some(start) = rest.find(is_inside) {
        let word = &rest[start..];
        let word = &word[..word.find(|sign| !is_inside(sign)).unwrap_or(word.len())];
        to.push_str(&rest[..start]);
        to.push_str(names.get(word).map_or(word, String::as_str));
        rest = &rest[start + word.len()..];
    }
    to + rest
}

/// Bytes still to be read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self
            .0
            .split_at_checked(count)
            .context("the program ends too early")?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    /// A number in groups of seven bits, the lowest first.
    fn number(&mut self) -> Result<usize> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            if shift > 28 {
                bail!("a number is too long");
            }
            number |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
    }

    /// A length, and that many bytes.
    fn text(&mut self) -> Result<&'a [u8]> {
        let length = self.number()?;
        self.take(length)
    }

    /// What follows the name of an import or export: its kind, and a description of what is imported, or the number of what is
    /// exported.
    fn rest_of_entry(&mut self, is_import: bool) -> Result<&'a [u8]> {
        let start = self.0;
        let kind = self.byte()?;
        match (is_import, kind) {
            // A function, by its type, or anything exported, by its number.
            (true, 0) | (false, _) => _ = self.number()?,
            // A table has a kind of reference before its limits, and a memory has only limits.
            (true, 1 | 2) => {
                if kind == 1 {
                    self.byte()?;
                }
                let has_end = self.byte()? & 1 == 1;
                self.number()?;
                if has_end {
                    self.number()?;
                }
            }
            // A variable has a type, and may change or not.
            (true, 3) => _ = self.take(2)?,
            _ => bail!("there is no import of kind {kind}"),
        }
        Ok(&start[..start.len() - self.0.len()])
    }
}

fn put_number(to: &mut Vec<u8>, mut number: usize) {
    while number > 0x7f {
        to.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

fn put_text(to: &mut Vec<u8>, text: &[u8]) {
    put_number(to, text.len());
    to.extend_from_slice(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program that imports a function and a table and exports two things, with names of a length that needs two bytes.
    fn program(imports: &[&str], exports: &[&str]) -> Vec<u8> {
        let mut program = b"\0asm\x01\0\0\0".to_vec();
        let mut section = vec![2];
        for (name, what) in imports.iter().zip([&[0, 5][..], &[1, 0x70, 1, 1, 0x80, 1]]) {
            put_text(&mut section, b"./app_bg.js");
            put_text(&mut section, name.as_bytes());
            section.extend_from_slice(what);
        }
        program.push(IMPORTS);
        put_text(&mut program, &section);
        program.extend([10, 3, 1, 2, 3]);
        let mut section = vec![2];
        for name in exports {
            put_text(&mut section, name.as_bytes());
            section.extend([0, 7]);
        }
        program.push(EXPORTS);
        put_text(&mut program, &section);
        program
    }

    #[test]
    fn a_program_keeps_everything_but_its_long_names() {
        let long = format!("__wbg_{}", "x".repeat(140));
        let old = program(&[&long, "__wbg_grow"], &["memory", "__wbindgen_malloc"]);
        let (new, names) = with_short_names(&old).expect("a program");
        assert_eq!(new, program(&["_0", "_1"], &["memory", "_2"]));
        assert_eq!(names[&long], "_0");
        assert!(with_short_names(&old[..old.len() - 1]).is_err());
    }

    #[test]
    fn a_script_is_changed_word_by_word() {
        let names = Names::from([
            ("__wbg_a".to_owned(), "_0".to_owned()),
            ("__wbg_a_1".to_owned(), "_1".to_owned()),
        ]);
        assert_eq!(
            in_script(
                "({__wbg_a:e,__wbg_a_1:f,x__wbg_a:w.__wbg_a})\"\u{e9}\"",
                &names
            ),
            "({_0:e,_1:f,x__wbg_a:w._0})\"\u{e9}\""
        );
    }
}
