//! The compiled form, read.

use super::{
    Argument, Beat, Expectation, Invocation, Label, Labelled, Outcome, PagePlace, Scenario, Script,
    SetupStep, Thread,
};
use crate::reader::{Read, Reader, read_fields};

read_fields! {
    Scenario {
        id, title, stakes, statement, notice, processes, files, setup, labels, threads, beats, scripts, kernel, opening, lanes,
        facts, prepared
    }
    SetupStep { call, why }
    Invocation { form, arguments }
    Label { name, object }
    Thread { name, role, comm, path }
    Beat { id, title, note, at }
    Script { id, title, text, expect }
    Expectation { kernel, outcome }
}

impl Read for Argument {
    fn read(from: &mut Reader<'_>) -> Self {
        match from.get::<u32>() {
            1 => Self::Process(from.get()),
            2 => Self::File(from.get()),
            3 => Self::Number(from.get()),
            4 => Self::Page(from.get()),
            5 => Self::Word(from.get()),
            _ => Self::None,
        }
    }
}

impl Read for PagePlace {
    fn read(from: &mut Reader<'_>) -> Self {
        match from.get::<u32>() {
            0 => Self::Mapped {
                process: from.get(),
                at: from.get(),
            },
            _ => Self::Cached {
                file: from.get(),
                index: from.get(),
            },
        }
    }
}

impl Read for Labelled {
    fn read(from: &mut Reader<'_>) -> Self {
        match from.get::<u32>() {
            0 => Self::Page(from.get()),
            _ => Self::Vma {
                process: from.get(),
                at: from.get(),
            },
        }
    }
}

impl Read for Outcome {
    fn read(from: &mut Reader<'_>) -> Self {
        let place = from.get::<u32>() as usize;
        Self::ALL.get(place).copied().unwrap_or(Self::Unfinished)
    }
}
