//! Composes the functions of an imported file.

mod function;
mod nest;
mod node;
mod raw;
mod types;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use comfy_codegen::plan::Shared;

use crate::error::{ImportError, ImportWarning};
use crate::fit::Fit;
use crate::flow::{Types, Uses};
use crate::item::{Item, NodeForm};
use crate::options::{ImportOptions, Imported};
use crate::params::{self, Chosen};
use crate::prompt::Link;
use crate::scopes::Scopes;
use crate::syntax::{self, Expr, Function, Stmt};

/// The slot number that stands for a node as a whole, which is the value of its literal.
pub(super) const WHOLE: u16 = u16::MAX;

/// The maximum number of results in a tuple. More results are returned as an array of handles.
const MAX_RESULTS: usize = 4;
/// The maximum width of the types of a tuple, in columns, so that they fit into `-> Result<Workflow<…>, GraphError> {`.
const MAX_TYPE_LEN: usize = 60;

/// The maximum number of parameters that clippy accepts.
const MAX_PARAMETERS: usize = 7;

/// The inputs and the state of composing the functions.
struct Composer<'c, 'p, 'n, 's> {
    items: &'c [Item<'p, 'n, 's>],
    uses: &'c Uses<'c>,
    types: &'c Types<'c, 's>,
    scopes: &'c Scopes,
    shared: &'c Shared<'s>,
    chosen: &'c Chosen,
    options: &'c ImportOptions,
    /// Whether each node is nested in the one that uses it.
    nested: Vec<bool>,
    /// Whether the workflow gives a title to every node.
    titles: bool,
    /// The paths of the modules of branches, by their last segment. A module whose segment is unique is imported.
    modules: HashMap<&'c str, BTreeSet<String>>,
    /// The outputs that the workflow returns.
    results: Vec<Link>,
    /// Whether each node is among the results.
    is_result: Vec<bool>,
    /// The name of each function.
    function_names: Vec<String>,
    /// The names to import from each module.
    imports: BTreeMap<String, BTreeSet<String>>,
    warnings: Vec<ImportWarning>,
}

