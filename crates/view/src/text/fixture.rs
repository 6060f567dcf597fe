//! Small plays for the tests of this folder, written down by hand and turned into the data a renderer gets.
//!
//! One line is one step: thread, function, file:line, a sign, an object and what becomes of it.
//! `[` takes, `]` drops, `?` tries, `/` tries and fails, `!` asks, `r` reads, `w` writes.
//! `*` before a step names it, `x` after a step is the verdict, `>` is a line of the log, `~` begins a wait.

use std::collections::BTreeMap;

use super::Account;
use crate::scene::*;

/// Truncation against reclaim before the patch, shortened.
pub(super) const BEFORE: &str = "
A isolate_lru_page vmscan.rs:41 [ lru_lock
A isolate_lru_page vmscan.rs:44 w PG_lru 0
A isolate_lru_page vmscan.rs:47 ] lru_lock
* page-locked Reclaim locks the page
A shrink_page_list vmscan.rs:63 ? page_lock
A shrink_page_list vmscan.rs:66 r PG_mlocked
A rmap_walk_anon rmap.rs:88 [s anon_vma
A page_check_address rmap.rs:19 r pte
A page_check_address rmap.rs:22 [ ptl
A try_to_unmap_one rmap.rs:121 r VM_LOCKED
* window-opens The window opens
A try_to_unmap_one rmap.rs:131 ] ptl
B truncate_setsize truncate.rs:12 w i_size 0
B unmap_mapping_range memory.rs:30 [ i_mmap
B zap_pte_range memory.rs:51 [ ptl
* mapping-gone The page loses its mapping
B zap_pte_range memory.rs:57 w pte none
B page_remove_rmap rmap.rs:160 w mapcount 0
* nothing-to-clear No flag to clear
B page_remove_rmap rmap.rs:163 r PG_mlocked
B zap_pte_range memory.rs:66 ] ptl
B free_swap_cache swap.rs:60 / page_lock
B put_page page.rs:33 w refs 1
B unmap_mapping_range memory.rs:38 ] i_mmap
A try_to_unmap_one rmap.rs:134 ?s mmap_sem
A try_to_unmap_one rmap.rs:137 r VM_LOCKED
* flag-set The flag is set
A mlock_vma_page mlock.rs:14 w PG_mlocked 1
A try_to_unmap_one rmap.rs:141 ] mmap_sem
A rmap_walk_anon rmap.rs:96 ] anon_vma
A shrink_page_list vmscan.rs:90 ] page_lock
A putback_lru_page vmscan.rs:130 w PG_unevictable 1
A put_page page.rs:33 w refs 0
* freed The page is freed
A free_pages_check page_alloc.rs:20 r PG_mlocked
x page freed while mlocked
> BUG: Bad page state in process kswapd0  pfn:1a2b3
> page:ffffea0000068ac0 count:0 mapcount:0 mapping:          (null) index:0x7f0000000
> flags: 0x40000000180048(uptodate|dirty|swapbacked|mlocked)
> page dumped because: PAGE_FLAGS_CHECK_AT_FREE flag(s) set
> bad because of flags:
> flags: 0x100000(mlocked)
";

/// The same order after the patch: truncation has to wait.
pub(super) const AFTER: &str = "
A shrink_page_list vmscan.rs:63 ? page_lock
A rmap_walk_anon rmap.rs:88 [s anon_vma
A page_check_address rmap.rs:22 [ ptl
A try_to_unmap_one rmap.rs:121 r VM_LOCKED
B truncate_setsize truncate.rs:12 w i_size 0
B unmap_mapping_range memory.rs:30 [ i_mmap
~ B ptl A
* flag-set The flag is set
A mlock_vma_page mlock.rs:14 w PG_mlocked 1
A isolate_lru_page vmscan.rs:12 r PG_lru
A try_to_unmap_one rmap.rs:128 ] ptl
B zap_pte_range memory.rs:51 [ ptl
B zap_pte_range memory.rs:57 w pte none
* flag-cleared The flag is cleared
B clear_page_mlock mlock.rs:31 w PG_mlocked 0
B zap_pte_range memory.rs:66 ] ptl
B unmap_mapping_range memory.rs:38 ] i_mmap
A rmap_walk_anon rmap.rs:96 ] anon_vma
A shrink_page_list vmscan.rs:90 ] page_lock
A free_pages_check page_alloc.rs:20 r PG_mlocked
+ page freed clean
";

