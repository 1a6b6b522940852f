use comfy_runtime::workflow;
use comfy_tests::nodes::RandomNoise;

fn main() {
    let _ = workflow! {
        RandomNoise { noise_seed: 999999999999999999999999999999999999999999 }
    };
}
