//! Times this project's search and those of others on the same programs, in one go on one machine, and prints them side by side.
//!
//! Each search of each program runs in a process of its own, which is stopped if it takes too long: what is out of reach is said to be.
//! Counts stand beside times, because the searches do different work: executions of the whole program, or states of it.
//! interweave, the one other search that runs one order of each class, needs a newer compiler than this project and is left out.

#![allow(clippy::print_stdout, reason = "its output is what it is for")]

mod measure;
mod ours;
mod spin;
mod states;
mod threads;
mod work;

use std::env;
use std::process::{Command, Stdio};
use std::time::Duration;

use measure::Timed;
use work::Work;

/// What is searched. A peer that took too long for one is not given the larger ones of its kind.
const WORKS: [&str; 18] = [
    "lastzero 3",
    "lastzero 5",
    "lastzero 10",
    "readers 3",
    "readers 8",
    "readers 13",
    "indexer 12",
    "indexer 15",
    "after 1 0",
    "after 1 1",
    "after 1 2",
    "after 1 3",
    "after 2 2",
    "after 1 4",
    "before 1 0",
    "before 1 2",
    "before 1 3",
    "before 1 4",
];

/// The searches: the first ones are ours.
const ENGINES: [&str; 12] = [
    "lockstep classes",
    "lockstep states",
    "lockstep states+sym",
    "lockstep chance",
    "shuttle dfs",
    "shuttle pct",
    "loom",
    "stateright bfs",
    "stateright dfs",
    "stateright dfs+sym",
    "spin",
    "spin -DNOREDUCE",
];
const OURS: usize = 4;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--one", engine, work, cap] => {
            let cap = Duration::from_secs(cap.parse().unwrap_or(CAP));
            if let Some(timed) = Work::parse(work).and_then(|work| one(engine, work, cap)) {
                println!("{}", timed.print());
            }
        }
        [seconds] if seconds.parse::<u64>().is_ok() => all(seconds.parse().unwrap_or(CAP)),
        [] => all(CAP),
        _ => println!("usage: lockstep-peers [SECONDS], how long each search may take"),
    }
}

/// How many seconds a search may take unless told otherwise.
const CAP: u64 = 10;

/// Whether a search answers the question that a program poses, and knows something that the plain one does not.
fn is_asked(engine: &str, work: Work) -> bool {
    let by_chance = matches!(engine, "lockstep chance" | "shuttle pct");
    let is_symmetric = matches!(work, Work::Readers(_) | Work::Rmap(_, _, 2..));
    (work.fails() || !by_chance) && (is_symmetric || !engine.ends_with("+sym"))
}

fn one(engine: &str, work: Work, cap: Duration) -> Option<Timed> {
    let always = |search: fn(Work) -> measure::Done| Some(measure::shortest(|| search(work)));
    match engine {
        "lockstep classes" => always(ours::classes),
        "lockstep states" => always(ours::told_apart),
        "lockstep states+sym" => always(ours::symmetric),
        "lockstep chance" => Some(measure::median(|seed| ours::chance(work, seed))),
        "shuttle dfs" => always(threads::shuttle_all),
        "shuttle pct" => Some(measure::median(|seed| threads::shuttle_chance(work, seed))),
        "loom" => threads::loom(work)
            .map(|first| measure::shortest(|| threads::loom(work).unwrap_or(first))),
        "stateright bfs" => always(states::breadth_first),
        "stateright dfs" => always(states::depth_first),
        "stateright dfs+sym" => always(states::symmetric),
        "spin" => spin::time(work, true, cap),
        _ => spin::time(work, false, cap),
    }
}

/// Has a process of its own do it; `None` if it takes longer than `cap`, or cannot do it at all.
fn in_process(engine: &str, work: Work, cap: Duration) -> Option<Timed> {
    let compiling = if engine.starts_with("spin") {
        spin::COMPILING
    } else {
        Duration::ZERO
    };
    let mut command = Command::new(env::current_exe().ok()?);
    command.args([
        "--one",
        engine,
        &work.to_string(),
        &cap.as_secs().to_string(),
    ]);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let output = measure::wait(command.spawn().ok()?, cap + compiling)?;
    Timed::parse(&String::from_utf8_lossy(&output.stdout))
}

fn all(cap: u64) {
    let with_spin = spin::is_there();
    if !with_spin {
        println!("spin is not installed, and left out.");
    }
    println!(
        "Out of reach: not done in {cap} s, or not possible (loom has room for four threads).\n\
         loom lets a load give an older value than this machine does: what it finds may be another failure.\n\
         interweave needs a newer compiler, and is left out.\n"
    );
    println!(
        "{:12} {:20} {:>10} {:>12} {:>10} {:>10}",
        "program", "search", "count", "ms", "x ours", "MB"
    );
    for work in WORKS.iter().filter_map(|work| Work::parse(work)) {
        let mut ours: Option<f64> = None;
        for (at, engine) in ENGINES.iter().enumerate() {
            let is_spin = engine.starts_with("spin");
            if !is_asked(engine, work) || is_spin && !with_spin {
                continue;
            }
            let timed = in_process(engine, work, Duration::from_secs(cap));
            let Some(timed) = timed else {
                println!("{:12} {engine:20} {:>10}", work.to_string(), "out of reach");
                continue;
            };
            let time = timed.time.as_secs_f64() * 1e3;
            if at < OURS {
                ours = Some(ours.map_or(time, |ours| ours.min(time)));
            }
            let ratio = ours.map_or(f64::NAN, |ours| time / ours);
            println!(
                "{:12} {engine:20} {:>10} {time:>12.3} {:>10} {:>10.1}{}",
                work.to_string(),
                timed.done.count,
                if at < OURS {
                    String::new()
                } else {
                    format!("{ratio:.1}")
                },
                timed.kilobytes as f64 / 1024.0,
                if timed.done.is_right {
                    ""
                } else {
                    "  WRONG ANSWER"
                },
            );
        }
        println!();
    }
}
