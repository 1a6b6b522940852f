use comfy_runtime::workflow;
use comfy_tests::nodes::EmptyLatentImage;

fn main() {
    let _ = workflow! {
        let latent = EmptyLatentImage { width: 512 }
        latent
    };
}
