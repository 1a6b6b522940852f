//! Which files are on the server's disk.

use std::collections::HashSet;

use crate::Text;
use crate::words::words;

/// The folders that file names refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Folder {
    /// Uploads; what a name without a suffix means.
    Input,
    /// Results (`name [output]`).
    Output,
    /// Previews and captures (`name [temp]`).
    Temp,
}

words!(Folder, "server folder", Input = "input", Output = "output", Temp = "temp",);

/// What is known of the server's disk.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Disk<'s> {
    pub(super) files: Option<&'s Files>,
    /// A file may be there that an empty list does not show.
    pub(super) any_model: bool,
}

/// The files in the server's folders: those folders that were listed, completely.
#[derive(Debug, Clone, Default)]
pub struct Files {
    input: Option<Listing>,
    output: Option<Listing>,
    temp: Option<Listing>,
}

#[derive(Debug, Clone, Default)]
struct Listing {
    files: HashSet<Text>,
    /// The folders above them, without the listed one itself.
    folders: HashSet<Text>,
}

impl Files {
    /// No folder is listed yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lists a folder: every file in it by its path from there, with slashes (`portraits/a.png`).
    #[must_use]
    pub fn with(mut self, folder: Folder, files: impl IntoIterator<Item = impl Into<Text>>) -> Self {
        let listing = self.listing_mut(folder).get_or_insert_default();
        for file in files {
            let file = file.into();
            for (at, _) in file.match_indices('/') {
                listing.folders.insert(Text::new(&file[..at]));
            }
            listing.files.insert(file);
        }
        self
    }

    /// Whether something of this name exists; `None` if that cannot be known: the folder is not listed, or the name
    /// leads out of it.
    pub(super) fn exists(&self, folder: Folder, name: &str) -> Option<bool> {
        let listing = self.listing(folder)?;
        if name.starts_with('/') {
            return None;
        }
        let mut parts: Vec<&str> = Vec::new();
        for part in name.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    let path = parts.join("/");
                    parts.pop()?;
                    // Nothing is above what is not a folder.
                    if !listing.folders.contains(path.as_str()) {
                        return Some(false);
                    }
                }
                part => parts.push(part),
            }
        }
        let path = parts.join("/");
        let folder = path.is_empty() || listing.folders.contains(path.as_str());
        let must_be_folder = name.ends_with('/') || name.ends_with("/.");
        Some(folder || (!must_be_folder && listing.files.contains(path.as_str())))
    }

    fn listing(&self, folder: Folder) -> Option<&Listing> {
        match folder {
            Folder::Input => self.input.as_ref(),
            Folder::Output => self.output.as_ref(),
            Folder::Temp => self.temp.as_ref(),
        }
    }

    fn listing_mut(&mut self, folder: Folder) -> &mut Option<Listing> {
        match folder {
            Folder::Input => &mut self.input,
            Folder::Output => &mut self.output,
            Folder::Temp => &mut self.temp,
        }
    }
}

/// A file name and its folder. A suffix `[input]`, `[output]` or `[temp]` is cut off together with the one character
/// before it, whatever that is.
pub(super) fn annotated(value: &str) -> (&str, Folder) {
    for (suffix, folder) in [("[output]", Folder::Output), ("[input]", Folder::Input), ("[temp]", Folder::Temp)] {
        if let Some(name) = value.strip_suffix(suffix) {
            let mut characters = name.chars();
            characters.next_back();
            return (characters.as_str(), folder);
        }
    }
    (value, Folder::Input)
}

#[cfg(test)]
mod tests {
    use super::{Files, Folder, annotated};

    #[test]
    fn a_suffix_takes_one_character_with_it() {
        assert_eq!(annotated("a.png"), ("a.png", Folder::Input));
        assert_eq!(annotated("a.png [output]"), ("a.png", Folder::Output));
        assert_eq!(annotated("a.png[temp]"), ("a.pn", Folder::Temp));
        assert_eq!(annotated("é[input]"), ("", Folder::Input));
        assert_eq!(annotated("[input]"), ("", Folder::Input));
        assert_eq!(annotated("a [output] "), ("a [output] ", Folder::Input));
    }

    #[test]
    fn what_exists() {
        let files = Files::new().with(Folder::Input, ["a.png", "sub/deep/b.png"]);
        let exists = |name| files.exists(Folder::Input, name);
        for name in ["a.png", "./a.png", "sub//deep/b.png", "", ".", "sub", "sub/", "sub/../a.png", "sub/deep/.."] {
            assert_eq!(exists(name), Some(true), "{name}");
        }
        for name in ["b.png", "a.png/", "a.png/.", "a.png/..", "sub/a.png", "A.PNG"] {
            assert_eq!(exists(name), Some(false), "{name}");
        }
        for name in ["/etc/passwd", "..", "sub/../../x"] {
            assert_eq!(exists(name), None, "{name}");
        }
        assert_eq!(files.exists(Folder::Output, "a.png"), None);
    }
}
