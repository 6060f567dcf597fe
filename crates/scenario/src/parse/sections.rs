//! The sections of a scenario file, each read into the compiled form.

use std::ops::Range;

use lockstep_machine::ThreadId;
use lockstep_mm::kernel::Kernel;

use super::invocation::{self, Named};
use super::reader::Table;
use super::{CALLS, PATHS, Places, Said};
use crate::compiled::{
    Beat, Expectation, Label, Labelled, Outcome, Scenario, Script, SetupStep, Thread,
};
use crate::shown::shown;
use crate::suggest::unknown;
use crate::{Diagnostic, Statement};

/// Reads the whole file; `None` if a part is missing, which has been noted then.
pub(super) fn read(file: &Table<'_>, source: &str) -> Option<(Scenario, Places)> {
    let mut places = Places::default();
    let mut named = Named::default();

    let id = file
        .text("id", source)
        .and_then(|said| stable_id(file, &said));
    let title = file.text("title", source);
    let stakes = file.text("stakes", source);
    let statement = file
        .get("statement")
        .and_then(|value| statement(file, &file.said("statement", value, source)?));
    let notice = file.texts("notice", source);
    places.lanes = file.texts("lanes", source);
    places.facts = file.texts("facts", source);
    let kernel = file
        .get("kernel")
        .and_then(|value| kernel(file, &file.said("kernel", value, source)?));
    let opening = file
        .get("opening")
        .and_then(|value| file.said("opening", value, source));

    let setup = setup(file, &mut named, &mut places, source);
    let labels = labels(file, &named, &mut places, source);
    let threads = threads(file, &mut named, &labels, &mut places, source);
    let scripts = scripts(file, &mut places, source);
    let beats = beats(file, &mut places, source);

    if let Some(opening) = &opening {
        let ids: Vec<_> = scripts.iter().map(|script| script.id.as_str()).collect();
        if !ids.contains(&opening.text.as_str()) {
            file.problems.add(unknown(
                "unknown-script",
                "script",
                &opening.text,
                opening.span.clone(),
                &ids,
            ));
        }
    }
    file.note_unknown();
    let first = scripts.first().map(|script| script.id.clone());
    let texts = |said: &[Said]| said.iter().map(|said| said.text.clone()).collect();
    let scenario = Scenario {
        id: id?,
        title: title?.text,
        stakes: stakes?.text,
        statement: statement.unwrap_or(Statement::Own),
        notice: texts(&notice),
        processes: named.processes,
        files: named.files,
        setup,
        labels,
        threads,
        beats,
        scripts,
        kernel: kernel.unwrap_or_else(|| Kernel::BEFORE.to_string()),
        opening: opening.map(|said| said.text).or(first).unwrap_or_default(),
        lanes: texts(&places.lanes),
        facts: texts(&places.facts),
        prepared: None,
    };
    Some((scenario, places))
}

/// The statement it shows, which has to be one of those there are.
fn statement(file: &Table<'_>, said: &Said) -> Option<Statement> {
    let found = Statement::from_name(&said.text);
    if found.is_none() {
        let names = Statement::ALL.map(Statement::name);
        file.problems.add(unknown(
            "unknown-statement",
            "statement",
            &said.text,
            said.span.clone(),
            &names,
        ));
    }
    found
}

/// The kernel to open with, which has to be one.
fn kernel(file: &Table<'_>, said: &Said) -> Option<String> {
    for problem in crate::parse_kernel(&said.text).err().into_iter().flatten() {
        file.problems.add(problem.map(|part| said.place(part)));
    }
    Some(said.text.clone())
}

fn setup(file: &Table<'_>, named: &mut Named, places: &mut Places, source: &str) -> Vec<SetupStep> {
    let mut steps = Vec::new();
    for table in file.tables("setup", "a set-up call") {
        let call = invocation::read(&table, "call", CALLS, named, &[], source);
        let why = table.optional_text("why", source);
        if let Some(call) = call {
            steps.push(SetupStep { call, why });
            places.setup.push(table.span());
        }
        table.finish();
    }
    steps
}

