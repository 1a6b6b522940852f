use comfy_runtime::workflow;
use comfy_tests::nodes::{CheckpointLoaderSimple, KSampler};

fn main() {
    let _ = workflow! {
        let ckpt = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
        KSampler { model: ckpt.model, steps: 20 }
    };
}
