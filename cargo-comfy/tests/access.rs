//! End-to-end tests of the options with which commands reach a server, on the stand-in server.
#![cfg(all(feature = "run", feature = "serve"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::thread;

use comfy_mock::Server;
use tempfile::TempDir;

const PROMPT: &str = r#"{
    "img": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 5}},
    "save": {"class_type": "SaveImage", "inputs": {"images": ["img", 0], "filename_prefix": "x"}}}"#;

/// Every variable that a command reads for a server.
const VARIABLES: [&str; 7] = [
    "COMFY_URL",
    "COMFY_TOKEN",
    "COMFY_API_KEY",
    "COMFY_HEADERS",
    "COMFY_CA_CERTIFICATE",
    "COMFY_PIN_CERTIFICATE",
    "COMFY_WEBSOCKET",
];

/// Every command that asks a server, with its arguments. `URL` stands for the server's.
const COMMANDS: &[&str] = &[
    "attach a --server URL",
    "cancel a --server URL",
    "check prompt.json --server URL",
    "convert ui.json --server URL",
    "export prompt.json --server URL",
    "diff prompt-schema.json URL",
    "doctor --server URL",
    "generate --server URL --out nodes.rs",
    "graph prompt.json --server URL",
    "import prompt.json --server URL",
    "init crate --server URL",
    "nodes KSampler --server URL",
    "queue --server URL",
    "run prompt.json --server URL --no-save",
    "snapshot --server URL --out snapshot.json",
];

/// The commands of the list above that find their server in `COMFY_URL`, because they are given no other definitions.
const WITHOUT_URL: &[&str] = &[
    "attach a",
    "cancel a",
    "check prompt.json",
    "convert ui.json",
    "doctor",
    "export prompt.json",
    "generate --out nodes.rs",
    "graph prompt.json",
    "import prompt.json",
    "nodes KSampler",
    "queue",
    "run prompt.json --no-save",
    "snapshot --out snapshot.json",
];

