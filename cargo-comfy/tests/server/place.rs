//! A folder with a workflow, a stand-in server, and commands that run there.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use comfy_mock::{Server, ServerBuilder, Timing};
use comfy_schema::Value;
use tempfile::TempDir;

/// The time after which a test counts as hanging. No test depends on it otherwise.
const GUARD: Duration = Duration::from_secs(60);

pub(crate) const WORKFLOW: &str = r#"{
    "ckpt": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd15.safetensors"}},
    "prompt": {"class_type": "CLIPTextEncode", "inputs": {"text": "a cat", "clip": ["ckpt", 1]}},
    "latent": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 32, "batch_size": 1}},
    "samples": {"class_type": "KSampler", "inputs": {
        "model": ["ckpt", 0], "positive": ["prompt", 0], "negative": ["prompt", 0], "latent_image": ["latent", 0],
        "seed": 1, "steps": 2, "cfg": 7, "sampler_name": "euler", "scheduler": "normal", "denoise": 1}},
    "decoded": {"class_type": "VAEDecode", "inputs": {"samples": ["samples", 0], "vae": ["ckpt", 2]}},
    "save": {"class_type": "SaveImage", "inputs": {"images": ["decoded", 0], "filename_prefix": "cat"}}
}"#;

/// A folder with `workflow.json`, and a server.
pub(crate) struct Place {
    folder: TempDir,
    pub(crate) server: Server,
}

/// A command that runs. It is killed if the test ends before it.
pub(crate) struct Running(Option<Child>);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            _ = child.kill();
            _ = child.wait();
        }
    }
}

impl Place {
    pub(crate) async fn new() -> Self {
        Self::of(Server::builder()).await
    }

    pub(crate) async fn of(server: ServerBuilder) -> Self {
        let place = Self {
            folder: TempDir::new().unwrap(),
            server: server.timing(Timing::instant().step(Duration::from_millis(5))).spawn().await.unwrap(),
        };
        std::fs::write(place.path("workflow.json"), WORKFLOW).unwrap();
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns the command with the address of the server, unless the arguments give another one or it needs none.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-comfy"));
        command.arg("comfy").args(arguments);
        if arguments[0] != "generate" && !arguments.contains(&"--server") {
            command.args(["--server", &self.server.url()]);
        }
        for name in ["URL", "TOKEN", "API_KEY", "HEADERS", "CA_CERTIFICATE", "PIN_CERTIFICATE", "WEBSOCKET"] {
            command.env_remove(format!("COMFY_{name}"));
        }
        command.current_dir(self.folder.path()).env_remove("CARGO_TARGET_DIR").stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        Running(Some(self.command(arguments).spawn().unwrap()))
    }

