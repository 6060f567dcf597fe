//! `lockstep`, the terminal program: scenarios listed, shown and run.
//!
//! It ends with 0 if what it ran ended well, 1 if it broke, 2 if it could not be run, and 3 if a limit ended a search before it could tell.

mod args;
mod check;
mod draw;
mod list;
mod locks;
mod matrix;
mod order;
mod outside;
mod progress;
mod races;
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
    news: News,
}

/// How what was asked for came out; the number is the exit code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum News {
    /// It ended well, or nothing that can happen does harm.
    Good = 0,
    /// It broke, or can break.
    Broken = 1,
    /// A limit ended the search before it could tell.
    Limited = 3,
}

impl News {
    /// What a search says that found something broken, or that went through everything.
    fn of(is_broken: bool, is_complete: bool) -> Self {
        match (is_broken, is_complete) {
            (true, _) => Self::Broken,
            (false, true) => Self::Good,
            (false, false) => Self::Limited,
        }
    }
}

impl Done {
    fn well(text: String) -> Self {
        Self {
            text,
            news: News::Good,
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
        Command::Check(asked) => check::run(&asked),
        Command::Matrix(asked) => matrix::run(&asked),
        Command::Races(asked) => races::run(&asked),
        Command::Classes(asked) => races::classes(&asked),
        Command::Locks(asked) => locks::run(&asked),
    };
    match done {
        // A reader who has seen enough closes the pipe; that is no failure of ours.
        Ok(Done { text, news }) => {
            _ = anstream::stdout().write_all(text.as_bytes());
            ExitCode::from(news as u8)
        }
        Err(failure) => {
            _ = writeln!(anstream::stderr(), "{}", draw::draw(&failure));
            ExitCode::from(2)
        }
    }
}