/// Runs a command in an empty folder.
async fn run(arguments: Vec<String>, environment: Vec<(&'static str, String)>) -> Output {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("prompt.json"), PROMPT).unwrap();
    fs::write(folder.path().join("ui.json"), r#"{"version": 0.4, "nodes": [], "links": []}"#).unwrap();
    let schema = r#"{"One": {"input": {}, "output": ["INT"]}}"#;
    fs::write(folder.path().join("prompt-schema.json"), schema).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-comfy"));
    command.arg("comfy").args(arguments).current_dir(folder.path()).stdin(Stdio::null());
    for name in
        VARIABLES.iter().chain(&["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"])
    {
        command.env_remove(name);
    }
    command.envs(environment);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn words(line: &str, server: &Server) -> Vec<String> {
    line.split(' ').map(|word| if word == "URL" { server.url() } else { word.to_owned() }).collect()
}

fn texts(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Asserts that a command asked the server, and always with the credentials.
#[track_caller]
fn assert_authorized(server: &Server, line: &str, output: &Output) {
    let requests = server.requests();
    assert!(!requests.is_empty(), "{line}: {}", texts(output));
    for request in requests {
        let header = |name| request.header(name).unwrap_or_default().to_owned();
        let sent = [header("authorization"), header("x-api-key"), header("x-own")];
        assert_eq!(sent, ["Bearer s3cret-token", "s3cret-key", "s3cret-own"], "{line}: {request:?}");
    }
    assert!(!texts(output).contains("s3cret"), "{line}: {}", texts(output));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_takes_the_server_options() {
    for line in COMMANDS {
        let server = Server::spawn().await.unwrap();
        let mut arguments = words(line, &server);
        let options = ["--token", "s3cret-token", "--api-key", "s3cret-key", "--header", "X-Own: s3cret-own"];
        arguments.extend(options.map(str::to_owned));
        let output = run(arguments, Vec::new()).await;
        assert_authorized(&server, line, &output);
    }
}

fn secrets() -> Vec<(&'static str, String)> {
    let secrets =
        [("COMFY_TOKEN", "s3cret-token"), ("COMFY_API_KEY", "s3cret-key"), ("COMFY_HEADERS", "X-Own: s3cret-own")];
    secrets.map(|(name, value)| (name, value.to_owned())).to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_takes_the_server_options_from_the_environment() {
    for line in COMMANDS.iter().chain(WITHOUT_URL) {
        let server = Server::spawn().await.unwrap();
        let mut environment = secrets();
        if WITHOUT_URL.contains(line) {
            environment.push(("COMFY_URL", server.url()));
        }
        let output = run(words(line, &server), environment).await;
        assert_authorized(&server, line, &output);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_variables_belong_to_the_server_of_comfy_url() {
    for line in COMMANDS {
        let server = Server::spawn().await.unwrap();
        let mut environment = secrets();
        environment.push(("COMFY_URL", "https://gpu.example.com".to_owned()));
        let output = run(words(line, &server), environment).await;
        assert!(!server.requests().is_empty(), "{line}: {}", texts(&output));
        for request in server.requests() {
            let sent = ["authorization", "x-api-key", "x-own"].map(|name| request.header(name).is_some());
            assert_eq!(sent, [false; 3], "{line}: {request:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_option_has_precedence_over_its_variable() {
    let server = Server::spawn().await.unwrap();
    let mut arguments = words("nodes KSampler --server URL", &server);
    arguments.extend(["--token", "flag"].map(str::to_owned));
    run(arguments, secrets()).await;
    let request = &server.requests()[0];
    assert_eq!(
        (request.header("authorization"), request.header("x-api-key")),
        (Some("Bearer flag"), Some("s3cret-key"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_are_not_sent_to_two_servers() {
    let (one, two) = (Server::spawn().await.unwrap(), Server::spawn().await.unwrap());
    let diff = |token: &[&str]| {
        let urls = ["diff".to_owned(), one.url(), two.url()];
        urls.into_iter().chain(token.iter().map(|&word| word.to_owned())).collect::<Vec<_>>()
    };
    let output = run(diff(&["--token", "s3cret"]), Vec::new()).await;
    assert_eq!(output.status.code(), Some(2), "{}", texts(&output));
    assert!(texts(&output).contains("COMFY_URL") && !texts(&output).contains("s3cret"), "{}", texts(&output));
    assert!(one.requests().is_empty() && two.requests().is_empty());
    // The variables are those of the first.
    let environment = vec![("COMFY_TOKEN", "s3cret".to_owned()), ("COMFY_URL", one.url())];
    assert_eq!(run(diff(&[]), environment).await.status.code(), Some(0));
    assert!(one.requests()[0].header("authorization").is_some() && two.requests()[0].header("authorization").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_message_shows_a_secret() {
    let server = Server::spawn().await.unwrap();
    for (line, environment) in [
        ("nodes KSampler --server URL --header s3cret", Vec::new()),
        ("run prompt.json --server URL --header s3cret", Vec::new()),
        ("queue --server http://me:s3cret@127.0.0.1:1/?key=s3cret", Vec::new()),
        ("check prompt.json --server http://me:s3cret@127.0.0.1:1/?key=s3cret", Vec::new()),
        ("diff prompt-schema.json http://me:s3cret@127.0.0.1:1", Vec::new()),
        ("nodes KSampler --server URL", vec![("COMFY_HEADERS", "s3cret".to_owned())]),
        ("snapshot --server URL", vec![("COMFY_TOKEN", "s3cret\u{1}".to_owned())]),
        ("nodes KSampler --server URL", vec![("COMFY_TOKEN", "s3cret\u{1}".to_owned())]),
    ] {
        let output = run(words(line, &server), environment).await;
        assert_eq!(output.status.code(), Some(2), "{line}: {}", texts(&output));
        assert!(!texts(&output).contains("s3cret"), "{line}: {}", texts(&output));
    }
}

/// Starts a proxy that sends every connection to one server, whatever host the client asks for. Returns its URL.
fn proxy(server: &Server) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let address = server.url().replace("http://", "");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let address = address.clone();
            thread::spawn(move || forward(&stream, &address));
        }
    });
    url
}

fn forward(mut client: &TcpStream, address: &str) -> Option<()> {
    let mut reader = BufReader::new(client.try_clone().ok()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let mut server = TcpStream::connect(address).ok()?;
    if head.starts_with("CONNECT ") {
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok()?;
    } else {
        // A request with a whole URL; only its path is sent on.
        let host = head.find("http://").map(|at| at + "http://".len())?;
        let path = host + head.get(host..)?.find('/')?;
        server.write_all(format!("{}{}", head.get(..head.find("http://")?)?, head.get(path..)?).as_bytes()).ok()?;
    }
    let (mut up, mut down) = (server.try_clone().ok()?, client.try_clone().ok()?);
    thread::spawn(move || std::io::copy(&mut reader, &mut up));
    std::io::copy(&mut server, &mut down).ok()?;
    Some(())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_clients_use_the_proxy_of_the_environment() {
    for line in ["nodes KSampler --server http://comfy.invalid/", "snapshot --server http://comfy.invalid --out a.json"]
    {
        let server = Server::spawn().await.unwrap();
        let proxy = proxy(&server);
        let output = run(words(line, &server), vec![("HTTP_PROXY", proxy.clone()), ("http_proxy", proxy)]).await;
        assert_eq!(output.status.code(), Some(0), "{line}: {}", texts(&output));
        assert!(!server.requests().is_empty());
        // No message about a proxy that is down shows its password.
        let proxy = "http://me:s3cret@127.0.0.1:1".to_owned();
        let output = run(words(line, &server), vec![("HTTP_PROXY", proxy.clone()), ("http_proxy", proxy)]).await;
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(!texts(&output).contains("s3cret"), "{}", texts(&output));
    }
    let server = Server::spawn().await.unwrap();
    for line in ["nodes KSampler --server URL", "snapshot --server URL --out a.json"] {
        let proxy = "http://127.0.0.1:1".to_owned();
        for list in ["127.0.0.1", "*", "localhost, *"] {
            let environment = vec![
                ("HTTP_PROXY", proxy.clone()),
                ("http_proxy", proxy.clone()),
                ("NO_PROXY", list.to_owned()),
                ("no_proxy", list.to_owned()),
            ];
            let output = run(words(line, &server), environment).await;
            assert_eq!(output.status.code(), Some(0), "{line}, NO_PROXY={list}: {}", texts(&output));
        }
    }
}
