//! Tests of messages in which a server repeats what it was sent: no secret is shown.

use std::fmt::Debug;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use comfy_runtime::Client;
use comfy_runtime::client::ServerOptions;
use comfy_runtime::client::{ClientBuilder, Event, Upload, View};
use tokio_tungstenite::tungstenite::Message;

use crate::scripted::{Call, Reply, Scripted, Wire};
use crate::support::blank;

/// What is left of every secret of [`with_secrets`], in plain text and in base64.
const TRACES: [&str; 2] = ["S3CR", "UzNDU"];

/// Returns a builder for a client whose secrets all contain `S3CR`.
fn with_secrets(server: &Scripted) -> ClientBuilder {
    let options = ServerOptions::new(server.url())
        .token("S3CR/tok+en")
        .api_key("S3CR-key")
        .header("X-Own", "S3CR own \"é\"")
        .header("Cookie", "theme=dark; session=S3CR-session")
        .websocket("/ws?token=S3CR%2Fws");
    Client::builder_with(&options).comfy_org_api_key("S3CR-org").comfy_org_auth_token("S3CR-auth").retries(0)
}

/// The ways in which a server repeats a request.
const ECHOES: [fn(&Call) -> String; 6] = [
    |call| format!("invalid token {}", call.header("authorization").unwrap_or("none")),
    |call| format!("Cannot {}?{}", call.route, call.query),
    |call| call.headers.iter().rev().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("; "),
    |call| format!("{:?}", call.headers),
    |call| call.body.chars().rev().take(200).collect::<Vec<_>>().into_iter().rev().collect(),
    |call| format!("the key {} is unknown", STANDARD.encode(call.header("x-api-key").unwrap_or_default())),
];

/// The forms of the text in a response.
const FORMS: [fn(&str) -> String; 4] = [
    |text| text.to_owned(),
    |text| {
        serde_json::json!({ "error": { "type": "t", "message": text, "details": text }, "node_errors": {} }).to_string()
    },
    |text| serde_json::json!({ "detail": text }).to_string(),
    |text| format!("<html><title>{}</title></html>", text.replace('&', "&amp;").replace('"', "&quot;")),
];

#[track_caller]
fn assert_no_secret(shown: &str, place: impl Debug) {
    assert!(!TRACES.iter().any(|trace| shown.contains(trace)), "{place:?}: {shown}");
}

#[tokio::test(start_paused = true)]
async fn no_error_shows_what_a_server_echoes() {
    for (echo_number, echo) in ECHOES.into_iter().enumerate() {
        for (form_number, form) in FORMS.into_iter().enumerate() {
            for status in [200, 400, 401, 403, 404, 500] {
                let place = (echo_number, form_number, status);
                let server = Scripted::refusing(move |call| Reply::new(status, form(&echo(call)))).await;
                let client = with_secrets(&server).connect_lazy().unwrap();
                let errors = [
                    with_secrets(&server).connect().await.err(),
                    client.queue().await.err(),
                    client.run(&blank(1)).await.err(),
                    client.upload(&Upload::bytes("a.txt", "abc")).await.err(),
                    client.cancel("a").await.err(),
                    client.view(View::new("a.json")).await.err(),
                ];
                for error in errors.into_iter().flatten() {
                    assert_no_secret(&format!("{error} {error:?}"), place);
                }
                assert_no_secret(&client.websocket_error().unwrap_or_default(), place);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_secret_stays_in_the_message() {
    let server = Scripted::refusing(|call| Reply::new(401, ECHOES[0](call))).await;
    let error = with_secrets(&server).connect_lazy().unwrap().queue().await.unwrap_err();
    assert!(error.to_string().ends_with(": invalid token Bearer ***"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_user_of_the_url_is_not_shown() {
    let decoded: fn(&Call) -> String = |call| {
        let credentials = call.header("authorization").unwrap().trim_start_matches("Basic ");
        String::from_utf8(STANDARD.decode(credentials).unwrap()).unwrap()
    };
    for echo in [ECHOES[0], decoded] {
        let server = Scripted::refusing(move |call| Reply::new(401, echo(call))).await;
        let url = server.url().replace("http://", "http://me:S3CR%21pw@");
        let error = Client::builder(url).connect_lazy().unwrap().queue().await.unwrap_err();
        assert!(error.to_string().contains("***"), "{error}");
        assert_no_secret(&error.to_string(), "user");
        assert!(!error.to_string().contains("bWU6"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_address_of_a_redirect_shows_no_secret() {
    let server = Scripted::refusing(|call| {
        let key = call.header("x-api-key").unwrap_or_default();
        Reply::new(302, "").header("location", format!("https://sso.example/{key}/login?next={key}"))
    })
    .await;
    let error = with_secrets(&server).connect_lazy().unwrap().queue().await.unwrap_err();
    assert!(error.to_string().contains("redirects to https://sso.example/***/login;"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn messages_of_a_run_show_no_secret() {
    let server = Scripted::start(|call| {
        let error = r#"{"exception_type": "ValueError", "exception_message": "key S3CR-org", "node_id": "img"}"#;
        match call.route.as_str() {
            "POST /prompt" => Reply::json(r#"{"prompt_id": "p", "number": 1, "node_errors": {}}"#),
            "GET /history/p" => Reply::json(format!(
                r#"{{"p": {{"outputs": {{}}, "status": {{"messages": [["execution_error", {error}]]}}}}}}"#
            )),
            _ => Reply::json(r#"{"queue_running": [], "queue_pending": []}"#),
        }
    })
    .await;
    let options = ServerOptions::new(server.url()).api_key("S3CR-key");
    let client = Client::builder_with(&options).comfy_org_api_key("S3CR-org").connect().await.unwrap();
    server.opened(1).await;
    let run = client.submit(&blank(1)).await.unwrap().into_run();
    let mut events = run.events();
    let blocked = r#"{"prompt_id": "p", "exception_type": "ExecutionBlocked", "exception_message": "S3CR-key"}"#;
    server.event(format!(r#"{{"type": "execution_error", "data": {blocked}}}"#));
    server.send(Wire::Frame(Message::binary([&[0, 0, 0, 3, 0, 0, 0, 1], &b"1say S3CR-key"[..]].concat())));
    server.event(r#"{"type": "executed", "data": {"prompt_id": "p", "node": "1", "output": {"text": ["S3CR-key"]}}}"#);
    server.event(r#"{"type": "execution_success", "data": {"prompt_id": "p"}}"#);
    let mut texts = Vec::new();
    while let Some(event) = events.next().await {
        match event {
            // The results of nodes are data.
            Event::Executed { output, .. } => assert!(output.to_string().contains("S3CR-key")),
            Event::Failed(error) => texts.push(error.to_string()),
            event => texts.push(format!("{event:?}")),
        }
    }
    let texts = texts.join("\n");
    assert!(texts.contains("key ***") && texts.contains("say ***") && texts.contains("Blocked"), "{texts}");
    assert_no_secret(&texts, "events");
}
