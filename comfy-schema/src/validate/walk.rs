//! The recursive validation of the selected outputs, with an explicit stack.

use std::collections::HashMap;
use std::sync::Arc;

use super::declared::{self, Declared};
use super::error::{Cycle, NodeError, NodeErrorKind};
use super::files::Disk;
use super::link::{self, Source};
use super::literal;
use super::order::Order;
use super::python::Exception;
use super::replace::as_object_mut;
use super::rules::{self, Answer, Call, Rule, is_custom};
use super::scan::Graph;
use super::verdict::{NodeErrors, NodeReport};
use super::warning::{Unverifiable, UnverifiableKind};
use crate::limits::MAX_CHAIN_LEN;
use crate::{InputDef, Map, Text, Value};

/// The length of a chain from which on the result may differ between servers.
const LONG_CHAIN_LEN: usize = 900;

/// The result for a node.
struct Known {
    ok: bool,
    errors: Vec<NodeError>,
}

/// A node that is being validated.
struct Frame<'s> {
    node: usize,
    rule: Option<Rule>,
    declared: Vec<Declared<'s>>,
    /// Whether dynamic inputs have expanded.
    dynamic: bool,
    /// The position in `declared` of the next input. While a link is followed, the previous input is the linked one.
    next: usize,
    failed_upstream: bool,
    errors: Vec<NodeError>,
    /// The types of the links, if the class's own check takes them.
    types: Vec<(Text, Value)>,
}

/// The outcome of validating a node.
enum Visit {
    Done { ok: bool },
    Raised(Exception),
}

/// The next step for a node.
enum Step {
    Follow(usize),
    End(Visit),
}

pub(super) struct Walk<'s, 'w> {
    graph: &'w Graph<'s>,
    prompt: &'w mut Map,
    disk: Disk<'s>,
    order: Order,
    known: Vec<Option<Known>>,
    /// The nodes with a result, in the order in which they got it.
    found: Vec<usize>,
    on_path: Vec<bool>,
    /// The `[type, options]` of inputs with errors.
    configs: HashMap<*const InputDef, Arc<Value>>,
    unverifiable: Vec<Unverifiable>,
    long_chain: bool,
}

/// The findings of the walk.
pub(super) struct Findings {
    pub(super) good_outputs: Vec<Text>,
    pub(super) node_errors: NodeErrors,
    /// The errors of the failed output nodes themselves, one line each.
    pub(super) details: Vec<String>,
    pub(super) unverifiable: Vec<Unverifiable>,
}

impl<'s, 'w> Walk<'s, 'w> {
    pub(super) fn new(graph: &'w Graph<'s>, prompt: &'w mut Map, disk: Disk<'s>, order: Order) -> Self {
        let count = graph.classes.len();
        Self {
            graph,
            prompt,
            disk,
            order,
            known: std::iter::repeat_with(|| None).take(count).collect(),
            found: Vec::new(),
            on_path: vec![false; count],
            configs: HashMap::new(),
            unverifiable: Vec::new(),
            long_chain: false,
        }
    }

    /// Validates every selected output and everything upstream of it.
    pub(super) fn run(mut self) -> Findings {
        let mut outputs = self.graph.outputs.clone();
        self.order.shuffle(&mut outputs);
        let mut good_outputs = Vec::new();
        let mut details = Vec::new();
        let mut failed_outputs = Vec::new();
        // The number of nodes that had a result when each output failed.
        let mut found_before = Vec::new();
        for output in outputs {
            let ok = match self.visit(output) {
                Visit::Done { ok } => ok,
                Visit::Raised(exception) => {
                    let mut error = NodeError::new(NodeErrorKind::ExceptionDuringValidation);
                    error.exception = Some(exception);
                    self.remember(output, Known { ok: false, errors: vec![error] });
                    false
                }
            };
            if ok {
                good_outputs.push(self.id(output));
                continue;
            }
            if let Some(Some(known)) = self.known.get(output) {
                details.extend(known.errors.iter().map(|error| format!("{}: {}", error.message(), error.details())));
            }
            found_before.push(self.found.len());
            failed_outputs.push(self.id(output));
        }
        let nodes = self.reports(&found_before);
        let node_errors = NodeErrors { nodes, failed_outputs };
        Findings { good_outputs, node_errors, details, unverifiable: self.unverifiable }
    }

