//! Text for places that take nothing but ASCII.

/// The same text with signs a mail archive may spoil written in ASCII; what has no such form becomes `?`.
pub(super) fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            ' '..='~' => out.push(sign),
            '\u{2192}' => out.push_str("->"),
            '\u{2190}' => out.push_str("<-"),
            '\u{2018}' | '\u{2019}' => out.push('\''),
            '\u{201c}' | '\u{201d}' => out.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push('-'),
            '\u{2026}' => out.push_str("..."),
            '\u{d7}' => out.push('x'),
            '\u{2248}' => out.push('~'),
            '\u{b7}' => out.push('.'),
            _ if sign.is_whitespace() || sign.is_control() => out.push(' '),
            _ => out.push('?'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::ascii;

    #[test]
    fn signs_of_books_become_signs_of_mails() {
        let folded = ascii("pte: page \u{2192} none \u{2014} \u{201c}gone\u{201d}\t\u{1f512}");
        assert_eq!(folded, "pte: page -> none - \"gone\" ?");
    }
}
