//! How the order changes: running a thread, forking, flipping the code, undoing, opening a link.

use lockstep_view::scene::{FactId, ThreadId, ThreadState};

use super::{Mark, Model, Notice, NoticeKind, Stage, Until};
use crate::engine::{self, Session};
use crate::link::Link;
use crate::order::{self, Schedule};
use crate::shared::Shared;

/// How many cut-off orders are kept.
const EARLIER: usize = 8;

impl Model {
    /// Runs one step of a thread at the cursor; as part of this order if it goes on so, else as a new one.
    pub(super) fn run(&mut self, thread: ThreadId) {
        let Some(card) = self.scene.threads.iter().find(|card| card.thread == thread) else {
            return;
        };
        let refusal = match &card.state {
            ThreadState::Runnable => None,
            ThreadState::Blocked(wait) => Some(wait.text.clone()),
            ThreadState::Finished => Some(format!("{} has finished.", card.name)),
        };
        if let Some(text) = refusal {
            self.voice.serial += 1;
            self.voice.polite = text;
            return;
        }
        let columns = &self.stage.score.columns;
        let recorded = columns
            .get(self.cursor as usize)
            .map(|column| column.thread);
        if recorded == Some(thread) {
            self.go(self.cursor + 1);
            return;
        }
        let executed = self.stage.played.executed();
        let Some(asked) = order::fork(executed, self.cursor as usize, thread) else {
            self.notice = Some(Notice {
                kind: NoticeKind::Refused,
                text: format!(
                    "An order can have {} steps. This one is full; step back to try another.",
                    order::MAX_STEPS
                ),
                link: None,
            });
            return;
        };
        if recorded.is_some() {
            self.fork(asked, self.cursor);
        } else {
            self.replace(asked);
        }
        self.go(self.cursor + 1);
    }

    /// Runs a thread until what is asked for has happened, it has to wait or it has ended.
    pub(super) fn run_to(&mut self, thread: ThreadId, until: &Until) {
        let undo = self.undo.len();
        let first = self.cursor;
        let held = |model: &Self| {
            let mut cards = model.scene.threads.iter();
            let card = cards.find(|card| card.thread == thread);
            card.map_or(0, |card| card.holds.len())
        };
        let has_changed = |model: &Self, wanted: &FactId| {
            let mut facts = model.scene.groups.iter().flat_map(|group| &group.facts);
            facts.any(|fact| fact.id == *wanted && fact.is_changed)
        };
        for _ in 0..order::MAX_STEPS {
            let (cursor, before) = (self.cursor, held(self));
            self.run(thread);
            let is_there = match until {
                Until::Drops => held(self) < before,
                Until::Changes(fact) => has_changed(self, fact),
                Until::Waits | Until::Ends => false,
            };
            if self.cursor == cursor || is_there {
                break;
            }
        }
        // However many steps that was, it is one move, taken back as one.
        self.undo.truncate(undo + 1);
        self.is_single = self.cursor == first + 1;
    }

    /// Lets the default policy finish the order.
    pub(super) fn finish(&mut self) {
        let mut asked = self.stage.played.executed().clone();
        asked.finish = true;
        self.replace(asked);
        self.go(self.stage.steps());
    }

    /// Takes up another order; the one that is left stays among the earlier ones.
    pub(super) fn fork(&mut self, asked: Schedule, cursor: u32) {
        let left = self.leave();
        self.earlier
            .retain(|mark| *mark != left && mark.asked != left.asked);
        self.earlier.insert(0, left);
        self.earlier.truncate(EARLIER);
        self.take_up(Mark {
            asked,
            cursor,
            ..self.mark()
        });
    }

    /// Takes up a longer form of the same order.
    fn replace(&mut self, asked: Schedule) {
        self.undo.push(self.mark());
        self.redo.clear();
        self.flipped_from = None;
        self.take_up(Mark {
            asked,
            ..self.mark()
        });
    }

    /// Remembers where the reader is, for Undo, before something else is taken up.
    pub(super) fn leave(&mut self) -> Mark {
        let left = self.mark();
        self.undo.push(left.clone());
        self.redo.clear();
        self.returns.clear();
        self.flipped_from = None;
        self.chapter += 1;
        left
    }

    pub(super) fn take_up(&mut self, mark: Mark) {
        let Some(session) = Session::open(&mark.scenario, mark.kernel) else {
            return;
        };
        self.stage = Shared::new(Stage::new(session, &mark.asked));
        if self.scenario != mark.scenario {
            self.rack.clear();
        }
        for lock in self.stage.locks() {
            if !self.rack.contains(&lock) {
                self.rack.push(lock);
            }
        }
        self.scenario = mark.scenario;
        self.kernel = mark.kernel;
        self.asked = mark.asked;
        self.show(mark.cursor);
        self.is_single = false;
    }

    /// Opens another scenario, as it opens.
    pub(super) fn choose(&mut self, scenario: &str) {
        let kernel = engine::kernel_of(scenario);
        if scenario == self.scenario {
            return;
        }
        if let Some(session) = Session::open(scenario, kernel) {
            self.leave();
            let asked = session.opening();
            self.take_up(Mark {
                scenario: scenario.to_owned(),
                kernel,
                asked,
                cursor: 0,
            });
            self.say();
        }
    }

