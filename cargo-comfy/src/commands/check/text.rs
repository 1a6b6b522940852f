//! Verdicts as text for people.

use std::fmt::Write;

use comfy_schema::prompt::{Prompt, PromptNode};
use comfy_schema::shown::{escaped, shortened, shortened_value};
use comfy_schema::validate::{
    Exception, NodeError, NodeErrorKind, NodeReport, RequestError, RequestErrorKind, Verdict,
};
use comfy_schema::{Schema, Value, suggest};

use super::locate::{Place, Places};
use super::read::Workflow;
use crate::paint::Paint;

/// The maximum number of options that are listed.
const MAX_OPTIONS: usize = 8;
/// The maximum length of a line or value, in characters. Longer values are shortened, longer lines left out.
const MAX_LEN: usize = 100;

/// Writes the text about one workflow.
pub(super) struct Report<'r> {
    workflow: &'r Workflow,
    verdict: &'r Verdict,
    schema: &'r Schema,
    /// The prompt as it is in the file, unless it is not an object.
    given: Option<Prompt<'r>>,
    /// The prompt as the server would queue it, unless it is not an object.
    queued: Option<Prompt<'r>>,
    places: Places<'r>,
    paint: Paint,
    out: String,
}

/// The severity of a finding.
#[derive(Clone, Copy)]
enum Level {
    Error,
    Warning,
    Note,
}

/// An error, warning or note.
struct Finding<'t> {
    level: Level,
    code: &'t str,
    headline: String,
    node: Option<&'t str>,
    input: Option<&'t str>,
    /// Labels and texts of the lines that begin with `=`.
    notes: Vec<(&'static str, String)>,
}

impl<'r> Report<'r> {
    pub(super) fn new(workflow: &'r Workflow, verdict: &'r Verdict, schema: &'r Schema, paint: Paint) -> Self {
        let places = Places::new(&workflow.text, workflow.is_body);
        let given = Prompt::new(workflow.prompt()).ok();
        let queued = Prompt::new(&verdict.report().prompt).ok();
        Self { workflow, verdict, schema, given, queued, places, paint, out: String::new() }
    }

    /// Returns the whole text: errors, warnings, notes on what cannot be verified, and a summary line.
    pub(super) fn write(mut self) -> String {
        if let Some(raised) = self.verdict.exception() {
            let exception = format!("{}: {}", raised.exception.kind, raised.exception.message);
            self.add(Finding {
                level: Level::Error,
                code: "raised",
                headline: format!("validation raises an exception and the server answers 500: {}", raised.reason),
                node: raised.node.as_deref(),
                input: None,
                notes: vec![("python", exception)],
            });
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
        self.sum_up();
        self.out
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
            RequestErrorKind::NoOutputs => {
                notes.push(("help", "add a node that saves or shows something, such as SaveImage".to_owned()));
                "no output node is selected, so there is nothing to run".to_owned()
            }
            // The last arm is required because the enum may grow. The server's message is shown for every other kind.
            RequestErrorKind::NoPrompt | RequestErrorKind::InvalidPromptId | RequestErrorKind::Other(_) | _ => {
                error.message.clone()
            }
        };
        let node = text("node_id").map(str::to_owned);
        let code = error.kind.to_string();
        self.add(Finding { level: Level::Error, code: &code, headline, node: node.as_deref(), input: None, notes });
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
        let code = error.kind.to_string();
        self.add(Finding {
            level: Level::Error,
            code: &code,
            headline,
            node: Some(&node.id),
            input: input.as_deref(),
            notes,
        });
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
        let inputs = find(self.queued.as_ref(), id)?.inputs()?;
        let class = self.schema.node(class)?;
        let leads_nowhere = |value: &&Value| {
            let Some([source, slot]) = value.as_array() else { return false };
            let source = source.as_str().and_then(|id| find(self.queued.as_ref(), id));
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
        let class = self.schema.node(find(self.queued.as_ref(), source)?.class()?)?;
        let expected = error.declared_type();
        let slot = class.outputs.iter().position(|output| output.kind.type_word() == expected)?;
        Some(("help", format!("output {slot} of node {source} carries {expected}: [\"{source}\", {slot}]")))
    }

    /// Returns a note about an input that is given but not declared, if its name is similar to that of the missing one.
    fn misspelt(&self, id: &str, class: &str, input: &str) -> Option<(&'static str, String)> {
        let class = self.schema.node(class)?;
        let given = find(self.queued.as_ref(), id)?.inputs()?.keys().map(comfy_schema::Text::as_str);
        let near = suggest::similar(input, given.filter(|given| class.input(given).is_none()));
        near.first().map(|near| ("help", format!("the node has no input `{near}`; did you mean `{input}`?")))
    }

    /// Returns the value in the file, before conversion.
    fn given(&self, node: &str, input: Option<&str>) -> Option<&'r Value> {
        find(self.given.as_ref(), node)?.inputs()?.get(input?)
    }

    fn warnings(&mut self) {
        for warning in self.verdict.warnings() {
            let message = &warning.message;
            let headline =
                warning.input.as_ref().map_or_else(|| message.clone(), |input| format!("`{input}`: {message}"));
            self.add(Finding {
                level: Level::Warning,
                code: warning.kind.as_str(),
                headline,
                node: Some(&warning.node),
                input: warning.input.as_deref(),
                notes: did_you_mean(&warning.suggestions).into_iter().collect(),
            });
        }
    }

