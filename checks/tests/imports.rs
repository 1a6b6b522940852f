//! No import cycles between the files of a crate.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use comfy_checks::imports::{Crate, Cycle, Files};
use comfy_checks::workspace::{Sources, packages};

/// An import cycle that stays.
struct Allowed {
    /// The files, in alphabetical order.
    files: &'static [&'static str],
    reason: &'static str,
}

const ALLOWED: &[Allowed] = &[Allowed {
    files: &[
        "comfy-runtime/src/client/ending.rs",
        "comfy-runtime/src/client/error.rs",
        "comfy-runtime/src/client/outputs.rs",
    ],
    reason: "an error carries what the run had finished, `partial: Option<Done>`, and reading outputs can fail; without \
             the cycle the API would lose the partial results",
}];

#[test]
fn files_do_not_import_each_other_in_cycles() {
    let mut unused: Vec<&Allowed> = ALLOWED.iter().collect();
    let mut found = Vec::new();
    for package in packages().unwrap() {
        let sources = package.sources().unwrap();
        for cycle in cycles(&package.roots, &sources) {
            let is_this = |allowed: &&Allowed| cycle.files.iter().eq(allowed.files.iter());
            if let Some(at) = unused.iter().position(is_this) {
                unused.remove(at);
            } else {
                found.push(format!("{}: {cycle}", package.name));
            }
        }
    }
    let unused: Vec<String> =
        unused.iter().map(|allowed| format!("{} ({})", allowed.files.join(", "), allowed.reason)).collect();
    assert!(
        found.is_empty(),
        "move what ties these files to a file of its own, or allow the cycle in {}:\n{}",
        file!(),
        found.join("\n")
    );
    assert!(unused.is_empty(), "these cycles are allowed in {} and no longer exist: {unused:#?}", file!());
}

fn cycles(roots: &[String], sources: &Sources) -> Vec<Cycle> {
    let mut files = Files::default();
    for root in roots {
        Crate::parse(root, sources).unwrap().add_to(&mut files);
    }
    files.cycles()
}

/// Returns the cycles of a made-up crate, each as its files.
#[track_caller]
fn cycles_of(files: &[(&str, &str)]) -> Vec<String> {
    let sources = files.iter().map(|(path, source)| (format!("src/{path}"), (*source).to_owned())).collect();
    let cycles = cycles(&["src/lib.rs".to_owned()], &sources);
    cycles.iter().map(short).collect()
}

fn short(cycle: &Cycle) -> String {
    let files: Vec<&str> = cycle.files.iter().map(|file| &file["src/".len()..]).collect();
    files.join(" ")
}

const NONE: [&str; 0] = [];

#[test]
fn a_cycle_through_super_is_found() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use super::b::{self, B}; pub struct A(B);"),
        ("b.rs", "pub struct B; fn f(_: super::a::A) {}"),
    ];
    assert_eq!(cycles_of(&files), ["a.rs b.rs"]);
}

#[test]
fn a_cycle_through_an_inline_path_is_found() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "pub fn a() { crate::b::b(); }"),
        ("b.rs", "use crate::a; pub fn b() { a::a(); }"),
    ];
    assert_eq!(cycles_of(&files), ["a.rs b.rs"]);
}

#[test]
fn a_cycle_through_a_macro_call_or_an_attribute_is_found() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "pub const A: u8 = 1; fn f() { println!(\"{}\", [crate::b::B.x()]); }"),
        ("b.rs", "#[error(\"at most {}\", crate::a::A)] pub struct B;"),
    ];
    assert_eq!(cycles_of(&files), ["a.rs b.rs"]);
}

#[test]
fn a_cycle_through_a_reexport_is_between_the_defining_files() {
    let files = [
        ("lib.rs", "mod a; mod b; pub use a::A;"),
        ("a/mod.rs", "mod x; mod y; pub use x::*; pub use y::Y as Z; pub struct A;"),
        ("a/x.rs", "pub enum X { One } fn f(_: crate::b::B) {}"),
        ("a/y.rs", "pub struct Y;"),
        ("b.rs", "use crate::a::{X, Z}; pub struct B(X, Z);"),
    ];
    assert_eq!(cycles_of(&files), ["a/x.rs b.rs"]);
}

#[test]
fn a_cycle_through_globs_is_found() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use super::b::*; pub enum E { V } fn f(_: B) {}"),
        ("b.rs", "use super::a::E::*; pub struct B; fn f() { let _ = V; }"),
    ];
    assert_eq!(cycles_of(&files), ["a.rs b.rs"]);
}

#[test]
fn a_cycle_of_inline_modules_and_path_attributes_is_found() {
    let files = [
        ("lib.rs", "mod a { pub mod b { pub use super::c::C; } mod c; } #[path = \"other.rs\"] mod d;"),
        ("a/c.rs", "pub struct C(crate::d::D);"),
        ("other.rs", "use crate::a::b::C; pub struct D(Box<C>);"),
    ];
    assert_eq!(cycles_of(&files), ["a/c.rs other.rs"]);
}

#[test]
fn names_that_a_macro_defines_belong_to_the_module() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "define!(A); fn f(_: crate::b::B) {}"),
        ("b.rs", "pub struct B; fn f() -> super::a::A { A }"),
    ];
    assert_eq!(cycles_of(&files), ["a.rs b.rs"]);
}

#[test]
fn a_parent_and_its_own_children_may_import_each_other() {
    let files = [
        ("lib.rs", "mod a; struct Top; use a::A;"),
        ("a/mod.rs", "mod x; mod y; use crate::Top; pub struct A(x::X);"),
        ("a/x.rs", "use super::y::Y; pub struct X(Y);"),
        ("a/y.rs", "pub struct Y(super::A);"),
    ];
    assert_eq!(cycles_of(&files), NONE);
}

#[test]
fn children_that_import_each_other_are_found_beside_such_a_parent() {
    let files = [
        ("lib.rs", "mod a; mod b; use a::A; pub struct Top;"),
        ("a.rs", "use super::{Top, b::B}; pub struct A(B);"),
        ("b.rs", "use super::{Top, a::A}; pub struct B(A);"),
    ];
    assert_eq!(cycles_of(&files), ["a.rs b.rs"]);
}

#[test]
fn a_grandchild_is_no_child() {
    let files = [
        ("lib.rs", "mod a; use a::A; struct Top;"),
        ("a/mod.rs", "mod x; use x::X; pub struct A(X);"),
        ("a/x.rs", "pub struct X(crate::Top);"),
    ];
    assert_eq!(cycles_of(&files), ["a/mod.rs a/x.rs lib.rs"]);
}

#[test]
fn tests_documentation_and_generated_code_do_not_count() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use super::b::B; pub struct A(B);"),
        (
            "b.rs",
            "/// Belongs to [`A`](crate::a::A).
             pub struct B;
             fn f() { quote! { crate::a::A } }
             pub(in crate::a) fn g() {}
             #[cfg(test)] use super::a::A;
             #[cfg(test)] fn h(_: crate::a::A) {}
             impl B { #[cfg(test)] fn i(_: crate::a::A) {} }
             #[cfg(test)] mod tests { use super::*; use crate::a::A; }
             #[cfg(all(test, unix))] mod more;",
        ),
    ];
    assert_eq!(cycles_of(&files), NONE);
}

#[test]
fn other_crates_and_local_names_do_not_count() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use super::b::B; pub struct A(B);"),
        ("b.rs", "use ::a::A; use c::a; pub struct B; fn f(x: X) { println!(\"{}\", x.a); dbg!(::a::A); a::g(); }"),
    ];
    assert_eq!(cycles_of(&files), NONE);
}
