//! A small program, as it is linked and as it is built, cut in two.

use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataSection, ElementSection, Elements, ExportKind,
    ExportSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection,
    LinkingSection, MemorySection, MemoryType, Module, RefType, SymbolTable, TableSection,
    TableType, TypeSection, ValType,
};
use wasmparser::{Operator, Parser, Payload, Validator};

use super::cut::cut;
use super::linked::{Linked, Part, datum, is_name};
use super::without_notes;

/// Where the two data lie; each is a word.
const FIRST: u32 = 1024;
const LATER: u32 = FIRST + 5;

/// What the functions do, by number; the one before them is imported.
///
/// A number in braces is an address, which the linker notes: that of a datum if it is one, or else a place in the table.
const FUNCTIONS: &[(&str, &[Step])] = &[
    (
        "begin",
        &[
            Step::Call(0),
            Step::Call(3),
            Step::Address(FIRST),
            Step::Number(7),
        ],
    ),
    (
        "later",
        &[
            Step::Call(3),
            Step::Address(LATER),
            Step::Address(2),
            Step::Number(1),
        ],
    ),
    ("shared", &[Step::Global]),
    ("deep", &[Step::Call(0), Step::Call(5), Step::Global]),
    ("deeper", &[]),
    ("in the table of all", &[]),
];

/// Which function is in which place of the table, from the first.
const TABLE: &[u32] = &[6, 4];

#[derive(Clone, Copy)]
enum Step {
    Call(u32),
    Address(u32),
    /// Not an address, though it might be one.
    Number(i32),
    Global,
}

/// The program; with notes if it is as the linker leaves it.
fn program(has_notes: bool) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut imports = ImportSection::new();
    imports.import("script", "log", wasm_encoder::EntityType::Function(0));
    let mut kinds = FunctionSection::new();
    let mut code = CodeSection::new();
    let mut addresses = Vec::new();
    for (_, steps) in FUNCTIONS {
        kinds.function(0);
        let mut function = Function::new([]);
        let mut put = function.instructions();
        for step in *steps {
            match *step {
                Step::Call(to) => _ = put.call(to),
                Step::Address(to) => {
                    addresses.push(to);
                    put.i32_const(to as i32).drop();
                }
                Step::Number(number) => _ = put.i32_const(number).drop(),
                Step::Global => _ = put.global_get(0).global_set(0),
            }
        }
        put.end();
        code.function(&function);
    }
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: 3,
        maximum: None,
        shared: false,
    });
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut globals = GlobalSection::new();
    let stack = GlobalType {
        val_type: ValType::I32,
        mutable: true,
        shared: false,
    };
    globals.global(stack, &ConstExpr::i32_const(1024));
    let mut exports = ExportSection::new();
    let later = if has_notes {
        "later_1fe8f9a94338377c"
    } else {
        "later"
    };
    exports.export("begin", ExportKind::Func, 1);
    exports.export(later, ExportKind::Func, 2);
    let mut elements = ElementSection::new();
    elements.active(
        None,
        &ConstExpr::i32_const(1),
        Elements::Functions(TABLE.into()),
    );
    let mut data = DataSection::new();
    data.active(0, &ConstExpr::i32_const(FIRST as i32), *b"firstlater");
    let mut module = Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&kinds)
        .section(&tables);
    module
        .section(&memories)
        .section(&globals)
        .section(&exports);
    module.section(&elements).section(&code).section(&data);
    if has_notes {
        // All functions in the table have a symbol, the two data after them.
        let mut symbols = SymbolTable::new();
        let mut targets = Vec::new();
        for (place, function) in (1..).zip(TABLE) {
            targets.push(place);
            symbols.function(0, *function, Some("in the table"));
        }
        for (address, offset) in [(FIRST, 0), (LATER, 5)] {
            targets.push(address);
            let definition = wasm_encoder::DataSymbolDefinition {
                index: 0,
                offset,
                size: 5,
            };
            symbols.data(0, "a datum", Some(definition));
        }
        let mut linking = LinkingSection::new();
        linking.symbol_table(&symbols);
        let notes = notes(&module.clone().finish(), &addresses, &targets);
        module.section(&linking);
        module.section(&CustomSection {
            name: "reloc.CODE".into(),
            data: notes.into(),
        });
    }
    module.finish()
}

