//! Where in the model a step is, and which function of the kernel that models.

use std::panic::Location;

use lockstep_machine::{Argument, Event, Function, Gather, Pending, Trace};
use lockstep_mm::rmap::Ttu;

use crate::scene::{Frame, Place};
use crate::vocabulary::Vocabulary;

/// Where a step was made.
pub(crate) fn of_event(trace: &Trace, event: &Event) -> Place {
    place(trace, event.location, event.frame)
}

/// Where a step would be made.
pub(crate) fn of_pending(trace: &Trace, pending: &Pending) -> Place {
    place(trace, pending.location, pending.frame)
}

fn place(trace: &Trace, location: &Location<'_>, frame: Option<u32>) -> Place {
    let function = trace.stack(frame).next().map(|frame| frame.function);
    Place {
        file: file(location.file()).to_owned(),
        line: location.line(),
        function: function.map_or_else(String::new, |function| function.name.to_owned()),
        kernel: function.map_or_else(String::new, kernel),
    }
}

/// The file inside `crates/mm/src`: how a compiler spells the way there differs from machine to machine.
fn file(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Where the kernel has a function: `mm/rmap.c:1297`.
pub(crate) fn kernel(function: &Function) -> String {
    match function.line {
        0 => function.file.to_owned(),
        line => format!("{}:{line}", function.file),
    }
}

/// The functions around a step, outermost first.
pub(crate) fn stack(words: &Vocabulary, trace: &Trace, frame: Option<u32>) -> Vec<Frame> {
    let mut frames: Vec<Frame> = trace
        .stack(frame)
        .map(|frame| Frame {
            function: frame.function.name.to_owned(),
            kernel: kernel(frame.function),
            arguments: arguments(words, frame.function, &frame.arguments),
        })
        .gather();
    frames.reverse();
    frames
}

fn arguments(words: &Vocabulary, function: &Function, arguments: &[Option<Argument>]) -> String {
    arguments
        .iter()
        .flatten()
        .map(|argument| match argument {
            Argument::Object(address) => words
                .place(*address)
                .map_or_else(|| "NULL".to_owned(), |place| words.object(place.object)),
            // The only plain numbers of these two functions are flags.
            Argument::Number(flags) if function.name.starts_with("try_to_unmap") => {
                ttu(Ttu::from_bits_retain(*flags))
            }
            Argument::Number(u64::MAX) => "the end".to_owned(),
            Argument::Number(number) => number.to_string(),
            Argument::Name(name) => (*name).to_owned(),
        })
        .joined(", ")
}

/// `TTU_UNMAP | TTU_IGNORE_ACCESS`.
fn ttu(flags: Ttu) -> String {
    flags
        .iter_names()
        .map(|(name, _)| format!("TTU_{name}"))
        .joined(" | ")
}

/// The span of the function around `line` in a file of the model, first and last line, both from 1:
/// from the line its signature starts on to the brace that closes it. The model's files are formatted, so indentation tells.
pub fn function_span(file_text: &str, line: u32) -> Option<(u32, u32)> {
    let lines: Vec<&str> = file_text.lines().gather();
    let indent = |text: &str| text.len() - text.trim_start().len();
    let at = (line as usize)
        .checked_sub(1)
        .filter(|at| *at < lines.len())?;
    let is_signature = |text: &str| {
        let words = text.trim_start();
        [
            "fn ",
            "async fn ",
            "pub fn ",
            "pub async fn ",
            "pub(crate) fn ",
            "pub(crate) async fn ",
        ]
        .iter()
        .any(|start| words.starts_with(start))
    };
    let first = (0..=at).rev().find(|index| is_signature(lines[*index]))?;
    let depth = indent(lines[first]);
    let last = (first..lines.len()).find(|index| {
        indent(lines[*index]) == depth && lines[*index].trim_start().starts_with('}')
    })?;
    (last >= at).then_some((first as u32 + 1, last as u32 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_the_function_around_a_line() {
        let text =
            "fn a() {\n    if true {\n    }\n}\n\npub async fn b(\n    x: u8,\n) {\n    x;\n}\n";
        assert_eq!(function_span(text, 2), Some((1, 4)));
        assert_eq!(function_span(text, 9), Some((6, 10)));
        assert_eq!(function_span(text, 5), None);
        assert_eq!(function_span(text, 99), None);
    }

    #[test]
    fn a_file_is_named_alone() {
        assert_eq!(file("crates/mm/src/rmap.rs"), "rmap.rs");
        assert_eq!(file("crates\\mm\\src\\rmap.rs"), "rmap.rs");
    }
}