/// Composes the file for a prompt. In `order`, every node comes after those that it needs.
pub(super) fn source(
    items: &[Item<'_, '_, '_>],
    needs: &[Vec<Link>],
    order: &[usize],
    shared: &Shared<'_>,
    options: &ImportOptions,
    warnings: Vec<ImportWarning>,
) -> Result<Imported, ImportError> {
    let uses = Uses::new(items);
    let types = Types::new(items, &uses, order, shared);
    let chosen = params::choose(&options.parameters, items, order, &uses)?;
    let results: Vec<Link> = (0..items.len())
        .filter(|&at| items.get(at).is_some_and(|item| is_result(at, item, &uses)))
        .map(|node| Link { node, slot: WHOLE })
        .collect();
    let is_wanted: HashSet<usize> = results.iter().map(|link| link.node).collect();
    let ids: Vec<&str> = items.iter().map(|item| item.node.id.as_str()).collect();
    let scopes = Scopes::new(&ids, needs, &results, options.functions);
    let mut composer = Composer {
        items,
        uses: &uses,
        types: &types,
        scopes: &scopes,
        shared,
        chosen: &chosen,
        options,
        nested: Vec::new(),
        titles: has_titles(items),
        modules: node::modules(items),
        is_result: (0..items.len()).map(|at| is_wanted.contains(&at)).collect(),
        results,
        function_names: function::function_names(&scopes.all, options, &chosen),
        imports: BTreeMap::new(),
        warnings,
    };
    composer.nested = nest::nested(&composer, order);
    let functions = composer.functions();
    let deprecated = items.iter().any(is_deprecated).then_some(options.nodes.as_str());
    let mut source = syntax::imports(&composer.imports, deprecated);
    for function in &functions {
        source.push('\n');
        source.push_str(&function.source());
    }
    let nodes: BTreeSet<&str> = items
        .iter()
        .filter_map(|item| match &item.form {
            NodeForm::Typed(planned, _) => Some(planned.ident.as_str()),
            NodeForm::Raw(_) => None,
        })
        .collect();
    Ok(Imported {
        source,
        name: options.name.clone(),
        parameters: chosen.list.clone(),
        nodes: nodes.into_iter().map(str::to_owned).collect(),
        count: items.len(),
        warnings: composer.warnings,
    })
}

/// Returns whether rustc will warn that the node's type is deprecated.
fn is_deprecated(item: &Item<'_, '_, '_>) -> bool {
    matches!(item.form, NodeForm::Typed(planned, _) if planned.source.deprecated)
}

/// Returns whether the workflow returns a node, because the node saves or shows something, or may do so.
fn is_result(at: usize, item: &Item<'_, '_, '_>, uses: &Uses<'_>) -> bool {
    match &item.form {
        NodeForm::Typed(planned, _) => planned.source.output_node,
        NodeForm::Raw(_) => item.is_output && uses.slots(at).is_empty(),
    }
}

/// Returns whether the workflow gives every node a title: all typed nodes have one, and some have the default title.
fn has_titles(items: &[Item<'_, '_, '_>]) -> bool {
    let mut typed = items.iter().filter(|item| matches!(item.form, NodeForm::Typed(..)));
    typed.clone().any(|item| item.has_default_title) && typed.all(|item| item.node.title.is_some())
}

impl Composer<'_, '_, '_, '_> {
    fn functions(&mut self) -> Vec<Function> {
        let mut functions = vec![self.scope(0)];
        functions.extend(self.as_saved(functions.first().map(|function| function.output.clone()).unwrap_or_default()));
        for at in 1..self.scopes.all.len() {
            if self.scopes.all.get(at).is_some_and(|scope| !scope.units.is_empty()) {
                functions.push(self.scope(at));
            }
        }
        functions
    }

    /// Composes the function that returns the workflow with the values of the file as arguments, if there are
    /// parameters.
    fn as_saved(&mut self, output: Vec<String>) -> Option<Function> {
        if self.chosen.list.is_empty() {
            return None;
        }
        let mut body = Vec::new();
        let mut arguments = Vec::new();
        for parameter in &self.chosen.list {
            let value = node::literal(&parameter.value, parameter.ty == "f64");
            arguments.push(match value {
                Expr::Text(text) if !syntax::is_short(&text) => {
                    body.push(Stmt::bound(parameter.name.clone(), Expr::Text(text)));
                    Expr::atom(parameter.name.clone())
                }
                value => value,
            });
        }
        let output = match output.as_slice() {
            [only] => only.clone(),
            types => format!("({})", types.join(", ")),
        };
        self.runtime("GraphError");
        self.runtime("Workflow");
        let name = &self.options.name;
        Some(Function {
            docs: vec![format!("[`{name}`] with the values that the file has.")],
            attributes: vec!["#[allow(dead_code)]".to_owned()],
            head: format!("pub fn {name}_as_saved"),
            parameters: Vec::new(),
            output: vec![format!("Result<Workflow<{output}>, GraphError>")],
            body,
            tail: Some(Stmt::plain(Expr::Call(name.clone(), arguments))),
        })
    }

    /// Imports an item of the runtime, by its path in that crate.
    fn runtime(&mut self, path: &str) {
        let path = format!("comfy_runtime::{path}");
        if let Some((module, name)) = path.rsplit_once("::") {
            self.import(module, name);
        }
    }

    fn generated(&mut self, name: &str) {
        let options = self.options;
        self.import(&options.nodes, name);
    }

    fn import(&mut self, module: &str, name: &str) {
        // Most items are imported already.
        if !self.imports.get(module).is_some_and(|names| names.contains(name)) {
            self.imports.entry(module.to_owned()).or_default().insert(name.to_owned());
        }
    }

    fn warn(&mut self, node: usize, message: String) {
        if let Some(item) = self.items.get(node) {
            self.warnings.push(ImportWarning { node: item.node.label(), message });
        }
    }
}

/// Returns whether a value is so long that a node with it gets a statement of its own.
fn is_long(value: &Fit<'_, '_>) -> bool {
    match value {
        Fit::Literal(value) => value.as_str().is_some_and(|text| !syntax::is_short(text)),
        Fit::Link(_) | Fit::Key(_) => false,
        Fit::Json(_) | Fit::Unchecked(..) | Fit::List(_) | Fit::Branch(..) | Fit::Row(..) => true,
    }
}
