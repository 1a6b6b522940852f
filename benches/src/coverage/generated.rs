//! Counts the inputs and outputs in generated source.

use std::collections::HashMap;
use std::error::Error;

use syn::{Expr, Fields, ImplItem, Item, ItemImpl, Lit, Type};

use super::{Class, Count};

/// Counts the inputs and outputs of a generated file: the fields of every node struct, under the names in the API prompt, and
/// the outputs of the type that placing it returns.
///
/// # Errors
///
/// Returns an error if the source is not Rust, or if a descriptor does not name the fields of its struct.
pub fn generated(source: &str) -> Result<Count, Box<dyn Error>> {
    let file = syn::parse_file(source)?;
    let mut count = Count::default();
    module(&file.items, true, &mut count)?;
    Ok(count)
}

/// Counts the items of a module. Nodes are at the top; branches and rows are in modules.
fn module(items: &[Item], top: bool, count: &mut Count) -> Result<(), Box<dyn Error>> {
    let structs: HashMap<String, Vec<String>> = items
        .iter()
        .filter_map(|item| match item {
            Item::Struct(item) => Some((item.ident.to_string(), names(&item.fields))),
            _ => None,
        })
        .collect();
    for item in items {
        match item {
            Item::Mod(inner) => module(inner.content.as_ref().map_or(&[], |(_, items)| items), false, count)?,
            Item::Impl(item) if is_node(item) => {
                let ident = last_ident(&item.self_ty).ok_or("a node has no name")?;
                let packed = packed(item).ok_or_else(|| format!("{ident} has no descriptor"))?;
                let (class, inputs) = read(&packed).ok_or_else(|| format!("the descriptor of {ident} ends early"))?;
                let fields = structs.get(&ident).ok_or_else(|| format!("no struct {ident}"))?;
                if !fields.iter().eq(inputs.iter().map(|(field, _)| field)) {
                    return Err(format!(
                        "{ident}: the struct has the fields {fields:?}, the descriptor names {inputs:?}"
                    )
                    .into());
                }
                if top {
                    let outputs =
                        outputs(item, &structs).ok_or_else(|| format!("{ident} has no known type `Placed`"))?;
                    let inputs = inputs.into_iter().map(|(_, name)| name).collect();
                    count.classes.insert(class, Class { inputs, outputs });
                } else {
                    count.branches += 1;
                    count.branch_inputs += inputs.len();
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Returns the names of the public fields. Private fields only carry a type parameter.
fn names(fields: &Fields) -> Vec<String> {
    let public = fields.iter().filter(|field| matches!(field.vis, syn::Visibility::Public(_)));
    public.filter_map(|field| Some(field.ident.as_ref()?.to_string().trim_start_matches("r#").to_owned())).collect()
}

fn is_node(item: &ItemImpl) -> bool {
    item.trait_.as_ref().is_some_and(|(path, _)| path.is_ident("Node"))
}

fn last_ident(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    path.path.segments.last().map(|segment| segment.ident.to_string())
}

/// Returns the string in `const DESC: Desc = Desc::new("…");`.
fn packed(item: &ItemImpl) -> Option<String> {
    item.items.iter().find_map(|item| match item {
        ImplItem::Const(constant) if constant.ident == "DESC" => match &constant.expr {
            Expr::Call(call) => match call.args.first()? {
                Expr::Lit(literal) => match &literal.lit {
                    Lit::Str(text) => Some(text.value()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        },
        _ => None,
    })
}

/// Returns the number of outputs of `type Placed = …;`.
fn outputs(item: &ItemImpl, structs: &HashMap<String, Vec<String>>) -> Option<usize> {
    let placed = item.items.iter().find_map(|item| match item {
        ImplItem::Type(ty) if ty.ident == "Placed" => Some(&ty.ty),
        _ => None,
    })?;
    let name = last_ident(placed)?;
    match (name.as_str(), structs.get(&name)) {
        (_, Some(fields)) => Some(fields.len()),
        ("NoOutput", None) => Some(0),
        ("Out" | "AnyOut" | "UnionOut", None) => Some(1),
        _ => None,
    }
}

/// Reads a packed descriptor: the class, and the field and exact name of each input.
fn read(packed: &str) -> Option<(String, Vec<(String, String)>)> {
    let mut rest = packed.get(1..)?;
    let _needed = number(&mut rest)?;
    let count = number(&mut rest)?;
    rest = rest.get(ENTRY_BYTES.checked_mul(count)?..)?;
    let class = text(&mut rest)?.to_owned();
    let mut inputs = Vec::new();
    for _ in 0..count {
        let mut body = text(&mut rest)?.get(2..)?;
        let _bounds_and_tail = (text(&mut body)?, text(&mut body)?, text(&mut body)?);
        let field = text(&mut body)?;
        let name = match text(&mut body)? {
            "" => field.to_owned(),
            escaped => serde_json::from_str(&format!("\"{escaped}\"")).ok()?,
        };
        inputs.push((field.to_owned(), name));
    }
    Some((class, inputs))
}

/// The size of an entry of the directory, which is skipped, in bytes.
const ENTRY_BYTES: usize = 8;

/// Reads a number: one base-32 digit that begins with `'0'` for 0, or `'O'` and four such digits.
fn number(rest: &mut &str) -> Option<usize> {
    match digits(rest, 1)? {
        31 => digits(rest, 4),
        small => Some(small),
    }
}

fn digits(rest: &mut &str, count: usize) -> Option<usize> {
    let (digits, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(digits.bytes().fold(0, |number, digit| number * 32 + usize::from(digit.wrapping_sub(b'0'))))
}

fn text<'t>(rest: &mut &'t str) -> Option<&'t str> {
    let length = number(rest)?;
    let (text, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(text)
}
