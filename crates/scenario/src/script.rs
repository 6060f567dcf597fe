//! Scripts as people write them: one line each, a thread and how far it runs.
//!
//! ```text
//! A until enter try_to_unmap_one   # comments go to the end of the line
//! A until unlock ptl
//! B until end
//! A 3
//! ```

use std::ops::Range;

use lockstep_machine::script::{Goal, Line};
use lockstep_machine::{Schedule, ThreadId};

use crate::shown::shown;
use crate::suggest::closest;
use crate::{Diagnostic, Moment, Names, ScriptLines, SourceLine};

/// The most lines a script can have.
const LINES: usize = 1000;

/// What can follow `until`, with what it is followed by.
const GOALS: &[&str] = &[
    "end", "blocked", "lock", "unlock", "enter", "leave", "read", "write",
];

/// Reads a script for the scenario `names` belong to.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse_script(text: &str, names: &Names) -> Result<ScriptLines, Vec<Diagnostic>> {
    let mut script = ScriptLines {
        lines: Vec::new(),
        sources: Vec::new(),
    };
    let mut problems = Vec::new();
    for (number, line, start) in lines(text) {
        if script.lines.len() >= LINES {
            let rest = start..text.len();
            problems.push(Diagnostic::new(
                "script-too-long",
                rest,
                format!("a script has at most {LINES} lines"),
            ));
            break;
        }
        match parse_moment(line, start, names) {
            Ok(Moment { is_next: true, .. }) => problems.push(
                Diagnostic::new(
                    "next-in-script",
                    start..start + line.len(),
                    "`next` is for beats, which look back at a run",
                )
                .help("write `until` to run there, or a count of steps"),
            ),
            Ok(Moment {
                thread: Some(thread),
                goal,
                ..
            }) => {
                script.lines.push(Line { thread, goal });
                script.sources.push(SourceLine {
                    number,
                    span: start..start + line.len(),
                });
            }
            Ok(Moment { thread: None, .. }) => problems.push(
                Diagnostic::new(
                    "any-thread",
                    start..start + 1,
                    "a line of a script is about one thread",
                )
                .help(format!("threads are {}", names.thread_list())),
            ),
            Err(problem) => problems.push(problem),
        }
    }
    if script.lines.is_empty() && problems.is_empty() {
        problems.push(
            Diagnostic::new("empty-script", 0..text.len(), "this script has no line")
                .help("write one line for each stretch of a thread, such as `A until end`"),
        );
    }
    if problems.is_empty() {
        Ok(script)
    } else {
        Err(problems)
    }
}

/// Reads a line of a beat, which stands at `start` in its text.
#[cfg(feature = "build")]
pub(crate) fn parse_beat_line(
    line: &str,
    start: usize,
    names: &Names,
) -> Result<Moment, Diagnostic> {
    let indent = line.len() - line.trim_start().len();
    let moment = parse_moment(line.trim(), start + indent, names)?;
    let is_step = matches!(
        moment.goal,
        Goal::Lock(_) | Goal::Unlock(_) | Goal::Read(_) | Goal::Write(_)
    );
    match moment.goal {
        _ if moment.is_next && !is_step => Err(Diagnostic::new(
            "next-step",
            start..start + line.len(),
            "`next` is about one step, and this is none",
        )
        .help("after `next` comes `lock`, `unlock`, `read` or `write`")),
        Goal::Blocked => Err(Diagnostic::new(
            "beat-waits",
            start..start + line.len(),
            "a beat is a step that was taken, and `blocked` is a step that was not",
        )
        .help("name what the thread did last, such as `A until lock ptl`")),
        _ => Ok(moment),
    }
}

/// The lines that say something, without their comments: number, text, where it starts.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str, usize)> {
    let mut start = 0;
    text.split('\n')
        .enumerate()
        .filter_map(move |(index, line)| {
            let from = start;
            start += line.len() + 1;
            let said = line.split('#').next().unwrap_or("");
            let indent = said.len() - said.trim_start().len();
            let said = said.trim();
            (!said.is_empty()).then_some((index + 1, said, from + indent))
        })
}

