//! The model's own source around the line a thread stands at.

use lockstep_view::scene::Place;

use crate::element::{El, el, words};
use crate::source::{Line, Source};

/// How many lines are shown at most.
const LINES: u32 = 9;

/// An excerpt of the source.
pub fn code(source: &Source, last: Option<&Place>, next: Option<&Place>, is_moving: bool) -> El {
    // A thread that has just moved is shown where it moved; one that waits for its turn, where it would go on.
    let here = if is_moving {
        last.or(next)
    } else {
        next.or(last)
    };
    let pane = el("div.code");
    let Some(here) = here else { return pane };
    let kernel = (!here.kernel.is_empty()).then(|| words("span.code-kernel", &here.kernel));
    let file = el("p.code-file")
        .child(words("span", &format!("{}:{}", here.file, here.line)))
        .child(kernel);
    let pane = pane.child(file);
    let lines = match source.around(&here.file, here.line, LINES) {
        Ok(lines) => lines,
        Err(why) => return pane.child(words("p.code-missing", why)),
    };
    let is_at = |place: Option<&Place>, line: u32| {
        place.is_some_and(|place| place.file == here.file && place.line == line)
    };
    let lines = lines.iter().map(|line| {
        let ran = is_moving && is_at(last, line.number);
        code_line(line, ran, !ran && is_at(next, line.number))
    });
    pane.child(el("pre.code-lines").child(el("code").children(lines)))
}

fn code_line(line: &Line, ran: bool, next: bool) -> El {
    let mark = match (ran, next, line.is_added) {
        (true, ..) => "\u{25b6}",
        (_, true, _) => "\u{25b7}",
        (.., Some(true)) => "+",
        (.., Some(false)) => "\u{2212}",
        _ => "",
    };
    let patch = line.is_added.map(|is_added| {
        let told = if is_added {
            "+ only with the patch"
        } else {
            "\u{2212} only before the patch"
        };
        words("span.line-patch", told)
    });
    let mut text = el("span.line-text");
    if line.indent > 0 {
        text = text.attr("style", &format!("--depth:{}", line.indent));
    }
    for piece in &line.pieces {
        text = match piece.class {
            "" => text.text(&breakable(&piece.text)),
            class => text.child(words("span", &piece.text).class(class)),
        };
    }
    el("span.line")
        .class_if(ran, "line-ran")
        .class_if(next, "line-next")
        .class_if(line.is_added.is_some(), "line-marked")
        .child(words("span.line-mark|aria-hidden=true", mark))
        .child(text.child(patch).text("\n"))
}

/// The text with places to break a long line at, where a person would break it.
fn breakable(text: &str) -> String {
    let mut broken = String::new();
    let mut before = ' ';
    for sign in text.chars() {
        if sign == '.' || before == '(' || (before == ':' && sign != ':') {
            broken.push('\u{200b}');
        }
        broken.push(sign);
        before = sign;
    }
    broken
}
