//! Measures the day-to-day tools: comparing schemas, drawing, writing files for the editor, searching.
//!
//! The environment variable `COMFY_DATA` names the folder with the workflows. `--runs 20` takes the minimum of twenty runs; the
//! default is ten.

use std::error::Error;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use std::{env, fs};

use comfy_benches::measure::{min_time, option};
use comfy_convert::{Converter, UiWorkflow};
use comfy_draw::{Drawing, to_ui};
use comfy_schema::drift::Comparison;
use comfy_schema::search::Query;
use comfy_schema::{Map, Schema, Value};

fn main() -> Result<(), Box<dyn Error>> {
    let runs = option("--runs", 10)?;
    let root = env::var_os("COMFY_DATA").ok_or("COMFY_DATA is not set: it must name the folder with the workflows")?;
    let root = comfy_benches::workspace().join(PathBuf::from(root));
    let schema = |version: &str| -> Result<Schema, Box<dyn Error>> {
        Ok(Schema::from_slice(&fs::read(root.join(format!("schemas/comfyui-{version}.json")))?)?)
    };
    let (old, new) = (schema("0.26.0")?, schema("0.28.0")?);
    let mut prompts = Vec::new();
    for entry in fs::read_dir(root.join("templates"))? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".api.json") {
            prompts.push(Value::parse(&fs::read(&path)?)?);
        }
    }
    let size = |prompt: &&Value| prompt.as_object().map_or(0, Map::len);
    let largest = prompts.iter().max_by_key(size).ok_or("there are no templates")?;

    let comparison = Comparison::new(&old, &new);
    let changes = comparison.all().len();
    line(&format!("all changes from 0.26.0 to 0.28.0 ({changes})"), min_time(runs, || _ = black_box(comparison.all())));
    let all = || prompts.iter().for_each(|prompt| _ = black_box(comparison.workflow(prompt)));
    line(&format!("the changes that affect the {} templates", prompts.len()), min_time(runs, all));

    let to_editor = || prompts.iter().for_each(|prompt| _ = black_box(to_ui(prompt, &old)));
    line("the templates laid out for the editor", min_time(runs, to_editor));
    let started = Instant::now();
    for prompt in &prompts {
        let text = to_ui(prompt, &old)?.workflow.to_string();
        let workflow = UiWorkflow::from_value(&Value::parse(text.as_bytes())?)?;
        _ = black_box(Converter::new(&old).convert(&workflow)?);
    }
    line("the same files written, read and converted back, once", started.elapsed());

    let draw = |prompt: &Value| Drawing::new(prompt, Some(&old)).map(|drawing| black_box(drawing.html("x")).len());
    let bytes = draw(largest)?;
    let nodes = size(&largest);
    line(
        &format!("the largest template as a page ({nodes} nodes, {} KB)", bytes / 1000),
        min_time(runs, || _ = draw(largest)),
    );
    let pages = || prompts.iter().for_each(|prompt| _ = black_box(draw(prompt)));
    line("all templates as pages", min_time(runs.min(3), pages));

    let query = Query::from_words(["takes", "MASK", "gives", "IMAGE"]);
    line("a search for types", min_time(runs, || _ = black_box(query.search(&old))));
    Ok(())
}

fn line(label: &str, time: Duration) {
    println!("{:>9.2} ms  {label}", time.as_secs_f64() * 1e3);
}
