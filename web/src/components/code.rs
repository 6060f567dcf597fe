//! The model's own source around the line a thread stands at.

use lockstep_view::scene::Place;
use yew::prelude::*;

use crate::source;

/// How many lines are shown at most.
const LINES: u32 = 9;

/// An excerpt of the source.
pub fn code(last: Option<&Place>, next: Option<&Place>, is_moving: bool) -> Html {
    // A thread that has just moved is shown where it moved; one that waits for its turn, where it would go on.
    let here = if is_moving {
        last.or(next)
    } else {
        next.or(last)
    };
    let Some(here) = here else {
        return html! { <div class="code" /> };
    };
    let Some(excerpt) = source::around(&here.file, here.line, LINES) else {
        return html! { <div class="code"><p class="code-missing">{ format!("{}, line {}", here.file, here.line) }</p></div> };
    };
    let is_at = |place: Option<&Place>, line: u32| {
        place.is_some_and(|place| place.file == here.file && place.line == line)
    };
    html! {
        <div class="code">
            <p class="code-file"><span>{ format!("{}:{}", here.file, here.line) }</span>if !here.kernel.is_empty() {<span class="code-kernel">{ &here.kernel }</span>}</p>
            <pre class="code-lines"><code>
                { for excerpt.lines().map(|line| {
                    let ran = is_moving && is_at(last, line.number);
                    let next = is_at(next, line.number);
                    code_line(&line, ran, next)
                }) }
            </code></pre>
        </div>
    }
}

fn code_line(line: &source::Line<'_>, ran: bool, next: bool) -> Html {
    let mark = if ran {
        "\u{25b6}"
    } else if next {
        "\u{25b7}"
    } else {
        ""
    };
    html! {
        <span class={classes!("line", ran.then_some("line-ran"), (next && !ran).then_some("line-next"))}>
            <span class="line-mark" aria-hidden="true">{ mark }</span>
            <span class="line-text" style={(line.indent > 0).then(|| format!("--depth:{}", line.indent))}>
                { for line.pieces.iter().map(|piece| match piece.class {
                    "" => html! { { breakable(piece.text) } },
                    class => html! { <span {class}>{ piece.text }</span> },
                }) }
                { "\n" }
            </span>
        </span>
    }
}

/// The text with places to break a long line at, where a person would break it.
fn breakable(text: &str) -> String {
    text.replace('(', "(\u{200b}")
        .replace('.', "\u{200b}.")
        .replace("::", "::\u{200b}")
}
