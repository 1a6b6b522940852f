//! The checks of core classes that validate their inputs themselves (`VALIDATE_INPUTS`).

use super::declared::Declared;
use super::files::{Disk, Folder, annotated};
use super::python::{self, Exception, is_link, truthy};
use crate::{InputKind, Map, NodeDef, Text, Value};

/// The outcome of a class's own check.
pub(super) struct Outcome {
    pub(super) answer: Answer,
    /// The input that names a file, and the assumption made about the file.
    pub(super) assumed: Option<(Text, String)>,
}

/// The answer of a check.
pub(super) enum Answer {
    Ok,
    Failed(String),
    Raised(Exception),
}

/// The check of a core class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// The input must name a file that exists.
    File { input: &'static str, noun: &'static str, list: List },
    /// The input `model_file` must name a file that exists, or be empty.
    Model,
    /// At least one of two inputs must be given.
    SoftSwitch,
    /// The input `choice` must be given.
    Custom,
    /// Everything is accepted.
    Device,
    /// At least one of six movements must not be zero.
    Camera,
    /// The ratio must have the form `X:Y` and lie within 1:4 and 4:1.
    AspectRatio,
    /// The link must carry one of three task ids.
    TaskId,
}

/// The files of the input folder that the options of a loader list. Files in subfolders are never listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// The files with one of these extensions.
    Extensions(&'static [&'static str]),
    /// No files of the input folder, so that the options do not show whether such a file exists.
    Nothing,
}

const IMAGES: List = List::Extensions(&[
    "png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff", "avif", "heic", "heif", "ico", "svg", "ppm", "pgm",
    "pbm",
]);
const VIDEOS: List =
    List::Extensions(&["mp4", "m4v", "webm", "mkv", "mov", "avi", "mpg", "mpeg", "wmv", "flv", "ogv", "ts", "3gp"]);
/// The extensions of audio files, and of videos, which may have sound.
const SOUNDS: List = List::Extensions(&[
    "mp3", "wav", "flac", "ogg", "oga", "opus", "m4a", "aac", "aif", "aiff", "mp4", "m4v", "webm", "mkv", "mov", "avi",
    "mpg", "mpeg",
]);
const LATENTS: List = List::Extensions(&["latent"]);

/// The camera movements, in the order in which they are checked.
const MOVEMENTS: [&str; 6] = ["horizontal_movement", "vertical_movement", "pan", "tilt", "roll", "zoom"];

/// The name of the parameter that receives the types of the links.
const INPUT_TYPES: &str = "input_types";

impl Rule {
    /// Returns the check of a core class, if it has one.
    pub(super) fn of(node: &NodeDef) -> Option<Self> {
        if is_custom(node) {
            return None;
        }
        let file = |input, noun, list| Some(Self::File { input, noun, list });
        match node.class.as_str() {
            "LoadImage" | "LoadImageMask" => file("image", "image", IMAGES),
            "LoadImageOutput" | "WebcamCapture" => file("image", "image", List::Nothing),
            "LoadLatent" => file("latent", "latent", LATENTS),
            "LoadVideo" => file("file", "video", VIDEOS),
            "LoadAudio" => file("audio", "audio", SOUNDS),
            "Load3D" | "Load3DAdvanced" => Some(Self::Model),
            "ComfySoftSwitchNode" => Some(Self::SoftSwitch),
            "CustomCombo" => Some(Self::Custom),
            "SelectModelDevice" | "SelectCLIPDevice" | "SelectVAEDevice" => Some(Self::Device),
            "KlingCameraControls" => Some(Self::Camera),
            "FluxProUltraImageNode" => Some(Self::AspectRatio),
            "TripoConversionNode" => Some(Self::TaskId),
            _ => None,
        }
    }

    /// Returns the parameters of the check's function, or `None` if it takes any input.
    fn parameters(self) -> Option<&'static [&'static str]> {
        match self {
            Self::File { input: "image", .. } => Some(&["image"]),
            Self::File { input: "latent", .. } => Some(&["latent"]),
            Self::File { input: "file", .. } => Some(&["file"]),
            Self::File { .. } => Some(&["audio"]),
            Self::Model | Self::Custom => None,
            Self::SoftSwitch => Some(&["switch", "on_false", "on_true"]),
            Self::Device => Some(&["device"]),
            Self::Camera => Some(&MOVEMENTS),
            Self::AspectRatio => Some(&["aspect_ratio"]),
            Self::TaskId => Some(&[INPUT_TYPES]),
        }
    }

    /// Returns whether the check's function takes this input. The server itself then checks neither bounds nor options.
    pub(super) fn takes(self, name: &str) -> bool {
        self.parameters().is_none_or(|parameters| parameters.contains(&name))
    }

    /// Returns whether the check's function takes the types of links. The server itself then does not compare them.
    pub(super) fn takes_types(self) -> bool {
        self == Self::TaskId
    }

    /// Returns whether the check's function takes undeclared inputs.
    pub(super) fn takes_undeclared(self) -> bool {
        self == Self::Custom
    }
}

