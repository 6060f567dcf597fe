//! What the site weighs: every file as it lies on the disk, after gzip and after brotli, and a budget for what a reader waits for.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::programs;

/// What is aimed at, and what is allowed until it is reached: the limit follows the page down, and a page over it fails.
struct Budget {
    what: &'static str,
    aim: usize,
    limit: usize,
}

/// Everything a reader downloads to have the page complete, bytes after brotli.
const PAGE: Budget = Budget {
    what: "the page complete",
    aim: 250_000,
    limit: 250_000,
};
/// Its WebAssembly alone.
const WASM: Budget = Budget {
    what: "its WebAssembly",
    aim: 180_000,
    limit: 180_000,
};
/// What the page does not begin with, which is downloaded when it is first wanted.
const LATER: Budget = Budget {
    what: "the rest of its WebAssembly",
    aim: 65_000,
    limit: 65_000,
};
/// The search, which is downloaded by whoever searches: its WebAssembly alone.
const SEARCH: Budget = Budget {
    what: "the search",
    aim: 120_000,
    limit: 120_000,
};
/// Its file.
const SEARCH_FILE: &str = "worker_bg.wasm";
/// The reports and the forms to take away, which are downloaded by whoever opens one or shares a run: their WebAssembly alone.
const REPORTS: Budget = Budget {
    what: "the reports",
    aim: 200_000,
    limit: 210_000,
};
/// Their file.
const REPORTS_FILE: &str = "reports_bg.wasm";

/// The three sizes of a file, or of several together.
#[derive(Clone, Copy, Default)]
struct Size {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

/// Prints the sizes of the site and fails if it is over its budget.
pub(crate) fn report(dist: &Path) -> Result<()> {
    let mut files = BTreeMap::new();
    read_site(dist, "", &mut files)?;
    let page = page_files(&files);

    println!("{:44} {:>9} {:>9} {:>9}", "bytes", "raw", "gzip", "brotli");
    let mut whole = Size::default();
    let mut wasm = Size::default();
    for (name, bytes) in &files {
        let size = Size::of(bytes)?;
        let in_page = page.contains(&name.as_str());
        if in_page {
            whole.add(size);
        }
        if in_page && name.ends_with(".wasm") {
            wasm.add(size);
        }
        println!("{}", size.row(name));
    }
    println!("{}", whole.row("the page complete"));
    println!("{}", wasm.row("its WebAssembly alone"));
    PAGE.check(whole.brotli)?;
    WASM.check(wasm.brotli)?;
    for (name, budget) in [
        (programs::LATER_FILE, LATER),
        (SEARCH_FILE, SEARCH),
        (REPORTS_FILE, REPORTS),
    ] {
        let file = files.get(name);
        let file = file.with_context(|| format!("{name} is missing from the site"))?;
        budget.check(Size::of(file)?.brotli)?;
    }
    Ok(())
}

impl Budget {
    /// Says where a size stands, and fails if it is over the limit.
    fn check(&self, size: usize) -> Result<()> {
        let Self { what, aim, limit } = self;
        if size > *limit {
            bail!(
                "{what} is {size} bytes after brotli, over its limit of {limit}; {aim} is the aim"
            );
        }
        if size > *aim {
            println!(
                "{what}: {} bytes over its aim of {aim}, brotli; {limit} is the limit",
                size - aim
            );
        } else {
            println!(
                "{what}: {} % of its budget of {aim} bytes, brotli",
                size * 100 / aim
            );
        }
        Ok(())
    }
}

/// Adds the files in `folder` under names relative to the site; the book is left out, which no reader of the page downloads.
fn read_site(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    for entry in
        fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))?
    {
        let path = entry?.path();
        let name = format!(
            "{prefix}{}",
            path.file_name().unwrap_or_default().to_string_lossy()
        );
        if path.is_file() {
            let bytes =
                fs::read(&path).with_context(|| format!("could not read {}", path.display()))?;
            files.insert(name, bytes);
        } else if name != "docs" {
            read_site(&path, &format!("{name}/"), files)?;
        }
    }
    Ok(())
}

/// The files that loading `index.html` leads to: itself, what it names, what those name, and so on.
fn page_files(files: &BTreeMap<String, Vec<u8>>) -> Vec<&str> {
    let mut found = vec!["index.html"];
    let mut next = 0;
    while let Some(name) = found.get(next) {
        next += 1;
        let is_text = [".html", ".js", ".css"]
            .iter()
            .any(|ending| name.ends_with(ending));
        let Some(bytes) = files.get(*name).filter(|_| is_text) else {
            continue;
        };
        let text = String::from_utf8_lossy(bytes);
        for other in files.keys() {
            if text.contains(other.as_str())
                && !found.contains(&other.as_str())
                && other != "embed.html"
            {
                found.push(other);
            }
        }
    }
    found
}

impl Size {
    fn of(bytes: &[u8]) -> Result<Self> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(bytes)?;
        let params = BrotliEncoderParams {
            quality: 11,
            lgwin: 22,
            size_hint: bytes.len(),
            ..Default::default()
        };
        let mut brotli = Vec::new();
        brotli::BrotliCompress(&mut &*bytes, &mut brotli, &params)?;
        Ok(Self {
            raw: bytes.len(),
            gzip: gzip.finish()?.len(),
            brotli: brotli.len(),
        })
    }

    fn add(&mut self, other: Self) {
        self.raw += other.raw;
        self.gzip += other.gzip;
        self.brotli += other.brotli;
    }

    fn row(self, name: &str) -> String {
        format!(
            "{name:44} {:>9} {:>9} {:>9}",
            self.raw, self.gzip, self.brotli
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_what_index_html_leads_to() {
        let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
        let files = BTreeMap::from([
            file(
                "index.html",
                "<script>import './app.js'</script> <a href='embed.html'>embed</a>",
            ),
            file("app.js", "fetch('app_bg.wasm')"),
            file("app_bg.wasm", "other.js"),
            file("other.js", ""),
            file("embed.html", ""),
        ]);
        assert_eq!(page_files(&files), ["index.html", "app.js", "app_bg.wasm"]);
    }

    #[test]
    fn sizes_are_those_of_the_compressors() {
        let size = Size::of(&[b'a'; 10_000]).expect("compressing bytes in memory cannot fail");
        assert_eq!(size.raw, 10_000);
        assert!(size.gzip < 100 && size.brotli < 50);
    }

    const BUDGET: Budget = Budget {
        what: "x",
        aim: 50,
        limit: 100,
    };

    #[test]
    fn a_budget_has_an_end() {
        assert!(BUDGET.check(100).is_ok());
        let error = BUDGET.check(101).expect_err("one byte over");
        assert!(error.to_string().contains("over its limit of 100"));
    }
}
