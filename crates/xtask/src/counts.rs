//! Adding up what the test runners say of themselves, so that the last line of a run is one sum.

use std::fmt;
use std::ops::AddAssign;

/// How many tests passed, failed and were skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Tests that passed.
    pub(crate) passed: u32,
    /// Tests that failed.
    pub(crate) failed: u32,
    /// Tests that did not run.
    pub(crate) skipped: u32,
}

impl Counts {
    /// Reads one line of output; a line that is no summary counts nothing.
    pub(crate) fn read(&mut self, line: &str) {
        *self += of_cargo(line).or_else(|| of_node(line)).unwrap_or_default();
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; ...`, as cargo's and wasm-bindgen's runners print it.
fn of_cargo(line: &str) -> Option<Counts> {
    let (_verdict, numbers) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let mut counts = Counts::default();
    for part in numbers.split(';') {
        if let Some((number, word)) = part.trim().split_once(' ') {
            counts.count(word, number);
        }
    }
    Some(counts)
}

/// `ℹ pass 3` or `# pass 3`, one line for each kind, as node's runner prints them.
fn of_node(line: &str) -> Option<Counts> {
    let (word, number) = line
        .strip_prefix("ℹ ")
        .or_else(|| line.strip_prefix("# "))?
        .split_once(' ')?;
    let mut counts = Counts::default();
    counts.count(word, number);
    Some(counts)
}

impl Counts {
    fn count(&mut self, word: &str, number: &str) {
        let Ok(number) = number.parse::<u32>() else {
            return;
        };
        match word {
            "passed" | "pass" => self.passed += number,
            // A test that was cancelled or timed out has not shown what it should.
            "failed" | "fail" | "cancelled" => self.failed += number,
            "ignored" | "skipped" | "todo" => self.skipped += number,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    fn check(output: &str, expected: &str) {
        let mut counts = Counts::default();
        output.lines().for_each(|line| counts.read(line));
        assert_eq!(counts.to_string(), expected);
    }

    #[test]
    fn cargo_is_understood() {
        check(
            "running 2 tests\n\
             test a ... ok\n\
             test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.00s\n\
             test result: FAILED. 5 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "7 passed, 1 failed, 1 skipped",
        );
    }

    #[test]
    fn node_is_understood() {
        check(
            "ℹ tests 3\nℹ suites 0\nℹ pass 2\nℹ fail 0\nℹ cancelled 1\nℹ skipped 0\nℹ todo 0",
            "2 passed, 1 failed",
        );
        check("# tests 1\n# pass 1\n# fail 0", "1 passed, 0 failed");
    }

    #[test]
    fn other_output_counts_nothing() {
        check(
            "# a comment\ntest result: unclear\nℹ duration_ms 120.5\n",
            "0 passed, 0 failed",
        );
    }
}
