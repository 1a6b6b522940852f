//! The type words for which the front end has a widget, apart from primitives, combos and dynamic combos.
//!
//! Not public API: the other crates of the workspace use it, and it may change in any version.
//!
//! The parser of schemas, the generator and the converter of UI workflows read these lists.
//!
//! The markers of `comfy_runtime::types` are a separate list, because the runtime cannot depend on this crate. A test
//! of `comfy-codegen` compares that list with the generator's.

/// The widgets of front end 1.45.
const FRONT_END_1_45: &[&str] = &[
    "AUDIOUPLOAD",
    "AUDIO_RECORD",
    "AUDIO_UI",
    "BOUNDING_BOX",
    "CHART",
    "COLOR",
    "CURVE",
    "GALLERIA",
    "IMAGECOMPARE",
    "IMAGEUPLOAD",
    "LOAD_3D",
    "LOAD_3D_ADVANCED",
    "MARKDOWN",
    "PAINTER",
    "PREVIEW_3D",
    "RANGE",
    "TEXTAREA",
    "WEBCAM",
];

/// The widgets that later front ends added.
const LATER: &[&str] =
    &["BOUNDING_BOXES", "COLORS", "COMPOSITOR", "LIGHT_INFO_PREVIEW", "RESOLUTION_PREVIEW", "VIDEO_EDIT"];

/// Returns whether some front end has a widget for this type word.
pub fn has_widget(word: &str) -> bool {
    has_widget_in_1_45(word) || LATER.contains(&word)
}

/// Returns whether front end 1.45 has a widget for this type word.
pub fn has_widget_in_1_45(word: &str) -> bool {
    FRONT_END_1_45.contains(&word)
}
