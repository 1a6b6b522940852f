//! Tests of files: uploads, views, and the user's files.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test")]

mod support;

use comfy_mock::Server;
use serde_json::json;
use support::{form, get, post, raw, send, submit, text_to_image};

#[tokio::test(start_paused = true)]
async fn uploads_are_stored_and_can_be_viewed() {
    let server = Server::spawn().await.unwrap();
    let send = async |name: &str, bytes: &[u8], more: &[(&str, &str)]| {
        let mut parts = vec![("image", Some(name), bytes)];
        parts.extend(more.iter().map(|(key, value)| (*key, None, value.as_bytes())));
        let response = form(&server, "/upload/image", &parts).await;
        (
            response.status,
            if response.status == 200 { response.json()["name"].as_str().unwrap().to_owned() } else { String::new() },
        )
    };
    let ok = |name: &str| (200, name.to_owned());
    assert_eq!(send("a.txt", b"one", &[]).await, ok("a.txt"));
    assert_eq!(send("a.txt", b"one", &[]).await, ok("a.txt"));
    assert_eq!(send("a.txt", b"two", &[]).await, ok("a (1).txt"));
    assert_eq!(send("a.txt", b"two", &[]).await, ok("a (1).txt"));
    assert_eq!(send("a.txt", b"new", &[("overwrite", "1")]).await, ok("a.txt"));
    assert_eq!(send("a.txt", b"sub", &[("subfolder", "x/y"), ("type", "output")]).await, ok("a.txt"));
    assert_eq!(get(&server, "/view?filename=a.txt&type=input").await.text(), "new");
    assert_eq!(get(&server, "/view?filename=a.txt&subfolder=x/y").await.text(), "sub");
    assert_eq!(get(&server, "/view?filename=a.txt%20%5Binput%5D&type=output").await.text(), "new");
    assert_eq!(send("a.txt", b"x", &[("type", "nope")]).await.0, 500);
    assert_eq!(send("", b"x", &[]).await.0, 400);
    for (name, subfolder) in [("../x", ""), ("x", "../.."), ("/etc/x", ""), ("x", "/etc"), ("..\\x", ""), ("c:x", "")] {
        assert_eq!(send(name, b"x", &[("subfolder", subfolder)]).await.0, 400, "{name} {subfolder}");
    }
    let files = get(&server, "/internal/files/input").await.json();
    assert_eq!(files.as_array().unwrap().len(), 2, "{files}");
}

