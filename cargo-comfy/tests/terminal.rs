//! End-to-end tests with hostile texts: whatever a schema, a workflow, a file name, an argument, the environment or a
//! server holds, no command prints a hidden character.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use comfy_schema::shown::is_hidden;
use serde_json::{Value, json};

const CORE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/comfyui-0.26.0.json");

/// Sets the title, colours, clears, moves, in C0, C1 and with DEL; turns the direction; and several invisible characters.
const HOSTILE: &str = "\u{1b}]0;PWNED\u{7}\u{1b}[31mRED\u{1b}[2J\u{9b}31m\u{8}\r\t\u{7f}\u{202e}\u{2066}\u{200b}\u{200d}\u{2060}\u{feff}\u{ad}\u{2028}\u{e0041}\u{85}\nFORGED";

fn hostile(text: &str) -> String {
    format!("{text}{HOSTILE}")
}

/// Returns node definitions with hostile texts in every place.
fn schema() -> Value {
    let h = hostile;
    let number = json!([h("INT"), {"default": h(""), "tooltip": h("tip")}]);
    let combo = json!([[h("o"), "p"], {"default": h("")}]);
    json!({
        h("K"): {
            "input": {"required": {h("a"): number, "c": combo}},
            "output": [h("IMAGE")], "output_name": [h("out")], "output_tooltips": [h("tip")], "search_aliases": [h("al")],
            "display_name": h("D"), "description": h("desc"), "python_module": h("mod"), "category": h("cat"),
        },
        "Good": {
            "input": {"required": {"i": ["IMAGE", {}], "n": ["INT", {"default": 1, "min": 0, "max": 3}], "c": combo}},
            "output": ["IMAGE"], "output_node": true,
        },
        "Src": {"input": {"required": {"t": ["STRING", {}]}}, "output": ["IMAGE"]},
        h("Odd"): {"input": {"required": {h("z"): [{h("x"): 1}]}}, "output": [{h("q"): 1}], h("weird"): h("")},
    })
}

/// Returns a prompt with hostile texts in every place, and mistakes that messages quote.
fn prompt() -> Value {
    let h = hostile;
    json!({
        h("1"): {"class_type": "Good", "_meta": {"title": h("T")},
            "inputs": {"i": [h("2"), 0], "n": 99, "c": h("q"), h("extra"): h("")}},
        h("2"): {"class_type": "Src", "inputs": {"t": h("")}, "_meta": {"title": h("")}, h("key"): 1},
    })
}

/// Returns a workflow in UI format, which converts with warnings.
fn workflow() -> Value {
    let h = hostile;
    json!({"version": 0.4, "links": [[1, h("2"), 0, 3, 0, h("IMAGE")]], "nodes": [
        {"id": h("2"), "type": h("NoSuch"), "title": h("T"), "outputs": [{"name": h("o"), "type": h("IMAGE"), "links": [1]}],
            "widgets_values": [h("")]},
        {"id": 3, "type": "Good", "title": h("G"), "inputs": [{"name": "i", "type": h("IMAGE"), "link": 1}],
            "widgets_values": [99, h("q")]}]})
}

/// A folder with hostile files, and the file names with hidden characters too.
struct Place {
    folder: PathBuf,
}

impl Place {
    fn new(test: &str, schema: &str, prompt: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cargo-comfy-terminal").join(test);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let place = Self { folder };
        let mut unknown: Value = serde_json::from_str(prompt).unwrap();
        unknown[hostile("3")] = json!({"class_type": hostile("NoSuch"), "inputs": {hostile("x"): [hostile("9"), 0]}});
        for (name, content) in [
            ("schema.json", schema.to_owned()),
            ("prompt.json", prompt.to_owned()),
            ("unknown.json", unknown.to_string()),
            ("ui.json", workflow().to_string()),
            ("no_node.json", json!({hostile("1"): hostile("text")}).to_string()),
            ("no_id.json", json!({"nodes": [{"type": hostile("A")}], "links": []}).to_string()),
            (&name(), prompt.to_owned()),
            ("empty.json", json!({hostile("a"): {hostile("b"): 1}}).to_string()),
        ] {
            std::fs::write(place.folder.join(name), content).unwrap();
        }
        place
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).stdin(Stdio::null()).env("NO_COLOR", "1").env_remove("COMFY_URL");
        command
    }

    /// Returns what a command prints to two pipes.
    fn piped(&self, arguments: &[&str]) -> (String, String) {
        let output = self.command(env!("CARGO_BIN_EXE_cargo-comfy")).args(arguments).output().unwrap();
        assert!(output.status.code().is_some_and(|code| code < 3), "{arguments:?}: {output:?}");
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    /// Returns what a command prints to a terminal, which the program `script` provides; `None` where it is not
    /// installed.
    fn on_terminal(&self, arguments: &[&str]) -> Option<String> {
        let words = [env!("CARGO_BIN_EXE_cargo-comfy")].into_iter().chain(arguments.iter().copied());
        let call: Vec<String> = words.map(|word| format!("'{word}'")).collect();
        match self.command("script").args(["-q", "-c", &call.join(" "), "/dev/null"]).output() {
            // The terminal itself adds the carriage returns.
            Ok(output) => Some(String::from_utf8(output.stdout).unwrap().replace("\r\n", "\n")),
            Err(error) => {
                eprintln!("skipped: script: {error}");
                None
            }
        }
    }
}

