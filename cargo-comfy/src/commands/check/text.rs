//! A verdict for people.

use std::fmt::Write;

use comfy_schema::validate::{
    Exception, NodeError, NodeErrorKind, NodeReport, RequestError, RequestErrorKind, Verdict,
};
use comfy_schema::{Schema, Value, suggest};

use super::locate::{Place, Places};
use super::read::Workflow;
use crate::paint::Paint;

/// So many options are shown.
const SHOWN_OPTIONS: usize = 8;
/// Longer lines and values are not shown whole.
const SHOWN_CHARACTERS: usize = 100;

/// What to print about one workflow.
pub(super) struct Report<'r> {
    workflow: &'r Workflow,
    verdict: &'r Verdict,
    schema: &'r Schema,
    places: Places<'r>,
    paint: Paint,
    out: String,
}

/// How grave something is.
#[derive(Clone, Copy)]
enum Level {
    Error,
    Warning,
    Note,
}

/// One thing to tell.
struct Told<'t> {
    level: Level,
    code: &'t str,
    headline: String,
    node: Option<&'t str>,
    input: Option<&'t str>,
    /// What is behind the `=` signs.
    notes: Vec<(&'static str, String)>,
}

impl<'r> Report<'r> {
    pub(super) fn new(workflow: &'r Workflow, verdict: &'r Verdict, schema: &'r Schema, paint: Paint) -> Self {
        let places = Places::new(&workflow.text, workflow.is_body);
        Self { workflow, verdict, schema, places, paint, out: String::new() }
    }

