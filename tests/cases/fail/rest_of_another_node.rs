use comfy_runtime::workflow;
use comfy_tests::nodes::EmptyLatentImage;

fn main() {
    let _ = workflow! {
        let small = EmptyLatentImage { width: 512 };
        EmptyLatentImage { height: 768, ..small }
    };
}
