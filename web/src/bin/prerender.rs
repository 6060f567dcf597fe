//! Prints the first paint: the page at a key moment as plain HTML, for before and without WebAssembly.

use std::io::Write;

fn main() -> std::io::Result<()> {
    let html = lockstep_web::first_paint::html(std::env::args().nth(1).as_deref());
    std::io::stdout().write_all(html.as_bytes())
}
