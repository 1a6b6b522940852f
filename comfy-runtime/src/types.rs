//! The socket types of the core server, as marker types.
//!
//! A marker is only ever a type argument: [`Out<IMAGE>`](crate::Out) is an output that carries images,
//! [`Input<IMAGE>`](crate::Input) a field that takes one. They are spelled as ComfyUI spells them. Words that are not
//! here (custom packs invent freely) become markers in the generated code, in its own `types` module, which
//! re-exports these.

#![allow(non_camel_case_types, reason = "ComfyUI spells them so")]

macro_rules! markers {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        $(
            #[doc = concat!("`", stringify!($name), "`")]
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub struct $name(());
        )*

        /// The words that have a marker in this module, sorted.
        #[doc(hidden)]
        pub const WORDS: &[&str] = &[$(stringify!($name)),*];
    };
}

markers! {
    ACCUMULATION,
    ARRAY,
    AUDIO,
    AUDIO_ENCODER,
    AUDIO_ENCODER_OUTPUT,
    AUDIO_RECORD,
    BACKGROUND_REMOVAL,
    BBOX,
    /// — true or false
    BOOLEAN,
    /// — `{"x": 0, "y": 0, "width": 512, "height": 512}`
    BOUNDING_BOX,
    BOUNDING_BOXES,
    CAMERA_INFO_STATE,
    CLIP,
    CLIP_VISION,
    CLIP_VISION_OUTPUT,
    /// — `"#rrggbb"`
    COLOR,
    COLORS,
    /// — one of a list of options; what combo-valued outputs carry
    COMBO,
    COMPOSITOR,
    CONDITIONING,
    CONTROL_NET,
    /// — `{"points": [[0, 0], [1, 1]], "interpolation": "monotone_cubic"}`
    CURVE,
    DICT,
    FACE_ANALYSIS,
    FILE_3D,
    FILE_3D_FBX,
    FILE_3D_GLB,
    FILE_3D_GLTF,
    FILE_3D_KSPLAT,
    FILE_3D_OBJ,
    FILE_3D_PLY,
    FILE_3D_POINT_CLOUD_ANY,
    FILE_3D_SPLAT,
    FILE_3D_SPLAT_ANY,
    FILE_3D_SPZ,
    FILE_3D_STL,
    FILE_3D_USDZ,
    /// — a number with a fraction
    FLOAT,
    FLOW_CONTROL,
    GLIGEN,
    GUIDER,
    HISTOGRAM,
    HOOKS,
    HOOK_KEYFRAMES,
    IMAGE,
    IMAGECOMPARE,
    /// — a whole number
    INT,
    LATENT,
    LATENT_OPERATION,
    LATENT_UPSCALE_MODEL,
    LAYERS,
    LIGHT_INFO_PREVIEW,
    LOAD3D_CAMERA,
    LOAD3D_MODEL_INFO,
    LOAD_3D,
    LOAD_3D_ANIMATION,
    LORA_MODEL,
    LOSS_MAP,
    MASK,
    MESH,
    MODEL,
    MODEL_PATCH,
    NOISE,
    PHOTOMAKER,
    POINT,
    /// — `{"min": 0, "max": 1}`
    RANGE,
    RESOLUTION_PREVIEW,
    SAMPLER,
    SEGS,
    SIGMAS,
    SPLAT,
    /// — text
    STRING,
    STYLE_MODEL,
    SVG,
    TIMESTEPS_RANGE,
    TRACKS,
    UPSCALE_MODEL,
    VAE,
    VIDEO,
    VIDEO_EDIT,
    VOXEL,
    WAN_CAMERA_EMBEDDING,
    WEBCAM,
}
