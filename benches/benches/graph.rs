//! Measures building a graph and writing its JSON, compared with `serde_json::to_string` of an equal `Value` built before.
//!
//! The tasks of a workload take turns, so that they meet the same state of the machine. The ratio is that of the medians.

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use comfy_runtime::types::IMAGE;
use comfy_runtime::{GraphError, Out, Workflow, workflow};

#[allow(dead_code, reason = "the workflows below use only some of the generated items")]
mod nodes {
    comfy_runtime::include_nodes!();
}
use nodes::resize_image_mask_node::resize_type;
#[allow(clippy::wildcard_imports, reason = "the included workflow uses two dozen nodes")]
use nodes::*;

include!(concat!(env!("OUT_DIR"), "/straight_line.rs"));

/// The standard text-to-image workflow.
fn text_to_image(prompt: &str, seed: u64) -> Result<Workflow<Out<IMAGE>>, GraphError> {
    workflow! {
        let checkpoint = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
        let samples = KSampler {
            model: checkpoint.model,
            positive: CLIPTextEncode { clip: checkpoint.clip, text: prompt },
            negative: CLIPTextEncode { clip: checkpoint.clip, text: "blurry, low quality" },
            latent_image: EmptyLatentImage { width: 512, height: 768 },
            seed,
            steps: 20,
            cfg: 7,
            sampler_name: "euler",
            scheduler: "karras",
        };
        let image = VAEDecode { samples, vae: checkpoint.vae };
        SaveImage { images: image, filename_prefix: "cat" };
        image
    }
}

/// A chain that scales a picture again and again.
fn chain(steps: u32) -> Result<Workflow<()>, GraphError> {
    workflow! {
        let mut image = LoadImage { image: "a.png" }.image;
        for step in 0..steps {
            image = ImageScaleBy { image, upscale_method: "area", scale_by: 1.0 + f64::from(step % 3) };
        }
        SaveImage { images: image, filename_prefix: "cat" };
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("{:38} {:>10} {:>10} {:>7}", "", "minimum", "median", "ratio");
    compare("text to image, 7 nodes", 100, 2_000, || text_to_image(black_box("a cat"), black_box(5)))?;
    compare("chain in a loop, 1,000 nodes", 1, 2_000, || chain(black_box(998)))?;
    let start = Instant::now();
    let first = straight_line(black_box("a cat"), black_box(5))?.to_json().len();
    let first = (start.elapsed(), first);
    compare("straight line, 1,000 literals", 1, 1_000, || straight_line(black_box("a cat"), black_box(5)))?;
    println!("  {:36} {:>10}   ({} bytes of JSON)", "its first use in the process", micros(first.0), first.1);
    Ok(())
}

/// Measures one workload and prints its lines. Each sample is the average of `batch` calls in a row.
fn compare<T>(
    name: &str,
    batch: u32,
    samples: usize,
    build: impl Fn() -> Result<Workflow<T>, GraphError>,
) -> Result<(), Box<dyn Error>> {
    let workflow = build()?;
    let value: serde_json::Value = serde_json::from_str(&workflow.to_json())?;
    let length = |json: Result<String, serde_json::Error>| json.map_or(0, |json| json.len());
    let tasks: [(&str, &dyn Fn() -> usize); 5] = [
        ("serde_json::to_string(&Value)", &|| length(serde_json::to_string(black_box(&value)))),
        ("build and to_json", &|| build().map_or(0, |workflow| workflow.to_json().len())),
        ("build alone", &|| build().map_or(0, |workflow| black_box(&workflow).nodes().size_hint().0)),
        ("to_json alone", &|| black_box(&workflow).to_json().len()),
        ("serde_json::to_string(&Workflow)", &|| length(serde_json::to_string(black_box(&workflow)))),
    ];
    let mut times = tasks.map(|_| Vec::with_capacity(samples));
    for _ in 0..samples {
        for ((_, task), times) in tasks.iter().zip(&mut times) {
            let start = Instant::now();
            for _ in 0..batch {
                black_box(task());
            }
            times.push(start.elapsed() / batch);
        }
    }
    println!("{name}");
    let medians = times.each_mut().map(|times| {
        times.sort_unstable();
        median(times)
    });
    let [floor, ..] = medians;
    for (((task, _), times), median) in tasks.iter().zip(&times).zip(medians) {
        let ratio = median.as_secs_f64() / floor.as_secs_f64();
        let min = times.first().copied().unwrap_or_default();
        println!("  {task:36} {:>10} {:>10} {ratio:>7.2}", micros(min), micros(median));
    }
    Ok(())
}

fn median(sorted: &[Duration]) -> Duration {
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

fn micros(time: Duration) -> String {
    format!("{:.2} µs", time.as_secs_f64() * 1e6)
}
