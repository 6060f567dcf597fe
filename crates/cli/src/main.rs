//! `lockstep`, the terminal program: scenarios listed, shown and run.
//!
//! It ends with 0 if what it ran ended well, 1 if it broke, and 2 if it could not be run.

mod args;
mod draw;
mod list;
mod order;
mod outside;
mod run;
mod show;
mod syscalls;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};

/// What a command has to say, and whether that is good news.
struct Done {
    text: String,
    is_broken: bool,
}

impl Done {
    fn well(text: String) -> Self {
        Self {
            text,
            is_broken: false,
        }
    }
}

fn main() -> ExitCode {
    let done = match Args::parse().command {
        Command::List => Ok(Done::well(list::list())),
        Command::Show { scenario } => {
            outside::scenario(&scenario).map(|scenario| Done::well(show::show(&scenario)))
        }
        Command::Run(asked) => run::run(&asked),
        Command::Syscalls(asked) => syscalls::run(&asked),
    };
    match done {
        // A reader who has seen enough closes the pipe; that is no failure of ours.
        Ok(Done { text, is_broken }) => {
            _ = anstream::stdout().write_all(text.as_bytes());
            ExitCode::from(u8::from(is_broken))
        }
        Err(failure) => {
            _ = writeln!(anstream::stderr(), "{}", draw::draw(&failure));
            ExitCode::from(2)
        }
    }
}
