//! The conversion as a whole, and its options.

use std::fmt::{self, Write as _};

use comfy_schema::{Schema, Value};

use crate::emit;
use crate::error::{ConvertError, Warning, WarningKind};
use crate::flatten::flatten;
use crate::load::{Loaded, Loading};
use crate::ui::UiWorkflow;

/// What a workflow became.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "the prompt is not sent anywhere"]
#[non_exhaustive]
pub struct Converted {
    /// The prompt in API format: an object of node id to `inputs`, `class_type` and `_meta`.
    pub prompt: Value,
    /// What its reader should know.
    pub warnings: Vec<Warning>,
}

/// A moment in local time, for `%date:…%`. The parts are written as they are: nothing checks that they are a moment.
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
    /// The moment in the front end's format: `yy`, `yyyy`, `M`, `MM`, `d`, `dd`, `h`, `hh` (24 hours), `m`, `mm`, `s`,
    /// `ss`; everything else is literal.
    pub(crate) fn format(&self, format: &str) -> String {
        let mut out = String::new();
        let mut rest = format;
        while let Some(char) = rest.chars().next() {
            let most = match char {
                'y' => 4,
                'M' | 'd' | 'h' | 'm' | 's' => 2,
                _ => 1,
            };
            let run = rest.chars().take_while(|next| *next == char).take(most).count();
            let length = match (char, run) {
                ('y', 1) => 1,
                ('y', 2 | 3) => 2,
                (_, run) if most > 1 => run,
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

/// A number of at least this many digits.
fn number(out: &mut String, number: u8, digits: usize) -> fmt::Result {
    write!(out, "{number:0digits$}")
}

/// What happens to `{a|b}` in texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Prompts {
    #[default]
    Expanded,
    Kept,
}

/// The options of a conversion.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) seed: u64,
    pub(crate) prompts: Prompts,
    pub(crate) date: Option<DateTime>,
    pub(crate) follow_named: bool,
}

/// Turns workflows in UI format into prompts, as the stock front end (1.45) does when one is queued.
///
/// ```
/// use comfy_convert::{Converter, UiWorkflow};
/// use comfy_schema::{Schema, Value};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let schema = Schema::from_slice(br#"{"Blur": {
///     "input": {"required": {"image": ["IMAGE"], "radius": ["INT", {"default": 1}]}},
///     "output": ["IMAGE"], "display_name": "Blur it"
/// }}"#)?;
/// let file = Value::parse(br#"{"version": 0.4, "links": [], "nodes": [
///     {"id": 7, "type": "Blur", "inputs": [{"name": "image", "type": "IMAGE", "link": null}], "widgets_values": [4]}
/// ]}"#)?;
/// let converted = Converter::new(&schema).convert(&UiWorkflow::from_value(&file)?)?;
/// assert_eq!(
///     converted.prompt.to_string(),
///     r#"{"7":{"inputs":{"radius":4},"class_type":"Blur","_meta":{"title":"Blur it"}}}"#
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a converter does nothing until `convert` is called"]
pub struct Converter<'s> {
    schema: &'s Schema,
    options: Options,
}

impl<'s> Converter<'s> {
    /// A converter for the classes of this schema.
    pub fn new(schema: &'s Schema) -> Self {
        Self { schema, options: Options::default() }
    }

    /// What the choices of dynamic prompts (`{a|b}`) are made by; 0 unless set. The front end chooses anew each time.
    pub fn seed(mut self, seed: u64) -> Self {
        self.options.seed = seed;
        self
    }

    /// Leaves dynamic prompts as written: choices, comments and escapes.
    pub fn keep_dynamic_prompts(mut self) -> Self {
        self.options.prompts = Prompts::Kept;
        self
    }

    /// The moment that `%date:…%` in names of files means. Without one they stay as written, with a warning.
    pub fn date(mut self, date: DateTime) -> Self {
        self.options.date = Some(date);
        self
    }

    /// Follows `GetNode` and `SetNode` by their names, as the script of their pack does. Without that script, and so
    /// by default, the front end takes them for classes that it does not know.
    pub fn follow_get_set(mut self) -> Self {
        self.options.follow_named = true;
        self
    }

    /// Converts a workflow.
    ///
    /// # Errors
    ///
    /// Where the front end gives no prompt either, and where a limit is passed; see [`ConvertError`].
    pub fn convert(&self, workflow: &UiWorkflow) -> Result<Converted, ConvertError> {
        let loading = Loading { schema: self.schema, follow_named: self.options.follow_named };
        let mut loaded = Loaded::new(workflow, loading)?;
        let (flat, promoted) = flatten(&mut loaded, self.options.date.as_ref())?;
        let mut converted = emit::emit(&loaded, &flat, &promoted, &self.options)?;
        let odd = workflow.oddities.iter().map(|what| Warning { place: None, kind: WarningKind::Odd(what.clone()) });
        converted.warnings.splice(0..0, odd);
        Ok(converted)
    }
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
