//! Tests of uploads, and of workflows that load the files.

use comfy_mock::{HttpFault, Server};
use comfy_runtime::client::{Error, Upload, Uploaded};

use crate::support::{blank, connect, quick, workflow};

/// Returns an image that the stand-in server made.
async fn picture(server: &Server) -> Vec<u8> {
    let client = connect(server).await;
    client.run(&blank(7)).await.unwrap().images("save").unwrap()[0].bytes().await.unwrap().to_vec()
}

#[tokio::test]
async fn an_image_is_uploaded_and_loaded() {
    let server = Server::spawn().await.unwrap();
    let bytes = picture(&server).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cat.png");
    std::fs::write(&path, &bytes).unwrap();
    let client = connect(&server).await;
    let cat = client.upload(&Upload::file(&path)).await.unwrap();
    assert_eq!(cat.value(), "cat.png");
    let cat = client.upload(&Upload::file(&path).subfolder("pets").temp()).await.unwrap();
    assert_eq!(cat.value(), "pets/cat.png [temp]");
    assert_eq!(std::fs::read(server.temp_dir().join("pets/cat.png")).unwrap(), bytes);
    let wf = workflow(&format!(
        r#"{{"load": {{"class_type": "LoadImage", "inputs": {{"image": "{cat}"}}}},
            "save": {{"class_type": "SaveImage", "inputs": {{"images": ["load", 0], "filename_prefix": "copy"}}}}}}"#
    ));
    assert_eq!(client.run(&wf).await.unwrap().images("save").unwrap().len(), 1);
}

#[tokio::test]
async fn other_content_gets_another_name_unless_it_overwrites() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let name = async |bytes: &'static str, overwrite| {
        client.upload(&Upload::bytes("a.png", bytes).overwrite(overwrite)).await.unwrap().name
    };
    assert_eq!(name("one", false).await, "a.png");
    assert_eq!(name("one", false).await, "a.png");
    assert_eq!(name("two", false).await, "a (1).png");
    assert_eq!(name("two", true).await, "a.png");
    assert_eq!(std::fs::read(server.input_dir().join("a.png")).unwrap(), b"two");
}

#[tokio::test]
async fn content_that_the_server_has_is_not_sent_again() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let first = client.upload_once(&Upload::bytes("cat.PNG", "abc")).await.unwrap();
    let second = client.upload_once(&Upload::bytes("dog.png", "abc")).await.unwrap();
    assert_eq!((first.already_there, second.already_there), (false, true));
    assert_eq!(first.value(), second.value());
    assert_eq!(first.name, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.png");
    assert_eq!(server.count("POST /api/upload/image"), 1);
    // A file that is left over from a broken upload is replaced.
    std::fs::write(server.input_dir().join(&first.name), "ab").unwrap();
    assert!(!client.upload_once(&Upload::bytes("cat.png", "abc")).await.unwrap().already_there);
    assert_eq!(std::fs::read(server.input_dir().join(&first.name)).unwrap(), b"abc");
}

#[tokio::test]
async fn a_mask_needs_an_original_that_exists() {
    let server = Server::spawn().await.unwrap();
    let bytes = picture(&server).await;
    let client = connect(&server).await;
    let original = client.upload(&Upload::bytes("cat.png", bytes.clone())).await.unwrap();
    let mask = Upload::bytes("mask.png", bytes);
    assert_eq!(client.upload_mask(&mask, &original).await.unwrap().value(), "mask.png");
    assert!(server.input_dir().join("mask.png").exists());
    let nobody = Uploaded::existing("nobody.png", "", "input");
    let error = client.upload_mask(&mask.name("b.png"), &nobody).await.unwrap_err();
    assert!(matches!(&error, Error::NoOriginal { original, .. } if original == "nobody.png"), "{error}");
}

#[tokio::test]
async fn the_output_of_a_run_is_an_input_value() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let done = client.run(&blank(1)).await.unwrap();
    let value = Uploaded::from(&done.images("save").unwrap()[0]).value();
    assert!(value.ends_with(" [output]"));
}

