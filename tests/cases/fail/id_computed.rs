use comfy_runtime::workflow;
use comfy_tests::nodes::EmptyLatentImage;

fn main() {
    let name = "latent";
    let _ = workflow! {
        let latent = #[id = name] EmptyLatentImage { width: 512 };
        latent
    };
}
