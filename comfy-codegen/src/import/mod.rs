//! A prompt in API format becomes the source of a `#[workflow]` function: `cargo comfy import`.
//!
//! Needs the feature `import`.
//!
//! ```
//! use comfy_codegen::import::{Importer, Settings};
//! use comfy_schema::{Schema, Value};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let schema = Schema::from_slice(br#"{
//!     "LoadImage": {"input": {"required": {"image": [["a.png"], {"image_upload": true}]}}, "output": ["IMAGE", "MASK"]},
//!     "PreviewImage": {"input": {"required": {"images": ["IMAGE"]}}, "output": [], "output_node": true}
//! }"#)?;
//! let prompt = Value::parse(br#"{
//!     "7": {"class_type": "PreviewImage", "inputs": {"images": ["9", 0]}},
//!     "9": {"class_type": "LoadImage", "inputs": {"image": "cat.png"}}
//! }"#)?;
//! let imported = Importer::new(&schema).import(&prompt, &Settings::new("preview"))?;
//! assert!(imported.source.ends_with("\
//! #[workflow]
//! pub fn preview() -> NoOutput {
//!     PreviewImage {
//!         images: LoadImage { image: \"cat.png\" }.image,
//!     }
//! }
//! "));
//! # Ok(())
//! # }
//! ```
//!
//! What is imported sends what the file has: the same nodes with the same inputs and titles, under ids of its own
//! unless [`Ids::Keep`] says otherwise. What has no typed form becomes a raw node or an unchecked value, with a comment
//! that says why.
//!
//! The way of the data: `prompt` reads nodes and links → `order` finds circles → `fit` gives every node its typed
//! or raw form → `flow` finds uses and types → `scopes` cuts functions, `params` chooses parameters, `names`
//! names → `compose` makes the tree of Rust that `syntax` writes.

mod compose;
mod error;
mod fit;
mod flow;
mod names;
mod order;
mod params;
mod prompt;
mod scopes;
mod syntax;

use std::collections::{BTreeMap, HashMap};

use comfy_schema::{Schema, Value};

pub use error::{ImportError, ImportWarning, Place};
pub use params::{Parameter, Parameters};

use crate::plan::{self, Overrides, Plan};
use fit::{Tidy, Values};
use prompt::{Given, Link, Prompt};

/// Turns prompts into source. Made once for a schema, it imports any number of files.
#[derive(Debug)]
#[must_use = "an importer does nothing until `import` is called"]
pub struct Importer<'s> {
    plan: Plan<'s>,
    /// The place of every class in the plan.
    classes: HashMap<&'s str, usize>,
}

/// How a prompt is imported.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// The name of the function.
    pub name: String,
    /// Where the generated nodes are: `crate::nodes`.
    pub nodes: String,
    /// What the documentation of the function names as its origin.
    pub origin: Option<String>,
    /// Which values become parameters.
    pub parameters: Parameters,
    /// What becomes of the ids of the file.
    pub ids: Ids,
    /// How options of closed combos are written.
    pub options: Options,
    /// Whether nodes are typed at the price of a prompt that is not quite the same: literals that no server reads are
    /// left out (`upload`, `audioUI`), and so is what `_meta` holds beside the title; defaults of required inputs that
    /// the file lacks are sent.
    pub tidy: bool,
    /// Whether subgraphs become functions.
    pub functions: bool,
    /// What subgraphs are called, by the ids of the nodes that stand for them: `12`, `12:5`.
    pub function_names: BTreeMap<String, String>,
}

/// What becomes of the ids of the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ids {
    /// Nodes get the names of variables and classes as ids.
    #[default]
    Names,
    /// Nodes keep their ids.
    Keep,
}

/// How options of closed combos are written. The compiler checks both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Options {
    /// `"euler"`
    #[default]
    Texts,
    /// `options::SamplerName::Euler`
    Enums,
}

impl Settings {
    /// A function of this name, without parameters, with ids made of names.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            nodes: "crate::nodes".to_owned(),
            origin: None,
            parameters: Parameters::None,
            ids: Ids::Names,
            options: Options::Texts,
            tidy: false,
            functions: false,
            function_names: BTreeMap::new(),
        }
    }

    /// A name for a function, made of the name of a file or a title: `Wan 2.2 (fast)` gives `wan_2_2_fast`.
    pub fn name_of(text: &str) -> String {
        names::identifier(text, "imported")
    }
}

/// The source of a prompt.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "the source is not written anywhere"]
#[non_exhaustive]
pub struct Imported {
    /// A Rust file: `use` declarations and functions.
    pub source: String,
    /// The name of the function that is the workflow.
    pub name: String,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// The Rust names of the generated nodes that it uses.
    pub nodes: Vec<String>,
    /// How many nodes there are.
    pub count: usize,
    /// What has no typed form or was left out.
    pub warnings: Vec<ImportWarning>,
}

/// A node of the prompt with the form it gets.
#[derive(Debug)]
struct Item<'p, 'n, 's> {
    node: &'n prompt::Node,
    form: Form<'p, 's>,
    /// Its title is what the editor calls the class.
    has_default_title: bool,
    /// The workflow gives it back.
    is_output: bool,
}

