//! From a name to what it means: for whoever reads what people write.

use std::ops::Range;

use lockstep_machine::script::Field;
use lockstep_machine::{Address, Gather, ThreadId};

use super::Names;
use super::kinds::{ALSO, Class, FieldKind, LOCKS, fields};
use crate::Diagnostic;
use crate::shown::shown;
use crate::suggest::{list, unknown};

impl Names {
    /// The locks a name means: one if it is qualified (`ptl(a)`), all of the kind if not.
    ///
    /// # Errors
    /// What is wrong with the name, which stands at `span` in its text.
    pub fn find_locks(&self, name: &str, span: Range<usize>) -> Result<Vec<Address>, Diagnostic> {
        let (kind, of) = split(name, &span)?;
        let Some(lock) = LOCKS
            .iter()
            .find(|lock| lock.name.eq_ignore_ascii_case(kind))
        else {
            let names: Vec<_> = LOCKS.iter().map(|lock| lock.name).gather();
            let kind_span = span.start..span.start + kind.len();
            return Err(unknown("unknown-lock", "lock", kind, kind_span, &names));
        };
        let objects = match of {
            Some((of, at)) => self.select(lock.class, of, at)?,
            None => self
                .objects(lock.class)
                .into_iter()
                .map(|(_, object)| object)
                .gather(),
        };
        Ok(objects.into_iter().map(lock.address).gather())
    }

    /// The fields a name means: that of the object in parentheses (`PG_mlocked(P)`), or of the one the scenario is about.
    ///
    /// # Errors
    /// What is wrong with the name, which stands at `span` in its text.
    pub fn find_fields(&self, name: &str, span: Range<usize>) -> Result<Vec<Field>, Diagnostic> {
        let (kind, of) = split(name, &span)?;
        let told = ALSO.iter().find(|(word, _)| *word == kind);
        let kind = told.map_or(kind, |(_, told)| told);
        let fields = fields();
        let Some(field) = fields
            .iter()
            .find(|field| field.name.eq_ignore_ascii_case(kind))
        else {
            let kind_span = span.start..span.start + kind.len();
            return Err(unknown_field(&fields, kind, kind_span));
        };
        let objects = match of {
            Some((of, at)) => self.select(field.class, of, at)?,
            None => match self.main[field.class as usize] {
                Some(object) => vec![object],
                None => {
                    let what = field.class.word();
                    return Err(Diagnostic::new(
                        "which-object",
                        span,
                        format!("`{}` is a field of a {what}, and this scenario is about no {what} in particular", field.name),
                    )
                    .help(format!("name the {what} in parentheses: `{}({})`", field.name, self.example(field.class))));
                }
            },
        };
        Ok(objects
            .into_iter()
            .map(|object| Field {
                address: object.offset(field.offset),
                mask: field.mask,
            })
            .gather())
    }

    fn select(
        &self,
        class: Class,
        name: &str,
        span: Range<usize>,
    ) -> Result<Vec<Address>, Diagnostic> {
        let objects = self.objects(class);
        if name == "*" {
            return Ok(objects.into_iter().map(|(_, object)| object).gather());
        }
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        let found = objects
            .iter()
            .find(|(known, _)| squeezed(known) == squeezed(name));
        found.map(|(_, object)| vec![*object]).ok_or_else(|| {
            // Processes and files that only could be are no help; pages and mappings come and go.
            let many = match class {
                Class::Process => self.processes.len(),
                Class::File => self.files.len(),
                _ => objects.len(),
            };
            let names: Vec<_> = objects
                .iter()
                .take(many)
                .map(|(name, _)| name.as_str())
                .gather();
            unknown("unknown-object", class.word(), name, span, &names)
        })
    }

    fn example(&self, class: Class) -> String {
        self.objects(class)
            .into_iter()
            .next()
            .map_or_else(|| "*".to_owned(), |(name, _)| name)
    }