/// Reads one line, which is trimmed, not empty, and stands at `start` in its text.
pub(crate) fn parse_moment(line: &str, start: usize, names: &Names) -> Result<Moment, Diagnostic> {
    let words = Words { text: line, start };
    let (first, rest) = words.first();
    let thread = read_thread(&first, names)?;
    let (second, rest) = rest.first();
    let goal = match second.text {
        "until" | "next" => read_goal(&second, &rest, names)?,
        "" => {
            return Err(how_far(
                first.end()..first.end(),
                "this line does not say how far its thread runs",
            ));
        }
        count if count.starts_with(|sign: char| sign.is_ascii_digit()) => {
            nothing_after(&rest)?;
            Goal::Steps(read_count(&second)?)
        }
        other => {
            let problem = how_far(
                second.span(),
                &format!(
                    "a count of steps or `until` is expected here, not `{}`",
                    shown(other)
                ),
            );
            return Err(if closest(other, ["until"]).is_some() {
                problem.label("did you mean `until`?")
            } else {
                problem
            });
        }
    };
    Ok(Moment {
        thread,
        goal,
        is_next: second.text == "next",
    })
}

fn how_far(span: Range<usize>, message: &str) -> Diagnostic {
    Diagnostic::new("how-far", span, message)
        .help("write how far it runs, such as `A 3`, `A until end` or `A until unlock ptl`")
}

fn read_thread(word: &Words<'_>, names: &Names) -> Result<Option<ThreadId>, Diagnostic> {
    let mut letters = word.text.chars();
    match (letters.next(), letters.next()) {
        (Some('*'), None) => return Ok(None),
        (Some(letter), None) => {
            let thread = ThreadId::from_letter(letter)
                .filter(|thread| thread.index() < names.threads().len());
            if thread.is_some() {
                return Ok(thread);
            }
        }
        _ => {}
    }
    let problem = Diagnostic::new(
        "unknown-thread",
        word.span(),
        format!("there is no thread `{}`", shown(word.text)),
    )
    .help(format!(
        "a line starts with the letter of a thread; threads are {}",
        names.thread_list()
    ));
    let meant = names
        .threads()
        .iter()
        .position(|name| name.eq_ignore_ascii_case(word.text))
        .and_then(ThreadId::new);
    let meant = meant.or_else(|| {
        let upper = word
            .text
            .chars()
            .next()
            .map(|letter| letter.to_ascii_uppercase())
            .and_then(ThreadId::from_letter)?;
        (word.text.len() == 1 && upper.index() < names.threads().len()).then_some(upper)
    });
    Err(match meant {
        Some(thread) => problem.label(format!("did you mean `{thread}`?")),
        None => problem.label("no such thread"),
    })
}

fn read_count(word: &Words<'_>) -> Result<u32, Diagnostic> {
    match word.text.parse::<u32>() {
        Ok(count) if (1..=Schedule::LIMIT as u32).contains(&count) => Ok(count),
        _ => Err(Diagnostic::new(
            "step-count",
            word.span(),
            format!("a count of steps is a number from 1 to {}", Schedule::LIMIT),
        )),
    }
}