/// Returns whether a class comes from a custom node pack.
pub(super) fn is_custom(node: &NodeDef) -> bool {
    node.python_module.split('.').next() == Some("custom_nodes")
}

/// Returns the arguments with which a node's check is called. A link is passed as `null`, unless the input takes raw
/// links.
pub(super) fn arguments(rule: Rule, inputs: &Map, declared: &[Declared<'_>]) -> Vec<(Text, Value)> {
    let mut arguments = Vec::new();
    for (name, value) in inputs.iter().filter(|(name, _)| rule.takes(name)) {
        let declared = declared.iter().find(|declared| declared.name == *name);
        let raw = declared.is_some_and(|declared| declared.input.options.get("rawLink").is_some_and(truthy));
        if is_link(value) && !raw {
            arguments.push((name.clone(), Value::Null));
        } else if declared.is_some() || rule.takes_undeclared() {
            arguments.push((name.clone(), value.clone()));
        }
    }
    arguments
}

/// A call of a check.
pub(super) struct Call<'c> {
    pub(super) node: &'c NodeDef,
    /// The given inputs that the check takes. Links are `null`.
    pub(super) arguments: Vec<(Text, Value)>,
    /// The types of the links, if the check takes them.
    pub(super) types: &'c [(Text, Value)],
    pub(super) disk: Disk<'c>,
}

impl Call<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        self.arguments.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Returns an argument, or the exception that Python raises if it is missing.
    fn needed(&self, name: &str) -> Result<&Value, Exception> {
        self.get(name).ok_or_else(|| self.missing(&[name]))
    }

    fn missing(&self, names: &[&str]) -> Exception {
        let function = match self.node.producer {
            crate::Producer::V1 => "VALIDATE_INPUTS",
            crate::Producer::V3 => "validate_inputs",
        };
        let plural = if names.len() == 1 { "" } else { "s" };
        let listed = match names {
            [one] => format!("'{one}'"),
            [first, second] => format!("'{first}' and '{second}'"),
            [others @ .., last] => {
                let others: Vec<String> = others.iter().map(|name| format!("'{name}'")).collect();
                format!("{}, and '{last}'", others.join(", "))
            }
            [] => String::new(),
        };
        let count = names.len();
        Exception::type_error(format!(
            "{}.{function}() missing {count} required positional argument{plural}: {listed}",
            self.node.class
        ))
    }

    /// Calls the check.
    pub(super) fn run(&self, rule: Rule) -> Outcome {
        let mut assumed = None;
        let answer = match rule {
            Rule::File { input, noun, list } => self.file(input, noun, list, &mut assumed),
            Rule::Model => self.model(&mut assumed),
            Rule::SoftSwitch => self.soft_switch(),
            Rule::Custom => self.needed("choice").map(|_| None),
            Rule::Device => Ok(None),
            Rule::Camera => self.camera(),
            Rule::AspectRatio => self.needed("aspect_ratio").and_then(aspect_ratio).map(|()| None),
            Rule::TaskId => self.task_id(),
        };
        let answer = match answer {
            Ok(None) => Answer::Ok,
            Ok(Some(text)) => Answer::Failed(text),
            Err(exception) => Answer::Raised(exception),
        };
        Outcome { answer, assumed }
    }

    fn file(
        &self,
        input: &str,
        noun: &str,
        list: List,
        assumed: &mut Option<(Text, String)>,
    ) -> Result<Option<String>, Exception> {
        let value = self.needed(input)?;
        let exists = self.exists(input, value, list, assumed)?;
        Ok((!exists).then(|| format!("Invalid {noun} file: {}", python::str(value))))
    }

    fn model(&self, assumed: &mut Option<(Text, String)>) -> Result<Option<String>, Exception> {
        let value = self.needed("model_file")?;
        if !truthy(value) || value.as_str() == Some("none") {
            return Ok(None);
        }
        let exists = self.exists("model_file", value, List::Nothing, assumed)?;
        Ok((!exists).then(|| format!("Invalid 3D model file: {}", python::str(value))))
    }

    /// Returns whether a file exists. If that is unknown, stores the assumption made in `assumed`.
    fn exists(
        &self,
        input: &str,
        value: &Value,
        list: List,
        assumed: &mut Option<(Text, String)>,
    ) -> Result<bool, Exception> {
        let Some(text) = value.as_str() else {
            let message = format!("'{}' object has no attribute 'endswith'", python::type_name(value));
            return Err(Exception::new("AttributeError", message));
        };
        let (name, folder) = annotated(text);
        if name.contains('\0') {
            return Ok(false);
        }
        let listed = self.disk.files.and_then(|files| files.exists(folder, name));
        if let Some(exists) = listed.filter(|exists| *exists || !self.disk.assume_files) {
            return Ok(exists);
        }
        let inside = name.trim_end_matches('/').strip_prefix("./").unwrap_or(name);
        let is_folder_itself = !name.starts_with('/') && matches!(inside, "" | ".");
        if is_folder_itself || self.is_listed(input, value) {
            return Ok(true);
        }
        let would_be_listed = match list {
            _ if self.disk.assume_files => false,
            List::Extensions(extensions) if folder == Folder::Input && !inside.contains('/') => {
                let extension = inside.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
                if extension.is_some_and(|extension| extensions.contains(&extension.as_str())) {
                    return Ok(false);
                }
                true
            }
            _ => false,
        };
        let assumption = if would_be_listed { "does not exist" } else { "exists" };
        *assumed = Some((
            Text::new(input),
            format!(
                "the definitions do not tell whether the server has the file {value}; assuming that it {assumption}"
            ),
        ));
        Ok(!would_be_listed)
    }

    fn is_listed(&self, input: &str, value: &Value) -> bool {
        let kind = self.node.input(input).map(|input| &input.kind);
        matches!(kind, Some(InputKind::Combo(combo)) if combo.values.iter().any(|option| python::equal(option, value)))
    }

    fn soft_switch(&self) -> Result<Option<String>, Exception> {
        self.needed("switch")?;
        let none = self.get("on_false").is_none() && self.get("on_true").is_none();
        Ok(none.then(|| "At least one of on_false or on_true must be connected to Switch node".to_owned()))
    }

    fn camera(&self) -> Result<Option<String>, Exception> {
        let absent: Vec<&str> = MOVEMENTS.into_iter().filter(|name| self.get(name).is_none()).collect();
        if !absent.is_empty() {
            return Err(self.missing(&absent));
        }
        for value in MOVEMENTS.iter().filter_map(|name| self.get(name)) {
            match value {
                Value::Int(_) | Value::BigInt(_) | Value::Bool(_) => {
                    if truthy(value) {
                        return Ok(None);
                    }
                }
                // The node calls `math.isclose(value, 0.0)`, which is true only for zero.
                Value::Float(float) if *float != 0.0 => return Ok(None),
                Value::Float(_) => {}
                other => {
                    let message = format!("must be real number, not {}", python::type_name(other));
                    return Err(Exception::type_error(message));
                }
            }
        }
        Ok(Some("Invalid camera control configs: at least one of the values must be non-zero".to_owned()))
    }

    fn task_id(&self) -> Result<Option<String>, Exception> {
        let name = "original_model_task_id";
        let carried = self.types.iter().find(|(input, _)| input == name).map(|(_, carried)| carried);
        let carried = carried.ok_or_else(|| Exception::new("KeyError", format!("'{name}'")))?;
        let right = matches!(carried.as_str(), Some("MODEL_TASK_ID" | "RIG_TASK_ID" | "RETARGET_TASK_ID"));
        Ok((!right)
            .then(|| "original_model_task_id must be MODEL_TASK_ID, RIG_TASK_ID or RETARGET_TASK_ID type".to_owned()))
    }
}