fn labels(file: &Table<'_>, named: &Named, places: &mut Places, source: &str) -> Vec<Label> {
    let mut labels: Vec<Label> = Vec::new();
    let mut seen = Vec::new();
    for table in file.tables("label", "a label") {
        let name = table.text("name", source);
        let object = match (table.get("page"), table.get("vma")) {
            (Some(page), None) => {
                invocation::page(&table, "page", page, named, &[], source).map(Labelled::Page)
            }
            (None, Some(vma)) => {
                table
                    .table("vma", vma, "the place of a mapping")
                    .and_then(|place| {
                        let found = invocation::address(&place, named, source);
                        place.finish();
                        found.map(|(process, at)| Labelled::Vma { process, at })
                    })
            }
            (page, _) => {
                let wrong = if page.is_some() {
                    "a label names one thing"
                } else {
                    "a label names something"
                };
                table.problems.add(Diagnostic::new("label-of-what", table.span(), wrong).help(
                    "write either `page = { process = \"a\", at = 0 }` or `vma = { process = \"a\", at = 0 }`",
                ));
                None
            }
        };
        if let (Some(name), Some(object)) = (name, object) {
            let value = table.get("name");
            let is_name =
                value.and_then(|value| invocation::check_name(&table, "name", value, &name.text));
            if is_name.is_some() && is_new(&table, "label", &name, &mut seen) {
                labels.push(Label {
                    name: name.text,
                    object,
                });
                places.labels.push(table.span());
            }
        }
        table.finish();
    }
    labels
}

fn threads(
    file: &Table<'_>,
    named: &mut Named,
    labels: &[Label],
    places: &mut Places,
    source: &str,
) -> Vec<Thread> {
    let tables = file.tables("thread", "a thread");
    if tables.is_empty() {
        file.problems.add(
            Diagnostic::new("no-threads", file.span(), "a scenario needs a thread")
                .help("add a table `[[thread]]` with `letter`, `name`, `role`, `comm` and `path`"),
        );
    }
    let mut threads = Vec::new();
    let mut seen: Vec<(String, Range<usize>)> = Vec::new();
    for (place, table) in tables.into_iter().enumerate() {
        let Some(expected) = ThreadId::new(place) else {
            let message = format!("a scenario has at most {} threads", ThreadId::LIMIT);
            table
                .problems
                .add(Diagnostic::new("too-many", table.span(), message));
            break;
        };
        if let Some(letter) = table.text("letter", source) {
            letter_in_order(&table, &letter, expected, &seen);
            seen.push((letter.text, letter.span));
        }
        let name = table.text("name", source);
        let role = table.text("role", source);
        let comm = table
            .text("comm", source)
            .and_then(|said| process_name(&table, said));
        let path = invocation::read(&table, "path", PATHS, named, labels, source);
        if let (Some(name), Some(role), Some(comm), Some(path)) = (name, role, comm, path) {
            threads.push(Thread {
                name: name.text,
                role: role.text,
                comm,
                path,
            });
            places.threads.push(table.span());
        }
        table.finish();
    }
    threads
}

fn letter_in_order(
    table: &Table<'_>,
    letter: &Said,
    expected: ThreadId,
    seen: &[(String, Range<usize>)],
) {
    if letter.text == expected.to_string() {
        return;
    }
    let span = letter.span.clone();
    let twice = seen.iter().find(|(known, _)| *known == letter.text);
    table.problems.add(match twice {
        Some((_, first)) => Diagnostic::new(
            "letter-twice",
            span,
            format!("two threads have the letter `{}`", shown(&letter.text)),
        )
        .label(format!("this one is `{expected}`"))
        .also(first.clone(), "the other"),
        None => Diagnostic::new(
            "letter-order",
            span,
            "threads have the letters A, B, C and so on, in this order",
        )
        .label(format!("this one is `{expected}`")),
    });
}

/// What stands in `task_struct.comm`: fifteen bytes.
fn process_name(table: &Table<'_>, said: Said) -> Option<String> {
    let fits = said.text.len() <= 15 && said.text.chars().all(|sign| sign.is_ascii_graphic());
    if !fits {
        table.problems.add(
            Diagnostic::new(
                "not-a-comm",
                said.span,
                "`comm` is the process name the kernel prints in reports",
            )
            .label("does not fit")
            .help(
                "it has at most fifteen letters, digits and signs, and no space, such as `kswapd0`",
            ),
        );
    }
    fits.then_some(said.text)
}

