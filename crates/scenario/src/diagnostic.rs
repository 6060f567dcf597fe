//! What is wrong with a text, as plain data.

use std::ops::Range;

/// One thing that is wrong with a text a person wrote.
///
/// The terminal draws it below the text, the page beside it; both show the same value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// A stable name for this kind of problem: `unknown-key`.
    pub code: &'static str,
    /// What is wrong, as a sentence without its full stop.
    pub message: Box<str>,
    /// The bytes of the text that are wrong.
    pub span: Range<usize>,
    /// A few words to put at the span; may be empty.
    pub label: Box<str>,
    /// Other places that have to do with it.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<Box<str>>,
}

/// Another place a [`Diagnostic`] points at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The bytes of the text.
    pub span: Range<usize>,
    /// A few words to put there.
    pub text: Box<str>,
}

impl Diagnostic {
    /// A problem with the bytes of `span`.
    pub fn new(code: &'static str, span: Range<usize>, message: impl Into<Box<str>>) -> Self {
        Self {
            code,
            message: message.into(),
            span,
            label: Box::default(),
            labels: Vec::new(),
            help: None,
        }
    }

    /// The same with a few words at its span.
    #[must_use]
    pub fn label(mut self, text: impl Into<Box<str>>) -> Self {
        self.label = text.into();
        self
    }

    /// The same with another place pointed at.
    #[must_use]
    pub fn also(mut self, span: Range<usize>, text: impl Into<Box<str>>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// The same with a way out.
    #[must_use]
    pub fn help(mut self, text: impl Into<Box<str>>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// The same with every place mapped into a text that contains this one.
    #[cfg(feature = "parse")]
    #[must_use]
    pub(crate) fn map(mut self, into: impl Fn(Range<usize>) -> Range<usize>) -> Self {
        self.span = into(self.span);
        for label in &mut self.labels {
            label.span = into(label.span.clone());
        }
        self
    }
}
