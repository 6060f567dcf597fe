//! What /proc tells about a process, read and understood.

use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use anyhow::{Context, Result};

/// The size of a page.
pub const PAGE: u64 = 4096;

/// A mapping of /proc/PID/smaps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mapping {
    /// Its pages, by address.
    pub pages: Range<u64>,
    /// `lo` is among its `VmFlags`.
    pub lo: bool,
}

/// All mappings of a process.
///
/// # Errors
/// If /proc cannot be read or understood.
pub fn mappings(pid: u32) -> Result<Vec<Mapping>> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps"))?;
    let mut mappings: Vec<Mapping> = Vec::new();
    for line in text.lines() {
        if let Some(flags) = line.strip_prefix("VmFlags:") {
            let mapping = mappings.last_mut().context("VmFlags without a mapping")?;
            mapping.lo = flags.split_whitespace().any(|flag| flag == "lo");
        } else if let Some(pages) = header(line) {
            mappings.push(Mapping { pages, lo: false });
        }
    }
    Ok(mappings)
}

/// `200000000000-200000004000 rw-p ...`: the first line of a mapping. The lines about it have a colon right after their first word.
fn header(line: &str) -> Option<Range<u64>> {
    let (range, _) = line.split_once(' ')?;
    let (start, end) = range.split_once('-')?;
    let number = |text| u64::from_str_radix(text, 16).ok();
    Some(number(start)? / PAGE..number(end)? / PAGE)
}

/// A line of /proc/PID/status that gives a size, in pages.
///
/// # Errors
/// If /proc cannot be read or understood.
pub fn status(pid: u32, names: [&str; 2]) -> Result<[u64; 2]> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let size = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        let kb: u64 = line
            .trim_matches([':', '\t', ' '])
            .strip_suffix(" kB")?
            .trim()
            .parse()
            .ok()?;
        Some(kb * 1024 / PAGE)
    };
    let [one, other] = names.map(|name| size(name).with_context(|| format!("no {name} in status")));
    Ok([one?, other?])
}

/// What the page table of a process and the flags of pages tell.
pub struct Pages {
    pagemap: File,
    kpageflags: Option<File>,
}

/// The bits of /proc/kpageflags for the page of zeroes, which stands for untouched memory.
const ZERO_PAGE: u64 = 1 << 24;

/// A page frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Frame {
    /// Its number; 0 without the right to know.
    pub number: u64,
    /// Its entry in /proc/kpageflags; `None` without the right to know.
    pub flags: Option<u64>,
}

impl Pages {
    /// Of a process; the flags only if they may be read.
    ///
    /// # Errors
    /// If not even the page table can be read.
    pub fn of(pid: u32) -> io::Result<Self> {
        Ok(Self {
            pagemap: File::open(format!("/proc/{pid}/pagemap"))?,
            kpageflags: File::open("/proc/kpageflags").ok(),
        })
    }

    /// The frames of a range of addresses, in pages.
    ///
    /// # Errors
    /// If /proc cannot be read.
    pub fn frames(&self, range: Range<u64>) -> io::Result<Vec<Option<Frame>>> {
        let mut entries = vec![0; 8 * (range.end - range.start) as usize];
        self.pagemap.read_exact_at(&mut entries, range.start * 8)?;
        let entries = entries.as_chunks::<8>().0.iter();
        entries
            .map(|entry| {
                let entry = u64::from_ne_bytes(*entry);
                if entry >> 63 == 0 {
                    return Ok(None);
                }
                let number = entry & ((1 << 55) - 1);
                let flags = self.flags(number)?;
                let is_zero_page = flags.is_some_and(|flags| flags & ZERO_PAGE != 0);
                Ok((!is_zero_page).then_some(Frame { number, flags }))
            })
            .collect()
    }

    fn flags(&self, number: u64) -> io::Result<Option<u64>> {
        let Some(kpageflags) = self.kpageflags.as_ref().filter(|_| number != 0) else {
            return Ok(None);
        };
        let mut flags = [0; 8];
        kpageflags.read_exact_at(&mut flags, number * 8)?;
        Ok(Some(u64::from_ne_bytes(flags)))
    }
}
