//! What refers to what in a program as it was linked.
//!
//! The linker is asked to keep its notes on every place that holds an address (`--emit-relocs`). With them it is certain what can be
//! reached from where: a number in the code may be anything, but a noted one is the address of this function or that datum.
//! The format is that of the WebAssembly tool conventions, "Linking".

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use anyhow::{Context, Result, bail};
use wasmparser::{
    ConstExpr, Data, DataKind, Element, ElementItems, ElementKind, ExternalKind, FunctionBody,
    KnownCustom, Linking, Operator, Parser, Payload, RelocationEntry, RelocationType, SymbolInfo,
    TypeRef,
};

/// A function by its number, or a datum by the number of its symbol.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Node {
    Function(u32),
    Datum(u32),
}

/// A program as it was linked.
#[derive(Default)]
pub(super) struct Linked {
    /// What each function and each datum refers to.
    refers: BTreeMap<Node, BTreeSet<Node>>,
    /// What the linker refers to in data that belong to no symbol.
    loose: Vec<Node>,
    /// The functions that can be called from outside, by name.
    exports: Vec<(String, u32)>,
    /// The function that runs first.
    start: Option<u32>,
    /// The function in each place of the table.
    places: BTreeMap<u32, u32>,
    /// Where in memory the data are, by symbol.
    data: BTreeMap<u32, Range<u32>>,
    /// What memory holds in the beginning: addresses, and the bytes from there on.
    memory: Vec<Datum>,
}

/// What is in memory at the start: an address, and the bytes from there on.
pub(super) type Datum = (u32, Vec<u8>);

/// The part of a program that only one of its exported functions leads to.
#[derive(PartialEq, Eq, Debug, Default)]
pub(super) struct Part {
    /// The places of the table whose functions nothing else refers to.
    pub(super) places: BTreeSet<u32>,
    /// The addresses of its data, in order, and what is there.
    pub(super) data: Vec<Datum>,
}

impl Linked {
    /// Reads a program.
    pub(super) fn read(program: &[u8]) -> Result<Self> {
        let mut reading = Reading::default();
        for payload in Parser::new(0).parse_all(program) {
            reading.take(payload?)?;
        }
        reading.finish()
    }

    /// What can be reached from the exported function `root`, and from nowhere else.
    pub(super) fn part(&self, root: &str) -> Result<Part> {
        let is_root = |(name, _): &&(String, u32)| is_name(name, root);
        if !self.exports.iter().any(|export| is_root(&export)) {
            bail!("the program exports no function {root}");
        }
        let others = self.exports.iter().filter(|export| !is_root(export));
        let others = others.map(|(_, function)| *function).chain(self.start);
        let others: Vec<Node> = others.map(Node::Function).collect();
        let first = self.reached(others.iter().chain(&self.loose));
        let later = self.exports.iter().filter(is_root);
        let later: Vec<Node> = later
            .map(|(_, function)| Node::Function(*function))
            .collect();
        let later: BTreeSet<Node> = &self.reached(later.iter()) - &first;
        let places = self.places.iter();
        let places = places.filter(|(_, function)| later.contains(&Node::Function(**function)));
        Ok(Part {
            places: places.map(|(place, _)| *place).collect(),
            data: self.data_of(&later, &first)?,
        })
    }

    /// The data among `these` that share no byte with one of the `others`, in order, those that touch as one.
    fn data_of(&self, these: &BTreeSet<Node>, others: &BTreeSet<Node>) -> Result<Vec<Datum>> {
        let ranges = |nodes: &BTreeSet<Node>| -> Vec<Range<u32>> {
            let data = self.data.iter();
            let data = data.filter(|(symbol, _)| nodes.contains(&Node::Datum(**symbol)));
            data.map(|(_, range)| range.clone()).collect()
        };
        let others = ranges(others);
        let is_shared = |range: &Range<u32>| {
            let mut others = others.iter();
            others.any(|other| range.start < other.end && other.start < range.end)
        };
        let mut own = ranges(these);
        own.retain(|range| !is_shared(range));
        own.sort_by_key(|range| (range.start, range.end));
        let mut runs: Vec<Range<u32>> = Vec::new();
        for range in own {
            match runs.last_mut() {
                Some(run) if range.start <= run.end => run.end = run.end.max(range.end),
                _ => runs.push(range),
            }
        }
        let data = runs.iter().map(|run| Ok((run.start, self.bytes(run)?)));
        data.collect()
    }

