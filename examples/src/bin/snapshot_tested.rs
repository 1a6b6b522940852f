//! Tests the JSON of a workflow against a snapshot: `cargo test` shows every change of what the program would send, without a
//! server.
//!
//! ```text
//! cargo test --bin snapshot_tested        # after an intended change: cargo insta review
//! cargo run --bin snapshot_tested         # prints the JSON
//! ```

use comfy_examples::nodes::{EmptyImage, ImageScaleBy, SaveImage};
use comfy_runtime::Out;
use comfy_runtime::attr::workflow;
use comfy_runtime::types::IMAGE;

#[workflow]
fn enlarged(width: i64, scale: f64) -> Out<IMAGE> {
    let image = EmptyImage { width, height: 64 };
    SaveImage { images: ImageScaleBy { image, upscale_method: "lanczos", scale_by: scale }, filename_prefix: "large" }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("{}", enlarged(64, 2.0)?.to_json_pretty());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::enlarged;

    #[test]
    fn what_is_sent() -> Result<(), Box<dyn std::error::Error>> {
        insta::assert_snapshot!(enlarged(64, 2.0)?.to_json_pretty());
        Ok(())
    }
}
