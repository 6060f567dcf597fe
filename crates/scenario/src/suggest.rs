//! Names that do not exist, and the ones that were probably meant.

use std::ops::Range;

use crate::Diagnostic;
use crate::shown::shown;

/// The candidate a misspelt name is closest to, unless none is close.
pub fn closest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let wanted = name.to_lowercase();
    // A third of a name may be wrong; beyond that a suggestion confuses more than it helps.
    let allowed = (name.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| {
            let found = candidate.to_lowercase();
            (strsim::damerau_levenshtein(&wanted, &found), candidate)
        })
        .filter(|(distance, candidate)| *distance <= allowed && *distance < candidate.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// There is no `kind` of this `name`: what was probably meant, and all that there are.
pub(crate) fn unknown(
    code: &'static str,
    kind: &str,
    name: &str,
    span: Range<usize>,
    exist: &[&str],
) -> Diagnostic {
    let found = Diagnostic::new(
        code,
        span,
        format!("there is no {kind} named `{}`", shown(name)),
    );
    let found = match closest(name, exist.iter().copied()) {
        Some(close) => found.label(format!("did you mean `{close}`?")),
        None => found.label(format!("no such {kind}")),
    };
    match exist {
        [] => found.help(format!("there is no {kind} here at all")),
        [only] => found.help(format!("the only {kind} is `{only}`")),
        _ => found.help(format!("{} are {}", plural(kind), list(exist))),
    }
}

/// `` `a`, `b` and `c` ``.
pub(crate) fn list(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => "none".to_owned(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

fn plural(kind: &str) -> String {
    match kind.strip_suffix('s').or(kind.strip_suffix("ch")) {
        Some(_) => format!("{kind}es"),
        None => format!("{kind}s"),
    }
}