/// The form of a node.
#[derive(Debug)]
enum Form<'p, 's> {
    /// A literal of its type.
    Typed(&'p plan::Node<'s>, Values<'p, 's>),
    /// A raw node, and why.
    Raw(String),
}

impl<'s> Importer<'s> {
    /// Plans the names and types of all nodes.
    pub fn new(schema: &'s Schema) -> Self {
        // Without overrides nothing can be wrong with them.
        let plan = plan::plan(schema, &Overrides::default())
            .unwrap_or_else(|_| Plan { nodes: Vec::new(), shared: plan::Shared::default() });
        let classes = plan.nodes.iter().enumerate().map(|(at, node)| (node.source.class.as_str(), at)).collect();
        Self { plan, classes }
    }

    /// The source for a prompt in API format: an object of node ids, each with `class_type`, `inputs` and perhaps
    /// `_meta`.
    ///
    /// # Errors
    ///
    /// See [`ImportError`]; each names the node with its id, class and title, and the input.
    pub fn import(&self, prompt: &Value, settings: &Settings) -> Result<Imported, ImportError> {
        check_names(settings)?;
        let mut warnings = Vec::new();
        let prompt = prompt::read(prompt, &mut warnings)?;
        let needs = needs(&prompt);
        let order = sorted(&prompt, &needs)?;
        let items = self.items(&prompt, &order, settings, &mut warnings);
        compose::source(&items, &needs, &order, &self.plan.shared, settings, warnings)
    }

    /// The form of every node.
    fn items<'p, 'n>(
        &'p self,
        prompt: &'n Prompt,
        order: &[usize],
        settings: &Settings,
        warnings: &mut Vec<ImportWarning>,
    ) -> Vec<Item<'p, 'n, 's>> {
        let tidy = if settings.tidy { Tidy::Yes } else { Tidy::No };
        let mut items: Vec<Item<'p, 'n, 's>> =
            prompt.nodes.iter().map(|node| self.item(node, tidy, warnings)).collect();
        let may_run = |item: &Item<'_, '_, '_>| match &item.form {
            Form::Typed(planned, _) => planned.source.output_node,
            Form::Raw(_) => true,
        };
        if !items.iter().any(may_run)
            && let Some(last) = order.last().and_then(|&at| items.get_mut(at))
        {
            last.form = Form::Raw("no node of the file saves or shows anything, which only a raw node may".to_owned());
        }
        items
    }

    fn item<'p, 'n>(
        &'p self,
        node: &'n prompt::Node,
        tidy: Tidy,
        warnings: &mut Vec<ImportWarning>,
    ) -> Item<'p, 'n, 's> {
        let mut notes = Vec::new();
        let class = node.class.as_deref();
        let planned = class.and_then(|class| self.classes.get(class)).and_then(|&at| self.plan.nodes.get(at));
        let form = match (planned, class) {
            (Some(planned), _) => match fit::fit(node, planned, &self.plan.shared, tidy, &mut notes) {
                Ok(values) => {
                    warnings.extend(notes.into_iter().map(|what| ImportWarning { place: node.place(), what }));
                    Form::Typed(planned, values)
                }
                Err(why) => Form::Raw(why),
            },
            (None, Some(_)) => Form::Raw("the schema does not have this class".to_owned()),
            (None, None) => Form::Raw("the file gives no class for it".to_owned()),
        };
        let title = planned.map(|planned| planned.source.display_name.as_ref().unwrap_or(&planned.source.class));
        Item {
            node,
            has_default_title: node.title.is_some() && node.title.as_ref() == title,
            is_output: planned.map_or(class.is_some(), |planned| planned.source.output_node),
            form,
        }
    }
}

fn check_names(settings: &Settings) -> Result<(), ImportError> {
    let wrong = |name: &str, what| Err(ImportError::Name { name: error::Shown(name).to_string(), what });
    if syn::parse_str::<syn::Ident>(&settings.name).is_err() || names::OURS.contains(&settings.name.as_str()) {
        return wrong(&settings.name, "name");
    }
    let is_path = syn::parse_str::<syn::Path>(&settings.nodes)
        .is_ok_and(|path| path.segments.iter().all(|segment| segment.arguments.is_none()));
    if is_path { Ok(()) } else { wrong(&settings.nodes, "path") }
}

/// The outputs that each node needs.
fn needs(prompt: &Prompt) -> Vec<Vec<Link>> {
    let links = |node: &prompt::Node| {
        let links = node.inputs.iter().filter_map(|(_, given)| match given {
            Given::Link(link) => Some(*link),
            Given::Value(_) => None,
        });
        links.collect()
    };
    prompt.nodes.iter().map(links).collect()
}

fn sorted(prompt: &Prompt, needs: &[Vec<Link>]) -> Result<Vec<usize>, ImportError> {
    let nodes: Vec<Vec<usize>> = needs.iter().map(|links| links.iter().map(|link| link.node).collect()).collect();
    order::sorted(&nodes).map_err(|circle| ImportError::Cycle {
        nodes: circle.iter().filter_map(|&at| prompt.nodes.get(at)).map(prompt::Node::place).collect(),
    })
}
