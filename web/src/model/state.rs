//! The state of the page.

use lockstep_machine::Gather;
use lockstep_view::scene::{FactId, Headline, LockId, Row, Scene, Score, StepNo, ThreadId};

use crate::engine::{self, Kernel, Played, Session};
use crate::order::Schedule;
use crate::settings::Settings;
use crate::shared::Shared;
use crate::source::Source;

use super::prove::Prove;
use super::report::Reports;
use super::slice::Slice;
use super::{Answer, Carried, Panel, Tab};

/// How much one press of Step does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Detail {
    /// To the next key moment.
    #[default]
    Story,
    /// To the next line of the source.
    Statement,
    /// One atomic step.
    Atomic,
}

impl Detail {
    /// All of them, coarse to fine.
    pub const ALL: [Self; 3] = [Self::Story, Self::Statement, Self::Atomic];

    /// As links write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Story => "story",
            Self::Statement => "stmt",
            Self::Atomic => "atomic",
        }
    }

    /// On screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Story => "Key moments",
            Self::Statement => "Lines",
            Self::Atomic => "Atomic steps",
        }
    }

    /// Reads what [`Detail::name`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|detail| detail.name() == text)
    }
}

/// How fast play goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Speed {
    /// Half.
    Half,
    /// As written.
    #[default]
    Normal,
    /// Twice.
    Double,
    /// Four times.
    Fourfold,
}

impl Speed {
    /// All of them, slow to fast.
    pub const ALL: [Self; 4] = [Self::Half, Self::Normal, Self::Double, Self::Fourfold];

    /// On screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Half => "0.5",
            Self::Normal => "1",
            Self::Double => "2",
            Self::Fourfold => "4",
        }
    }

    /// Reads what [`Speed::label`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|speed| speed.label() == text)
    }

    /// The next faster or slower one, or the same at the end of the scale.
    pub fn shifted(self, is_faster: bool) -> Self {
        let at = Self::ALL
            .iter()
            .position(|speed| *speed == self)
            .unwrap_or(1);
        let to = if is_faster {
            at + 1
        } else {
            at.saturating_sub(1)
        };
        Self::ALL.get(to).copied().unwrap_or(self)
    }

    /// How long to stay at a step, in milliseconds: time to see it, and to read its sentence.
    pub fn dwell(self, words: usize) -> u32 {
        let unhurried = 700 + 45 * u32::try_from(words.min(60)).unwrap_or(60);
        match self {
            Self::Half => unhurried * 2,
            Self::Normal => unhurried,
            Self::Double => unhurried / 2,
            Self::Fourfold => unhurried / 4,
        }
    }
}

/// How wide the score can be, in percent of the room there is for it.
pub const ZOOMS: [u32; 5] = [100, 150, 220, 330, 500];

/// An order and a place in it, enough to come back to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    /// The scenario.
    pub scenario: String,
    /// The code it ran on.
    pub kernel: Kernel,
    /// The order asked for.
    pub asked: Schedule,
    /// The cursor.
    pub cursor: u32,
}

/// A run and what does not change while the reader walks it.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The scenario on its kernel.
    pub session: Session,
    /// The executed run.
    pub played: Played,
    /// What stands above it.
    pub headline: Shared<Headline>,
    /// The whole run.
    pub score: Shared<Score>,
    /// The run as a table.
    pub rows: Shared<Vec<Row>>,
    /// The keys of the trays that are always shown: where pages are at first, and where this story can take them.
    pub trays: Vec<String>,
}

/// The trays that are worth their room even when empty.
fn trays(played: &Played) -> Vec<String> {
    const ALWAYS: [&str; 4] = ["unevictable", "isolated", "free", "bad"];
    let start = played.scene(StepNo(0)).lists;
    let keys = start
        .iter()
        .filter(|tray| !tray.pages.is_empty() || ALWAYS.contains(&tray.key.as_str()));
    keys.map(|tray| tray.key.clone()).gather()
}

impl Stage {
    /// Runs an order.
    pub fn new(session: Session, asked: &Schedule) -> Self {
        let played = session.run(asked);
        Self {
            headline: Shared::new(session.headline()),
            score: played.score(),
            rows: played.transcript(),
            trays: trays(&played),
            session,
            played,
        }
    }

    /// How many steps the run has.
    pub fn steps(&self) -> u32 {
        u32::try_from(self.score.columns.len()).unwrap_or(u32::MAX)
    }

    /// The locks that have a lane.
    pub fn locks(&self) -> Vec<LockId> {
        self.score
            .lock_lanes
            .iter()
            .map(|lane| lane.lock.clone())
            .gather()
    }

    /// The moment after a step, or the last one if there are fewer.
    pub fn scene(&self, cursor: u32) -> Scene {
        self.played.scene(StepNo(cursor.min(self.steps())))
    }
}

/// A message to the reader that stays until it is put away.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// What happened and what still works.
    pub text: String,
    /// A link that could not be opened, to be copied.
    pub link: Option<String>,
}

