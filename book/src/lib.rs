//! Documentation tests of the Rust code in `README.md` and in every page of `docs/`. `tests/pages.rs` fails if a page with Rust
//! code is missing here.

macro_rules! pages {
    ($($name:ident: $file:literal,)*) => {
        $(
            #[cfg(doctest)]
            #[doc = include_str!(concat!("../../", $file))]
            pub mod $name {}
        )*
    };
}

pages! {
    readme: "README.md",
    checking: "docs/checking.md",
    custom_nodes: "docs/custom-nodes.md",
    drift: "docs/drift.md",
    dynamic_inputs: "docs/dynamic-inputs.md",
    first_workflow: "docs/first-workflow.md",
    generated_code: "docs/generated-code.md",
    guide: "docs/guide.md",
    importing: "docs/importing.md",
    pictures: "docs/pictures.md",
    production: "docs/production.md",
    testing: "docs/testing.md",
    stand_in: "docs/stand-in.md",
}
