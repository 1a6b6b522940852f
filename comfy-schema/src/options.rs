//! The options of an input.

use crate::{Map, Text, Value};

/// How much of the specification was written around the options; what makes `["IMAGE"]` and `["IMAGE", {}]` differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `"IMAGE"`
    Bare,
    /// `["IMAGE"]`
    Alone,
    /// `["IMAGE", {…}]`
    #[default]
    WithOptions,
}

/// The options of an input: all of them as sent, with typed views of the known ones.
///
/// One key is not here but in the input's kind, where there may be a lot of it: `options` of a combo (the values)
/// and of a dynamic combo (the branches). [`InputDef::to_value`](crate::InputDef::to_value) puts it back in its place.
///
/// A view is `None` if the key is absent or its value has another type than the view; [`Self::get`] gives the value
/// whatever it is. (Since [`Self::default`] is such a view, the trait's is reached as `InputOptions::new(Map::new())`.)
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InputOptions {
    map: Map,
    pub(crate) shape: Shape,
    /// The kind holds the key `options`, which stood at this position.
    pub(crate) held_at: Option<u32>,
}

macro_rules! views {
    ($($(#[$doc:meta])* $name:ident: $ty:ident = $key:literal;)*) => {$(
        $(#[$doc])*
        pub fn $name(&self) -> views!(@ty $ty) {
            views!(@get $ty, self, $key)
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
    /// The options that this object holds.
    pub fn new(map: Map) -> Self {
        Self { map, shape: Shape::WithOptions, held_at: None }
    }

    pub(crate) fn none(shape: Shape) -> Self {
        Self { map: Map::new(), shape, held_at: None }
    }

    /// The value of any option, as sent.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.map.get(key)
    }

    /// All options, in the order of the document.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Text, &Value)> + ExactSizeIterator {
        self.map.iter()
    }

    /// All options.
    pub const fn map(&self) -> &Map {
        &self.map
    }

    /// All options, to change them.
    pub fn map_mut(&mut self) -> &mut Map {
        &mut self.map
    }

    /// The number of options.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether there are no options.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Takes the key `options` out, for the kind to hold.
    pub(crate) fn take_held(&mut self) -> Option<Value> {
        let at = self.map.position("options")?;
        self.held_at = u32::try_from(at).ok();
        let held = self.map.remove("options");
        self.map.shrink();
        held
    }

    /// Puts back what [`Self::take_held`] took.
    pub(crate) fn put_back(&mut self, held: Value) {
        if let Some(at) = self.held_at.take() {
            self.map.put_at(at as usize, "options".into(), held);
        }
    }

    /// The specification of which these are the options and `head` the type, as it was written.
    pub(crate) fn around(&self, head: Value) -> Value {
        match self.shape {
            Shape::Bare if self.is_empty() => head,
            Shape::Alone if self.is_empty() => Value::Array(vec![head]),
            _ => Value::Array(vec![head, Value::Object(self.map.clone())]),
        }
    }

    views! {
        /// The initial value in the editor. The server never fills it in. `null` counts as none.
        default: value = "default";
        /// The least value, inclusive; the server checks it.
        min: number = "min";
        /// The greatest value, inclusive; the server checks it.
        max: number = "max";
        /// The step of the editor's arrows. Not checked by the server.
        step: number = "step";
        /// What typed values are rounded to: a number, `false` or `true`.
        round: value = "round";
        /// How a number is shown: `number`, `slider`, `gradientslider`, `knob`, `color`; a range: `plain`,
        /// `gradient`, `histogram`.
        display: text = "display";
        /// The colours of a gradient slider: objects with `offset` and `color`.
        gradient_stops: array = "gradient_stops";
        /// Adds a companion that changes the value after each run: a boolean, or `fixed`, `increment`,
        /// `decrement`, `randomize`.
        control_after_generate: value = "control_after_generate";
        /// What stands before the name of that companion.
        control_prefix: text = "control_prefix";
        /// A text box of several lines.
        multiline: flag = "multiline";
        /// What an empty text box shows.
        placeholder: text = "placeholder";
        /// `{a|b}` in the text is expanded when the prompt is queued.
        dynamic_prompts: flag = "dynamicPrompts";
        /// An older spelling of `default` for text boxes.
        default_val: text = "defaultVal";
        /// What a true switch shows.
        label_on: text = "label_on";
        /// What a false switch shows.
        label_off: text = "label_off";
        /// A combo of several values. Its presence makes the widget; `placeholder` and `chip` are inside.
        multi_select: object = "multi_select";
        /// Values are images of the input folder, and can be uploaded.
        image_upload: flag = "image_upload";
        /// Values are videos of the input folder, and can be uploaded.
        video_upload: flag = "video_upload";
        /// Values are audio files of the input folder, and can be uploaded.
        audio_upload: flag = "audio_upload";
        /// Values are animated images of the input folder, and can be uploaded.
        animated_image_upload: flag = "animated_image_upload";
        /// Values are meshes of the input folder, and can be uploaded.
        mesh_upload: flag = "mesh_upload";
        /// Values are files of the input folder, and can be uploaded.
        file_upload: flag = "file_upload";
        /// The folder that file names refer to: `input`, `output` or `temp`.
        image_folder: text = "image_folder";
        /// The folder below it that uploads go to.
        upload_subfolder: text = "upload_subfolder";
        /// The value may be an array of files.
        allow_batch: flag = "allow_batch";
        /// The values come from a route of the server or a URL: `route`, `response_key`, `refresh`, ….
        remote: object = "remote";
        /// The values come from a route, and the server does not check them: `route`, `item_schema`, ….
        remote_combo: object = "remote_combo";
        /// A socket without a widget. The server still accepts a literal.
        force_input: flag = "forceInput";
        /// The older `forceInput`; counts on optional inputs of the class itself.
        default_input: flag = "defaultInput";
        /// The editor shows no socket. A link is honoured all the same.
        socketless: flag = "socketless";
        /// The type word whose widget is shown instead of the input's own.
        widget_type: text = "widgetType";
        /// A link is evaluated only when the node asks for it.
        lazy: flag = "lazy";
        /// The node receives the link itself instead of its value.
        raw_link: flag = "rawLink";
        /// The help text in the editor.
        tooltip: text = "tooltip";
        /// The label in the editor.
        display_name: text = "display_name";
        /// Shown only among the advanced inputs.
        advanced: flag = "advanced";
        /// The widget exists and its value is sent, but it is not shown.
        hidden: flag = "hidden";
        /// The label of a dynamic group's rows.
        group_name: text = "group_name";
        /// The name of a special user interface.
        component: text = "component";
        /// The template of a matched type, a growing list or a group.
        template: object = "template";
        /// What a dynamic slot takes.
        slot_type: text = "slotType";
        /// The inputs that a dynamic slot brings.
        inputs: object = "inputs";
        /// The least value of a range widget.
        value_min: number = "value_min";
        /// The greatest value of a range widget.
        value_max: number = "value_max";
        /// A range widget has a midpoint.
        show_midpoint: flag = "show_midpoint";
        /// `linear` or `gamma`.
        midpoint_scale: text = "midpoint_scale";
        /// What a video editor offers: `trim`, `crop`.
        features: array = "features";
        /// The sibling that holds a resolution's aspect ratio.
        ratio_widget: text = "ratio_widget";
        /// The sibling that holds a resolution's size.
        megapixels_widget: text = "megapixels_widget";
        /// The sibling that holds what a resolution must be a multiple of.
        multiple_widget: text = "multiple_widget";
    }

    /// Whether any of the upload flags is set: the values are files of the server's input folder.
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
