//! What a user's build script is: run by the benchmark of the generator, unoptimised, with `OUT_DIR` set.

fn main() {
    comfy_codegen::Config::new().schema(comfy_benches::schema()).build();
}
