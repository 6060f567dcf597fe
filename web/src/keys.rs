//! The keyboard map, as a table from keys to wishes.

use lockstep_view::scene::ThreadId;

use crate::model::prove::Hunt;
use crate::model::{Act, Panel};

/// A key as it was pressed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Press {
    /// The key's name as browsers give it: `ArrowLeft`, `b`, `?`.
    pub key: String,
    /// Whether Shift was down.
    pub has_shift: bool,
    /// Whether Ctrl or Cmd was down.
    pub has_command: bool,
    /// Whether Alt was down.
    pub has_alt: bool,
    /// What has the focus.
    pub focus: Focus,
    /// Whether a step is being carried: arrows and Enter are for it then.
    pub is_carrying: bool,
}

/// What has the focus, as far as keys care.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Focus {
    /// Nothing that uses keys of its own.
    #[default]
    Page,
    /// A button or a link: Space and Enter are its own.
    Button,
    /// The slider of the score.
    Slider,
    /// A list of choices, radio buttons: arrows are its own.
    Choice,
    /// A text field, or anything in a dialog.
    Text,
}

/// What a key asks for.
#[derive(Clone, PartialEq, Debug)]
pub enum Wish {
    /// Something of the model.
    Act(Act),
    /// The reason of the fact that has the focus.
    Why,
    /// The transcript.
    Transcript,
    /// The list of what the thread that moved last can be run to.
    RunTo,
}

/// What a press asks for, if anything. `has_letters` is whether single letters are shortcuts.
pub fn wish(press: &Press, has_letters: bool) -> Option<Wish> {
    if press.focus == Focus::Text || press.has_alt {
        return None;
    }
    if press.has_command {
        return match (press.key.as_str(), press.has_shift) {
            ("z" | "Z", false) => Some(Wish::Act(Act::Undo)),
            ("z" | "Z", true) | ("y", false) => Some(Wish::Act(Act::Redo)),
            _ => None,
        };
    }
    if press.is_carrying
        && let Some(act) = carries(press)
    {
        return Some(Wish::Act(act));
    }
    moves(press)
        .map(Wish::Act)
        .or_else(|| if has_letters { letters(press) } else { None })
}

fn carries(press: &Press) -> Option<Act> {
    Some(match press.key.as_str() {
        "ArrowRight" => Act::Carry(1),
        "ArrowLeft" => Act::Carry(-1),
        "Enter" => Act::Drop,
        "Escape" => Act::PutBack,
        _ => return None,
    })
}

fn moves(press: &Press) -> Option<Act> {
    if press.focus == Focus::Choice {
        return None;
    }
    Some(match (press.key.as_str(), press.has_shift) {
        ("ArrowRight", false) => Act::Forward,
        ("ArrowLeft", false) => Act::Back,
        ("ArrowRight", true) => Act::Beat { is_forward: true },
        ("ArrowLeft", true) => Act::Beat { is_forward: false },
        ("Home", false) => Act::First,
        ("End", false) => Act::Last,
        ("PageDown", false) => Act::By(5),
        ("PageUp", false) => Act::By(-5),
        ("Escape", _) => Act::Preview(None),
        _ => return None,
    })
}

fn letters(press: &Press) -> Option<Wish> {
    let act = |act: Act| Some(Wish::Act(act));
    match (press.key.as_str(), press.has_shift) {
        (" ", false) if press.focus != Focus::Page => None,
        (" " | "k", false) => act(Act::Toggle),
        (digit @ ("1" | "2" | "3" | "4"), false) => {
            let place = digit.bytes().next()?.checked_sub(b'1')?;
            act(Act::Run(ThreadId(place)))
        }
        (letter @ ("A" | "B" | "C" | "D"), true) => {
            let place = letter.bytes().next()?.checked_sub(b'A')?;
            act(Act::Run(ThreadId(place)))
        }
        ("b", false) => act(Act::Flip),
        ("f", false) => act(Act::Prove(Hunt::Open)),
        ("Backspace", false) => act(Act::Return),
        ("w", false) => Some(Wish::Why),
        ("m", false) => act(Act::PickUp(None)),
        ("s", false) => act(Act::OnlyNeeded),
        ("g", false) => Some(Wish::RunTo),
        ("t", false) => Some(Wish::Transcript),
        ("?", _) | ("l", false) => act(Act::Panel(Some(Panel::Help))),
        ("/", _) => act(Act::Panel(Some(Panel::Find))),
        ("+", _) | ("=", false) => act(Act::Zoom(Some(true))),
        ("-", false) => act(Act::Zoom(Some(false))),
        ("0", false) => act(Act::Zoom(None)),
        ("[", _) => act(Act::Pace { is_faster: false }),
        ("]", _) => act(Act::Pace { is_faster: true }),
        _ => None,
    }
}

