//! Times every run natively: one line each with its scenario, its steps, and nanoseconds for one run, separated by tabs.

#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use std::time::{Duration, Instant};

use lockstep_speed::cases;

/// How long each run is repeated.
const LONG_ENOUGH: Duration = Duration::from_millis(100);

fn main() {
    for mut case in cases() {
        let steps = case.run(1);
        let mut times = 4;
        let taken = loop {
            let start = Instant::now();
            case.run(times);
            let taken = start.elapsed();
            if taken >= LONG_ENOUGH {
                break taken;
            }
            times *= 2;
        };
        let each = taken.as_nanos() / u128::from(times);
        println!("{}\t{steps}\t{each}", case.scenario());
    }
}
