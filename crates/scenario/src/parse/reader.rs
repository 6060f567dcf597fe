//! Taking values out of TOML tables, noting on the way what is wrong with them.

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Said;
use crate::Diagnostic;
use crate::shown::shown;
use crate::suggest::{closest, list};

/// What has been found wrong so far.
#[derive(Default)]
pub(crate) struct Problems(RefCell<Vec<Diagnostic>>);

impl Problems {
    /// The most that are kept; a file with more needs another kind of help.
    const MOST: usize = 100;

    pub(super) fn add(&self, problem: Diagnostic) {
        let mut found = self.0.borrow_mut();
        if found.len() < Self::MOST {
            found.push(problem);
        }
    }

    pub(super) fn any(&self) -> bool {
        !self.0.borrow().is_empty()
    }

    pub(super) fn take(&self) -> Vec<Diagnostic> {
        self.0.take()
    }
}

/// A table being read. Keys nobody asked for are a problem, told by [`Table::finish`].
pub(crate) struct Table<'t> {
    entries: &'t DeTable<'t>,
    span: Range<usize>,
    what: &'static str,
    pub problems: &'t Problems,
    known: RefCell<Vec<&'static str>>,
    /// Where keys stand that a message already took for misspelt ones.
    told: RefCell<Vec<Range<usize>>>,
}

type Value<'t> = Spanned<DeValue<'t>>;

impl<'t> Table<'t> {
    /// A table at `span`, called `what` in messages.
    pub(super) fn new(
        entries: &'t DeTable<'t>,
        span: Range<usize>,
        what: &'static str,
        problems: &'t Problems,
    ) -> Self {
        Self {
            entries,
            span,
            what,
            problems,
            known: RefCell::default(),
            told: RefCell::default(),
        }
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The value of a key, if it is there.
    pub(super) fn get(&self, key: &'static str) -> Option<&'t Value<'t>> {
        self.known.borrow_mut().push(key);
        self.entries.get(key)
    }

    /// The same, asked without saying that the key means something here unless it is there.
    pub(super) fn get_if_any(&self, key: &'static str) -> Option<&'t Value<'t>> {
        self.entries.contains_key(key).then(|| self.get(key))?
    }

    /// The value of a key that has to be there.
    pub(super) fn need(&self, key: &'static str) -> Option<&'t Value<'t>> {
        let value = self.get(key);
        if value.is_none() {
            let near = self.misspelt(key);
            let problem = Diagnostic::new(
                "missing-key",
                self.span(),
                format!("{} needs `{key}`", self.what),
            );
            self.problems.add(match near {
                Some(near) => {
                    self.told.borrow_mut().push(near.clone());
                    problem.also(near, format!("is this meant to be `{key}`?"))
                }
                None => problem.label(format!("no `{key}` here")),
            });
        }
        value
    }

    /// A key that was probably meant to be this one.
    fn misspelt(&self, key: &'static str) -> Option<Range<usize>> {
        let keys = self.entries.iter().map(|(name, _)| name);
        let near = keys
            .filter(|name| closest(name.get_ref(), [key]).is_some())
            .find(|name| {
                let known = self.known.borrow();
                !known.iter().any(|known| *known == name.get_ref().as_ref())
            });
        near.map(Spanned::span)
    }

    /// A string that has to be there and says something.
    pub(super) fn text(&self, key: &'static str, source: &str) -> Option<Said> {
        let said = self.said(key, self.need(key)?, source)?;
        if said.text.trim().is_empty() {
            self.problems.add(
                Diagnostic::new("empty", said.span, format!("`{key}` is empty"))
                    .label("say something here"),
            );
            return None;
        }
        Some(said)
    }

    /// A string that may be left out, and is empty then.
    pub(super) fn optional_text(&self, key: &'static str, source: &str) -> String {
        let said = self
            .get(key)
            .and_then(|value| self.said(key, value, source));
        said.map(|said| said.text).unwrap_or_default()
    }

    /// A list of strings; empty if it is left out.
    pub(super) fn texts(&self, key: &'static str, source: &str) -> Vec<Said> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        self.list(key, value, source).unwrap_or_default()
    }

    /// A value that has to be a list of strings; what in it is none is noted and left out.
    pub(super) fn list(
        &self,
        key: &'static str,
        value: &Value<'_>,
        source: &str,
    ) -> Option<Vec<Said>> {
        let Some(values) = value.get_ref().as_array() else {
            self.wrong(key, value, "a list of strings");
            return None;
        };
        let said = values.iter();
        Some(
            said.filter_map(|value| self.said(key, value, source))
                .collect(),
        )
    }

    /// A value that is either so or not.
    pub(super) fn flag(&self, key: &'static str, value: &Value<'_>) -> Option<bool> {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong(key, value, "`true` or `false`");
        }
        flag
    }

