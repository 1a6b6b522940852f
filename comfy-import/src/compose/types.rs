//! Writes the types of outputs for signatures.

use comfy_codegen::plan::{OutputKind, WordId};

use super::{Composer, WHOLE};
use crate::flow::Type;
use crate::item::NodeForm;
use crate::prompt::Link;

impl Composer<'_, '_, '_, '_> {
    /// Returns the type of an output, or of the value of a node's literal.
    pub(super) fn type_of(&mut self, link: Link) -> String {
        if link.slot != WHOLE {
            let found = self.types.of(link, self.items);
            return self.handle(found);
        }
        let Some(NodeForm::Typed(planned, values)) = self.items.get(link.node).map(|item| &item.form) else {
            self.runtime("NodeRef");
            return "NodeRef".to_owned();
        };
        match planned.outputs.as_slice() {
            [] => {
                self.runtime("NoOutput");
                "NoOutput".to_owned()
            }
            [_] => self.type_of(Link { slot: 0, ..link }),
            outputs => {
                let count = outputs.iter().filter_map(|output| match output.kind {
                    OutputKind::Parameter(index) => Some(index + 1),
                    _ => None,
                });
                let count = count.max().unwrap_or_default();
                let ident = planned.outputs_ident.clone();
                self.generated(&ident);
                let arguments = self.types.arguments(link.node, values, self.items);
                let arguments: Vec<String> =
                    arguments.iter().take(count).map(|(found, _)| self.marker(*found)).collect();
                if arguments.is_empty() { ident } else { format!("{ident}<{}>", arguments.join(", ")) }
            }
        }
    }

    fn handle(&mut self, found: Type) -> String {
        match found {
            Type::Any => {
                self.runtime("out::AnyOut");
                "AnyOut".to_owned()
            }
            Type::Union(union) => {
                self.runtime("out::UnionOut");
                self.generated("unions");
                let ident = self.shared.unions.get(union.0).map_or("", |union| union.ident.as_str());
                format!("UnionOut<unions::{ident}>")
            }
            found => {
                self.runtime("Out");
                format!("Out<{}>", self.marker(found))
            }
        }
    }

    /// Returns the marker of a type, and imports it.
    pub(super) fn marker(&mut self, found: Type) -> String {
        match found {
            Type::Word(word) => self.word(word),
            Type::Listed(list) => {
                self.runtime("field::Listed");
                match list.and_then(|list| self.shared.lists.get(list.0)) {
                    Some(list) => {
                        let ident = list.ident.clone();
                        self.generated("options");
                        format!("Listed<options::{ident}>")
                    }
                    None => {
                        self.runtime("field::AnyOption");
                        "Listed<AnyOption>".to_owned()
                    }
                }
            }
            Type::Unknown | Type::Union(_) | Type::Any => {
                self.runtime("field::Unknown");
                "Unknown".to_owned()
            }
        }
    }

    fn word(&mut self, word: WordId) -> String {
        let Some(word) = self.shared.words.get(word.0) else { return String::new() };
        let ident = word.ident.clone();
        let module =
            if word.core { "comfy_runtime::types".to_owned() } else { format!("{}::types", self.options.nodes) };
        self.import(&module, &ident);
        ident
    }
}
