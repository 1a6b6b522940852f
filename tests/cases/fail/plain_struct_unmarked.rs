use comfy_runtime::workflow;
use comfy_tests::nodes::EmptyLatentImage;

struct Size {
    width: u32,
}

fn main() {
    let _ = workflow! {
        let size = Size { width: 512 };
        EmptyLatentImage { width: size.width }
    };
}
