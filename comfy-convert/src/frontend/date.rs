//! Dates as the front end writes them into file names.

use std::fmt::{self, Write as _};

/// A date and time, for `%date:…%` in file names. The fields are written as given and are not checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime {
    /// The year: 2026.
    pub year: i32,
    /// The month, from 1.
    pub month: u8,
    /// The day, from 1.
    pub day: u8,
    /// The hour, 0 to 23.
    pub hour: u8,
    /// The minute, 0 to 59.
    pub minute: u8,
    /// The second, 0 to 59.
    pub second: u8,
}

impl DateTime {
    /// Formats the date by a pattern of the front end: `yy`, `yyyy`, `M`, `MM`, `d`, `dd`, `h`, `hh` (24 hours), `m`,
    /// `mm`, `s`, `ss`; everything else is literal.
    pub(crate) fn format(&self, format: &str) -> String {
        let mut out = String::new();
        let mut rest = format;
        while let Some(char) = rest.chars().next() {
            let max = match char {
                'y' => 4,
                'M' | 'd' | 'h' | 'm' | 's' => 2,
                _ => 1,
            };
            let run = rest.chars().take_while(|next| *next == char).take(max).count();
            let length = match (char, run) {
                ('y', 1) => 1,
                ('y', 2 | 3) => 2,
                (_, run) if max > 1 => run,
                _ => char.len_utf8(),
            };
            let (word, behind) = rest.split_at(length);
            // Writing to a string cannot fail.
            let _ = match (char, length) {
                ('y', 4) => write!(out, "{:04}", self.year),
                ('y', 2) => write!(out, "{:02}", self.year.rem_euclid(100)),
                ('M', _) => number(&mut out, self.month, length),
                ('d', _) => number(&mut out, self.day, length),
                ('h', _) => number(&mut out, self.hour, length),
                ('m', _) => number(&mut out, self.minute, length),
                ('s', _) => number(&mut out, self.second, length),
                _ => out.write_str(word),
            };
            rest = behind;
        }
        out
    }
}

/// Writes a number with at least this many digits.
fn number(out: &mut String, number: u8, digits: usize) -> fmt::Result {
    write!(out, "{number:0digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_the_front_end_does() {
        let date = DateTime { year: 2026, month: 3, day: 4, hour: 15, minute: 6, second: 7 };
        assert_eq!(date.format("yyyy-MM-dd hh:mm:ss"), "2026-03-04 15:06:07");
        assert_eq!(date.format("yy M d h m s"), "26 3 4 15 6 7");
        assert_eq!(date.format("y_ä_yyyyyy"), "y_ä_202626");
    }
}
