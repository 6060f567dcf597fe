//! A stand-in for the model while it is being written. It goes away.
use std::collections::BTreeMap;

use lockstep_view::scene::*;

use crate::engine::Kernel;

pub(crate) const OPENING: &str = "A16B13A17B3";

#[derive(Clone, Debug)]
enum Op {
    Lock(&'static str, LockMode),
    Try(&'static str, LockMode),
    Unlock(&'static str),
    Read(&'static str),
    Write(Vec<(&'static str, i64)>),
    Check,
}

#[derive(Clone, Debug, Default)]
struct World {
    v: BTreeMap<&'static str, i64>,
    locks: BTreeMap<&'static str, Vec<(u8, LockModeD, u32)>>,
    pc: [u32; 2],
    log: Vec<String>,
    broken: Option<u32>,
    setter: BTreeMap<&'static str, (u32, u8)>,
    last_line: [Option<Place>; 2],
    done: [u32; 2],
}
#[derive(Clone, Copy, Debug, PartialEq)]
struct LockModeD(bool);

#[derive(Debug)]
struct Ev {
    t: u8,
    text: String,
    sentence: String,
    glyph: Glyph,
    place: Place,
    changes: Vec<(&'static str, i64, i64)>,
    after: World,
    lock: Option<(&'static str, bool)>,
}

#[derive(Debug)]
pub(crate) struct Run {
    kernel: Kernel,
    start: World,
    evs: Vec<Ev>,
    parting: Option<Parting>,
}

const NAMES: [&str; 2] = ["Reclaim", "Truncate"];
const LOCKS: [(&str, &str, Pattern); 6] = [
    ("mmap_sem", "mmap_sem", Pattern::Dashed),
    ("page_lock", "page lock", Pattern::Double),
    ("i_mmap", "i_mmap_rwsem", Pattern::Dotted),
    ("anon_vma", "anon_vma", Pattern::Wavy),
    ("ptl", "ptl", Pattern::Solid),
    ("lru_lock", "lru_lock", Pattern::ThickThin),
];

fn step(
    t: u8,
    pc: u32,
    w: &World,
    k: Kernel,
) -> Option<(Op, u32, &'static str, &'static str, u32)> {
    use LockMode::*;
    use Op::*;
    let after = k == Kernel::After;
    let g = |n: &str| w.v.get(n).copied().unwrap_or(0);
    let r = |op, f, file, line, next| Some((op, next, f, file, line));
    if t == 0 {
        match pc {
            0 => r(
                Lock("lru_lock", Exclusive),
                "isolate_lru_pages",
                "vmscan.rs",
                41,
                1,
            ),
            1 => r(
                Write(vec![("PG_lru", 0), ("refs", g("refs") + 1), ("list", 1)]),
                "isolate_lru_pages",
                "vmscan.rs",
                44,
                2,
            ),
            2 => r(Unlock("lru_lock"), "isolate_lru_pages", "vmscan.rs", 47, 3),
            3 => r(
                Try("page_lock", Exclusive),
                "shrink_page_list",
                "vmscan.rs",
                63,
                4,
            ),
            4 => r(Read("PG_mlocked"), "shrink_page_list", "vmscan.rs", 66, 5),
            5 => r(
                Lock("ptl", Exclusive),
                "page_check_address",
                "rmap.rs",
                22,
                6,
            ),
            6 => r(Read("VM_LOCKED"), "page_referenced_one", "rmap.rs", 52, 7),
            7 => r(Unlock("ptl"), "page_referenced_one", "rmap.rs", 54, 8),
            8 => r(
                Write(vec![("PG_swapcache", 1), ("refs", g("refs") + 1)]),
                "add_to_swap",
                "swap.rs",
                18,
                9,
            ),
            9 => r(
                Lock("anon_vma", Shared),
                "rmap_walk_anon",
                "rmap.rs",
                88,
                10,
            ),
            10 => r(
                Read("pte"),
                "page_check_address",
                "rmap.rs",
                19,
                if g("pte") == 1 { 11 } else { 21 },
            ),
            11 => r(
                Lock("ptl", Exclusive),
                "page_check_address",
                "rmap.rs",
                22,
                12,
            ),
            12 => r(
                Read("pte"),
                "page_check_address",
                "rmap.rs",
                24,
                if g("pte") == 1 { 13 } else { 32 },
            ),
            32 => r(Unlock("ptl"), "page_check_address", "rmap.rs", 27, 21),
            13 => r(
                Read("VM_LOCKED"),
                "try_to_unmap_one",
                "rmap.rs",
                121,
                if after { 40 } else { 14 },
            ),
            14 => r(Unlock("ptl"), "try_to_unmap_one", "rmap.rs", 131, 15),
            15 => r(
                Try("mmap_sem", Shared),
                "try_to_unmap_one",
                "rmap.rs",
                134,
                16,
            ),
            16 => r(Read("VM_LOCKED"), "try_to_unmap_one", "rmap.rs", 137, 17),
            17 => r(
                Write(vec![("PG_mlocked", 1)]),
                "mlock_vma_page",
                "mlock.rs",
                14,
                18,
            ),
            18 => r(
                Write(vec![("NR_MLOCK", g("NR_MLOCK") + 1)]),
                "mlock_vma_page",
                "mlock.rs",
                15,
                19,
            ),
            19 => r(Read("PG_lru"), "isolate_lru_page", "vmscan.rs", 12, 20),
            20 => r(Unlock("mmap_sem"), "try_to_unmap_one", "rmap.rs", 141, 21),
            40 => r(
                Write(vec![("PG_mlocked", 1)]),
                "mlock_vma_page",
                "mlock.rs",
                14,
                41,
            ),
            41 => r(
                Write(vec![("NR_MLOCK", g("NR_MLOCK") + 1)]),
                "mlock_vma_page",
                "mlock.rs",
                15,
                42,
            ),
            42 => r(Read("PG_lru"), "isolate_lru_page", "vmscan.rs", 12, 43),
            43 => r(Unlock("ptl"), "try_to_unmap_one", "rmap.rs", 128, 21),
            21 => r(Unlock("anon_vma"), "rmap_walk_anon", "rmap.rs", 96, 22),
            22 => r(
                Write(vec![("PG_swapcache", 0), ("refs", g("refs") - 1)]),
                "try_to_free_swap",
                "swap.rs",
                44,
                23,
            ),
            23 => r(Unlock("page_lock"), "shrink_page_list", "vmscan.rs", 90, 24),
            24 => r(
                Lock("lru_lock", Exclusive),
                "putback_inactive_pages",
                "vmscan.rs",
                110,
                25,
            ),
            25 => r(
                Read("PG_mlocked"),
                "putback_inactive_pages",
                "vmscan.rs",
                113,
                if g("PG_mlocked") == 1 { 26 } else { 50 },
            ),
            26 => r(
                Write(vec![("PG_unevictable", 1), ("PG_lru", 1), ("list", 2)]),
                "putback_lru_page",
                "vmscan.rs",
                130,
                27,
            ),
            27 => r(Unlock("lru_lock"), "putback_lru_page", "vmscan.rs", 133, 28),
            28 => r(
                Write(vec![("refs", g("refs") - 1)]),
                "put_page",
                "page.rs",
                33,
                if g("refs") == 1 { 29 } else { 99 },
            ),
            29 => r(
                Write(vec![("PG_lru", 0), ("PG_unevictable", 0), ("list", 3)]),
                "page_cache_release",
                "page.rs",
                40,
                30,
            ),
            30 => r(Check, "free_pages_check", "page_alloc.rs", 20, 99),
            50 => r(
                Write(vec![("PG_lru", 1), ("list", 0)]),
                "putback_inactive_pages",
                "vmscan.rs",
                118,
                51,
            ),
            51 => r(
                Unlock("lru_lock"),
                "putback_inactive_pages",
                "vmscan.rs",
                120,
                28,
            ),
            _ => None,
        }
    } else {
        match pc {
            0 => r(
                Write(vec![("i_size", 0)]),
                "truncate_setsize",
                "truncate.rs",
                12,
                1,
            ),
            1 => r(
                Lock("i_mmap", Exclusive),
                "unmap_mapping_range",
                "memory.rs",
                30,
                2,
            ),
            2 => r(Lock("ptl", Exclusive), "zap_pte_range", "memory.rs", 51, 3),
            3 => r(Read("pte"), "zap_pte_range", "memory.rs", 54, 4),
            4 => r(Write(vec![("pte", 0)]), "zap_pte_range", "memory.rs", 57, 5),
            5 => r(
                Write(vec![("mapcount", g("mapcount") - 1)]),
                "page_remove_rmap",
                "rmap.rs",
                160,
                6,
            ),
            6 => r(
                Read("PG_mlocked"),
                "page_remove_rmap",
                "rmap.rs",
                163,
                if g("PG_mlocked") == 1 { 20 } else { 7 },
            ),
            20 => r(
                Write(vec![("PG_mlocked", 0)]),
                "clear_page_mlock",
                "mlock.rs",
                31,
                21,
            ),
            21 => r(
                Write(vec![("NR_MLOCK", g("NR_MLOCK") - 1)]),
                "clear_page_mlock",
                "mlock.rs",
                33,
                22,
            ),
            22 => r(Read("PG_lru"), "isolate_lru_page", "vmscan.rs", 12, 7),
            7 => r(Unlock("ptl"), "zap_pte_range", "memory.rs", 66, 8),
            8 => r(
                Try("page_lock", Exclusive),
                "free_swap_cache",
                "swap.rs",
                60,
                if w.locks.get("page_lock").is_some_and(|l| !l.is_empty()) {
                    10
                } else {
                    9
                },
            ),
            9 => r(Unlock("page_lock"), "free_swap_cache", "swap.rs", 63, 10),
            10 => r(
                Write(vec![("refs", g("refs") - 1)]),
                "put_page",
                "page.rs",
                33,
                11,
            ),
            11 => r(Unlock("i_mmap"), "unmap_mapping_range", "memory.rs", 38, 12),
            12 => r(
                Write(vec![("nrpages", 0)]),
                "truncate_inode_pages",
                "truncate.rs",
                30,
                99,
            ),
            _ => None,
        }
    }
}

fn value(id: &str, v: i64) -> String {
    match (id, v) {
        ("pte", 0) => "none".into(),
        ("pte", _) => "page, dirty".into(),
        ("list", 0) => "inactive anon".into(),
        ("list", 1) => "isolated".into(),
        ("list", 2) => "unevictable".into(),
        ("list", _) => "freed".into(),
        _ => v.to_string(),
    }
}

impl World {
    fn blocked(&self, t: u8, op: &Op) -> Option<(&'static str, u8)> {
        let Op::Lock(l, m) = op else { return None };
        let shared = *m == LockMode::Shared;
        self.locks
            .get(l)?
            .iter()
            .find(|(o, om, _)| *o != t && !(shared && om.0))
            .map(|(o, _, _)| (*l, *o))
    }
}

impl Run {
    pub(crate) fn new(kernel: Kernel, asked: &str) -> Self {
        let mut w = World::default();
        for (k, v) in [
            ("VM_LOCKED", 1),
            ("pte", 1),
            ("PG_lru", 1),
            ("mapcount", 1),
            ("refs", 1),
            ("i_size", 1),
            ("PG_dirty", 1),
            ("nrpages", 1),
        ] {
            w.v.insert(k, v);
        }
        let mut run = Run {
            kernel,
            start: w.clone(),
            evs: vec![],
            parting: None,
        };
        let mut letters = vec![];
        let mut rest = false;
        let mut it = asked.chars().peekable();
        while let Some(c) = it.next() {
            if c == '.' {
                rest = true;
                break;
            }
            let mut n = String::new();
            while let Some(d) = it.peek().filter(|d| d.is_ascii_digit()) {
                n.push(*d);
                it.next();
            }
            let n = n.parse::<usize>().unwrap_or(1).min(512);
            letters.extend(std::iter::repeat_n((c as u8).wrapping_sub(b'A').min(1), n));
        }
        while !letters.is_empty() {
            let at = letters.iter().position(|t| run.enabled(*t, &w).is_ok());
            let Some(at) = at else { break };
            if at > 0
                && run.parting.is_none()
                && letters
                    .first()
                    .is_some_and(|t| matches!(run.enabled(*t, &w), Err(Some(_))))
            {
                let t = letters[0];
                run.parting = Some(Parting {
                    step: StepNo(run.evs.len() as u32 + 1),
                    thread: ThreadId(t),
                    text: format!(
                        "{} cannot run at step {}: {} holds ptl.",
                        NAMES[t as usize],
                        run.evs.len() + 1,
                        NAMES[1 - t as usize]
                    ),
                });
            }
            let t = letters.remove(at);
            run.exec(t, &mut w);
        }
        let _ = rest;
        if asked == OPENING || rest {
            for _ in 0..99 {
                let Some(t) = (0..2).find(|t| run.enabled(*t, &w).is_ok()) else {
                    break;
                };
                run.exec(t, &mut w);
            }
        }
        run
    }
    fn enabled(&self, t: u8, w: &World) -> Result<(), Option<(&'static str, u8)>> {
        let Some((op, ..)) = step(t, w.pc[t as usize], w, self.kernel) else {
            return Err(None);
        };
        match w.blocked(t, &op) {
            Some(b) => Err(Some(b)),
            None => Ok(()),
        }
    }
    fn exec(&mut self, t: u8, w: &mut World) {
        let Some((op, next, function, file, line)) = step(t, w.pc[t as usize], w, self.kernel)
        else {
            return;
        };
        let n = self.evs.len() as u32 + 1;
        let me = NAMES[t as usize];
        let mut changes = vec![];
        let mut lock = None;
        let (text, sentence, glyph);
        match &op {
            Op::Lock(l, m) => {
                w.locks
                    .entry(l)
                    .or_default()
                    .push((t, LockModeD(*m == LockMode::Shared), n));
                lock = Some((*l, true));
                (text, sentence, glyph) = (
                    format!("takes {l}"),
                    format!("{me} takes {l}."),
                    Glyph::Take,
                );
            }
            Op::Try(l, m) => {
                let ok = w
                    .locks
                    .get(l)
                    .is_none_or(|v| v.iter().all(|(o, _, _)| *o == t));
                lock = Some((*l, ok));
                if ok {
                    w.locks
                        .entry(l)
                        .or_default()
                        .push((t, LockModeD(*m == LockMode::Shared), n));
                    (text, sentence, glyph) = (
                        format!("tries {l}"),
                        format!("{me} tries {l} and gets it."),
                        Glyph::Try,
                    );
                } else {
                    (text, sentence, glyph) = (
                        format!("tries {l}, fails"),
                        format!(
                            "{me} tries {l} and fails: {} holds it.",
                            NAMES[1 - t as usize]
                        ),
                        Glyph::Refused,
                    );
                }
            }
            Op::Unlock(l) => {
                w.locks.entry(l).or_default().retain(|(o, _, _)| *o != t);
                lock = Some((*l, true));
                let extra = if *l == "ptl" && t == 0 && line == 131 {
                    " Nothing now keeps Truncate from this page."
                } else {
                    ""
                };
                (text, sentence, glyph) = (
                    format!("drops {l}"),
                    format!("{me} drops {l}.{extra}"),
                    Glyph::Drop,
                );
            }
            Op::Read(f) => {
                let v = value(f, w.v.get(f).copied().unwrap_or(0));
                (text, sentence, glyph) = (
                    format!("reads {f}: {v}"),
                    format!("{me} reads {f}: {v}."),
                    Glyph::Read,
                );
            }
            Op::Write(ws) => {
                for (f, v) in ws {
                    let old = w.v.insert(f, *v).unwrap_or(0);
                    if old != *v {
                        changes.push((*f, old, *v));
                    }
                    w.setter.insert(f, (n, t));
                }
                let (f, v) = ws[0];
                let extra = if f == "PG_mlocked" && v == 1 && w.v.get("pte") == Some(&0) {
                    " The page is no longer mapped."
                } else {
                    ""
                };
                let what = if f.starts_with("PG_") {
                    format!("{} {f}", if v == 1 { "sets" } else { "clears" })
                } else {
                    format!("sets {f} to {}", value(f, v))
                };
                (text, sentence, glyph) =
                    (what.clone(), format!("{me} {what}.{extra}"), Glyph::Write);
            }
            Op::Check => {
                if w.v.get("PG_mlocked") == Some(&1) {
                    w.broken = Some(n);
                    w.v.insert("list", 4);
                    w.log
                        .push("BUG: Bad page state in process kswapd0  pfn:1a2b3".into());
                    w.log
                        .push("page dumped because: PAGE_FLAGS_CHECK_AT_FREE flag(s) set".into());
                    w.log.push("bad because of flags: 0x200000(mlocked)".into());
                    (text, sentence) = ("frees the page: bad".into(), "The page goes back to the allocator with PG_mlocked set. The kernel reports a bad page.".into());
                } else {
                    (text, sentence) = (
                        "frees the page".into(),
                        "The page goes back to the allocator, clean.".into(),
                    );
                }
                glyph = Glyph::Read;
            }
        }
        w.pc[t as usize] = next;
        let place = Place {
            file: file.into(),
            line,
            function: function.into(),
            kernel: format!("mm/{}:{}", file.replace(".rs", ".c"), 1000 + line),
        };
        w.last_line[t as usize] = Some(place.clone());
        w.done[t as usize] += 1;
        self.evs.push(Ev {
            t,
            text,
            sentence,
            glyph,
            place,
            changes,
            after: w.clone(),
            lock,
        });
    }
    fn world(&self, c: u32) -> &World {
        if c == 0 {
            &self.start
        } else {
            &self.evs[c as usize - 1].after
        }
    }
    fn finished(&self) -> bool {
        let w = self.world(self.evs.len() as u32);
        (0..2).all(|t| step(t, w.pc[t as usize], w, self.kernel).is_none())
    }
    pub(crate) fn score(&self) -> Score {
        let n = self.evs.len() as u32;
        let end = self.world(n);
        let mut beats: Vec<Beat> = vec![];
        for (i, e) in self.evs.iter().enumerate() {
            let title = match (&e.place.line, e.t, e.text.as_str()) {
                (63, 0, _) => "Reclaim locks the page",
                (121, 0, _) => "Reclaim finds the range locked",
                (131, 0, _) => "The window opens",
                (57, 1, _) => "The page loses its mapping",
                (163, 1, "reads PG_mlocked: 0") => "No flag to clear",
                (14, 0, _) => "The flag is set",
                (31, 1, _) => "The flag is cleared",
                (20, 0, _) => "The page is freed",
                _ => continue,
            };
            beats.push(Beat {
                id: format!("b{i}"),
                step: StepNo(i as u32 + 1),
                title: title.into(),
            });
        }
        let mut waits: Vec<WaitBar> = vec![];
        for t in 0..2u8 {
            let mut cur: Option<WaitBar> = None;
            for i in 0..n {
                if let Err(Some((l, o))) = self.enabled(t, self.world(i)) {
                    let b = cur.get_or_insert_with(|| WaitBar {
                        thread: ThreadId(t),
                        lock: LockId(l.into()),
                        label: l.into(),
                        holder: Some(ThreadId(o)),
                        from: StepNo(i + 1),
                        to: StepNo(i + 1),
                    });
                    b.to = StepNo(i + 1);
                } else if let Some(b) = cur.take() {
                    waits.push(b);
                }
            }
            waits.extend(cur);
        }
        let lane = |f: &'static str, label: &str| {
            let mut spans: Vec<LaneSpan> = vec![];
            for i in 0..=n {
                let v = self.world(i).v.get(f).copied().unwrap_or(0);
                let text = value(f, v);
                match spans.last_mut() {
                    Some(s) if s.text == text => s.to = StepNo(i),
                    _ => spans.push(LaneSpan {
                        from: StepNo(i),
                        to: StepNo(i),
                        is_high: v != 0,
                        text,
                        by: (i > 0).then(|| ThreadId(self.evs[i as usize - 1].t)),
                    }),
                }
            }
            Lane {
                fact: FactId(f.into()),
                label: label.into(),
                spans,
            }
        };
        let lock_lanes = LOCKS
            .iter()
            .map(|(id, label, pattern)| {
                let mut bars: Vec<LockBar> = vec![];
                for (i, e) in self.evs.iter().enumerate() {
                    let s = StepNo(i as u32 + 1);
                    match (e.lock, e.glyph) {
                        (Some((l, true)), Glyph::Take | Glyph::Try) if l == *id => {
                            bars.push(LockBar {
                                thread: ThreadId(e.t),
                                mode: LockMode::Exclusive,
                                from: s,
                                to: None,
                            })
                        }
                        (Some((l, _)), Glyph::Drop) if l == *id => {
                            if let Some(b) = bars
                                .iter_mut()
                                .rev()
                                .find(|b| b.thread.0 == e.t && b.to.is_none())
                            {
                                b.to = Some(s);
                            }
                        }
                        _ => {}
                    }
                }
                LockLane {
                    lock: LockId((*id).into()),
                    label: (*label).into(),
                    pattern: *pattern,
                    bars,
                }
            })
            .collect();
        let mut switches = 0;
        let columns = self
            .evs
            .iter()
            .enumerate()
            .map(|(i, e)| {
                let is_switch = i > 0 && self.evs[i - 1].t != e.t;
                switches += u32::from(is_switch);
                let s = StepNo(i as u32 + 1);
                Column {
                    step: s,
                    thread: ThreadId(e.t),
                    glyph: e.glyph,
                    text: e.text.clone(),
                    spoken: e.text.replace('_', " "),
                    sentence: e.sentence.clone(),
                    place: e.place.clone(),
                    is_switch,
                    is_effect: !e.changes.is_empty(),
                    is_key: beats.iter().any(|b| b.step == s)
                        || i as u32 + 1 == n
                        || waits.iter().any(|w| w.from == s),
                    same_as: None,
                }
            })
            .collect();
        let verdict = match end.broken {
            Some(s) => Some(VerdictMark {
                kind: VerdictKind::Broken,
                step: StepNo(s),
                text: "page freed while mlocked".into(),
            }),
            None if self.finished() => Some(VerdictMark {
                kind: VerdictKind::Clean,
                step: StepNo(n),
                text: "page freed clean".into(),
            }),
            None => None,
        };
        let mut executed = String::new();
        let mut i = 0;
        while i < self.evs.len() {
            let t = self.evs[i].t;
            let mut k = 0;
            while i < self.evs.len() && self.evs[i].t == t {
                k += 1;
                i += 1;
            }
            executed.push(char::from(b'A' + t));
            if k > 1 {
                executed.push_str(&k.to_string());
            }
        }
        Score {
            threads: vec![
                ThreadRow {
                    thread: ThreadId(0),
                    name: "Reclaim".into(),
                    role: "kswapd looks at one page".into(),
                },
                ThreadRow {
                    thread: ThreadId(1),
                    name: "Truncate".into(),
                    role: "ftruncate(fd, 0)".into(),
                },
            ],
            columns,
            lock_lanes,
            waits,
            lanes: vec![
                lane("VM_LOCKED", "VM_LOCKED"),
                lane("pte", "pte"),
                lane("PG_mlocked", "PG_mlocked"),
            ],
            beats,
            verdict,
            switches,
            parting: self.parting.clone(),
            is_finished: self.finished(),
            summary: format!("A run of {n} steps with {switches} context switches."),
            executed,
        }
    }
    pub(crate) fn scene(&self, cursor: StepNo) -> Scene {
        let c = cursor.0.min(self.evs.len() as u32);
        let w = self.world(c);
        let ev = (c > 0).then(|| &self.evs[c as usize - 1]);
        let fact = |id: &'static str, label: &str, kind: fn(i64) -> FactKind, note: &str| {
            let v = w.v.get(id).copied().unwrap_or(0);
            let set = w.setter.get(id);
            let changed = ev.and_then(|e| e.changes.iter().find(|(f, _, _)| *f == id));
            Fact {
                id: FactId(id.into()),
                label: label.into(),
                value: value(id, v),
                kind: kind(v),
                spoken: format!("{} is {}.", label.replace('_', " "), value(id, v)),
                set_by: match set {
                    Some((s, t)) => SetBy::Step {
                        step: StepNo(*s),
                        thread: ThreadId(*t),
                        text: format!("by {} at {s}", NAMES[*t as usize]),
                    },
                    None => SetBy::Setup {
                        text: "by mlock, before step 1".into(),
                    },
                },
                is_changed: changed.is_some(),
                previous: changed.map(|(_, a, _)| value(id, *a)),
                note: note.into(),
            }
        };
        let bit: fn(i64) -> FactKind = |v| FactKind::Bit(v != 0);
        let count: fn(i64) -> FactKind = FactKind::Count;
        let arrow: fn(i64) -> FactKind = |v| FactKind::Arrow(v != 0);
        let threads = (0..2u8)
            .map(|t| {
                let next = step(t, w.pc[t as usize], w, self.kernel);
                let state = match (&next, self.enabled(t, w)) {
                    (None, _) => ThreadState::Finished,
                    (_, Err(Some((l, o)))) => ThreadState::Blocked(Wait {
                        lock: LockId(l.into()),
                        label: l.into(),
                        holders: vec![ThreadId(o)],
                        since: StepNo(c),
                        text: format!(
                            "{} waits for {l}. {} holds it.",
                            NAMES[t as usize], NAMES[o as usize]
                        ),
                    }),
                    _ => ThreadState::Runnable,
                };
                let (ptext, effects, glyph) = match next.as_ref().map(|n| &n.0) {
                    Some(Op::Lock(l, _)) => (format!("take {l}"), vec![], Glyph::Take),
                    Some(Op::Try(l, _)) => (format!("try {l}"), vec![], Glyph::Try),
                    Some(Op::Unlock(l)) => (format!("drop {l}"), vec![], Glyph::Drop),
                    Some(Op::Read(f)) => (format!("read {f}"), vec![], Glyph::Read),
                    Some(Op::Write(ws)) => (
                        format!("set {} to {}", ws[0].0, value(ws[0].0, ws[0].1)),
                        ws.iter()
                            .map(|(f, v)| Effect {
                                fact: FactId((*f).into()),
                                label: (*f).into(),
                                value: value(f, *v),
                            })
                            .collect(),
                        Glyph::Write,
                    ),
                    Some(Op::Check) => ("free the page".into(), vec![], Glyph::Read),
                    None => (String::new(), vec![], Glyph::Local),
                };
                let place = |n: &(Op, u32, &'static str, &'static str, u32)| Place {
                    file: n.3.into(),
                    line: n.4,
                    function: n.2.into(),
                    kernel: format!("mm/{}:{}", n.3.replace(".rs", ".c"), 1000 + n.4),
                };
                let here = next.as_ref().map(place);
                let stack = here
                    .iter()
                    .flat_map(|p| {
                        let outer = if t == 0 {
                            "shrink_page_list"
                        } else {
                            "unmap_mapping_range"
                        };
                        let mut v = vec![];
                        if p.function != outer {
                            v.push(Frame {
                                function: outer.into(),
                                kernel: String::new(),
                                arguments: String::new(),
                            });
                        }
                        v.push(Frame {
                            function: p.function.clone(),
                            kernel: p.kernel.clone(),
                            arguments: String::new(),
                        });
                        v
                    })
                    .collect();
                let holds = LOCKS
                    .iter()
                    .filter_map(|(id, label, pat)| {
                        w.locks
                            .get(id)
                            .and_then(|v| v.iter().find(|(o, _, _)| *o == t))
                            .map(|(_, m, s)| Hold {
                                lock: LockId((*id).into()),
                                label: (*label).into(),
                                mode: if m.0 {
                                    LockMode::Shared
                                } else {
                                    LockMode::Exclusive
                                },
                                pattern: *pat,
                                since: StepNo(*s),
                            })
                    })
                    .collect();
                ThreadCard {
                    thread: ThreadId(t),
                    name: NAMES[t as usize].into(),
                    role: ["kswapd looks at one page", "ftruncate(fd, 0)"][t as usize].into(),
                    stack,
                    last: w.last_line[t as usize].clone(),
                    next_place: here,
                    is_moving: ev.is_some_and(|e| e.t == t),
                    state,
                    holds,
                    next: next.map(|_| Preview {
                        glyph,
                        spoken: ptext.replace('_', " "),
                        text: ptext.clone(),
                        effects,
                    }),
                    run_spoken: format!(
                        "Run {}. Next: {}.",
                        NAMES[t as usize],
                        ptext.replace('_', " ")
                    ),
                    steps_done: w.done[t as usize],
                }
            })
            .collect();
        let list = w.v.get("list").copied().unwrap_or(0);
        let tray = |key: &str, label: &str, note: &str, at: i64| ListTray {
            key: key.into(),
            label: label.into(),
            note: note.into(),
            pages: if list == at {
                vec!["page".into()]
            } else {
                vec![]
            },
            is_changed: list == at
                && ev.is_some_and(|e| e.changes.iter().any(|(f, _, _)| *f == "list")),
            is_bad: at == 4,
        };
        let locks = LOCKS
            .iter()
            .enumerate()
            .map(|(rung, (id, label, pattern))| {
                let owners: Vec<Owner> = w
                    .locks
                    .get(id)
                    .into_iter()
                    .flatten()
                    .map(|(o, m, s)| Owner {
                        thread: ThreadId(*o),
                        mode: if m.0 {
                            LockMode::Shared
                        } else {
                            LockMode::Exclusive
                        },
                        since: StepNo(*s),
                    })
                    .collect();
                let waiters = (0..2u8)
                    .filter(|t| matches!(self.enabled(*t, w), Err(Some((l, _))) if l == *id))
                    .map(|t| Waiter {
                        thread: ThreadId(t),
                        mode: LockMode::Exclusive,
                        since: StepNo(c),
                    })
                    .collect();
                LockState {
                    id: LockId((*id).into()),
                    label: (*label).into(),
                    note: "A lock.".into(),
                    pattern: *pattern,
                    rung: rung as u8,
                    spoken: format!(
                        "{label}, {}",
                        if owners.is_empty() { "free" } else { "held" }
                    ),
                    set_at: owners.first().map(|o| o.since),
                    owners,
                    waiters,
                    is_changed: ev.is_some_and(|e| e.lock.is_some_and(|(l, _)| l == *id)),
                    is_refused: ev.is_some_and(|e| e.lock == Some((*id, false))),
                }
            })
            .collect();
        let finished = c == self.evs.len() as u32 && self.finished();
        let verdict = match (w.broken, finished) {
            (Some(s), _) => Verdict {
                kind: VerdictKind::Broken,
                word: "Broken".into(),
                reason: "page freed while mlocked".into(),
                step: Some(StepNo(s)),
                spoken: format!("Broken at step {s}: page freed while mlocked."),
            },
            (None, true) => Verdict {
                kind: VerdictKind::Clean,
                word: "Ended well".into(),
                reason: "page freed clean".into(),
                step: Some(cursor),
                spoken: "Ended well: page freed clean.".into(),
            },
            _ => Verdict {
                kind: VerdictKind::Open,
                word: "Still open".into(),
                reason: "freed while mlocked?".into(),
                step: None,
                spoken: "Still open.".into(),
            },
        };
        let beat = self
            .score()
            .beats
            .into_iter()
            .find(|b| b.step.0 == c && c > 0);
        Scene {
            cursor: StepNo(c),
            steps: self.evs.len() as u32,
            threads,
            groups: vec![
                FactGroup {
                    key: "vma".into(),
                    kind: GroupKind::Vma,
                    title: "Mapping".into(),
                    subtitle: "private, of a file".into(),
                    facts: vec![fact(
                        "VM_LOCKED",
                        "VM_LOCKED",
                        bit,
                        "The flag of a mapping whose pages must stay in memory.",
                    )],
                },
                FactGroup {
                    key: "pte".into(),
                    kind: GroupKind::Pte,
                    title: "Page table entry".into(),
                    subtitle: String::new(),
                    facts: vec![fact(
                        "pte",
                        "pte",
                        arrow,
                        "The entry that maps the address to the page.",
                    )],
                },
                FactGroup {
                    key: "page".into(),
                    kind: GroupKind::Page,
                    title: "Page".into(),
                    subtitle: "anonymous copy".into(),
                    facts: vec![
                        fact(
                            "PG_mlocked",
                            "PG_mlocked",
                            bit,
                            "The flag of a page that may not be evicted.",
                        ),
                        fact("PG_lru", "PG_lru", bit, ""),
                        fact("PG_unevictable", "PG_unevictable", bit, ""),
                        fact("PG_swapcache", "PG_swapcache", bit, ""),
                        fact("PG_dirty", "PG_dirty", bit, ""),
                        fact("mapcount", "mapcount", count, ""),
                        fact("refs", "refs", count, ""),
                    ],
                },
                FactGroup {
                    key: "zone".into(),
                    kind: GroupKind::Zone,
                    title: "Zone".into(),
                    subtitle: String::new(),
                    facts: vec![fact("NR_MLOCK", "NR_MLOCK", count, "")],
                },
            ],
            lists: vec![
                tray("inactive_anon", "inactive anon", "reclaim looks here", 0),
                tray("private-A", "isolated", "in Reclaim's hands", 1),
                tray("unevictable", "unevictable", "reclaim never looks", 2),
                tray("free", "free", "back in the allocator", 3),
                tray("bad", "bad page", "leaked", 4),
            ],
            locks,
            explain: Explain {
                thread: ev.map(|e| ThreadId(e.t)),
                sentence: ev.map_or(
                    "Nothing has run yet. One page, mapped in a locked range, not yet marked."
                        .into(),
                    |e| e.sentence.clone(),
                ),
                spoken: ev.map_or("Nothing has run yet.".into(), |e| {
                    e.sentence.replace('_', " ")
                }),
                beat: beat.map(|b| b.title),
                changes: ev.map_or(vec![], |e| {
                    e.changes
                        .iter()
                        .map(|(f, a, b)| Change {
                            fact: Some(FactId((*f).into())),
                            label: (*f).into(),
                            from: value(f, *a),
                            to: value(f, *b),
                        })
                        .collect()
                }),
                place: ev.map(|e| e.place.clone()),
            },
            properties: vec![
                Property {
                    id: "freed".into(),
                    text: "A freed page is never mlocked".into(),
                    state: w
                        .broken
                        .map_or(PropertyState::Holds, |s| PropertyState::Broken(StepNo(s))),
                    spoken: String::new(),
                    note: String::new(),
                },
                Property {
                    id: "mlocked".into(),
                    text: "A mlocked page is mapped locked".into(),
                    state: PropertyState::Undecided,
                    spoken: String::new(),
                    note: String::new(),
                },
                Property {
                    id: "order".into(),
                    text: "Locks are taken in order".into(),
                    state: PropertyState::Holds,
                    spoken: String::new(),
                    note: String::new(),
                },
            ],
            verdict,
            log: w.log.clone(),
        }
    }
    pub(crate) fn transcript(&self) -> Vec<Row> {
        let score = self.score();
        self.evs
            .iter()
            .enumerate()
            .map(|(i, e)| Row {
                step: StepNo(i as u32 + 1),
                thread: ThreadId(e.t),
                name: NAMES[e.t as usize].into(),
                place: e.place.clone(),
                what: e.sentence.clone(),
                changed: e
                    .changes
                    .iter()
                    .map(|(f, a, b)| format!("{f}: {} -> {}", value(f, *a), value(f, *b)))
                    .collect::<Vec<_>>()
                    .join("; "),
                locks: e
                    .after
                    .locks
                    .iter()
                    .flat_map(|(l, o)| {
                        o.iter()
                            .map(move |(t, _, _)| format!("{l} {}", char::from(b'A' + t)))
                    })
                    .collect::<Vec<_>>()
                    .join(", "),
                is_switch: score.columns[i].is_switch,
                beat: score
                    .beats
                    .iter()
                    .find(|b| b.step.0 == i as u32 + 1)
                    .map(|b| b.title.clone()),
            })
            .collect()
    }
}
pub(crate) fn headline(k: Kernel) -> Headline {
    Headline {
        scenario: crate::engine::OPENING.into(),
        title: "Truncation against reclaim".into(),
        stakes: "A page is freed while it is still marked as locked in memory. Who is to blame?"
            .into(),
        notice: vec!["Reclaim lets go of the page-table lock before it sets the flag.".into()],
        setup: vec![
            "mmap(private, file)".into(),
            "write fault: a private copy".into(),
            "mlock(addr, 4096)".into(),
        ],
        kernel: match k {
            Kernel::Before => "before the patch".into(),
            Kernel::After => "after the patch".into(),
        },
    }
}
