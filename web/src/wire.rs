//! What crosses the border of an embed: the parameters it opens with, and the messages to and from the page around it.
//!
//! One envelope in both directions, `{lockstep: 1, id, type, ...}`. Unknown types are ignored, wrong values are
//! answered with `error`, and nothing a host sends is ever run as code.

use lockstep_view::scene::{Scene, ThreadId, VerdictKind};
use serde::Serialize;

use crate::engine;
use crate::link::{Link, unescape};
use crate::model::{Act, Model};
use crate::order;
use crate::settings::{Motion, Theme};

/// The version of the envelope.
pub const VERSION: u32 = 1;

/// What of the stage an embed shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum View {
    /// Everything there is room for.
    #[default]
    Stage,
    /// The score alone.
    Score,
    /// The thread cards.
    Threads,
    /// The facts.
    Facts,
    /// The sentence alone.
    Sentence,
}

impl View {
    /// In parameters and style sheets.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Score => "score",
            Self::Threads => "threads",
            Self::Facts => "facts",
            Self::Sentence => "sentence",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [
            Self::Stage,
            Self::Score,
            Self::Threads,
            Self::Facts,
            Self::Sentence,
        ]
        .into_iter()
        .find(|view| view.name() == text)
    }
}

/// How much of the controls an embed shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Controls {
    /// All.
    #[default]
    Full,
    /// Only the ones that go through the given run.
    Step,
    /// None.
    None,
}

impl Controls {
    /// In parameters and style sheets.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Step => "step",
            Self::None => "none",
        }
    }
}

/// The parameters of an embed.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Embed {
    /// The run and the place in it.
    pub link: Link,
    /// What is shown.
    pub view: View,
    /// How much of the controls.
    pub controls: Controls,
    /// Whether the reader may leave the given run.
    pub is_closed: bool,
    /// Light or dark.
    pub theme: Theme,
    /// How much moves.
    pub motion: Motion,
    /// The one origin messages are taken from and sent to; none means any parent.
    pub host: Option<String>,
    /// What was wrong with the parameters, as sentences.
    pub problems: Vec<String>,
}

impl Embed {
    /// Reads the query of the frame's address. Never fails: what is wrong is kept as a sentence, and its default used.
    pub fn read(query: &str) -> Self {
        let mut embed = Self::default();
        for pair in query
            .trim_start_matches('?')
            .split('&')
            .filter(|pair| !pair.is_empty())
        {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = unescape(value);
            let is_known = match name {
                "scenario" | "s" => embed
                    .link
                    .take("s", &value)
                    .map_err(|why| embed.problems.push(why))
                    .is_ok(),
                "variant" | "p" => embed.take_link("p", &value),
                "run" | "r" => embed.take_link("r", &value),
                "cursor" | "c" => embed.take_link("c", &value),
                "fact" | "f" => embed.take_link("f", &value),
                "detail" | "d" => embed.take_link("d", &value),
                "v" | "m" => embed.take_link(name, &value),
                "view" => {
                    View::parse(&value).map(|view| embed.view = view).is_some()
                        || embed.unknown(name, &value)
                }
                "controls" => match value.as_str() {
                    "full" => true,
                    "step" => {
                        embed.controls = Controls::Step;
                        true
                    }
                    "none" => {
                        embed.controls = Controls::None;
                        true
                    }
                    _ => embed.unknown(name, &value),
                },
                "explore" => {
                    embed.is_closed = value == "no";
                    true
                }
                "theme" => {
                    Theme::parse(&value)
                        .map(|theme| embed.theme = theme)
                        .is_some()
                        || embed.unknown(name, &value)
                }
                "motion" => {
                    Motion::parse(&value)
                        .map(|motion| embed.motion = motion)
                        .is_some()
                        || embed.unknown(name, &value)
                }
                "host" => {
                    embed.host = (!value.is_empty()).then_some(value);
                    true
                }
                // Names of later versions are passed over.
                _ => true,
            };
            let _ = is_known;
        }
        embed
    }

    fn take_link(&mut self, name: &str, value: &str) -> bool {
        match self.link.take(name, value) {
            Ok(()) => true,
            Err(why) => {
                self.problems.push(why);
                false
            }
        }
    }

    fn unknown(&mut self, name: &str, value: &str) -> bool {
        let value: String = value.chars().take(40).collect();
        self.problems.push(format!(
            "The parameter {name} has no value named \u{201c}{value}\u{201d}."
        ));
        false
    }
}

