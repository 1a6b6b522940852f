//! Writes the types of fields and outputs.

use comfy_schema::ComboSpelling;

use crate::plan::{Combo, Kind, ListId, Output, OutputKind, Shared, UnionId, WordId, parameter};

/// Writes the types of fields and outputs as they are spelled in one module.
#[derive(Clone, Copy)]
pub(super) struct Types<'p> {
    pub(super) shared: &'p Shared<'p>,
    /// The path from that module to the one that contains the modules of dynamic inputs.
    pub(super) modules: &'p str,
}

impl Types<'_> {
    /// Returns the type of a field of this kind.
    pub(super) fn field(self, kind: &Kind<'_>) -> String {
        match kind {
            Kind::Primitive(primitive) => format!("Input<{}>", primitive.word()),
            Kind::Link(word) => format!("Input<{}>", self.word(*word)),
            Kind::Widget(word) => format!("Widget<{}>", self.word(*word)),
            Kind::Combo(combo) => self.combo(*combo),
            Kind::Union(union) => format!("OneOf<{}>", self.union(*union)),
            Kind::Any => "AnyInput".to_owned(),
            Kind::Match { parameter: index, allowed: None } => format!("Match<{}>", parameter(*index)),
            Kind::Match { parameter: index, allowed: Some(union) } => {
                format!("Match<{}, {}>", parameter(*index), self.union(*union))
            }
            Kind::Grow(grow) => format!("Grow<{}>", self.field(&grow.element.kind)),
            Kind::Choice(choice) => format!("Choice<{}::{}::Branches>", self.modules, choice.module),
            Kind::Rows(rows) => format!("Rows<{}::{}::Row>", self.modules, rows.module),
            Kind::Raw => "Raw".to_owned(),
        }
    }

    fn combo(self, combo: Combo) -> String {
        let array = combo.spelling == ComboSpelling::Array && !combo.multiselect;
        let kind = if combo.multiselect { "Many" } else { "Combo" };
        match (combo.list, array) {
            (None, false) => kind.to_owned(),
            (None, true) => format!("{kind}<AnyOption, Array>"),
            (Some(list), false) => format!("{kind}<{}>", self.options(list)),
            (Some(list), true) => format!("{kind}<{}, Array>", self.options(list)),
        }
    }

    /// Returns the type of an output's handle.
    pub(super) fn output(self, kind: OutputKind) -> String {
        match kind {
            OutputKind::Type(word) => format!("Out<{}>", self.word(word)),
            OutputKind::Union(union) => format!("UnionOut<{}>", self.union(union)),
            OutputKind::Any => "AnyOut".to_owned(),
            OutputKind::Parameter(index) => format!("Out<{}>", parameter(index)),
            OutputKind::Listed(None) => "Out<Listed<AnyOption>>".to_owned(),
            OutputKind::Listed(Some(list)) => format!("Out<Listed<{}>>", self.options(list)),
        }
    }

    /// Returns the type word of an output, for documentation.
    pub(super) fn output_word(self, output: &Output<'_>) -> String {
        match output.kind {
            OutputKind::Type(word) => self.shared.words[word.0].exact.to_owned(),
            OutputKind::Union(union) => {
                let members = &self.shared.unions[union.0].members;
                members.iter().map(|member| self.shared.words[member.0].exact).collect::<Vec<_>>().join(",")
            }
            OutputKind::Any => "*".to_owned(),
            OutputKind::Parameter(index) => parameter(index),
            OutputKind::Listed(_) => "COMBO".to_owned(),
        }
    }

    fn word(&self, word: WordId) -> &str {
        &self.shared.words[word.0].ident
    }

    fn union(self, union: UnionId) -> String {
        format!("unions::{}", self.shared.unions[union.0].ident)
    }

    fn options(self, list: ListId) -> String {
        format!("options::{}", self.shared.lists[list.0].ident)
    }
}

/// Returns the type parameters of a record, such as `<T, T2>`, each followed by `default`, or an empty string if there
/// are none.
pub(super) fn generics(count: usize, default: &str) -> String {
    if count == 0 {
        return String::new();
    }
    let parameters: Vec<String> = (0..count).map(|index| format!("{}{default}", parameter(index))).collect();
    format!("<{}>", parameters.join(", "))
}
