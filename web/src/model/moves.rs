//! How the state changes.

use std::rc::Rc;

use lockstep_view::scene::{
    FactId, PropertyState, SetBy, StepNo, ThreadId, ThreadState, VerdictKind,
};

use super::{Act, Detail, Mark, Model, Notice, NoticeKind, Stage};
use crate::engine::{Kernel, Session};
use crate::link::Link;
use crate::order;

/// How many cut-off orders are kept.
const EARLIER: usize = 8;

impl Model {
    /// The state after `act`.
    pub fn after(&self, act: Act) -> Self {
        let mut next = self.clone();
        if !matches!(
            act,
            Act::Tick
                | Act::Preview(_)
                | Act::SetSpeed(_)
                | Act::Pace { .. }
                | Act::Look(_)
                | Act::Dismiss
        ) {
            next.is_playing = false;
        }
        match act {
            Act::Toggle if self.is_playing => {}
            Act::Toggle => next.play(),
            act => next.apply(act),
        }
        next
    }

    fn apply(&mut self, act: Act) {
        match act {
            Act::Forward => self.forward(),
            Act::Back => self.go(self.before(self.cursor)),
            Act::First => self.go(0),
            Act::Last => self.go(self.stage.steps()),
            Act::By(steps) => self.go(self.cursor.saturating_add_signed(steps)),
            Act::Beat { is_forward } => self.go_to_beat(is_forward),
            Act::Jump(step) => self.go(step),
            Act::Scrub(step) => {
                self.show(step);
                self.is_single = false;
            }
            Act::Run(thread) => self.run(thread),
            Act::RunOn(thread) => self.run_on(thread),
            Act::Finish => self.finish(),
            Act::Preview(thread) => self.preview = thread,
            Act::Flip => self.use_kernel(self.kernel.flipped()),
            Act::Use(kernel) => self.use_kernel(kernel),
            Act::Look(fact) => self.fact = Some(fact),
            Act::Why(fact) => self.why(fact),
            Act::Return => {
                if let Some(step) = self.returns.pop() {
                    self.go(step);
                }
            }
            Act::Undo => self.undo(),
            Act::Redo => self.redo(),
            Act::Reopen(index) => self.reopen(index),
            Act::Restart => {
                let asked = self.stage.session.opening();
                self.fork(asked, 0);
            }
            Act::Toggle | Act::Play => self.play(),
            Act::Pause => self.is_playing = false,
            Act::Tick => self.tick(),
            Act::SetDetail(detail) => self.detail = detail,
            Act::SetSpeed(speed) => self.speed = speed,
            Act::Pace { is_faster } => self.speed = self.speed.shifted(is_faster),
            Act::Open(link) => self.open(link),
            Act::Refuse { why, link } => {
                self.notice = Some(Notice {
                    kind: NoticeKind::BadLink,
                    text: format!("{why} The page shows its own first run instead."),
                    link: Some(link),
                });
                self.say_alert(why);
            }
            Act::Dismiss => self.notice = None,
        }
    }

    /// Shows a moment of the run, without a word.
    fn show(&mut self, step: u32) {
        self.cursor = step.min(self.stage.steps());
        self.scene = Rc::new(self.stage.scene(self.cursor));
        self.preview = None;
    }

    /// Goes to a moment of the run and says what it shows.
    fn go(&mut self, step: u32) {
        let was_broken = self.scene.verdict.kind == VerdictKind::Broken;
        let from = self.cursor;
        self.show(step);
        self.is_single = self.cursor == from + 1;
        if self.cursor == from {
            return;
        }
        self.say();
        let is_broken = self.scene.verdict.kind == VerdictKind::Broken;
        if is_broken && !was_broken {
            self.voice.alert = self.scene.verdict.spoken.clone();
        }
    }

