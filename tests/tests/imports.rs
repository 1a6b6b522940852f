//! Tests of imported prompts: the source, and the prompt that it sends.

use std::error::Error;
use std::fs;

use comfy_import::{ImportOptions, Importer, Parameters};
use comfy_schema::{Schema, Value};
use comfy_tests::imported::RUNS;
use comfy_tests::imports::same;
use comfy_tests::workspace;

#[path = "../imports/cases.rs"]
mod cases;

fn schema() -> Result<Schema, Box<dyn Error>> {
    Ok(Schema::from_slice(&fs::read(workspace().join("schemas/comfyui-0.26.0.json"))?)?)
}

fn prompt(name: &str) -> Result<Value, Box<dyn Error>> {
    Ok(Value::parse(&fs::read(workspace().join(format!("tests/imports/{name}.json")))?)?)
}

#[test]
fn the_source_of_every_case() -> Result<(), Box<dyn Error>> {
    let schema = schema()?;
    let import = Importer::new(&schema);
    for (name, change) in cases::CASES {
        let mut options = ImportOptions::new(*name);
        options.origin = Some(format!("{name}.json"));
        change(&mut options);
        let imported = import.import(&prompt(name)?, &options)?;
        let warnings: Vec<String> =
            imported.warnings.iter().map(|warning| format!("// warning: {warning}\n")).collect();
        insta::assert_snapshot!(*name, format!("{}{}", imported.source, warnings.concat()));
    }
    Ok(())
}

#[test]
fn every_case_sends_what_its_file_has() -> Result<(), Box<dyn Error>> {
    assert_eq!(RUNS.len(), cases::CASES.len());
    for (name, run) in RUNS.iter().filter(|(name, _)| *name != "tidy") {
        let (json, through_serde) = run().map_err(|error| format!("{name}: {error}"))?;
        let sent = Value::parse(json.as_bytes())?;
        assert_eq!(same::difference(&same::sendable(&prompt(name)?), &sent), None, "{name}");
        assert_eq!(Value::parse(through_serde.as_bytes())?, sent, "{name}");
    }
    Ok(())
}

#[test]
fn a_tidy_import_sends_what_the_server_reads() -> Result<(), Box<dyn Error>> {
    let run = RUNS.iter().find(|(name, _)| *name == "tidy").ok_or("no such case")?.1;
    let expected = br#"{
        "load_image": {"inputs": {"image": "a.png"}, "class_type": "LoadImage", "_meta": {"title": "Load Image"}},
        "save_image": {
            "inputs": {"images": ["load_image", 0], "filename_prefix": "ComfyUI"},
            "class_type": "SaveImage",
            "_meta": {"title": "Save Image"}
        }
    }"#;
    assert_eq!(Value::parse(run()?.0.as_bytes())?, Value::parse(expected)?);
    Ok(())
}

#[test]
fn ids_of_the_file_are_kept() -> Result<(), Box<dyn Error>> {
    let run = RUNS.iter().find(|(name, _)| *name == "ids").ok_or("no such case")?.1;
    assert_eq!(Value::parse(run()?.0.as_bytes())?, prompt("ids")?);
    Ok(())
}

fn error(prompt: &str, change: impl Fn(&mut ImportOptions)) -> Result<String, Box<dyn Error>> {
    let schema = schema()?;
    let mut options = ImportOptions::new("test");
    change(&mut options);
    let outcome = Importer::new(&schema).import(&Value::parse(prompt.as_bytes())?, &options);
    Ok(outcome.err().map(|error| error.to_string()).unwrap_or_default())
}

