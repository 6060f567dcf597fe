//! Why something could not be run, drawn for a terminal.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use lockstep_scenario::Diagnostic;

/// Why something could not be run.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A text is wrong in some places.
    Wrong {
        /// What the text is called: its file, or the option it came from.
        name: String,
        /// The text.
        text: String,
        /// What is wrong with it.
        problems: Vec<Diagnostic>,
    },
    /// Something else, with a way out.
    Refused {
        /// What.
        message: String,
        /// What to do about it; may be empty.
        help: String,
    },
}

impl Failure {
    pub(crate) fn wrong(
        name: impl Into<String>,
        text: impl Into<String>,
        problems: Vec<Diagnostic>,
    ) -> Self {
        Self::Wrong {
            name: name.into(),
            text: text.into(),
            problems,
        }
    }

    pub(crate) fn refused(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Refused {
            message: message.into(),
            help: help.into(),
        }
    }
}

/// The failure with its colours; the stream it is written to drops them where they are not wanted.
pub(crate) fn draw(failure: &Failure) -> String {
    let renderer = Renderer::styled();
    match failure {
        Failure::Wrong {
            name,
            text,
            problems,
        } => {
            let drawn: Vec<_> = problems
                .iter()
                .map(|problem| renderer.render(&report(name, text, problem)))
                .collect();
            drawn.join("\n\n")
        }
        Failure::Refused { message, help } => {
            let title = Level::ERROR.primary_title(message.as_str());
            let mut group = Group::with_title(title);
            if !help.is_empty() {
                group = group.element(Level::HELP.message(help.as_str()));
            }
            renderer.render(&[group])
        }
    }
}

fn report<'a>(name: &'a str, text: &'a str, problem: &'a Diagnostic) -> [Group<'a>; 1] {
    let label = Some(problem.label.as_ref()).filter(|label| !label.is_empty());
    let others = problem.labels.iter().map(|other| {
        AnnotationKind::Context
            .span(other.span.clone())
            .label(other.text.as_ref())
    });
    let snippet = Snippet::source(text)
        .path(name)
        .annotation(
            AnnotationKind::Primary
                .span(problem.span.clone())
                .label(label),
        )
        .annotations(others);
    let title = Level::ERROR
        .primary_title(problem.message.as_ref())
        .id(problem.code);
    let group = Group::with_title(title).element(snippet);
    [match &problem.help {
        Some(help) => group.element(Level::HELP.message(help.as_ref())),
        None => group,
    }]
}
