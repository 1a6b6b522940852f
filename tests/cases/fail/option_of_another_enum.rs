use comfy_runtime::workflow;
use comfy_tests::nodes::{KSamplerSelect, options};

fn main() {
    let _ = workflow! {
        KSamplerSelect { sampler_name: options::Scheduler::Karras }
    };
}
