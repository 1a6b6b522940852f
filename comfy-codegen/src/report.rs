//! The report on a generation.

use comfy_schema::{Map, Schema, Value};

use crate::plan::{Kind, Plan, Record};

/// A report on the generated code and on oddities in the definitions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The number of generated nodes.
    pub nodes: usize,
    /// The number of declared inputs of these nodes. Hidden inputs, which the server fills in, and inputs inside
    /// dynamic ones are not counted.
    pub inputs: usize,
    /// The number of outputs of these nodes.
    pub outputs: usize,
    /// The inputs that have no typed form and take any JSON: `Class.input`, `Class.input[branch].child`.
    pub raw_inputs: Vec<String>,
    /// The nodes, inputs and branches whose name in Rust differs from that in the schema by more than case, blanks and
    /// punctuation: a number or a word was added to make it unique, or a symbol was spelled out.
    pub renamed: Vec<Renamed>,
    /// The warnings, each with its path: issues from parsing the schema, defaults that the server would refuse, bounds
    /// without effect, nodes with raw fields.
    pub warnings: Vec<String>,
}

/// A node, input or branch whose name in Rust differs from that in the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Renamed {
    /// The path with the exact name: `ImageFlip+`, `SaveImage.a b`, `Resize.mode[by size]`.
    pub schema: String,
    /// The Rust name: `ImageFlipPlus`, `a_b`, `BySize`.
    pub rust: String,
}

impl Report {
    pub(crate) fn new(schema: &Schema, plan: &Plan<'_>) -> Self {
        let mut report = Self { nodes: plan.nodes.len(), ..Self::default() };
        let complete = plan.nodes.len() == schema.nodes.len();
        let concerns = |path: &str| complete || plan.nodes.iter().any(|node| is_within(path, &node.source.class));
        report.warnings.extend(schema.issues.iter().filter(|issue| concerns(&issue.path)).map(ToString::to_string));
        // The report is sorted by class, the plan by Rust name.
        let mut nodes: Vec<_> = plan.nodes.iter().collect();
        nodes.sort_by_key(|node| &node.source.class);
        for node in nodes {
            report.inputs += node.record.fields.len();
            report.outputs += node.outputs.len();
            report.raw_inputs.extend(node.raw_inputs.iter().cloned());
            report.warnings.extend(node.warnings.iter().cloned());
            report.rename(&node.source.class, &node.source.class, &node.ident);
            report.rename_fields(&node.source.class, &node.record);
        }
        report
    }

    fn rename(&mut self, exact: &str, path: &str, rust: &str) {
        if letters(exact).ne(letters(rust)) {
            self.renamed.push(Renamed { schema: path.to_owned(), rust: rust.to_owned() });
        }
    }

    fn rename_fields(&mut self, path: &str, record: &Record<'_>) {
        for field in &record.fields {
            let name = &field.source.name;
            let path = format!("{path}.{name}");
            self.rename(name, &path, field.ident.name());
            self.rename_children(&path, &field.kind);
        }
    }

    fn rename_children(&mut self, path: &str, kind: &Kind<'_>) {
        match kind {
            Kind::Choice(choice) => {
                for branch in &choice.branches {
                    let path = format!("{path}[{}]", branch.key);
                    self.rename(branch.key, &path, &branch.ident);
                    self.rename_fields(&path, &branch.record);
                }
            }
            Kind::Rows(rows) => self.rename_fields(&format!("{path}[]"), &rows.record),
            Kind::Grow(grow) => self.rename_children(&format!("{path}[]"), &grow.element.kind),
            _ => {}
        }
    }

    /// Returns the report as one line of JSON, with the keys `nodes`, `inputs`, `outputs`, `raw_inputs`, `renamed`
    /// (objects with `schema` and `rust`) and `warnings`.
    pub fn to_json(&self) -> String {
        let renamed = self.renamed.iter().map(|renamed| {
            let mut map = Map::new();
            map.insert("schema", renamed.schema.as_str());
            map.insert("rust", renamed.rust.as_str());
            map
        });
        let mut map = Map::new();
        map.insert("nodes", self.nodes);
        map.insert("inputs", self.inputs);
        map.insert("outputs", self.outputs);
        map.insert("raw_inputs", texts(&self.raw_inputs));
        map.insert("renamed", renamed.collect::<Value>());
        map.insert("warnings", texts(&self.warnings));
        map.to_string()
    }
}

fn texts(texts: &[String]) -> Value {
    texts.iter().map(String::as_str).collect()
}

/// Returns the letters and digits of a name in lower case, by which readers recognize it. Other characters are left
/// out.
fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// Returns whether a path leads to something in this class.
fn is_within(path: &str, class: &str) -> bool {
    path.strip_prefix(class).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', ':']))
}