    fn refer(&mut self, from: Node, to: Node) {
        self.refers.entry(from).or_default().insert(to);
    }

    fn reached<'a>(&self, from: impl Iterator<Item = &'a Node>) -> BTreeSet<Node> {
        let mut open: Vec<Node> = from.copied().collect();
        let mut reached = BTreeSet::new();
        while let Some(node) = open.pop() {
            if reached.insert(node) {
                open.extend(self.refers.get(&node).into_iter().flatten());
            }
        }
        reached
    }

    fn bytes(&self, range: &Range<u32>) -> Result<Vec<u8>> {
        let inside = self.memory.iter().find_map(|(address, bytes)| {
            let from = range.start.checked_sub(*address)? as usize;
            bytes.get(from..from + range.len())
        });
        inside
            .map(<[u8]>::to_vec)
            .with_context(|| format!("a datum at {range:?} lies in no segment"))
    }
}

/// Whether a function is exported as this: until `wasm-bindgen` has seen it, its name has a number at the end.
pub(super) fn is_name(exported: &str, name: &str) -> bool {
    let is_number =
        |rest: &str| rest.len() == 16 && rest.bytes().all(|sign| sign.is_ascii_hexdigit());
    exported
        .strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || rest.strip_prefix('_').is_some_and(is_number))
}

/// The sections of a program, until all have been seen.
#[derive(Default)]
struct Reading<'a> {
    linked: Linked,
    imported: u32,
    /// Where the code section lies in the file, and every function in it.
    code: u64,
    bodies: Vec<FunctionBody<'a>>,
    /// Where the data section lies in the file, and the bytes of every segment in it.
    all_data: u64,
    segments: Vec<Range<u64>>,
    symbols: Vec<SymbolInfo<'a>>,
    in_code: Vec<RelocationEntry>,
    in_data: Vec<RelocationEntry>,
}

impl<'a> Reading<'a> {
    fn take(&mut self, payload: Payload<'a>) -> Result<()> {
        match payload {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    self.imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    if export.kind == ExternalKind::Func {
                        let export = (export.name.to_owned(), export.index);
                        self.linked.exports.push(export);
                    }
                }
            }
            Payload::StartSection { func, .. } => self.linked.start = Some(func),
            Payload::ElementSection(elements) => {
                for element in elements {
                    self.linked.places.extend(functions(element?)?);
                }
            }
            Payload::CodeSectionStart {
                unchecked_range, ..
            } => self.code = unchecked_range.start,
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::DataSection(data) => {
                self.all_data = data.range().start;
                for segment in data {
                    let segment = segment?;
                    let end = segment.range.end;
                    self.segments.push(end - segment.data.len() as u64..end);
                    self.linked.memory.push(datum(segment)?);
                }
            }
            Payload::CustomSection(custom) => match custom.as_known() {
                KnownCustom::Linking(linking) => {
                    for part in linking.subsections() {
                        if let Linking::SymbolTable(symbols) = part? {
                            self.symbols = symbols.into_iter().collect::<Result<_, _>>()?;
                        }
                    }
                }
                KnownCustom::Reloc(notes) => {
                    let entries = notes.entries().into_iter();
                    let entries = entries.collect::<Result<Vec<_>, _>>()?;
                    match custom.name() {
                        "reloc.CODE" => self.in_code = entries,
                        "reloc.DATA" => self.in_data = entries,
                        _ => {}
                    }
                }
                _ => {}
            },
            _ => {}
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Linked> {
        if self.symbols.is_empty() || self.in_code.is_empty() {
            bail!("the program was linked without notes: `--emit-relocs` is missing");
        }
        for (number, symbol) in self.symbols.iter().enumerate() {
            if let SymbolInfo::Data {
                symbol: Some(place),
                ..
            } = symbol
            {
                let (address, _) = (self.linked.memory.get(place.index as usize))
                    .context("a symbol lies in no segment")?;
                let start = address + place.offset;
                let range = start..start + place.size;
                self.linked.data.insert(number as u32, range);
            }
        }
        self.calls()?;
        self.notes_in_code()?;
        self.notes_in_data()?;
        Ok(self.linked)
    }

