//! Making a program that shows something smaller, as long as it still shows it.

use lockstep_syscalls::{Call, parse};

/// The program as text.
pub fn text(calls: &[Call]) -> String {
    calls.iter().map(|call| call.line() + "\n").collect()
}

/// Leaves out calls, and pages of the calls that are left, as long as `shows` says yes.
pub fn shrink(calls: &[Call], mut shows: impl FnMut(&[Call]) -> bool) -> Vec<Call> {
    let mut smallest = calls.to_vec();
    // A program that is none, because a child exits that was never born, shows nothing.
    let mut try_one = |smallest: &mut Vec<Call>, candidate: Vec<Call>| {
        let is_better = parse(&text(&candidate)).is_ok() && shows(&candidate);
        if is_better {
            *smallest = candidate;
        }
        is_better
    };
    loop {
        let before = smallest.clone();
        let mut length = smallest.len().div_ceil(2);
        while length > 0 {
            let mut at = 0;
            while at < smallest.len() {
                let end = (at + length).min(smallest.len());
                let mut candidate = smallest.clone();
                candidate.drain(at..end);
                if !try_one(&mut smallest, candidate) {
                    at = end;
                }
            }
            length /= 2;
        }
        for at in 0..smallest.len() {
            while let Some(fewer) = smallest.get(at).and_then(fewer_pages) {
                let mut candidate = smallest.clone();
                candidate[at] = fewer;
                if !try_one(&mut smallest, candidate) {
                    break;
                }
            }
        }
        if smallest == before {
            return smallest;
        }
    }
}

/// The same call on one page less.
fn fewer_pages(call: &Call) -> Option<Call> {
    let mut call = call.clone();
    match &mut call {
        Call::Mmap { pages, .. }
        | Call::Munmap { pages, .. }
        | Call::Mlock { pages, .. }
        | Call::Mlock2 { pages, .. }
        | Call::Munlock { pages, .. }
        | Call::MadviseDontneed { pages, .. }
        | Call::Create { pages, .. }
            if *pages > 1 =>
        {
            *pages -= 1;
            Some(call)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_needed_is_left() {
        let fork = [Call::Fork {}, Call::Read { at: 3 }, Call::ExitChild {}];
        let calls = [&fork[..], &[Call::Mlock { at: 0, pages: 4 }]].concat();
        let has_exit = |calls: &[Call]| calls.contains(&Call::ExitChild {});
        assert_eq!(
            shrink(&calls, has_exit),
            [Call::Fork {}, Call::ExitChild {}]
        );
        let locks = |calls: &[Call]| calls.iter().any(|call| matches!(call, Call::Mlock { .. }));
        assert_eq!(shrink(&calls, locks), [Call::Mlock { at: 0, pages: 1 }]);
    }
}