/// Four threads, two steps each: narrow columns.
pub(super) const FOUR: &str = "
A shrink_page_list vmscan.rs:63 ? page_lock
B unmap_mapping_range memory.rs:30 [ i_mmap
C munlock_vma_pages_range mlock.rs:80 w VM_LOCKED 0
D mlock_vma_page mlock.rs:14 w PG_mlocked 1
A shrink_page_list vmscan.rs:90 ] page_lock
B unmap_mapping_range memory.rs:38 ] i_mmap
~ C page_lock D
D mlock_fixup mlock.rs:20 ? page_lock
D mlock_fixup mlock.rs:22 ] page_lock
";

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

/// One step as it was written down and what it did.
#[derive(Clone, Debug)]
struct Move {
    thread: ThreadId,
    place: Place,
    glyph: Glyph,
    text: String,
    change: Option<(String, String, String)>,
    lock: Option<(usize, LockMode)>,
    beat: Option<Beat>,
}

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

    /// One moment.
    pub(super) fn scene(&self, cursor: u32) -> Scene {
        let done = &self.moves[..cursor as usize];
        let last = done.last();
        let fact = |id: &str, start: &str| {
            let (mut value, mut set_by, mut previous) = (
                start.to_owned(),
                SetBy::Setup {
                    text: "by mlock, before step 1".into(),
                },
                None,
            );
            for (step, made) in (1u32..).zip(done) {
                if let Some((_, from, to)) = made.change.as_ref().filter(|change| change.0 == id) {
                    value.clone_from(to);
                    let text = format!("by {} at {step}", NAMES[usize::from(made.thread.0)].0);
                    set_by = SetBy::Step {
                        step: StepNo(step),
                        thread: made.thread,
                        text,
                    };
                    previous = (step == cursor).then(|| from.clone());
                }
            }
            let kind = match id {
                "pte" => FactKind::Arrow(value != "none"),
                _ if id.starts_with("PG_") || id.starts_with("VM_") => FactKind::Bit(value == "1"),
                _ => FactKind::Count(value.parse().unwrap_or(0)),
            };
            Fact {
                id: FactId(id.into()),
                label: id.into(),
                spoken: format!("{id} is {value}."),
                value,
                kind,
                set_by,
                is_changed: previous.is_some(),
                previous,
                note: String::new(),
            }
        };
        let group = |kind: GroupKind, title: &str| FactGroup {
            key: title.to_lowercase(),
            kind,
            title: title.into(),
            subtitle: String::new(),
            facts: FACTS
                .iter()
                .filter(|known| known.2 == kind)
                .map(|(id, start, _)| fact(id, start))
                .collect(),
        };
        let is_end = done.len() == self.moves.len();
        let mark = self.score.verdict.as_ref().filter(|_| is_end);
        Scene {
            cursor: StepNo(cursor),
            steps: u32::try_from(self.moves.len()).expect("short"),
            threads: self
                .score
                .threads
                .iter()
                .map(|row| self.card(row, cursor))
                .collect(),
            groups: vec![
                group(GroupKind::Vma, "Mapping"),
                group(GroupKind::Pte, "Page table entry"),
                group(GroupKind::Page, "Page"),
                group(GroupKind::File, "File"),
            ],
            lists: vec![],
            locks: vec![],
            explain: Explain {
                thread: last.map(|made| made.thread),
                sentence: last.map_or("Nothing has run yet.".into(), sentence),
                spoken: String::new(),
                beat: last
                    .and_then(|made| made.beat.as_ref())
                    .map(|beat| beat.title.clone()),
                changes: last
                    .iter()
                    .filter_map(|made| made.change.clone())
                    .map(|(label, from, to)| Change {
                        fact: Some(FactId(label.clone())),
                        label,
                        from,
                        to,
                    })
                    .collect(),
                place: last.map(|made| made.place.clone()),
            },
            properties: vec![Property {
                id: "freed-never-mlocked".into(),
                text: "A freed page is never mlocked".into(),
                state: match mark {
                    Some(mark) if mark.kind == VerdictKind::Broken => {
                        PropertyState::Broken(mark.step)
                    }
                    _ => PropertyState::Holds,
                },
                spoken: String::new(),
                note: String::new(),
            }],
            verdict: Verdict {
                kind: mark.map_or(VerdictKind::Open, |mark| mark.kind),
                word: match mark.map(|mark| mark.kind) {
                    Some(VerdictKind::Broken) => "Broken",
                    Some(_) => "Ended well",
                    None => "Still open",
                }
                .into(),
                reason: mark.map_or_else(String::new, |mark| mark.text.clone()),
                step: mark.map(|mark| mark.step),
                spoken: String::new(),
            },
            log: if is_end { self.log.clone() } else { vec![] },
        }
    }

    fn card(&self, row: &ThreadRow, cursor: u32) -> ThreadCard {
        let (done, rest) = self.moves.split_at(cursor as usize);
        let mine = |made: &&Move| made.thread == row.thread;
        let (last, next) = (done.iter().rev().find(mine), rest.iter().find(mine));
        let wait = self
            .score
            .waits
            .iter()
            .find(|w| w.thread == row.thread && w.from.0 <= cursor + 1 && cursor < w.to.0);
        let mut holds: Vec<Hold> = Vec::new();
        for (step, made) in (1u32..)
            .zip(done)
            .filter(|(_, made)| made.thread == row.thread)
        {
            let Some((lock, mode)) = made.lock else {
                continue;
            };
            match made.glyph {
                Glyph::Drop => holds.retain(|hold| hold.lock.0 != LOCKS[lock].0),
                Glyph::Take | Glyph::Try => holds.push(Hold {
                    lock: LockId(LOCKS[lock].0.into()),
                    label: LOCKS[lock].1.into(),
                    mode,
                    pattern: LOCKS[lock].2,
                    since: StepNo(step),
                }),
                _ => {}
            }
        }
        ThreadCard {
            thread: row.thread,
            name: row.name.clone(),
            role: row.role.clone(),
            stack: next
                .or(last)
                .map(|made| Frame {
                    function: made.place.function.clone(),
                    kernel: made.place.kernel.clone(),
                    arguments: String::new(),
                })
                .into_iter()
                .collect(),
            last: last.map(|made| made.place.clone()),
            next_place: next.map(|made| made.place.clone()),
            is_moving: done.last().is_some_and(|made| made.thread == row.thread),
            state: match (wait, next) {
                (Some(wait), _) => ThreadState::Blocked(Wait {
                    lock: wait.lock.clone(),
                    label: wait.label.clone(),
                    holders: wait.holder.into_iter().collect(),
                    since: StepNo(wait.from.0 - 1),
                    text: format!("{} waits for {}. Reclaim holds it.", row.name, wait.label),
                }),
                (None, Some(_)) => ThreadState::Runnable,
                (None, None) => ThreadState::Finished,
            },
            holds,
            next: next.map(|made| Preview {
                glyph: made.glyph,
                text: made.text.replacen("s ", " ", 1),
                spoken: String::new(),
                effects: vec![],
            }),
            run_spoken: String::new(),
            steps_done: 0,
        }
    }
}

