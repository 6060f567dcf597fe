//! What is true of memory at a moment, and who made it so.

use lockstep_machine::{Address, Gather, ThreadId};
use lockstep_mm::page::{FrameState, Mapping, Page, PageFlags};
use lockstep_mm::vma::{VmFlags, Vma};
use lockstep_mm::world::{Memory, Object};
use lockstep_scenario::sort_few;

use crate::scene::{Change, Effect, Fact, FactGroup, FactId, GroupKind, SetBy, StepNo};
use crate::session::Inner;
use crate::tape::{Tape, net};
use crate::value;
use crate::vocabulary::{Field, Vocabulary, spoken};

/// The object a group of facts is about, with the words that belong to it, in reading order.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    kind: GroupKind,
    object: Object,
    fields: Vec<Field>,
}

impl Group {
    /// Whether one of its facts is this one.
    pub(crate) fn has(&self, id: &FactId) -> bool {
        self.fields.iter().any(|field| field.id == *id)
    }
}

/// The groups a session shows: always the same, whatever a run does.
pub(crate) fn groups(words: &Vocabulary, image: &[u64], wanted: &[FactId]) -> Vec<Group> {
    let memory = Memory(image);
    let shown = words.shown();
    let mut groups = Vec::new();
    let mut add = |kind, first: Address, addresses: Vec<Address>| {
        let Some(place) = words.place(first) else {
            return;
        };
        let fields: Vec<Field> = addresses
            .into_iter()
            .flat_map(|address| words.fields(address))
            .filter(|field| {
                if wanted.is_empty() {
                    field.part.is_shown
                } else {
                    wanted.contains(&field.id)
                }
            })
            .gather();
        if !fields.is_empty() {
            groups.push(Group {
                kind,
                object: place.object,
                fields,
            });
        }
    };
    for vma in &shown.vmas {
        add(GroupKind::Vma, vma.0, vec![vma.flags().address()]);
    }
    for vma in &shown.vmas {
        let mm = memory.get(vma.mm());
        for at in memory.get(vma.start())..memory.get(vma.end()) {
            add(GroupKind::Pte, mm.pte(at).0, vec![mm.pte(at).0]);
        }
    }
    for page in &shown.pages {
        add(
            GroupKind::Page,
            page.0,
            vec![
                page.flags().address(),
                page.mapcount().address(),
                page.count().address(),
                page.references().address(),
                page.lru().address(),
                page.mapping().address(),
                page.private().address(),
                page.state().address(),
            ],
        );
    }
    let zone = words.world().zone();
    let counters = [
        zone.nr_mlock().address(),
        zone.pgculled().address(),
        zone.pgrescued().address(),
        zone.pgmlocked().address(),
        zone.pgmunlocked().address(),
        zone.pgcleared().address(),
        zone.pgstranded().address(),
        zone.pgscanned().address(),
        zone.tainted().address(),
        zone.freed().address(),
    ];
    add(GroupKind::Zone, zone.0, counters.to_vec());
    for file in &shown.files {
        let slots = (0..u64::from(words.world().sizes().file_pages))
            .map(|index| file.slot(index).address());
        let all = [
            file.size().address(),
            file.nrpages().address(),
            file.i_mmap().address(),
        ]
        .into_iter()
        .chain(slots);
        add(GroupKind::File, file.0, all.gather());
    }
    groups
}

/// The facts after a step, grouped by object.
pub(crate) fn at(session: &Inner, tape: &Tape, step: u32, memory: &[u64]) -> Vec<FactGroup> {
    let changed = tape.changes(step);
    session
        .groups
        .iter()
        .map(|group| FactGroup {
            key: key(&session.words, group),
            kind: group.kind,
            title: title(session, group),
            subtitle: subtitle(&session.words, memory, group),
            facts: group
                .fields
                .iter()
                .map(|field| {
                    let word = memory.get(field.address.index()).copied().unwrap_or(0);
                    let before = changed
                        .iter()
                        .find(|change| change.address == field.address)
                        .map(|change| field.part.of(change.from))
                        .filter(|before| *before != field.part.of(word));
                    fact(session, tape, step, field, field.part.of(word), before)
                })
                .gather(),
        })
        .gather()
}

fn fact(
    session: &Inner,
    tape: &Tape,
    step: u32,
    field: &Field,
    now: u64,
    before: Option<u64>,
) -> Fact {
    let words = &session.words;
    let show = field.part.show;
    let text = value::text(words, show, now);
    let set_by = set_by(session, tape, step, field);
    let spoken_text = match &set_by {
        SetBy::Step { step, thread, .. } => {
            let name = ThreadId::new(usize::from(thread.0))
                .map_or("nobody", |thread| words.thread(thread));
            format!(
                "{} is {text}. Set by {name} at step {}.",
                field.label, step.0
            )
        }
        SetBy::Setup { text: since } if since == SINCE_THE_START => {
            format!("{} is {text} {since}.", field.label)
        }
        SetBy::Setup { text: by } => format!("{} is {text}. Set {by}.", field.label),
    };
    Fact {
        id: field.id.clone(),
        label: field.part.label.to_owned(),
        kind: value::kind(show, now),
        spoken: spoken(&spoken_text),
        value: text,
        set_by,
        is_changed: before.is_some(),
        previous: before.map(|before| value::text(words, show, before)),
        note: field.part.note.to_owned(),
    }
}

