//! The findings about one workflow in words for people, and the sum of them.

use std::fmt::Write;

use comfy_schema::prompt::{Prompt, PromptNode};
use comfy_schema::shown::{shortened, shortened_value};
use comfy_schema::validate::{
    Exception, NodeError, NodeErrorKind, NodeReport, RequestError, RequestErrorKind, Verdict,
};
use comfy_schema::{Schema, Value, suggest};

use super::locate::{Place, Places};
use super::read::Workflow;

/// The maximum number of options that are listed.
const MAX_OPTIONS: usize = 8;
/// The maximum length of a value, in characters. Longer values are shortened.
const MAX_LEN: usize = 100;

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Error,
    Warning,
    Note,
}

/// An error, warning or note. Its texts come from files and servers as they are: hidden characters are not escaped.
#[derive(Debug)]
pub(super) struct Finding<'r> {
    pub(super) level: Level,
    /// The server's or the validator's word for it.
    pub(super) code: String,
    pub(super) headline: String,
    /// The place in the file, if it is known.
    pub(super) place: Option<Place<'r>>,
    /// Labels and texts of further lines.
    pub(super) notes: Vec<(&'static str, String)>,
}

/// The outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The server would run every output.
    Valid,
    /// The server would run some outputs and drop others.
    Partial,
    /// The server would run nothing.
    Invalid,
}

impl Outcome {
    pub(super) fn of(verdict: &Verdict) -> Self {
        match verdict.is_valid() {
            false => Self::Invalid,
            true if verdict.dropped_outputs().is_empty() => Self::Valid,
            true => Self::Partial,
        }
    }

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Partial => "partial",
            Self::Invalid => "invalid",
        }
    }
}

/// Returns the findings about one workflow: errors, warnings, and notes on what cannot be verified.
pub(super) fn find<'r>(workflow: &'r Workflow, verdict: &'r Verdict, schema: &'r Schema) -> Vec<Finding<'r>> {
    Finder {
        workflow,
        verdict,
        schema,
        given: Prompt::new(workflow.prompt()).ok(),
        queued: Prompt::new(&verdict.report().prompt).ok(),
        places: Places::new(&workflow.text, workflow.is_body),
        found: Vec::new(),
    }
    .run()
}

/// Returns the sum of the findings: `the server would run 1 output and drop 2 (4, 9), 3 errors, 1 warning`.
pub(super) fn sum(verdict: &Verdict) -> String {
    let of_nodes: usize = verdict.node_errors().iter().map(|node| node.errors.len()).sum();
    let whole = verdict.error().is_some_and(|error| error.kind != RequestErrorKind::OutputsFailed);
    let errors = of_nodes + usize::from(whole) + usize::from(verdict.exception().is_some());
    let mut parts = vec![match Outcome::of(verdict) {
        Outcome::Valid => format!("the server would run {}", count(verdict.outputs().len(), "output")),
        Outcome::Partial => {
            let (run, dropped) = (count(verdict.outputs().len(), "output"), verdict.dropped_outputs());
            let ids = shortened(&dropped.join(", "), MAX_LEN);
            format!("the server would run {run} and drop {} ({ids})", dropped.len())
        }
        Outcome::Invalid if verdict.exception().is_some() => "the server would fail".to_owned(),
        Outcome::Invalid => "the server would reject it".to_owned(),
    }];
    for (number, word) in [(errors, "error"), (verdict.warnings().len(), "warning")] {
        if number > 0 {
            parts.push(count(number, word));
        }
    }
    if !verdict.unverifiable().is_empty() {
        parts.push(format!("{} not verifiable", verdict.unverifiable().len()));
    }
    parts.join(", ")
}

/// Collects the findings about one workflow.
struct Finder<'r> {
    workflow: &'r Workflow,
    verdict: &'r Verdict,
    schema: &'r Schema,
    /// The prompt as it is in the file, unless it is not an object.
    given: Option<Prompt<'r>>,
    /// The prompt as the server would queue it, unless it is not an object.
    queued: Option<Prompt<'r>>,
    places: Places<'r>,
    found: Vec<Finding<'r>>,
}

