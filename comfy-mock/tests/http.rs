//! Tests of the routes: statuses, headers and bodies for valid and invalid input, as on a real server.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test")]

mod support;

use std::time::Duration;

use comfy_mock::{Server, Timing};
use proptest::prelude::*;
use serde_json::json;
use support::{Socket, form, get, post, raw, send, show_text, submit, text_to_image};

const CANONICAL: &str = "88c7d7d7-66c3-44c5-b8a5-c79cb9592d4b";

#[tokio::test(start_paused = true)]
async fn the_definitions_are_served_as_they_were_given() {
    let given = r#"{"A": {"input": {"optional": {"b": ["INT", {"max": 18446744073709551615}]},
        "required": {"a": ["FLOAT", {"default": NaN}]}}, "input_order": {"optional": ["b"], "required": ["a"]},
        "output": [], "odd": [1, {"ä": null}]}, "B/C": {"input": {}, "output": []}}"#;
    let server = Server::builder().schema_json(given).spawn().await.unwrap();
    assert_eq!(get(&server, "/object_info").await.text(), given);
    assert_eq!(get(&server, "/api/object_info").await.text(), given);
    let one = get(&server, "/object_info/A").await.text();
    assert!(one.contains(r#""max": 18446744073709551615"#) && one.contains(r#""default": NaN"#), "{one}");
    assert!(one.contains(r#""odd": [1, {"\u00e4": null}]"#), "{one}");
    assert!(get(&server, "/object_info/B%2FC").await.text().starts_with(r#"{"B/C": {"#));
    assert_eq!(get(&server, "/object_info/Nope").await.text(), "{}");
}

#[tokio::test(start_paused = true)]
async fn model_files_are_options_of_the_loaders() {
    let server = Server::builder().models("checkpoints", ["a.safetensors"]).spawn().await.unwrap();
    let definition = get(&server, "/object_info/CheckpointLoaderSimple").await.json();
    assert_eq!(definition["CheckpointLoaderSimple"]["input"]["required"]["ckpt_name"][0], json!(["a.safetensors"]));
    assert_eq!(get(&server, "/models/checkpoints").await.json(), json!(["a.safetensors"]));
    assert_eq!(post(&server, "/prompt", &json!({"prompt": text_to_image(1, 1)})).await.status, 400);
    let strict = Server::builder().assume_files(false).spawn().await.unwrap();
    assert_eq!(post(&strict, "/prompt", &json!({"prompt": text_to_image(1, 1)})).await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn unknown_paths_and_methods() {
    let server = Server::spawn().await.unwrap();
    for path in ["/nope", "/interrupt", "/free", "/jobs", "/api/internal/logs", "/upload/image"] {
        let response = get(&server, path).await;
        assert_eq!(
            (response.status, response.header("content-type")),
            (404, Some("application/octet-stream")),
            "{path}"
        );
        assert!(response.body.is_empty());
    }
    for (path, allowed) in [("/nope", "GET,HEAD"), ("/interrupt", "GET,HEAD,POST"), ("/view", "GET,HEAD")] {
        let response = send(&server, "DELETE", path, &[], b"").await;
        assert_eq!((response.status, response.header("allow")), (405, Some(allowed)), "{path}");
        assert_eq!(response.text(), "405: Method Not Allowed");
    }
    for path in ["/nope", "/prompt", "/api/jobs"] {
        let response = send(&server, "OPTIONS", path, &[], b"").await;
        assert_eq!((response.status, response.body.len()), (200, 0), "{path}");
    }
    let head = send(&server, "HEAD", "/prompt", &[], b"").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    for path in ["/docs", "/docs/", "/extensions/"] {
        assert_eq!(get(&server, path).await.status, 403, "{path}");
    }
    assert_eq!(get(&server, "/api/assets").await.json()["error"]["code"], "SERVICE_DISABLED");
    assert_eq!(get(&server, "/api/tags").await.status, 503);
    assert_eq!(get(&server, "/ws").await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn routes_exist_with_and_without_api() {
    let server = Server::spawn().await.unwrap();
    let paths = [
        "/",
        "/prompt",
        "/queue",
        "/history",
        "/object_info/KSampler",
        "/system_stats",
        "/features",
        "/embeddings",
        "/models",
        "/extensions",
        "/node_replacements",
        "/workflow_templates",
        "/i18n",
        "/global_subgraphs",
        "/experiment/models",
        "/users",
        "/settings",
        "/userdata?dir=.",
        "/v2/userdata",
    ];
    for path in paths {
        for path in [path.to_owned(), format!("/api{path}")] {
            assert_eq!(get(&server, &path).await.status, 200, "{path}");
        }
    }
    assert_eq!(get(&server, "/api/jobs").await.status, 200);
    assert_eq!(get(&server, "/api/api/jobs").await.status, 200);
    for path in ["/internal/logs", "/internal/logs/raw", "/internal/folder_paths", "/internal/files/output"] {
        assert_eq!(get(&server, path).await.status, 200, "{path}");
    }
    assert_eq!(get(&server, "/internal/files/nope").await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn invalid_bodies() {
    let server = Server::spawn().await.unwrap();
    for path in ["/prompt", "/queue", "/history", "/free", "/users", "/settings", "/settings/x"] {
        for body in ["{bad", ""] {
            assert_eq!(raw(&server, "POST", path, body).await.0, 500, "{path} {body:?}");
        }
    }
    assert_eq!(raw(&server, "POST", "/interrupt", "{bad").await.0, 200);
    assert_eq!(raw(&server, "POST", "/interrupt", "[1]").await.0, 500);
    assert_eq!(raw(&server, "POST", "/api/jobs/cancel", "{bad").await.0, 400);
    assert_eq!(raw(&server, "POST", "/prompt", "5").await.0, 500);
    assert_eq!(raw(&server, "POST", "/prompt", r#"["prompt"]"#).await.0, 500);
    let (status, text) = raw(&server, "POST", "/prompt", "[]").await;
    assert!(status == 400 && text.contains("no_prompt"), "{text}");
    assert_eq!(raw(&server, "POST", "/upload/image", "x").await.0, 400);
}

#[tokio::test(start_paused = true)]
async fn half_a_character_is_refused_with_its_place() {
    let server = Server::spawn().await.unwrap();
    let prompt = r#"{"prompt": {"1": {"class_type": "PreviewAny", "inputs": {"source": "\ud83d"}}}}"#;
    let (status, text) = raw(&server, "POST", "/prompt", prompt).await;
    assert_eq!(status, 400);
    for part in ["the stand-in server does not accept half a character", "prompt.1.inputs.source"] {
        assert!(text.contains(part), "{text}");
    }
    // In other bodies it is invalid JSON.
    assert_eq!(raw(&server, "POST", "/settings", r#"{"a": "\udc00"}"#).await.0, 500);
    assert!(server.pending().is_empty() && server.finished().is_empty());
}

#[tokio::test(start_paused = true)]
async fn numbers_order_the_queue() {
    let server = Server::builder().timing(Timing::instant().start(Duration::from_secs(60))).spawn().await.unwrap();
    let send = async |more: &str| {
        let body = format!(r#"{{"prompt": {}{more}}}"#, show_text("x"));
        let response = support::send(&server, "POST", "/prompt", &[], body.as_bytes()).await;
        (response.status, response.text())
    };
    let shown = |text: &str| {
        let start = text.find("\"number\": ").unwrap() + 10;
        text[start..].split(',').next().unwrap().to_owned()
    };
    assert_eq!(shown(&send(r#", "front": true"#).await.1), "0");
    assert_eq!(shown(&send("").await.1), "1");
    assert_eq!(shown(&send(r#", "front": 1"#).await.1), "-2");
    assert_eq!(shown(&send(r#", "number": "1_0.5", "front": true"#).await.1), "10.5");
    assert_eq!(shown(&send(r#", "number": 3"#).await.1), "3.0");
    assert_eq!(send(r#", "number": "x""#).await.0, 500);
    assert_eq!(send(r#", "number": null"#).await.0, 500);
    // Rejected prompts use up a number as well.
    assert_eq!(raw(&server, "POST", "/prompt", "{}").await.0, 400);
    assert_eq!(shown(&send("").await.1), "4");
    let queue = get(&server, "/queue").await.json();
    let numbers: Vec<f64> =
        queue["queue_pending"].as_array().unwrap().iter().map(|item| item[0].as_f64().unwrap()).collect();
    assert_eq!(numbers, [-2.0, 1.0, 0.0, 10.5, 3.0, 4.0]);
    assert_eq!(server.pending().len(), 6);
    assert_eq!(get(&server, "/prompt").await.json(), json!({"exec_info": {"queue_remaining": 6}}));
}

#[tokio::test(start_paused = true)]
async fn prompt_ids_must_be_canonical_uuids() {
    let server = Server::builder().timing(Timing::instant().start(Duration::from_secs(60))).spawn().await.unwrap();
    let prompt = show_text("x");
    let body = json!({"prompt": prompt, "prompt_id": CANONICAL, "number": 1});
    assert_eq!(post(&server, "/prompt", &body).await.json()["prompt_id"], CANONICAL);
    assert_eq!(post(&server, "/prompt", &body).await.status, 500);
    for id in [json!("x"), json!(CANONICAL.to_uppercase()), json!(5), json!("")] {
        let response = post(&server, "/prompt", &json!({"prompt": prompt, "prompt_id": id})).await;
        assert_eq!((response.status, &response.json()["error"]["type"]), (400, &json!("invalid_prompt_id")), "{id}");
    }
    assert_eq!(post(&server, "/prompt", &json!({"prompt": prompt, "prompt_id": null})).await.status, 200);
    assert_eq!(post(&server, "/prompt", &json!({"prompt": prompt, "extra_data": null})).await.status, 500);
    // The server reads `extra_data` before it refuses an invalid prompt.
    assert_eq!(post(&server, "/prompt", &json!({"prompt": {}, "extra_data": null})).await.status, 500);
    let response = post(&server, "/prompt", &json!({"prompt": prompt, "prompt_id": "x"})).await;
    assert_eq!(response.json()["error"]["message"], "prompt_id must be a valid UUID");
}

#[tokio::test(start_paused = true)]
async fn secrets_are_never_shown() {
    let server = Server::spawn().await.unwrap();
    let extra = json!({"api_key_comfy_org": "hush-key", "auth_token_comfy_org": "hush-token", "mine": 1});
    let headers = [("Comfy-Usage-Source", "tests"), ("Authorization", "Bearer hush")];
    let body = json!({"prompt": show_text("x"), "extra_data": extra}).to_string();
    assert_eq!(send(&server, "POST", "/prompt", &headers, body.as_bytes()).await.status, 200);
    server.idle().await;
    let history = get(&server, "/history").await.text();
    assert!(!history.contains("hush") && history.contains("\"mine\": 1"));
    assert!(history.contains("\"comfy_usage_source\": \"tests\""));
    assert!(!format!("{:?}", server.requests()).contains("hush"));
    assert_eq!(server.requests()[0].header("authorization"), Some("Bearer hush"));
    assert_eq!(server.requests()[0].json().unwrap().as_object().unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn pending_prompts_can_be_deleted_and_running_ones_not() {
    let server = Server::spawn().await.unwrap();
    server.node("PreviewAny").hang();
    let mut socket = Socket::connect(&server, "me").await;
    let mut ids = Vec::new();
    for text in ["a", "b", "c", "d"] {
        ids.push(submit(&server, &show_text(text), Some("me")).await);
    }
    socket.until(|frame| frame.kind() == "executing").await;
    assert_eq!(post(&server, "/queue", &json!({"delete": [ids[1], ids[0], "unknown"]})).await.status, 200);
    assert_eq!(server.pending(), ids[2..]);
    assert_eq!(server.running().as_deref(), Some(ids[0].as_str()));
    assert_eq!(post(&server, "/queue", &json!({"delete": 5})).await.status, 500);
    let cancelled = async |path: String| post(&server, &path, &json!({})).await.json()["cancelled"].as_bool().unwrap();
    assert!(cancelled(format!("/api/jobs/{}/cancel", ids[2])).await);
    assert!(!cancelled(format!("/api/jobs/{}/cancel", ids[2])).await);
    assert_eq!(post(&server, "/queue", &json!({"clear": true})).await.status, 200);
    assert!(server.pending().is_empty());
    let bad = post(&server, "/api/jobs/cancel", &json!({"job_ids": [ids[0], "x"]})).await;
    assert_eq!((bad.status, &bad.json()["invalid_ids"]), (400, &json!(["x"])));
    assert_eq!(post(&server, "/api/jobs/cancel", &json!({"job_ids": "x"})).await.status, 400);
    let all = post(&server, "/api/jobs/cancel", &json!({"job_ids": [ids[0]]})).await.json();
    assert_eq!(all, json!({"cancelled": true}));
    server.idle().await;
    assert_eq!(server.finished(), ids[..1]);
    assert_eq!(get(&server, &format!("/api/jobs/{}", ids[1])).await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn jobs_are_filtered_and_sorted() {
    let server = Server::spawn().await.unwrap();
    server.node_id("bad").fail("no");
    for id in ["good", "bad", "better"] {
        let prompt = json!({id: {"class_type": "PreviewAny", "inputs": {"source": id}}});
        submit(&server, &prompt, None).await;
        server.idle().await;
        // The jobs are sorted by the wall clock, in milliseconds.
        std::thread::sleep(Duration::from_millis(3));
    }
    let total =
        async |query: &str| get(&server, &format!("/api/jobs?{query}")).await.json()["pagination"]["total"].clone();
    assert_eq!(total("status=completed").await, 2);
    assert_eq!(total("status=FAILED,pending").await, 1);
    assert_eq!(total("workflow_id=x").await, 0);
    let page = get(&server, "/api/jobs?limit=1&offset=1&sort_order=asc").await.json();
    assert_eq!(page["pagination"], json!({"offset": 1, "limit": 1, "total": 3, "has_more": true}));
    assert_eq!(page["jobs"][0]["status"], "failed");
    for query in ["status=x", "sort_by=x", "sort_order=x", "limit=0", "limit=x", "offset=x"] {
        assert_eq!(get(&server, &format!("/api/jobs?{query}")).await.status, 400, "{query}");
    }
    assert_eq!(get(&server, "/api/jobs?offset=-3").await.json()["pagination"]["offset"], 0);
    let null = json!({"prompt": show_text("x"), "extra_data": {"extra_pnginfo": null}});
    assert_eq!(post(&server, "/prompt", &null).await.status, 200);
    assert_eq!(get(&server, "/api/jobs").await.status, 500);
}

#[tokio::test(start_paused = true)]
async fn requests_of_other_sites_are_refused() {
    let server = Server::spawn().await.unwrap();
    let status =
        async |server: &Server, headers: &[(&str, &str)]| send(server, "GET", "/prompt", headers, b"").await.status;
    assert_eq!(status(&server, &[("Origin", "http://evil.example")]).await, 403);
    assert_eq!(status(&server, &[("Sec-Fetch-Site", "cross-site")]).await, 403);
    assert_eq!(status(&server, &[("Origin", &server.url())]).await, 200);
    assert_eq!(status(&server, &[("Host", "my.server"), ("Origin", "http://evil.example")]).await, 200);
    let open = Server::builder().cors("*").spawn().await.unwrap();
    let response = send(&open, "GET", "/prompt", &[("Origin", "http://evil.example")], b"").await;
    assert_eq!((response.status, response.header("access-control-allow-origin")), (200, Some("*")));
    assert_eq!(
        send(&open, "OPTIONS", "/prompt", &[], b"").await.header("access-control-allow-credentials"),
        Some("true")
    );
}

#[tokio::test(start_paused = true)]
async fn long_bodies_are_refused() {
    let server = Server::builder().upload_limit(1_000).spawn().await.unwrap();
    let long = vec![b' '; 2_000];
    for path in ["/prompt", "/queue", "/interrupt", "/userdata/x"] {
        assert_eq!(send(&server, "POST", path, &[], &long).await.status, 413, "{path}");
    }
    assert_eq!(form(&server, "/upload/image", &[("image", Some("x"), &long)]).await.status, 413);
    assert!(get(&server, "/features").await.text().contains("\"max_upload_size\": 1000.0"));
}

#[tokio::test(start_paused = true)]
async fn bodies_and_users_are_limited_by_default() {
    let server = Server::spawn().await.unwrap();
    assert!(get(&server, "/features").await.text().contains(&format!("\"max_upload_size\": {}", 100 << 20)));
    let add =
        async |at: usize| raw(&server, "POST", "/users", &json!({"username": format!("u{at}")}).to_string()).await.0;
    for at in 0..1_000 {
        assert_eq!(add(at).await, 200, "{at}");
    }
    assert_eq!(add(1_000).await, 400);
}

#[tokio::test(start_paused = true)]
async fn the_history_is_deleted_and_cleared() {
    let server = Server::builder().history_limit(2).spawn().await.unwrap();
    let mut ids = Vec::new();
    for text in ["a", "b", "c", "d"] {
        ids.push(submit(&server, &show_text(text), None).await);
        server.idle().await;
    }
    assert_eq!(server.finished(), ids[1..]);
    assert_eq!(post(&server, "/history", &json!({"delete": [ids[2], "unknown"]})).await.status, 200);
    assert_eq!(server.finished(), [ids[1].clone(), ids[3].clone()]);
    assert_eq!(get(&server, "/history?max_items=x").await.status, 500);
    assert_eq!(post(&server, "/history", &json!({"clear": true})).await.status, 200);
    assert_eq!(get(&server, "/history").await.text(), "{}");
}

#[tokio::test(start_paused = true)]
async fn free_memory_clears_the_cache() {
    let server = Server::spawn().await.unwrap();
    let mut socket = Socket::connect(&server, "me").await;
    for (free, executed) in [(false, true), (false, false), (true, true)] {
        if free {
            assert_eq!(post(&server, "/free", &json!({"free_memory": true})).await.status, 200);
        }
        submit(&server, &show_text("x"), Some("me")).await;
        let ran = socket.run().await.iter().any(|frame| frame.kind() == "executing" && !frame.is_end());
        assert_eq!(ran, executed);
    }
}

/// Generates JSON that resembles a request: the keys that the server reads, with arbitrary values.
fn nearly_a_request() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("NaN".to_owned()),
        Just("true".to_owned()),
        Just("[\"1\", 0]".to_owned()),
        any::<i128>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| format!("{number:?}")),
        "[a-z0-9]{0,3}".prop_map(|text| format!("{text:?}")),
    ];
    let keys = "prompt|1|2|class_type|inputs|_meta|number|extra_data|extra_pnginfo|workflow|images|source|steps|width\
        |filename_prefix|SaveImage|client_id|prompt_id|partial_execution_targets|job_ids|delete|clear";
    leaf.prop_recursive(5, 40, 6, move |inner| {
        let class = prop_oneof![Just("PreviewAny"), Just("SaveImage"), Just("EmptyImage"), Just("KSampler"), Just("LoadImage")];
        let node = (class, inner.clone(), inner.clone()).prop_map(|(class, images, width)| {
            format!(r#"{{"class_type": "{class}", "inputs": {{"source": {width}, "images": {images}, "filename_prefix": {width},
                "width": {width}, "height": 8, "batch_size": 1, "color": 0, "image": {images}}}}}"#)
        });
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|values| format!("[{}]", values.join(","))),
            proptest::collection::vec((keys, prop_oneof![inner, node]), 0..6).prop_map(|members| {
                let members: Vec<String> = members.iter().map(|(key, value)| format!("{key:?}: {value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The server answers arbitrary requests, and continues to work after them.
    #[test]
    fn no_request_breaks_the_server(bodies in proptest::collection::vec(nearly_a_request(), 8), path in "[a-z0-9/%.&=?]{0,20}") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = Server::spawn().await.unwrap();
            for body in &bodies {
                for path in ["/prompt", "/queue", "/history", "/interrupt", "/settings", "/api/jobs/cancel"] {
                    raw(&server, "POST", path, body).await;
                }
                raw(&server, "POST", "/prompt", &format!(r#"{{"prompt": {body}}}"#)).await;
            }
            get(&server, &format!("/{}", path.replace('%', "%25"))).await;
            server.restart();
            submit(&server, &show_text("still there"), None).await;
            server.idle().await;
            assert_eq!(server.finished().len(), 1);
        });
    }
}
