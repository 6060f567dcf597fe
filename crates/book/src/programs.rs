//! Programs of system calls: what the model shows after each call, and what the Linux of the build says to that.

use anyhow::{Context, Result, anyhow, bail};
use lockstep_kernel_diff::campaign::{self, Campaign};
use lockstep_kernel_diff::programs;
use lockstep_kernel_diff::real::Worker;
use lockstep_kernel_diff::rules::RULES;
use lockstep_kernel_diff::sight::{self, Sight};
use lockstep_mm::kernel::Kernel;
use lockstep_syscalls::{Call, Config, Model, State, parse};

use crate::markup::markdown;

/// How many random programs the book runs: as many as the tests.
const PROGRAMS: u64 = 300;

/// A program before the patch and after it, call by call.
pub(crate) fn told(name: &str) -> Result<String> {
    let known = programs::ALL.iter().find(|(known, _)| *known == name);
    let Some((_, text)) = known else {
        let all: Vec<&str> = programs::ALL.iter().map(|(name, _)| *name).collect();
        bail!(
            "there is no program named {name}; there are {}",
            all.join(", ")
        );
    };
    let calls = parse(text).map_err(|problems| {
        let first = problems.first().map_or("", |problem| &problem.message);
        anyhow!("{name} is no program: {first}")
    })?;
    let before = states(&calls, Kernel::BEFORE)?;
    let after = states(&calls, Kernel::AFTER)?;
    let mut text = "| Call | `before` | `after` |\n|---|---|---|\n".to_owned();
    for ((call, before), after) in calls.iter().zip(before).zip(after) {
        let (before, after) = (shown(&before), shown(&after));
        let after = match before == after {
            true => after,
            false => format!("**{after}**"),
        };
        // A line without a space would never be broken.
        let line = call.line().replace(",\"", ", \"");
        text += &format!("| `{line}` | {before} | {after} |\n");
    }
    Ok(text)
}

fn states(calls: &[Call], kernel: Kernel) -> Result<Vec<State>> {
    let config = Config {
        kernel,
        has_driver_page: false,
    };
    let refused = |refused: lockstep_syscalls::Refused| anyhow!("cannot run: {}", refused.0);
    let mut model = Model::new(calls, config).map_err(refused)?;
    let states = calls.iter().map(|call| model.call(call).map_err(refused));
    states.collect()
}

/// The answer if it is an error, and each mapped page; those that are alike together.
fn shown(state: &State) -> String {
    let mut parts: Vec<String> = state.errno.iter().cloned().collect();
    let mut pages: Vec<(Vec<u64>, String)> = Vec::new();
    for page in state.pages.iter().filter(|page| page.mapped) {
        let facts = page
            .facts()
            .into_iter()
            .filter(|(name, is)| *is && *name != "mapped");
        let facts: Vec<&str> = facts.map(|(name, _)| name).collect();
        let facts = match facts.is_empty() {
            true => "not there".to_owned(),
            false => facts.join(" "),
        };
        match pages.iter_mut().find(|(_, known)| *known == facts) {
            Some((numbers, _)) => numbers.push(page.page),
            None => pages.push((vec![page.page], facts)),
        }
    }
    parts.extend(pages.into_iter().map(|(numbers, facts)| {
        let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
        format!("{}: {facts}", numbers.join(" and "))
    }));
    parts.join("<br>")
}

/// What came of random programs on the Linux of the build; or why nothing was asked.
pub(crate) fn campaign() -> String {
    match run() {
        Ok((release, sight, campaign)) => told_campaign(&release, sight, &campaign),
        Err(why) => format!(
            "When this book was built, no kernel was asked: {}.\n",
            markdown(&format!("{why:#}"))
        ),
    }
}

fn run() -> Result<(String, Sight, Campaign)> {
    let sight = sight::sight().map_err(|why| anyhow!(why))?;
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease")
        .context("the kernel does not say its release")?;
    // What follows the numbers is a name somebody gave it.
    let release = release.trim().split('-').next().unwrap_or_default();
    let campaign = campaign::run(&Worker::compile()?, sight, 1, PROGRAMS)?;
    Ok((release.to_owned(), sight, campaign))
}

fn told_campaign(release: &str, sight: Sight, campaign: &Campaign) -> String {
    let seen = match sight {
        Sight::Flags => "with the flags of pages",
        Sight::Mappings => "without the flags of pages, which are for root to see",
    };
    let mut text = format!(
        "When this book was built, {} programs with {} calls were compared with Linux {release}, {seen}: \
         {} single facts were equal, and {} programs were left unexplained.\n\n\
         | Rule | Differences it excused |\n|---|---:|\n",
        campaign.programs,
        campaign.calls,
        campaign.equal,
        campaign.failures.len()
    );
    for rule in RULES {
        let count = campaign.excused.get(rule.name).copied().unwrap_or(0);
        text += &format!("| `{}` | {count} |\n", rule.name);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn the_kernels_part_at_the_first_munlock_and_meet_at_the_end() {
        let text = told("double-mapping").expect("a program");
        let rows: Vec<&str> = text.lines().skip(2).collect();
        let differs = |row: &&str| row.contains("**");
        let first = rows.iter().position(differs).expect("one");
        assert!(rows[first].starts_with("| `{\"call\":\"munlock\", \"at\":0"));
        assert!(rows[first].contains("1: present lo mlocked unevictable lru swapbacked**"));
        assert!(rows.last().is_some_and(|row| !differs(row)), "{text}");
    }
}