    /// A whole number that is not negative.
    pub(super) fn number(
        &self,
        key: &'static str,
        value: &Value<'_>,
        from: u64,
        to: u64,
    ) -> Option<u64> {
        let Some(integer) = value.get_ref().as_integer() else {
            self.wrong(key, value, "a whole number");
            return None;
        };
        let digits = integer.as_str().replace('_', "");
        let number = i128::from_str_radix(&digits, integer.radix()).ok();
        let found = number
            .and_then(|number| u64::try_from(number).ok())
            .filter(|number| (from..=to).contains(number));
        if found.is_none() {
            self.problems.add(
                Diagnostic::new(
                    "out-of-range",
                    value.span(),
                    format!("`{key}` is a number from {from} to {to}"),
                )
                .label("out of range"),
            );
        }
        found
    }

    /// The tables of `[[key]]`.
    pub(super) fn tables(&self, key: &'static str, what: &'static str) -> Vec<Table<'t>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let Some(values) = value.get_ref().as_array() else {
            self.problems.add(
                Diagnostic::new(
                    "not-tables",
                    value.span(),
                    format!("`{key}` is a list of tables"),
                )
                .help(format!("write `[[{key}]]` above each of them")),
            );
            return Vec::new();
        };
        values
            .iter()
            .filter_map(|value| self.table(key, value, what))
            .collect()
    }

    /// A value that has to be a table.
    pub(super) fn table(
        &self,
        key: &'static str,
        value: &'t Value<'t>,
        what: &'static str,
    ) -> Option<Table<'t>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong(key, value, "a table");
        }
        Some(Table::new(table?, value.span(), what, self.problems))
    }

    /// The keys with their values, in the order of the text.
    pub(super) fn iter(
        &self,
    ) -> impl Iterator<Item = (&'t str, Range<usize>, &'t Value<'t>)> + use<'t> {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        entries
            .into_iter()
            .map(|(key, value)| (key.get_ref().as_ref(), key.span(), value))
    }

    /// A string value, with where it stands.
    pub(super) fn said(&self, key: &'static str, value: &Value<'_>, source: &str) -> Option<Said> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong(key, value, "a string");
            return None;
        };
        let span = value.span();
        let inside = source.get(span.clone()).unwrap_or("");
        // The quotes, and the line break TOML drops after three of them, are what may stand in front.
        let quotes = inside.len() - inside.trim_start_matches(['"', '\'']).len();
        let start = inside.find(text).filter(|start| {
            *start <= quotes + 2 && text.len() + start + quotes >= inside.len() - 2
        });
        Some(Said {
            text: text.to_owned(),
            start: start.map(|start| span.start + start),
            span,
        })
    }

    /// Notes that a value is of the wrong type.
    pub(super) fn wrong(&self, key: &str, value: &Value<'_>, expected: &str) {
        let found = value.get_ref().type_str();
        self.problems.add(
            Diagnostic::new("wrong-type", value.span(), format!("`{key}` is {expected}"))
                .label(format!("found {found}")),
        );
    }

    /// Notes the keys that mean nothing here.
    pub(super) fn finish(self) {
        self.note_unknown();
    }

    /// The same, for a table that is still needed.
    pub(super) fn note_unknown(&self) {
        let known = self.known.borrow();
        for (name, _) in self.entries.iter() {
            let key: &str = name.get_ref();
            if known.contains(&key) || self.told.borrow().contains(&name.span()) {
                continue;
            }
            let missing: Vec<&str> = known
                .iter()
                .copied()
                .filter(|known| !self.entries.contains_key(*known))
                .collect();
            let problem = Diagnostic::new(
                "unknown-key",
                name.span(),
                format!("`{}` means nothing in {}", shown(key), self.what),
            )
            .help(format!("{} has {}", self.what, list(&known)));
            self.problems.add(match closest(key, missing) {
                Some(close) => problem.label(format!("did you mean `{close}`?")),
                None => problem.label("unknown key"),
            });
        }
    }
}