    /// Runs the same order with or without the patch, and goes where the two part.
    pub(super) fn use_patch(&mut self, is_patched: bool) {
        let kernel = self.kernel.patched(is_patched);
        if kernel == self.kernel {
            return;
        }
        let came_from = self.flipped_from.take();
        let left = self.leave();
        let back = came_from.filter(|mark| mark.kernel == kernel && mark.asked == left.asked);
        let is_back = back.is_some();
        self.take_up(back.unwrap_or_else(|| Mark {
            kernel,
            ..left.clone()
        }));
        if let Some(step) = self.parting_in_sight().filter(|_| !is_back) {
            self.show(step);
        }
        self.flipped_from = Some(left);
        self.say();
        let words = &self.stage.headline.kernel;
        self.voice.polite = format!("The same order, {words}. {}", self.voice.polite);
    }

    /// The step before which the order just taken up had to part from the one asked for, if the cursor is past it.
    fn parting_in_sight(&self) -> Option<u32> {
        let parting = self.stage.score.parting.as_ref()?;
        let step = parting.step.0.saturating_sub(1);
        (step <= self.cursor).then_some(step)
    }

    pub(super) fn undo(&mut self) {
        if let Some(mark) = self.undo.pop() {
            self.redo.push(self.mark());
            self.come_back(mark);
        }
    }

    pub(super) fn redo(&mut self) {
        if let Some(mark) = self.redo.pop() {
            self.undo.push(self.mark());
            self.come_back(mark);
        }
    }

    fn come_back(&mut self, mark: Mark) {
        self.flipped_from = None;
        self.returns.clear();
        self.chapter += 1;
        self.take_up(mark);
        self.say();
    }

    /// Reopens one of the orders that a fork cut off; the one that is left takes its place.
    pub(super) fn reopen(&mut self, index: usize) {
        if index < self.earlier.len() {
            let mark = self.earlier.remove(index);
            let left = self.leave();
            self.earlier.insert(0, left);
            self.take_up(mark);
            self.say();
        }
    }

    /// Opens a link, as far as it can be replayed.
    pub(super) fn open(&mut self, link: Link) {
        let kernel = link
            .kernel
            .unwrap_or_else(|| engine::kernel_of(&link.scenario));
        let Some(session) = Session::open(&link.scenario, kernel) else {
            self.refuse(
                &format!(
                    "This link names a run this page does not have: {}.",
                    link.scenario
                ),
                link.to_hash(),
            );
            return;
        };
        let is_ours = link.model.as_deref() == Some(session.fingerprint());
        let is_named = link.model.is_some();
        let asked = link.run.unwrap_or_else(|| session.opening());
        self.flipped_from = None;
        self.returns.clear();
        let cursor = link.cursor.unwrap_or(0);
        self.take_up(Mark {
            scenario: link.scenario,
            kernel,
            asked,
            cursor,
        });
        self.detail = link.detail.unwrap_or(self.detail);
        self.fact = link.fact;
        self.slice.is_on = link.is_sliced;
        self.open_search(link.search, link.bench);
        let wanted = self.asked.len();
        let done = wanted.saturating_sub(self.stage.played.left_out());
        // With our own model an order made for the other kernel may well be left out in part: that is no fault of a link.
        self.notice = (!is_ours && done < wanted).then(|| Notice {
            kind: NoticeKind::PartOfLink,
            text: if is_named {
                format!(
                    "This link was made with another version of the model. \
                     {done} of {wanted} steps could be replayed."
                )
            } else {
                format!("{done} of the {wanted} steps of this link could be replayed. No thread could run the rest.")
            },
            link: None,
        });
    }

    /// Says that a link cannot be opened, and keeps it where it can be copied.
    pub(super) fn refuse(&mut self, why: &str, link: String) {
        let text = format!("{why} The page shows its own first run instead.");
        self.say_alert(text.clone());
        self.notice = Some(Notice {
            kind: NoticeKind::BadLink,
            text,
            link: (!link.is_empty()).then_some(link),
        });
    }

    /// Says that what `wish` needs could not be fetched.
    pub(super) fn not_loaded(&mut self, wish: &super::Act) {
        let what = match wish.scenario() {
            Some(id) => &format!("The run \u{201c}{}\u{201d}", engine::title(id)),
            None => "That part of the page",
        };
        let text = format!("{what} could not be fetched. What you see still works.");
        self.say_alert(text.clone());
        self.notice = Some(Notice {
            kind: NoticeKind::NotLoaded,
            text,
            link: None,
        });
    }

    /// The link to exactly this view.
    pub fn link(&self) -> Link {
        Link {
            scenario: self.scenario.clone(),
            kernel: Some(self.kernel),
            run: Some(self.asked.clone()),
            cursor: Some(self.cursor),
            fact: self.fact.clone(),
            detail: Some(self.detail),
            search: self.search_shown(),
            is_sliced: self.slice.is_on,
            bench: self
                .search_shown()
                .and_then(|view| self.prove.kernel_of(view)),
            model: Some(self.stage.session.fingerprint().to_owned()),
        }
    }

    /// The order and the place in it.
    pub fn mark(&self) -> Mark {
        Mark {
            scenario: self.scenario.clone(),
            kernel: self.kernel,
            asked: self.asked.clone(),
            cursor: self.cursor,
        }
    }

    /// What stands in the list of earlier orders.
    pub fn label(mark: &Mark) -> String {
        let patch = if mark.kernel.is_patched() {
            "after"
        } else {
            "before"
        };
        format!("{patch}: {}", mark.asked)
    }
}
