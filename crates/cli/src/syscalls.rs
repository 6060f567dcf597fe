//! `lockstep syscalls`: a program of system calls, made one after the other on the model, and what /proc would show after each.

use std::fmt::Write;
use std::io::Read;
use std::{fs, io};

use lockstep_mm::kernel::Kernel;
use lockstep_scenario::parse_kernel;
use lockstep_syscalls::{Call, Config, Model, PageState, State, parse};
use serde::Serialize;

use crate::Done;
use crate::args::{Syscalls, SyscallsFormat};
use crate::draw::Failure;

/// What the lines of JSON follow.
const SCHEMA: &str = "lockstep-syscalls/1";
/// The size of a page.
const PAGE_KB: u64 = 4;

/// A call and what follows it, as a line of JSON.
#[derive(Serialize)]
struct Line<'a> {
    schema: &'static str,
    n: usize,
    call: &'a Call,
    #[serde(flatten)]
    state: &'a State,
    vmlck_kb: u64,
}

/// Runs a program. A call that comes back with an error is part of it: only what cannot be run is a failure.
pub(crate) fn run(asked: &Syscalls) -> Result<Done, Failure> {
    let kernel = match &asked.kernel {
        Some(text) => {
            parse_kernel(text).map_err(|problems| Failure::wrong("--kernel", text, problems))?
        }
        None => Kernel::AFTER,
    };
    let text = program(&asked.file)?;
    let calls = parse(&text).map_err(|problems| Failure::wrong(&asked.file, text, problems))?;
    let config = Config {
        kernel,
        has_driver_page: false,
    };
    let refused = |error: lockstep_syscalls::Refused| {
        Failure::refused(format!("cannot run: {}", error.0), "")
    };
    let mut model = Model::new(&calls, config).map_err(refused)?;
    let mut told = String::new();
    for (index, call) in calls.iter().enumerate() {
        let state = model.call(call).map_err(refused)?;
        match asked.format {
            SyscallsFormat::Table => table(&mut told, index + 1, call, &state),
            SyscallsFormat::Json => {
                let line = Line {
                    schema: SCHEMA,
                    n: index + 1,
                    call,
                    state: &state,
                    vmlck_kb: state.vmlck_pages * PAGE_KB,
                };
                let line = serde_json::to_string(&line)
                    .map_err(|error| Failure::refused(format!("cannot write JSON: {error}"), ""))?;
                told += &line;
                told.push('\n');
            }
        }
    }
    Ok(Done::well(told))
}

fn program(name: &str) -> Result<String, Failure> {
    let mut text = String::new();
    let read = if name == "-" {
        io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(name)
    };
    read.map_err(|error| {
        let help = "a program is a file with one call a line, or `-` for what is piped in";
        Failure::refused(format!("cannot read `{name}`: {error}"), help)
    })
}

/// The call and its answer in one line, then the mapped pages, those in a row that are alike in one.
fn table(told: &mut String, number: usize, call: &Call, state: &State) {
    let answer = state.errno.as_deref().unwrap_or("ok");
    let locked = state.vmlck_pages * PAGE_KB;
    // Writing to a string cannot fail.
    _ = writeln!(
        told,
        "{number:>3}  {}: {answer}, VmLck {locked} kB",
        words(call)
    );
    for alike in state
        .pages
        .chunk_by(|one, other| facts(one) == facts(other))
    {
        let ([first, .., last] | [first @ last]) = alike else {
            continue;
        };
        if first.mapped {
            let pages = if first.page == last.page {
                format!("{}", first.page)
            } else {
                format!("{}-{}", first.page, last.page)
            };
            _ = writeln!(told, "{pages:>12}  {}", facts(first).join(" "));
        }
    }
}

fn facts(page: &PageState) -> Vec<&'static str> {
    let facts = page.facts().into_iter();
    facts.filter(|(_, is)| *is).map(|(name, _)| name).collect()
}

/// `mmap at 0, pages 2, kind anon-private`: the line of the program without its punctuation.
fn words(call: &Call) -> String {
    let line = call.line();
    let inside = line.trim_start_matches("{\"call\":").trim_end_matches('}');
    let plain = inside.replace('"', "");
    let (name, keys) = plain.split_once(',').unwrap_or((plain.as_str(), ""));
    format!("{name} {}", keys.replace(',', ", ").replace(':', " "))
        .trim_end()
        .to_owned()
}
