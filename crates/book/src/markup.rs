//! How text gets into Markdown, HTML and addresses unharmed.

/// Text that stands inside HTML or one of its attributes.
pub(crate) fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Text that stands in Markdown, in a table as well, with every sign taken as it is.
pub(crate) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        if matches!(sign, '|' | '\\' | '*' | '[' | ']' | '_' | '<' | '>' | '~') {
            out.push('\\');
        }
        out.push(if sign == '\n' { ' ' } else { sign });
    }
    out
}

/// Text that stands in Markdown and names code between backquotes, which stays code. A bar would end the cell of a table.
pub(crate) fn prose(text: &str) -> String {
    let pieces = text.split('`').enumerate();
    let escaped = pieces.map(|(place, piece)| match place % 2 {
        0 => markdown(piece),
        _ => format!("`{}`", piece.replace('|', "\\|")),
    });
    escaped.collect()
}

/// A value in an address.
pub(crate) fn address(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b',' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{address, html, markdown, prose};

    #[test]
    fn no_sign_is_taken_for_markup() {
        assert_eq!(
            html("page->flags & \"1\""),
            "page-&gt;flags &amp; &quot;1&quot;"
        );
        assert_eq!(markdown("a|b <c> vm_flags"), "a\\|b \\<c\\> vm\\_flags");
        assert_eq!(prose("a_b `c_d()` e"), "a\\_b `c_d()` e");
        assert_eq!(address("after,mlock=a+b"), "after,mlock%3Da%2Bb");
    }
}
