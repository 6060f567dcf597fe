//! Prints the first paint, the page as plain HTML, and writes the files that lie beside the page into a folder.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use lockstep_web::first_paint;

fn main() -> io::Result<()> {
    if let Some(folder) = std::env::args_os().nth(1) {
        fs::create_dir_all(&folder)?;
        for (name, bytes) in first_paint::files() {
            fs::write(Path::new(&folder).join(name), bytes)?;
        }
    }
    let html = first_paint::html().ok_or_else(|| io::Error::other("there is no scenario"))?;
    io::stdout().write_all(html.as_bytes())
}