/// What a host can put into a message besides its type. All optional: which are needed depends on the type.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Payload {
    /// `load`: the scenario.
    pub scenario: Option<String>,
    /// `load`, `variant`: the code.
    pub variant: Option<String>,
    /// `load`: the order.
    pub run: Option<String>,
    /// `load`, `seek`: the cursor.
    pub cursor: Option<f64>,
    /// `step`: how many, back if negative.
    pub by: Option<f64>,
    /// `run`: the letter of a thread.
    pub thread: Option<String>,
    /// `theme`.
    pub theme: Option<String>,
    /// `motion`.
    pub motion: Option<String>,
}

/// What a message asks for.
#[derive(Clone, PartialEq, Debug)]
pub enum Wish {
    /// Something of the model.
    Act(Act),
    /// A theme.
    Theme(Theme),
    /// A setting of motion.
    Motion(Motion),
    /// The state, as an answer.
    Get,
}

/// Reads a message. `None` is a type this version does not know.
pub fn read(kind: &str, payload: &Payload) -> Option<Result<Wish, String>> {
    let act = |act: Act| Some(Ok(Wish::Act(act)));
    match kind {
        "load" => Some(load(payload).map(|link| Wish::Act(Act::Open(link)))),
        "seek" => Some(
            step_number(payload.cursor)
                .map(|step| Wish::Act(Act::Jump(step)))
                .ok_or_else(|| "seek needs a cursor, a number from 0.".to_owned()),
        ),
        "step" => {
            let by = payload.by.unwrap_or(1.0);
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a float is cut to the range of the integer, which is what is wanted"
            )]
            act(Act::By(by as i32))
        }
        "run" => Some(
            payload
                .thread
                .as_deref()
                .and_then(order::thread)
                .map(|thread| Wish::Act(Act::Run(thread)))
                .ok_or_else(|| "run needs a thread, a letter from A to D.".to_owned()),
        ),
        "variant" => Some(
            payload
                .variant
                .as_deref()
                .and_then(patch)
                .map(|is_patched| Wish::Act(Act::Patch(is_patched)))
                .ok_or_else(|| "variant is before or after.".to_owned()),
        ),
        "play" => act(Act::Play),
        "pause" => act(Act::Pause),
        "theme" => Some(
            payload
                .theme
                .as_deref()
                .and_then(Theme::parse)
                .map(Wish::Theme)
                .ok_or_else(|| "theme is auto, light or dark.".to_owned()),
        ),
        "motion" => Some(
            payload
                .motion
                .as_deref()
                .and_then(Motion::parse)
                .map(Wish::Motion)
                .ok_or_else(|| "motion is auto, full or reduced.".to_owned()),
        ),
        "get" => Some(Ok(Wish::Get)),
        _ => None,
    }
}

fn load(payload: &Payload) -> Result<Link, String> {
    let mut link = Link::default();
    for (name, value) in [
        ("s", &payload.scenario),
        ("p", &payload.variant),
        ("r", &payload.run),
    ] {
        if let Some(value) = value {
            link.take(name, value)?;
        }
    }
    link.cursor = step_number(payload.cursor);
    Ok(link)
}

fn step_number(number: Option<f64>) -> Option<u32> {
    let number = number.filter(|number| *number >= 0.0)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked above, and cut at the top"
    )]
    Some(number.min(f64::from(u32::MAX)) as u32)
}

fn patch(variant: &str) -> Option<bool> {
    match variant {
        "before" => Some(false),
        "after" => Some(true),
        _ => None,
    }
}

/// A message to the page around the embed.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Outgoing {
    /// The embed listens now.
    Hello {
        /// The version of the envelope.
        api: u32,
        /// The scenarios it has.
        scenarios: Vec<String>,
    },
    /// Where it stands.
    State(State),
    /// The cursor moved.
    Step(Moved),
    /// The verdict at the cursor is another.
    Verdict {
        /// `open`, `broken`, `deadlock`, `harmless`, `clean`, `unfinished`.
        kind: &'static str,
        /// The reason.
        reason: String,
        /// The step that decided it.
        step: Option<u32>,
    },
    /// How high the embed would like to be.
    Size {
        /// In CSS pixels.
        height: f64,
    },
    /// Something asked for cannot be done.
    Error {
        /// Why.
        message: String,
    },
}