    fn say(&mut self) {
        let mut text = self.scene.explain.spoken.clone();
        if !self.scene.explain.changes.is_empty() {
            text.push_str(" Changed: ");
            let parts: Vec<String> = self
                .scene
                .explain
                .changes
                .iter()
                .map(|change| {
                    format!(
                        "{} from {} to {}",
                        change.label.replace('_', " "),
                        change.from,
                        change.to
                    )
                })
                .collect();
            text.push_str(&parts.join(", "));
            text.push('.');
        }
        self.voice.serial += 1;
        self.voice.polite = text;
        self.voice.alert.clear();
    }

    fn say_alert(&mut self, text: String) {
        self.voice.serial += 1;
        self.voice.alert = text;
    }

    /// The next place to stop at after `from`, as far as the run is known.
    fn next(&self, from: u32) -> Option<u32> {
        let columns = self.stage.score.columns.get(from as usize..)?;
        let first = columns.first()?;
        let found = match self.detail {
            Detail::Atomic => Some(first),
            Detail::Story => columns.iter().find(|column| column.is_key),
            Detail::Statement => columns
                .windows(2)
                .find(|pair| pair[0].thread != pair[1].thread || pair[0].place != pair[1].place)
                .map(|pair| &pair[0]),
        };
        found.or(columns.last()).map(|column| column.step.0)
    }

    /// The place to stop at before `from`.
    fn before(&self, from: u32) -> u32 {
        let columns = self
            .stage
            .score
            .columns
            .get(..from as usize)
            .unwrap_or_default();
        let earlier = columns.split_last().map_or(&[][..], |(_, rest)| rest);
        match self.detail {
            Detail::Atomic => from.saturating_sub(1),
            Detail::Story => earlier
                .iter()
                .rev()
                .find(|column| column.is_key)
                .map_or(0, |column| column.step.0),
            Detail::Statement => columns
                .windows(2)
                .rev()
                .find(|pair| pair[0].thread != pair[1].thread || pair[0].place != pair[1].place)
                .map_or(0, |pair| pair[0].step.0),
        }
    }

    fn forward(&mut self) {
        if let Some(step) = self.next(self.cursor) {
            self.go(step);
        } else if !self.stage.score.is_finished {
            self.extend();
        }
    }

    /// Goes on past the end of an unfinished order: the thread that ran last, as long as it can.
    fn extend(&mut self) {
        let mut last = self.stage.score.columns.last().map(|column| column.thread);
        for _ in 0..order::MAX_STEPS {
            let can =
                |card: &&lockstep_view::scene::ThreadCard| card.state == ThreadState::Runnable;
            let thread = self
                .scene
                .threads
                .iter()
                .filter(can)
                .find(|card| Some(card.thread) == last)
                .or_else(|| self.scene.threads.iter().find(can))
                .map(|card| card.thread);
            let Some(thread) = thread else { return };
            self.run(thread);
            last = Some(thread);
            let is_stop = match self.detail {
                Detail::Story => self
                    .stage
                    .score
                    .columns
                    .last()
                    .is_none_or(|column| column.is_key),
                Detail::Statement | Detail::Atomic => true,
            };
            if is_stop || self.stage.score.is_finished {
                return;
            }
        }
    }

    fn go_to_beat(&mut self, is_forward: bool) {
        let beats = &self.stage.score.beats;
        let found = if is_forward {
            beats
                .iter()
                .find(|beat| beat.step.0 > self.cursor)
                .map_or(self.stage.steps(), |beat| beat.step.0)
        } else {
            beats
                .iter()
                .rev()
                .find(|beat| beat.step.0 < self.cursor)
                .map_or(0, |beat| beat.step.0)
        };
        self.go(found);
    }

