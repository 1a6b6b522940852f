use comfy_runtime::workflow;
use comfy_tests::nodes::RandomNoise;

fn main() {
    let seed = 7_u128;
    let _ = workflow! {
        RandomNoise { noise_seed: seed }
    };
}
