//! A run in a chapter: as a picture, as text, and as a stage that can be stepped.

use std::rc::Rc;

use anyhow::{Context, Result, anyhow};
use lockstep_mm::kernel::Kernel;
use lockstep_scenario::{Scenario, parse_kernel};
use lockstep_view::scene::StepNo;
use lockstep_view::text::mail::Detail;
use lockstep_view::text::svg::{FrameSize, Picture, Theme};
use lockstep_view::text::{Account, mail};
use lockstep_view::{Run, Session};

use crate::markup::{address, html};
use crate::pieces::Piece;
use crate::scenarios::Scenarios;

/// A script of a scenario, run on a kernel.
pub(crate) struct Order {
    pub(crate) scenario: Rc<Scenario>,
    pub(crate) script: String,
    /// As it is written, which is how it stands in links.
    pub(crate) kernel: String,
    pub(crate) run: Run,
}

/// The kernel that a path names.
pub(crate) fn kernel(name: &str) -> Result<Kernel> {
    parse_kernel(name).map_err(|problems| {
        let first = problems.first().map_or("", |problem| &problem.message);
        anyhow!("{name} is no kernel: {first}")
    })
}

impl Order {
    /// Runs it.
    pub(crate) fn new(
        scenarios: &Scenarios,
        scenario: &str,
        script: &str,
        kernel: &str,
    ) -> Result<Self> {
        let scenario = Rc::clone(scenarios.get(scenario)?);
        let known = self::kernel(kernel)?;
        let session =
            Session::new(Rc::clone(&scenario), known).context("the world cannot be made")?;
        let scripted = session.scripted(script)?;
        Ok(Self {
            run: session.run_scripted(&scripted),
            script: script.to_owned(),
            kernel: kernel.to_owned(),
            scenario,
        })
    }

    /// The run in the page of the site, in full.
    pub(crate) fn link(&self) -> String {
        format!(
            "../index.html#/lab?v=1&s={}&p={}&r={}",
            address(&self.scenario.id),
            address(&self.kernel),
            address(&self.run.order().to_string())
        )
    }

    /// How it ended, in a sentence.
    pub(crate) fn verdict(&self) -> String {
        let end = self.run.scene(StepNo(self.run.steps()));
        end.verdict.spoken
    }

    /// "Exit against reclaim, before the patch".
    fn name(&self) -> String {
        let headline = self.run.headline();
        format!("{}, {}", headline.title, headline.kernel)
    }

    fn path(&self) -> String {
        format!("run/{}/{}/{}", self.scenario.id, self.script, self.kernel)
    }
}

/// The picture of the step that decides a run, and the run as text below it.
pub(crate) fn run(order: &Order) -> Vec<Piece> {
    let path = order.path();
    let (picture, shown) = drawn(order);
    let text = format!("<div class=\"run\">\n{shown}</div>\n");
    vec![
        Piece {
            path: format!("{path}.svg"),
            text: picture,
        },
        Piece {
            path: format!("{path}.md"),
            text,
        },
    ]
}

/// A run that is told in full already by the stage above it: closed, until somebody opens or prints it.
pub(crate) fn folded(order: &Order) -> (Piece, String) {
    let (picture, shown) = drawn(order);
    let text = format!(
        "<details class=\"run\">\n<summary>This run as a picture and as text</summary>\n{shown}</details>\n"
    );
    let path = format!("{}.svg", order.path());
    (
        Piece {
            path,
            text: picture,
        },
        text,
    )
}

/// The picture, and the HTML that shows it.
///
/// Markdown takes HTML as it is only up to an empty line, except in a `<pre>` that starts after one.
fn drawn(order: &Order) -> (String, String) {
    let run = &order.run;
    let account = Account {
        headline: &run.headline(),
        score: run.score(),
        rows: run.transcript(),
        end: &run.scene(StepNo(run.steps())),
    };
    let decided = account.score.verdict.as_ref().map(|mark| mark.step.0);
    let at = run.scene(StepNo(decided.unwrap_or(run.steps())));
    let picture = Picture {
        id: "lockstep",
        theme: Theme::Auto,
    };
    let drawing = picture.frame(&account, &at, FrameSize::Wide);
    let verdict = html(&order.verdict());
    let text = html(mail::mail(&account, Detail::Concise).trim_end());
    let shown = format!(
        "<div class=\"picture\"><img src=\"live/{path}.svg\" alt=\"{name}, thread by thread. {verdict}\" loading=\"lazy\"></div>\n\
         <p class=\"verdict\">{verdict} <a href=\"{link}\">Open this run</a></p>\n\
         <details>\n\
         <summary>The same run as text</summary>\n\
         \n\
         <pre>{text}</pre>\n\
         </details>\n",
        path = address_of_file(&order.path()),
        name = html(&order.name()),
        link = html(&order.link()),
    );
    (drawing, shown)
}

/// A stage on which the run can be stepped; it stands at its beginning.
pub(crate) fn stage(order: &Order) -> String {
    let source = format!(
        "../embed.html?scenario={}&variant={}&run={}&cursor=0&theme=auto",
        address(&order.scenario.id),
        address(&order.kernel),
        address(&order.run.order().to_string())
    );
    format!(
        "<iframe class=\"stage\" src=\"{}\" title=\"{}, one step at a time\" loading=\"lazy\" sandbox=\"allow-scripts\"></iframe>\n",
        html(&source),
        html(&order.name())
    )
}

/// A path in an address keeps its slashes.
fn address_of_file(path: &str) -> String {
    let parts: Vec<String> = path.split('/').map(address).collect();
    parts.join("/")
}