    /// Takes the errors of all nodes. The nodes that got a result since the last failed output are reported with the next
    /// one: `found_before` has the number of nodes that had a result when each output failed.
    fn reports(&mut self, found_before: &[usize]) -> Vec<NodeReport> {
        let mut reports = Vec::new();
        let mut first = 0;
        for (failed_before, &end) in found_before.iter().enumerate() {
            for &node in self.found.get(first..end).unwrap_or_default() {
                let (Some(Some(known)), Some(class)) = (self.known.get_mut(node), self.graph.classes.get(node)) else {
                    continue;
                };
                // They are not copied, because they may hold large values.
                let errors = std::mem::take(&mut known.errors);
                if !known.ok && !errors.is_empty() {
                    let (id, class_type) = (self.prompt.key_at(node).cloned().unwrap_or_default(), class.class.clone());
                    reports.push(NodeReport { id, class_type, errors, failed_before });
                }
            }
            first = end;
        }
        reports
    }

    /// Validates a node and everything upstream of it.
    fn visit(&mut self, start: usize) -> Visit {
        let mut path: Vec<Frame<'s>> = Vec::new();
        let mut ended = self.enter(start, &mut path);
        loop {
            if let Some(visit) = ended.take() {
                match path.last_mut() {
                    Some(frame) => self.resume(frame, visit),
                    None => return visit,
                }
            }
            let Some(frame) = path.last_mut() else { return Visit::Done { ok: true } };
            match self.step(frame) {
                Step::Follow(node) => ended = self.enter(node, &mut path),
                Step::End(visit) => {
                    if let Some(flag) = self.on_path.get_mut(frame.node) {
                        *flag = false;
                    }
                    path.pop();
                    ended = Some(visit);
                }
            }
        }
    }

    /// Begins to validate a node. Returns the outcome if it is known at once; otherwise pushes a frame on the path.
    fn enter(&mut self, node: usize, path: &mut Vec<Frame<'s>>) -> Option<Visit> {
        if let Some(Some(known)) = self.known.get(node) {
            return Some(Visit::Done { ok: known.ok });
        }
        if path.len() >= LONG_CHAIN_LEN && !self.long_chain {
            self.note_long_chain(node);
        }
        if path.len() >= MAX_CHAIN_LEN {
            return Some(Visit::Raised(Exception::new("RecursionError", "maximum recursion depth exceeded")));
        }
        if self.on_path.get(node) == Some(&true) {
            self.mark_cycle(node, path);
            return Some(Visit::Done { ok: false });
        }
        match self.begin(node) {
            Ok(frame) => {
                if let Some(flag) = self.on_path.get_mut(node) {
                    *flag = true;
                }
                path.push(frame);
                None
            }
            Err(exception) => Some(Visit::Raised(exception)),
        }
    }

