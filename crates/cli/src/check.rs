//! `lockstep check`: all orders of a scenario, searched.

use lockstep_explore::{Counts, Limits, Plan, Search};
use lockstep_machine::{Machine, Program, Schedule, ThreadId, run as drive};
use lockstep_view::reports::Searching;
use lockstep_view::reports::races::is_racy;
use lockstep_view::search::{self, Answer, Question, Searched, Verdict, answer};

use crate::args::{self, Check};
use crate::draw::Failure;
use crate::progress::{Cut, Watch};
use crate::{Done, News, outside};

/// Searches, and tells what was found.
pub(crate) fn run(asked: &Check) -> Result<Done, Failure> {
    let scenario = outside::scenario(&asked.scenario)?;
    let kernel = outside::kernel(&scenario, asked.kernel.as_deref())?;
    let built = scenario.build(kernel).map_err(|error| {
        Failure::refused(format!("cannot make the world on {kernel}: {error}"), "")
    })?;
    let program = Searched::new(built.setting);
    let world = program.setting().setup.world;
    let question = if asked.every_step {
        Question::at_every_step(world)
    } else {
        Question::new(world)
    };
    let plan = Plan {
        engine: match (asked.every_step, asked.engine) {
            (true, _) | (_, Some(args::Engine::States)) => Some(lockstep_explore::Engine::States),
            (_, Some(args::Engine::Classes)) => Some(lockstep_explore::Engine::Classes),
            (_, Some(args::Engine::Chance)) => Some(lockstep_explore::Engine::Chance),
            (_, None) => None,
        },
        first_failure: asked.first,
        limits: limits(&asked.limit, asked.engine == Some(args::Engine::Chance)),
        ..Plan::default()
    };
    let mut search = Search::new(&program, &question, plan);
    let watch = Watch::new(&scenario.id, asked.limit.limit_time);
    let cut = watch.drive(&mut search, &mut ());
    let mut found = answer(&scenario.id, &kernel.to_string(), &search.findings());
    found.milliseconds = watch.milliseconds();
    // A search that is through and was only making failures simple has its answer.
    if let (Some(cut), false) = (cut, search.is_decided()) {
        found.limit = Some(cut.word());
    }
    for (invariant, order) in question.broken_on_the_way() {
        found = found.with_broken_step(invariant, &order);
    }
    found = with_races(found, &program, &mut |counts| watch.goes_on(&counts));
    Ok(Done {
        news: news(&found),
        text: match asked.json {
            true => json(&found)?,
            false => told(&found, cut, &program, asked.limit.limit_switches),
        },
    })
}

/// The same, having looked for a race if there is nothing worse to be said, for as long as `go_on` says so.
pub(crate) fn with_races(
    found: Answer,
    program: &Searched,
    go_on: &mut dyn FnMut(Counts) -> bool,
) -> Answer {
    // The search may have taken all the time there was.
    if found.verdict != Verdict::Clean || !go_on(Counts::default()) {
        return found;
    }
    let question = Question::new(program.setting().setup.world);
    let mut searching = Searching {
        classes: u64::MAX,
        go_on,
    };
    let is_racy = is_racy(program, &question, &mut searching);
    found.with_race(is_racy)
}

/// The limits that were asked for. Chance would go on for ever, so it has one by itself.
pub(crate) fn limits(asked: &args::Limit, is_chance: bool) -> Limits {
    const BY_CHANCE: u64 = 10_000;
    let none = Limits::default();
    Limits {
        runs: asked
            .limit
            .unwrap_or(if is_chance { BY_CHANCE } else { none.runs }),
        states: asked.limit_states,
        steps: asked.limit_steps.unwrap_or(none.steps),
        depth: asked.limit_depth,
        switches: asked.limit_switches,
    }
}

/// How good the news is.
pub(crate) fn news(found: &Answer) -> News {
    News::of(found.verdict == Verdict::Broken, found.complete)
}

pub(crate) fn json(found: &Answer) -> Result<String, Failure> {
    serde_json::to_string(found)
        .map(|text| text + "\n")
        .map_err(|error| Failure::refused(format!("cannot write JSON: {error}"), ""))
}

fn told(found: &Answer, cut: Option<Cut>, program: &Searched, switches: Option<u32>) -> String {
    let Answer {
        scenario, kernel, ..
    } = found;
    let mut text = format!("{scenario} on {kernel}: {}\n", said(found, switches));
    let mut line = |head: &str, body: &str| {
        text += &format!("  {head:<10} {body}\n");
    };
    let ends = match (found.complete, found.outcomes.len()) {
        (_, 0) => "none: no order has come to its end",
        (true, 1) => "every order ends in ",
        (true, _) => "its orders end in ",
        (false, _) => "so far in ",
    };
    line("outcomes", &format!("{ends}{}", found.outcomes.join(", ")));
    for property in &found.properties {
        line("property", &format!("{property} does not hold"));
    }
    line("searched", &searched(found, program, switches));
    for witness in &found.witnesses {
        let simplest = if witness.simplest {
            "simplest"
        } else {
            "order"
        };
        let changes = match witness.switches {
            1 => "1 switch".to_owned(),
            more => format!("{more} switches"),
        };
        line(
            simplest,
            &format!("{}: {changes}, {} steps", witness.outcome, witness.steps),
        );
        line(
            "",
            &format!(
                "lockstep run {scenario} --kernel {kernel} --schedule {}",
                witness.schedule
            ),
        );
    }
    if cut == Some(Cut::Stopped) && !found.complete {
        line("stopped", "what is above is what was known by then");
    }
    line(
        "holds for",
        "this model, one step at a time; memory is not reordered",
    );
    text
}

