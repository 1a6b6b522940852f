//! A user's build script. The benchmark of the generator runs it unoptimized, with `OUT_DIR` set.

fn main() {
    comfy_codegen::Config::new().schema(comfy_benches::schema()).build();
}
