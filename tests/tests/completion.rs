//! rust-analyzer completes code inside `workflow!`, even if the code is incomplete.
//!
//! The test drives the language server over stdio. It is a rustup component that not every machine has: where it does not
//! run, the test prints that it is skipped. `RUST_ANALYZER` names another binary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod language_server;

use language_server::LanguageServer;

/// A cursor position (`|`) and a completion that must be offered there.
struct Case {
    name: &'static str,
    body: &'static str,
    offers: &'static str,
}

const CASES: [Case; 12] = [
    Case { name: "first field", body: "KSampler { mo| };", offers: "model" },
    Case { name: "field after a comma", body: "KSampler { model: ckpt.model, st| };", offers: "steps" },
    Case { name: "no letter typed", body: "KSampler { model: ckpt.model, | };", offers: "steps" },
    Case { name: "empty literal", body: "KSampler { | };", offers: "latent_image" },
    Case { name: "field between fields", body: "KSampler { model: ckpt.model, ste| , cfg: 8 };", offers: "steps" },
    Case { name: "field of a nested node", body: "KSampler { positive: CLIPTextEncode { te| } };", offers: "text" },
    Case { name: "output of a node", body: "KSampler { model: ckpt.mo| };", offers: "model" },
    Case { name: "output, only the dot", body: "KSampler { model: ckpt.| };", offers: "clip" },
    Case { name: "node name", body: "let x = KSam|;", offers: "KSampler" },
    Case { name: "nested node name", body: "KSampler { positive: CLIPText| };", offers: "CLIPTextEncode" },
    Case { name: "variable as a value", body: "let prompt = 5; KSampler { steps: prom| };", offers: "prompt" },
    Case {
        name: "after a broken statement",
        body: "let y = ; let samples = KSampler { model: ckpt.model, see| };",
        offers: "seed",
    },
];

#[test]
fn fields_and_nodes_complete_inside_workflow() {
    let Some(mut server) = LanguageServer::start() else {
        eprintln!("skipped: rust-analyzer does not run; install it with `rustup component add rust-analyzer`");
        return;
    };
    let mut missing = Vec::new();
    for spelling in [("workflow! {", "}"), ("workflow!({", "})")] {
        for case in &CASES {
            let before = "use comfy_runtime::workflow;\nmod nodes;\nuse nodes::*;\n\nfn main() {\n    let _ = ";
            let ckpt = "\n        let ckpt = CheckpointLoaderSimple { ckpt_name: \"a\" };\n        ";
            let source = format!("{before}{}{ckpt}{}\n    {};\n}}\n", spelling.0, case.body, spelling.1);
            let offered = server.complete(&source);
            if !offered.iter().any(|item| item == case.offers) {
                let shown: Vec<_> = offered.iter().take(8).collect();
                missing.push(format!("{} in {}: wanted `{}`, got {shown:?}", case.name, spelling.0, case.offers));
            }
        }
    }
    assert!(missing.is_empty(), "{} positions do not complete:\n{}", missing.len(), missing.join("\n"));
    println!("{} cursor positions complete", CASES.len() * 2);
}
