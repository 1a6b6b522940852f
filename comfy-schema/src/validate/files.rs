//! The files on the server's disk.

use std::collections::HashSet;

use super::declared::Declared;
use crate::words::words;
use crate::{Text, Value, open};

/// A folder that file names refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Folder {
    /// The folder of uploads, which names without a suffix refer to.
    Input,
    /// The folder of results (`name [output]`).
    Output,
    /// The folder of previews and captures (`name [temp]`).
    Temp,
}

words!(Folder, "server folder", Input = "input", Output = "output", Temp = "temp",);

/// The facts that are known about the server's disk.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Disk<'s> {
    pub(super) files: Option<&'s Files>,
    /// Whether every file that a prompt names is assumed to exist.
    pub(super) assume_files: bool,
    /// The inputs, each a class and a name, that list all files that they take.
    pub(super) complete_lists: &'s [(Text, Text)],
}

impl Disk<'_> {
    /// Returns whether a value that an input of a class does not list is assumed to be a file that the server has.
    pub(super) fn may_have(&self, class: &str, input: &Declared<'_>, value: &Value) -> bool {
        let is_complete = || self.complete_lists.iter().any(|(of, name)| of == class && *name == input.name);
        self.assume_files && open::may_name_files(input.input, value) && !is_complete()
    }
}

/// The complete listings of some of the server's folders.
#[derive(Debug, Clone, Default)]
pub struct Files {
    input: Option<Listing>,
    output: Option<Listing>,
    temp: Option<Listing>,
}

#[derive(Debug, Clone, Default)]
struct Listing {
    files: HashSet<Text>,
    /// The folders inside the listed one that hold the files.
    folders: HashSet<Text>,
}

impl Files {
    /// Creates a set without listings, so that nothing is known about any folder.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the listing of a folder: the path of every file in it, relative and with slashes (`portraits/a.png`).
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

    /// Returns whether a file or folder of this name exists, or `None` if that is unknown: the folder is not listed, or
    /// the name leads out of it.
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
                    // Only a folder has a parent.
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

/// Splits an annotated file name into the name and its folder. As in the server, a suffix `[input]`, `[output]` or
/// `[temp]` is removed together with any one character before it.
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
    fn names_exist_or_not_or_lead_out_of_the_folder() {
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
