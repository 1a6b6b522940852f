use comfy_runtime::workflow;
use comfy_tests::nodes::EmptyLatentAudio;

fn main() {
    let _ = workflow! {
        EmptyLatentAudio { seconds: "47.6" }
    };
}
