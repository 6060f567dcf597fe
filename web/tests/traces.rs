//! The same run leaves the same trace, byte for byte, natively and in WebAssembly.
//!
//! Both hold what they get against one file, a line a run: so they are also held against each other.
//! The line has the run's order and length, how it ended, and a checksum over everything a trace says
//! except the lines of the source, which change without the run changing.

use std::fmt::Write;
use std::rc::Rc;

use lockstep_machine::Trace;
use lockstep_mm::kernel::Kernel;
use lockstep_scenario::compiled;
use lockstep_view::Session;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn every_shipped_run_leaves_the_same_trace() {
    let files: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/scenario_files.rs"));
    let library = files
        .iter()
        .flat_map(|(_, bytes)| compiled::decode(bytes).expect("a scenario of this build"));
    let mut text = String::new();
    for scenario in library {
        let scenario = Rc::new(scenario);
        for (name, kernel) in Kernel::PRESETS {
            let session =
                Session::new(Rc::clone(&scenario), *kernel).expect("a scenario that builds");
            for script in &scenario.scripts {
                let scripted = session
                    .scripted(&script.id)
                    .expect("a script that can be met");
                let run = session.run_scripted(&scripted);
                let (order, outcome) = (run.executed(), run.outcome().word());
                let checksum = fnv(&told(run.trace()));
                let line = format!(
                    "{} {} {name} {order} {outcome} {checksum:016x}",
                    scenario.id, script.id
                );
                text += &line;
                text.push('\n');
            }
        }
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write("tests/traces.txt", &text).expect("the file of the traces");
        return;
    }
    let known = include_str!("traces.txt").lines();
    let new: Vec<_> = text.lines().collect();
    let changed: Vec<_> = known.clone().filter(|line| !new.contains(line)).collect();
    assert_eq!(
        new,
        known.collect::<Vec<_>>(),
        "these are other traces now; if they should be, UPDATE_EXPECT=1 writes them down:\n{changed:#?}"
    );
}

/// A trace as text: every step with its call, its locks and its changes, then the calls, the marks and the faults.
fn told(trace: &Trace) -> String {
    let mut text = String::new();
    for event in trace.events() {
        let stack: Vec<_> = trace
            .stack(event.frame)
            .map(|frame| frame.function.name)
            .collect();
        _ = writeln!(
            text,
            "{} {:?} {:?} {} {:?} {stack:?} {:?}",
            event.thread,
            event.operation,
            event.effect,
            event.value,
            event.held.as_slice(),
            trace.changes(event)
        );
    }
    for frame in trace.frames() {
        _ = writeln!(
            text,
            "{} {:?} {} {:?} {:?}",
            frame.thread, frame.function.name, frame.entered, frame.left, frame.result
        );
    }
    for mark in trace.marks() {
        _ = writeln!(
            text,
            "{} {} {:?} {}",
            mark.thread, mark.name, mark.object, mark.step
        );
    }
    _ = writeln!(text, "{:?}", trace.faults());
    text
}

/// The 64-bit FNV-1a checksum.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
