use comfy_runtime::workflow;
use comfy_tests::shapes::Growing;

fn main() {
    let _ = workflow! {
        Growing { images: "a.png", values: [] }
    };
}
