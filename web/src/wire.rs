//! What crosses the border of an embed: the parameters it opens with, and the messages to and from the page around it.
//!
//! One envelope in both directions, `{lockstep: 1, id, type, ...}`. Unknown types are ignored, wrong values are
//! answered with `error`, and nothing a host sends is ever run as code.

use lockstep_machine::Gather;
use lockstep_view::scene::{Scene, VerdictKind};

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
                .map(|theme| Wish::Act(Act::Theme(theme)))
                .ok_or_else(|| "theme is auto, light or dark.".to_owned()),
        ),
        "motion" => Some(
            payload
                .motion
                .as_deref()
                .and_then(Motion::parse)
                .map(|motion| Wish::Act(Act::Motion(motion)))
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

/// A message to the page around the embed: its fields, `type` among them.
pub struct Message(Vec<(&'static str, Value)>);

/// What can stand in a field.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// Nothing.
    None,
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// Several texts.
    List(Vec<String>),
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn number(number: u32) -> Value {
    Value::Number(number.into())
}

impl Message {
    /// Its fields.
    pub fn fields(&self) -> &[(&'static str, Value)] {
        &self.0
    }

    /// The greeting: the embed listens now.
    pub fn hello() -> Self {
        let scenarios = engine::scenarios().map(|choice| choice.id.to_owned());
        Self(vec![
            ("type", text("hello")),
            ("api", number(VERSION)),
            ("scenarios", Value::List(scenarios.gather())),
        ])
    }

    /// Where the embed stands.
    pub fn state(model: &Model) -> Self {
        Self(vec![
            ("type", text("state")),
            ("scenario", text(&model.scenario)),
            ("variant", Value::Text(model.kernel.name())),
            ("run", Value::Text(model.asked.to_string())),
            ("cursor", number(model.cursor)),
            ("steps", number(model.stage.steps())),
            ("verdict", text(&model.scene.verdict.word)),
            ("sentence", text(&model.scene.explain.sentence)),
            // The part after the full page's address.
            ("link", Value::Text(model.link().to_hash())),
        ])
    }

    /// The cursor moved.
    pub fn moved(scene: &Scene) -> Self {
        let explain = &scene.explain;
        let letter = explain
            .thread
            .map(|thread| Value::Text(thread.letter().to_string()));
        let changes = explain.changes.iter();
        let changes = changes
            .map(|change| format!("{}: {} -> {}", change.label, change.from, change.to))
            .gather();
        Self(vec![
            ("type", text("step")),
            ("cursor", number(scene.cursor.0)),
            ("thread", letter.unwrap_or(Value::None)),
            ("sentence", text(&explain.sentence)),
            ("changes", Value::List(changes)),
        ])
    }

    /// The verdict at the cursor is another.
    pub fn verdict(scene: &Scene) -> Self {
        let verdict = &scene.verdict;
        let kind = match verdict.kind {
            VerdictKind::Open => "open",
            VerdictKind::Broken => "broken",
            VerdictKind::Deadlock => "deadlock",
            VerdictKind::Harmless => "harmless",
            VerdictKind::Clean => "clean",
            VerdictKind::Unfinished => "unfinished",
        };
        let step = verdict.step.map(|step| number(step.0));
        Self(vec![
            ("type", text("verdict")),
            ("kind", text(kind)),
            ("reason", text(&verdict.reason)),
            ("step", step.unwrap_or(Value::None)),
        ])
    }

    /// How high the embed would like to be, in CSS pixels.
    pub fn size(height: i32) -> Self {
        Self(vec![
            ("type", text("size")),
            ("height", Value::Number(height.into())),
        ])
    }

    /// Something asked for cannot be done.
    pub fn error(why: String) -> Self {
        Self(vec![("type", text("error")), ("message", Value::Text(why))])
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
