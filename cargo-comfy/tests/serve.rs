//! End-to-end tests of `cargo comfy serve`.
#![cfg(feature = "serve")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// A running server, which is killed when the test ends.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

fn serve(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-comfy"));
    command.args(["comfy", "serve", "--port", "0"]).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn it_prints_its_address_and_answers() {
    let mut served = Served(serve(&["--models", "loras=a.safetensors,b.safetensors"]).spawn().unwrap());
    let mut url = String::new();
    BufReader::new(served.0.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let mut stream = TcpStream::connect(url.trim().strip_prefix("http://").unwrap()).unwrap();
    stream.write_all(b"GET /models/loras HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with(r#"["a.safetensors", "b.safetensors"]"#),
        "{answer}"
    );
}

#[test]
fn a_missing_file_is_an_error() {
    let output = serve(&["--schema", "no-such-file.json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(errors.contains("no-such-file.json") && errors.contains("/object_info"), "{errors}");
}

/// Returns the folder in which the server says that it saves pictures.
#[cfg(unix)]
fn output_folder(served: &mut Served) -> std::path::PathBuf {
    let mut line = String::new();
    BufReader::new(served.0.stderr.take().unwrap()).read_line(&mut line).unwrap();
    line.strip_prefix("saving pictures in ").unwrap().split(';').next().unwrap().into()
}

/// Sends a request, and returns the answer.
#[cfg(unix)]
fn ask(address: &str, method: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[cfg(unix)]
#[test]
fn a_signal_stops_it_while_it_draws_pictures() {
    let mut served = Served(serve(&[]).spawn().unwrap());
    let folder = output_folder(&mut served);
    let mut url = String::new();
    BufReader::new(served.0.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let address = url.trim().strip_prefix("http://").unwrap();
    // Drawing all of them takes minutes.
    let prompt = r#"{"prompt": {
        "1": {"class_type": "EmptyImage", "inputs": {"width": 16384, "height": 16384, "batch_size": 64, "color": 0}},
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "x"}}}}"#;
    let answer = ask(address, "POST", "/prompt", prompt);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let is_running = || ask(address, "GET", "/queue", "").contains(r#""queue_running": [["#);
    while !is_running() {}
    assert!(Command::new("kill").args(["-INT", &served.0.id().to_string()]).status().unwrap().success());
    assert_eq!(served.0.wait().unwrap().code(), Some(0));
    assert!(!folder.exists());
}

#[cfg(unix)]
#[test]
fn signals_stop_it_and_remove_its_temporary_folder() {
    for signal in ["-INT", "-TERM"] {
        let mut served = Served(serve(&[]).spawn().unwrap());
        let folder = output_folder(&mut served);
        assert!(folder.is_dir());
        assert!(Command::new("kill").args([signal, &served.0.id().to_string()]).status().unwrap().success());
        assert_eq!(served.0.wait().unwrap().code(), Some(0), "{signal}");
        assert!(!folder.exists(), "{signal}");
    }
}