#[test]
fn errors_name_the_node_and_the_input() -> Result<(), Box<dyn Error>> {
    for (prompt, message) in [
        ("[]", "expected a prompt in API format (an object of node id to node), found an array"),
        ("{}", "the prompt has no nodes"),
        (r#"{"7": 1}"#, "node 7: expected an object with `class_type` and `inputs`, found an integer"),
        (r#"{"7": {"class_type": "A"}}"#, "node 7 (A): missing `inputs`"),
        (r#"{"7": {"class_type": 1, "inputs": {}}}"#, "node 7: expected a string for `class_type`, found an integer"),
        (
            r#"{"7": {"class_type": "A", "_meta": {"title": "Mine"}, "inputs": {"x": [NaN]}}}"#,
            r#"node 7 (A, "Mine"): input x: NaN and infinities cannot be sent as JSON"#,
        ),
        (
            r#"{"7": {"class_type": "A", "inputs": {"x": ["7", -1]}}}"#,
            "node 7 (A): input x: invalid slot -1 in the link to node 7",
        ),
        (
            r#"{"1": {"class_type": "A", "inputs": {"x": ["2", 0]}}, "2": {"class_type": "B", "inputs": {"x": ["1", 0]}}}"#,
            "the nodes form a cycle, which no server can run: node 1 (A) → node 2 (B)",
        ),
    ] {
        let found = error(prompt, |_| {})?;
        assert!(found.contains(message), "{prompt}: {found}");
    }
    Ok(())
}

#[test]
fn parameters_that_are_not_there_are_named() -> Result<(), Box<dyn Error>> {
    let found = error(&prompt("names")?.to_string(), |options| {
        options.parameters = Parameters::List(vec!["KSampler.sed".into(), "stepz".into()]);
    })?;
    assert!(found.contains("unknown parameter `KSampler.sed`"), "{found}");
    let found = error(&prompt("names")?.to_string(), |options| {
        options.parameters = Parameters::List(vec!["stepz".into()]);
    })?;
    assert!(found.contains("did you mean `steps`?"), "{found}");
    Ok(())
}

#[test]
fn names_and_paths_must_be_rust() -> Result<(), Box<dyn Error>> {
    let prompt = prompt("names")?.to_string();
    assert!(error(&prompt, |options| options.name = "a b".into())?.contains("invalid function name `a b`"));
    assert!(error(&prompt, |options| options.name = "fn".into())?.contains("invalid function name `fn`"));
    assert!(
        error(&prompt, |options| options.nodes = "x; fn y() {}".into())?.contains("invalid module path `x; fn y() {}`")
    );
    Ok(())
}

#[test]
fn long_chains_and_wide_lists_are_imported() -> Result<(), Box<dyn Error>> {
    let schema = schema()?;
    let import = Importer::new(&schema);
    for source in ["ImageInvert", "Nobody", "ComfySwitchNode"] {
        let node = |at: usize| {
            let before = if at == 0 { "none".to_owned() } else { (at - 1).to_string() };
            format!(
                r#""{at}":{{"class_type":"{source}","inputs":{{"image":["{before}",0],"on_true":["{before}",0]}}}}"#
            )
        };
        let prompt = format!("{{{}}}", (0..10_000).map(node).collect::<Vec<_>>().join(","));
        let imported = import.import(&Value::parse(prompt.as_bytes())?, &ImportOptions::new("chain"))?;
        assert_eq!(imported.count, 10_000);
    }
    let links = (0..10_000).map(|at| format!(r#""x{at}":["0",{}]"#, at % 9)).collect::<Vec<_>>().join(",");
    let nodes = (1..10_000).map(|at| {
        format!(r#""{}{at}":{{"class_type":"PreviewAny","inputs":{{"source":["0",0]}}}}"#, "9:".repeat(at % 60))
    });
    let prompt = format!(
        r#"{{"0":{{"class_type":"Wide","inputs":{{}}}},"1":{{"class_type":"Wide","inputs":{{{links}}}}},{}}}"#,
        nodes.collect::<Vec<_>>().join(",")
    );
    for functions in [false, true] {
        let mut options = ImportOptions::new("wide");
        options.functions = functions;
        options.parameters = Parameters::Auto;
        _ = import.import(&Value::parse(prompt.as_bytes())?, &options)?;
    }
    Ok(())
}
