//! Options of inputs.

use crate::{Map, Text, Value};

/// The form of a specification. It distinguishes `["IMAGE"]` from `["IMAGE", {}]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The type word alone: `"IMAGE"`.
    Bare,
    /// An array of the type: `["IMAGE"]`.
    Alone,
    /// An array of type and options: `["IMAGE", {…}]`.
    #[default]
    WithOptions,
}

/// The options of an input as sent, with typed getters for the known ones.
///
/// The key `options` of a combo (its values) and of a dynamic combo (its branches) is not here but in the input's kind.
/// [`InputDef::to_value`](crate::InputDef::to_value) puts it back in its place.
///
/// A getter returns `None` if the key is absent or its value has another type; [`Self::get`] returns any value.
/// [`Self::default`] is one of these getters: to create empty options, call `InputOptions::new(Map::new())`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InputOptions {
    map: Map,
    pub(crate) shape: Shape,
    /// The position of the key `options`, if the kind holds its value.
    pub(crate) held_at: Option<u32>,
}

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident: $ty:ident = $key:literal;)*) => {$(
        $(#[$doc])*
        pub fn $name(&self) -> getters!(@ty $ty) {
            getters!(@get $ty, self, $key)
        }
    )*};
    (@ty flag) => { bool };
    (@ty number) => { Option<&Value> };
    (@ty text) => { Option<&str> };
    (@ty array) => { Option<&[Value]> };
    (@ty object) => { Option<&Map> };
    (@ty value) => { Option<&Value> };
    (@get flag, $self:ident, $key:literal) => { $self.get($key).and_then(Value::as_bool).unwrap_or(false) };
    (@get number, $self:ident, $key:literal) => { $self.get($key).filter(|value| value.is_number()) };
    (@get text, $self:ident, $key:literal) => { $self.get($key).and_then(Value::as_str) };
    (@get array, $self:ident, $key:literal) => { $self.get($key).and_then(Value::as_array) };
    (@get object, $self:ident, $key:literal) => { $self.get($key).and_then(Value::as_object) };
    (@get value, $self:ident, $key:literal) => { $self.get($key).filter(|value| !value.is_null()) };
}

impl InputOptions {
    /// Creates options from an object.
    pub fn new(map: Map) -> Self {
        Self { map, shape: Shape::WithOptions, held_at: None }
    }

    pub(crate) fn none(shape: Shape) -> Self {
        Self { map: Map::new(), shape, held_at: None }
    }