    fn run(&mut self, thread: ThreadId) {
        let Some(card) = self.scene.threads.iter().find(|card| card.thread == thread) else {
            return;
        };
        match &card.state {
            ThreadState::Blocked(wait) => {
                let text = wait.text.clone();
                self.voice.serial += 1;
                self.voice.polite = text;
                return;
            }
            ThreadState::Finished => {
                self.voice.serial += 1;
                self.voice.polite = format!("{} has finished.", card.name);
                return;
            }
            ThreadState::Runnable => {}
        }
        let is_next = self
            .stage
            .score
            .columns
            .get(self.cursor as usize)
            .is_some_and(|column| column.thread == thread);
        if is_next {
            self.go(self.cursor + 1);
            return;
        }
        let mut letters = order::expand(&self.stage.score.executed);
        let is_cut = letters.len() > self.cursor as usize;
        letters.truncate(self.cursor as usize);
        letters.push(thread);
        if letters.len() > order::MAX_STEPS {
            self.notice = Some(Notice {
                kind: NoticeKind::Refused,
                text: format!(
                    "An order can have {} steps. This one is full; step back to try another.",
                    order::MAX_STEPS
                ),
                link: None,
            });
            return;
        }
        let asked = order::compress(&letters);
        if is_cut {
            self.fork(asked, self.cursor);
        } else {
            self.replace(asked);
        }
        self.go(self.cursor + 1);
    }

    fn run_on(&mut self, thread: ThreadId) {
        let holds = |model: &Self| {
            model
                .scene
                .threads
                .iter()
                .find(|card| card.thread == thread)
                .map_or(0, |card| card.holds.len())
        };
        for _ in 0..order::MAX_STEPS {
            let (cursor, held) = (self.cursor, holds(self));
            self.run(thread);
            if self.cursor == cursor || holds(self) < held {
                return;
            }
        }
    }

    fn finish(&mut self) {
        let mut asked = order::compress(&order::expand(&self.stage.score.executed));
        asked.push('.');
        self.replace(asked);
        self.go(self.stage.steps());
    }

    /// Takes up another order; the one that is left stays among the earlier ones.
    fn fork(&mut self, asked: String, cursor: u32) {
        let left = self.mark();
        self.earlier
            .retain(|mark| mark.asked != left.asked || mark.kernel != left.kernel);
        self.earlier.insert(0, left.clone());
        self.earlier.truncate(EARLIER);
        self.undo.push(left);
        self.redo.clear();
        self.flipped_from = None;
        self.returns.clear();
        self.chapter += 1;
        self.take_up(self.kernel, asked, cursor);
    }

    /// Takes up a longer form of the same order.
    fn replace(&mut self, asked: String) {
        self.flipped_from = None;
        self.take_up(self.kernel, asked, self.cursor);
    }

    fn take_up(&mut self, kernel: Kernel, asked: String, cursor: u32) {
        let Some(session) = Session::open(&self.scenario, kernel) else {
            return;
        };
        self.kernel = kernel;
        self.stage = Rc::new(Stage::new(session, &asked));
        self.asked = asked;
        self.show(cursor);
        self.is_single = false;
    }

    fn use_kernel(&mut self, kernel: Kernel) {
        if kernel == self.kernel {
            return;
        }
        let left = self.mark();
        let came_from = self.flipped_from.take();
        self.undo.push(left.clone());
        self.redo.clear();
        self.returns.clear();
        self.chapter += 1;
        match came_from {
            Some(mark) if mark.kernel == kernel && mark.asked == self.asked => {
                self.take_up(kernel, mark.asked, mark.cursor);
            }
            _ => {
                self.take_up(kernel, self.asked.clone(), left.cursor);
                if let Some(step) = self.parting_in_sight() {
                    self.show(step);
                }
            }
        }
        self.flipped_from = Some(left);
        self.say();
        let kernel = self.stage.headline.kernel.clone();
        self.voice.polite = format!("The same order, {kernel}. {}", self.voice.polite);
    }

    /// The step at which the order just taken up had to part from the one asked for, if the cursor is past it.
    fn parting_in_sight(&self) -> Option<u32> {
        let parting = self.stage.score.parting.as_ref()?;
        let step = parting.step.0.saturating_sub(1);
        (step <= self.cursor).then_some(step)
    }

