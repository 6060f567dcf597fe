//! Orders of steps as links write them: `A5B4A2.`, letters with run lengths.

use lockstep_view::scene::ThreadId;

/// The longest order the page runs.
pub const MAX_STEPS: usize = 512;

/// Why a text is not an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OrderError {
    /// Something that is no thread letter, no number and no closing dot.
    Letter(char),
    /// More steps than [`MAX_STEPS`].
    TooLong,
}

impl OrderError {
    /// For people.
    pub fn text(self) -> String {
        match self {
            Self::Letter(letter) => format!(
                "The order of steps has a sign that is no thread: \u{201c}{letter}\u{201d}."
            ),
            Self::TooLong => format!("The order of steps is longer than {MAX_STEPS}."),
        }
    }
}

/// Checks that a text is an order.
pub fn check(text: &str) -> Result<(), OrderError> {
    let mut total = 0usize;
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        if letter == '.' && rest.peek().is_none() {
            return Ok(());
        }
        if !matches!(letter, 'A'..='D') {
            return Err(OrderError::Letter(letter));
        }
        let mut count: Option<usize> = None;
        while let Some(digit) = rest.peek().and_then(|sign| sign.to_digit(10)) {
            rest.next();
            count = Some(
                count
                    .unwrap_or(0)
                    .saturating_mul(10)
                    .saturating_add(digit as usize),
            );
        }
        total = total.saturating_add(count.unwrap_or(1));
        if total > MAX_STEPS {
            return Err(OrderError::TooLong);
        }
    }
    Ok(())
}

/// Every step of an order, one thread each; what cannot be read is left out.
pub fn expand(text: &str) -> Vec<ThreadId> {
    let mut steps = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        let mut count: Option<usize> = None;
        while let Some(digit) = rest.peek().and_then(|sign| sign.to_digit(10)) {
            rest.next();
            count = Some(
                count
                    .unwrap_or(0)
                    .saturating_mul(10)
                    .saturating_add(digit as usize),
            );
        }
        if let 'A'..='D' = letter {
            let room = MAX_STEPS + 1 - steps.len().min(MAX_STEPS + 1);
            let thread = ThreadId(letter as u8 - b'A');
            steps.extend(std::iter::repeat_n(thread, count.unwrap_or(1).min(room)));
        }
    }
    steps
}

/// The shortest form of an order.
pub fn compress(steps: &[ThreadId]) -> String {
    let mut text = String::new();
    for stretch in steps.chunk_by(|left, right| left == right) {
        if let Some(thread) = stretch.first() {
            text.push(thread.letter());
            if stretch.len() > 1 {
                text.push_str(&stretch.len().to_string());
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_come_back_in_their_shortest_form() {
        for (long, short) in [
            ("", ""),
            ("A", "A"),
            ("AAB2A0", "A2B2"),
            ("A12B.", "A12B"),
            ("ABAB", "ABAB"),
        ] {
            assert_eq!(compress(&expand(long)), short, "{long}");
        }
    }

    #[test]
    fn wrong_orders_are_named() {
        assert_eq!(check("A5B4."), Ok(()));
        assert_eq!(check("A5.B"), Err(OrderError::Letter('.')));
        assert_eq!(check("A5x"), Err(OrderError::Letter('x')));
        assert_eq!(check("A513"), Err(OrderError::TooLong));
        assert_eq!(
            check("A99999999999999999999999999"),
            Err(OrderError::TooLong)
        );
        assert_eq!(expand("A99999999999999999999999999").len(), MAX_STEPS + 1);
    }
}
