//! The core classes that check their inputs themselves.

use super::declared::Declared;
use super::files::{Files, Folder, annotated};
use super::python::{self, Exception, is_link, truthy};
use crate::{InputKind, Map, NodeDef, Text, Value};

/// What a class's own check gives.
pub(super) struct Outcome {
    pub(super) answer: Answer,
    /// What was assumed about a file, and of which input.
    pub(super) assumed: Option<(Text, String)>,
}

/// Yes, no, or an exception.
pub(super) enum Answer {
    Ok,
    Failed(String),
    Raised(Exception),
}

/// The check of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// The named input is a file that exists.
    File { input: &'static str, what: &'static str, list: List },
    /// The same for `model_file`, which may also be nothing.
    Model,
    /// At least one of two inputs is there.
    SoftSwitch,
    /// Everything is right once `choice` is there.
    Custom,
    /// Everything is right.
    Device,
    /// At least one of six movements is not zero.
    Camera,
    /// `X:Y` within 1:4 and 4:1.
    AspectRatio,
    /// The link carries one of three task ids.
    TaskId,
}

/// Which files the options of a loader show, of those directly in the input folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// Those with one of these endings.
    Endings(&'static [&'static str]),
    /// None that a name without a folder could mean.
    Nothing,
}

const IMAGES: List = List::Endings(&[
    "png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff", "avif", "heic", "heif", "ico", "svg", "ppm", "pgm",
    "pbm",
]);
const VIDEOS: List =
    List::Endings(&["mp4", "m4v", "webm", "mkv", "mov", "avi", "mpg", "mpeg", "wmv", "flv", "ogv", "ts", "3gp"]);
/// Sound is also in videos.
const SOUNDS: List = List::Endings(&[
    "mp3", "wav", "flac", "ogg", "oga", "opus", "m4a", "aac", "aif", "aiff", "mp4", "m4v", "webm", "mkv", "mov", "avi",
    "mpg", "mpeg",
]);
const LATENTS: List = List::Endings(&["latent"]);

/// The movements in the order in which they are looked at.
const MOVEMENTS: [&str; 6] = ["horizontal_movement", "vertical_movement", "pan", "tilt", "roll", "zoom"];

/// The name under which the types of the links are passed.
const INPUT_TYPES: &str = "input_types";

impl Rule {
    /// The check of a class of the server's own.
    pub(super) fn of(node: &NodeDef) -> Option<Self> {
        if is_custom(node) {
            return None;
        }
        let file = |input, what, list| Some(Self::File { input, what, list });
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

    /// The parameters of the function; `None` if it takes any.
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

    /// Whether the function takes this input, so that bounds and options are left to it.
    pub(super) fn takes(self, name: &str) -> bool {
        self.parameters().is_none_or(|parameters| parameters.contains(&name))
    }

    /// Whether the types of links are left to the function.
    pub(super) fn takes_types(self) -> bool {
        self == Self::TaskId
    }

    /// Whether undeclared inputs reach the function.
    pub(super) fn takes_undeclared(self) -> bool {
        self == Self::Custom
    }
}

/// Whether a class comes from a custom pack.
pub(super) fn is_custom(node: &NodeDef) -> bool {
    node.python_module.split('.').next() == Some("custom_nodes")
}

/// What of a node's inputs a check is called with: links are null, unless the node takes them as they are.
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

/// What a class's check is called with.
pub(super) struct Call<'c> {
    pub(super) node: &'c NodeDef,
    /// The inputs that it takes and that are there; links are null.
    pub(super) arguments: Vec<(Text, Value)>,
    /// The types that links carry, where the check takes them.
    pub(super) types: &'c [(Text, Value)],
    pub(super) files: Option<&'c Files>,
}

impl Call<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        self.arguments.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// An argument without which the function cannot be called.
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
            [most @ .., last] => {
                let most: Vec<String> = most.iter().map(|name| format!("'{name}'")).collect();
                format!("{}, and '{last}'", most.join(", "))
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
            Rule::File { input, what, list } => self.file(input, what, list, &mut assumed),
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
        what: &str,
        list: List,
        assumed: &mut Option<(Text, String)>,
    ) -> Result<Option<String>, Exception> {
        let value = self.needed(input)?;
        let exists = self.exists(input, value, list, assumed)?;
        Ok((!exists).then(|| format!("Invalid {what} file: {}", python::str(value))))
    }

    fn model(&self, assumed: &mut Option<(Text, String)>) -> Result<Option<String>, Exception> {
        let value = self.needed("model_file")?;
        if !truthy(value) || value.as_str() == Some("none") {
            return Ok(None);
        }
        let exists = self.exists("model_file", value, List::Nothing, assumed)?;
        Ok((!exists).then(|| format!("Invalid 3D model file: {}", python::str(value))))
    }

    /// Whether a file exists, as far as it can be known.
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
        if let Some(exists) = self.files.and_then(|files| files.exists(folder, name)) {
            return Ok(exists);
        }
        let inside = name.trim_end_matches('/').strip_prefix("./").unwrap_or(name);
        let is_folder_itself = !name.starts_with('/') && matches!(inside, "" | ".");
        if is_folder_itself || self.is_listed(input, value) {
            return Ok(true);
        }
        let would_be_listed = match list {
            List::Endings(endings) if folder == Folder::Input && !inside.contains('/') => {
                let ending = inside.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
                if ending.is_some_and(|ending| endings.contains(&ending.as_str())) {
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
                "whether {value} is a file on the server cannot be known from its definitions; it is assumed that it {assumption}"
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
                // Python's `math.isclose(value, 0.0)`, which only zero is.
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

/// `X:Y`, both positive integers, within 1:4 and 4:1.
fn aspect_ratio(value: &Value) -> Result<(), Exception> {
    let wrong = |why: &str| Exception::new("ValueError", format!("Aspect ratio {why}: {}", python::repr(value)));
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
        // Python divides; of numbers that large the nearest floats do.
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
