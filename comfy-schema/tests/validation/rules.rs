//! One case per rule.