/// Where an embed stands.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct State {
    /// The scenario.
    pub scenario: String,
    /// The code.
    pub variant: String,
    /// The order.
    pub run: String,
    /// The cursor.
    pub cursor: u32,
    /// How many steps the run has.
    pub steps: u32,
    /// The verdict's word.
    pub verdict: String,
    /// The sentence.
    pub sentence: String,
    /// The link to the same view in the full page: the part after the page's address.
    pub link: String,
}

/// A move of the cursor.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Moved {
    /// The cursor.
    pub cursor: u32,
    /// The letter of the thread that made the step; none at the start.
    pub thread: Option<char>,
    /// The sentence.
    pub sentence: String,
    /// The changes in words.
    pub changes: Vec<String>,
}

impl Outgoing {
    /// The greeting.
    pub fn hello() -> Self {
        Self::Hello {
            api: VERSION,
            scenarios: engine::scenarios()
                .into_iter()
                .map(|choice| choice.id)
                .collect(),
        }
    }

    /// The state of a model.
    pub fn state(model: &Model) -> Self {
        Self::State(State {
            scenario: model.scenario.clone(),
            variant: model.kernel.name(),
            run: model.asked.to_string(),
            cursor: model.cursor,
            steps: model.stage.steps(),
            verdict: model.scene.verdict.word.clone(),
            sentence: model.scene.explain.sentence.clone(),
            link: model.link().to_hash(),
        })
    }

    /// The move that led to a scene.
    pub fn moved(scene: &Scene) -> Self {
        Self::Step(Moved {
            cursor: scene.cursor.0,
            thread: scene.explain.thread.map(ThreadId::letter),
            sentence: scene.explain.sentence.clone(),
            changes: scene
                .explain
                .changes
                .iter()
                .map(|change| format!("{}: {} -> {}", change.label, change.from, change.to))
                .collect(),
        })
    }

    /// The verdict of a scene.
    pub fn verdict(scene: &Scene) -> Self {
        Self::Verdict {
            kind: match scene.verdict.kind {
                VerdictKind::Open => "open",
                VerdictKind::Broken => "broken",
                VerdictKind::Deadlock => "deadlock",
                VerdictKind::Harmless => "harmless",
                VerdictKind::Clean => "clean",
                VerdictKind::Unfinished => "unfinished",
            },
            reason: scene.verdict.reason.clone(),
            step: scene.verdict.step.map(|step| step.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Kernel;
    use crate::model::Detail;

    #[test]
    fn parameters_are_read_by_either_name() {
        let long = Embed::read(
            "?scenario=truncate-cow-vs-reclaim&variant=after&run=A5B4&cursor=3&detail=stmt&view=threads&theme=dark&controls=step",
        );
        let short = Embed::read(
            "s=truncate-cow-vs-reclaim&p=after&r=A5B4&c=3&d=stmt&view=threads&theme=dark&controls=step",
        );
        assert_eq!(long, short);
        assert_eq!(long.link.kernel, Some(Kernel::AFTER));
        assert_eq!(long.link.detail, Some(Detail::Statement));
        assert_eq!(
            (long.view, long.theme, long.controls),
            (View::Threads, Theme::Dark, Controls::Step)
        );
        assert!(long.problems.is_empty());
    }

    #[test]
    fn wrong_parameters_become_sentences_and_defaults() {
        let embed = Embed::read(
            "variant=between&run=A9Z&cursor=-1&view=moon&theme=%f0%9f%92%a5&motion=&controls=lots&detail=&&=&x=y",
        );
        assert_eq!(embed.link.kernel, None);
        assert_eq!(embed.view, View::Stage);
        assert_eq!(embed.problems.len(), 8, "{:?}", embed.problems);
    }

    #[test]
    fn unknown_messages_are_ignored_and_wrong_ones_answered() {
        assert_eq!(read("dance", &Payload::default()), None);
        for kind in ["seek", "run", "variant", "theme", "motion"] {
            assert!(
                matches!(read(kind, &Payload::default()), Some(Err(_))),
                "{kind}"
            );
        }
        let seek = Payload {
            cursor: Some(f64::NAN),
            ..Payload::default()
        };
        assert!(matches!(read("seek", &seek), Some(Err(_))));
        let far = Payload {
            cursor: Some(1e300),
            ..Payload::default()
        };
        assert_eq!(read("seek", &far), Some(Ok(Wish::Act(Act::Jump(u32::MAX)))));
        assert_eq!(
            read("step", &Payload::default()),
            Some(Ok(Wish::Act(Act::By(1))))
        );
    }
}
