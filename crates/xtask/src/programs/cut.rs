//! Cuts a built program in two: what it begins with, and a part that is fetched when it is first wanted.
//!
//! The two share one memory and one table. What the second part needs of the first, the first exports under short names; the
//! first calls into the second through the table alone, whose places stay empty until the second fills them.
//! Addresses of data and places of functions stay what they were, so nothing in the code has to change but the numbers of the
//! functions it calls.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use wasm_encoder::reencode::Reencode;
use wasm_encoder::{
    CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, Elements, EntityType,
    ExportKind, ExportSection, FunctionSection, GlobalSection, ImportSection, MemorySection,
    Module, StartSection, TableSection, TypeSection,
};
use wasmparser::{Export, ExternalKind, FunctionBody, Operator, Parser, Payload, TypeRef};

use super::linked::{Datum, Part, datum, functions};
use super::renumber::{Renumber, numbered};

/// The name under which the second part imports what it needs of the first.
const FIRST: &str = "page";

/// A program as it was built.
#[derive(Default)]
struct Built<'a> {
    types: TypeSection,
    imports: ImportSection,
    tables: TableSection,
    memories: MemorySection,
    globals: GlobalSection,
    exports: Vec<Export<'a>>,
    start: Option<u32>,
    /// The type of every function, those that are imported first.
    function_types: Vec<u32>,
    imported: u32,
    bodies: Vec<FunctionBody<'a>>,
    table_types: Vec<wasmparser::TableType>,
    memory_types: Vec<wasmparser::MemoryType>,
    global_types: Vec<wasmparser::GlobalType>,
    /// The function in each place of the table.
    places: BTreeMap<u32, u32>,
    /// Segments of memory: addresses, and the bytes from there on.
    memory: Vec<Datum>,
    counts_data: bool,
}

/// Cuts `part`, to which the exported function `root` leads, out of a program; gives what is left, and the part.
pub(super) fn cut(program: &[u8], root: &str, part: &Part) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut built = Built::default();
    for payload in Parser::new(0).parse_all(program) {
        built.take(payload?)?;
    }
    for (address, bytes) in &part.data {
        wipe(&mut built.memory, *address, bytes)?;
    }
    let later = built.later(root, part)?;
    Ok((
        built.first(root, &later)?,
        built.second(root, part, &later)?,
    ))
}

/// What the second part is made of, and what it takes from the first.
#[derive(Default)]
struct Later {
    functions: BTreeSet<u32>,
    places: BTreeSet<u32>,
    needs: Needs,
}

/// What code refers to, by number.
#[derive(Default)]
struct Needs {
    functions: BTreeSet<u32>,
    globals: BTreeSet<u32>,
    tables: BTreeSet<u32>,
}