    /// Returns the value of any option, as sent.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.map.get(key)
    }

    /// Returns all options, in the order of the document.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Text, &Value)> + ExactSizeIterator {
        self.map.iter()
    }

    /// Returns all options as an object.
    pub const fn map(&self) -> &Map {
        &self.map
    }

    /// Returns a mutable reference to the object of all options.
    pub fn map_mut(&mut self) -> &mut Map {
        &mut self.map
    }

    /// Returns the number of options.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Returns whether there are no options.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Removes the key `options` and returns its value, which is to be stored in the input's kind.
    pub(crate) fn take_held(&mut self) -> Option<Value> {
        let at = self.map.position("options")?;
        self.held_at = u32::try_from(at).ok();
        let held = self.map.remove("options");
        self.map.shrink();
        held
    }

    /// Puts back the value that [`Self::take_held`] removed.
    pub(crate) fn put_back(&mut self, held: Value) {
        if let Some(at) = self.held_at.take() {
            self.map.put_at(at as usize, "options".into(), held);
        }
    }

    /// Returns the specification with these options and the type `head`, in its original form.
    pub(crate) fn around(&self, head: Value) -> Value {
        match self.shape {
            Shape::Bare if self.is_empty() => head,
            Shape::Alone if self.is_empty() => Value::Array(vec![head]),
            _ => Value::Array(vec![head, Value::Object(self.map.clone())]),
        }
    }

    getters! {
        /// Returns the initial value in the editor. The server does not fill it in. `null` counts as absent.
        default: value = "default";
        /// Returns the minimum, inclusive. The server checks it.
        min: number = "min";
        /// Returns the maximum, inclusive. The server checks it.
        max: number = "max";
        /// Returns the step of the editor's arrows. The server does not check it.
        step: number = "step";
        /// Returns the precision to which the editor rounds typed values: a number, `false` or `true`.
        round: value = "round";
        /// Returns how the editor shows a number (`number`, `slider`, `gradientslider`, `knob`, `color`) or a range
        /// (`plain`, `gradient`, `histogram`).
        display: text = "display";
        /// Returns the colors of a gradient slider: objects with `offset` and `color`.
        gradient_stops: array = "gradient_stops";
        /// Returns whether and how a companion widget changes the value after each run: a boolean, or `fixed`,
        /// `increment`, `decrement`, `randomize`.
        control_after_generate: value = "control_after_generate";
        /// Returns the prefix of the companion widget's name.
        control_prefix: text = "control_prefix";
        /// Returns whether the text box has several lines.
        multiline: flag = "multiline";
        /// Returns the placeholder of an empty text box.
        placeholder: text = "placeholder";
        /// Returns whether `{a|b}` in the text is expanded when the prompt is queued.
        dynamic_prompts: flag = "dynamicPrompts";
        /// Returns the initial text of a text box, from `defaultVal`, an older name of `default`.
        default_val: text = "defaultVal";
        /// Returns the label of a switch that is on.
        label_on: text = "label_on";
        /// Returns the label of a switch that is off.
        label_off: text = "label_off";
        /// Returns the settings (`placeholder`, `chip`) of a combo of several values. A combo with this option takes
        /// several values.
        multi_select: object = "multi_select";
        /// Returns whether the values are images of the input folder, to which the editor uploads.
        image_upload: flag = "image_upload";
        /// Returns whether the values are videos of the input folder, to which the editor uploads.
        video_upload: flag = "video_upload";
        /// Returns whether the values are audio files of the input folder, to which the editor uploads.
        audio_upload: flag = "audio_upload";
        /// Returns whether the values are animated images of the input folder, to which the editor uploads.
        animated_image_upload: flag = "animated_image_upload";
        /// Returns whether the values are meshes of the input folder, to which the editor uploads.
        mesh_upload: flag = "mesh_upload";
        /// Returns whether the values are files of the input folder, to which the editor uploads.
        file_upload: flag = "file_upload";
        /// Returns the folder of the files: `input`, `output` or `temp`.
        image_folder: text = "image_folder";
        /// Returns the subfolder for uploads.
        upload_subfolder: text = "upload_subfolder";
        /// Returns whether the value may be an array of files.
        allow_batch: flag = "allow_batch";
        /// Returns the source of remote values: `route` (on the server, or a URL), `response_key`, `refresh`, ….
        remote: object = "remote";
        /// Returns the source of remote values that the server does not check: `route`, `item_schema`, ….
        remote_combo: object = "remote_combo";
        /// Returns whether the editor shows a socket without a widget. The server still accepts a literal.
        force_input: flag = "forceInput";
        /// Returns whether `defaultInput`, the older name of `forceInput`, is set. The editor ignores it for required
        /// inputs and for inputs inside dynamic ones.
        default_input: flag = "defaultInput";
        /// Returns whether the editor shows no socket. The server still accepts a link.
        socketless: flag = "socketless";
        /// Returns the type word whose widget is shown in place of the input's own.
        widget_type: text = "widgetType";
        /// Returns whether a link is evaluated only when the node asks for it.
        lazy: flag = "lazy";
        /// Returns whether the node receives the link itself in place of its value.
        raw_link: flag = "rawLink";
        /// Returns the tooltip in the editor.
        tooltip: text = "tooltip";
        /// Returns the label in the editor.
        display_name: text = "display_name";
        /// Returns whether the editor shows the input only among the advanced ones.
        advanced: flag = "advanced";
        /// Returns whether the widget is hidden. Its value is sent all the same.
        hidden: flag = "hidden";
        /// Returns the label of a dynamic group's rows.
        group_name: text = "group_name";
        /// Returns the name of the special user interface that the editor shows for the input.
        component: text = "component";
        /// Returns the template of a matched type, a growing list or a group.
        template: object = "template";
        /// Returns the types that a dynamic slot takes.
        slot_type: text = "slotType";
        /// Returns the inputs that a dynamic slot brings.
        inputs: object = "inputs";
        /// Returns the minimum of a range widget.
        value_min: number = "value_min";
        /// Returns the maximum of a range widget.
        value_max: number = "value_max";
        /// Returns whether a range widget has a midpoint.
        show_midpoint: flag = "show_midpoint";
        /// Returns the scale of a range widget's midpoint: `linear` or `gamma`.
        midpoint_scale: text = "midpoint_scale";
        /// Returns the features of a video editor: `trim`, `crop`.
        features: array = "features";
        /// Returns the name of the input that holds a resolution's aspect ratio.
        ratio_widget: text = "ratio_widget";
        /// Returns the name of the input that holds a resolution's size in megapixels.
        megapixels_widget: text = "megapixels_widget";
        /// Returns the name of the input that holds the number of which a resolution must be a multiple.
        multiple_widget: text = "multiple_widget";
    }

    /// Returns whether one of the upload flags is set, so that the values are files of the server's input folder.
    pub fn is_upload(&self) -> bool {
        self.image_upload()
            || self.video_upload()
            || self.audio_upload()
            || self.animated_image_upload()
            || self.mesh_upload()
            || self.file_upload()
    }
}

impl FromIterator<(Text, Value)> for InputOptions {
    fn from_iter<I: IntoIterator<Item = (Text, Value)>>(entries: I) -> Self {
        Self::new(entries.into_iter().collect())
    }
}
