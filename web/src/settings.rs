//! What a reader can set: theme, motion, size of text, single-key shortcuts. Remembered if the browser lets us.

use crate::edge::document::mark;

/// Light or dark.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How much moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Motion {
    /// As the system says.
    #[default]
    System,
    /// Everything.
    Full,
    /// Nothing.
    Reduced,
}

/// The size of text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Size {
    /// As designed.
    #[default]
    Normal,
    /// Larger.
    Large,
    /// Larger still.
    Largest,
}

/// All settings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Light or dark.
    pub theme: Theme,
    /// How much moves.
    pub motion: Motion,
    /// The size of text.
    pub size: Size,
    /// Whether single keys are shortcuts.
    pub has_keys: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            motion: Motion::default(),
            size: Size::default(),
            has_keys: true,
        }
    }
}

macro_rules! names {
    ($type:ty, $($variant:ident = $name:literal, $label:literal;)+) => {
        impl $type {
            /// Their names and labels, in order.
            pub const TABLE: &'static [(&'static str, &'static str)] = &[$(($name, $label)),+];

            /// In parameters, attributes and storage.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Reads what [`Self::name`] writes; `auto` is another word for `system`.
            pub fn parse(text: &str) -> Option<Self> {
                let text = if text == "auto" { "system" } else { text };
                [$(Self::$variant),+].into_iter().find(|value| value.name() == text)
            }
        }
    };
}

names! { Theme, System = "system", "As the system"; Light = "light", "Light"; Dark = "dark", "Dark"; }
names! { Motion, System = "system", "As the system"; Full = "full", "Full"; Reduced = "reduced", "Reduced"; }
names! { Size, Normal = "normal", "Normal"; Large = "large", "Large"; Largest = "largest", "Largest"; }

/// Where the settings are remembered.
const KEY: &str = "lockstep-settings";

impl Settings {
    /// What was remembered, or the defaults; never fails, as a sandboxed frame has no storage at all.
    pub fn remembered() -> Self {
        let Some(text) = storage().and_then(|storage| storage.get_item(KEY).ok().flatten()) else {
            return Self::default();
        };
        let mut settings = Self::default();
        for pair in text.split(' ') {
            match pair.split_once('=') {
                Some(("theme", value)) => settings.theme = Theme::parse(value).unwrap_or_default(),
                Some(("motion", value)) => {
                    settings.motion = Motion::parse(value).unwrap_or_default()
                }
                Some(("size", value)) => settings.size = Size::parse(value).unwrap_or_default(),
                Some(("keys", value)) => settings.has_keys = value != "off",
                _ => {}
            }
        }
        settings
    }

    /// Remembers the settings; tells whether that was possible.
    pub fn remember(self) -> bool {
        let text = format!(
            "theme={} motion={} size={} keys={}",
            self.theme.name(),
            self.motion.name(),
            self.size.name(),
            if self.has_keys { "on" } else { "off" }
        );
        storage().is_some_and(|storage| storage.set_item(KEY, &text).is_ok())
    }

    /// Puts the settings where the style sheets read them.
    pub fn apply(self) {
        mark("data-theme", self.theme.name());
        mark("data-reduce", self.motion.name());
        mark("data-size", self.size.name());
        mark("data-keys", if self.has_keys { "true" } else { "false" });
    }
}

/// The browser's storage, unless it is refused.
fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}
