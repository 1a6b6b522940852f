//! Measures the cost of parsing a schema: the time, and the peak of memory including the input.
//!
//! ```text
//! cargo run --release --example parse_memory                      100 MiB of generated nodes with long lists of files
//! cargo run --release --example parse_memory object_info.json     the given file
//! cargo run --release --example parse_memory object_info.json 100 its nodes, repeated up to 100 MiB
//! ```
//!
//! The peak should stay below six times the input. It is read from `/proc`, so the example runs on Linux only.

use std::error::Error;
use std::fmt::Write;
use std::time::Instant;

use comfy_schema::{Schema, Value};

const MIB: usize = 1 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let json = match (arguments.next(), arguments.next()) {
        (None, _) => generated(100 * MIB)?.into_bytes(),
        (Some(file), None) => std::fs::read(file)?,
        (Some(file), Some(size)) => repeated(&std::fs::read(file)?, size.parse::<usize>()? * MIB)?.into_bytes(),
    };
    reset_peak();
    let before = peak()?;
    let start = Instant::now();
    let schema = Schema::from_slice(&json)?;
    let time = start.elapsed();
    let after = peak()?;

    let inputs: usize = schema.nodes.iter().map(|node| node.inputs.len()).sum();
    println!("input        {:10.1} MiB", mib(json.len()));
    println!("before       {:10.1} MiB (the process with the input)", mib(before));
    println!("peak         {:10.1} MiB", mib(after));
    #[expect(clippy::cast_precision_loss, reason = "the number is only displayed")]
    let ratio = after as f64 / json.len() as f64;
    println!("peak / input {ratio:10.2}");
    println!("time         {:10.1} ms", time.as_secs_f64() * 1e3);
    println!("nodes {}, inputs {inputs}, issues {}", schema.nodes.len(), schema.issues.len());
    Ok(())
}

/// Resets the peak that the kernel counts, where that is allowed.
fn reset_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Returns the peak of this process's memory, in bytes.
fn peak() -> Result<usize, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<usize>()? * 1024)
}

#[expect(clippy::cast_precision_loss, reason = "the number is only displayed")]
fn mib(bytes: usize) -> f64 {
    bytes as f64 / MIB as f64
}

/// Repeats the nodes of a real document under other names.
fn repeated(json: &[u8], size: usize) -> Result<String, Box<dyn Error>> {
    let document = Value::parse(json)?;
    let nodes = document.as_object().ok_or("not an object")?;
    let texts: Vec<(String, String)> =
        nodes.iter().map(|(class, node)| (class.to_string(), node.to_string())).collect();
    drop(document);
    let mut out = String::with_capacity(size + MIB);
    out.push('{');
    for round in 0.. {
        for (class, node) in &texts {
            if out.len() > size {
                out.push('}');
                return Ok(out);
            }
            let comma = if out.len() > 1 { "," } else { "" };
            write!(out, "{comma}{}:{node}", Value::from(format!("{class} {round}")))?;
        }
    }
    Ok(out)
}

/// Generates loaders with lists of files, as on a server with many models, and the usual small inputs.
fn generated(size: usize) -> Result<String, Box<dyn Error>> {
    let mut out = String::with_capacity(size + MIB);
    out.push('{');
    for node in 0.. {
        if out.len() > size {
            break;
        }
        let comma = if node > 0 { ",\n" } else { "\n" };
        write!(out, r#"{comma}"Loader{node}":{{"input":{{"required":{{"model":["MODEL"],"file":[["#)?;
        file_names(&mut out, node, 500 + node % 1500)?;
        out.push_str(r#"],{"tooltip":"The file to load."}],"lora":["COMBO",{"options":["#);
        file_names(&mut out, node + 1, 200)?;
        out.push_str(
            r#"],"multiselect":false}],"strength":["FLOAT",{"default":1.0,"min":-100.0,"max":100.0,"step":0.01}],"#,
        );
        out.push_str(r#""seed":["INT",{"default":0,"min":0,"max":18446744073709551615}]},"#);
        out.push_str(r#""hidden":{"prompt":"PROMPT"}},"input_order":{"required":["model","file","lora","strength","#);
        out.push_str(r#""seed"],"hidden":["prompt"]},"is_input_list":false,"output":["MODEL"],"#);
        write!(
            out,
            r#""output_is_list":[false],"output_name":["MODEL"],"name":"Loader{node}","display_name":"Load {node}","#
        )?;
        out.push_str(r#""description":"","python_module":"custom_nodes.loaders","category":"loaders","#);
        out.push_str(r#""output_node":false,"search_aliases":[]}"#);
    }
    out.push_str("\n}\n");
    Ok(out)
}

/// Writes names of files, each of 18 to about 60 characters.
fn file_names(out: &mut String, seed: usize, count: usize) -> std::fmt::Result {
    const STEMS: [&str; 6] = [
        "v1",
        "detail_tweaker",
        "SDXL/style",
        "flux/realism_lora_v",
        "pony\\\\xl",
        "character/a_long_name_of_a_style_",
    ];
    for at in 0..count {
        let comma = if at > 0 { "," } else { "" };
        let stem = STEMS[(at + seed) % STEMS.len()];
        write!(out, r#"{comma}"{stem}_{:05}.safetensors""#, (at * 7919 + seed * 104_729) % 100_000)?;
    }
    Ok(())
}