fn read_goal(until: &Words<'_>, rest: &Words<'_>, names: &Names) -> Result<Goal, Diagnostic> {
    let (word, after) = rest.first();
    let name = || match after.text {
        "" => {
            let what = match word.text {
                "lock" | "unlock" => "a lock, such as `ptl`",
                "enter" | "leave" => "a function, such as `try_to_unmap_one`",
                _ => "a field, such as `PG_mlocked`",
            };
            let end = word.end();
            Err(Diagnostic::new(
                "missing-name",
                end..end,
                format!("`until {}` needs a name", word.text),
            )
            .label(format!("name {what}")))
        }
        text => Ok((text, after.span())),
    };
    let function = || {
        let (text, span) = name()?;
        let is_name = text
            .chars()
            .all(|sign| sign.is_ascii_alphanumeric() || sign == '_');
        is_name.then(|| text.to_owned()).ok_or_else(|| {
            Diagnostic::new(
                "not-a-function",
                span,
                format!("`{}` is no name of a function", shown(text)),
            )
            .help("write the name alone, as in `A until enter try_to_unmap_one`")
        })
    };
    Ok(match word.text {
        "end" => {
            nothing_after(&after)?;
            Goal::End
        }
        "blocked" => {
            nothing_after(&after)?;
            Goal::Blocked
        }
        "lock" => name()
            .and_then(|(text, span)| names.find_locks(text, span))
            .map(Goal::Lock)?,
        "unlock" => name()
            .and_then(|(text, span)| names.find_locks(text, span))
            .map(Goal::Unlock)?,
        "enter" => Goal::Enter(function()?),
        "leave" => Goal::Leave(function()?),
        "read" => name()
            .and_then(|(text, span)| names.find_fields(text, span))
            .map(Goal::Read)?,
        "write" => name()
            .and_then(|(text, span)| names.find_fields(text, span))
            .map(Goal::Write)?,
        "" => {
            return Err(Diagnostic::new(
                "until-what",
                until.end()..until.end(),
                "`until` needs to know until what",
            )
            .help(goals()));
        }
        _ => match rest.text.split_once('=') {
            Some((field, value)) => read_equals(rest, field, value, names)?,
            None => {
                let problem = Diagnostic::new(
                    "unknown-goal",
                    word.span(),
                    format!(
                        "`until {}` is nothing a script can wait for",
                        shown(word.text)
                    ),
                )
                .help(goals());
                return Err(match closest(word.text, GOALS.iter().copied()) {
                    Some(close) => problem.label(format!("did you mean `{close}`?")),
                    None => problem,
                });
            }
        },
    })
}

fn goals() -> String {
    "a line can wait until `end`, `blocked`, `lock ptl`, `unlock ptl`, `enter f`, `leave f`, `read VM_LOCKED`, `write pte` or `PG_mlocked = 1`".to_owned()
}

fn read_equals(
    rest: &Words<'_>,
    field: &str,
    value: &str,
    names: &Names,
) -> Result<Goal, Diagnostic> {
    let field_at = rest.start..rest.start + field.trim_end().len();
    let value_at = rest.end() - value.trim_start().len()..rest.end();
    let found = names.find_fields(field.trim_end(), field_at.clone())?;
    let [field_found] = found.as_slice() else {
        return Err(Diagnostic::new(
            "one-object",
            field_at,
            "a value belongs to one object, and this names several",
        ));
    };
    let most = field_found.of(u64::MAX);
    match value.trim().parse::<u64>() {
        Ok(value) if value <= most => Ok(Goal::Equals(*field_found, value)),
        Ok(_) => Err(Diagnostic::new(
            "value-too-large",
            value_at,
            format!("`{}` is never more than {most}", shown(field.trim_end())),
        )),
        Err(_) => Err(Diagnostic::new(
            "not-a-value",
            value_at,
            "a value is a number, such as 0 or 1",
        )),
    }
}

fn nothing_after(rest: &Words<'_>) -> Result<(), Diagnostic> {
    if rest.text.is_empty() {
        return Ok(());
    }
    Err(Diagnostic::new(
        "too-much",
        rest.span(),
        format!(
            "nothing is expected here, and there is `{}`",
            shown(rest.text)
        ),
    )
    .help("put a comment after `#`, and the next stretch on a line of its own"))
}

/// A piece of a line, and where it starts in its text.
#[derive(Clone)]
struct Words<'t> {
    text: &'t str,
    start: usize,
}

impl<'t> Words<'t> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }

    fn span(&self) -> Range<usize> {
        self.start..self.end()
    }

    /// The first word, and what comes after it.
    fn first(&self) -> (Words<'t>, Words<'t>) {
        let end = self
            .text
            .find(char::is_whitespace)
            .unwrap_or(self.text.len());
        let (word, rest) = self.text.split_at(end);
        let skipped = rest.len() - rest.trim_start().len();
        (
            Words {
                text: word,
                start: self.start,
            },
            Words {
                text: rest.trim_start(),
                start: self.start + end + skipped,
            },
        )
    }
}
