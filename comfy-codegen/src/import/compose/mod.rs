//! The functions of an import, put together.

mod function;
mod nest;
mod node;
mod types;

use std::collections::{BTreeSet, HashMap, HashSet};

use super::error::{ImportError, ImportWarning};
use super::flow::{Types, Uses};
use super::params::{self, Chosen};
use super::prompt::Link;
use super::scopes::Scopes;
use super::syntax::{self, Expr, Function, Stmt};
use super::{Form, Imported, Item, Settings, fit::Fit};
use crate::plan::Shared;

/// The slot that stands for a node as a whole: what its literal gives.
pub(super) const WHOLE: u16 = u16::MAX;

/// More results than this come back as an array of handles.
const MOST_RESULTS: usize = 4;
/// And so do those whose types take more columns: they must fit into `-> Result<Workflow<…>, GraphError> {`.
const LONGEST_TYPE: usize = 60;

/// More parameters than this are too many for clippy.
const MOST_PARAMETERS: usize = 7;

/// Everything that is known when functions are written.
struct Composer<'c, 'p, 'n, 's> {
    items: &'c [Item<'p, 'n, 's>],
    uses: &'c Uses<'c>,
    types: &'c Types<'c, 's>,
    scopes: &'c Scopes,
    shared: &'c Shared<'s>,
    chosen: &'c Chosen,
    settings: &'c Settings,
    /// Nodes that stand inside of the one that uses them.
    nested: Vec<bool>,
    /// Whether the workflow gives a title to every node.
    titles: bool,
    /// Modules of branches by their last segment: one that stands alone is imported.
    modules: HashMap<&'c str, BTreeSet<String>>,
    /// What the workflow gives back, and for each node whether it is part of that.
    results: Vec<Link>,
    is_result: Vec<bool>,
    /// What the functions are called.
    function_names: Vec<String>,
    imports: BTreeSet<(String, String)>,
    warnings: Vec<ImportWarning>,
}

/// The file for a prompt. `order` has every node after what it needs.
pub(super) fn source(
    items: &[Item<'_, '_, '_>],
    needs: &[Vec<Link>],
    order: &[usize],
    shared: &Shared<'_>,
    settings: &Settings,
    warnings: Vec<ImportWarning>,
) -> Result<Imported, ImportError> {
    let uses = Uses::new(items);
    let types = Types::new(items, &uses, order, shared);
    let chosen = params::choose(&settings.parameters, items, order, &uses)?;
    let results: Vec<Link> = (0..items.len())
        .filter(|&at| items.get(at).is_some_and(|item| is_result(at, item, &uses)))
        .map(|node| Link { node, slot: WHOLE })
        .collect();
    let is_wanted: HashSet<usize> = results.iter().map(|link| link.node).collect();
    let ids: Vec<&str> = items.iter().map(|item| item.node.id.as_str()).collect();
    let scopes = Scopes::new(&ids, needs, &results, settings.functions);
    let mut composer = Composer {
        items,
        uses: &uses,
        types: &types,
        scopes: &scopes,
        shared,
        chosen: &chosen,
        settings,
        nested: Vec::new(),
        titles: has_titles(items),
        modules: node::modules(items),
        is_result: (0..items.len()).map(|at| is_wanted.contains(&at)).collect(),
        results,
        function_names: function::function_names(&scopes.all, settings, &chosen),
        imports: BTreeSet::new(),
        warnings,
    };
    composer.nested = nest::nested(&composer, order);
    let functions = composer.functions();
    let deprecated = items.iter().any(is_deprecated).then_some(settings.nodes.as_str());
    let mut source = syntax::imports(&composer.imports, deprecated);
    for function in &functions {
        source.push('\n');
        source.push_str(&function.source());
    }
    let nodes: BTreeSet<String> = items
        .iter()
        .filter_map(|item| match &item.form {
            Form::Typed(planned, _) => Some(planned.ident.clone()),
            Form::Raw(_) => None,
        })
        .collect();
    Ok(Imported {
        source,
        name: settings.name.clone(),
        parameters: chosen.list.clone(),
        nodes: nodes.into_iter().collect(),
        count: items.len(),
        warnings: composer.warnings,
    })
}

/// Whether rustc will warn of the node's type.
fn is_deprecated(item: &Item<'_, '_, '_>) -> bool {
    matches!(item.form, Form::Typed(planned, _) if planned.source.deprecated)
}

/// Whether the workflow gives a node back: what saves or shows something, and what may.
fn is_result(at: usize, item: &Item<'_, '_, '_>, uses: &Uses<'_>) -> bool {
    match &item.form {
        Form::Typed(planned, _) => planned.source.output_node,
        Form::Raw(_) => item.is_output && uses.slots(at).is_empty(),
    }
}

/// Whether the workflow is to give every node a title: the typed nodes have one, and some have the editor's.
fn has_titles(items: &[Item<'_, '_, '_>]) -> bool {
    let mut typed = items.iter().filter(|item| matches!(item.form, Form::Typed(..)));
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

    /// The workflow with the values that the file has.
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
        let name = &self.settings.name;
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
            self.imports.insert((module.to_owned(), name.to_owned()));
        }
    }

    fn generated(&mut self, name: &str) {
        self.imports.insert((self.settings.nodes.clone(), name.to_owned()));
    }

    fn warn(&mut self, node: usize, what: String) {
        if let Some(item) = self.items.get(node) {
            self.warnings.push(ImportWarning { place: item.node.place(), what });
        }
    }
}

/// Whether a value is so long that a node which has it stands by itself.
fn is_long(value: &Fit<'_, '_>) -> bool {
    match value {
        Fit::Literal(value) => value.as_str().is_some_and(|text| !syntax::is_short(text)),
        Fit::Link(_) | Fit::Key(_) => false,
        Fit::Json(_) | Fit::Unchecked(..) | Fit::List(_) | Fit::Branch(..) | Fit::Row(..) => true,
    }
}
