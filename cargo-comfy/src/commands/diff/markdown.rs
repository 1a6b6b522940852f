//! Reports in Markdown for pull requests.

use std::fmt::Write;

use comfy_schema::drift::Level;
use comfy_schema::shown::escaped;

use super::report::{Entry, Report};
use super::text::{not_used, place_of, summary};

/// The maximum number of uses that are listed for a change.
const MAX_USES: usize = 3;

/// Returns the report: a heading, a table of the breaking and defaulted changes, and a table of the additive ones in a
/// collapsed section.
pub(super) fn write(report: &Report, old: &str, new: &str) -> String {
    let mut out = format!("### ComfyUI nodes: {}\n\n", summary(report));
    let _ = writeln!(out, "From {} to {}.\n", plain(old), plain(new));
    let additive = |is: bool| report.entries.iter().filter(move |entry| (entry.change.level == Level::Additive) == is);
    table(&mut out, additive(false));
    if report.not_used > 0 {
        let _ = writeln!(out, "{}.\n", not_used(report.not_used));
    }
    let count = report.count(Level::Additive);
    if count > 0 {
        let _ = writeln!(out, "<details><summary>{count} additive</summary>\n");
        table(&mut out, additive(true));
        out.push_str("</details>\n");
    }
    out
}

fn table<'r>(out: &mut String, entries: impl Iterator<Item = &'r Entry>) {
    let mut entries = entries.peekable();
    let Some(first) = entries.peek() else { return };
    let with_uses = !first.used.is_empty();
    out.push_str(if with_uses {
        "| | node | change | used in |\n|---|---|---|---|\n"
    } else {
        "| | node | change |\n|---|---|---|\n"
    });
    for entry in entries {
        let change = &entry.change;
        let level = if change.level == Level::Breaking { "**breaking**" } else { change.level.as_str() };
        let _ = write!(out, "| {level} | {} | {} |", plain(&change.class), plain(&change.to_string()));
        if with_uses {
            let mut places: Vec<String> =
                entry.used.iter().take(MAX_USES).map(|place| plain(&place_of(place))).collect();
            if let Some(more @ 1..) = entry.used.len().checked_sub(MAX_USES) {
                places.push(format!("and {more} more"));
            }
            let _ = write!(out, " {} |", places.join("<br>"));
        }
        out.push('\n');
    }
    out.push('\n');
}

/// Escapes a text of a server or a file, so that it cannot become a table, a tag, a link or a mention.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in escaped(text).to_string().chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' => {
                out.push('\\');
                out.push(char);
            }
            other => out.push(other),
        }
    }
    // GitHub turns a plain URL into a link.
    out.replace("://", "&#58;//")
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn markup_is_escaped() {
        assert_eq!(plain("<b>|`x` @me\n[a](b) http://c"), "&lt;b&gt;\\|\\`x\\` &#64;me\\\\n\\[a\\](b) http&#58;//c");
    }
}
