//! A minimal client of a language server, for completion.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::{Value, json};

/// Maximum time for a response. Loading the workspace on two cores takes longest.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(240);

/// A language server that has loaded a small crate.
pub(crate) struct LanguageServer {
    child: Child,
    stdin: ChildStdin,
    incoming: Receiver<Value>,
    next_id: u64,
    version: u64,
    main: PathBuf,
}

impl LanguageServer {
    /// Starts the server, or returns `None` if it is not installed.
    pub(crate) fn start() -> Option<Self> {
        let binary = std::env::var("RUST_ANALYZER").unwrap_or_else(|_| "rust-analyzer".to_owned());
        let works = Command::new(&binary).arg("--version").output().is_ok_and(|output| output.status.success());
        if !works {
            return None;
        }
        let main = project();
        let root = main.parent()?.parent()?.to_owned();
        let mut child = Command::new(binary)
            .current_dir(&root)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("rust-analyzer starts");
        let stdin = child.stdin.take().expect("stdin is piped");
        let stdout = child.stdout.take().expect("stdout is piped");
        let (sender, incoming) = mpsc::channel();
        std::thread::spawn(move || {
            let mut reader = BufReader::new(stdout);
            while let Some(message) = read(&mut reader) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let mut server = Self { child, stdin, incoming, next_id: 0, version: 0, main };
        server.initialize(&root);
        Some(server)
    }

    fn initialize(&mut self, root: &Path) {
        let options = json!({
            "cargo": { "targetDir": true },
            "checkOnSave": false,
            "cachePriming": { "enable": false },
            "completion": { "limit": 2000 },
        });
        self.request(
            "initialize",
            json!({
                "processId": null,
                "rootUri": uri(root),
                "capabilities": { "experimental": { "serverStatusNotification": true } },
                "initializationOptions": options,
            }),
        );
        self.notify("initialized", json!({}));
        let text = fs::read_to_string(&self.main).expect("the crate was written");
        self.notify(
            "textDocument/didOpen",
            json!({ "textDocument": { "uri": uri(&self.main), "languageId": "rust", "version": 0, "text": text } }),
        );
        self.wait(|message| {
            message["method"] == "experimental/serverStatus" && message["params"]["quiescent"] == json!(true)
        });
    }

    /// Returns the names offered at `|` in the crate's main file.
    pub(crate) fn complete(&mut self, source: &str) -> Vec<String> {
        let offset = source.find('|').expect("a cursor");
        let before = &source[..offset];
        let line = before.matches('\n').count();
        let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1);
        let text = source.replacen('|', "", 1);
        self.version += 1;
        self.notify(
            "textDocument/didChange",
            json!({
                "textDocument": { "uri": uri(&self.main), "version": self.version },
                "contentChanges": [{ "text": text }],
            }),
        );
        let answer = self.request(
            "textDocument/completion",
            json!({
                "textDocument": { "uri": uri(&self.main) },
                "position": { "line": line, "character": column },
                "context": { "triggerKind": 1 },
            }),
        );
        let items = answer.get("items").unwrap_or(&answer).as_array().cloned().unwrap_or_default();
        let label = |item: &Value| Some(item["label"].as_str()?.split(['(', ' ', ':']).next()?.to_owned());
        items.iter().filter_map(label).collect()
    }

    fn request(&mut self, method: &str, params: Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        let answer = self.wait(|message| message["id"] == json!(id) && message.get("method").is_none());
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.stdin, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("rust-analyzer listens");
        self.stdin.flush().expect("rust-analyzer listens");
    }

    /// Returns the first message that matches, and answers requests of the server meanwhile.
    fn wait(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.incoming.recv_timeout(RESPONSE_TIMEOUT).expect("rust-analyzer answers in time");
            if wanted(&message) {
                return message;
            }
            if message.get("method").is_some() && message.get("id").is_some() {
                let result = if message["method"] == "workspace/configuration" { json!([null]) } else { Value::Null };
                self.send(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }));
            }
        }
    }
}

impl Drop for LanguageServer {
    fn drop(&mut self) {
        // The server has no state that needs an orderly shutdown.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(reader: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header).ok()? == 0 {
            return None;
        }
        match header.trim().strip_prefix("Content-Length: ") {
            Some(value) => length = value.parse().ok()?,
            None if header.trim().is_empty() => break,
            None => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// Creates a crate with a few nodes that depends on this workspace by path, and returns its main file.
fn project() -> PathBuf {
    let workspace = comfy_tests::workspace();
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("completion");
    fs::create_dir_all(dir.join("src")).expect("the target directory is writable");
    let runtime = workspace.join("comfy-runtime");
    let manifest = format!(
        "[package]\nname = \"completion\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         comfy-runtime = {{ path = '{}' }}\n\n[workspace]\n",
        runtime.display()
    );
    fs::write(dir.join("Cargo.toml"), manifest).expect("the target directory is writable");
    fs::write(dir.join("src/nodes.rs"), nodes(workspace)).expect("the target directory is writable");
    let main = dir.join("src/main.rs");
    fs::write(&main, "use comfy_runtime::workflow;\nmod nodes;\nfn main() {}\n")
        .expect("the target directory is writable");
    main
}

/// Returns the generated code of the nodes that the cases use.
fn nodes(workspace: &Path) -> String {
    let nodes = ["CheckpointLoaderSimple", "CLIPTextEncode", "EmptyLatentImage", "KSampler", "SaveImage", "VAEDecode"];
    let schema = workspace.join("schemas/comfyui-0.26.0.json");
    let generated = comfy_codegen::Config::new().schema(schema).nodes(nodes).source();
    generated.expect("the snapshot has these nodes").source
}
