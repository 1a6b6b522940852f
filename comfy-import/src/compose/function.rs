//! Composes a function: its signature, its statements and the names in it.

use std::collections::{HashMap, HashSet};

use comfy_codegen::names::Suffix;
use comfy_codegen::text::code;
use comfy_schema::shown::shortened;

use super::{Composer, MAX_PARAMETERS, MAX_RESULTS, MAX_TYPE_LEN, WHOLE};
use crate::item::NodeForm;
use crate::limits::MAX_SHOWN_LEN;
use crate::names::{self, FOREVER, Locals};
use crate::options::{IdStyle, ImportOptions};
use crate::params::Chosen;
use crate::prompt::Link;
use crate::scopes::{Scope, Unit};
use crate::syntax::{Expr, Function, Stmt};

/// The body of a function that is being composed.
pub(super) struct Body {
    pub(super) locals: Locals,
    /// The variables of the outputs that are parameters of the function or results of calls.
    pub(super) crossed: HashMap<Link, String>,
    /// The variables of the nodes in the function.
    pub(super) bound: HashMap<usize, Binding>,
    pub(super) statements: Vec<Stmt>,
    /// The number of the statement that is being composed.
    pub(super) at: usize,
}

/// The variable of a node.
#[derive(Debug, Clone)]
pub(super) struct Binding {
    pub(super) name: String,
    /// The output that the variable holds, if it does not hold the whole node.
    pub(super) slot: Option<u16>,
}

impl Composer<'_, '_, '_, '_> {
    /// Composes the function for a subgraph, or for the workflow.
    pub(super) fn scope(&mut self, at: usize) -> Function {
        let scopes = self.scopes;
        let Some(scope) = scopes.all.get(at) else { return self.signature(at, Vec::new(), Vec::new()) };
        let results = if at == 0 { self.results.clone() } else { scope.exports.clone() };
        let last = self.last(at, &results);
        let mut units: Vec<Unit> = scope.units.iter().copied().filter(|unit| !self.is_nested(*unit)).collect();
        units.sort_by_key(|unit| Some(*unit) == last);
        let places: HashMap<Unit, usize> = units.iter().enumerate().map(|(place, unit)| (*unit, place)).collect();
        let mut body = Body {
            locals: Locals::without(self.function_names.clone()),
            crossed: HashMap::new(),
            bound: HashMap::new(),
            statements: Vec::new(),
            at: 0,
        };
        let parameters = self.parameters(scope, at, &mut body);
        let mut tail = None;
        for (place, unit) in units.into_iter().enumerate() {
            body.at = place;
            match unit {
                Unit::Node(node) if Some(unit) == last => tail = Some(self.statement(node, None, &mut body)),
                Unit::Node(node) => {
                    let until = self.last_use(node, at, &places);
                    let statement = self.statement(node, until, &mut body);
                    body.statements.push(statement);
                }
                Unit::Scope(inner) => {
                    let call = self.call(inner, at, &places, &mut body);
                    body.statements.push(call);
                }
            }
        }
        let output = self.output(at, &results);
        if tail.is_none() {
            tail = self.value(&results, &output, &mut body);
        }
        let mut function = self.signature(at, parameters, output);
        function.body = body.statements;
        function.tail = tail;
        function
    }

    /// Returns the node whose literal is the value of the function, if there is a single result that no other node
    /// uses.
    fn last(&self, at: usize, results: &[Link]) -> Option<Unit> {
        match results {
            [only] if at == 0 && self.uses.slots(only.node).is_empty() && self.scopes.of(only.node) == 0 => {
                Some(Unit::Node(only.node))
            }
            _ => None,
        }
    }

    fn is_nested(&self, unit: Unit) -> bool {
        matches!(unit, Unit::Node(node) if self.nested.get(node) == Some(&true))
    }

    /// Returns the node whose statement contains a node: the node itself, or the outermost one that it is nested in.
    fn host(&self, mut node: usize) -> usize {
        while self.nested.get(node) == Some(&true) {
            let user = self.uses.slots(node).first().and_then(|&slot| self.uses.of(Link { node, slot }).first());
            match user {
                Some(user) => node = user.by,
                None => break,
            }
        }
        node
    }