    /// Runs the command to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Output {
        self.start(arguments).output().await
    }

    /// Waits until something holds on the server.
    pub(crate) async fn until(&self, expected: &str, condition: impl Fn(&Server) -> bool) {
        tokio::time::timeout(GUARD, self.server.until(condition)).await.unwrap_or_else(|_| panic!("{expected}"));
    }

    /// Waits until a request to a route was received, such as `GET /api/view`.
    pub(crate) async fn until_called(&self, route: &str) {
        self.until(route, |server| server.count(route) > 0).await;
    }

    /// Waits until a prompt runs, and returns its id.
    pub(crate) async fn until_running(&self) -> String {
        self.until("a prompt runs", |server| server.running().is_some()).await;
        self.server.running().unwrap()
    }

    /// Submits the workflow with another seed as another client, and returns the id of the prompt.
    pub(crate) async fn submit(&self, seed: u64, client_id: &str) -> String {
        self.submit_prompt(&WORKFLOW.replace("\"seed\": 1", &format!("\"seed\": {seed}")), client_id).await
    }

    async fn submit_prompt(&self, prompt: &str, client_id: &str) -> String {
        let (url, client_id) = (self.server.url(), client_id.to_owned());
        let client = comfy_runtime::Client::builder(url).client_id(client_id).connect().await.unwrap();
        let workflow: comfy_runtime::Workflow = serde_json::from_str(prompt).unwrap();
        client.submit(&workflow).await.unwrap().into_run().prompt_id().to_owned()
    }

    /// Submits a run that does not end by itself, so that later ones wait, and returns its id.
    pub(crate) async fn block(&self) -> String {
        // Only this run has a node of this id.
        self.server.node_id("slow").hang();
        let prompt = WORKFLOW.replace("\"samples\": {", "\"slow\": {").replace("[\"samples\", 0]", "[\"slow\", 0]");
        let blocker = self.submit_prompt(&prompt, "blocker").await;
        self.until("the blocking run is the one that runs", |server| server.running().as_ref() == Some(&blocker)).await;
        blocker
    }

    /// Returns whether the history says that a run was interrupted.
    pub(crate) fn was_interrupted(&self, prompt_id: &str) -> bool {
        self.server.history(prompt_id).is_some_and(|entry| entry.to_string().contains("execution_interrupted"))
    }

    /// Returns the names of the files in a folder.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(folder)).into_iter().flatten();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Running {
    #[cfg(unix)]
    pub(crate) fn of(child: Child) -> Self {
        Self(Some(child))
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        self.0.as_mut().unwrap()
    }

    /// Sends a signal, such as `-INT`.
    #[cfg(unix)]
    pub(crate) fn signal(&mut self, signal: &str) {
        let id = self.child().id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Reads standard output up to a line that contains a text.
    pub(crate) async fn until_printed(&mut self, text: &'static str) {
        let out = self.child().stdout.take().unwrap();
        self.child().stdout = Some(read_until(out, text).await);
    }

    /// Reads standard error up to a line that contains a text.
    #[cfg(unix)]
    pub(crate) async fn until_told(&mut self, text: &'static str) {
        let err = self.child().stderr.take().unwrap();
        self.child().stderr = Some(read_until(err, text).await);
    }

    /// Waits for the end of the command on a thread of its own, because the server runs on this one.
    pub(crate) async fn output(mut self) -> Output {
        let child = self.0.take().unwrap();
        let id = child.id();
        let ended = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
        match tokio::time::timeout(GUARD, ended).await {
            Ok(output) => output.unwrap(),
            Err(_) => {
                _ = Command::new("kill").args(["-KILL", &id.to_string()]).status();
                panic!("the command did not end");
            }
        }
    }
}

/// Reads byte by byte, so that nothing behind the line is lost.
async fn read_until<R: Read + Send + 'static>(mut from: R, text: &'static str) -> R {
    let reading = tokio::task::spawn_blocking(move || {
        let (mut all, mut byte) = (Vec::new(), [0]);
        while !(all.ends_with(b"\n") && String::from_utf8_lossy(&all).contains(text)) {
            assert!(from.read(&mut byte).unwrap() > 0, "{text}: {}", String::from_utf8_lossy(&all));
            all.extend(byte);
        }
        from
    });
    tokio::time::timeout(GUARD, reading).await.unwrap_or_else(|_| panic!("{text}")).unwrap()
}

/// Returns the texts that a command printed to standard output and standard error.
pub(crate) fn texts(output: &Output) -> (String, String) {
    (String::from_utf8_lossy(&output.stdout).into(), String::from_utf8_lossy(&output.stderr).into())
}

/// Checks the exit code, and returns the texts.
#[track_caller]
pub(crate) fn expect(output: &Output, code: i32) -> (String, String) {
    let (out, err) = texts(output);
    let status: ExitStatus = output.status;
    assert_eq!(status.code(), Some(code), "{status}\n{out}\n{err}");
    (out, err)
}

/// Parses lines of JSON.
pub(crate) fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| Value::parse(line.as_bytes()).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// Returns a member of an object as text.
pub(crate) fn member<'v>(value: &'v Value, key: &str) -> &'v str {
    value.as_object().and_then(|map| map.get(key)).and_then(Value::as_str).unwrap_or_default()
}
