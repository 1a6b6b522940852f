//! Composes a raw node as a chain of calls on the graph.

use comfy_schema::Value;

use super::Composer;
use super::function::Body;
use super::node::{hoisted, literal, whole};
use crate::item::Item;
use crate::options::IdStyle;
use crate::prompt::Given;
use crate::syntax::{self, Expr};

impl Composer<'_, '_, '_, '_> {
    /// Returns the chain of calls that creates a node with the id, title and inputs of the file.
    pub(super) fn raw(&mut self, at: usize, item: &Item<'_, '_, '_>, body: &mut Body) -> Expr {
        let text = |text: &str| Expr::Text(text.to_owned());
        let class = item.node.class.as_deref().or(item.node.title.as_deref()).unwrap_or("node");
        let mut calls = vec![("raw".to_owned(), vec![Expr::Atom(syntax::quoted(class))])];
        if item.node.class.is_none() {
            calls.push(("without_class".to_owned(), Vec::new()));
        }
        if self.options.id_style == IdStyle::Keep {
            calls.push(("with_id".to_owned(), vec![Expr::Atom(syntax::quoted(&item.node.id))]));
        }
        if let Some(meta) = &item.node.meta {
            let meta = self.unchecked(meta, "meta", body);
            calls.push(("meta".to_owned(), vec![meta]));
        } else if let Some(title) = &item.node.title {
            calls.push(("with_title".to_owned(), vec![hoisted(text(title), "title", body)]));
        }
        for (name, given) in &item.node.inputs {
            let value = match (self.chosen.of(at, name), given) {
                (Some(parameter), _) => Expr::atom(parameter.name.clone()),
                (None, Given::Link(link)) => Expr::Atom(self.base(*link, body)),
                (None, Given::Value(Value::Int(number))) if whole(*number).is_some() => {
                    Expr::Atom(whole(*number).unwrap_or_default())
                }
                (None, Given::Value(value @ (Value::Bool(_) | Value::Float(_) | Value::String(_)))) => {
                    hoisted(literal(value, false), name, body)
                }
                (None, Given::Value(value)) => self.unchecked(value, name, body),
            };
            calls.push(("input".to_owned(), vec![Expr::Atom(syntax::quoted(name)), value]));
        }
        calls.push(("add".to_owned(), Vec::new()));
        Expr::Chain("graph".to_owned(), calls)
    }
}