fn scripts(file: &Table<'_>, places: &mut Places, source: &str) -> Vec<Script> {
    let mut scripts = Vec::new();
    let mut seen = Vec::new();
    for table in file.tables("script", "a script") {
        let id = table.text("id", source);
        let title = table.text("title", source);
        let text = table.text("text", source);
        let expect = expectations(&table, source);
        if let (Some(id), Some(title), Some(text)) = (id, title, text) {
            let is_new = is_new(&table, "script", &id, &mut seen);
            if let (Some(id), true) = (stable_id(&table, &id), is_new) {
                scripts.push(Script {
                    id,
                    title: title.text,
                    text: text.text.clone(),
                    expect,
                });
                places.scripts.push(text);
            }
        }
        table.finish();
    }
    scripts
}

/// `expect = { before = "bad-page", "before,i-mmap=shared" = "ok" }`.
fn expectations(table: &Table<'_>, source: &str) -> Vec<Expectation> {
    let Some(value) = table.get("expect") else {
        return Vec::new();
    };
    let Some(kernels) = table.table("expect", value, "what to expect") else {
        return Vec::new();
    };
    let mut expect = Vec::new();
    for (kernel, at, value) in kernels.iter() {
        if let Err(problems) = crate::parse_kernel(kernel) {
            // The key may be quoted; its problems are told for the key as a whole.
            for problem in problems {
                table.problems.add(problem.map(|_| at.clone()));
            }
        }
        let Some(outcome) = kernels.said("expect", value, source) else {
            continue;
        };
        match Outcome::from_name(&outcome.text) {
            Some(outcome) => expect.push(Expectation {
                kernel: kernel.to_owned(),
                outcome,
            }),
            None => {
                let names = Outcome::ALL.map(Outcome::name);
                table.problems.add(unknown(
                    "unknown-outcome",
                    "outcome",
                    &outcome.text,
                    outcome.span,
                    &names,
                ));
            }
        }
    }
    expect
}

fn beats(file: &Table<'_>, places: &mut Places, source: &str) -> Vec<Beat> {
    let mut beats = Vec::new();
    let mut seen = Vec::new();
    for table in file.tables("beat", "a beat") {
        let id = table.text("id", source);
        let title = table.text("title", source);
        let note = table.optional_text("note", source);
        let at = table.texts("at", source);
        if at.is_empty() {
            table.problems.add(
                Diagnostic::new("beat-nowhere", table.span(), "a beat needs `at`, the lines that say where it is")
                    .help("write them as in a script: `at = [\"A until enter try_to_unmap_one\", \"A until unlock ptl\"]`"),
            );
        } else if let (Some(id), Some(title)) = (id, title) {
            let is_new = is_new(&table, "beat", &id, &mut seen);
            if let (Some(id), true) = (stable_id(&table, &id), is_new) {
                let lines = at.iter().map(|said| said.text.clone()).collect();
                beats.push(Beat {
                    id,
                    title: title.text,
                    note,
                    at: lines,
                });
                places.beats.push(at);
            }
        }
        table.finish();
    }
    beats
}

/// Ids are in links, so they are lower-case words with hyphens.
fn stable_id(table: &Table<'_>, said: &Said) -> Option<String> {
    let text = &said.text;
    let is_id = text.starts_with(|sign: char| sign.is_ascii_lowercase())
        && text.len() <= 60
        && text
            .chars()
            .all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-');
    if !is_id {
        table.problems.add(
            Diagnostic::new("not-an-id", said.span.clone(), format!("`{}` is no id", shown(text)))
                .help("an id is in links: lower-case letters, digits and hyphens, such as `truncate-cow-vs-reclaim`"),
        );
    }
    is_id.then(|| text.clone())
}

/// Notes an id or name that was there before.
fn is_new(
    table: &Table<'_>,
    what: &str,
    said: &Said,
    seen: &mut Vec<(String, Range<usize>)>,
) -> bool {
    let first = seen
        .iter()
        .find(|(known, _)| *known == said.text)
        .map(|(_, span)| span.clone());
    if let Some(first) = &first {
        table.problems.add(
            Diagnostic::new(
                "twice",
                said.span.clone(),
                format!("there is a {what} `{}` already", shown(&said.text)),
            )
            .also(first.clone(), "the first"),
        );
    }
    seen.push((said.text.clone(), said.span.clone()));
    first.is_none()
}
