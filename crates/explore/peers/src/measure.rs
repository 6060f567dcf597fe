//! Times one search of one program, in a process of its own, so that its memory can be told and it can be stopped.

use std::fs;
use std::hint::black_box;
use std::process::{Child, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What a search says for itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Done {
    /// Executions or states.
    pub(crate) count: u64,
    /// Whether it found a failure.
    pub(crate) found: bool,
    /// Whether that is right.
    pub(crate) is_right: bool,
}

/// A search that is timed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timed {
    pub(crate) done: Done,
    /// The shortest of several, because what else the machine does can only add to it; for searches by chance the median.
    pub(crate) time: Duration,
    /// The most memory the process had.
    pub(crate) kilobytes: u64,
}

/// Times a search that is the same every time.
pub(crate) fn shortest(mut search: impl FnMut() -> Done) -> Timed {
    time(|_| search(), |_| 0)
}

/// Times a search by chance; `search` is told how often it was called before.
pub(crate) fn median(search: impl FnMut(u64) -> Done) -> Timed {
    time(search, |times| times / 2)
}

fn time(mut search: impl FnMut(u64) -> Done, choose: impl Fn(usize) -> usize) -> Timed {
    const LONG_ENOUGH: Duration = Duration::from_millis(500);
    const OFTEN_ENOUGH: usize = 301;

    let begun = Instant::now();
    let mut times = Vec::new();
    let mut last = None;
    let mut counts = Vec::new();
    while times.is_empty() || begun.elapsed() < LONG_ENOUGH && times.len() < OFTEN_ENOUGH {
        let start = Instant::now();
        let done = black_box(search(times.len() as u64));
        times.push(start.elapsed());
        counts.push(done.count);
        last = Some(done);
    }
    times.sort_unstable();
    counts.sort_unstable();
    let done = last.unwrap_or(Done {
        count: 0,
        found: false,
        is_right: false,
    });
    Timed {
        done: Done {
            count: counts[counts.len() / 2],
            ..done
        },
        time: times[choose(times.len())],
        kilobytes: most_memory(),
    }
}

/// Waits for a process to end, but not longer than `cap`: then it is ended. `None` if it was.
pub(crate) fn wait(mut child: Child, cap: Duration) -> Option<Output> {
    let begun = Instant::now();
    while child.try_wait().ok()?.is_none() {
        if begun.elapsed() > cap {
            child.kill().ok()?;
            child.wait().ok()?;
            return None;
        }
        sleep(Duration::from_millis(1));
    }
    child.wait_with_output().ok()
}

/// The most memory this process had at once, as the system tells it.
fn most_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

impl Timed {
    pub(crate) fn print(&self) -> String {
        let Self {
            done,
            time,
            kilobytes,
        } = self;
        format!(
            "{} {} {} {} {kilobytes}",
            done.count,
            done.found,
            done.is_right,
            time.as_nanos()
        )
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split_whitespace();
        Some(Self {
            done: Done {
                count: parts.next()?.parse().ok()?,
                found: parts.next()?.parse().ok()?,
                is_right: parts.next()?.parse().ok()?,
            },
            time: Duration::from_nanos(parts.next()?.parse().ok()?),
            kilobytes: parts.next()?.parse().ok()?,
        })
    }
}
