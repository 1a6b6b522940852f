//! Workflows written in Rust open in the editor: the editor would queue the same prompt as the program.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use comfy_convert::{Converter, UiWorkflow};
use comfy_draw::ToUi;
use comfy_runtime::workflow;
use comfy_schema::{Map, Schema, Value};
use comfy_tests::nodes::{
    BatchImagesNode, EmptyImage, ResizeImageMaskNode, SaveImage, resize_image_mask_node::resize_type,
};

/// Returns the classes and inputs of a prompt, without titles.
fn nodes(prompt: &Value) -> Map {
    let part =
        |node: &Value, key: &str| node.as_object().and_then(|node| node.get(key)).cloned().unwrap_or(Value::Null);
    let nodes = prompt.as_object().unwrap().iter();
    nodes.map(|(id, node)| (id.clone(), Value::Array(vec![part(node, "class_type"), part(node, "inputs")]))).collect()
}

#[test]
fn a_workflow_in_rust_opens_in_the_editor() {
    let workflow = workflow! {
        let ground = EmptyImage { width: 64, height: 64, batch_size: 2, color: 255 };
        let small = ResizeImageMaskNode {
            input: ground,
            scale_method: "area",
            resize_type: resize_type::ScaleDimensions { width: 32, height: 16, crop: "center" },
        };
        SaveImage { images: BatchImagesNode { images: [small, small] }, filename_prefix: "{a|b} // c" }
    }
    .unwrap();
    let schema = Schema::from_slice(include_bytes!("../../schemas/comfyui-0.26.0.json")).unwrap();
    let document = workflow.to_ui(&schema).unwrap();
    assert_eq!(document.lost, []);
    let file = Value::parse(document.workflow.to_string().as_bytes()).unwrap();
    let back = Converter::new(&schema).convert(&UiWorkflow::from_value(&file).unwrap()).unwrap().prompt;
    assert_eq!(nodes(&back), nodes(&Value::parse(workflow.to_json().as_bytes()).unwrap()));
    // Sources are to the left of the nodes that they feed.
    let x = |id: &str| {
        let all = document.workflow.as_object().unwrap().get("nodes").unwrap().as_array().unwrap();
        let node = all.iter().map(|node| node.as_object().unwrap()).find(|node| node.get("id") == Some(&id.into()));
        node.unwrap().get("pos").unwrap().as_array().unwrap()[0].as_f64().unwrap()
    };
    assert!(x("ground") < x("small") && x("small") < x("save_image"));
}