impl<'a> Built<'a> {
    fn take(&mut self, payload: Payload<'a>) -> Result<()> {
        let same = &mut Renumber::default();
        match payload {
            Payload::TypeSection(types) => same.parse_type_section(&mut self.types, types)?,
            Payload::ImportSection(imports) => {
                for import in imports.clone().into_imports() {
                    match import?.ty {
                        TypeRef::Func(kind) => {
                            self.function_types.push(kind);
                            self.imported += 1;
                        }
                        TypeRef::Global(kind) => self.global_types.push(kind),
                        TypeRef::Table(kind) => self.table_types.push(kind),
                        TypeRef::Memory(kind) => self.memory_types.push(kind),
                        other => bail!("something of the kind {other:?} is imported"),
                    }
                }
                same.parse_import_section(&mut self.imports, imports)?;
            }
            Payload::FunctionSection(kinds) => {
                for kind in kinds {
                    self.function_types.push(kind?);
                }
            }
            Payload::TableSection(tables) => {
                for table in tables.clone() {
                    self.table_types.push(table?.ty);
                }
                same.parse_table_section(&mut self.tables, tables)?;
            }
            Payload::MemorySection(memories) => {
                for memory in memories.clone() {
                    self.memory_types.push(memory?);
                }
                same.parse_memory_section(&mut self.memories, memories)?;
            }
            Payload::GlobalSection(globals) => {
                for global in globals.clone() {
                    self.global_types.push(global?.ty);
                }
                same.parse_global_section(&mut self.globals, globals)?;
            }
            Payload::ExportSection(exports) => {
                self.exports = exports.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(elements) => {
                for element in elements {
                    self.places.extend(functions(element?)?);
                }
            }
            Payload::DataCountSection { .. } => self.counts_data = true,
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::DataSection(data) => {
                for segment in data {
                    self.memory.push(datum(segment?)?);
                }
            }
            // What else there is says something about the program, and is not of it.
            Payload::Version { .. }
            | Payload::CodeSectionStart { .. }
            | Payload::CustomSection(_)
            | Payload::End(_) => {}
            other => bail!("there is a section of an unknown kind: {other:?}"),
        }
        Ok(())
    }

    /// What is in the second part: every function that the first does not come to.
    fn later(&self, root: &str, part: &Part) -> Result<Later> {
        let roots = self.exports.iter();
        let roots = roots.filter(|export| export.kind == ExternalKind::Func && export.name != root);
        let in_table = self.places.iter();
        let in_table = in_table.filter(|(place, _)| !part.places.contains(place));
        let roots = roots.map(|export| export.index);
        let roots = roots.chain(self.start);
        let roots = roots.chain(in_table.map(|(_, function)| *function));
        let mut first = Needs::default();
        let mut open: Vec<u32> = roots.collect();
        while let Some(function) = open.pop() {
            if first.functions.insert(function) {
                open.extend(self.needs(function)?.functions);
            }
        }
        let all = 0..self.function_types.len() as u32;
        let mut later = Later {
            functions: all.filter(|one| !first.functions.contains(one)).collect(),
            ..Later::default()
        };
        // An imported function that only the second part calls stays where the script gives it.
        later.functions.retain(|one| *one >= self.imported);
        let places = self.places.iter();
        let places = places.filter(|(_, function)| later.functions.contains(function));
        later.places = places.map(|(place, _)| *place).collect();
        for function in &later.functions {
            let needs = self.needs(*function)?;
            later.needs.functions.extend(needs.functions);
            later.needs.globals.extend(needs.globals);
            later.needs.tables.extend(needs.tables);
        }
        later
            .needs
            .functions
            .retain(|one| !later.functions.contains(one));
        // The places it fills are in the first table.
        later.needs.tables.insert(0);
        if !later.functions.contains(&self.exported(root)?) {
            bail!("something other than {root} leads to what it exports");
        }
        Ok(later)
    }

    fn exported(&self, name: &str) -> Result<u32> {
        let mut exports = self.exports.iter();
        let export =
            exports.find(|export| export.name == name && export.kind == ExternalKind::Func);
        export
            .map(|export| export.index)
            .with_context(|| format!("the program exports no function {name}"))
    }

    /// What the code of a function refers to.
    fn needs(&self, function: u32) -> Result<Needs> {
        let mut needs = Needs::default();
        let Some(body) = function.checked_sub(self.imported) else {
            return Ok(needs);
        };
        let mut operators = self.bodies[body as usize].get_operators_reader()?;
        while !operators.eof() {
            match operators.read()? {
                Operator::Call { function_index }
                | Operator::ReturnCall { function_index }
                | Operator::RefFunc { function_index } => {
                    needs.functions.insert(function_index);
                }
                Operator::GlobalGet { global_index } | Operator::GlobalSet { global_index } => {
                    needs.globals.insert(global_index);
                }
                Operator::CallIndirect { table_index, .. }
                | Operator::ReturnCallIndirect { table_index, .. }
                | Operator::TableGet { table: table_index }
                | Operator::TableSet { table: table_index }
                | Operator::TableSize { table: table_index }
                | Operator::TableGrow { table: table_index }
                | Operator::TableFill { table: table_index } => {
                    needs.tables.insert(table_index);
                }
                Operator::MemoryInit { .. }
                | Operator::DataDrop { .. }
                | Operator::TableInit { .. }
                | Operator::ElemDrop { .. } => bail!("segments are copied by the code itself"),
                _ => {}
            }
        }
        Ok(needs)
    }

    /// What is left when the second part is taken out.
    fn first(&self, root: &str, later: &Later) -> Result<Vec<u8>> {
        let stays =
            (0..self.function_types.len() as u32).filter(|one| !later.functions.contains(one));
        let mut numbers = Renumber::to(stays.clone());
        let mut module = Module::new();
        let mut kinds = FunctionSection::new();
        let mut code = CodeSection::new();
        for function in stays.filter(|one| *one >= self.imported) {
            kinds.function(self.function_types[function as usize]);
            let body = self.bodies[(function - self.imported) as usize].clone();
            numbers.parse_function_body(&mut code, body)?;
        }
        let mut exports = ExportSection::new();
        for export in self.exports.iter().filter(|export| export.name != root) {
            numbers.parse_export(&mut exports, *export)?;
        }
        for (name, what) in self.given(later) {
            if self.exports.iter().any(|export| export.name == name) {
                bail!("the program exports something as {name} already");
            }
            let (kind, number) = match what {
                Given::Function(function) => (ExportKind::Func, numbers.function_index(function)?),
                Given::Global(global) => (ExportKind::Global, global),
                Given::Table(table) => (ExportKind::Table, table),
                Given::Memory => (ExportKind::Memory, 0),
            };
            exports.export(&name, kind, number);
        }
        module
            .section(&self.types)
            .section(&self.imports)
            .section(&kinds);
        if self.tables.is_empty() || self.memories.is_empty() {
            bail!("the program has no table or no memory of its own");
        }
        module
            .section(&self.tables)
            .section(&self.memories)
            .section(&self.globals)
            .section(&exports);
        if let Some(start) = self.start {
            let function_index = numbers.function_index(start)?;
            module.section(&StartSection { function_index });
        }
        module.section(&self.elements(&mut numbers, |place| !later.places.contains(&place))?);
        if self.counts_data {
            let count = self.memory.len() as u32;
            module.section(&DataCountSection { count });
        }
        module.section(&code).section(&segments(&self.memory));
        Ok(module.finish())
    }

    /// The second part.
    fn second(&self, root: &str, part: &Part, later: &Later) -> Result<Vec<u8>> {
        let order = later
            .needs
            .functions
            .iter()
            .chain(&later.functions)
            .copied();
        let mut numbers = Renumber::to(order);
        numbers.globals = numbered(later.needs.globals.iter().copied());
        numbers.tables = numbered(later.needs.tables.iter().copied());
        let mut imports = ImportSection::new();
        for (name, what) in self.given(later) {
            let kind = match what {
                Given::Function(function) => {
                    EntityType::Function(self.function_types[function as usize])
                }
                Given::Global(global) => numbers
                    .global_type(self.global_types[global as usize])?
                    .into(),
                Given::Table(table) => numbers.table_type(self.table_types[table as usize])?.into(),
                Given::Memory => numbers.memory_type(self.memory_types[0])?.into(),
            };
            imports.import(FIRST, &name, kind);
        }
        let mut kinds = FunctionSection::new();
        let mut code = CodeSection::new();
        for function in &later.functions {
            kinds.function(self.function_types[*function as usize]);
            let body = self.bodies[(*function - self.imported) as usize].clone();
            numbers.parse_function_body(&mut code, body)?;
        }
        let mut exports = ExportSection::new();
        let number = numbers.function_index(self.exported(root)?)?;
        exports.export(root, ExportKind::Func, number);
        let mut module = Module::new();
        module
            .section(&self.types)
            .section(&imports)
            .section(&kinds)
            .section(&exports);
        module.section(&self.elements(&mut numbers, |place| later.places.contains(&place))?);
        module.section(&code).section(&segments(&part.data));
        Ok(module.finish())
    }

    /// What the first part gives the second, and its names. The order is that of the second's numbers.
    fn given(&self, later: &Later) -> Vec<(String, Given)> {
        let Needs {
            functions,
            globals,
            tables,
        } = &later.needs;
        let given = functions.iter().copied().map(Given::Function);
        let given = given.chain(globals.iter().copied().map(Given::Global));
        let given = given.chain(tables.iter().copied().map(Given::Table));
        let given = given.chain([Given::Memory]);
        let names = (0..).map(|number| format!("p{number:x}"));
        names.zip(given).collect()
    }

    /// The places of the table that are for one of the two, as few entries as there are gaps.
    fn elements(
        &self,
        numbers: &mut Renumber,
        is_own: impl Fn(u32) -> bool,
    ) -> Result<ElementSection> {
        let mut runs: Vec<(u32, Vec<u32>)> = Vec::new();
        for (place, function) in self.places.iter().filter(|(place, _)| is_own(**place)) {
            let number = numbers.function_index(*function)?;
            match runs.last_mut() {
                Some((first, run)) if *first + run.len() as u32 == *place => run.push(number),
                _ => runs.push((*place, vec![number])),
            }
        }
        let mut elements = ElementSection::new();
        for (first, run) in runs {
            let first = ConstExpr::i32_const(first as i32);
            elements.active(None, &first, Elements::Functions(run.into()));
        }
        Ok(elements)
    }
}

/// Something that the first part exports for the second.
enum Given {
    Function(u32),
    Global(u32),
    Table(u32),
    Memory,
}

/// Puts zeros where memory holds what the second part brings.
fn wipe(memory: &mut [Datum], address: u32, bytes: &[u8]) -> Result<()> {
    // What is all zeros may be in no segment.
    for (offset, byte) in bytes.iter().enumerate().filter(|(_, byte)| **byte != 0) {
        let address = address + offset as u32;
        let there = memory.iter_mut().find_map(|(start, segment)| {
            let inside = address.checked_sub(*start)? as usize;
            segment.get_mut(inside)
        });
        match there {
            Some(there) if there == byte => *there = 0,
            _ => bail!("memory at {address} is not what was linked: build the page anew"),
        }
    }
    Ok(())
}

fn segments(memory: &[Datum]) -> DataSection {
    let mut data = DataSection::new();
    for (address, bytes) in memory {
        data.active(
            0,
            &ConstExpr::i32_const(*address as i32),
            bytes.iter().copied(),
        );
    }
    data
}