    /// Fills in what can be seen in the memory the threads start with.
    #[cfg(feature = "build")]
    pub(crate) fn look_at(&mut self, image: &[u64]) {
        use lockstep_mm::page::FrameState;
        use lockstep_mm::world::Memory;

        let memory = Memory(image);
        let world = self.world;
        self.existing = [
            world
                .pages()
                .filter(|page| memory.get(page.state()) == FrameState::InUse)
                .count(),
            self.processes.len(),
            2,
            world.vmas().filter(|vma| memory.get(vma.in_use())).count(),
            self.files.len(),
            world
                .anon_vmas()
                .filter(|anon_vma| memory.get(anon_vma.in_use()))
                .count(),
            1,
        ];
        let page = self.pages.first().map(|(_, page)| *page);
        let vma = self
            .vmas
            .first()
            .map(|(_, vma)| *vma)
            .or_else(|| world.vmas().find(|vma| memory.get(vma.in_use())));
        let ptes = world.mms().flat_map(|mm| {
            (0..u64::from(world.sizes().address_space)).map(move |address| mm.pte(address))
        });
        let mut mapping =
            ptes.filter(|pte| page.is_some() && memory.get(pte.entry()).page() == page);
        self.main = [
            page.map(|page| page.0),
            world.mms().next().map(|mm| mm.0),
            mapping.next().map(|pte| pte.0),
            vma.map(|vma| vma.0),
            world
                .files()
                .next()
                .filter(|_| !self.files.is_empty())
                .map(|file| file.0),
            world.anon_vmas().next().map(|anon_vma| anon_vma.0),
            Some(world.zone().0),
        ];
    }

    /// The threads as a list for people: `` `A` (Reclaim) and `B` (Truncate) ``.
    pub(crate) fn thread_list(&self) -> String {
        let threads = (0..self.threads.len()).filter_map(ThreadId::new);
        let all: Vec<_> = threads
            .map(|thread| format!("`{thread}` ({})", self.thread(thread)))
            .gather();
        match all.as_slice() {
            [] => "none".to_owned(),
            [only] => only.clone(),
            [most @ .., last] => format!("{} and {last}", most.join(", ")),
        }
    }
}

impl Class {
    fn word(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Process => "process",
            Self::Pte => "page-table entry",
            Self::Vma => "mapping",
            Self::File => "file",
            Self::AnonVma => "anon_vma",
            Self::Zone => "zone",
        }
    }
}

type Qualified<'n> = (&'n str, Option<(&'n str, Range<usize>)>);

/// Splits `ptl(a)` into the name and what stands in the parentheses.
fn split<'n>(name: &'n str, span: &Range<usize>) -> Result<Qualified<'n>, Diagnostic> {
    let Some((kind, rest)) = name.split_once('(') else {
        return Ok((name.trim_end(), None));
    };
    let Some(of) = rest.strip_suffix(')') else {
        return Err(Diagnostic::new(
            "open-parenthesis",
            span.clone(),
            format!(
                "`{}` opens a parenthesis and does not close it",
                shown(name)
            ),
        )
        .help(format!("write `{})`", shown(name))));
    };
    let start = span.start + kind.len() + 1;
    Ok((kind.trim_end(), Some((of.trim(), start..start + of.len()))))
}

/// There is no such field. All of them are too many to list, so the flags are left out unless one was meant.
fn unknown_field(fields: &[FieldKind], name: &str, span: Range<usize>) -> Diagnostic {
    let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).gather();
    let problem = unknown("unknown-field", "field", name, span, &names);
    let flags = |prefix: &str| -> Vec<&str> {
        let flags = names.iter().filter(|name| name.starts_with(prefix));
        flags.copied().gather()
    };
    let upper = name.to_uppercase();
    for prefix in ["PG_", "VM_"] {
        if upper.starts_with(prefix) {
            return problem.help(format!("the {prefix} flags are {}", list(&flags(prefix))));
        }
    }
    let words = names
        .iter()
        .filter(|name| !name.starts_with("PG_") && !name.starts_with("VM_"));
    let words: Vec<_> = words.copied().gather();
    problem.help(format!(
        "fields are flags, such as `VM_LOCKED` and `PG_mlocked`, and {}",
        list(&words)
    ))
}
