//! What the Linux that is running lets be seen.

use std::fs;

pub use crate::compare::Sight;

/// How much can be compared here.
///
/// # Errors
/// Why nothing can.
pub fn sight() -> Result<Sight, String> {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease")
        .map_err(|_| "this is no Linux with /proc".to_owned())?;
    let release = release.trim();
    if !is_known(release) {
        return Err(format!(
            "this is Linux {release}; the rules are written for 5.18 and later"
        ));
    }
    // Opened by anybody, but read only by root.
    let mut entry = [0; 8];
    let readable = fs::File::open("/proc/kpageflags")
        .and_then(|file| std::os::unix::fs::FileExt::read_exact_at(&file, &mut entry, 8));
    Ok(match readable {
        Ok(()) => Sight::Flags,
        Err(_) => Sight::Mappings,
    })
}

/// Marking pages was written anew in 5.18; before, other differences would need other rules.
fn is_known(release: &str) -> bool {
    let mut numbers = release
        .split(|c: char| !c.is_ascii_digit())
        .map_while(|number| number.parse::<u32>().ok());
    (numbers.next(), numbers.next()) >= (Some(5), Some(18))
}

#[cfg(test)]
mod tests {
    use super::is_known;

    #[test]
    fn releases() {
        assert!(is_known("5.18.0"));
        assert!(is_known("6.18.44-fc-v657"));
        assert!(!is_known("5.15.0-91-generic"));
        assert!(!is_known("4.4.302"));
    }
}
