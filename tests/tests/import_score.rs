//! Imports real and random prompts, compiles and runs the result, and compares the prompts that it sends. `cargo
//! import-score` prints the figures.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use comfy_import::{IdStyle, ImportOptions, OptionStyle, Parameters};
use comfy_schema::{Schema, Value};
use comfy_tests::imports::any_workflow::{Dice, any_workflow};
use comfy_tests::imports::project::{Case, Score, score};

fn cases(folder: &Path, change: impl Fn(&mut ImportOptions)) -> Result<Vec<Case>, Box<dyn Error>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.to_string_lossy().ends_with(".api.json"));
    files.sort();
    let case = |file: &PathBuf| {
        let name = file.file_name().unwrap_or_default().to_string_lossy().replace(".api.json", "");
        let mut options = ImportOptions::new(ImportOptions::name_of(&name));
        options.origin = Some(name);
        change(&mut options);
        Ok(Case { name: options.name.clone(), prompt: Value::parse(&fs::read(file)?)?, options })
    };
    files.iter().map(case).collect()
}

fn report(title: &str, score: &Score) -> bool {
    for (name, difference) in &score.failures {
        println!("  {name}: {}", difference.chars().take(1500).collect::<String>());
    }
    for file in score.unformatted.iter().flatten() {
        println!("  rustfmt would change {file}");
    }
    println!(
        "{title}: {}/{} equal; {} nodes, {} raw; import {:.0} ms, compile {:.1} s; {}",
        score.equal,
        score.equal + score.failures.len(),
        score.nodes.0,
        score.nodes.1,
        score.import.as_secs_f64() * 1e3,
        score.compile.as_secs_f64(),
        match &score.unformatted {
            Some(files) => format!("{} not as rustfmt", files.len()),
            None => "rustfmt is not installed".to_owned(),
        },
    );
    score.failures.is_empty() && score.unformatted.as_ref().is_none_or(Vec::is_empty)
}

/// The name of a way to import, and a function that sets its options.
type Variant = (&'static str, fn(&mut ImportOptions));

/// The default options, and options that change the source in many ways.
const VARIANTS: [Variant; 2] = [
    ("as it is", |_| {}),
    ("with parameters, enums, functions and ids", |options| {
        options.parameters = Parameters::Auto;
        options.option_style = OptionStyle::Enums;
        options.functions = true;
        options.id_style = IdStyle::Keep;
    }),
];

/// Random prompts are made of the nodes of a real server, and of nodes of every shape.
#[test]
fn any_prompt_comes_out_as_it_went_in() -> Result<(), Box<dyn Error>> {
    let number = |name: &str, default: u64| env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default);
    let (seed, count) = (number("IMPORT_SEED", 1), number("IMPORT_CASES", 40));
    let out = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let mut good = true;
    // `IMPORT_SCHEMA` names other definitions, such as those of a server with custom nodes.
    let given = env::var("IMPORT_SCHEMA").ok();
    let schemas = match &given {
        Some(file) => vec![("given", file.as_str())],
        None => vec![("server", "schemas/comfyui-0.26.0.json"), ("shapes", "comfy-codegen/tests/fixtures/shapes.json")],
    };
    for (what, schema_file) in schemas {
        let schema_file = comfy_tests::workspace().join(schema_file);
        let schema = Schema::from_slice(&fs::read(&schema_file)?)?;
        let cases = (0..count).map(|at| {
            let mut dice = Dice::new(seed.wrapping_mul(1_000_003).wrapping_add(at));
            let name = format!("case_{at}");
            let mut options = ImportOptions::new(name.clone());
            VARIANTS[usize::from(at % 2 == 1)].1(&mut options);
            Case { name, prompt: any_workflow(&schema, &mut dice, 3 + usize::try_from(at % 40).unwrap_or(3)), options }
        });
        let cases: Vec<Case> = cases.collect();
        let score = score(&schema_file, &cases, &out.join(format!("any_{what}")), &out.join("target"))?;
        good &= report(&format!("any workflow ({what}), seed {seed}"), &score);
    }
    assert!(good, "see above");
    Ok(())
}

#[test]
fn real_prompts_come_out_as_they_went_in() -> Result<(), Box<dyn Error>> {
    let Some(data) = env::var_os("COMFY_DATA").map(PathBuf::from) else {
        println!("skipped: COMFY_DATA is not set");
        return Ok(());
    };
    let out = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let mut good = true;
    for (folder, schema) in
        [("templates", "schemas/comfyui-0.26.0.json"), ("wild_workflows", "wild_workflows/object_info.json")]
    {
        let schema = data.join(schema);
        for (what, change) in VARIANTS {
            let cases = cases(&data.join(folder), change)?;
            let score = score(&schema, &cases, &out.join(folder), &out.join("target"))?;
            good &= report(&format!("{folder}, {what}"), &score);
        }
    }
    assert!(good, "see above");
    Ok(())
}
