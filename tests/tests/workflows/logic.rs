//! Values, switches and unions.

use comfy_runtime::unchecked;
use comfy_runtime::workflow;
use comfy_tests::nodes::{
    ColorToRGBInt, ComfyAndNode, ComfyMathExpression, ComfyNumberConvert, ComfySwitchNode, CreateList, CurveEditor,
    EmptyImage, GLSLShader, ImageCropV2, Load3D, LoadImage, Preview3D, PreviewAny, PreviewImage, PrimitiveBoolean,
    PrimitiveInt, SaveGLB, SaveImage, StringFormat, glsl_shader,
};
use serde_json::json;

use crate::snapshot;

#[test]
fn switches_follow_their_type() {
    snapshot!(workflow! {
        let photo = LoadImage { image: "photo.png" };
        let large = PrimitiveBoolean { value: true };
        let both = ComfyAndNode { values: [large, PrimitiveBoolean { value: false }] };
        let image = ComfySwitchNode { switch: both, on_false: photo.image, on_true: EmptyImage { color: 255 } };
        let nested = ComfySwitchNode { switch: true, on_false: image, on_true: image };
        let list = CreateList { inputs: [image, nested] };
        SaveImage { images: list };
        PreviewAny { source: photo.mask };
    });
}

#[test]
fn numbers_and_texts() {
    snapshot!(workflow! {
        let side = PrimitiveInt { value: -3 };
        let area = ComfyMathExpression { expression: "a * a + b", values: [side, ComfyNumberConvert { value: "4.5" }.float] };
        let hex = ColorToRGBInt { color: "#00ff7f" };
        let text = StringFormat { f_string: "{a} of {b}: {c}", values: [area.float, hex.hex, "text"] };
        PreviewAny { source: text };
        PreviewAny { source: ComfyNumberConvert { value: 3 }.int };
    });
}

#[test]
fn widgets_of_json() {
    snapshot!(workflow! {
        let photo = LoadImage { image: "photo.png" };
        let curve = CurveEditor { curve: json!({ "points": [[0, 0], [0.5, 0.8], [1, 1]], "interpolation": "linear" }) };
        let cropped = ImageCropV2 {
            image: photo.image,
            crop_region: json!({ "x": 8, "y": 8, "width": 64, "height": 64 }),
        };
        let shader = GLSLShader {
            fragment_shader: "void main() {}",
            size_mode: glsl_shader::size_mode::Custom { width: 256 },
            images: [cropped, photo.image],
            floats: [0.5, 1.0],
            ints: vec![3, -4],
            bools: [true],
            curves: [curve, CurveEditor {}],
        };
        PreviewImage { images: shader.image0 };
        PreviewImage { images: shader.image3 };
    });
}

#[test]
fn unions_of_files() {
    snapshot!(workflow! {
        let model = Load3D { model_file: "none", image: unchecked(json!("")) };
        SaveGLB { mesh: model.model_3d };
        Preview3D { model_file: model.model_3d, camera_info: model.camera_info };
        Preview3D { model_file: model.mesh_path, bg_image: model.normal };
        Preview3D { model_file: "robot.glb" };
    });
}
