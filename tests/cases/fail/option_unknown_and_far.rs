use comfy_runtime::workflow;
use comfy_tests::nodes::KSamplerSelect;

fn main() {
    let _ = workflow! {
        KSamplerSelect { sampler_name: "photorealistic" }
    };
}
