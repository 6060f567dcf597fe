//! Small drawings for buttons. They carry no meaning of their own: a name always stands beside or behind them.

use crate::element::{El, el};

/// The drawings there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Icon {
    /// To the start.
    First,
    /// One back.
    Back,
    /// Play.
    Play,
    /// Pause.
    Pause,
    /// One forward.
    Forward,
    /// To the end.
    Last,
    /// A broken property.
    Cross,
    /// A property that held.
    Check,
    /// Not decided yet.
    Tilde,
    /// A ring of waiting threads.
    Ring,
    /// Nobody who would do it.
    Nobody,
    /// Shut.
    Close,
    /// Settings.
    Sliders,
    /// Share.
    Share,
    /// All orders: one way that parts into many.
    Orders,
    /// A closed lock.
    Lock,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::First => "M4 3v10M13 3 6 8l7 5z",
            Self::Back => "M11 3 5 8l6 5z",
            Self::Play => "M5 3l8 5-8 5z",
            Self::Pause => "M5 3v10M11 3v10",
            Self::Forward => "M5 3l6 5-6 5z",
            Self::Last => "M12 3v10M3 3l7 5-7 5z",
            Self::Cross | Self::Close => "M4 4l8 8M12 4l-8 8",
            Self::Check => "M3 8.5l3.5 3.5L13 4.5",
            Self::Tilde => "M2.5 9.5c2-4 4-3 5.5-1.500s3.500 2.500 5.500-1.500",
            Self::Ring => "M8 3a5 5 0 1 0 5 5M13 3v5h-5",
            Self::Nobody => "M8 2.5a5.5 5.5 0 1 0 .01 0M4.1 4.1l7.8 7.8",
            Self::Sliders => "M2 5h7M13 5h1M2 11h1M7 11h7M9 3h4v4H9zM3 9h4v4H3z",
            Self::Share => "M8 10V2M5 4.500 8 2l3 2.500M4 7H3v7h10V7h-1",
            Self::Orders => "M2 8h4M6 8l3-5h5M6 8h8M6 8l3 5h5",
            Self::Lock => "M4 7h8v6H4zM5.500 7V5a2.500 2.500 0 0 1 5 0v2",
        }
    }

    fn is_filled(self) -> bool {
        matches!(
            self,
            Self::First | Self::Back | Self::Play | Self::Forward | Self::Last
        )
    }
}

/// Draws an icon.
pub fn icon(icon: Icon) -> El {
    el("svg.icon|viewBox=0 0 16 16|width=16|height=16|aria-hidden=true|focusable=false")
        .class_if(icon.is_filled(), "icon-filled")
        .child(el("path").attr("d", icon.path()))
}
