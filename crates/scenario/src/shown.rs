//! What strangers wrote, made fit for a sentence.

/// A stranger's text, short enough for a sentence and without anything that could disturb a terminal.
pub(crate) fn shown(text: &str) -> String {
    let mut short: String = text
        .chars()
        .filter(|sign| !sign.is_control())
        .take(40)
        .collect();
    if text.chars().count() > 40 {
        short.push('\u{2026}');
    }
    short
}
