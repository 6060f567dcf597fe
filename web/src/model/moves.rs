//! How the state moves in time: steps, jumps, play, and what is said about them.

use lockstep_machine::Gather;
use lockstep_view::scene::{FactId, PropertyState, SetBy, StepNo, ThreadState, VerdictKind};

use super::{Act, Detail, Model, ZOOMS};
use crate::later;
use crate::order;
use crate::shared::Shared;

impl Model {
    /// The state after `act`.
    pub fn after(&self, act: Act) -> Self {
        let mut next = self.clone();
        if !act.is_aside() {
            next.is_playing = false;
        }
        match act {
            Act::Toggle if self.is_playing => {}
            Act::Toggle => next.play(),
            act => next.apply(act),
        }
        if next.slice.is_on
            && let Some(later) = later::get()
        {
            later.keep_slice(&mut next);
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
            Act::RunTo(thread, until) => self.run_to(thread, &until),
            Act::PutBack => self.carried = None,
            Act::Finish => self.finish(),
            Act::Choose(scenario) => self.choose(&scenario),
            Act::Preview(thread) => self.preview = thread,
            Act::Flip => self.use_patch(!self.kernel.is_patched()),
            Act::Patch(is_patched) => self.use_patch(is_patched),
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
            Act::Zoom(None) => self.zoom = 0,
            Act::Zoom(Some(true)) => self.zoom = (self.zoom + 1).min(ZOOMS.len() - 1),
            Act::Zoom(Some(false)) => self.zoom = self.zoom.saturating_sub(1),
            Act::Query(query) => self.query = query,
            Act::Refuse { why, link } => self.refuse(&why, link),
            Act::Dismiss => self.notice = None,
            Act::Tab(tab) => self.tab = tab,
            Act::Theme(theme) => self.settings.theme = theme,
            Act::Motion(motion) => self.settings.motion = motion,
            Act::Size(size) => self.settings.size = size,
            Act::SingleKeys(has_keys) => self.settings.has_keys = has_keys,
            Act::Remembered(is_remembered) => self.forgets = !is_remembered,
            // What these ask for is not the model's to do: the page does it.
            Act::Copy(_) | Act::Retry | Act::Visit(_) => {}
            Act::Copied(copied) => self.copied = copied,
            Act::Idle => self.is_idle = true,
            Act::Source(source) => self.source = source,
            Act::NotLoaded(wish) => self.not_loaded(&wish),
            Act::OnlyNeeded => self.slice.is_on = !self.slice.is_on,
            act @ (Act::PickUp(_)
            | Act::Carry(_)
            | Act::CarryTo(_)
            | Act::Drop
            | Act::Open(_)
            | Act::Panel(_)
            | Act::Prove(_)) => {
                if let Some(later) = later::get() {
                    later.apply(self, act);
                }
            }
        }
    }

    /// Carries out what the page does not begin with.
    pub(crate) fn apply_later(&mut self, act: Act) {
        match act {
            Act::PickUp(step) => self.pick_up(step),
            Act::Carry(by) => self.carry(by),
            Act::CarryTo(to) => self.carry_to(to),
            Act::Drop => self.drop_carried(),
            Act::Open(link) => self.open(link),
            Act::Panel(panel) => self.open_panel(panel),
            Act::Prove(hunt) => self.hunt(hunt),
            _ => {}
        }
    }

    /// Shows a moment of the run, without a word.
    pub(super) fn show(&mut self, step: u32) {
        self.cursor = step.min(self.stage.steps());
        self.scene = Shared::new(self.stage.scene(self.cursor));
        self.preview = None;
        self.carried = None;
        self.put_back = None;
    }

    /// Goes to a moment of the run and says what it shows.
    pub(super) fn go(&mut self, step: u32) {
        let was_broken = self.scene.verdict.kind == VerdictKind::Broken;
        let from = self.cursor;
        if step.min(self.stage.steps()) == from {
            return;
        }
        self.show(step);
        self.is_single = self.cursor == from + 1;
        self.say();
        let is_broken = self.scene.verdict.kind == VerdictKind::Broken;
        if is_broken && !was_broken {
            self.voice.alert = self.scene.verdict.spoken.clone();
        }
    }

    pub(super) fn say(&mut self) {
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
                .gather();
            text.push_str(&parts.join(", "));
            text.push('.');
        }
        self.voice.serial += 1;
        self.voice.polite = text;
        self.voice.alert.clear();
    }

    pub(super) fn say_alert(&mut self, text: String) {
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
        let undo = self.undo.len();
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
            // However many steps one press goes, it is taken back as one.
            self.undo.truncate(undo + 1);
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
}
