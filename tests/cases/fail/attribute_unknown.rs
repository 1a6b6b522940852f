use comfy_runtime::workflow;
use comfy_tests::nodes::EmptyLatentImage;

fn main() {
    let _ = workflow! {
        #[name = "latent"]
        EmptyLatentImage { width: 512 }
    };
}
