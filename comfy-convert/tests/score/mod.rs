//! Comparison of conversions with the prompts that the real front end made of the same files.
//!
//! A folder holds pairs `x.ui.json` (as saved) and `x.api.json` (as queued). The comparison leaves out only values that
//! nobody can know offline: an input that the converter itself reports as [`ConvertWarningKind::Undecided`], and the
//! part of `audioUI` after `&rand=`.

use std::collections::HashSet;
use std::error::Error;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use comfy_convert::{ConvertWarningKind, Converted, Converter, UiWorkflow, to_ui_with};
use comfy_schema::shown::shortened_value;
use comfy_schema::{Schema, Value};

/// The result for a folder.
#[derive(Default)]
pub(crate) struct Score {
    /// The number of equal pairs.
    pub(crate) equal: usize,
    /// The pairs that are not equal.
    pub(crate) failures: Vec<Failure>,
    /// The values that were left out: file, node and input.
    pub(crate) left_out: Vec<String>,
    /// The texts that are blanked in the data on one side.
    pub(crate) blanked: Vec<String>,
    /// The values that a file for the editor could not hold.
    pub(crate) lost: Vec<String>,
    /// The time of reading and converting, without reading files.
    pub(crate) time: Duration,
}

/// Turns every prompt of a folder (`x.api.json`) into a workflow for the editor, converts it back, and compares.
pub(crate) fn round_trips(folder: &Path, schema: &Schema) -> Result<Score, Box<dyn Error>> {
    let mut names: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    names.retain(|path| path.to_string_lossy().ends_with(".api.json"));
    names.sort();
    let mut score = Score::default();
    for path in names {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let prompt = Value::parse(&fs::read(&path)?)?;
        let started = Instant::now();
        let document = to_ui_with(&prompt, schema, |_, _| Vec::new())?;
        // The workflow is read from its text, as the editor does.
        let text = document.workflow.to_string();
        let workflow = UiWorkflow::from_value(&Value::parse(text.as_bytes())?)?;
        let converted = Converter::new(schema).convert(&workflow)?;
        score.time += started.elapsed();
        score.lost.extend(document.lost.iter().map(|lost| format!("{name}: {lost}")));
        score.compare(name, &converted, &prompt);
    }
    Ok(score)
}

/// A pair that is not equal.
pub(crate) struct Failure {
    /// The pair's name.
    pub(crate) name: String,
    /// The first differences.
    pub(crate) differences: Vec<String>,
}

/// Converts every pair of a folder and compares.
pub(crate) fn folder(folder: &Path, schema: &Schema) -> Result<Score, Box<dyn Error>> {
    let mut names: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    names.retain(|path| path.to_string_lossy().ends_with(".ui.json"));
    names.sort();
    let mut score = Score::default();
    for path in names {
        let text = path.to_string_lossy();
        let Some(stem) = text.strip_suffix(".ui.json") else { continue };
        let name = Path::new(stem).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (ui, api) = (fs::read(&path)?, Value::parse(&fs::read(format!("{stem}.api.json"))?)?);
        let started = Instant::now();
        let converted = UiWorkflow::from_value(&Value::parse(&ui)?)
            .map_err(|error| error.to_string())
            .and_then(|workflow| Converter::new(schema).convert(&workflow).map_err(|error| error.to_string()));
        score.time += started.elapsed();
        match converted {
            Ok(converted) => score.compare(name, &converted, &api),
            Err(error) => score.failures.push(Failure { name, differences: vec![error] }),
        }
    }
    Ok(score)
}

impl Score {
    fn compare(&mut self, name: String, converted: &Converted, api: &Value) {
        let undecided = converted.warnings.iter().filter_map(|warning| match (&warning.kind, &warning.node) {
            (ConvertWarningKind::Undecided { input, .. }, Some(label)) => {
                Some((label.id.to_string(), input.to_string()))
            }
            _ => None,
        });
        let mut compare = Compare { undecided: undecided.collect(), differences: Vec::new(), blanked: Vec::new() };
        compare.prompts(&converted.prompt, api);
        self.left_out.extend(compare.undecided.iter().map(|(node, input)| format!("{name}: {node}.{input}")));
        self.blanked.extend(compare.blanked.iter().map(|message| format!("{name}: {message}")));
        if compare.differences.is_empty() {
            self.equal += 1;
        } else {
            self.failures.push(Failure { name, differences: compare.differences });
        }
    }
}

