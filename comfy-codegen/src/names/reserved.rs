//! Names that generated items must not have.

/// The keywords that are identifiers when written `r#…` (strict, reserved and weak ones of all editions).
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The names that the prelude of edition 2024 brings into scope as types and values.
const PRELUDE: [&str; 44] = [
    "AsMut",
    "AsRef",
    "AsyncFn",
    "AsyncFnMut",
    "AsyncFnOnce",
    "Box",
    "Clone",
    "Copy",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

/// The names of `comfy_runtime::generated` that generated code uses.
pub(crate) const GENERATED: [&str; 32] = [
    "AnyInput",
    "AnyOption",
    "AnyOut",
    "Array",
    "Branch",
    "Build",
    "Builder",
    "Choice",
    "Combo",
    "ComboEnum",
    "Desc",
    "Grow",
    "Handle",
    "Input",
    "IntoField",
    "Listed",
    "Many",
    "Match",
    "MemberOf",
    "NoOutput",
    "Node",
    "NodeRef",
    "OneOf",
    "Out",
    "Overlaps",
    "Placed",
    "Raw",
    "Rows",
    "UnionOut",
    "Unknown",
    "Widget",
    "Word",
];

/// The other names that generated code uses, or that users import from the runtime beside the nodes.
const BESIDE: [&str; 9] = ["Branches", "Error", "Graph", "PhantomData", "Row", "T", "Union", "WORDS", "Workflow"];

/// The primitive types of the language. Names of nodes have capitals, but a type word may be `bool`.
const PRIMITIVES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "str", "u128", "u16", "u32", "u64", "u8",
    "usize",
];

/// The modules that every generated module can see.
const MODULES: [&str; 4] = ["options", "prelude", "types", "unions"];

/// Returns whether a name needs `r#` to be an identifier.
pub fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// Returns whether a name is a keyword that cannot be an identifier even as `r#…`.
pub fn is_unescapable(name: &str) -> bool {
    matches!(name, "self" | "Self" | "super" | "crate" | "_")
}

/// Returns whether a type cannot have this name, or would shadow the prelude, a primitive type, a name of the runtime
/// or the type parameter of a node.
pub(crate) fn is_reserved_type(name: &str) -> bool {
    let taken = [&PRELUDE[..], &GENERATED, &BESIDE, &PRIMITIVES].into_iter().any(|names| names.contains(&name));
    taken || is_type_parameter(name) || is_keyword(name) || is_unescapable(name)
}

/// Returns whether a module cannot have this name, or would hide a module that generated code refers to.
pub(crate) fn is_reserved_module(name: &str) -> bool {
    MODULES.contains(&name) || is_keyword(name) || is_unescapable(name)
}

/// Returns whether this is the type parameter of a node with match types: `T`, `T2`, `T3`.
fn is_type_parameter(name: &str) -> bool {
    name.strip_prefix('T').is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
}
