//! The module tree of a crate, with the names that each module defines, imports and mentions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ExprLit, Item, Lit, Meta, UseTree, Visibility};

use crate::syntax::{attributes, is_test_only};
use crate::workspace::Sources;

/// The modules of one library or program.
#[derive(Debug, Default)]
pub struct Crate {
    pub(super) modules: Vec<Module>,
}

/// A module, in a file of its own or inline.
#[derive(Debug, Default)]
pub(super) struct Module {
    pub(super) file: String,
    pub(super) parent: Option<usize>,
    pub(super) children: BTreeMap<String, usize>,
    /// The names that the module itself defines. An enum has its variants.
    pub(super) items: BTreeMap<String, Vec<String>>,
    pub(super) uses: Vec<Use>,
    /// The paths in the code, including single names.
    pub(super) mentions: BTreeSet<Vec<String>>,
}

/// One name of a `use` declaration, or one glob.
#[derive(Debug)]
pub(super) struct Use {
    pub(super) path: Vec<String>,
    /// The name that the module gets; `None` for a glob.
    pub(super) name: Option<String>,
    pub(super) is_reexport: bool,
}

/// The error of a module's file that is missing or is not Rust.
#[derive(Debug)]
pub struct ParseError {
    file: String,
    message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.message)
    }
}

impl std::error::Error for ParseError {}

impl Crate {
    /// Parses the crate whose root file is `root`.
    ///
    /// # Errors
    ///
    /// Returns an error if the file of a module is missing or is not Rust.
    pub fn parse(root: &str, sources: &Sources) -> Result<Self, ParseError> {
        let mut parsed = Self::default();
        let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
        parsed.file(root, folder, None, sources)?;
        Ok(parsed)
    }

    /// Adds the module of a file, whose child modules have their files below `folder`.
    fn file(&mut self, file: &str, folder: &str, parent: Option<usize>, sources: &Sources) -> Result<(), ParseError> {
        let error = |message: String| ParseError { file: file.to_owned(), message };
        let source = sources.get(file).ok_or_else(|| error("the file of a module is missing".to_owned()))?;
        let syntax = syn::parse_file(source).map_err(|cause| error(cause.to_string()))?;
        if is_test_only(&syntax.attrs) {
            return Ok(());
        }
        let module = self.add(file, parent);
        self.items(module, folder, syntax.items, sources)
    }

    fn add(&mut self, file: &str, parent: Option<usize>) -> usize {
        self.modules.push(Module { file: file.to_owned(), parent, ..Module::default() });
        self.modules.len() - 1
    }

    fn items(&mut self, at: usize, folder: &str, items: Vec<Item>, sources: &Sources) -> Result<(), ParseError> {
        for item in items {
            if let Item::Mod(item) = item {
                if !is_test_only(&item.attrs) {
                    self.module(at, folder, item, sources)?;
                }
            } else if let Some(module) = self.modules.get_mut(at) {
                module.visit_item(&item);
                define(module, &item);
            }
        }
        Ok(())
    }

    fn module(&mut self, at: usize, folder: &str, item: syn::ItemMod, sources: &Sources) -> Result<(), ParseError> {
        let name = item.ident.to_string();
        let below = format!("{folder}/{name}");
        let child = self.modules.len();
        let file = self.modules.get(at).map(|module| module.file.clone()).unwrap_or_default();
        if let Some((_, items)) = item.content {
            self.add(&file, Some(at));
            self.items(child, &below, items, sources)?;
        } else if let Some(path) = path_attribute(&item.attrs) {
            let beside = file.rsplit_once('/').map_or("", |(beside, _)| beside);
            self.file(&format!("{beside}/{path}"), &below, Some(at), sources)?;
        } else {
            let candidates = [format!("{below}.rs"), format!("{below}/mod.rs")];
            let found = candidates.iter().find(|path| sources.contains_key(*path));
            self.file(found.unwrap_or(&candidates[0]), &below, Some(at), sources)?;
        }
        // A file that is compiled for tests alone adds no module.
        if child < self.modules.len()
            && let Some(module) = self.modules.get_mut(at)
        {
            module.children.insert(name, child);
        }
        Ok(())
    }
}

