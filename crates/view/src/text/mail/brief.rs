//! The few words of a step as people write them between columns: "lock ptl", "VM_LOCKED is 1", "set PG_mlocked".

use crate::scene::{Column, Glyph};

/// A step without its subject.
///
/// The words are those of the score, with the verb in the form of an instruction. A wording not known here is kept.
pub(super) fn brief(column: &Column) -> String {
    let text = column.text.trim_end_matches('.');
    let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
    let (verb, rest) = match (column.glyph, verb) {
        (Glyph::Take, "takes" | "locks") => ("lock", rest),
        (Glyph::Drop, "drops" | "releases" | "unlocks") => ("unlock", rest),
        (Glyph::Try, "tries") => (
            "trylock",
            rest.trim_end_matches(", gets it")
                .trim_end_matches(" and gets it"),
        ),
        (Glyph::Refused, "tries") => ("trylock", rest),
        (Glyph::Read, "reads") => match rest.split_once(": ") {
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
    use super::instruction;

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
