//! The socket types of the core server, as marker types.
//!
//! Markers are only used as type arguments: [`Out<IMAGE>`](crate::Out) is an output of images,
//! [`Input<IMAGE>`](crate::field::Input) is a field that accepts one. The markers are spelled as in ComfyUI. Types that
//! are not listed here, such as those of custom node packs, become markers in the `types` module of the generated code,
//! which re-exports this module.

#![allow(non_camel_case_types, reason = "this is ComfyUI's spelling")]

macro_rules! markers {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        $(
            #[doc = concat!("The socket type `", stringify!($name), "`.")]
            $(#[doc = ""] #[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub struct $name(());
        )*

        /// The types that have a marker in this module, sorted.
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
    /// A value is true or false.
    BOOLEAN,
    /// A value is an object such as `{"x": 0, "y": 0, "width": 512, "height": 512}`.
    BOUNDING_BOX,
    BOUNDING_BOXES,
    CAMERA_INFO_STATE,
    CLIP,
    CLIP_VISION,
    CLIP_VISION_OUTPUT,
    /// A value is a string of the form `"#rrggbb"`.
    COLOR,
    COLORS,
    /// It is the type of outputs whose value is an option of a combo.
    COMBO,
    COMPOSITOR,
    CONDITIONING,
    CONTROL_NET,
    /// A value is an object such as `{"points": [[0, 0], [1, 1]], "interpolation": "monotone_cubic"}`.
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
    /// A value is a floating-point number.
    FLOAT,
    FLOW_CONTROL,
    GLIGEN,
    GUIDER,
    HISTOGRAM,
    HOOKS,
    HOOK_KEYFRAMES,
    IMAGE,
    IMAGECOMPARE,
    /// A value is a whole number.
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
    /// A value is an object such as `{"min": 0, "max": 1}`.
    RANGE,
    RESOLUTION_PREVIEW,
    SAMPLER,
    SEGS,
    SIGMAS,
    SPLAT,
    /// A value is a string.
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
