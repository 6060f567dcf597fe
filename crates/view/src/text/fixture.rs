//! Small plays for the tests of this folder, written down by hand and turned into the data a renderer gets.
//!
//! One line is one step: thread, function, file:line, a sign, an object and what becomes of it.
//! `[` takes, `]` drops, `?` tries, `/` tries and fails, `!` asks, `r` reads, `w` writes.
//! `*` before a step names it, `x` after a step is the verdict, `>` is a line of the log, `~` begins a wait.

mod lanes;
mod moment;
mod moves;
mod plays;

use std::collections::BTreeMap;

use super::Account;
use crate::scene::*;
use lanes::{held_in_words, lane, lock_lanes};
use moment::empty_scene;
use moves::{Move, letter, lock_idx, read_move, sentence};
pub(super) use plays::{AFTER, BEFORE, FOUR};

const NAMES: [(&str, &str); 4] = [
    ("Reclaim", "kswapd looks at one page"),
    ("Truncate", "ftruncate(fd, 0)"),
    ("Exit", "exit_mmap()"),
    ("Mlock", "mlock(addr, 4096)"),
];

const LOCKS: [(&str, &str, Pattern); 6] = [
    ("mmap_sem", "mmap_sem", Pattern::Dashed),
    ("page_lock", "page lock", Pattern::Double),
    ("i_mmap", "i_mmap_rwsem", Pattern::Dotted),
    ("anon_vma", "anon_vma", Pattern::Wavy),
    ("ptl", "ptl", Pattern::Solid),
    ("lru_lock", "lru_lock", Pattern::ThickThin),
];

const FACTS: [(&str, &str, GroupKind); 8] = [
    ("VM_LOCKED", "1", GroupKind::Vma),
    ("pte", "page, dirty", GroupKind::Pte),
    ("PG_mlocked", "0", GroupKind::Page),
    ("PG_lru", "1", GroupKind::Page),
    ("PG_unevictable", "0", GroupKind::Page),
    ("mapcount", "1", GroupKind::Page),
    ("refs", "2", GroupKind::Page),
    ("i_size", "4096", GroupKind::File),
];

/// A play that has been read.
#[derive(Debug)]
pub(super) struct Play {
    headline: Headline,
    pub(super) score: Score,
    rows: Vec<Row>,
    end: Scene,
    moves: Vec<Move>,
    log: Vec<String>,
}