    /// The whole text: errors, warnings, what cannot be verified, and a line that sums up.
    pub(super) fn write(mut self) -> String {
        if let Some(raised) = self.verdict.exception() {
            let exception = format!("{}: {}", raised.exception.kind, raised.exception.message);
            self.tell(Told {
                level: Level::Error,
                code: "raised",
                headline: format!("the server itself fails and answers 500: {}", raised.reason),
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
            // The errors of the nodes say it better.
            RequestErrorKind::OutputsFailed => return,
            RequestErrorKind::MissingNodeType => match text("class_type") {
                Some(class) => {
                    let near = self.schema.suggest(class);
                    notes.extend(did_you_mean(near.into_iter().map(|class| format!("`{class}`"))));
                    notes.push(("note", "the server looks no further; there may be other errors".to_owned()));
                    format!("the server has no node class `{class}`")
                }
                None => "the node has no `class_type`".to_owned(),
            },
            RequestErrorKind::NoOutputs => {
                notes.push(("help", "add a node that saves or shows something, SaveImage for example".to_owned()));
                "no output node is selected, so there is nothing to run".to_owned()
            }
            _ => error.message.clone(),
        };
        let node = text("node_id").map(str::to_owned);
        let code = error.kind.to_string();
        self.tell(Told { level: Level::Error, code: &code, headline, node: node.as_deref(), input: None, notes });
    }

    fn node_error(&mut self, node: &NodeReport, error: &NodeError) {
        // The input of an inner exception is another node's.
        let inner = error.kind == NodeErrorKind::ExceptionDuringInnerValidation;
        let culprit = error.exception.as_ref().filter(|_| error.linked_node.is_some() || error.input_name.is_none());
        let culprit = culprit.and_then(|_| self.broken_link(&node.id, &node.class_type));
        let input =
            if inner || error.input_name.is_none() { culprit } else { error.input_name.clone().map(Into::into) };
        let (headline, mut notes) = self.words(node, error, input.as_deref());
        if let Some(value) = error.received_value.as_ref().filter(|_| error.kind != NodeErrorKind::BadLinkedInput) {
            let given = self.given(&node.id, input.as_deref()).unwrap_or(value);
            if given != value {
                notes.insert(0, ("given", format!("{}, which the server takes for {}", short(given), short(value))));
            }
        }
        let code = error.kind.to_string();
        self.tell(Told {
            level: Level::Error,
            code: &code,
            headline,
            node: Some(&node.id),
            input: input.as_deref(),
            notes,
        });
    }

    /// What is wrong, and what else there is to say.
    fn words(
        &self,
        node: &NodeReport,
        error: &NodeError,
        broken: Option<&str>,
    ) -> (String, Vec<(&'static str, String)>) {
        use NodeErrorKind as K;
        let input = error.input_name.as_deref().unwrap_or_default();
        let value = error.received_value.as_ref().map(short).unwrap_or_default();
        let wanted = || clip(&error.declared_type());
        let mut notes = Vec::new();
        let headline = match &error.kind {
            K::RequiredInputMissing => {
                let declared = self.schema.node(&node.class_type).and_then(|class| class.input(input));
                if let Some(declared) = declared {
                    notes.push(("takes", declared.kind.type_word().to_string()));
                }
                notes.extend(self.misspelt(&node.id, &node.class_type, input));
                format!("required input `{input}` is missing")
            }
            K::BadLinkedInput => {
                notes.push(("help", "a link is [\"node id\", slot]; a list is {\"__value__\": […]}".to_owned()));
                format!("`{input}` is an array, but no link: {value}")
            }
            K::ReturnTypeMismatch => {
                let carried = error.received_type.as_ref().map(short).unwrap_or_default();
                notes.extend(self.other_slot(error));
                format!("`{input}` takes {}, but is linked to {}", wanted(), carried.trim_matches('"'))
            }
            K::InvalidInputType => format!("`{input}` takes {}, and {value} is none", wanted()),
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
                format!("`{}` refuses `{input}`: {}", node.class_type, error.reason.as_deref().unwrap_or("invalid"))
            }
            K::DependencyCycle => {
                notes.push(("cycle", clip(&error.details())));
                "the node is upstream of itself".to_owned()
            }
            K::ExceptionDuringValidation | K::ExceptionDuringInnerValidation => {
                let Some(exception) = &error.exception else { return (error.message(), notes) };
                notes.push(("python", clip(&format!("{}: {}", exception.kind, exception.message))));
                self.exception(&node.id, exception, broken)
            }
            _ => format!("`{input}`: {}", error.details()),
        };
        (headline, notes)
    }

    fn exception(&self, node: &str, exception: &Exception, broken: Option<&str>) -> String {
        if let Some(input) = broken {
            let link = self.given(node, Some(input)).map(short).unwrap_or_default();
            return match exception.kind.as_str() {
                "KeyError" => format!("`{input}` is linked to a node that does not exist: {link}"),
                "IndexError" => format!("`{input}` is linked to an output that its source does not have: {link}"),
                _ => format!("`{input}` is no link that can be followed: {link}"),
            };
        }
        match exception.message.as_str() {
            "'inputs'" => "the node has no `inputs`; write `\"inputs\": {}`".to_owned(),
            message => match message.rsplit_once(" missing 1 required positional argument: ") {
                Some((_, input)) => format!("required input {} is missing", input.replace('\'', "`")),
                None => "the server fails while it checks this node".to_owned(),
            },
        }
    }

    /// The first declared input of a node whose link leads nowhere.
    fn broken_link(&self, id: &str, class: &str) -> Option<String> {
        let prompt = self.verdict.report().prompt.as_object()?;
        let inputs = prompt.get(id)?.as_object()?.get("inputs")?.as_object()?;
        let class = self.schema.node(class)?;
        let leads_nowhere = |value: &&Value| {
            let Some([source, slot]) = value.as_array() else { return false };
            let source = source.as_str().and_then(|id| prompt.get(id)).and_then(Value::as_object);
            let source = source.and_then(|node| self.schema.node(node.get("class_type")?.as_str()?));
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

    /// Another output of the same node that would fit.
    fn other_slot(&self, error: &NodeError) -> Option<(&'static str, String)> {
        let [Value::String(source), _] = error.linked_node.as_ref()?.as_array()? else { return None };
        let node = self.verdict.report().prompt.as_object()?.get(source)?.as_object()?;
        let class = self.schema.node(node.get("class_type")?.as_str()?)?;
        let wanted = error.declared_type();
        let slot = class.outputs.iter().position(|output| output.kind.type_word() == wanted)?;
        Some(("help", format!("output {slot} of node {source} carries {wanted}: [\"{source}\", {slot}]")))
    }

    /// An input that is given but not declared, and may be meant for the one that is missing.
    fn misspelt(&self, id: &str, class: &str, input: &str) -> Option<(&'static str, String)> {
        let node = self.verdict.report().prompt.as_object()?.get(id)?.as_object()?;
        let class = self.schema.node(class)?;
        let given = node.get("inputs")?.as_object()?.keys().map(comfy_schema::Text::as_str);
        let near = suggest::similar(input, given.filter(|given| class.input(given).is_none()));
        near.first().map(|near| ("help", format!("`{near}` is given, which the node does not have")))
    }

    /// What the file says, before conversion.
    fn given(&self, node: &str, input: Option<&str>) -> Option<&'r Value> {
        let node = self.workflow.prompt().as_object()?.get(node)?.as_object()?;
        node.get("inputs")?.as_object()?.get(input?)
    }

    fn warnings(&mut self) {
        for warning in self.verdict.warnings() {
            let message = &warning.message;
            let headline =
                warning.input.as_ref().map_or_else(|| message.clone(), |input| format!("`{input}`: {message}"));
            let near = warning.suggestions.iter().map(|name| format!("`{name}`"));
            self.tell(Told {
                level: Level::Warning,
                code: warning.kind.as_str(),
                headline,
                node: Some(&warning.node),
                input: warning.input.as_deref(),
                notes: did_you_mean(near).into_iter().collect(),
            });
        }
    }

    fn unverifiable(&mut self) {
        for unverifiable in self.verdict.unverifiable() {
            self.tell(Told {
                level: Level::Note,
                code: unverifiable.kind.as_str(),
                headline: unverifiable.reason.clone(),
                node: Some(&unverifiable.node),
                input: unverifiable.input.as_deref(),
                notes: Vec::new(),
            });
        }
    }

    fn tell(&mut self, told: Told<'_>) {
        let paint = self.paint;
        let (word, code) = (told.level.word(), told.code);
        let head = format!("{word}[{code}]");
        let head = match told.level {
            Level::Error => paint.error(head),
            Level::Warning => paint.warning(head),
            Level::Note => paint.note(head),
        };
        let _ = writeln!(self.out, "{head}{}", paint.strong(format!(": {}", told.headline)));
        let place = told.node.and_then(|node| match told.input {
            Some(input) => self.places.input(node, input),
            None => self.places.node(node),
        });
        let margin = place.as_ref().map_or(1, |place| place.line.to_string().len());
        let gap = " ".repeat(margin);
        match &place {
            Some(place) => self.excerpt(place, margin, told.level),
            None => {
                let _ = writeln!(self.out, "{gap}{} {}", paint.edge("-->"), self.workflow.name);
            }
        }
        let node = told.node.map(|node| ("node", self.node_line(node)));
        for (label, note) in node.into_iter().chain(told.notes) {
            let _ = writeln!(self.out, "{gap} {} {} {note}", paint.edge("="), paint.strong(format!("{label}:")));
        }
        self.out.push('\n');
    }

    fn excerpt(&mut self, place: &Place<'_>, margin: usize, level: Level) {
        let paint = self.paint;
        let gap = " ".repeat(margin);
        let (line, column) = (place.line, place.column);
        let _ = writeln!(self.out, "{gap}{} {}:{line}:{column}", paint.edge("-->"), self.workflow.name);
        let count = place.excerpt.chars().count();
        // A workflow on one line, or with a long text in it, shows nothing by being repeated.
        if count > SHOWN_CHARACTERS {
            return;
        }
        let shown: String =
            place.excerpt.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
        let below = format!("{}{}", " ".repeat(column - 1), "^".repeat(place.width));
        let below = match level {
            Level::Error => paint.error(below),
            Level::Warning => paint.warning(below),
            Level::Note => paint.note(below),
        };
        let bar = paint.edge("|");
        let _ = writeln!(self.out, "{gap} {bar}\n{} {bar} {shown}\n{gap} {bar} {below}", paint.edge(line));
    }

    /// `3 "My sampler" (KSampler)`
    fn node_line(&self, id: &str) -> String {
        let node = self.workflow.prompt().as_object().and_then(|prompt| prompt.get(id)).and_then(Value::as_object);
        let class = node.and_then(|node| node.get("class_type")).and_then(Value::as_str);
        let title = node.and_then(|node| node.get("_meta")?.as_object()?.get("title")?.as_str());
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
            (false, _) => "the server would refuse it".to_owned(),
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
        let _ = writeln!(self.out, "{}: {word}: {}", self.workflow.name, parts.join(", "));
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

/// The allowed values, and the nearest.
fn options(error: &NodeError) -> Vec<(&'static str, String)> {
    let all = error.options();
    let mut shown = all.iter().take(SHOWN_OPTIONS).map(short).collect::<Vec<_>>().join(", ");
    if all.len() > SHOWN_OPTIONS {
        let _ = write!(shown, " and {} more", all.len() - SHOWN_OPTIONS);
    }
    if all.is_empty() {
        "nothing: the server's list is empty (--any-model lets any name pass)".clone_into(&mut shown);
    }
    let word = error.received_value.as_ref().and_then(Value::as_str).unwrap_or_default();
    let near = suggest::similar(word, all.iter().filter_map(Value::as_str));
    let mut notes = vec![("allowed", shown)];
    notes.extend(did_you_mean(near.into_iter().map(|near| short(&near.into()))));
    notes
}

/// `1 to 10000`, or one side of it.
fn range(error: &NodeError) -> String {
    match (error.option("min"), error.option("max")) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("{min} or more"),
        (_, Some(max)) => format!("{max} or less"),
        _ => String::new(),
    }
}

fn did_you_mean(near: impl Iterator<Item = String>) -> Option<(&'static str, String)> {
    let near: Vec<String> = near.collect();
    (!near.is_empty()).then(|| ("help", format!("did you mean {}?", near.join(" or "))))
}

fn short(value: &Value) -> String {
    clip(&value.to_string())
}

/// The beginning of a long text, on one line.
fn clip(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN_CHARACTERS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}
