//! `lockstep run`: a scenario run in some order, and told.

use std::io::Write;
use std::rc::Rc;

use lockstep_view::scene::StepNo;
use lockstep_view::text::mail::Detail;
use lockstep_view::text::svg::{FrameSize, Picture, Theme};
use lockstep_view::text::{Account, json, mail, markdown, table};
use lockstep_view::{Run, Session};

use crate::args::{self, Format};
use crate::draw::Failure;
use crate::{Done, News, order, outside};

/// How wide a picture of a whole run is, in pixels of its own: what a page of documentation has room for.
const PICTURE_WIDTH: u32 = 960;

/// Runs what was asked for. Where the order had to change is said on the error stream, so that the output stays what it is.
pub(crate) fn run(asked: &args::Run) -> Result<Done, Failure> {
    let scenario = outside::scenario(&asked.scenario)?;
    let kernel = outside::kernel(&scenario, asked.kernel.as_deref())?;
    let session = Session::new(Rc::new(scenario), kernel).map_err(|error| {
        Failure::refused(format!("cannot make the world on {kernel}: {error}"), "")
    })?;
    let run = order::run(asked, &session)?;
    for note in run.notes() {
        _ = writeln!(anstream::stderr(), "{note}");
    }
    Ok(Done {
        text: told(asked, &run)?,
        news: News::of(run.outcome().is_broken(), true),
    })
}

fn told(asked: &args::Run, run: &Run) -> Result<String, Failure> {
    if asked.format == Format::Json {
        return json::json(&run.export())
            .map_err(|error| Failure::refused(format!("cannot write JSON: {error}"), ""));
    }
    let account = Account {
        headline: &run.headline(),
        score: run.score(),
        rows: run.transcript(),
        end: &run.scene(StepNo(run.steps())),
    };
    let decided = account.score.verdict.as_ref().map(|mark| mark.step.0);
    let at = asked.at.or(decided).unwrap_or(run.steps());
    let picture = Picture {
        id: "lockstep",
        theme: Theme::Auto,
    };
    Ok(match asked.format {
        Format::Table => table::table(&account, asked.width),
        Format::Mail => mail::mail(
            &account,
            if asked.full {
                Detail::Full
            } else {
                Detail::Concise
            },
        ),
        Format::Markdown => markdown::markdown(&account),
        Format::Proc => run.proc(StepNo(at)),
        Format::Score => picture.score(account.score, PICTURE_WIDTH),
        Format::Svg | Format::Json => {
            picture.frame(&account, &run.scene(StepNo(at)), FrameSize::Wide)
        }
    })
}
