//! Random programs: short, on a few pages and two files, so that their calls meet.

use fastrand::Rng;
use lockstep_syscalls::{Call, Kind, LockFlag, Prot};

/// The names of the files, and how many pages they have.
const FILES: [(&str, u64); 2] = [("f", 6), ("g", 3)];

/// A program of this seed.
pub fn program(seed: u64) -> Vec<Call> {
    let mut maker = Maker {
        random: Rng::with_seed(seed),
        arena: 0,
        has_child: false,
    };
    maker.arena = maker.random.u64(4..=12);
    let create = FILES.map(|(file, pages)| Call::Create {
        file: file.to_owned(),
        pages,
    });
    let mut calls = Vec::from(create);
    // Some processes have no right to lock as much as they like.
    if maker.random.u8(0..4) == 0 {
        let pages = maker.random.u64(0..=2 * maker.arena);
        calls.extend([Call::SetrlimitMemlock { pages }, Call::DropCapability {}]);
    }
    for _ in 0..maker.random.u32(1..=3) {
        calls.push(maker.mmap());
    }
    for _ in 0..maker.random.u32(6..=24) {
        calls.push(maker.call());
    }
    calls
}

struct Maker {
    random: Rng,
    arena: u64,
    has_child: bool,
}

impl Maker {
    fn call(&mut self) -> Call {
        let (at, pages) = self.range();
        match self.random.u8(0..100) {
            0..12 => self.mmap(),
            12..18 => Call::Munmap { at, pages },
            18..28 => Call::Mlock { at, pages },
            28..36 => Call::Mlock2 {
                at,
                pages,
                onfault: self.random.u8(0..4) > 0,
            },
            36..48 => Call::Munlock { at, pages },
            48..51 => Call::Mlockall {
                flags: self.flags(),
            },
            51..53 => Call::Munlockall {},
            53..65 => Call::Read { at },
            65..79 => Call::Write { at },
            79..83 => Call::Truncate {
                file: self.file(),
                pages: self.random.u64(0..=8),
            },
            83..87 => Call::PunchHole {
                file: self.file(),
                at: self.random.u64(0..6),
                pages: self.random.u64(1..=3),
            },
            87..91 => Call::MadviseDontneed { at, pages },
            91..96 => self.child(),
            96 => Call::SetrlimitMemlock {
                pages: self.random.u64(0..=2 * self.arena),
            },
            97 => Call::DropCapability {},
            _ => Call::Drain {},
        }
    }

    fn mmap(&mut self) -> Call {
        let (at, pages) = self.range();
        let kind = self.random.choice([
            Kind::AnonPrivate,
            Kind::AnonShared,
            Kind::FilePrivate,
            Kind::FileShared,
        ]);
        let kind = kind.unwrap_or(Kind::AnonPrivate);
        let prot = match self.random.u8(0..10) {
            0 => Prot::None,
            1..3 => Prot::R,
            _ => Prot::Rw,
        };
        Call::Mmap {
            at,
            pages,
            kind,
            file: kind.is_of_file().then(|| self.file()),
            offset: if kind.is_of_file() {
                self.random.u64(0..4)
            } else {
                0
            },
            locked: self.random.u8(0..8) == 0,
            prot,
        }
    }

    /// Mostly a few pages, now and then none.
    fn range(&mut self) -> (u64, u64) {
        let at = self.random.u64(0..self.arena);
        let most = self.arena - at;
        let pages = match self.random.u8(0..40) {
            0 => 0,
            1..10 => self.random.u64(1..=most),
            _ => self.random.u64(1..=most.min(4)),
        };
        (at, pages)
    }

    fn file(&mut self) -> String {
        let [(most, _), (other, _)] = FILES;
        let name = if self.random.u8(0..3) == 0 {
            other
        } else {
            most
        };
        name.to_owned()
    }

    fn flags(&mut self) -> Vec<LockFlag> {
        let bits = match self.random.u8(0..20) {
            // Nothing at all, and on fault alone, which only say how newer kernels differ.
            bits @ (0 | 4) => bits,
            other => [1, 1, 2, 3, 5, 6, 7][usize::from(other % 7)],
        };
        [
            (1, LockFlag::Current),
            (2, LockFlag::Future),
            (4, LockFlag::Onfault),
        ]
        .into_iter()
        .filter(|(bit, _)| bits & bit != 0)
        .map(|(_, flag)| flag)
        .collect()
    }

    fn child(&mut self) -> Call {
        self.has_child = !self.has_child;
        if self.has_child {
            Call::Fork {}
        } else {
            Call::ExitChild {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use lockstep_syscalls::{Call, Config, Model};

    use super::program;

    /// The word of a call in a program.
    fn word(call: &Call) -> String {
        let line = call.line();
        let mut words = line.split('"');
        words.nth(3).unwrap_or_default().to_owned()
    }

    /// A comparison says nothing of what its programs never do.
    #[test]
    fn programs_make_every_call_and_meet_every_answer() {
        let (mut calls, mut answers) = (BTreeMap::new(), BTreeMap::new());
        for seed in 1..=300 {
            let program = program(seed);
            let config = Config {
                kernel: lockstep_mm::kernel::Kernel::AFTER,
                has_driver_page: false,
            };
            let mut model = Model::new(&program, config).expect("a program");
            for call in &program {
                *calls.entry(word(call)).or_insert(0) += 1;
                let state = model.call(call).expect("it can be made");
                let answer = state.errno.unwrap_or_else(|| "ok".to_owned());
                *answers.entry(answer).or_insert(0) += 1;
            }
        }
        let told = |counts: &BTreeMap<String, u32>| {
            let told: Vec<_> = counts.keys().map(String::as_str).collect();
            told.join(" ")
        };
        assert_eq!(
            told(&calls),
            "create drain drop-capability exit-child fork madvise-dontneed mlock mlock2 mlockall mmap munlock munlockall munmap \
             punch-hole read setrlimit-memlock truncate write"
        );
        assert_eq!(
            told(&answers),
            "EAGAIN EINVAL ENOMEM EPERM SIGBUS SIGSEGV ok"
        );
    }
}