    fn begin(&mut self, node: usize) -> Result<Frame<'s>, Exception> {
        let class = self.graph.classes.get(node).copied();
        let inputs = self.inputs(node).ok_or_else(|| Exception::new("KeyError", "'inputs'"))?;
        let class = class.ok_or_else(|| Exception::new("KeyError", "'class_type'"))?;
        let mut declarations = declared::declared(class, inputs, false);
        if is_custom(class) {
            self.unverifiable.push(Unverifiable {
                node: self.id(node),
                input: None,
                kind: UnverifiableKind::CustomNode,
                reason: format!(
                    "`{}` is a custom node of `{}`, which may check its inputs in ways that its definition does not show",
                    class.class, class.python_module
                ),
            });
        }
        self.order.shuffle(&mut declarations.inputs);
        // If the rows of a node are not allowed, the server checks nothing else of it.
        let rows_wrong = !declarations.errors.is_empty();
        Ok(Frame {
            node,
            rule: if rows_wrong { None } else { Rule::of(class) },
            declared: if rows_wrong { Vec::new() } else { declarations.inputs },
            dynamic: declarations.dynamic,
            next: 0,
            failed_upstream: false,
            errors: declarations.errors,
            types: Vec::new(),
        })
    }

    /// Continues with a node after the source of its current link was validated.
    fn resume(&mut self, frame: &mut Frame<'s>, visit: Visit) {
        match visit {
            Visit::Done { ok } => frame.failed_upstream |= !ok,
            Visit::Raised(exception) => {
                frame.failed_upstream = true;
                let Some(declared) = frame.next.checked_sub(1).and_then(|at| frame.declared.get(at)) else { return };
                let link = self.inputs(frame.node).and_then(|inputs| inputs.get(&declared.name)).cloned();
                let Some(source) = link.as_ref().and_then(Value::as_array).and_then(<[Value]>::first) else { return };
                let Some(&source) = source.as_str().and_then(|id| self.graph.positions.get(id)) else { return };
                let mut error = self.input_error(NodeErrorKind::ExceptionDuringInnerValidation, declared);
                error.exception = Some(exception);
                error.linked_node = link;
                self.remember(source, Known { ok: false, errors: vec![error] });
            }
        }
    }

    /// Checks inputs until a link must be followed or no input is left.
    fn step(&mut self, frame: &mut Frame<'s>) -> Step {
        while let Some(declared) = frame.declared.get(frame.next) {
            frame.next += 1;
            let value = self.inputs(frame.node).and_then(|inputs| inputs.get(&declared.name));
            let looked = match value {
                None => {
                    if declared.required {
                        let mut error = NodeError::of_input(NodeErrorKind::RequiredInputMissing, &declared.name);
                        error.short_name = declared.name.rsplit('.').next().filter(|_| frame.dynamic).map(Text::new);
                        frame.errors.push(error);
                    }
                    Ok(None)
                }
                Some(Value::Array(_)) => self.link(frame.node, declared, frame.rule, &mut frame.types),
                Some(_) => self
                    .literal(frame.node, declared, frame.rule)
                    .map(|error| error.map(|error| Looked::Wrong(Box::new(error)))),
            };
            match looked {
                Ok(None) => {}
                Ok(Some(Looked::Wrong(error))) => frame.errors.push(*error),
                Ok(Some(Looked::Follow(node))) => return Step::Follow(node),
                Err(exception) => return Step::End(Visit::Raised(exception)),
            }
        }
        Step::End(self.finish(frame))
    }

    fn link(
        &mut self,
        node: usize,
        declared: &Declared<'s>,
        rule: Option<Rule>,
        types: &mut Vec<(Text, Value)>,
    ) -> Result<Option<Looked>, Exception> {
        let Some(link) = self.inputs(node).and_then(|inputs| inputs.get(&declared.name)) else { return Ok(None) };
        let Some([id, slot]) = link.as_array() else {
            let link = link.clone();
            let mut error = self.input_error(NodeErrorKind::BadLinkedInput, declared);
            error.received_value = Some(link);
            return Ok(Some(Looked::Wrong(Box::new(error))));
        };
        let Source { node: source, output } = link::source(self.graph, id, slot)?;
        if rule.is_some_and(Rule::takes_types) {
            types.push((declared.name.clone(), output.kind.to_value()));
            return Ok(Some(Looked::Follow(source)));
        }
        if link::fits(&link::output_type(output), &declared::input_type(declared.input)) {
            return Ok(Some(Looked::Follow(source)));
        }
        let link = link.clone();
        let mut error = self.input_error(NodeErrorKind::ReturnTypeMismatch, declared);
        error.received_type = Some(output.kind.to_value());
        error.linked_node = Some(link);
        Ok(Some(Looked::Wrong(Box::new(error))))
    }

    fn literal(
        &mut self,
        node: usize,
        declared: &Declared<'s>,
        rule: Option<Rule>,
    ) -> Result<Option<NodeError>, Exception> {
        let Some(value) = self.input_mut(node, &declared.name) else { return Ok(None) };
        let wrong = match literal::convert(declared.input, value) {
            Err(wrong) => Some(wrong),
            Ok(()) if rule.is_some_and(|rule| rule.takes(&declared.name)) => None,
            Ok(()) => literal::compare(declared.input, value)?,
        };
        let Some(wrong) = wrong else { return Ok(None) };
        let received = value.clone();
        let class = self.graph.classes.get(node).map_or("", |class| class.class.as_str());
        if wrong.kind == NodeErrorKind::ValueNotInList && self.disk.may_have(class, declared, &received) {
            self.unverifiable.push(Unverifiable {
                node: self.id(node),
                input: Some(declared.name.clone()),
                kind: UnverifiableKind::File,
                reason: format!("the definitions do not list {received}; assuming that the server has it"),
            });
            return Ok(None);
        }
        let mut error = self.input_error(wrong.kind, declared);
        error.received_value = Some(received);
        error.exception = wrong.exception;
        Ok(Some(error))
    }

    /// Calls the class's own check, and stores the result of the node.
    fn finish(&mut self, frame: &mut Frame<'s>) -> Visit {
        if let Some(rule) = frame.rule
            && let Err(exception) = self.own_check(rule, frame)
        {
            return Visit::Raised(exception);
        }
        let mark = self.known.get_mut(frame.node).and_then(Option::take);
        let mut ok = !frame.failed_upstream && frame.errors.is_empty();
        let mut errors = std::mem::take(&mut frame.errors);
        if let Some(mark) = mark {
            ok &= mark.ok;
            errors.splice(0..0, mark.errors);
            // The node has a result already, and keeps its place in `found`.
            if let Some(known) = self.known.get_mut(frame.node) {
                *known = Some(Known { ok, errors });
            }
        } else {
            self.remember(frame.node, Known { ok, errors });
        }
        Visit::Done { ok }
    }

    fn own_check(&mut self, rule: Rule, frame: &mut Frame<'s>) -> Result<(), Exception> {
        let Some(&class) = self.graph.classes.get(frame.node) else { return Ok(()) };
        let arguments = self.inputs(frame.node).map(|inputs| rules::arguments(rule, inputs, &frame.declared));
        let arguments = arguments.unwrap_or_default();
        let mut passed: Vec<Text> = arguments.iter().map(|(name, _)| name.clone()).collect();
        if rule.takes_types() {
            passed.retain(|name| name != "input_types");
            passed.push("input_types".into());
        }
        let outcome = Call { node: class, arguments, types: &frame.types, disk: self.disk }.run(rule);
        if let Some((input, reason)) = outcome.assumed {
            let node = self.id(frame.node);
            self.unverifiable.push(Unverifiable { node, input: Some(input), kind: UnverifiableKind::File, reason });
        }
        match outcome.answer {
            Answer::Ok => Ok(()),
            Answer::Raised(exception) => Err(exception),
            Answer::Failed(text) => {
                for name in passed {
                    let mut error = NodeError::of_input(NodeErrorKind::CustomValidationFailed, &name);
                    error.reason = Some(text.clone());
                    frame.errors.push(error);
                }
                Ok(())
            }
        }
    }

    /// Marks every node from `node` to the end of the path as part of a cycle.
    fn mark_cycle(&mut self, node: usize, path: &[Frame<'s>]) {
        let start = path.iter().position(|frame| frame.node == node).unwrap_or(0);
        let members: Vec<usize> = path.iter().skip(start).map(|frame| frame.node).collect();
        let named: Vec<String> = members.iter().chain([&node]).map(|&node| self.named(node)).collect();
        let nodes: Vec<Text> = members.iter().map(|&node| self.id(node)).collect();
        let cycle = Arc::new(Cycle { nodes, path: named.join(" -> ") });
        for member in members {
            let mut error = NodeError::new(NodeErrorKind::DependencyCycle);
            error.node_id = Some(self.id(member));
            error.cycle = Some(cycle.clone());
            self.remember(member, Known { ok: false, errors: vec![error] });
        }
    }

    fn remember(&mut self, node: usize, known: Known) {
        if let Some(place) = self.known.get_mut(node) {
            if place.is_none() {
                self.found.push(node);
            }
            *place = Some(known);
        }
    }

    fn note_long_chain(&mut self, node: usize) {
        self.long_chain = true;
        self.unverifiable.push(Unverifiable {
            node: self.id(node),
            input: None,
            kind: UnverifiableKind::LongChain,
            reason: format!(
                "a chain of more than {LONG_CHAIN_LEN} nodes; Python's recursion limit ends the server's check at about {MAX_CHAIN_LEN}"
            ),
        });
    }

    /// Creates an error about an input, with the input's definition.
    fn input_error(&mut self, kind: NodeErrorKind, declared: &Declared<'s>) -> NodeError {
        let config = self.configs.entry(std::ptr::from_ref(declared.input));
        let config = config.or_insert_with(|| Arc::new(declared::config(declared.input))).clone();
        NodeError { input_config: Some(config), ..NodeError::of_input(kind, &declared.name) }
    }

    fn inputs(&self, node: usize) -> Option<&Map> {
        self.prompt.value_at(node)?.as_object()?.get("inputs")?.as_object()
    }

    fn input_mut(&mut self, node: usize, name: &str) -> Option<&mut Value> {
        let node = self.prompt.value_at_mut(node).and_then(as_object_mut)?;
        node.get_mut("inputs").and_then(as_object_mut)?.get_mut(name)
    }

    fn id(&self, node: usize) -> Text {
        self.prompt.key_at(node).cloned().unwrap_or_default()
    }

    fn named(&self, node: usize) -> String {
        let class = self.graph.classes.get(node).map_or("", |class| class.class.as_str());
        format!("{} ({class})", self.id(node))
    }
}

/// The result of checking an input that has an error or a link to follow.
enum Looked {
    Wrong(Box<NodeError>),
    Follow(usize),
}