    /// Returns the last statement that uses a node, if one does, or [`FOREVER`] for a result of the workflow.
    fn last_use(&self, node: usize, scope: usize, places: &HashMap<Unit, usize>) -> Option<usize> {
        let slots = self.uses.slots(node).iter().map(|&slot| Link { node, slot });
        let last = slots.filter_map(|link| self.last_use_of(link, scope, places)).max();
        let is_result = self.is_result.get(node) == Some(&true);
        if is_result { Some(FOREVER) } else { last }
    }

    /// Returns the last statement that uses an output, if one does.
    fn last_use_of(&self, link: Link, scope: usize, places: &HashMap<Unit, usize>) -> Option<usize> {
        let uses = self.uses.of(link).iter().map(|found| {
            let unit = self.scopes.unit_in(scope, self.host(found.by));
            unit.and_then(|unit| places.get(&unit).copied()).unwrap_or(FOREVER)
        });
        uses.max()
    }

    /// Returns the parameters of a function, and adds their names to the local names.
    fn parameters(&mut self, scope: &Scope, at: usize, body: &mut Body) -> Vec<String> {
        let mut parameters = Vec::new();
        if at > 0 {
            self.runtime("Graph");
            parameters.push("graph: &Graph".to_owned());
        }
        // The parameters for values must have the same names in every function, so they are named first.
        for parameter in self.chosen.used_by(|node| self.scopes.is_within(node, at)) {
            let name = body.locals.take([parameter.name.clone()], 0, FOREVER);
            parameters.push(format!("{name}: {}", parameter.ty));
        }
        let first = parameters.len();
        for &link in &scope.imports {
            let Some(item) = self.items.get(link.node) else { continue };
            let name = body.locals.take(names::output_candidates(link, item, self.uses), 0, FOREVER);
            let ty = self.type_of(link);
            parameters.push(format!("{name}: {ty}"));
            body.crossed.insert(link, name);
        }
        // In the signature, the parameters for outputs come before those for values.
        let values = usize::from(at > 0);
        if let Some(parameters) = parameters.get_mut(values..) {
            parameters.rotate_left(first.saturating_sub(values));
        }
        parameters
    }

    /// Returns the call of another function, which binds the outputs that it returns.
    fn call(&mut self, inner: usize, at: usize, places: &HashMap<Unit, usize>, body: &mut Body) -> Stmt {
        let scopes = self.scopes;
        let Some(scope) = scopes.all.get(inner) else { return Stmt::plain(Expr::Tuple(Vec::new())) };
        let mut arguments = vec![Expr::atom("graph")];
        arguments.extend(scope.imports.iter().map(|link| Expr::atom(self.base(*link, body))));
        let values = self.chosen.used_by(|node| self.scopes.is_within(node, inner));
        arguments.extend(values.iter().map(|parameter| Expr::atom(parameter.name.clone())));
        let mut names = Vec::new();
        for &link in &scope.exports {
            let Some(item) = self.items.get(link.node) else { continue };
            let candidates = names::output_candidates(link, item, self.uses);
            let until = if self.is_result.get(link.node) == Some(&true) && link.slot == WHOLE {
                FOREVER
            } else {
                self.last_use_of(link, at, places).unwrap_or(body.at)
            };
            let name = body.locals.take(candidates, body.at, until);
            body.crossed.insert(link, name.clone());
            names.push(name);
        }
        let call = Expr::Call(self.function_names.get(inner).cloned().unwrap_or_default(), arguments);
        Stmt { names, ..Stmt::plain(call) }
    }

    /// Returns the declared types of the results.
    fn output(&mut self, at: usize, results: &[Link]) -> Vec<String> {
        let before = self.imports.clone();
        let types: Vec<String> = results.iter().map(|link| self.type_of(*link)).collect();
        if at == 0 && is_array(&types) {
            self.imports = before;
            self.runtime("NodeRef");
            return vec![format!("[NodeRef; {}]", results.len())];
        }
        types
    }