/// Checks that a value has the form `X:Y`, with positive integers, and lies within 1:4 and 4:1.
fn aspect_ratio(value: &Value) -> Result<(), Exception> {
    let wrong = |reason: &str| Exception::new("ValueError", format!("Aspect ratio {reason}: {}", python::repr(value)));
    let text = value.as_str().ok_or_else(|| {
        Exception::new("AttributeError", format!("'{}' object has no attribute 'split'", python::type_name(value)))
    })?;
    let (x, y) = text.split_once(':').ok_or_else(|| wrong("must be 'X:Y'"))?;
    let number = |part: &str| python::to_int(&Value::from(part)).map_err(|_| wrong("must hold two integers"));
    let (x, y) = (number(x)?, number(y)?);
    let positive = |number: &Value| python::less(&Value::Int(0), number, '<').unwrap_or(false);
    if !positive(&x) || !positive(&y) {
        return Err(wrong("must hold two positive integers"));
    }
    let within = match (&x, &y) {
        (Value::Int(x), Value::Int(y)) => x.saturating_mul(4) >= *y && y.saturating_mul(4) >= *x,
        // Python divides. For integers beyond 128 bits, the nearest floats are exact enough.
        _ => matches!((x.as_f64(), y.as_f64()), (Some(x), Some(y)) if (0.25..=4.0).contains(&(x / y))),
    };
    if within { Ok(()) } else { Err(wrong("must be within 1:4 and 4:1")) }
}

#[cfg(test)]
mod tests {
    use super::aspect_ratio;
    use crate::Value;

    #[test]
    fn aspect_ratios() {
        for text in ["16:9", " 1 : 4 ", "4:1", "1:1", "007:8", "1_6:9"] {
            assert!(aspect_ratio(&Value::from(text)).is_ok(), "{text}");
        }
        for text in ["1:5", "5:1", "16", "16:9:1", "a:b", "0:1", "-1:-1", "1.5:1", "", ":"] {
            assert!(aspect_ratio(&Value::from(text)).is_err(), "{text}");
        }
        assert!(aspect_ratio(&Value::Null).is_err());
    }
}
