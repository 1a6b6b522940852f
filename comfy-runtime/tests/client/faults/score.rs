//! What the judge counts.

use std::fmt;
use std::ops::AddAssign;

/// What became of the runs of some cases.
#[derive(Debug, Clone, Default)]
pub(crate) struct Score {
    pub(crate) cases: usize,
    pub(crate) runs: usize,
    /// Called lost, unknown or not accepted though the server knew.
    pub(crate) lost: Vec<String>,
    /// Executed twice, or told to have ended twice.
    pub(crate) doubled: Vec<String>,
    /// Another ending than the true one.
    pub(crate) wrong: Vec<String>,
    /// No ending in time.
    pub(crate) hung: Vec<String>,
}

impl Score {
    pub(crate) fn is_clean(&self) -> bool {
        self.faults().next().is_none()
    }

    /// What is not as it should be, a line each.
    pub(crate) fn faults(&self) -> impl Iterator<Item = String> + '_ {
        let named = [("lost", &self.lost), ("doubled", &self.doubled), ("wrong", &self.wrong), ("hung", &self.hung)];
        named.into_iter().flat_map(|(name, list)| list.iter().map(move |what| format!("{name}: {what}")))
    }
}

impl AddAssign for Score {
    fn add_assign(&mut self, other: Self) {
        self.cases += other.cases;
        self.runs += other.runs;
        self.lost.extend(other.lost);
        self.doubled.extend(other.doubled);
        self.wrong.extend(other.wrong);
        self.hung.extend(other.hung);
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [lost, doubled, wrong, hung] = [&self.lost, &self.doubled, &self.wrong, &self.hung].map(Vec::len);
        write!(f, "{}, runs {}, lost {lost}, doubled {doubled}, wrong {wrong}, hung {hung}", self.cases, self.runs)
    }
}