/// What a notice is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoticeKind {
    /// A link that was replayed only in part.
    PartOfLink,
    /// A link that could not be opened at all.
    BadLink,
    /// Something that was asked for and cannot be done.
    Refused,
    /// A file of the page that could not be fetched.
    NotLoaded,
}

/// What is to be said aloud. The number makes two equal sentences two events.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Voice {
    /// Grows by one with every utterance.
    pub serial: u32,
    /// For the polite region.
    pub polite: String,
    /// For the alert region; empty unless a property just broke or something failed.
    pub alert: String,
}

/// The whole state of the page.
#[derive(Clone, PartialEq, Debug)]
pub struct Model {
    /// The scenario's id.
    pub scenario: String,
    /// The code that runs.
    pub kernel: Kernel,
    /// The order asked for.
    pub asked: Schedule,
    /// The run.
    pub stage: Shared<Stage>,
    /// The step the reader looks at.
    pub cursor: u32,
    /// The moment there.
    pub scene: Shared<Scene>,
    /// The locks that have a place on the rack: those any run of this scenario gave a lane, so that a flip moves none.
    pub rack: Vec<LockId>,
    /// How much one press does.
    pub detail: Detail,
    /// How fast play goes.
    pub speed: Speed,
    /// How much wider than the page the score is, as a place in [`ZOOMS`](super::ZOOMS).
    pub zoom: usize,
    /// What the reader looks for in the steps.
    pub query: String,
    /// Whether it plays.
    pub is_playing: bool,
    /// Whether the last move was a single step forward, which may be shown as motion.
    pub is_single: bool,
    /// The thread whose next step is being previewed.
    pub preview: Option<ThreadId>,
    /// The step that is being carried to another place.
    pub carried: Option<Carried>,
    /// Why the step that was carried last had to be put back.
    pub put_back: Option<String>,
    /// The fact the reader looks at.
    pub fact: Option<FactId>,
    /// Where the why-jumps came from, oldest first.
    pub returns: Vec<u32>,
    /// Orders that can be taken back to.
    pub undo: Vec<Mark>,
    /// Orders that were taken back.
    pub redo: Vec<Mark>,
    /// Orders that a fork cut off, newest first.
    pub earlier: Vec<Mark>,
    /// Where the reader was before the last flip, as long as the order is the same.
    pub flipped_from: Option<Mark>,
    /// The notice on screen.
    pub notice: Option<Notice>,
    /// What is to be said.
    pub voice: Voice,
    /// How many history entries this state is worth: grows with every fork, flip or new scenario.
    pub chapter: u32,
    /// The model's own source, as far as the page has it.
    pub source: Source,
    /// The dialog that is open.
    pub panel: Option<Panel>,
    /// The pane of a narrow screen.
    pub tab: Tab,
    /// Theme, motion and so on.
    pub settings: Settings,
    /// Whether the browser does not remember the settings.
    pub forgets: bool,
    /// Which thing of the share dialog was copied, and how that went.
    pub copied: Option<(usize, Answer)>,
    /// Whether the reader has had time to look around.
    pub is_idle: bool,
    /// The searches of all orders.
    pub prove: Prove,
    /// The reports on them.
    pub reports: Reports,
    /// Which steps of the run matter.
    pub slice: Slice,
}

impl Model {
    /// The page as it opens: the first scenario's own order, before the first step. None if the page has no scenario.
    pub fn opening() -> Option<Self> {
        let scenario = engine::opening().to_owned();
        let kernel = engine::kernel_of(&scenario);
        let session = Session::open(&scenario, kernel)?;
        let asked = session.opening();
        let stage = Shared::new(Stage::new(session, &asked));
        let scene = Shared::new(stage.scene(0));
        Some(Self {
            scenario,
            kernel,
            asked,
            rack: stage.locks(),
            stage,
            cursor: 0,
            scene,
            detail: Detail::default(),
            speed: Speed::default(),
            zoom: 0,
            query: String::new(),
            is_playing: false,
            is_single: false,
            preview: None,
            carried: None,
            put_back: None,
            fact: None,
            returns: Vec::new(),
            undo: Vec::new(),
            redo: Vec::new(),
            earlier: Vec::new(),
            flipped_from: None,
            notice: None,
            voice: Voice::default(),
            chapter: 0,
            source: Source::default(),
            panel: None,
            tab: Tab::default(),
            settings: Settings::default(),
            forgets: false,
            copied: None,
            is_idle: false,
            prove: Prove::default(),
            reports: Reports::default(),
            slice: Slice::default(),
        })
    }

    /// Whether to point at the Step button: the reader has looked around and done nothing yet.
    pub fn is_hinting(&self) -> bool {
        self.is_idle && self.cursor == 0 && self.voice.serial == 0
    }

    /// Whether the cursor stands at the last step of the run.
    pub fn is_at_end(&self) -> bool {
        self.cursor >= self.stage.steps()
    }
}