fn read_move<'a>(
    thread: ThreadId,
    words: &mut impl Iterator<Item = &'a str>,
    values: &mut BTreeMap<&'a str, String>,
    beat: Option<Beat>,
) -> Move {
    let mut word = || words.next().expect("five words");
    let (function, at, sign, object) = (word(), word(), word(), word());
    let (file, line) = at.split_once(':').expect("a file and a line");
    let mode = if sign.ends_with('s') {
        LockMode::Shared
    } else {
        LockMode::Exclusive
    };
    let to = words.next();
    let mut change = None;
    let (glyph, text) = match sign.trim_end_matches('s') {
        "[" => (Glyph::Take, format!("takes {}", label(object))),
        "]" => (Glyph::Drop, format!("drops {}", label(object))),
        "?" => (Glyph::Try, format!("tries {}, gets it", label(object))),
        "/" => (Glyph::Refused, format!("tries {}, fails", label(object))),
        "!" => (Glyph::Ask, format!("asks for {}", label(object))),
        "r" => (Glyph::Read, format!("reads {object}: {}", values[object])),
        _ => {
            let to = to.expect("a value");
            let from = values.insert(object, to.to_owned()).expect("a known fact");
            change = Some((object.to_owned(), from, to.to_owned()));
            let text = match to {
                "1" if object.starts_with("PG_") => format!("sets {object}"),
                "0" | "none" if object.starts_with("PG_") || object == "pte" => {
                    format!("clears {object}")
                }
                _ => format!("sets {object} to {to}"),
            };
            (Glyph::Write, text)
        }
    };
    let lock = (!matches!(glyph, Glyph::Read | Glyph::Write)).then(|| (lock_idx(object), mode));
    let place = Place {
        file: file.into(),
        line: line.parse().expect("a number"),
        function: function.into(),
        kernel: String::new(),
    };
    Move {
        thread,
        place,
        glyph,
        text,
        change,
        lock,
        beat,
    }
}

