//! Orders of steps as the page handles them: no longer than a page can draw, and named by the threads of a scene.

use lockstep_view::scene::ThreadId;

pub use lockstep_machine::Schedule;

/// The longest order the page runs.
pub const MAX_STEPS: usize = 512;

/// Reads an order from a link or a message: `A5B4A2.`.
///
/// # Errors
/// What is wrong with the text, as a sentence.
pub fn read(text: &str) -> Result<Schedule, String> {
    let order: Schedule = text
        .parse()
        .map_err(|error| format!("The order of steps cannot be read: {error}."))?;
    if order.len() > MAX_STEPS {
        return Err(format!("The order of steps is longer than {MAX_STEPS}."));
    }
    Ok(order)
}

/// The first steps of an order, and then one of `thread`; nothing if that would be too long, or there is no such thread.
pub fn fork(order: &Schedule, steps: usize, thread: ThreadId) -> Option<Schedule> {
    let thread = lockstep_machine::ThreadId::new(usize::from(thread.0))?;
    let mut forked = order.prefix(steps);
    forked.push(thread);
    (forked.len() <= MAX_STEPS).then_some(forked)
}

/// The thread of a letter, as messages name it.
pub fn thread(letter: &str) -> Option<ThreadId> {
    let mut letters = letter.chars();
    let letter = letters.next().filter(|_| letters.next().is_none())?;
    let thread = lockstep_machine::ThreadId::from_letter(letter)?;
    u8::try_from(thread.index()).ok().map(ThreadId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_forks_after_its_first_steps() {
        let order = read("A5B4A2.").expect("an order");
        let forked = fork(&order, 7, ThreadId(0)).expect("short enough");
        assert_eq!(forked.to_string(), "A5B2A");
        assert_eq!(fork(&order, 7, ThreadId(99)), None);
    }

    #[test]
    fn wrong_orders_are_named() {
        for (text, word) in [
            ("A5.B", "dot"),
            ("A5x", "x"),
            ("A513", "512"),
            ("3A", "thread in front"),
            ("A99999999999999", "longer"),
        ] {
            let error = read(text).expect_err(text);
            assert!(error.contains(word), "{text}: {error}");
        }
    }

    #[test]
    fn threads_are_named_by_one_letter() {
        assert_eq!(thread("B"), Some(ThreadId(1)));
        for text in ["", "AB", "b", "\u{1f4a5}"] {
            assert_eq!(thread(text), None, "{text}");
        }
    }
}