/// The map in words, for the help dialog.
pub const HELP: &[(&str, &str)] = &[
    ("\u{2190} \u{2192}", "step back, step forward"),
    (
        "Shift \u{2190} \u{2192}",
        "key moment before, next key moment",
    ),
    ("Home End", "first step, last step"),
    ("PageUp PageDown", "five steps"),
    ("Space or K", "play, pause"),
    ("1 2 3 4", "run thread A, B, C, D"),
    ("Shift A to D", "the same"),
    ("G", "run to: a lock dropped, a wait, the end, a change"),
    (
        "M, then \u{2190} \u{2192}, Enter",
        "pick up this step, carry it, put it down; Esc puts it back",
    ),
    ("B", "before the patch, after the patch"),
    ("S", "only what matters: the steps that lead to what breaks"),
    ("F", "find an order that breaks it, or that there is none"),
    ("W", "why: go to the step that set the focused fact"),
    ("Backspace", "return from there"),
    ("Ctrl Z, Ctrl Shift Z", "undo, redo a change of the order"),
    ("[ ]", "slower, faster"),
    ("+ \u{2212} 0", "wider score, narrower, all of it"),
    ("/", "find a step by what it says"),
    ("T", "transcript"),
    ("L or ?", "this list"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str) -> Press {
        Press {
            key: key.to_owned(),
            ..Press::default()
        }
    }

    #[test]
    fn arrows_step_and_shift_goes_by_beats() {
        assert_eq!(
            wish(&press("ArrowRight"), true),
            Some(Wish::Act(Act::Forward))
        );
        let shifted = Press {
            has_shift: true,
            ..press("ArrowLeft")
        };
        assert_eq!(
            wish(&shifted, true),
            Some(Wish::Act(Act::Beat { is_forward: false }))
        );
    }

    #[test]
    fn text_fields_keep_every_key_and_choices_their_arrows() {
        for key in ["ArrowRight", "b", " ", "z"] {
            assert_eq!(
                wish(
                    &Press {
                        focus: Focus::Text,
                        ..press(key)
                    },
                    true
                ),
                None,
                "{key}"
            );
        }
        assert_eq!(
            wish(
                &Press {
                    focus: Focus::Choice,
                    ..press("ArrowRight")
                },
                true
            ),
            None
        );
        assert_eq!(
            wish(
                &Press {
                    focus: Focus::Button,
                    ..press(" ")
                },
                true
            ),
            None
        );
    }

    #[test]
    fn letters_can_be_switched_off_and_browsers_keep_theirs() {
        assert_eq!(wish(&press("b"), false), None);
        assert_eq!(wish(&press("ArrowLeft"), false), Some(Wish::Act(Act::Back)));
        assert_eq!(
            wish(
                &Press {
                    has_command: true,
                    ..press("b")
                },
                true
            ),
            None
        );
        assert_eq!(
            wish(
                &Press {
                    has_alt: true,
                    ..press("ArrowLeft")
                },
                true
            ),
            None
        );
    }

    #[test]
    fn a_carried_step_has_the_arrows_and_enter() {
        let carrying = |key: &str, focus: Focus| Press {
            focus,
            is_carrying: true,
            ..press(key)
        };
        for (key, act) in [
            ("ArrowLeft", Act::Carry(-1)),
            ("ArrowRight", Act::Carry(1)),
            ("Enter", Act::Drop),
            ("Escape", Act::PutBack),
        ] {
            for focus in [Focus::Page, Focus::Button, Focus::Slider] {
                let wish = wish(&carrying(key, focus), false);
                assert_eq!(wish, Some(Wish::Act(act.clone())), "{key}");
            }
        }
        assert_eq!(wish(&carrying("Enter", Focus::Text), true), None);
        assert_eq!(wish(&press("Enter"), true), None);
    }

    #[test]
    fn threads_run_by_number_and_by_letter() {
        assert_eq!(
            wish(&press("2"), true),
            Some(Wish::Act(Act::Run(ThreadId(1))))
        );
        let letter = Press {
            has_shift: true,
            ..press("C")
        };
        assert_eq!(wish(&letter, true), Some(Wish::Act(Act::Run(ThreadId(2)))));
    }
}