impl<'r> Finder<'r> {
    fn run(mut self) -> Vec<Finding<'r>> {
        if let Some(raised) = self.verdict.exception() {
            let headline = format!("validation raises an exception and the server answers 500: {}", raised.reason);
            let exception = format!("{}: {}", raised.exception.kind, raised.exception.message);
            self.add(Level::Error, "raised", headline, (raised.node.as_deref(), None), vec![("python", exception)]);
        }
        if let Some(error) = self.verdict.error() {
            self.request_error(error);
        }
        for node in self.verdict.node_errors().iter() {
            for error in &node.errors {
                self.node_error(node, error);
            }
        }
        self.warnings();
        self.unverifiable();
        self.found
    }

    fn request_error(&mut self, error: &RequestError) {
        let text = |key| error.extra_info.get(key).and_then(Value::as_str);
        let mut notes = Vec::new();
        let headline = match error.kind {
            // The errors of the nodes are more precise.
            RequestErrorKind::OutputsFailed => return,
            RequestErrorKind::MissingNodeType => match text("class_type") {
                Some(class) => {
                    notes.extend(did_you_mean(self.schema.suggest(class)));
                    notes.push(("note", "the server stops at this error; there may be others".to_owned()));
                    format!("unknown node class `{class}`")
                }
                None => "the node has no `class_type`".to_owned(),
            },
            RequestErrorKind::NoOutputs => match &self.workflow.empty {
                Some(reason) => reason.clone(),
                None => {
                    notes.push(("help", "add a node that saves or shows something, such as SaveImage".to_owned()));
                    "no output node is selected, so there is nothing to run".to_owned()
                }
            },
            // The last arm is required because the enum may grow. The server's message is shown for every other kind.
            RequestErrorKind::NoPrompt | RequestErrorKind::InvalidPromptId | RequestErrorKind::Other(_) | _ => {
                error.message.clone()
            }
        };
        self.add(Level::Error, error.kind.as_str(), headline, (text("node_id"), None), notes);
    }

    fn node_error(&mut self, node: &NodeReport, error: &NodeError) {
        // The input name of an inner exception belongs to another node.
        let inner = error.kind == NodeErrorKind::ExceptionDuringInnerValidation;
        let culprit = error.exception.as_ref().filter(|_| error.linked_node.is_some() || error.input_name.is_none());
        let culprit = culprit.and_then(|_| self.broken_link(&node.id, &node.class_type));
        let input =
            if inner || error.input_name.is_none() { culprit } else { error.input_name.clone().map(Into::into) };
        let (headline, mut notes) = self.words(node, error, input.as_deref());
        if let Some(value) = error.received_value.as_ref().filter(|_| error.kind != NodeErrorKind::BadLinkedInput) {
            let given = self.given(&node.id, input.as_deref()).unwrap_or(value);
            if given != value {
                notes.insert(0, ("given", format!("{}, which the server converts to {}", short(given), short(value))));
            }
        }
        self.add(Level::Error, error.kind.as_str(), headline, (Some(&node.id), input.as_deref()), notes);
    }

    /// Returns the headline and the notes for an error.
    fn words(
        &self,
        node: &NodeReport,
        error: &NodeError,
        broken: Option<&str>,
    ) -> (String, Vec<(&'static str, String)>) {
        use NodeErrorKind as K;
        let input = error.input_name.as_deref().unwrap_or_default();
        let value = error.received_value.as_ref().map(short).unwrap_or_default();
        let expected = || shortened(&error.declared_type(), MAX_LEN);
        let mut notes = Vec::new();
        let headline = match &error.kind {
            K::RequiredInputMissing => {
                let declared = self.schema.node(&node.class_type).and_then(|class| class.input(input));
                if let Some(declared) = declared {
                    notes.push(("expected", declared.kind.type_word().to_string()));
                }
                notes.extend(self.misspelt(&node.id, &node.class_type, input));
                format!("required input `{input}` is missing")
            }
            K::BadLinkedInput => {
                notes.push(("help", "a link is [\"node id\", slot]; a list is {\"__value__\": […]}".to_owned()));
                format!("`{input}` is an array but not a link: {value}")
            }
            K::ReturnTypeMismatch => {
                let carried = error.received_type.as_ref().map(short).unwrap_or_default();
                notes.extend(self.other_slot(error));
                format!("`{input}`: expected {}, found a link of {}", expected(), carried.trim_matches('"'))
            }
            K::InvalidInputType => format!("`{input}`: expected {}, found {value}", expected()),
            K::ValueSmallerThanMin | K::ValueBiggerThanMax => {
                notes.push(("allowed", range(error)));
                let side = if error.kind == K::ValueSmallerThanMin { "small" } else { "large" };
                format!("`{input}` is too {side}: {value}")
            }
            K::ValueNotInList => {
                notes.extend(options(error));
                format!("`{input}` has no option {value}")
            }
            K::CustomValidationFailed => {
                format!("`{}` rejects `{input}`: {}", node.class_type, error.reason.as_deref().unwrap_or("invalid"))
            }
            K::DependencyCycle => {
                notes.push(("cycle", shortened(&error.details(), MAX_LEN)));
                "the node depends on itself".to_owned()
            }
            K::ExceptionDuringValidation | K::ExceptionDuringInnerValidation => {
                let Some(exception) = &error.exception else { return (error.message(), notes) };
                let text = format!("{}: {}", exception.kind, exception.message);
                notes.push(("python", shortened(&text, MAX_LEN)));
                self.exception(&node.id, exception, broken)
            }
            // The last arm is required because the enum may grow. The server's details are shown for every other kind.
            K::InvalidDynamicInput | K::Other(_) | _ => format!("`{input}`: {}", error.details()),
        };
        (headline, notes)
    }

    /// Returns the headline for an exception, in terms of the broken link if there is one.
    fn exception(&self, node: &str, exception: &Exception, broken: Option<&str>) -> String {
        if let Some(input) = broken {
            let link = self.given(node, Some(input)).map(short).unwrap_or_default();
            return match exception.kind.as_str() {
                "KeyError" => format!("`{input}` is linked to a node that does not exist: {link}"),
                "IndexError" => format!("`{input}` is linked to an output that its source does not have: {link}"),
                _ => format!("`{input}` is a link that cannot be followed: {link}"),
            };
        }
        match exception.message.as_str() {
            "'inputs'" => "the node has no `inputs`; write `\"inputs\": {}`".to_owned(),
            message => match message.rsplit_once(" missing 1 required positional argument: ") {
                Some((_, input)) => format!("required input {} is missing", input.replace('\'', "`")),
                None => "the server raises an exception while it validates this node".to_owned(),
            },
        }
    }

    /// Returns the first declared input of a node that has a link to a missing node or output.
    fn broken_link(&self, id: &str, class: &str) -> Option<String> {
        let inputs = node_of(self.queued.as_ref(), id)?.inputs()?;
        let class = self.schema.node(class)?;
        let leads_nowhere = |value: &&Value| {
            let Some([source, slot]) = value.as_array() else { return false };
            let source = source.as_str().and_then(|id| node_of(self.queued.as_ref(), id));
            let source = source.and_then(|node| self.schema.node(node.class()?));
            let count = source.map_or(0, |source| i128::try_from(source.outputs.len()).unwrap_or(0));
            let slot = match slot {
                Value::Int(slot) => *slot,
                Value::Bool(slot) => i128::from(*slot),
                _ => return true,
            };
            !(-count..count).contains(&slot)
        };
        let declared = |name: &str| class.input(name.split('.').next().unwrap_or(name)).is_some();
        let found = inputs.iter().find(|(name, value)| declared(name) && leads_nowhere(value));
        found.map(|(name, _)| name.to_string())
    }

    /// Returns a note about another output of the linked node that has the expected type.
    fn other_slot(&self, error: &NodeError) -> Option<(&'static str, String)> {
        let [Value::String(source), _] = error.linked_node.as_ref()?.as_array()? else { return None };
        let class = self.schema.node(node_of(self.queued.as_ref(), source)?.class()?)?;
        let expected = error.declared_type();
        let slot = class.outputs.iter().position(|output| output.kind.type_word() == expected)?;
        Some(("help", format!("output {slot} of node {source} carries {expected}: [\"{source}\", {slot}]")))
    }

    /// Returns a note about an input that is given but not declared, if its name is similar to that of the missing one.
    fn misspelt(&self, id: &str, class: &str, input: &str) -> Option<(&'static str, String)> {
        let class = self.schema.node(class)?;
        let given = node_of(self.queued.as_ref(), id)?.inputs()?.keys().map(comfy_schema::Text::as_str);
        let near = suggest::similar(input, given.filter(|given| class.input(given).is_none()));
        near.first().map(|near| ("help", format!("the node has no input `{near}`; did you mean `{input}`?")))
    }

    /// Returns the value in the file, before conversion.
    fn given(&self, node: &str, input: Option<&str>) -> Option<&'r Value> {
        node_of(self.given.as_ref(), node)?.inputs()?.get(input?)
    }

    fn warnings(&mut self) {
        for warning in self.verdict.warnings() {
            let message = &warning.message;
            let headline =
                warning.input.as_ref().map_or_else(|| message.clone(), |input| format!("`{input}`: {message}"));
            let at = (Some(warning.node.as_str()), warning.input.as_deref());
            let notes = did_you_mean(&warning.suggestions).into_iter().collect();
            self.add(Level::Warning, warning.kind.as_str(), headline, at, notes);
        }
    }

    fn unverifiable(&mut self) {
        for unverifiable in self.verdict.unverifiable() {
            let at = (Some(unverifiable.node.as_str()), unverifiable.input.as_deref());
            self.add(Level::Note, unverifiable.kind.as_str(), unverifiable.reason.clone(), at, Vec::new());
        }
    }

    /// Adds a finding about a node and an input of it.
    fn add(
        &mut self,
        level: Level,
        code: &str,
        headline: String,
        (node, input): (Option<&str>, Option<&str>),
        notes: Vec<(&'static str, String)>,
    ) {
        let place = node.and_then(|node| match input {
            Some(input) => self.places.input(node, input),
            None => self.places.node(node),
        });
        let node = node.map(|node| ("node", self.node_line(node)));
        let notes = node.into_iter().chain(notes).collect();
        self.found.push(Finding { level, code: code.to_owned(), headline, place, notes });
    }

    /// Returns a node's id, title and class: `3 "My sampler" (KSampler)`.
    fn node_line(&self, id: &str) -> String {
        let node = node_of(self.given.as_ref(), id);
        let class = node.and_then(PromptNode::class);
        let title = node.and_then(PromptNode::title);
        let title = title.filter(|title| Some(*title) != class).map(|title| format!(" {}", short(&title.into())));
        let class = class.map(|class| format!(" ({class})"));
        format!("{id}{}{}", title.unwrap_or_default(), class.unwrap_or_default())
    }
}