    /// What the linker writes itself calls functions without a note.
    fn calls(&mut self) -> Result<()> {
        for (number, body) in (self.imported..).zip(&self.bodies) {
            let mut operators = body.get_operators_reader()?;
            while !operators.eof() {
                if let Operator::Call { function_index } = operators.read()? {
                    let to = Node::Function(function_index);
                    self.linked.refer(Node::Function(number), to);
                }
            }
        }
        Ok(())
    }

    fn notes_in_code(&mut self) -> Result<()> {
        for note in &self.in_code {
            let Some(to) = self.target(note) else {
                continue;
            };
            let at = self.code + u64::from(note.offset);
            let number = self.bodies.partition_point(|body| body.range().end <= at);
            let from = Node::Function(self.imported + number as u32);
            self.linked.refer(from, to);
        }
        Ok(())
    }

    fn notes_in_data(&mut self) -> Result<()> {
        for note in &self.in_data {
            let Some(to) = self.target(note) else {
                continue;
            };
            let at = self.all_data + u64::from(note.offset);
            let segment = self.segments.iter().position(|bytes| bytes.contains(&at));
            let segment = segment.context("a note is about no segment")?;
            let inside = (at - self.segments[segment].start) as u32;
            let address = self.linked.memory[segment].0 + inside;
            let data = self.linked.data.iter();
            let mut owners = data
                .filter(|(_, range)| range.contains(&address))
                .peekable();
            if owners.peek().is_none() {
                self.linked.loose.push(to);
            }
            for (symbol, _) in owners {
                let from = Node::Datum(*symbol);
                self.linked.refers.entry(from).or_default().insert(to);
            }
        }
        Ok(())
    }

    /// The function or datum a note is about.
    fn target(&self, note: &RelocationEntry) -> Option<Node> {
        // These do not number symbols.
        if note.ty == RelocationType::TypeIndexLeb {
            return None;
        }
        match self.symbols.get(note.index as usize)? {
            SymbolInfo::Func { index, .. } => Some(Node::Function(*index)),
            SymbolInfo::Data {
                symbol: Some(_), ..
            } => Some(Node::Datum(note.index)),
            _ => None,
        }
    }
}

/// The functions that an entry puts into the table, by their places.
pub(super) fn functions(element: Element<'_>) -> Result<Vec<(u32, u32)>> {
    let (ElementItems::Functions(functions), ElementKind::Active { offset_expr, .. }) =
        (element.items, element.kind)
    else {
        bail!("an element of the table is no function, or has no place");
    };
    let first = constant(&offset_expr)?;
    let functions = functions.into_iter();
    let functions = functions.collect::<Result<Vec<u32>, _>>()?;
    Ok((first..).zip(functions).collect())
}

/// What a segment puts into memory.
pub(super) fn datum(segment: Data<'_>) -> Result<Datum> {
    let DataKind::Active { offset_expr, .. } = segment.kind else {
        bail!("a segment of data has no address");
    };
    Ok((constant(&offset_expr)?, segment.data.to_vec()))
}

/// A number that is written down as such.
fn constant(expression: &ConstExpr<'_>) -> Result<u32> {
    match expression.get_operators_reader().read()? {
        Operator::I32Const { value } => Ok(value as u32),
        other => bail!("an address is worked out by {other:?}"),
    }
}
