//! SPIN, if it is there: given the programs in its own language, compiled as it advises, with and without partial-order reduction.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use crate::measure::{self, Done, Timed};
use crate::work::Work;

/// How long it may take to make a program of a program.
pub(crate) const COMPILING: Duration = Duration::from_secs(20);

/// Whether there are SPIN and a C compiler.
pub(crate) fn is_there() -> bool {
    let answers = |program, option| Command::new(program).arg(option).output().is_ok();
    answers("spin", "-V") && answers("cc", "--version")
}

/// Times one search, its compilation left out. The time is that of the whole process, since it tells its own in hundredths of a second.
pub(crate) fn time(work: Work, reduced: bool, cap: Duration) -> Option<Timed> {
    let name = format!("lockstep-{}-{reduced}", work.to_string().replace(' ', "-"));
    let folder = env::temp_dir().join(name);
    let timed = in_folder(work, reduced, cap, &folder);
    // What is left behind in a temporary folder hurts nobody.
    let _ = fs::remove_dir_all(&folder);
    timed
}

fn in_folder(work: Work, reduced: bool, cap: Duration, folder: &PathBuf) -> Option<Timed> {
    fs::create_dir_all(folder).ok()?;
    fs::write(folder.join("model.pml"), model(work)).ok()?;
    let run = |command: &mut Command| {
        let output = command.current_dir(folder).output().ok()?;
        output.status.success().then_some(output)
    };
    run(Command::new("spin").args(["-a", "model.pml"]))?;
    let mut compiler = Command::new("cc");
    compiler.args([
        "-O2",
        "-DSAFETY",
        "-DMEMLIM=8192",
        "-DVECTORSZ=4096",
        "-w",
        "-o",
        "pan",
        "pan.c",
    ]);
    if !reduced {
        compiler.arg("-DNOREDUCE");
    }
    run(&mut compiler)?;
    let mut pan = Command::new(folder.join("pan"));
    pan.current_dir(folder).args(["-m100000", "-w20"]);
    let begun = Instant::now();
    let output = measure::wait(pan.stdout(Stdio::piped()).spawn().ok()?, cap)?;
    let time = begun.elapsed();
    let told = String::from_utf8_lossy(&output.stdout);
    let number = |what: &str| -> Option<f64> {
        let line = told.lines().find(|line| line.contains(what))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let errors = told.split("errors: ").nth(1)?.split_whitespace().next()?;
    let found = errors != "0";
    Some(Timed {
        done: Done {
            count: number("states, stored")? as u64,
            found,
            is_right: found == work.fails(),
        },
        time,
        kilobytes: (number("total actual memory usage")? * 1024.0) as u64,
    })
}

/// The program in Promela, one step of ours a step.
fn model(work: Work) -> String {
    let mut text = String::new();
    let mut starts = String::new();
    let mut start = |name: &str, argument: usize| _ = write!(starts, " run {name}({argument});");
    match work {
        Work::LastZero(n) => {
            _ = write!(text, "byte a[{}];\n{LAST_ZERO}", n + 1);
            start("zero", n.into());
            (1..=usize::from(n)).for_each(|index| start("next", index));
        }
        Work::Readers(n) => {
            text.push_str(READERS);
            start("writes", 0);
            (0..n).for_each(|_| start("reads", 0));
        }
        Work::Indexer(n) => {
            text.push_str(INDEXER);
            (0..usize::from(n)).for_each(|index| start("index", index));
        }
        Work::Rmap(before, r, m) => {
            _ = writeln!(text, "#define PAGES {r}");
            text.push_str(RMAP);
            text.push_str(if before {
                RECLAIM_BEFORE
            } else {
                RECLAIM_AFTER
            });
            (0..usize::from(r)).for_each(|page| start("reclaim", page));
            start("unmap", 0);
            (0..m).for_each(|_| start("toggle", 0));
        }
    }
    format!("{text}\ninit {{ atomic {{{starts} }} }}\n")
}

const LAST_ZERO: &str = "
proctype zero(byte at) { do :: a[at] != 0 -> at-- :: a[at] == 0 -> break od }
proctype next(byte at) { byte v; v = a[at - 1]; a[at] = v + 1; d_step { v = 0 } }
";

const READERS: &str = "
byte x;
proctype writes(byte n) { x = 1 }
proctype reads(byte n) { byte v; d_step { v = x; v = 0 } }
";

const INDEXER: &str = "
byte table[128];
proctype index(byte me) {
  byte m = 1, w, at, old;
  do
  :: m <= 4 ->
     d_step { w = m * 11 + me; at = (w * 7) % 128 };
     do
     :: atomic { table[at] == 0 -> table[at] = w }; break
     :: d_step { table[at] != 0 -> at = (at + 1) % 128 }
     od;
     m++
  :: else -> break
  od
}
";

const RMAP: &str = "
bit ptl, lru_lock, writer, flags = 1;
byte readers;
bit pte[PAGES] = 1, mlocked[PAGES], lru[PAGES], lock[PAGES] = 1;
byte mapcount[PAGES] = 1, refcount[PAGES] = 2;
#define TAKE(l) atomic { l == 0 -> l = 1 }
#define PUT(p) d_step { refcount[p]--; v = refcount[p] }; if :: v == 0 -> v = mlocked[p]; assert(v == 0) :: else fi
proctype unmap(byte p) {
  byte v;
  TAKE(ptl);
  v = pte[p];
  if
  :: v -> pte[p] = 0;
     d_step { mapcount[p]--; v = mapcount[p] == 0 };
     if :: v -> v = mlocked[p];
        if :: v -> d_step { v = mlocked[p]; mlocked[p] = 0 };
           if :: v -> TAKE(lru_lock); lru[p] = 1; lru_lock = 0 :: else fi
        :: else fi
     :: else fi
  :: else
  fi;
  ptl = 0;
  PUT(p)
}
proctype toggle(byte p) {
  byte v;
  atomic { writer == 0 && readers == 0 -> writer = 1 };
  flags = 1 - flags;
  writer = 0;
  TAKE(ptl);
  v = pte[p];
  if :: v -> v = flags; if :: v == 0 -> mlocked[p] = 0 :: else fi :: else fi;
  d_step { ptl = 0; v = 0 }
}
";

const RECLAIM_AFTER: &str = "
proctype reclaim(byte p) {
  byte v;
  TAKE(ptl);
  v = pte[p];
  if :: v -> v = flags; if :: v -> mlocked[p] = 1 :: else fi :: else fi;
  d_step { ptl = 0; v = 0 };
  lock[p] = 0;
  PUT(p)
}
";

const RECLAIM_BEFORE: &str = "
proctype reclaim(byte p) {
  byte v;
  TAKE(ptl);
  v = pte[p];
  if :: v -> v = flags :: else fi;
  ptl = 0;
  if
  :: v -> d_step { v = (writer == 0); readers = readers + v };
     if :: v -> v = flags; if :: v -> mlocked[p] = 1 :: else fi; d_step { readers--; v = 0 } :: else fi
  :: else
  fi;
  lock[p] = 0;
  PUT(p)
}
";