/// Records the name that an item defines in its module.
fn define(module: &mut Module, item: &Item) {
    let mut variants = Vec::new();
    let (ident, attributes) = match item {
        Item::Const(item) => (Some(&item.ident), &item.attrs),
        Item::Enum(item) => {
            variants = item.variants.iter().map(|variant| variant.ident.to_string()).collect();
            (Some(&item.ident), &item.attrs)
        }
        Item::Fn(item) => (Some(&item.sig.ident), &item.attrs),
        Item::Macro(item) => (item.ident.as_ref(), &item.attrs),
        Item::Static(item) => (Some(&item.ident), &item.attrs),
        Item::Struct(item) => (Some(&item.ident), &item.attrs),
        Item::Trait(item) => (Some(&item.ident), &item.attrs),
        Item::Type(item) => (Some(&item.ident), &item.attrs),
        Item::Union(item) => (Some(&item.ident), &item.attrs),
        _ => return,
    };
    if let (Some(ident), false) = (ident, is_test_only(attributes)) {
        module.items.entry(ident.to_string()).or_default().extend(variants);
    }
}

fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(path), .. }) => Some(path.value()),
            _ => None,
        },
        _ => None,
    })
}

/// Collects the imports of a module and the paths that its code mentions.
impl<'ast> Visit<'ast> for Module {
    fn visit_item(&mut self, item: &'ast Item) {
        let Some(attributes) = attributes(item) else { return visit::visit_item(self, item) };
        if !is_test_only(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if !is_test_only(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if item.leading_colon.is_none() {
            let is_reexport = !matches!(item.vis, Visibility::Inherited);
            flatten(&item.tree, &mut Vec::new(), is_reexport, &mut self.uses);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            self.mentions.insert(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    /// Collects the code in attributes such as `#[error("…", MAX_NODES)]` and `#[arg(value_parser = parse)]`.
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        const WITHOUT_CODE: &[&str] = &["allow", "cfg", "cfg_attr", "derive", "doc", "expect", "warn"];
        if let Meta::List(list) = &attribute.meta
            && !WITHOUT_CODE.iter().any(|name| list.path.is_ident(name))
        {
            token_paths(list.tokens.clone(), &mut self.mentions);
        }
    }

    /// Ignores the path of `pub(in …)`, which names a module but imports nothing.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_macro(&mut self, invocation: &'ast syn::Macro) {
        self.visit_path(&invocation.path);
        let name = invocation.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        // The tokens of these macros belong to generated code.
        if !["quote", "quote_spanned", "parse_quote", "parse_quote_spanned"].contains(&name.as_str()) {
            token_paths(invocation.tokens.clone(), &mut self.mentions);
        }
    }
}

fn flatten(tree: &UseTree, path: &mut Vec<String>, is_reexport: bool, uses: &mut Vec<Use>) {
    match tree {
        UseTree::Path(part) => {
            path.push(part.ident.to_string());
            flatten(&part.tree, path, is_reexport, uses);
            path.pop();
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, path, is_reexport, uses)),
        UseTree::Glob(_) => uses.push(Use { path: path.clone(), name: None, is_reexport }),
        UseTree::Name(_) | UseTree::Rename(_) => {
            let (ident, name) = match tree {
                UseTree::Rename(renamed) => (renamed.ident.to_string(), Some(renamed.rename.to_string())),
                UseTree::Name(named) => (named.ident.to_string(), None),
                _ => return,
            };
            let mut path = path.clone();
            // `a::{self}` names `a`.
            if ident != "self" || path.is_empty() {
                path.push(ident);
            }
            let name = name.or_else(|| path.last().cloned());
            uses.push(Use { path, name, is_reexport });
        }
    }
}

/// Collects the paths among the tokens of a macro call: identifiers that `::` joins.
fn token_paths(tokens: TokenStream, paths: &mut BTreeSet<Vec<String>>) {
    let mut path: Vec<String> = Vec::new();
    // The punctuation in front of the current token, without the `$` of `$crate`.
    let mut before = String::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                if before != "::" && !path.is_empty() {
                    paths.insert(std::mem::take(&mut path));
                }
                // `.name` is a field or a method, `'name` is a lifetime, `::name` belongs to another crate.
                let is_path = !before.ends_with(['.', '\'']) && (before != "::" || !path.is_empty());
                if is_path {
                    path.push(ident.to_string());
                }
                before.clear();
            }
            TokenTree::Punct(punct) if punct.as_char() == '$' => before.clear(),
            TokenTree::Punct(punct) => before.push(punct.as_char()),
            TokenTree::Group(group) => {
                if !path.is_empty() {
                    paths.insert(std::mem::take(&mut path));
                }
                before.clear();
                // Separates `(a)::b` from a path that begins with `::`.
                if group.delimiter() != Delimiter::None {
                    before.push(' ');
                }
                token_paths(group.stream(), paths);
            }
            TokenTree::Literal(_) => before.clear(),
        }
    }
    if !path.is_empty() {
        paths.insert(path);
    }
}
