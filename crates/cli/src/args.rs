//! What can be asked for on the command line.

use clap::{Parser, Subcommand, ValueEnum};

/// Schedule modelled kernel functions of Linux commit b87537d9e2fe step by step.
#[derive(Parser, Debug)]
#[command(name = "lockstep", version, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// List the scenarios that are built in.
    List,
    /// Show a scenario: what is at stake, how its world is made, its threads, scripts and beats.
    Show {
        /// The id of a scenario, or a scenario file.
        scenario: String,
    },
    /// Run a scenario in some order, and tell what happened.
    Run(Run),
    /// Search all orders of a scenario: find one that ends badly, or show that there is none.
    Check(Check),
    /// Search all orders of many scenarios on many kernels, and lay what can come of them out as a table.
    Matrix(Matrix),
    /// Make the system calls of a program one after the other, and show what /proc would show after each.
    Syscalls(Syscalls),
    /// Search all orders of a scenario for data races, and say of each whether it matters.
    Races(Races),
    /// Search all orders of a scenario, and list one of each class of equivalent ones.
    Classes(Races),
    /// Search all orders of a scenario for what is locked under what, and hold it against the documented order.
    Locks(Locks),
}

#[derive(clap::Args, Debug)]
pub(crate) struct Races {
    /// The id of a scenario, or a scenario file.
    pub(crate) scenario: String,
    /// How it is searched and told.
    #[command(flatten)]
    pub(crate) search: ReportSearch,
}

#[derive(clap::Args, Debug)]
pub(crate) struct Locks {
    /// The id of a scenario, or a scenario file.
    #[arg(required_unless_present = "all")]
    pub(crate) scenario: Option<String>,
    /// Take every built-in scenario besides, as the kernel's lockdep gathers what it sees over an uptime.
    #[arg(long)]
    pub(crate) all: bool,
    /// How it is searched and told.
    #[command(flatten)]
    pub(crate) search: ReportSearch,
}

/// How a search for a report is made.
#[derive(clap::Args, Debug)]
pub(crate) struct ReportSearch {
    /// The kernel: before or after, then switches such as i-mmap=shared, separated by commas.
    #[arg(long, short)]
    pub(crate) kernel: Option<String>,
    /// How many classes of equivalent orders are searched at most, of each scenario.
    #[arg(long, value_name = "CLASSES")]
    pub(crate) limit: Option<u64>,
    /// How many seconds it takes at most.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) limit_time: Option<f64>,
    /// Tell it as one JSON object, for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(clap::Args, Debug)]
pub(crate) struct Check {
    /// The id of a scenario, or a scenario file.
    pub(crate) scenario: String,
    /// The kernel: before or after, then switches such as i-mmap=shared, separated by commas.
    #[arg(long, short)]
    pub(crate) kernel: Option<String>,
    /// How it is searched. By itself it tries chance first, then classes, and with very many of them also states.
    #[arg(long, short, value_enum, conflicts_with = "limit_switches")]
    pub(crate) engine: Option<Engine>,
    /// Be content with the first order that ends badly.
    #[arg(long)]
    pub(crate) first: bool,
    /// Look at what must hold after every step in every state, too. Takes the engine `states`.
    #[arg(long, conflicts_with = "engine")]
    pub(crate) every_step: bool,
    #[command(flatten)]
    pub(crate) limit: Limit,
    /// Tell it as one JSON object, for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(clap::Args, Debug)]
pub(crate) struct Matrix {
    /// The ids of scenarios, or scenario files; all that are built in, unless said otherwise.
    pub(crate) scenarios: Vec<String>,
    /// A kernel; can be given several times. Without it: those with a name, and all that differ from `before` or `after` in one switch.
    #[arg(long, short, value_name = "KERNEL")]
    pub(crate) kernels: Vec<String>,
    #[command(flatten)]
    pub(crate) limit: Limit,
    /// Tell it as one JSON object a line, one for each scenario and kernel.
    #[arg(long)]
    pub(crate) json: bool,
}

/// How far a search goes. One that a limit has ended proves nothing.
#[derive(clap::Args, Clone, Copy, Debug)]
pub(crate) struct Limit {
    /// How many runs an engine makes at most; for the engine `classes` that is how many classes of equivalent orders.
    #[arg(long, value_name = "RUNS")]
    pub(crate) limit: Option<u64>,
    /// How many states it keeps at most; each takes 16 to 64 bytes, and twice that with a limit of switches.
    #[arg(long, value_name = "STATES", default_value_t = 100_000_000)]
    pub(crate) limit_states: u64,
    /// How many steps it executes at most.
    #[arg(long, value_name = "STEPS")]
    pub(crate) limit_steps: Option<u64>,
    /// How many steps one order has at most.
    #[arg(long, value_name = "STEPS", default_value_t = 4096)]
    pub(crate) limit_depth: usize,
    /// How often the thread changes at most: only such orders are looked at, by states, those with the fewest changes first.
    #[arg(long, value_name = "SWITCHES")]
    pub(crate) limit_switches: Option<u32>,
    /// How many seconds a search takes at most, looking for races included.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) limit_time: Option<f64>,
}

/// A way of searching.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Engine {
    /// Orders drawn at random. It proves nothing.
    Chance,
    /// One order of each class of equivalent ones.
    Classes,
    /// Each state once.
    States,
}

#[derive(clap::Args, Debug)]
pub(crate) struct Syscalls {
    /// A file with one call a line, as a JSON object; `-` for what is piped in.
    pub(crate) file: String,
    /// The kernel: before or after, then switches such as i-mmap=shared, separated by commas. It is after, unless said otherwise.
    #[arg(long, short)]
    pub(crate) kernel: Option<String>,
    /// How it is told.
    #[arg(long, short, value_enum, default_value_t)]
    pub(crate) format: SyscallsFormat,
}

/// How a program of system calls is told.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) enum SyscallsFormat {
    /// The answer of each call, and the mapped pages.
    #[default]
    Table,
    /// One object a line, for programs.
    Json,
}

