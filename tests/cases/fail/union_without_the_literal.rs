use comfy_runtime::workflow;
use comfy_tests::nodes::SaveGLB;

fn main() {
    let _ = workflow! {
        SaveGLB { mesh: "model.glb" }
    };
}