/// The notes on the addresses in the code, in their order; all numbers are small enough to be a byte.
fn notes(program: &[u8], addresses: &[u32], targets: &[u32]) -> Vec<u8> {
    let (mut code, mut found, mut notes) = (0, addresses.iter().peekable(), Vec::new());
    for payload in Parser::new(0).parse_all(program) {
        match payload.expect("a program") {
            Payload::CodeSectionStart {
                unchecked_range, ..
            } => code = unchecked_range.start,
            Payload::CodeSectionEntry(body) => {
                let mut operators = body.get_operators_reader().expect("code");
                while !operators.eof() {
                    let (operator, at) = operators.read_with_offset().expect("an operator");
                    let Operator::I32Const { value } = operator else {
                        continue;
                    };
                    if found.next_if(|address| **address == value as u32).is_none() {
                        continue;
                    }
                    let symbol = targets.iter().position(|target| *target == value as u32);
                    let symbol = symbol.expect("an address of something") as u8;
                    let offset = (at + 1 - code) as u8;
                    match value as u32 {
                        // R_WASM_MEMORY_ADDR_SLEB, with nothing added; R_WASM_TABLE_INDEX_SLEB.
                        FIRST.. => notes.push(vec![4, offset, symbol, 0]),
                        _ => notes.push(vec![1, offset, symbol]),
                    }
                }
            }
            _ => {}
        }
    }
    assert!(found.next().is_none(), "every address is in the code");
    // The code is section number eight.
    [vec![8, notes.len() as u8], notes.concat()].concat()
}

/// What a program imports, exports, puts into its table and into its memory.
fn told(program: &[u8]) -> String {
    let mut told = String::new();
    for payload in Parser::new(0).parse_all(program) {
        match payload.expect("a program") {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import.expect("an import");
                    told += &format!("import {}.{} {:?}\n", import.module, import.name, import.ty);
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export.expect("an export");
                    told += &format!(
                        "export {} {:?} {}\n",
                        export.name, export.kind, export.index
                    );
                }
            }
            Payload::ElementSection(elements) => {
                for element in elements {
                    let places = super::linked::functions(element.expect("an element"));
                    told += &format!("places {:?}\n", places.expect("functions"));
                }
            }
            Payload::CodeSectionStart { count, .. } => told += &format!("{count} functions\n"),
            Payload::DataSection(data) => {
                for segment in data {
                    let (at, bytes) = datum(segment.expect("a segment")).expect("an address");
                    told += &format!("memory {at} {:?}\n", String::from_utf8_lossy(&bytes));
                }
            }
            _ => {}
        }
    }
    told
}

/// The part that `later` leads to.
fn part() -> Part {
    let linked = Linked::read(&program(true)).expect("a program with notes");
    linked.part("later").expect("there is such a function")
}

#[test]
fn a_part_is_what_nothing_else_leads_to() {
    // The place 1 has a function that nobody refers to: it could be called for all one knows, but by nothing in here.
    let expected = Part {
        places: [2].into(),
        data: vec![(LATER, b"later".to_vec())],
    };
    assert_eq!(part(), expected);
}

#[test]
fn the_two_are_programs_and_fit_together() {
    let (first, second) = cut(&program(false), "later", &part()).expect("it can be cut");
    for program in [&first, &second] {
        Validator::new()
            .validate_all(program)
            .expect("a valid program");
    }
    assert_eq!(
        told(&first),
        "import script.log Func(0)\n\
         export begin Func 1\n\
         export p0 Func 0\n\
         export p1 Func 2\n\
         export p2 Global 0\n\
         export p3 Table 0\n\
         export p4 Memory 0\n\
         places [(1, 3)]\n\
         3 functions\n\
         memory 1024 \"first\\0\\0\\0\\0\\0\"\n"
    );
    assert!(
        told(&second).contains("places [(2, 3)]"),
        "{}",
        told(&second)
    );
    assert!(
        told(&second).contains("memory 1029 \"later\""),
        "{}",
        told(&second)
    );
    assert!(told(&second).contains("3 functions"), "{}", told(&second));
}

#[test]
fn what_cannot_be_cut_says_why() {
    let fault = |result: anyhow::Result<()>| result.expect_err("it fails").to_string();
    let unlinked = Linked::read(&program(false)).map(|_| ());
    assert!(fault(unlinked).contains("--emit-relocs"));
    let linked = Linked::read(&program(true)).expect("a program with notes");
    assert!(fault(linked.part("sooner").map(|_| ())).contains("no function sooner"));
    let mut other = part();
    other.data[0].1 = b"older".to_vec();
    let mixed = cut(&program(false), "later", &other).map(|_| ());
    assert!(fault(mixed).contains("build the page anew"));
}

#[test]
fn notes_go_and_the_program_stays() {
    let linked = program(true);
    let plain = without_notes(&linked).expect("a program");
    assert!(linked.len() > plain.len());
    assert_eq!(told(&linked), told(&plain));
    assert!(Linked::read(&plain).is_err());
}

#[test]
fn an_export_is_known_by_its_name_with_or_without_a_number() {
    for (exported, is_it) in [
        ("later", true),
        ("later_1fe8f9a94338377c", true),
        ("later_on", false),
        ("latera", false),
        ("late", false),
    ] {
        assert_eq!(is_name(exported, "later"), is_it, "{exported}");
    }
}