/// The name of a file with hidden characters. A name cannot hold a slash, and `script` cannot pass on a line feed.
fn name() -> String {
    format!("{}.json", hostile("file").replace(['/', '\n', '\r'], ""))
}

#[track_caller]
fn assert_visible(text: &str, context: &[&str]) {
    let hidden: Vec<char> = text.chars().filter(|&c| is_hidden(c) && c != '\n').collect();
    assert!(hidden.is_empty(), "{context:?} prints {hidden:?}:\n{}", text.escape_debug());
    assert!(!text.lines().any(|line| line.starts_with("FORGED")), "{context:?} prints a forged line:\n{text}");
}

/// Commands that print text, which is escaped wherever it goes.
const TEXT: &[&[&str]] = &[
    &["check", "prompt.json", "--schema", "schema.json"],
    &["check", "unknown.json", "--schema", "schema.json"],
    &["check", "ui.json", "--schema", "schema.json"],
    &["check", "prompt.json", "unknown.json", "--schema", "schema.json", "--format", "github"],
    &["check", "no_node.json", "no_id.json", "empty.json", "schema.json", "--schema", "schema.json"],
    &["check", "prompt.json", "--schema", "prompt.json"],
    &["check", "prompt.json", "--schema", "empty.json"],
    &["convert", "no_node.json", "no_id.json", "empty.json", "--schema", "schema.json"],
    &["diff", "schema.json", CORE],
    &["diff", CORE, "schema.json", "--format", "markdown"],
    &["diff", "schema.json", CORE, "--uses", "prompt.json", "unknown.json"],
    &["diff", "schema.json", CORE, "--uses", "prompt.json", "--format", "markdown"],
    &["generate", "--schema", "schema.json", "--out", "nodes.rs"],
    &["generate", "--schema", "schema.json", "--out", "nodes.rs", "--nodes", HOSTILE],
    &["generate", "--schema", "schema.json", "--out", "nodes.rs", "--open", HOSTILE],
    &["generate", "--schema", "schema.json", "--out", "nodes.rs", "--used-in", HOSTILE],
    &["import", "prompt.json", "--schema", "schema.json", "--out", "x.rs", "--params", HOSTILE],
    &["import", "no_node.json", "no_id.json", "--schema", "schema.json"],
    &["import", "prompt.json", "--schema", "schema.json", "--name", HOSTILE],
    &["import", "prompt.json", "--schema", "schema.json", "--nodes", HOSTILE],
    &["init", HOSTILE, "--schema", "prompt.json"],
    &["nodes", "--schema", "schema.json"],
    &["nodes", "K", "--schema", "schema.json"],
    &["nodes", "Good", "--schema", "schema.json"],
    &["nodes", "Oddx", "--schema", "schema.json"],
    &["nodes", HOSTILE, "--schema", HOSTILE],
    &["check", HOSTILE, "--schema", "schema.json"],
    &["check", "--format", HOSTILE],
    &[HOSTILE],
    &["graph", "prompt.json", "--out", HOSTILE],
];

/// Commands that print JSON or documents: exactly to pipes, and escaped to terminals.
const EXACT: &[&[&str]] = &[
    &["check", "prompt.json", "--schema", "schema.json", "--format", "json"],
    &["convert", "ui.json", "--schema", "schema.json"],
    &["convert", "ui.json", "--schema", "schema.json", "--format", "compact"],
    &["convert", "prompt.json", "--format", "request"],
    &["diff", "schema.json", CORE, "--format", "json"],
    &["export", "prompt.json", "--schema", "schema.json"],
    &["generate", "--schema", "schema.json", "--out", "nodes.rs", "--report", "json"],
    &["graph", "prompt.json"],
    &["graph", "prompt.json", "--schema", "schema.json", "--format", "html"],
    &["graph", "ui.json", "--schema", "schema.json", "--format", "mermaid"],
    &["import", "prompt.json", "--schema", "schema.json"],
    &["import", "ui.json", "--schema", "schema.json"],
    &["nodes", "--schema", "schema.json", "--format", "json"],
];

fn no_command_prints_a_hidden_character(place: &Place) {
    for arguments in TEXT {
        let (out, errors) = place.piped(arguments);
        assert!(out.len() + errors.len() > 0, "{arguments:?}");
        assert_visible(&out, arguments);
        assert_visible(&errors, arguments);
        // A line feed in an argument would end the call.
        if arguments.iter().all(|argument| !argument.contains('\n')) {
            assert_visible(&place.on_terminal(arguments).unwrap_or_default(), arguments);
        }
    }
    for arguments in EXACT {
        let (out, errors) = place.piped(arguments);
        assert!(!out.is_empty(), "{arguments:?}: {errors}");
        assert_visible(&errors, arguments);
        let Some(shown) = place.on_terminal(arguments) else { continue };
        assert!(!shown.is_empty(), "{arguments:?}");
        // A document may have lines of its own.
        assert_visible(&shown.replace("\nFORGED", ""), arguments);
    }
    let name = name();
    for arguments in [&["check", &name, "--schema", "schema.json"][..], &["export", &name, "--schema", "schema.json"]] {
        assert_visible(&place.piped(arguments).1, arguments);
        assert_visible(&place.on_terminal(arguments).unwrap_or_default(), arguments);
    }
}