#[derive(clap::Args, Debug)]
pub(crate) struct Run {
    /// The id of a scenario, or a scenario file.
    pub(crate) scenario: String,
    /// The kernel: before or after, then switches such as i-mmap=shared, separated by commas.
    #[arg(long, short)]
    pub(crate) kernel: Option<String>,
    /// Who steps: A5B4A2 is five steps of A, four of B, two of A; a dot at the end lets everybody finish.
    #[arg(long, short = 'S', conflicts_with = "script")]
    pub(crate) schedule: Option<String>,
    /// The order in words: the name of a script of the scenario, or a file. Without an order, the scenario's own opens.
    #[arg(long, short)]
    pub(crate) script: Option<String>,
    /// How the run is told.
    #[arg(long, short, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// Refuse a script whose order does not exist on the kernel, instead of letting others go first.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Tell every step in a mail, not only those the story needs.
    #[arg(long)]
    pub(crate) full: bool,
    /// The step a picture or /proc shows: the one that decides the run, unless said otherwise.
    #[arg(long, value_name = "STEP")]
    pub(crate) at: Option<u32>,
    /// How wide a table may be.
    #[arg(long, default_value_t = lockstep_view::text::table::WIDTH)]
    pub(crate) width: usize,
}

/// How a run is told.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) enum Format {
    /// One line a step.
    #[default]
    Table,
    /// 72 columns, a column for each thread: what kernel people draw by hand.
    Mail,
    /// One object, for programs.
    Json,
    /// A picture of one step.
    Svg,
    /// A picture of the whole run: threads, locks and flags over the steps.
    Score,
    /// A table for a page of documentation.
    Markdown,
    /// What /proc would show after a step: counters, mappings, the flags of pages.
    Proc,
}

/// A time that a search can be given.
fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse::<f64>().ok();
    let can_be_waited = |seconds: &f64| std::time::Duration::try_from_secs_f64(*seconds).is_ok();
    seconds
        .filter(can_be_waited)
        .ok_or_else(|| "a time is a number of seconds, such as 0.5 or 60".to_owned())
}