    fn why(&mut self, fact: FactId) {
        let found = self
            .scene
            .groups
            .iter()
            .flat_map(|group| &group.facts)
            .find(|candidate| candidate.id == fact);
        self.fact = Some(fact);
        let Some(SetBy::Step { step, .. }) = found.map(|fact| fact.set_by.clone()) else {
            self.voice.serial += 1;
            self.voice.polite = found.map_or_else(String::new, |fact| fact.spoken.clone());
            return;
        };
        if step.0 != self.cursor {
            self.returns.push(self.cursor);
            self.go(step.0);
        }
    }

    fn undo(&mut self) {
        if let Some(mark) = self.undo.pop() {
            self.redo.push(self.mark());
            self.come_back(mark);
        }
    }

    fn redo(&mut self) {
        if let Some(mark) = self.redo.pop() {
            self.undo.push(self.mark());
            self.come_back(mark);
        }
    }

    fn come_back(&mut self, mark: Mark) {
        self.flipped_from = None;
        self.chapter += 1;
        self.take_up(mark.kernel, mark.asked, mark.cursor);
        self.say();
    }

    fn reopen(&mut self, index: usize) {
        if index < self.earlier.len() {
            let mark = self.earlier.remove(index);
            let left = self.mark();
            self.earlier.insert(0, left.clone());
            self.undo.push(left);
            self.redo.clear();
            self.come_back(mark);
        }
    }

    fn play(&mut self) {
        if self.is_at_end() {
            self.go(0);
        }
        self.is_playing = true;
    }

    fn tick(&mut self) {
        if !self.is_playing {
            return;
        }
        let from = self.cursor;
        match self.next(from) {
            Some(step) => {
                let serial = self.voice.clone();
                self.go(step);
                let is_stop = self.is_at_end() || self.just_broke(step);
                if is_stop {
                    self.is_playing = false;
                } else if self.detail != Detail::Story {
                    self.voice = serial;
                }
            }
            None => self.is_playing = false,
        }
    }

    fn just_broke(&self, step: u32) -> bool {
        self.scene
            .properties
            .iter()
            .any(|property| property.state == PropertyState::Broken(StepNo(step)))
    }

    fn open(&mut self, link: Link) {
        let Some(session) = Session::open(&link.scenario, link.kernel) else {
            self.apply(Act::Refuse {
                why: format!(
                    "This link names a run this page does not have: {}.",
                    link.scenario
                ),
                link: link.to_hash(),
            });
            return;
        };
        let is_other_model = link
            .model
            .as_ref()
            .is_some_and(|model| *model != Session::fingerprint());
        let asked = if link.run.is_empty() {
            session.opening()
        } else {
            link.run.clone()
        };
        self.scenario = link.scenario.clone();
        self.flipped_from = None;
        self.returns.clear();
        self.take_up(link.kernel, asked, link.cursor.unwrap_or(0));
        self.detail = link.detail.unwrap_or(self.detail);
        self.fact = link.fact.clone();
        let wanted = order::expand(&self.asked).len();
        let done = self.stage.score.columns.len();
        let is_short = done < wanted;
        self.notice = (is_short || (is_other_model && link.cursor.is_some_and(|cursor| cursor > self.stage.steps())))
            .then(|| Notice {
                kind: NoticeKind::PartOfLink,
                text: if is_other_model {
                    format!("This link was made with another version of the model. {done} of {wanted} steps could be replayed.")
                } else {
                    format!("{done} of the {wanted} steps of this link could be replayed. No thread could run after that.")
                },
                link: None,
            });
    }

    /// The link to exactly this view.
    pub fn link(&self) -> Link {
        Link {
            scenario: self.scenario.clone(),
            kernel: self.kernel,
            run: self.asked.clone(),
            cursor: Some(self.cursor),
            fact: self.fact.clone(),
            detail: Some(self.detail),
            model: Some(Session::fingerprint()),
        }
    }
}