#[test]
fn no_command_prints_a_hidden_character_of_a_file_or_an_argument() {
    let place = Place::new("files", &schema().to_string(), &prompt().to_string());
    no_command_prints_a_hidden_character(&place);
}

#[test]
fn no_command_prints_a_hidden_character_of_the_shared_cases() {
    let Some(data) = std::env::var_os("COMFY_DATA") else {
        eprintln!("skipped: COMFY_DATA is not set");
        return;
    };
    let read = |name: &str| std::fs::read_to_string(Path::new(&data).join("cases/hostile").join(name)).unwrap();
    let place = Place::new("cases", &read("terminal_escape_object_info.json"), &read("terminal_escape_prompt.json"));
    no_command_prints_a_hidden_character(&place);
}

#[test]
fn json_is_exact_in_a_pipe_and_means_the_same_on_a_terminal() {
    let place = Place::new("json", &schema().to_string(), &prompt().to_string());
    let arguments = ["convert", "prompt.json", "--format", "compact"];
    let (piped, _) = place.piped(&arguments);
    assert!(piped.contains('\u{9b}') && piped.contains('\u{e0041}'), "{piped:?}");
    let Some(shown) = place.on_terminal(&arguments) else { return };
    // The terminal shows the warnings too.
    let shown = shown.lines().find(|line| line.starts_with('{')).unwrap();
    assert!(shown.contains(r"\u009b") && shown.contains(r"\udb40\udc41"), "{shown}");
    assert_eq!(serde_json::from_str::<Value>(shown).unwrap(), serde_json::from_str::<Value>(&piped).unwrap());
}

/// The values may be secret, too.
#[test]
fn help_shows_no_value_of_the_environment() {
    let place = Place::new("environment", "{}", "{}");
    for command in ["nodes", "check", "run", "snapshot", "init", "doctor", "attach", "queue", "cancel"] {
        let mut help = place.command(env!("CARGO_BIN_EXE_cargo-comfy"));
        for variable in ["URL", "TOKEN", "HEADERS", "API_KEY", "CA_CERTIFICATE", "PIN_CERTIFICATE", "ORG_API_KEY"] {
            help.env(format!("COMFY_{variable}"), hostile("value"));
        }
        let output = help.args([command, "--help"]).output().unwrap();
        for text in [output.stdout, output.stderr] {
            let text = String::from_utf8(text).unwrap();
            assert_visible(&text, &[command]);
            assert!(!text.contains("value]") && !text.contains("PWNED"), "{text}");
        }
    }
}

/// Nodes and values of the prompt come back in the words of the server.
#[cfg(all(feature = "run", feature = "serve"))]
#[tokio::test(flavor = "multi_thread")]
async fn no_command_prints_a_hidden_character_of_a_server() {
    let place = Place::new("server", &schema().to_string(), &prompt().to_string());
    let server = comfy_mock::Server::builder().schema_json(schema().to_string()).spawn().await.unwrap();
    let url = server.url();
    let wrong_token = hostile("").replace('\n', "");
    tokio::task::spawn_blocking(move || {
        for arguments in [
            &["run", "prompt.json", "--server", &url][..],
            &["run", "prompt.json", "--server", &url, "--json"],
            &["run", "unknown.json", "--server", &url],
            &["run", "ui.json", "--server", &url],
            &["run", "prompt.json", "--server", &url, "--set", &format!("{HOSTILE}.x=1")],
            &["run", "prompt.json", "--server", &url, "--token", &wrong_token],
            &["run", "prompt.json", "--server", HOSTILE],
            &["snapshot", "--server", &url, "--out", "new.json"],
            &["snapshot", "--server", &url, "--out", "new.json", "--check"],
            &["snapshot", "--server", &url, "--out", "prompt.json", "--check"],
            &["nodes", "--server", &url],
            &["doctor", "--server", &url],
        ] {
            let output = place.command(env!("CARGO_BIN_EXE_cargo-comfy")).args(arguments).output().unwrap();
            let (out, errors) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
            assert!(out.len() + errors.len() > 0, "{arguments:?}");
            assert_visible(&errors, arguments);
            if !arguments.contains(&"--json") {
                assert_visible(&out, arguments);
            }
            if arguments.iter().all(|argument| !argument.contains(['\n', '\''])) {
                assert_visible(&place.on_terminal(arguments).unwrap_or_default(), arguments);
            }
        }
    })
    .await
    .unwrap();
}
