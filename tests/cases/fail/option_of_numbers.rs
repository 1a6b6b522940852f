use comfy_runtime::workflow;
use comfy_tests::nodes::{LoadImage, RunwayFirstLastFrameNode};

fn main() {
    let _ = workflow! {
        let photo = LoadImage { image: "example.png" };
        RunwayFirstLastFrameNode { start_frame: photo.image, end_frame: photo.image, duration: 7 }
    };
}
