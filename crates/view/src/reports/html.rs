//! The reports as HTML, for a page: the same facts and sentences as in the text form, every run in them a link.
//!
//! It is a fragment for `<div>`, whole and safe as it is: every word from outside the source is escaped. What the links
//! look like is up to whoever shows it, and so are the styles; the classes are `report`, `race-…` and `lock-…`.

mod classes;
mod graph;
mod locks;
mod races;

use std::fmt::Write;

use super::classes::ClassReport;
use super::locks::LockReport;
use super::races::RaceReport;
use crate::text::escaped;

/// A moment in a run, to be linked to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment<'a> {
    /// The id of the scenario.
    pub scenario: &'a str,
    /// The kernel as people write it.
    pub kernel: &'a str,
    /// The order.
    pub schedule: &'a str,
    /// The step; 0 is before the first.
    pub step: u32,
}

/// What a link to a moment says behind `href`.
pub type Links<'a> = &'a dyn Fn(&Moment<'_>) -> String;

impl RaceReport {
    /// The report as HTML.
    pub fn html(&self, links: Links<'_>) -> String {
        let mut html = Html::default();
        races::write(&mut html, self, links);
        html.text
    }
}

impl LockReport {
    /// The report as HTML, with the graph as SVG in it.
    pub fn html(&self, links: Links<'_>) -> String {
        let mut html = Html::default();
        locks::write(&mut html, self, links);
        html.text
    }
}

impl ClassReport {
    /// The report as HTML.
    pub fn html(&self, links: Links<'_>) -> String {
        let mut html = Html::default();
        classes::write(&mut html, self, links);
        html.text
    }
}

/// HTML in the making.
///
/// A head is a tag and its `.class`es, in the words of a style sheet; every element is closed where its closure ends.
#[derive(Default)]
struct Html {
    text: String,
}

impl Html {
    /// An element with something in it.
    fn within(&mut self, head: &str, attributes: &[(&str, &str)], inside: impl FnOnce(&mut Self)) {
        let tag = self.open(head, attributes);
        inside(self);
        self.close(tag);
    }

    /// An element with words in it.
    fn words(&mut self, head: &str, words: &str) {
        self.within(head, &[], |html| html.say(words));
    }

    /// Words.
    fn say(&mut self, words: &str) {
        self.text.push_str(&escaped(words));
    }

    /// A link with words on it.
    fn link(&mut self, head: &str, to: &str, words: &str) {
        self.within(head, &[("href", to)], |html| html.say(words));
    }

    fn open<'a>(&mut self, head: &'a str, attributes: &[(&str, &str)]) -> &'a str {
        let (tag, classes) = head.split_once('.').unwrap_or((head, ""));
        // Writing to a string cannot fail.
        _ = write!(self.text, "<{tag}");
        if !classes.is_empty() {
            self.attribute("class", &classes.replace('.', " "));
        }
        for (name, value) in attributes {
            self.attribute(name, value);
        }
        self.text.push('>');
        tag
    }

    fn attribute(&mut self, name: &str, value: &str) {
        _ = write!(self.text, " {name}=\"{}\"", escaped(value));
    }

    fn close(&mut self, tag: &str) {
        _ = write!(self.text, "</{tag}>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_close_and_words_are_escaped() {
        let mut html = Html::default();
        html.within("p.one.two", &[("title", "a \"b\"")], |html| {
            html.say("x < y & z");
            html.link("a.way", "#/lab?a=1&b=2", ">");
            html.words("b", "");
        });
        assert_eq!(
            html.text,
            "<p class=\"one two\" title=\"a &quot;b&quot;\">x &lt; y &amp; z\
             <a class=\"way\" href=\"#/lab?a=1&amp;b=2\">&gt;</a><b></b></p>"
        );
    }
}
