//! Decides which names from a server are safe as names of files and folders.
//!
//! The rules are those of all operating systems together, so that a name that is saved on one machine can be copied to
//! another, and so that a test on Linux shows what happens on Windows.

use super::super::limits::{MAX_NAME_BYTES, MAX_SUBPATH_BYTES};

/// Names that Windows keeps for devices, with every extension: a write to `NUL.png` goes to a device and not to a file.
const DEVICES: [&str; 7] = ["aux", "clock$", "con", "conin$", "conout$", "nul", "prn"];

/// Names of files with which Windows configures the folder or the drive that holds them.
const CONFIGURATIONS: [&str; 3] = ["autorun.inf", "desktop.ini", "folder.htt"];

/// The longest extension that stays at the end of a name that gets a number.
const MAX_EXTENSION_BYTES: usize = 32;

/// Returns why a text is not safe as the name of one file or folder; `None` if it is safe.
pub(super) fn fault(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("it is empty");
    }
    if name.len() > MAX_NAME_BYTES {
        return Some("it has more than 255 bytes");
    }
    if name.contains(['/', '\\']) {
        return Some("it contains a path separator");
    }
    if name.contains(':') {
        return Some("it contains `:`, which names a drive or a stream on Windows");
    }
    if name.contains(['<', '>', '"', '|', '?', '*']) {
        return Some("it contains a character that Windows does not allow in names: `<`, `>`, `\"`, `|`, `?` or `*`");
    }
    if name.chars().any(char::is_control) {
        return Some("it contains control characters");
    }
    if name == "." || name == ".." {
        return Some("it names a folder");
    }
    if name.ends_with('.') || name.ends_with(char::is_whitespace) {
        return Some("it ends with a dot or a blank, which Windows drops");
    }
    // ComfyUI lists no hidden files, and hidden files configure programs: `.bashrc`, `.cargo`, `.git`.
    if name.starts_with('.') {
        return Some("it is a hidden name");
    }
    if CONFIGURATIONS.contains(&name.to_lowercase().as_str()) {
        return Some("it configures a folder on Windows");
    }
    is_device(name).then_some("it names a device on Windows")
}

/// Returns whether Windows takes the name for a device: `NUL`, `aux.txt`, `COM1 .png`, `lpt²`.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt")).unwrap_or_default();
    let mut number = port.chars();
    let is_port = matches!((number.next(), number.next()), (Some('0'..='9' | '¹' | '²' | '³'), None));
    is_port || DEVICES.contains(&stem.as_str())
}

/// Splits a subfolder from a server into the names of folders, or returns why it is not safe.
///
/// Servers on Windows separate with `\`. Empty parts and `.` inside are skipped, because nodes report `a/` and `.`.
pub(super) fn parts(subfolder: &str) -> Result<Vec<&str>, &'static str> {
    if subfolder.len() > MAX_SUBPATH_BYTES {
        return Err("it has more than 1,024 bytes");
    }
    if subfolder.starts_with(['/', '\\']) {
        return Err("it is an absolute path");
    }
    let parts: Vec<&str> = subfolder.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").collect();
    parts.iter().find_map(|part| fault(part)).map_or(Ok(parts), Err)
}

/// Returns the name with a number in front of its extension: `cat (2).png`. A long name is shortened, so that the
/// result is a valid name too.
pub(super) fn numbered(name: &str, number: u32) -> String {
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= MAX_EXTENSION_BYTES => {
            (stem, format!(".{extension}"))
        }
        _ => (name, String::new()),
    };
    let end = format!(" ({number}){extension}");
    let mut room = MAX_NAME_BYTES.saturating_sub(end.len()).min(stem.len());
    while !stem.is_char_boundary(room) {
        room -= 1;
    }
    format!("{}{end}", &stem[..room])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_unsafe_on_any_system_is_refused() {
        let long = "a".repeat(256);
        let cases = [
            ("empty", &["", ".", ".."][..]),
            ("separators", &["../a.png", "/a.png", "a/b.png", "a\\b.png", "\\\\host\\a.png"]),
            ("drives and streams", &["c:a.png", "C:\\x.png", "x:ads", "a.png::$DATA"]),
            ("control characters", &["a\0.png", "a\n.png", "\u{1b}[31m.png", "\u{9b}31m.png", "\u{7f}"]),
            ("dropped ends", &["a.png.", "a.png ", " ", "a.png\u{a0}", "..."]),
            ("hidden names", &[".bashrc", ".gitconfig", "..a"]),
            ("configuration", &["desktop.ini", "Desktop.INI", "autorun.inf", "folder.htt"]),
            ("characters that Windows refuses", &["a?b*.png", "<x>|y.png", "q\"q.png", "a>", "|", "a*"]),
            (
                "devices",
                &[
                    "CON",
                    "con",
                    "NUL.png",
                    "aux.txt",
                    "Prn.tar.gz",
                    "COM0",
                    "COM1",
                    "lpt9.png",
                    "COM¹",
                    "com³.png",
                    "conin$",
                    "CONOUT$",
                    "CLOCK$",
                    "nul .png",
                ],
            ),
            ("long names", &[&long]),
        ];
        for (kind, names) in cases {
            for name in names {
                assert!(fault(name).is_some(), "{kind}: {name:?}");
            }
        }
    }

    #[test]
    fn an_unusual_name_that_harms_nothing_is_accepted() {
        let long = format!("{}.png", "a".repeat(251));
        let names = [
            "cat_00001_.png",
            "cat (1).png",
            "~root.png",
            "-rf",
            "--help",
            "$(id).png",
            "`id`",
            "a\u{202e}gnp.exe",
            "console.png",
            "COM10.png",
            "com.png",
            "lpt",
            "clock.png",
            "my desktop.ini",
            "nullable.txt",
            "猫.png",
            " a.png",
            "a..b.png",
            &long,
        ];
        for name in names {
            assert_eq!(fault(name), None, "{name:?}");
        }
    }

    #[test]
    fn a_subfolder_is_split_at_both_separators_and_leads_nowhere_else() {
        assert_eq!(parts(""), Ok(Vec::new()));
        assert_eq!(parts("."), Ok(Vec::new()));
        assert_eq!(parts("a/b\\c/"), Ok(vec!["a", "b", "c"]));
        let long = "a/".repeat(513);
        for subfolder in
            ["..", "a/..", "a\\..\\b", "/a", "\\a", "//host/a", "c:/a", ".git/hooks", "a/NUL", "a/ /b", &long]
        {
            assert!(parts(subfolder).is_err(), "{subfolder:?}");
        }
    }

    #[test]
    fn a_number_stands_before_the_extension_and_keeps_the_name_valid() {
        assert_eq!(numbered("cat.png", 2), "cat (2).png");
        assert_eq!(numbered("cat", 3), "cat (3)");
        assert_eq!(numbered("a.tar.gz", 2), "a.tar (2).gz");
        for stem in ["a".repeat(251), "é".repeat(125)] {
            let name = numbered(&format!("{stem}.png"), 10_000);
            assert!(name.ends_with(" (10000).png") && fault(&name).is_none(), "{name}");
        }
        // An extension may take up all of the name.
        assert!(fault(&numbered(&format!("a.{}", "b".repeat(253)), 2)).is_none());
    }
}