/// What is said of what no call of the set-up has changed.
const SINCE_THE_START: &str = "since before step 1";

/// Who changed a field last.
fn set_by(session: &Inner, tape: &Tape, step: u32, field: &Field) -> SetBy {
    if let Some(step) = tape.last_change(field.address, field.part.mask, step)
        && let Some(event) = tape.event(step)
    {
        return SetBy::Step {
            step: StepNo(step),
            thread: event.thread.into(),
            text: format!("by {} at {step}", session.words.thread(event.thread)),
        };
    }
    let setup = &session.built.setting.setup;
    let call = setup.cause(field.address, field.part.mask);
    let told = call
        .and_then(|number| session.scenario.setup.get(number))
        .map(|made| session.scenario.call_text(&made.call));
    SetBy::Setup {
        text: match told {
            Some(call) => format!("by {call}, before step 1"),
            None => SINCE_THE_START.to_owned(),
        },
    }
}

/// What a step changed, most telling first. Locks are told on their own.
pub(crate) fn changes(session: &Inner, changes: &[lockstep_machine::Change]) -> Vec<Change> {
    let mut all: Vec<(u8, Change)> = Vec::new();
    for change in net(changes) {
        for field in session.words.fields(change.address) {
            let (from, to) = (field.part.of(change.from), field.part.of(change.to));
            if from != to {
                let text = |value| value::text(&session.words, field.part.show, value);
                let told = Change {
                    fact: session.is_shown(&field.id).then(|| field.id.clone()),
                    from: text(from),
                    to: text(to),
                    label: field.label,
                };
                all.push((field.part.rank, told));
            }
        }
    }
    all.retain(|(_, change)| change.from != change.to);
    sort_few(&mut all, |(rank, _)| u64::from(*rank));
    all.into_iter().map(|(_, change)| change).gather()
}

/// What a step would change, of what is on screen.
pub(crate) fn effects(session: &Inner, made: &[lockstep_machine::Change]) -> Vec<Effect> {
    changes(session, made)
        .into_iter()
        .filter_map(|change| {
            Some(Effect {
                fact: change.fact?,
                label: change.label,
                value: change.to,
            })
        })
        .gather()
}

fn key(words: &Vocabulary, group: &Group) -> String {
    let kind = match group.kind {
        GroupKind::Vma => "vma",
        GroupKind::Pte => "pte",
        GroupKind::Page => "page",
        GroupKind::Zone => "zone",
        GroupKind::File => "file",
    };
    format!("{kind}{}", words.at(group.object))
}

fn title(session: &Inner, group: &Group) -> String {
    let title = match group.kind {
        GroupKind::Vma => "Mapping",
        GroupKind::Pte => "Page table entry",
        GroupKind::Page => "Page",
        GroupKind::Zone => "Zone",
        GroupKind::File => "File",
    };
    let alone = session
        .groups
        .iter()
        .filter(|other| other.kind == group.kind)
        .count()
        == 1;
    match group.kind {
        GroupKind::Pte | GroupKind::Zone => title.to_owned(),
        GroupKind::Vma if alone => title.to_owned(),
        _ => format!("{title} {}", session.words.object(group.object)),
    }
}

fn subtitle(words: &Vocabulary, memory: &[u64], group: &Group) -> String {
    let memory = Memory(memory);
    match group.object {
        Object::Vma(number) => words
            .world()
            .vmas()
            .nth(number as usize)
            .map_or_else(String::new, |vma| of_vma(words, memory, vma)),
        Object::Pte { process, address } => format!(
            "process {}, page {address}",
            words.object(Object::Mm(process))
        ),
        Object::Page(number) => words
            .world()
            .pages()
            .nth(number as usize)
            .map_or_else(String::new, |page| of_page(words, memory, page)),
        Object::Zone => "counters of the kernel".to_owned(),
        _ => "its size and its page cache".to_owned(),
    }
}

fn of_vma(words: &Vocabulary, memory: Memory<'_>, vma: Vma) -> String {
    let name = |address: Address| {
        words
            .place(address)
            .map_or_else(String::new, |place| words.object(place.object))
    };
    let kind = if memory.get(vma.flags()).contains(VmFlags::SHARED) {
        "shared"
    } else {
        "private"
    };
    let file = memory.get(vma.file());
    let shows = if file.is_null() {
        "memory".to_owned()
    } else {
        format!("mapping of file {}", name(file.0))
    };
    format!(
        "{}: process {}, {kind} {shows}",
        name(vma.0),
        name(memory.get(vma.mm()).0)
    )
}

fn of_page(words: &Vocabulary, memory: Memory<'_>, page: Page) -> String {
    match (memory.get(page.state()), memory.get(page.mapping())) {
        (FrameState::Free, _) => "free".to_owned(),
        (FrameState::Bad, _) => "freed in a bad state, never used again".to_owned(),
        (FrameState::InUse, Mapping::File(file)) => {
            let name = words
                .place(file)
                .map_or_else(String::new, |place| words.object(place.object));
            format!("page {} of file {name}", memory.get(page.index()))
        }
        (FrameState::InUse, Mapping::Anon(_)) => "anonymous, a private copy".to_owned(),
        (FrameState::InUse, Mapping::None)
            if memory.get(page.flags()).contains(PageFlags::SWAPBACKED) =>
        {
            "on its way back to the allocator".to_owned()
        }
        (FrameState::InUse, Mapping::None) => "belongs to nothing".to_owned(),
    }
}
