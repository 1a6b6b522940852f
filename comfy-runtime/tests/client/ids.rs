//! Tests of ids and names in the paths of requests.

use std::time::Duration;

use comfy_runtime::Client;
use comfy_runtime::client::Error;

use crate::scripted::{Reply, Scripted};
use crate::support::blank;

#[tokio::test(start_paused = true)]
async fn an_id_that_leads_to_another_route_is_refused_before_anything_is_sent() {
    let server = Scripted::start(|_| Reply::json("{}")).await;
    let client = Client::connect_lazy(server.url()).unwrap();
    for id in ["", ".", ".."] {
        for error in [
            client.cancel(id).await.unwrap_err(),
            client.attach_id(id).await.unwrap_err(),
            client.job(id).await.unwrap_err(),
            client.object_info_of(id).await.unwrap_err(),
            client.read_userdata(id).await.unwrap_err(),
        ] {
            assert!(matches!(&error, Error::PathSegment { text, .. } if text == id), "{error}");
            assert!(error.to_string().contains(&format!("\"{id}\"")), "{error}");
        }
    }
    let calls: Vec<String> =
        server.calls().into_iter().map(|call| call.route).filter(|call| !call.contains("ws")).collect();
    assert!(calls.is_empty(), "{calls:?}");
}

#[tokio::test(start_paused = true)]
async fn an_id_is_sent_exactly() {
    let server = Scripted::start(|_| Reply::json("{}")).await;
    let client = Client::connect_lazy(format!("{}/comfy/", server.url())).unwrap();
    for (id, path) in [
        ("a\nb\t\r\u{1}", "a%0Ab%09%0D%01"),
        ("%2e%2e", "%252e%252e"),
        ("a/b c", "a%2Fb%20c"),
        ("...", "..."),
        ("é?#\\", "%C3%A9%3F%23%5C"),
        ("../x", "..%2Fx"),
        ("8bd5e383-af66", "8bd5e383-af66"),
    ] {
        // Only the request matters.
        _ = client.job(id).await;
        let calls = server.calls();
        assert_eq!(calls.last().unwrap().route, format!("GET /comfy/api/jobs/{path}"));
    }
    _ = client.write_userdata("workflows/a.json", "{}", true).await;
    assert_eq!(server.calls().last().unwrap().route, "POST /comfy/api/userdata/workflows%2Fa.json");
}

#[tokio::test(start_paused = true)]
async fn an_id_of_the_server_that_leads_to_another_route_is_an_error() {
    for id in ["", ".", ".."] {
        let server = Scripted::start(move |call| match call.route.as_str() {
            "POST /prompt" => Reply::json(format!(r#"{{"prompt_id": "{id}", "number": 1, "node_errors": {{}}}}"#)),
            "GET /queue" => Reply::json(r#"{"queue_running": [], "queue_pending": []}"#),
            _ => Reply::json("{}"),
        })
        .await;
        let client = Client::connect_lazy(server.url()).unwrap();
        let workflow = blank(1);
        let run = tokio::time::timeout(Duration::from_secs(60), client.run(&workflow));
        let error = run.await.expect("expected an end").unwrap_err();
        assert!(matches!(error, Error::Unconfirmed { .. }), "{error}");
    }
}