#[tokio::test(start_paused = true)]
async fn an_uploaded_picture_determines_the_size() {
    let server = Server::spawn().await.unwrap();
    submit(&server, &text_to_image(1, 1), None).await;
    server.idle().await;
    let picture = get(&server, "/view?filename=cat_00001_.png").await.body;
    assert_eq!(form(&server, "/upload/image", &[("image", Some("my.png"), &picture)]).await.status, 200);
    let prompt = json!({
        "load": {"class_type": "LoadImage", "inputs": {"image": "my.png"}},
        "big": {"class_type": "ImageScaleBy", "inputs": {"image": ["load", 0], "upscale_method": "area", "scale_by": 2.0},
            "_meta": {"title": "Bigger"}},
        "save": {"class_type": "SaveImage", "inputs": {"images": ["big", 0], "filename_prefix": "big"}}
    });
    submit(&server, &prompt, None).await;
    server.idle().await;
    let picture = get(&server, "/view?filename=big_00001_.png").await.body;
    assert_eq!((&picture[16..20], &picture[20..24]), (&128_u32.to_be_bytes()[..], &96_u32.to_be_bytes()[..]));
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_missing_is_assumed_unless_the_server_is_strict() {
    let picture = json!({"load": {"class_type": "LoadImage", "inputs": {"image": "no.png"}},
        "save": {"class_type": "SaveImage", "inputs": {"images": ["load", 0], "filename_prefix": "x"}}});
    let mesh = json!({"load": {"class_type": "Load3D", "inputs": {"model_file": "3d/no.glb", "image": "", "width": 8,
        "height": 8}}, "show": {"class_type": "PreviewAny", "inputs": {"source": ["load", 2]}}});
    let latent = json!({"load": {"class_type": "LoadLatent", "inputs": {"latent": "no.latent"}},
        "save": {"class_type": "SaveLatent", "inputs": {"samples": ["load", 0], "filename_prefix": "x"}}});
    let (server, strict) =
        (Server::spawn().await.unwrap(), Server::builder().assume_files(false).spawn().await.unwrap());
    for prompt in [text_to_image(1, 1), picture, mesh, latent] {
        let response = post(&server, "/prompt", &json!({"prompt": prompt})).await;
        assert_eq!((response.status, &response.json()["node_errors"]), (200, &json!({})), "{prompt}");
        assert_eq!(post(&strict, "/prompt", &json!({"prompt": prompt})).await.status, 400, "{prompt}");
    }
    server.idle().await;
    for id in server.finished() {
        let entry = &get(&server, &format!("/history/{id}")).await.json()[&id];
        assert_eq!(entry["status"]["status_str"], "success", "{entry}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_uploaded_mask_becomes_the_alpha_channel_of_its_original() {
    let server = Server::spawn().await.unwrap();
    submit(&server, &text_to_image(1, 1), None).await;
    server.idle().await;
    let picture = get(&server, "/view?filename=cat_00001_.png").await.body;
    let original = br#"{"filename": "cat_00001_.png"}"#;
    let parts = [("image", Some("m.png"), picture.as_slice()), ("original_ref", None, original.as_slice())];
    assert_eq!(form(&server, "/upload/mask", &parts).await.json()["name"], "m.png");
    let mask = get(&server, "/view?filename=m.png&type=input").await.body;
    assert!(mask[25] == 6 && String::from_utf8_lossy(&mask).contains("tEXtprompt"), "expected RGBA with the texts");
    let plain = get(&server, "/view?filename=m.png&type=input&channel=rgb").await.body;
    assert_eq!(plain, get(&server, "/view?filename=cat_00001_.png&channel=rgb").await.body);
    let parts = [("image", Some("n.png"), b"no picture".as_slice()), ("original_ref", None, original.as_slice())];
    assert_eq!(form(&server, "/upload/mask", &parts).await.status, 500);
}

#[tokio::test(start_paused = true)]
async fn views_of_files_and_refused_views() {
    let server = Server::builder()
        .output_file("a.bin", b"0123456789".as_slice())
        .output_file("page.html", "<script>")
        .output_file("sub/b.png", "not a picture")
        .spawn()
        .await
        .unwrap();
    for (query, status) in [
        ("", 404),
        ("?filename=", 400),
        ("?filename=nope", 404),
        ("?filename=/a.bin", 400),
        ("?filename=a..bin", 400),
        ("?filename=a.bin&type=x", 400),
        ("?filename=a.bin&subfolder=../input", 403),
        ("?filename=a.bin&subfolder=/", 403),
        ("?filename=sub", 404),
        ("?filename=b.png&subfolder=sub", 200),
        ("?filename=sub/b.png", 404),
        ("?filename=x/a.bin", 200),
        ("?filename=b.png&subfolder=sub&preview=webp", 500),
        ("?filename=b.png&subfolder=sub&channel=rgb", 500),
        ("?filename=blake3:00", 404),
        ("?filename=a%00.bin", 400),
        ("?filename=a.bin&subfolder=..%5C..", 403),
    ] {
        assert_eq!(get(&server, &format!("/view{query}")).await.status, status, "{query}");
    }
    let page = get(&server, "/view?filename=page.html").await;
    assert_eq!(page.header("content-type"), Some("application/octet-stream"));
    assert_eq!(page.header("content-disposition"), Some("filename=\"page.html\""));
    let range = async |range: &str| {
        let response = send(&server, "GET", "/view?filename=a.bin", &[("Range", range)], b"").await;
        (response.status, response.text(), response.header("content-range").unwrap_or_default().to_owned())
    };
    assert_eq!(range("bytes=2-4").await, (206, "234".to_owned(), "bytes 2-4/10".to_owned()));
    assert_eq!(range("bytes=-3").await, (206, "789".to_owned(), "bytes 7-9/10".to_owned()));
    assert_eq!(range("bytes=99-").await.0, 416);
    let tag = get(&server, "/view?filename=a.bin").await.header("etag").unwrap().to_owned();
    let known = send(&server, "GET", "/view?filename=a.bin", &[("If-None-Match", &tag)], b"").await;
    assert_eq!((known.status, known.body.len()), (304, 0));
}

#[tokio::test(start_paused = true)]
async fn previews_of_pictures() {
    let server = Server::spawn().await.unwrap();
    submit(&server, &text_to_image(1, 1), None).await;
    server.idle().await;
    for (query, kind, start) in [
        ("preview=webp;50", "image/webp", &b"RIFF"[..]),
        ("preview=jpeg", "image/webp", b"RIFF"),
        ("preview=jpeg;70&channel=rgb", "image/jpeg", b"\xff\xd8\xff"),
        ("preview=gif", "image/webp", b"RIFF"),
        ("channel=a", "image/png", b"\x89PNG"),
        ("channel=other", "image/png", b"\x89PNG"),
    ] {
        let response = get(&server, &format!("/view?filename=cat_00001_.png&{query}")).await;
        assert_eq!((response.status, response.header("content-type")), (200, Some(kind)), "{query}");
        assert!(response.body.starts_with(start), "{query}");
    }
}

#[tokio::test(start_paused = true)]
async fn user_files_and_settings_are_written_and_read() {
    let server = Server::spawn().await.unwrap();
    assert_eq!(raw(&server, "POST", "/userdata/workflows%2Fa.json", "{}").await, (200, "\"workflows/a.json\"".into()));
    assert_eq!(raw(&server, "POST", "/userdata/workflows%2Fa.json?overwrite=false", "{}").await.0, 409);
    assert_eq!(get(&server, "/userdata/workflows%2Fa.json").await.text(), "{}");
    let moved = raw(&server, "POST", "/userdata/workflows%2Fa.json/move/workflows%2Fb.json", "").await;
    assert_eq!(moved, (200, "\"workflows/b.json\"".into()));
    assert_eq!(get(&server, "/userdata/workflows%2Fa.json").await.status, 404);
    assert_eq!(get(&server, "/userdata?dir=workflows").await.json(), json!(["b.json"]));
    assert_eq!(
        get(&server, "/userdata?dir=.&recurse=true&split=true").await.json(),
        json!([["workflows/b.json", "workflows", "b.json"]])
    );
    let info = get(&server, "/userdata?dir=workflows&full_info=true").await.json();
    assert_eq!((&info[0]["path"], &info[0]["size"]), (&json!("b.json"), &json!(2)));
    assert_eq!(get(&server, "/v2/userdata").await.json()[0]["type"], "directory");
    assert_eq!(raw(&server, "DELETE", "/userdata/workflows%2Fb.json", "").await.0, 204);
    assert_eq!(raw(&server, "DELETE", "/userdata/workflows%2Fb.json", "").await.0, 404);
    assert_eq!(get(&server, "/userdata").await.status, 400);
    assert_eq!(get(&server, "/userdata?dir=..").await.status, 403);
    assert_eq!(get(&server, "/userdata?dir=nope").await.status, 404);
    for method in ["GET", "POST", "DELETE"] {
        assert_eq!(raw(&server, method, "/userdata/..%2F..%2Fx", "").await.0, 403, "{method}");
    }
    assert_eq!(raw(&server, "POST", "/settings", r#"{"a": 1, "b": [NaN]}"#).await.0, 200);
    assert_eq!(raw(&server, "POST", "/settings/a", "2").await.0, 200);
    assert_eq!(get(&server, "/settings").await.text(), r#"{"a": 2, "b": [NaN]}"#);
    assert_eq!(get(&server, "/settings/c").await.text(), "null");
    assert_eq!(raw(&server, "POST", "/users", r#"{"username": "me"}"#).await.0, 200);
    assert_eq!(raw(&server, "POST", "/users", r#"{"username": "me"}"#).await.0, 400);
}
