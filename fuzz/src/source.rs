//! What holds for every Rust source that is made from texts of strangers.

#[path = "../../comfy-codegen/tests/common/docs.rs"]
mod docs;

use comfy_schema::shown::is_hidden;
use pulldown_cmark::{Event, Tag, TagEnd};
use syn::File;

/// Checks that a source is valid Rust without hidden characters, whose documentation is nothing but paragraphs of text and
/// inline code.
pub(crate) fn assert_harmless(source: &str) {
    let file: File = syn::parse_file(source).unwrap_or_else(|error| panic!("{error}\n{source}"));
    // A tab may stand in a raw literal.
    let hidden = source.chars().find(|&c| !matches!(c, '\n' | '\t') && is_hidden(c));
    assert_eq!(hidden, None, "{source}");
    docs::documentation(&file).iter().for_each(|markdown| assert_plain(markdown));
}

/// Checks that documentation is paragraphs of text, inline code, and links to items.
fn assert_plain(markdown: &str) {
    for event in docs::events(markdown) {
        let is_plain = match &event {
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph | TagEnd::Link) => true,
            Event::Text(_) | Event::Code(_) | Event::SoftBreak => true,
            Event::Start(Tag::Link { dest_url, .. }) => &**dest_url == "target",
            _ => false,
        };
        assert!(is_plain, "{event:?} in {markdown:?}");
    }
}
