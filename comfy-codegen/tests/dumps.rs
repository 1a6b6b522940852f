//! Tests that everything which the dumps of real servers declare is in the generated code.
//!
//! Declarations are counted in the JSON itself, and generated items in the source itself.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use comfy_codegen::{Config, Generated};
use serde_json::{Map, Value};

/// Returns the dumps below `COMFY_DATA`, or none, with a message, if the variable is not set.
fn dumps() -> Vec<PathBuf> {
    let Some(data) = std::env::var_os("COMFY_DATA").filter(|path| !path.is_empty()).map(PathBuf::from) else {
        eprintln!("skipped: COMFY_DATA is not set, so there are no dumps of real servers");
        return Vec::new();
    };
    let mut dumps = vec![data.join("wild_workflows/object_info.json"), data.join("validation/object_info.json")];
    for folder in ["schemas", "object_info", "object_info/wild"] {
        let entries = fs::read_dir(data.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        dumps.extend(entries.filter(|path| path.extension().is_some_and(|ending| ending == "json")));
    }
    dumps
}

/// The number of inputs and outputs of every class.
type Counts = BTreeMap<String, (usize, usize)>;

#[test]
fn every_input_and_output_is_generated() {
    for path in dumps() {
        let Generated { source, report, .. } =
            Config::new().schema(&path).builders(false).docs(false).source().unwrap();
        let (declared, generated) = (declared(&path), generated(&source));
        for (class, counts) in &declared {
            assert_eq!(Some(counts), generated.get(class), "{}: {class}", path.display());
        }
        assert_eq!(declared.len(), generated.len(), "{}", path.display());
        assert_eq!(report.nodes, declared.len());
        assert_eq!(report.inputs, declared.values().map(|counts| counts.0).sum::<usize>());
        assert_eq!(report.outputs, declared.values().map(|counts| counts.1).sum::<usize>());
    }
}

#[test]
fn everything_parses_with_builders_and_documentation() {
    for path in dumps() {
        let Generated { source, report, .. } = Config::new().schema(&path).source().unwrap();
        assert!(syn::parse_file(&source).is_ok(), "{}", path.display());
        let dynamic: Vec<_> = report.raw_inputs.iter().filter(|path| path.contains('[')).collect();
        assert!(dynamic.is_empty(), "{}: {dynamic:?}", path.display());
    }
}

fn declared(path: &Path) -> Counts {
    let nodes: Map<String, Value> = serde_json::from_str(&json_text(&fs::read(path).unwrap())).unwrap();
    nodes.into_iter().map(|(class, node)| (class, (inputs(&node), outputs(&node)))).collect()
}

/// Counts the inputs of a node. A name that is in both sections is one input, because it is one key in a prompt.
fn inputs(node: &Value) -> usize {
    let sections = ["required", "optional"].iter().filter_map(|section| node["input"][section].as_object());
    sections.flat_map(Map::keys).collect::<HashSet<_>>().len()
}

fn outputs(node: &Value) -> usize {
    match &node["output"] {
        Value::Array(outputs) => outputs.len(),
        Value::String(_) => 1,
        _ => 0,
    }
}

/// Returns the document as JSON in UTF-8, without byte order mark and without Python's number tokens.
fn json_text(bytes: &[u8]) -> String {
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8(rest.to_vec()).unwrap(),
        _ => String::from_utf8(bytes.to_vec()).unwrap(),
    };
    // The tokens are replaced outside of strings. Every second piece between quotes is inside of one.
    let outside = |piece: &str| piece.replace("-Infinity", "null").replace("Infinity", "null").replace("NaN", "null");
    let mut inside = true;
    let mut pieces = Vec::new();
    for piece in text.split('"') {
        // A piece after an escaped quote belongs to the same string.
        let escaped =
            pieces.last().is_some_and(|last: &String| (last.len() - last.trim_end_matches('\\').len()) % 2 == 1);
        inside = if escaped { inside } else { !inside };
        pieces.push(if inside { piece.to_owned() } else { outside(piece) });
    }
    pieces.join("\"")
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    String::from_utf16(&units).unwrap()
}

/// Counts the fields of the outermost structs that implement `Node`, and the fields of their outputs.
fn generated(source: &str) -> Counts {
    let file = syn::parse_file(source).unwrap();
    let mut fields = BTreeMap::new();
    for item in &file.items {
        if let syn::Item::Struct(item) = item {
            fields.insert(item.ident.to_string(), item.fields.len());
        }
    }
    let mut counts = Counts::new();
    for item in &file.items {
        if let syn::Item::Impl(item) = item
            && let Some((class, placed)) = node(item)
        {
            let outputs = match placed.as_str() {
                "NoOutput" => 0,
                "Out" | "AnyOut" | "UnionOut" => 1,
                several => fields[several],
            };
            counts.insert(class, (fields[&name(&item.self_ty)], outputs));
        }
    }
    counts
}

/// Returns the class of `impl Node for …`, which is in its descriptor, and the name of `Placed`.
fn node(item: &syn::ItemImpl) -> Option<(String, String)> {
    let (implemented, _) = item.trait_.as_ref()?;
    if !implemented.is_ident("Node") {
        return None;
    }
    let (mut class, mut placed) = (None, None);
    for item in &item.items {
        match item {
            syn::ImplItem::Const(item) => class = Some(class_of(&item.expr)),
            syn::ImplItem::Type(item) => placed = Some(name(&item.ty)),
            _ => {}
        }
    }
    Some((class?, placed?))
}

fn class_of(expression: &syn::Expr) -> String {
    let syn::Expr::Call(call) = expression else { panic!("not `Desc::new(…)`") };
    let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(desc), .. }) = &call.args[0] else { panic!("no string") };
    let desc = desc.value();
    let mut rest = &desc[1..];
    let _needed = number(&mut rest);
    let directory = 8 * number(&mut rest);
    rest = &rest[directory..];
    let length = number(&mut rest);
    rest[..length].to_owned()
}

/// Decodes a number: a digit of base 32 (`'0'` for 0), or `'O'` and four digits.
fn number(rest: &mut &str) -> usize {
    let mut digits = |count| {
        let (digits, after) = rest.split_at(count);
        *rest = after;
        digits.bytes().fold(0, |number, digit| number * 32 + usize::from(digit - b'0'))
    };
    match digits(1) {
        31 => digits(4),
        small => small,
    }
}

fn name(ty: &syn::Type) -> String {
    let syn::Type::Path(path) = ty else { panic!("no path") };
    path.path.segments.last().unwrap().ident.to_string()
}
