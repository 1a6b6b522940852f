//! Tests of the options with which a server is reached.

use comfy_runtime::Client;
use comfy_runtime::client::{Error, ServerOptions};

use crate::scripted::{Reply, Scripted};

async fn queues() -> Scripted {
    Scripted::start(|_| Reply::json(r#"{"queue_running": [], "queue_pending": []}"#)).await
}

#[tokio::test(start_paused = true)]
async fn every_request_has_the_path_and_the_headers_of_the_options() {
    let server = queues().await;
    let options = ServerOptions::new(format!("{}/comfy/", server.url())).token("t").api_key("k").header("X-Team", "é");
    let client = Client::builder_with(&options).connect().await.unwrap();
    client.queue().await.unwrap();
    for route in ["GET /comfy/api/ws", "GET /comfy/api/queue"] {
        let call = &server.calls_to(route)[0];
        assert_eq!((call.header("authorization"), call.header("x-api-key")), (Some("Bearer t"), Some("k")));
        assert!(call.header("x-team").is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn the_websocket_may_have_a_path_and_a_query_of_its_own() {
    let server = queues().await;
    let options = ServerOptions::new(format!("{}/comfy", server.url())).websocket("/ws?token=s3cret&x=1");
    let builder = Client::builder_with(&options);
    assert!(!format!("{builder:?}").contains("s3cret"));
    let client = builder.connect().await.unwrap();
    client.queue().await.unwrap();
    let call = &server.calls_to("GET /comfy/ws")[0];
    assert_eq!(call.query, format!("token=s3cret&x=1&clientId={}", client.client_id()));
    assert_eq!(server.calls_to("GET /comfy/api/queue").len(), 1);
    let client = Client::builder(server.url()).websocket_path("socket").connect().await.unwrap();
    assert_eq!(server.calls_to("GET /socket")[0].query, format!("clientId={}", client.client_id()));
}

#[tokio::test(start_paused = true)]
async fn a_header_that_the_client_sets_itself_is_named() {
    for name in ["Content-Length", "Transfer-Encoding", "Upgrade"] {
        let error = Client::builder("http://127.0.0.1:1").header(name, "5").connect().await.unwrap_err();
        assert!(matches!(error, Error::Setup { .. }), "{error}");
        assert!(error.to_string().contains(&name.to_lowercase()), "{error}");
    }
    let server = queues().await;
    let client = Client::builder(server.url()).header("Host", "comfy.example").connect().await.unwrap();
    client.queue().await.unwrap();
    for route in ["GET /ws", "GET /queue"] {
        assert_eq!(server.calls_to(route)[0].header("host"), Some("comfy.example"), "{route}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_invalid_option_is_named_without_its_secret() {
    let invalid = [
        ServerOptions::new("http://127.0.0.1:1").websocket("wss://other/ws?token=s3cret"),
        ServerOptions::new("http://127.0.0.1:1").websocket("/ws?token=s3cret\n"),
        ServerOptions::new("http://127.0.0.1:1").header("Bearer s3cret", "x"),
        ServerOptions::new("http://127.0.0.1:1").header("X-Own", "s3cret\r\n"),
        ServerOptions::new("http://127.0.0.1:1").token("s3cret\r\nX: y"),
        ServerOptions::new("https://127.0.0.1:1").ca_certificate("no/such.pem").token("s3cret"),
        ServerOptions::new("https://127.0.0.1:1").pin_certificate("no/such.pem").token("s3cret"),
    ];
    for options in invalid {
        let error = Client::builder_with(&options).connect().await.unwrap_err();
        assert!(matches!(error, Error::Setup { .. }), "{error}");
        assert!(!format!("{error} {error:?} {options:?}").contains("s3cret"), "{error:?}");
    }
    for proxy in ["http://me:s3cret@[", "me:s3cret", "http://me:s3cret@a:99999"] {
        match Client::builder("http://127.0.0.1:1").proxy(proxy).retries(0).connect().await {
            Err(error) => assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}"),
            Ok(_) => panic!("expected an error"),
        }
    }
}
