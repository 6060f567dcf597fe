//! An executed run, and everything that is told of it.

mod export;
mod proc;

use std::cell::OnceCell;
use std::rc::Rc;

use lockstep_machine::run::Report;
use lockstep_machine::{Gather, Schedule, ThreadId, Trace};
use lockstep_mm::invariants::{Outcome, Violation};

use crate::moves::{self, Target};
use crate::scene::{Explain, Headline, Parting, Row, Scene, Score, StepNo};
use crate::session::{Inner, kernel_words};
use crate::tape::Tape;
use crate::vocabulary::spoken;
use crate::{cards, columns, facts, lists, locks, sentence, verdicts};

/// A run: a scenario on a kernel in one order. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Run {
    kept: Rc<Kept>,
}

#[derive(Debug)]
struct Kept {
    session: Rc<Inner>,
    report: Report,
    tape: Tape,
    notes: Vec<String>,
    parting: Option<Parting>,
    score: OnceCell<Rc<Score>>,
    rows: OnceCell<Rc<Vec<Row>>>,
}

impl Run {
    pub(crate) fn new(
        session: Rc<Inner>,
        report: Report,
        tape: Tape,
        notes: Vec<String>,
        parting: Option<Parting>,
    ) -> Self {
        let (score, rows) = (OnceCell::new(), OnceCell::new());
        Self {
            kept: Rc::new(Kept {
                session,
                report,
                tape,
                notes,
                parting,
                score,
                rows,
            }),
        }
    }

    /// How many steps it has.
    pub fn steps(&self) -> u32 {
        self.kept.tape.steps()
    }

    /// The order in which they were made.
    pub fn executed(&self) -> &Schedule {
        &self.kept.report.executed
    }

    /// The order to ask for to get this run again, on this kernel or another: with the final dot if every thread has ended,
    /// so that where the other kernel takes more steps they are taken too.
    pub fn order(&self) -> Schedule {
        let mut order = self.executed().clone();
        order.finish = self.kept.tape.is_finished();
        order
    }

    /// The places a step can be carried to, its own among them, in order; none if there is no such step.
    pub fn targets(&self, step: StepNo) -> Vec<Target> {
        moves::targets(&self.kept.session, self.executed(), step.0)
    }

    /// The order in which `step` is step `to` instead, if it gets that far; it ends as this run does.
    pub fn moved(&self, step: StepNo, to: StepNo) -> Option<Schedule> {
        let mut order = moves::order(self.executed(), step.0, to.0)?;
        order.finish = self.kept.tape.is_finished();
        Some(order)
    }

    /// What came of the order that was asked for.
    pub fn report(&self) -> &Report {
        &self.kept.report
    }

    /// Where and why the order had to differ from what was asked for, in words.
    pub fn notes(&self) -> &[String] {
        &self.kept.notes
    }

    /// Everything the machine noted.
    pub fn trace(&self) -> &Trace {
        self.kept.tape.trace()
    }

    /// How it ended.
    pub fn outcome(&self) -> Outcome {
        self.kept.tape.outcome()
    }

    /// What did not hold, in order.
    pub fn violations(&self) -> &[Violation] {
        self.kept.tape.violations()
    }

    /// What the kernel printed.
    pub fn log(&self) -> Vec<String> {
        verdicts::log(&self.kept.session, &self.kept.tape, self.steps())
    }

    /// The names of the thread, as the scenario gives it.
    pub fn thread_name(&self, thread: ThreadId) -> &str {
        self.kept.session.words.thread(thread)
    }

    /// The run seen at once.
    pub fn score(&self) -> &Rc<Score> {
        self.kept.score.get_or_init(|| {
            let Kept {
                session,
                tape,
                report,
                parting,
                ..
            } = &*self.kept;
            let score = columns::score(session, tape, self.summary(), report.executed.to_string());
            Rc::new(Score {
                parting: parting.clone(),
                ..score
            })
        })
    }

    /// The run as a table.
    pub fn transcript(&self) -> &Rc<Vec<Row>> {
        let Kept { session, tape, .. } = &*self.kept;
        let table = || Rc::new(columns::transcript(session, tape, self.score()));
        self.kept.rows.get_or_init(table)
    }

    /// What stands above the stage.
    pub fn headline(&self) -> Headline {
        let session = &self.kept.session;
        Headline {
            scenario: session.scenario.id.clone(),
            title: session.scenario.title.clone(),
            stakes: session.scenario.stakes.clone(),
            notice: session.scenario.notice.clone(),
            setup: session.scenario.setup_texts(),
            kernel: kernel_words(session.kernel),
        }
    }

    /// One moment: the world just after the step at `cursor`. A cursor beyond the end is at the end.
    pub fn scene(&self, cursor: StepNo) -> Scene {
        let Kept { session, tape, .. } = &*self.kept;
        let step = cursor.0.min(tape.steps());
        let memory = tape.memory(step);
        Scene {
            cursor: StepNo(step),
            steps: tape.steps(),
            threads: cards::at(session, tape, step),
            groups: facts::at(session, tape, step, &memory),
            lists: lists::at(session, tape, step, &memory),
            locks: locks::all(&session.words, tape, session.image())
                .iter()
                .map(|lock| locks::state(&session.words, tape, lock, step))
                .gather(),
            explain: self.explain(step),
            properties: verdicts::properties(session, tape, step),
            verdict: verdicts::verdict(session, tape, step),
            log: verdicts::log(session, tape, step),
        }
    }

    fn explain(&self, step: u32) -> Explain {
        let Kept { session, tape, .. } = &*self.kept;
        let event = tape.event(step);
        let sentence = match event {
            Some(_) => sentence::sentence(session, tape, step),
            None => sentence::before_the_first(session),
        };
        Explain {
            thread: event.map(|event| event.thread.into()),
            spoken: spoken(&sentence),
            sentence,
            beat: columns::beat_at(session, tape, step),
            changes: event.map_or_else(Vec::new, |event| {
                facts::changes(session, tape.trace().changes(event))
            }),
            place: cards::place(tape, step),
        }
    }

    /// The run in a sentence or two.
    fn summary(&self) -> String {
        let Kept {
            session,
            tape,
            report,
            ..
        } = &*self.kept;
        let verdict = verdicts::verdict(session, tape, tape.steps());
        let switches = report.executed.switches();
        let plural = |count: usize, word: &str, many: &str| {
            if count == 1 {
                format!("{count} {word}")
            } else {
                format!("{count} {many}")
            }
        };
        format!(
            "{}, {}: {}, {}. {}",
            session.scenario.title,
            kernel_words(session.kernel),
            plural(tape.steps() as usize, "step", "steps"),
            plural(switches, "switch", "switches"),
            verdict.spoken,
        )
    }
}