fn sentence(made: &Move) -> String {
    format!("{} {}.", NAMES[usize::from(made.thread.0)].0, made.text)
}

fn letter(word: Option<&str>) -> ThreadId {
    ThreadId(word.expect("a letter").as_bytes()[0] - b'A')
}

fn lock_idx(id: &str) -> usize {
    LOCKS
        .iter()
        .position(|lock| lock.0 == id)
        .expect("a known lock")
}

fn label(id: &str) -> &str {
    LOCKS[lock_idx(id)].1
}

fn lock_lanes(moves: &[Move]) -> Vec<LockLane> {
    let mut lanes: Vec<LockLane> = LOCKS
        .iter()
        .map(|(id, label, pattern)| LockLane {
            lock: LockId((*id).into()),
            label: (*label).into(),
            pattern: *pattern,
            bars: vec![],
        })
        .collect();
    for (step, made) in (1u32..).zip(moves) {
        let Some((lock, mode)) = made.lock else {
            continue;
        };
        let bars = &mut lanes[lock].bars;
        match made.glyph {
            Glyph::Take | Glyph::Try => bars.push(LockBar {
                thread: made.thread,
                mode,
                from: StepNo(step),
                to: None,
            }),
            Glyph::Drop => {
                let open = bars
                    .iter_mut()
                    .rev()
                    .find(|bar| bar.thread == made.thread && bar.to.is_none());
                open.expect("a lock that is held").to = Some(StepNo(step));
            }
            _ => {}
        }
    }
    lanes.retain(|lane| !lane.bars.is_empty());
    lanes
}

fn lane(moves: &[Move], fact: &str) -> Lane {
    let start = FACTS
        .iter()
        .find(|known| known.0 == fact)
        .expect("a known fact")
        .1;
    let is_high = |text: &str| !matches!(text, "0" | "none");
    let mut spans = vec![LaneSpan {
        from: StepNo(0),
        to: StepNo(0),
        is_high: is_high(start),
        text: start.into(),
        by: None,
    }];
    for (step, made) in (1u32..).zip(moves) {
        if let Some((_, _, to)) = made.change.as_ref().filter(|change| change.0 == fact) {
            spans.push(LaneSpan {
                from: StepNo(step),
                to: StepNo(step),
                is_high: is_high(to),
                text: to.clone(),
                by: Some(made.thread),
            });
        }
        spans.last_mut().expect("at least one").to = StepNo(step);
    }
    Lane {
        fact: FactId(fact.into()),
        label: fact.into(),
        spans,
    }
}

fn held_in_words(moves: &[Move]) -> String {
    let lanes = lock_lanes(moves);
    let mut held = Vec::new();
    for (thread, (name, _)) in (0u8..).zip(NAMES) {
        let locks: Vec<&str> = lanes
            .iter()
            .filter(|lane| {
                lane.bars
                    .iter()
                    .any(|bar| bar.thread.0 == thread && bar.to.is_none())
            })
            .map(|lane| lane.label.as_str())
            .collect();
        if !locks.is_empty() {
            held.push(format!("{name}: {}", locks.join(", ")));
        }
    }
    held.join("; ")
}

fn empty_scene() -> Scene {
    Scene {
        cursor: StepNo(0),
        steps: 0,
        threads: vec![],
        groups: vec![],
        lists: vec![],
        locks: vec![],
        explain: Explain {
            thread: None,
            sentence: String::new(),
            spoken: String::new(),
            beat: None,
            changes: vec![],
            place: None,
        },
        properties: vec![],
        verdict: Verdict {
            kind: VerdictKind::Open,
            word: String::new(),
            reason: String::new(),
            step: None,
            spoken: String::new(),
        },
        log: vec![],
    }
}
