//! The few words of a step as people write them between columns: "lock ptl", "VM_LOCKED is 1", "set PG_mlocked".

use crate::scene::{Column, Glyph};

/// A step without its subject.
///
/// The words are those of the score, with the verb in the form of an instruction. A wording not known here is kept.
pub(super) fn brief(column: &Column) -> String {
    let text = column.text.trim_end_matches('.');
    let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
    let (verb, rest) = match (column.glyph, verb) {
        (Glyph::Take, "takes" | "locks") => ("lock", bare(rest)),
        (Glyph::Drop, "drops" | "releases" | "unlocks") => ("unlock", bare(rest)),
        (Glyph::Try, "tries") => ("trylock", bare(without(rest, "gets it"))),
        (Glyph::Refused, "tries") => {
            return format!("trylock {}, fails", bare(without(rest, "fails")));
        }
        (Glyph::Read, "reads") => match bare(rest).split_once(": ") {
            Some((what, value)) => return format!("{what} is {value}"),
            None => ("read", rest),
        },
        (_, verb) => (instruction(verb), rest),
    };
    if rest.is_empty() {
        verb.to_owned()
    } else {
        format!("{verb} {rest}")
    }
}

/// The name of an object: "page lock" for "to take the page lock".
fn bare(object: &str) -> &str {
    let object = object.strip_prefix("to take ").unwrap_or(object);
    object.strip_prefix("the ").unwrap_or(object)
}

/// What was tried, without how it went: "ptl" for "ptl and gets it".
fn without<'a>(tried: &'a str, end: &str) -> &'a str {
    let Some(start) = tried.strip_suffix(end) else {
        return tried;
    };
    let start = start.trim_end();
    start
        .strip_suffix(" and")
        .or_else(|| start.strip_suffix(','))
        .unwrap_or(start)
}

/// The instruction of a verb, "set" for "sets"; what does not look like a verb is kept.
fn instruction(verb: &str) -> &str {
    let is_verb =
        verb.len() > 3 && verb != "this" && verb.bytes().all(|sign| sign.is_ascii_lowercase());
    let stem = match verb {
        _ if !is_verb || verb.ends_with("ss") => None,
        _ if ["sses", "shes", "ches", "xes"]
            .iter()
            .any(|end| verb.ends_with(end)) =>
        {
            verb.strip_suffix("es")
        }
        _ => verb.strip_suffix('s'),
    };
    stem.unwrap_or(verb)
}

#[cfg(test)]
mod tests {
    use super::{bare, instruction, without};

    #[test]
    fn locks_keep_their_names_only() {
        assert_eq!(
            bare(without("to take the page lock and gets it", "gets it")),
            "page lock"
        );
        assert_eq!(bare(without("ptl, fails", "fails")), "ptl");
        assert_eq!(
            bare(without("mmap_sem for reading", "gets it")),
            "mmap_sem for reading"
        );
    }

    #[test]
    fn verbs_lose_their_person() {
        let verbs = [
            "sets", "clears", "frees", "passes", "PG_lru", "pass", "waits", "this",
        ];
        assert_eq!(
            verbs.map(instruction),
            [
                "set", "clear", "free", "pass", "PG_lru", "pass", "wait", "this"
            ]
        );
    }
}
