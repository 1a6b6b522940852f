//! Check for names that the workspace has given up.

use proc_macro2::Ident;
use syn::visit::{self, Visit};
use syn::{ImplItem, Item, Visibility};

use super::InFile;

/// A name that no definition may have any more.
#[derive(Debug)]
pub struct OldName {
    /// The packages in which the name is given up; empty for all packages.
    pub packages: &'static [&'static str],
    /// The old name. If it ends with `_`, it matches every name that has it as one of the words between underscores.
    pub old: &'static str,
    /// The name to use instead.
    pub new: &'static str,
    /// Whether only public definitions count.
    pub public_only: bool,
}

impl OldName {
    fn is(&self, name: &str, is_public: bool) -> bool {
        let matches = match self.old.strip_suffix('_') {
            Some(word) => name.split('_').any(|part| part == word),
            None => name == self.old,
        };
        matches && (is_public || !self.public_only)
    }
}

pub(super) fn check(syntax: &syn::File, old: &[&OldName]) -> Vec<InFile> {
    let mut names = Names { old, found: Vec::new() };
    names.visit_file(syntax);
    names.found
}

struct Names<'a> {
    old: &'a [&'a OldName],
    found: Vec<InFile>,
}

impl Names<'_> {
    fn name(&mut self, ident: &Ident, is_public: bool) {
        let name = ident.to_string();
        for old in self.old.iter().filter(|old| old.is(&name, is_public)) {
            self.found.push((ident.span().start().line, name.clone(), format!("`{}`", old.new)));
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            Item::Const(item) => self.name(&item.ident, is_public(&item.vis)),
            Item::Enum(item) => self.name(&item.ident, is_public(&item.vis)),
            Item::Fn(item) => self.name(&item.sig.ident, is_public(&item.vis)),
            Item::Static(item) => self.name(&item.ident, is_public(&item.vis)),
            Item::Struct(item) => self.name(&item.ident, is_public(&item.vis)),
            Item::Trait(item) => self.name(&item.ident, is_public(&item.vis)),
            Item::Type(item) => self.name(&item.ident, is_public(&item.vis)),
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        match item {
            ImplItem::Const(item) => self.name(&item.ident, is_public(&item.vis)),
            ImplItem::Fn(item) => self.name(&item.sig.ident, is_public(&item.vis)),
            _ => {}
        }
        visit::visit_impl_item(self, item);
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        if let Some(ident) = &field.ident {
            self.name(ident, is_public(&field.vis));
        }
        visit::visit_field(self, field);
    }

    /// Checks parameters and local bindings.
    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        self.name(&pattern.ident, false);
        visit::visit_pat_ident(self, pattern);
    }
}