impl Play {
    /// What the text forms get.
    pub(super) fn account(&self) -> Account<'_> {
        Account {
            headline: &self.headline,
            score: &self.score,
            rows: &self.rows,
            end: &self.end,
        }
    }

    /// Reads a play.
    pub(super) fn of(text: &str) -> Self {
        let mut values: BTreeMap<&str, String> = FACTS
            .iter()
            .map(|(id, value, _)| (*id, (*value).to_owned()))
            .collect();
        let (mut moves, mut waits, mut log): (Vec<Move>, Vec<WaitBar>, Vec<String>) =
            Default::default();
        let (mut beat, mut verdict) = (None, None);
        for line in text.lines().filter(|line| !line.is_empty()) {
            let now = StepNo(u32::try_from(moves.len()).expect("short"));
            let (sign, rest) = line.split_once(' ').expect("a sign and more");
            let mut words = rest.split_whitespace();
            match sign {
                "*" => {
                    let (id, title) = rest.split_once(' ').expect("an id and a title");
                    beat = Some(Beat {
                        id: id.into(),
                        step: StepNo(now.0 + 1),
                        title: title.into(),
                    });
                }
                "x" => {
                    verdict = Some(VerdictMark {
                        kind: VerdictKind::Broken,
                        step: now,
                        text: rest.into(),
                    })
                }
                "+" => {
                    verdict = Some(VerdictMark {
                        kind: VerdictKind::Clean,
                        step: now,
                        text: rest.into(),
                    })
                }
                ">" => log.push(rest.into()),
                "~" => {
                    let (thread, lock) = (
                        letter(words.next()),
                        lock_idx(words.next().expect("a lock")),
                    );
                    waits.push(WaitBar {
                        thread,
                        lock: LockId(LOCKS[lock].0.into()),
                        label: LOCKS[lock].1.into(),
                        holder: words.next().map(|word| letter(Some(word))),
                        from: StepNo(now.0 + 1),
                        to: StepNo(now.0 + 1),
                    });
                }
                _ => {
                    let made = read_move(letter(Some(sign)), &mut words, &mut values, beat.take());
                    for wait in &mut waits {
                        let is_over = moves
                            .iter()
                            .skip(wait.from.0 as usize - 1)
                            .any(|m: &Move| m.thread == wait.thread);
                        if !is_over && made.thread != wait.thread {
                            wait.to = StepNo(now.0 + 1);
                        }
                    }
                    moves.push(made);
                }
            }
        }
        Self::made_of(moves, waits, verdict, log)
    }

    fn made_of(
        moves: Vec<Move>,
        waits: Vec<WaitBar>,
        verdict: Option<VerdictMark>,
        log: Vec<String>,
    ) -> Self {
        let last = StepNo(u32::try_from(moves.len()).expect("short"));
        let n_threads = moves
            .iter()
            .map(|made| usize::from(made.thread.0) + 1)
            .max()
            .unwrap_or(2);
        let switch = |idx: usize| idx > 0 && moves[idx - 1].thread != moves[idx].thread;
        let mut executed = String::new();
        for run in moves.chunk_by(|one, next| one.thread == next.thread) {
            executed.push(run[0].thread.letter());
            if run.len() > 1 {
                executed.push_str(&run.len().to_string());
            }
        }
        let columns = (0u32..).zip(&moves).map(|(idx, made)| Column {
            step: StepNo(idx + 1),
            thread: made.thread,
            glyph: made.glyph,
            text: made.text.clone(),
            spoken: made.text.replace('_', " "),
            sentence: sentence(made),
            place: made.place.clone(),
            is_switch: switch(idx as usize),
            is_effect: made.change.is_some()
                || (made.lock.is_some() && made.glyph != Glyph::Refused),
            is_key: made.beat.is_some() || StepNo(idx + 1) == last,
            same_as: None,
        });
        let columns: Vec<Column> = columns.collect();
        let score = Score {
            threads: (0u8..)
                .zip(NAMES)
                .take(n_threads)
                .map(|(id, (name, role))| ThreadRow {
                    thread: ThreadId(id),
                    name: name.into(),
                    role: role.into(),
                })
                .collect(),
            switches: u32::try_from(columns.iter().filter(|column| column.is_switch).count())
                .expect("short"),
            columns,
            lock_lanes: lock_lanes(&moves),
            waits,
            lanes: ["VM_LOCKED", "pte", "PG_mlocked"]
                .map(|fact| lane(&moves, fact))
                .into(),
            beats: moves.iter().filter_map(|made| made.beat.clone()).collect(),
            verdict,
            parting: None,
            is_finished: true,
            summary: "Reclaim sets PG_mlocked after Truncate has unmapped the page.".into(),
            executed,
        };
        let rows = moves
            .iter()
            .enumerate()
            .map(|(idx, made)| Row {
                step: StepNo(u32::try_from(idx).expect("short") + 1),
                thread: made.thread,
                name: NAMES[usize::from(made.thread.0)].0.into(),
                place: made.place.clone(),
                what: sentence(made),
                changed: made
                    .change
                    .as_ref()
                    .map_or_else(String::new, |(label, from, to)| {
                        format!("{label}: {from} -> {to}")
                    }),
                locks: held_in_words(&moves[..=idx]),
                is_switch: switch(idx),
                beat: made.beat.as_ref().map(|beat| beat.title.clone()),
            })
            .collect();
        let headline = Headline {
            scenario: "truncate-cow-vs-reclaim".into(),
            title: "Truncation against reclaim".into(),
            stakes:
                "A page is freed while it is still marked as locked in memory. Who is to blame?"
                    .into(),
            notice: vec!["Reclaim lets go of ptl before it sets the flag.".into()],
            setup: vec![
                "mmap(file, private)".into(),
                "write fault: a private copy".into(),
                "mlock(addr, 4096)".into(),
            ],
            kernel: "before the patch".into(),
        };
        let mut play = Self {
            headline,
            score,
            rows,
            end: empty_scene(),
            moves,
            log,
        };
        play.end = play.scene(last.0);
        play
    }
}