struct Compare {
    undecided: HashSet<(String, String)>,
    differences: Vec<String>,
    blanked: Vec<String>,
}

impl Compare {
    fn prompts(&mut self, ours: &Value, theirs: &Value) {
        let (Some(ours), Some(theirs)) = (ours.as_object(), theirs.as_object()) else {
            return self.differences.push("not two objects".into());
        };
        for id in theirs.keys().filter(|id| !ours.contains_key(id)) {
            self.differences.push(format!("{id} is missing: {}", theirs.get(id).map(short).unwrap_or_default()));
        }
        for (id, node) in ours {
            match theirs.get(id) {
                None => self.differences.push(format!("{id} is too much: {}", short(node))),
                Some(other) => self.nodes(id, node, other),
            }
        }
    }

    fn nodes(&mut self, id: &str, ours: &Value, theirs: &Value) {
        let part =
            |node: &Value, key: &str| node.as_object().and_then(|node| node.get(key)).cloned().unwrap_or(Value::Null);
        if part(ours, "class_type") != part(theirs, "class_type") {
            self.differences.push(format!(
                "{id}.class_type: {} for {}",
                part(ours, "class_type"),
                part(theirs, "class_type")
            ));
        }
        self.members(&format!("{id}._meta"), id, &part(ours, "_meta"), &part(theirs, "_meta"));
        self.members(&format!("{id}.inputs"), id, &part(ours, "inputs"), &part(theirs, "inputs"));
    }

    fn members(&mut self, at: &str, id: &str, ours: &Value, theirs: &Value) {
        let (Some(ours), Some(theirs)) = (ours.as_object(), theirs.as_object()) else {
            return self.differences.push(format!("{at}: {} for {}", short(ours), short(theirs)));
        };
        let mut names: Vec<&str> = ours.keys().chain(theirs.keys()).map(comfy_schema::Text::as_str).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            if self.undecided.contains(&(id.to_owned(), name.to_owned())) {
                continue;
            }
            let (mine, other) = (ours.get(name), theirs.get(name));
            let same = match (mine, other) {
                (Some(Value::String(mine)), Some(Value::String(other))) if name == "audioUI" => {
                    before_rand(mine) == before_rand(other)
                }
                (mine, other) => mine == other,
            };
            if same {
                continue;
            }
            let text = |value: Option<&Value>| value.map_or_else(|| "nothing".into(), short);
            let message = format!("{at}.{name}: {} for {}", text(mine), text(other));
            let blanked = name == "audioUI" && is_blanked(theirs.get("audio"), other);
            if blanked { self.blanked.push(message) } else { self.differences.push(message) }
        }
    }
}

/// Returns whether the two texts disagree in the data itself: in public workflows the name of the file is a hash in
/// `audio` and stands in clear in `audioUI`.
fn is_blanked(audio: Option<&Value>, address: Option<&Value>) -> bool {
    let (Some(audio), Some(address)) = (audio.and_then(Value::as_str), address.and_then(Value::as_str)) else {
        return false;
    };
    let stem = audio.rsplit('/').next().unwrap_or(audio).split('.').next().unwrap_or_default();
    stem.len() == 8 && stem.bytes().all(|byte| byte.is_ascii_hexdigit()) && !address.contains(stem)
}

fn before_rand(text: &str) -> &str {
    text.split_once("&rand=").map_or(text, |(before, _)| before)
}

fn short(value: &Value) -> String {
    shortened_value(value, 160)
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for message in &self.left_out {
            writeln!(f, "left out  {message}")?;
        }
        for message in &self.blanked {
            writeln!(f, "blanked   {message}")?;
        }
        for message in &self.lost {
            writeln!(f, "lost      {message}")?;
        }
        for failure in &self.failures {
            writeln!(f, "differs   {} ({} places)", failure.name, failure.differences.len())?;
            for difference in failure.differences.iter().take(5) {
                writeln!(f, "            {difference}")?;
            }
        }
        let all = self.equal + self.failures.len();
        write!(f, "{}/{all} equal, {:.0} ms to read and convert", self.equal, self.time.as_secs_f64() * 1e3)
    }
}
