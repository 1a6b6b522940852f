//! The importer, which turns prompts into source.

use std::collections::HashMap;

use comfy_codegen::plan::Plan;
use comfy_schema::shown::shortened;
use comfy_schema::{Schema, Value};

use crate::compose;
use crate::error::{ImportError, ImportWarning};
use crate::fit::{self, Tidy};
use crate::item::{Item, NodeForm};
use crate::limits::MAX_SHOWN_LEN;
use crate::names;
use crate::options::{ImportOptions, Imported};
use crate::order;
use crate::prompt::{self, Given, Link, Prompt};

/// An importer, which turns prompts into source. It is created once for a schema and imports any number of prompts.
#[derive(Debug)]
#[must_use = "an importer does nothing until `import` is called"]
pub struct Importer<'s> {
    plan: Plan<'s>,
    /// The position of every class in the plan.
    classes: HashMap<&'s str, usize>,
}

impl<'s> Importer<'s> {
    /// Creates an importer for a schema, and plans the names and types of all its nodes.
    pub fn new(schema: &'s Schema) -> Self {
        let plan = Plan::of(schema);
        let classes = plan.nodes.iter().enumerate().map(|(at, node)| (node.source.class.as_str(), at)).collect();
        Self { plan, classes }
    }

    /// Returns the source for a prompt in API format: an object of nodes by id, each with `class_type`, `inputs` and
    /// optionally `_meta`.
    ///
    /// # Errors
    ///
    /// Returns an [`ImportError`] if the prompt is malformed or has a cycle, if a parameter that was asked for does not
    /// exist, or if a name in `options` is not valid Rust. Errors about a node name its id, class and title, and the
    /// input.
    pub fn import(&self, prompt: &Value, options: &ImportOptions) -> Result<Imported, ImportError> {
        check_names(options)?;
        let mut warnings = Vec::new();
        let prompt = prompt::read(prompt, &mut warnings)?;
        let needs = needs(&prompt);
        let order = sorted(&prompt, &needs)?;
        let items = self.items(&prompt, &order, options, &mut warnings);
        compose::source(&items, &needs, &order, &self.plan.shared, options, warnings)
    }

    /// Chooses the form of every node.
    fn items<'p, 'n>(
        &'p self,
        prompt: &'n Prompt<'n>,
        order: &[usize],
        options: &ImportOptions,
        warnings: &mut Vec<ImportWarning>,
    ) -> Vec<Item<'p, 'n, 's>> {
        let tidy = if options.tidy { Tidy::Yes } else { Tidy::No };
        let mut items: Vec<Item<'p, 'n, 's>> =
            prompt.nodes.iter().map(|node| self.item(node, tidy, warnings)).collect();
        let may_run = |item: &Item<'_, '_, '_>| match &item.form {
            NodeForm::Typed(planned, _) => planned.source.output_node,
            NodeForm::Raw(_) => true,
        };
        if !items.iter().any(may_run)
            && let Some(last) = order.last().and_then(|&at| items.get_mut(at))
        {
            last.form =
                NodeForm::Raw("no node of the file is an output node, and a raw node can stand for one".to_owned());
        }
        items
    }

    fn item<'p, 'n>(
        &'p self,
        node: &'n prompt::Node<'n>,
        tidy: Tidy,
        warnings: &mut Vec<ImportWarning>,
    ) -> Item<'p, 'n, 's> {
        let mut notes = Vec::new();
        let class = node.class.as_deref();
        let planned = class.and_then(|class| self.classes.get(class)).and_then(|&at| self.plan.nodes.get(at));
        let form = match (planned, class) {
            (Some(planned), _) => match fit::fit(node, planned, &self.plan.shared, tidy, &mut notes) {
                Ok(values) => {
                    warnings.extend(notes.into_iter().map(|message| ImportWarning { node: node.label(), message }));
                    NodeForm::Typed(planned, values)
                }
                Err(reason) => NodeForm::Raw(reason),
            },
            (None, Some(_)) => NodeForm::Raw("the schema does not have this class".to_owned()),
            (None, None) => NodeForm::Raw("the file gives no class for it".to_owned()),
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

fn check_names(options: &ImportOptions) -> Result<(), ImportError> {
    if syn::parse_str::<syn::Ident>(&options.name).is_err() || names::OURS.contains(&options.name.as_str()) {
        return Err(ImportError::FunctionName { name: shortened(&options.name, MAX_SHOWN_LEN) });
    }
    let is_path = syn::parse_str::<syn::Path>(&options.nodes)
        .is_ok_and(|path| path.segments.iter().all(|segment| segment.arguments.is_none()));
    if is_path { Ok(()) } else { Err(ImportError::NodesPath { path: shortened(&options.nodes, MAX_SHOWN_LEN) }) }
}

/// Returns, for each node, the outputs that it needs.
fn needs(prompt: &Prompt<'_>) -> Vec<Vec<Link>> {
    let links = |node: &prompt::Node<'_>| {
        let links = node.inputs.iter().filter_map(|(_, given)| match given {
            Given::Link(link) => Some(*link),
            Given::Value(_) => None,
        });
        links.collect()
    };
    prompt.nodes.iter().map(links).collect()
}

fn sorted(prompt: &Prompt<'_>, needs: &[Vec<Link>]) -> Result<Vec<usize>, ImportError> {
    let nodes: Vec<Vec<usize>> = needs.iter().map(|links| links.iter().map(|link| link.node).collect()).collect();
    order::sorted(&nodes).map_err(|cycle| ImportError::Cycle {
        nodes: cycle.iter().filter_map(|&at| prompt.nodes.get(at)).map(prompt::Node::label).collect(),
    })
}
