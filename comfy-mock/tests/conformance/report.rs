//! What was compared, and how it went.

/// The outcome of playing recordings.
#[derive(Debug, Default)]
pub(crate) struct Report {
    alike: usize,
    differ: Vec<String>,
}

impl Report {
    /// Adds the outcome of one comparison; a difference is told in words.
    pub(crate) fn add(&mut self, what: &str, differences: Vec<String>) {
        if differences.is_empty() {
            self.alike += 1;
        } else {
            self.differ.push(format!("{what}:\n    {}", differences.join("\n    ")));
        }
    }

    /// Prints the outcome; all must be alike, and all must have been played.
    pub(crate) fn settle(&self, name: &str, count: usize) {
        println!("{name}: {} alike, {} differ, 0 skipped", self.alike, self.differ.len());
        assert!(self.differ.is_empty(), "{}", self.differ.join("\n"));
        assert_eq!(self.alike, count, "{name}");
    }
}