/// The verdict as a sentence.
fn said(found: &Answer, switches: Option<u32>) -> String {
    match (found.verdict, found.limit) {
        (Verdict::Broken, _) if !found.complete => "broken; there may be more ways".to_owned(),
        (Verdict::Broken, _) => "broken".to_owned(),
        (Verdict::Harmless, _) if found.outcomes.iter().any(|outcome| outcome == "missed") => {
            "harmless: no order breaks it, and a mark that is missed is repaired".to_owned()
        }
        (Verdict::Harmless, _) => {
            "harmless: threads race for a word, and no order breaks it".to_owned()
        }
        (Verdict::Clean, _) if found.is_race_open() => {
            "clean: no order breaks it; there was no time to find out whether threads race"
                .to_owned()
        }
        (Verdict::Clean, _) => "clean: no order breaks it, and no threads race".to_owned(),
        (Verdict::Unproved, Some("stopped")) => {
            "none of the orders tried breaks it; the search was stopped, so this is not a proof"
                .to_owned()
        }
        (Verdict::Unproved, Some("switches")) => format!(
            "no order with {} breaks it; there are others, so this is not a proof",
            at_most(switches)
        ),
        (Verdict::Unproved, limit) => format!(
            "none of the orders tried breaks it; the limit of {} ended the search, so this is not a proof",
            limit.unwrap_or("the engine")
        ),
    }
}

/// The limit of switches in words.
fn at_most(switches: Option<u32>) -> String {
    match switches {
        Some(1) => "at most 1 switch".to_owned(),
        Some(most) => format!("at most {most} switches"),
        None => "any number of switches".to_owned(),
    }
}

/// What was searched, and how little of it had to be.
fn searched(found: &Answer, program: &Searched, switches: Option<u32>) -> String {
    let all = match search::orders_words(&lengths(program)).as_str() {
        "1" => "1 order".to_owned(),
        more => format!("{more} orders"),
    };
    let time = format!("{} steps, {} ms", found.steps, found.milliseconds);
    match (found.classes, found.states) {
        (Some(1), _) if found.complete => {
            format!("by classes: all orders are equivalent ({all}); {time}")
        }
        (Some(classes), _) if found.complete => {
            format!("by classes: {classes} stand for {all}; {time}")
        }
        (Some(classes), _) => format!("by classes: {classes} so far, of {all}; {time}"),
        (_, Some(states)) if found.complete => {
            format!("by states: {states} are all that {all} lead to; {time}")
        }
        (_, Some(states)) if found.limit == Some("switches") => {
            let all = at_most(switches);
            format!("by states: {states} that orders with {all} lead to; {time}")
        }
        (_, Some(states)) => format!("by states: {states} so far; {time}"),
        _ => format!("by chance: {} of {all}; {time}", found.runs),
    }
}

/// How many steps each thread takes if nobody is ever in its way: one after the other, as far as that goes.
fn lengths(program: &Searched) -> Vec<u32> {
    let mut machine = Machine::new(program);
    let mut schedule = Schedule::new();
    drive::finish(&mut machine, &mut schedule);
    let count = |thread: ThreadId| schedule.steps().filter(|step| *step == thread).count() as u32;
    (0..program.threads())
        .filter_map(ThreadId::new)
        .map(count)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a scenario if the time ends after so many questions whether to go on.
    fn said_in_time(scenario: &str, mut turns: u32) -> (News, String, Option<bool>) {
        let scenario = outside::scenario(scenario).expect("a scenario");
        let kernel = outside::kernel(&scenario, Some("after")).expect("a kernel");
        let program = Searched::new(scenario.build(kernel).expect("a world").setting);
        let question = Question::new(program.setting().setup.world);
        let findings = Search::new(&program, &question, Plan::default()).run(&mut ());
        let found = answer(&scenario.id, "after", &findings);
        let found = with_races(found, &program, &mut |_| {
            let goes_on = turns > 0;
            turns = turns.saturating_sub(1);
            goes_on
        });
        (news(&found), said(&found, None), found.races)
    }

    #[test]
    fn a_proof_without_time_for_races_says_so() {
        let clean = "clean: no order breaks it, and no threads race";
        let open = "clean: no order breaks it; there was no time to find out whether threads race";
        let racy = "harmless: threads race for a word, and no order breaks it";
        for (scenario, turns, said, races) in [
            ("reclaim-vs-writer", 9, clean, Some(false)),
            ("reclaim-vs-writer", 0, open, None),
            ("exit-vs-exit", 9, racy, Some(true)),
            ("exit-vs-exit", 0, open, None),
        ] {
            let expected = (News::Good, said.to_owned(), races);
            assert_eq!(said_in_time(scenario, turns), expected, "{scenario}");
        }
    }
}