    fn unverifiable(&mut self) {
        for unverifiable in self.verdict.unverifiable() {
            self.add(Finding {
                level: Level::Note,
                code: unverifiable.kind.as_str(),
                headline: unverifiable.reason.clone(),
                node: Some(&unverifiable.node),
                input: unverifiable.input.as_deref(),
                notes: Vec::new(),
            });
        }
    }

    fn add(&mut self, finding: Finding<'_>) {
        let paint = self.paint;
        let (word, code) = (finding.level.word(), finding.code);
        let head = format!("{word}[{code}]");
        let head = match finding.level {
            Level::Error => paint.error(head),
            Level::Warning => paint.warning(head),
            Level::Note => paint.note(head),
        };
        let _ = writeln!(self.out, "{head}{}", paint.strong(format!(": {}", finding.headline)));
        let place = finding.node.and_then(|node| match finding.input {
            Some(input) => self.places.input(node, input),
            None => self.places.node(node),
        });
        let margin = place.as_ref().map_or(1, |place| place.line.to_string().len());
        let gap = " ".repeat(margin);
        match &place {
            Some(place) => self.excerpt(place, margin, finding.level),
            None => {
                let _ = writeln!(self.out, "{gap}{} {}", paint.edge("-->"), escaped(&self.workflow.name));
            }
        }
        let node = finding.node.map(|node| ("node", self.node_line(node)));
        for (label, note) in node.into_iter().chain(finding.notes) {
            let _ =
                writeln!(self.out, "{gap} {} {} {}", paint.edge("="), paint.strong(format!("{label}:")), escaped(note));
        }
        self.out.push('\n');
    }

    fn excerpt(&mut self, place: &Place<'_>, margin: usize, level: Level) {
        let paint = self.paint;
        let gap = " ".repeat(margin);
        let (line, column) = (place.line, place.column);
        let _ = writeln!(self.out, "{gap}{} {}:{line}:{column}", paint.edge("-->"), escaped(&self.workflow.name));
        let count = place.excerpt.chars().count();
        // Repeating a long line, such as a whole workflow on one line, would not help.
        if count > MAX_LEN {
            return;
        }
        // A tab is shown as one blank. Other characters may become several, which moves the mark below.
        let shown = |from: usize, count: usize| {
            let part: String = place.excerpt.chars().skip(from).take(count).collect();
            escaped(part.replace('\t', " ")).to_string()
        };
        let width = |from: usize, count: usize| shown(from, count).chars().count();
        let below =
            format!("{}{}", " ".repeat(width(0, column - 1)), "^".repeat(width(column - 1, place.width).max(1)));
        let shown = shown(0, count);
        let below = match level {
            Level::Error => paint.error(below),
            Level::Warning => paint.warning(below),
            Level::Note => paint.note(below),
        };
        let bar = paint.edge("|");
        let _ = writeln!(self.out, "{gap} {bar}\n{} {bar} {shown}\n{gap} {bar} {below}", paint.edge(line));
    }

    /// Returns a node's id, title and class: `3 "My sampler" (KSampler)`.
    fn node_line(&self, id: &str) -> String {
        let node = find(self.given.as_ref(), id);
        let class = node.and_then(PromptNode::class);
        let title = node.and_then(PromptNode::title);
        let title = title.filter(|title| Some(*title) != class).map(|title| format!(" {}", short(&title.into())));
        let class = class.map(|class| format!(" ({class})"));
        format!("{id}{}{}", title.unwrap_or_default(), class.unwrap_or_default())
    }

    fn sum_up(&mut self) {
        let verdict = self.verdict;
        let of_nodes: usize = verdict.node_errors().iter().map(|node| node.errors.len()).sum();
        let whole = verdict.error().is_some_and(|error| error.kind != RequestErrorKind::OutputsFailed);
        let errors = of_nodes + usize::from(whole) + usize::from(verdict.exception().is_some());
        let mut parts = vec![match (verdict.is_valid(), verdict.outputs().len()) {
            (true, outputs) => format!("the server would run {}", count(outputs, "output")),
            (false, _) if verdict.exception().is_some() => "the server would fail".to_owned(),
            (false, _) => "the server would reject it".to_owned(),
        }];
        for (number, word) in [(errors, "error"), (verdict.warnings().len(), "warning")] {
            if number > 0 {
                parts.push(count(number, word));
            }
        }
        if !verdict.unverifiable().is_empty() {
            parts.push(format!("{} not verifiable", verdict.unverifiable().len()));
        }
        if verdict.is_valid() && of_nodes > 0 {
            parts.push("outputs with errors are dropped".to_owned());
        }
        let word = if verdict.is_valid() { self.paint.good("valid") } else { self.paint.error("invalid") };
        let _ = writeln!(self.out, "{}: {word}: {}", escaped(&self.workflow.name), parts.join(", "));
    }
}

impl Level {
    const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
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

fn find<'p>(prompt: Option<&Prompt<'p>>, id: &str) -> Option<PromptNode<'p>> {
    let prompt = prompt?;
    prompt.nodes().get(prompt.position(id)?).copied()
}

fn short(value: &Value) -> String {
    shortened_value(value, MAX_LEN)
}

fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}
