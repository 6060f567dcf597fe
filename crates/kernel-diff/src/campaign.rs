//! Many programs, and what came of all of them.

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::{Context, Result};
use lockstep_mm::kernel::Kernel;
use lockstep_syscalls::Call;

use crate::compare::{self, Compared, Sight};
use crate::generate;
use crate::real::Worker;
use crate::rules::RULES;
use crate::shrink::{self, shrink};

/// After so many programs with something unexplained there is enough to look at.
const ENOUGH: usize = 5;

/// What came of some programs.
#[derive(Default, Debug)]
pub struct Campaign {
    /// How many were run.
    pub programs: usize,
    /// How many calls were compared.
    pub calls: usize,
    /// How many single facts were equal.
    pub equal: usize,
    /// How often each rule excused a difference, by its name.
    pub excused: BTreeMap<&'static str, usize>,
    /// What is unexplained, as programs with comments on top.
    pub failures: Vec<String>,
}

/// Compares one program.
///
/// # Errors
/// If it cannot be run.
pub fn compare(worker: &Worker, sight: Sight, calls: &[Call]) -> Result<Compared> {
    compare::compare(worker, calls, Kernel::AFTER, sight)
}

/// Compares as many random programs as asked for, the first from `seed`; each that shows something unexplained is shrunk.
///
/// # Errors
/// If one cannot be run.
pub fn run(worker: &Worker, sight: Sight, seed: u64, programs: u64) -> Result<Campaign> {
    let mut campaign = Campaign::default();
    for seed in seed..seed + programs {
        let mut calls = generate::program(seed);
        let shown = || format!("the program of seed {seed}:\n{}", shrink::text(&calls));
        let mut compared = compare(worker, sight, &calls).with_context(shown)?;
        if compared.unexplained.is_some() {
            let still = |calls: &[Call]| {
                let compared = compare(worker, sight, calls);
                compared.is_ok_and(|compared| compared.unexplained.is_some())
            };
            calls = shrink(&calls, still);
            compared = compare(worker, sight, &calls)?;
        }
        campaign.add(Some(seed), &calls, compared);
        if campaign.failures.len() >= ENOUGH {
            break;
        }
    }
    Ok(campaign)
}

impl Campaign {
    /// Adds what came of one program.
    pub fn add(&mut self, seed: Option<u64>, calls: &[Call], compared: Compared) {
        self.programs += 1;
        self.calls += compared.calls;
        self.equal += compared.equal;
        for (name, count) in compared.excused {
            *self.excused.entry(name).or_default() += count;
        }
        let Some((index, differences)) = compared.unexplained else {
            return;
        };
        let mut text = String::new();
        if let Some(seed) = seed {
            _ = writeln!(text, "# seed {seed}, shrunk");
        }
        _ = writeln!(text, "# after call {}:", index + 1);
        for difference in differences {
            _ = writeln!(text, "# {difference}");
        }
        text += &shrink::text(&calls[..=index.min(calls.len().saturating_sub(1))]);
        self.failures.push(text);
    }

    /// All of it in words.
    pub fn told(&self) -> String {
        let mut text = String::new();
        for failure in &self.failures {
            _ = writeln!(text, "{failure}");
        }
        _ = writeln!(
            text,
            "{} programs, {} calls, {} facts equal",
            self.programs, self.calls, self.equal
        );
        for rule in RULES {
            let count = self.excused.get(rule.name).copied().unwrap_or(0);
            _ = writeln!(text, "{count:6} excused by {}: {}", rule.name, rule.reason);
        }
        _ = writeln!(text, "{:6} programs unexplained", self.failures.len());
        text
    }
}
