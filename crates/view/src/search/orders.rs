//! How many orders there are: the number that makes plain why they are not all made.

/// The digits of a large number, the lowest first, a thousand million at a time.
struct Large(Vec<u32>);

const BASE: u64 = 1_000_000_000;

impl Large {
    fn multiply(&mut self, by: u64) {
        let mut carry = 0;
        for digits in &mut self.0 {
            let product = u64::from(*digits) * by + carry;
            *digits = (product % BASE) as u32;
            carry = product / BASE;
        }
        while carry > 0 {
            self.0.push((carry % BASE) as u32);
            carry /= BASE;
        }
    }

    /// Divides by a number that it is a multiple of.
    fn divide(&mut self, by: u64) {
        let mut rest = 0;
        for digits in self.0.iter_mut().rev() {
            let whole = rest * BASE + u64::from(*digits);
            *digits = (whole / by) as u32;
            rest = whole % by;
        }
        while self.0.len() > 1 && self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    fn text(&self) -> String {
        let mut text = self.0.last().copied().unwrap_or(0).to_string();
        for digits in self.0.iter().rev().skip(1) {
            text.push_str(&format!("{digits:09}"));
        }
        text
    }
}

/// In how many orders threads of so many steps can be run if none ever waits: all digits of the number.
pub fn orders(steps: &[u32]) -> String {
    let mut count = Large(vec![1]);
    let mut placed = 0;
    for thread in steps {
        // The ways to put the steps of one more thread among those placed.
        for step in 1..=u64::from(*thread) {
            placed += 1;
            count.multiply(placed);
            count.divide(step);
        }
    }
    count.text()
}

/// The same for people: "293,930", or "about 1.4 × 10³⁵" where nobody reads all digits.
pub fn orders_words(steps: &[u32]) -> String {
    let digits = orders(steps);
    if digits.len() > 15 {
        let (first, second) = (&digits[..1], &digits[1..2]);
        let power = (digits.len() - 1).to_string();
        let power: String = power.chars().filter_map(raised).collect();
        return format!("about {first}.{second} \u{d7} 10{power}");
    }
    apart(&digits)
}

/// A digit of a power.
fn raised(digit: char) -> Option<char> {
    let signs = ['\u{2070}', '\u{b9}', '\u{b2}', '\u{b3}', '\u{2074}'];
    let more = ['\u{2075}', '\u{2076}', '\u{2077}', '\u{2078}', '\u{2079}'];
    let mut all = signs.iter().chain(&more);
    all.nth(digit.to_digit(10)? as usize).copied()
}

/// A number with its thousands apart: `14,018`.
pub fn grouped(number: u64) -> String {
    apart(&number.to_string())
}

fn apart(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_known() {
        for (steps, words) in [
            (&[][..], "1"),
            (&[7], "1"),
            (&[1, 1], "2"),
            (&[12, 9], "293,930"),
            (&[14, 9, 6], "388,181,593,800"),
            (&[60, 60], "about 9.6 × 10³⁴"),
        ] {
            assert_eq!(orders_words(steps), words, "{steps:?}");
        }
        for (number, text) in [(0, "0"), (999, "999"), (2_893_426, "2,893,426")] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(orders(&[20, 20]), "137846528820");
        assert_eq!(orders(&[30, 30]), "118264581564861424");
    }
}
