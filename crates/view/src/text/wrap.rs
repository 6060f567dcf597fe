//! Breaking lines.

use lockstep_machine::Gather;

/// Breaks `text` at spaces so that no line is wider than the limit for its place, as told by `width`.
///
/// A word that does not fit a line by itself is broken after an underscore, a comma, a colon or a slash, or wherever it has to be.
/// There is always at least one line.
pub(super) fn wrap_by(
    text: &str,
    limit: impl Fn(usize) -> f64,
    width: impl Fn(&str) -> f64,
) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let mut word = word;
        loop {
            let joined = if line.is_empty() {
                word.to_owned()
            } else {
                format!("{line} {word}")
            };
            let limit = limit(lines.len());
            if width(&joined) <= limit {
                line = joined;
                break;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                continue;
            }
            let cut = cut_at(word, limit, &width);
            let (head, tail) = word.split_at(cut);
            lines.push(head.to_owned());
            word = tail;
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// Breaks `text` into lines of at most `columns` characters.
pub(super) fn wrap(text: &str, columns: usize) -> Vec<String> {
    wrap_hanging(text, columns, 0)
}

/// Breaks `text` into lines of at most `columns` characters, the further ones indented by `hang`.
pub(super) fn wrap_hanging(text: &str, columns: usize, hang: usize) -> Vec<String> {
    let limit = |line: usize| {
        to_f64(if line == 0 {
            columns
        } else {
            columns.saturating_sub(hang)
        })
    };
    let lines = wrap_by(text, limit, |line| to_f64(columns_of(line)));
    let indented = |(idx, line): (usize, String)| {
        if idx == 0 {
            line
        } else {
            " ".repeat(hang) + &line
        }
    };
    lines.into_iter().enumerate().map(indented).gather()
}

/// How many columns of a terminal a text takes.
pub(super) fn columns_of(text: &str) -> usize {
    text.chars().count()
}

/// The same text, filled up with spaces to `columns`.
pub(super) fn padded(text: &str, columns: usize) -> String {
    format!("{text:<columns$}")
}

/// A count as a length.
fn to_f64(columns: usize) -> f64 {
    f64::from(u32::try_from(columns).unwrap_or(u32::MAX))
}

/// Where to break a word that is too wide by itself: at least one character in, and never inside one.
fn cut_at(word: &str, limit: f64, width: &impl Fn(&str) -> f64) -> usize {
    let mut hard = word.chars().next().map_or(0, char::len_utf8);
    let mut soft = None;
    for (at, sign) in word.char_indices() {
        let end = at + sign.len_utf8();
        if width(&word[..end]) > limit {
            break;
        }
        hard = end.max(hard);
        if matches!(sign, '_' | ',' | '/' | ':') && end < word.len() {
            soft = Some(end);
        }
    }
    soft.unwrap_or(hard)
}

#[cfg(test)]
mod tests {
    use super::{wrap, wrap_hanging};

    #[test]
    fn words_stay_whole_where_they_can() {
        assert_eq!(
            wrap("lock ptl; VM_LOCKED is 1", 12),
            ["lock ptl;", "VM_LOCKED is", "1"]
        );
        assert_eq!(
            wrap("unmap_mapping_range()", 15),
            ["unmap_mapping_", "range()"]
        );
        assert_eq!(wrap("aaaaaaaa", 3), ["aaa", "aaa", "aa"]);
        assert_eq!(wrap("", 3), [""]);
        assert_eq!(
            wrap_hanging("lock ptl; clear pte", 10, 2),
            ["lock ptl;", "  clear", "  pte"]
        );
        assert_eq!(wrap("\u{1f512}\u{1f512}", 0), ["\u{1f512}", "\u{1f512}"]);
    }
}