/// Returns notes about the allowed options and about those that are similar to the given one.
fn options(error: &NodeError) -> Vec<(&'static str, String)> {
    let all = error.options();
    let mut shown = all.iter().take(MAX_OPTIONS).map(short).collect::<Vec<_>>().join(", ");
    if all.len() > MAX_OPTIONS {
        let _ = write!(shown, " and {} more", all.len() - MAX_OPTIONS);
    }
    if all.is_empty() {
        "none, because the server's list is empty; --assume-files accepts any file".clone_into(&mut shown);
    }
    let word = error.received_value.as_ref().and_then(Value::as_str).unwrap_or_default();
    let near = suggest::similar(word, all.iter().filter_map(Value::as_str));
    let mut notes = vec![("allowed", shown)];
    notes.extend(did_you_mean(near.into_iter().map(|near| shortened(near, MAX_LEN))));
    notes
}

/// Returns the allowed range: `1 to 10000`, `1 or more` or `10000 or less`.
fn range(error: &NodeError) -> String {
    match (error.option("min"), error.option("max")) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("{min} or more"),
        (_, Some(max)) => format!("{max} or less"),
        _ => String::new(),
    }
}

fn did_you_mean(near: impl IntoIterator<Item = impl AsRef<str>>) -> Option<(&'static str, String)> {
    let names = suggest::alternatives(near);
    (!names.is_empty()).then(|| ("help", format!("did you mean {names}?")))
}

fn node_of<'p>(prompt: Option<&Prompt<'p>>, id: &str) -> Option<PromptNode<'p>> {
    let prompt = prompt?;
    prompt.nodes().get(prompt.position(id)?).copied()
}

fn short(value: &Value) -> String {
    shortened_value(value, MAX_LEN)
}

fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}
