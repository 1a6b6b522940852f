use comfy_runtime::workflow;
use comfy_tests::nodes::EmptyLatentImage;

fn main() {
    let wide = true;
    let _ = workflow! {
        EmptyLatentImage { width: if wide { 1024 } else { "512" } }
    };
}
