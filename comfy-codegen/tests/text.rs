//! Tests of texts in source, decided by the parsers of Rust and of Markdown.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "common/docs.rs"]
mod docs;
#[path = "common/texts.rs"]
mod texts;

use comfy_codegen::text::{alias, code, comment, literal, markdown_line, markdown_lines};
use comfy_schema::shown::is_hidden;
use docs::events;
use proptest::prelude::*;
use pulldown_cmark::{Event, Tag, TagEnd};
use texts::texts;

/// Returns the text of Markdown that is nothing but paragraphs of text.
fn shown(markdown: &str) -> String {
    let mut shown = String::new();
    for event in events(markdown) {
        match event {
            Event::Start(Tag::Paragraph) => {}
            Event::End(TagEnd::Paragraph) => shown.push_str("\n\n"),
            Event::Text(text) => shown.push_str(&text),
            Event::SoftBreak => shown.push('\n'),
            other => panic!("{other:?} in {markdown:?}"),
        }
    }
    shown.trim_end_matches('\n').to_owned()
}

/// Returns the words of a line as documentation shows them.
fn words(text: &str) -> String {
    let is_space = |c: char| c.is_whitespace() && (!is_hidden(c) || "\t\n\r".contains(c));
    let words = text.split(is_space).filter(|word| !word.is_empty());
    words.map(comment).collect::<Vec<_>>().join(" ")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_shown_as_it_is_written(text in texts(0..12)) {
        let expected: Vec<String> = text.lines().flat_map(|part| part.split('\r')).map(words).collect();
        let expected = expected.join("\n");
        let paragraphs = expected.split("\n\n").map(|paragraph| paragraph.trim_matches('\n'));
        let expected: Vec<&str> = paragraphs.filter(|paragraph| !paragraph.is_empty()).collect();
        prop_assert_eq!(shown(&markdown_lines(&text).join("\n")), expected.join("\n\n"));
        prop_assert_eq!(shown(&markdown_line(&text)), words(&text));
        prop_assert!(!markdown_lines(&text).iter().any(|line| line.contains(is_hidden)));
    }

    #[test]
    fn any_text_is_inline_code(text in texts(0..12)) {
        for markdown in [code(&text), format!("{}: {} or {}.", code(&text), code("x"), code(&text))] {
            for event in events(&markdown) {
                let expected = matches!(
                    event,
                    Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) | Event::Code(_) | Event::Text(_)
                );
                prop_assert!(expected, "{:?} in {:?}", event, markdown);
            }
            prop_assert!(!markdown.contains(is_hidden));
        }
        let expected: String =
            text.chars().map(|c| if c.is_whitespace() && c != ' ' { c.escape_default().to_string() } else { comment(c.encode_utf8(&mut [0; 4])) }).collect();
        let quoted = if expected.trim().is_empty() { format!("\"{expected}\"") } else { expected };
        let markdown = code(&text);
        let events = events(&markdown);
        prop_assert_eq!(events.get(1), Some(&Event::Code(quoted.into())));
    }

    #[test]
    fn any_literal_evaluates_to_its_text(text in texts(0..12)) {
        let written = literal(&text);
        prop_assert!(!written.contains(is_hidden));
        let parsed: syn::LitStr = syn::parse_str(&written).unwrap();
        prop_assert_eq!(parsed.value(), text);
    }

    #[test]
    fn any_alias_is_its_text_or_left_out(text in texts(0..12)) {
        if let Some(alias) = alias(&text) {
            let parsed: syn::LitStr = syn::parse_str(&alias).unwrap();
            prop_assert_eq!(parsed.value(), text);
        }
    }
}

#[test]
fn direction_marks_are_escaped() {
    assert_eq!(literal("\u{202E}x"), "\"\\u{202e}x\"");
    assert_eq!(markdown_line("\u{202E}x"), "\\\\u{202e}x");
    assert_eq!(code("\u{202E}x"), "`\\u{202e}x`");
    assert_eq!(comment("a\u{2066}\nb"), "a\\u{2066}\\nb");
}

#[test]
fn markdown_is_shown_as_text() {
    assert_eq!(markdown_line("use [x](y) <b> `c`"), "use \\[x\\](y) \\<b\\> \\`c\\`");
    assert_eq!(markdown_lines("\n\na\n    indented\r\n\r\n\n# no title\n"), ["a", "indented", "", "\\# no title"]);
    assert_eq!(markdown_lines("1.      code\n2)\tcode"), ["1\\. code", "2\\) code"]);
    assert_eq!(markdown_line("see https://a.b/c"), "see https\\://a.b/c");
    assert_eq!(
        markdown_line("--lowvram is 1.5 times as slow (a guess)"),
        "\\-\\-lowvram is 1.5 times as slow (a guess)"
    );
}

#[test]
fn code_keeps_backticks_and_spaces() {
    assert_eq!(code("a`b"), "``a`b``");
    assert_eq!(code("`"), "`` ` ``");
    assert_eq!(code(""), "`\"\"`");
    assert_eq!(code(" a "), "`  a  `");
    assert_eq!(code("a\u{a0}b\tc"), "`a\\u{a0}b\\tc`");
}

#[test]
fn aliases_that_rustdoc_refuses_are_left_out() {
    assert_eq!(alias("ImageFlip+").as_deref(), Some("\"ImageFlip+\""));
    for refused in ["", " a", "a ", "it's", "a\tb", "say \"x\"", "a\u{200b}"] {
        assert_eq!(alias(refused), None, "{refused:?}");
    }
}