#[tokio::test]
async fn an_upload_is_retried_after_a_failure() {
    let server = Server::spawn().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big.bin");
    std::fs::write(&path, vec![9; 3 << 20]).unwrap();
    server.faults().http("/upload/image", HttpFault::status(503));
    server.faults().http("/upload/image", HttpFault::cut_body(3));
    let client = connect(&server).await;
    assert_eq!(client.upload(&Upload::file(&path)).await.unwrap().value(), "big.bin");
    assert_eq!(std::fs::metadata(server.input_dir().join("big.bin")).unwrap().len(), 3 << 20);
    assert!(!server.input_dir().join("big (1).bin").exists());
}

#[tokio::test]
async fn uploads_that_fail_are_errors() {
    let server = Server::builder().upload_limit(1 << 10).spawn().await.unwrap();
    let client = quick(&server).retries(0).connect().await.unwrap();
    let outside = Upload::bytes("a.png", "x").subfolder("../../x");
    assert_eq!(client.upload(&outside).await.unwrap_err().status(), Some(400));
    assert!(matches!(client.upload(&Upload::file("/no/such/file.png")).await, Err(Error::File { .. })));
    let large = client.upload(&Upload::bytes("a.png", vec![0; 4 << 10])).await.unwrap_err();
    assert_eq!(large.status(), Some(413), "{large}");
}

/// Uploads bytes under a name to a scripted server, and returns the body of the request.
async fn sent_under(name: &str) -> String {
    let server = crate::scripted::Scripted::start(|_| crate::scripted::Reply::json(r#"{"name": "x"}"#)).await;
    let client = comfy_runtime::Client::connect(server.url()).await.unwrap();
    client.upload(&Upload::bytes(name, "abc").subfolder("a\r\nb\"")).await.unwrap();
    server.calls_to("POST /upload/image").remove(0).body
}

#[tokio::test]
async fn a_name_cannot_break_the_body_of_a_form() {
    for (name, escaped) in [
        ("a\"; x=\"b.png", "a%22; x=%22b.png"),
        ("a\r\nX-Evil: 1\r\n\r\n.png", "a%0D%0AX-Evil: 1%0D%0A%0D%0A.png"),
        ("猫 \u{1f408}.png", "猫 \u{1f408}.png"),
        ("a\\b%41.png", "a\\\\b%41.png"),
    ] {
        let body = sent_under(name).await;
        let head =
            format!("\r\nContent-Disposition: form-data; name=\"image\"; filename=\"{escaped}\"\r\n\r\nabc\r\n--");
        assert!(body.contains(&head), "{body}");
    }
}

#[tokio::test]
async fn names_of_any_characters_arrive() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    for name in ["猫 \u{1f408}.png", "a;b=c.png", "it's 100%.png", "ä\u{301}.png"] {
        let uploaded = client.upload(&Upload::bytes(name, "abc")).await.unwrap();
        assert_eq!(uploaded.name, name);
        assert!(server.input_dir().join(name).exists(), "{name}");
    }
}

#[tokio::test]
async fn bytes_in_memory_may_take_longer_than_the_read_timeout() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    // A server that reads a chunk, and the next one only when most of the time without progress has passed.
    let limit = std::time::Duration::from_millis(1500);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = Server::spawn().await.unwrap();
    let (url, mock) = (listener.local_addr().unwrap(), upstream.url().replace("http://", ""));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mock = mock.clone();
            tokio::spawn(async move {
                let mut plain = tokio::net::TcpStream::connect(mock).await.ok()?;
                let (mut from, mut to) = stream.split();
                let (mut back, mut on) = plain.split();
                let slowly = async {
                    let mut buffer = vec![0; 2 << 20];
                    let mut total = 0;
                    loop {
                        let size = from.read(&mut buffer).await.ok().filter(|size| *size > 0)?;
                        on.write_all(buffer.get(..size)?).await.ok()?;
                        total += size;
                        if total > 4 << 20 {
                            total = 0;
                            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
                        }
                    }
                    #[expect(unreachable_code, reason = "gives the block its type")]
                    Some(())
                };
                tokio::join!(slowly, tokio::io::copy(&mut back, &mut to)).1.ok()
            });
        }
    });
    let builder = comfy_runtime::Client::builder(format!("http://{url}")).read_timeout(limit).retries(0);
    let client = builder.connect().await.unwrap();
    let uploaded = client.upload(&Upload::bytes("big.bin", vec![7; 40 << 20])).await.unwrap();
    assert_eq!(uploaded.name, "big.bin");
}