    /// Returns the expression at the end of a function, if the function has results.
    fn value(&mut self, results: &[Link], output: &[String], body: &mut Body) -> Option<Stmt> {
        let names: Vec<String> = results.iter().map(|link| self.base(*link, body)).collect();
        if output.first().is_some_and(|output| output.starts_with('[')) {
            self.runtime("Handle");
            return Some(Stmt::plain(Expr::List(
                names.iter().map(|name| Expr::atom(format!("{name}.node()"))).collect(),
            )));
        }
        match names.as_slice() {
            [] => None,
            // The last statement can be the value itself, unless it takes an output and has an attribute, which would
            // then label the output.
            [only] => match body.statements.pop() {
                Some(last)
                    if last.names == [only.as_str()] && (last.attributes.is_empty() || !has_then(&last.value)) =>
                {
                    Some(Stmt { names: Vec::new(), ..last })
                }
                last => {
                    body.statements.extend(last);
                    Some(Stmt::plain(Expr::atom(only.clone())))
                }
            },
            _ => Some(Stmt::plain(Expr::Tuple(names.into_iter().map(Expr::Atom).collect()))),
        }
    }

    /// Returns the function without its body.
    fn signature(&mut self, at: usize, parameters: Vec<String>, output: Vec<String>) -> Function {
        self.import("comfy_runtime::attr", "workflow");
        let mut attributes = Vec::new();
        if parameters.len() > MAX_PARAMETERS {
            attributes.push("#[allow(clippy::too_many_arguments)]".to_owned());
        }
        let is_deprecated = |(node, item)| super::is_deprecated(item) && self.scopes.of(node) == at;
        if self.items.iter().enumerate().any(is_deprecated) {
            attributes.push("#[allow(deprecated)]".to_owned());
        }
        attributes.push(if at == 0 && self.titles { "#[workflow(titles)]" } else { "#[workflow]" }.to_owned());
        let (docs, head) = if at == 0 {
            let docs = self.options.origin.iter().map(|origin| format!("The workflow of {}.", shown(origin))).collect();
            (docs, format!("pub fn {}", self.options.name))
        } else {
            let id = self.scopes.all.get(at).map_or("", |scope| scope.id.as_str());
            let title = self.options.function_names.get(id).map(|title| format!(", {}", shown(title)));
            let docs = vec![format!("The subgraph {}{}.", shown(id), title.unwrap_or_default())];
            (docs, format!("fn {}", self.function_names.get(at).map_or("", String::as_str)))
        };
        Function { docs, attributes, head, parameters, output, body: Vec::new(), tail: None }
    }

    /// Returns whether the source must give a node its id or a title.
    pub(super) fn has_label(&self, at: usize) -> bool {
        self.options.id_style == IdStyle::Keep || self.title_of(at).is_some()
    }

    /// Returns the title that the source must give a node, if any.
    pub(super) fn title_of(&self, at: usize) -> Option<&str> {
        let item = self.items.get(at)?;
        let implied = self.titles && item.has_default_title && matches!(item.form, NodeForm::Typed(..));
        item.node.title.as_deref().filter(|_| !implied)
    }
}

/// Returns the names of the functions: those of their subgraphs in the editor if known, otherwise names made from ids.
/// They differ from the names of parameters, which would shadow the functions.
pub(super) fn function_names(scopes: &[Scope], options: &ImportOptions, chosen: &Chosen) -> Vec<String> {
    let mut taken: HashSet<String> = chosen.list.iter().map(|parameter| parameter.name.clone()).collect();
    taken.extend([options.name.clone(), format!("{}_as_saved", options.name)]);
    let name = |(at, scope): (usize, &Scope)| {
        if at == 0 {
            return options.name.clone();
        }
        let number: String =
            scope.id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(40).collect();
        let by_id = format!("subgraph_{}", number.to_ascii_lowercase());
        let wanted = options.function_names.get(&scope.id);
        let name = wanted.map_or_else(|| by_id.clone(), |title| names::identifier(title, &by_id));
        Suffix::Snake.take_free(&name, &mut taken)
    };
    scopes.iter().enumerate().map(name).collect()
}

/// Returns whether an expression takes an output from a node literal.
fn has_then(value: &Expr) -> bool {
    matches!(value, Expr::Struct(literal) if literal.then.is_some())
}

/// Returns whether results of these types are returned as an array of handles.
fn is_array(types: &[String]) -> bool {
    let length: usize = types.iter().map(|ty| ty.len() + 2).sum();
    types.len() > MAX_RESULTS || types.len() > 1 && length > MAX_TYPE_LEN
}

/// Returns a text of the file as inline code in a documentation comment.
fn shown(text: &str) -> String {
    code(&shortened(text, MAX_SHOWN_LEN))
}
