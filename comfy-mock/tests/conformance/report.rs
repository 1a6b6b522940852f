//! The report of the comparison with a recording.

/// The outcomes of the comparison with a recording.
#[derive(Debug, Default)]
pub(crate) struct Report {
    alike: usize,
    differ: Vec<String>,
}

impl Report {
    /// Adds the outcome of one comparison: a description of each difference.
    pub(crate) fn add(&mut self, name: &str, differences: Vec<String>) {
        if differences.is_empty() {
            self.alike += 1;
        } else {
            self.differ.push(format!("{name}:\n    {}", differences.join("\n    ")));
        }
    }

    /// Prints the outcome, and asserts that `count` comparisons were made and that none found a difference.
    pub(crate) fn settle(&self, name: &str, count: usize) {
        println!("{name}: {} alike, {} differ, 0 skipped", self.alike, self.differ.len());
        assert!(self.differ.is_empty(), "{}", self.differ.join("\n"));
        assert_eq!(self.alike, count, "{name}");
    }
}
