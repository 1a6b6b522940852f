//! Tests that saved files destroy nothing, stay in their folder, and hold what their names say.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use comfy_runtime::client::{Error, Saver};
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::download::serving_files;
use crate::scripted::{Call, Reply};

/// The beginning of a PNG file.
const PNG: &str = "\u{89}PNG\r\n\u{1a}\n\0";

fn file(subfolder: &str, filename: &str) -> Value {
    json!({"filename": filename, "subfolder": subfolder, "type": "output"})
}

/// Responds with content that tells the files of different subfolders apart.
fn picture(call: &Call, before: usize) -> Reply {
    let subfolder = call.query.split('&').find_map(|part| part.strip_prefix("subfolder=")).unwrap_or_default();
    Reply::new(200, format!("{PNG}{subfolder} {before}")).header("content-type", "image/png")
}

/// Returns the contents of all files below a folder, by their path with `/`.
fn tree(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            files.extend(tree(&path).into_iter().map(|(below, content)| (format!("{name}/{below}"), content)));
        } else {
            files.insert(name, fs::read_to_string(path).unwrap().trim_start_matches(PNG).to_owned());
        }
    }
    files
}

fn names(folder: &Path) -> Vec<String> {
    tree(folder).into_keys().collect()
}

#[tokio::test]
async fn files_of_one_name_keep_their_subfolders_and_replace_nothing() {
    let files = json!([file("face", "img.png"), file("body", "img.png"), file("a\\b", "img.png")]);
    let (_server, _client, done) = serving_files(files, |builder| builder, picture).await;
    let folder = tempdir().unwrap();
    let report = done.save_all(folder.path()).await;
    assert!(report.is_complete(), "{:?}", report.failed);
    let first = tree(folder.path());
    assert_eq!(first.keys().collect::<Vec<_>>(), ["a/b/img.png", "body/img.png", "face/img.png"]);
    assert_eq!((first["face/img.png"].as_str(), first["body/img.png"].as_str()), ("face 0", "body 1"));
    let report = done.save_all(folder.path()).await;
    assert_eq!(report.saved[0].1, folder.path().join("face").join("img (2).png"));
    let second = tree(folder.path());
    assert_eq!(second.len(), 6);
    assert!(first.iter().all(|(path, content)| second[path] == *content));
}

#[tokio::test]
async fn overwrite_replaces_older_files_but_no_file_of_the_same_run() {
    let files = json!([file("", "a.png"), file("", "A.png"), file("", "a.png")]);
    let (_server, _client, done) = serving_files(files, |builder| builder, picture).await;
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("a.png"), "old").unwrap();
    let report = Saver::new(folder.path()).overwrite(true).save_all(done.all_files()).await;
    assert!(report.is_complete(), "{:?}", report.failed);
    let files = tree(folder.path());
    assert_eq!((files.len(), files["a.png"].as_str(), files["a (2).png"].as_str()), (3, " 0", " 2"));
}

#[tokio::test]
async fn a_file_that_cannot_be_saved_does_not_stop_the_others() {
    let names_of =
        ["a.png", "../../x.png", "C:\\x.png", "NUL.png", "", "x:ads", "a\0b.png", ".bashrc", "gone.png", "b.png"];
    let mut files: Vec<Value> = names_of.iter().map(|name| file("", name)).collect();
    files.extend([file("../..", "c.png"), file("/etc", "d.png"), file("s", "e.png"), file("", &"a".repeat(300))]);
    let (_server, _client, done) = serving_files(
        json!(files),
        |builder| builder,
        |call, before| {
            if call.query.contains("gone") { Reply::new(404, "") } else { picture(call, before) }
        },
    )
    .await;
    let outer = tempdir().unwrap();
    let folder = outer.path().join("out");
    let report = done.save_all(&folder).await;
    assert_eq!(names(outer.path()), ["out/a.png", "out/b.png", "out/s/e.png"]);
    let failed: Vec<String> = report.failed.iter().map(|(_, error)| error.to_string()).collect();
    assert_eq!(failed.len(), 11, "{failed:#?}");
    assert_eq!(failed[0], "unsafe file name `../../x.png` from the server: it contains a path separator");
    assert_eq!(failed.iter().filter(|error| error.starts_with("unsafe file name")).count(), 10);
    assert!(failed.iter().all(|error| error.len() < 1000 && !error.contains(char::is_control)), "{failed:#?}");
}

#[tokio::test]
async fn a_page_in_place_of_a_picture_is_an_error_and_not_saved() {
    let files = json!([file("", "a.png"), file("", "b.json"), file("", "page.html"), file("", "c.txt")]);
    let (_server, _client, done) = serving_files(
        files,
        |builder| builder,
        |call, _| {
            let kind = if call.query.contains("c.txt") { "text/plain" } else { "text/html" };
            Reply::new(200, "<html>\u{202e}login</html>\nmore").header("content-type", kind)
        },
    )
    .await;
    let folder = tempdir().unwrap();
    let report = done.save_all(folder.path()).await;
    assert_eq!(names(folder.path()), ["c.txt", "page.html"]);
    let errors: Vec<String> = report.failed.iter().map(|(_, error)| error.to_string()).collect();
    assert!(errors.iter().all(|error| error.contains(r"text/html: `<html>\u{202e}login</html>`")), "{errors:?}");
    assert!(matches!(done.all_files()[0].bytes().await, Err(Error::WrongContent { .. })));
}

#[tokio::test]
async fn an_encoding_that_was_not_asked_for_is_an_error() {
    let files = json!([file("", "a.png")]);
    let (_server, _client, done) = serving_files(
        files,
        |builder| builder,
        |call, before| picture(call, before).header("content-encoding", "gzip"),
    )
    .await;
    let folder = tempdir().unwrap();
    assert!(matches!(done.save_all(folder.path()).await.failed[0].1, Error::WrongContent { .. }));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_download_that_fails_keeps_the_old_file() {
    let files = json!([file("", "a.png")]);
    let (_server, _client, done) =
        serving_files(files, |builder| builder.retries(1), |call, before| picture(call, before).cut(3)).await;
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.png");
    fs::write(&path, "old").unwrap();
    let file = &done.all_files()[0];
    assert!(file.save_as(&path).await.is_err());
    assert!(Saver::new(folder.path()).overwrite(true).save(file).await.is_err());
    assert_eq!(tree(folder.path()), BTreeMap::from([("a.png".to_owned(), "old".to_owned())]));
}

#[tokio::test]
async fn a_dropped_download_leaves_no_file() {
    let (started, mut begun) = tokio::sync::mpsc::unbounded_channel();
    let content = vec![0; 1 << 20];
    let files = json!([file("", "a.png")]);
    // The server promises more than it sends, and keeps the connection open.
    let (_server, _client, done) = serving_files(
        files,
        |builder| builder.read_timeout(crate::support::LONG),
        move |_, _| {
            started.send(()).unwrap();
            Reply::new(200, content.clone()).hang_after(700_000)
        },
    )
    .await;
    let folder = tempdir().unwrap();
    let file = done.all_files().remove(0);
    let mut saver = Saver::new(folder.path());
    {
        let mut saving = Box::pin(saver.save(&file));
        let appears = async {
            begun.recv().await;
            while fs::read_dir(folder.path()).unwrap().count() == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            result = &mut saving => panic!("expected a download without end, found {result:?}"),
            () = appears => {}
        }
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_file_beyond_a_limit_is_an_error_that_names_the_limit() {
    let files = json!([file("", "a.png")]);
    let limits =
        |builder: comfy_runtime::client::ClientBuilder| builder.max_response_bytes(1000).max_download_bytes(2000);
    let (_server, _client, done) =
        serving_files(files, limits, |_, before| Reply::new(200, vec![0; if before < 2 { 1500 } else { 2500 }])).await;
    let folder = tempdir().unwrap();
    let file = done.all_files().remove(0);
    let error = file.bytes().await.unwrap_err().to_string();
    assert!(error.contains("at most 1000 bytes") && error.contains("max_response_bytes"), "{error}");
    file.save_to(folder.path()).await.unwrap();
    let error = file.save_to(folder.path()).await.unwrap_err().to_string();
    assert!(error.contains("at most 2000 bytes") && error.contains("max_download_bytes"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn a_target_that_is_no_regular_file_is_refused() {
    let files = json!([file("", "fifo"), file("link", "a.png"), file("", "b.png")]);
    let (_server, _client, done) = serving_files(files, |builder| builder, picture).await;
    let (folder, other) = (tempdir().unwrap(), tempdir().unwrap());
    let fifo = folder.path().join("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    std::os::unix::fs::symlink(other.path(), folder.path().join("link")).unwrap();
    let report = done.save_all(folder.path()).await;
    assert_eq!(report.saved.len(), 1);
    let errors: Vec<String> = report.failed.iter().map(|(_, error)| error.to_string()).collect();
    assert!(errors[0].contains("not a regular file") && errors[1].contains("leaves the output folder"), "{errors:?}");
    assert_eq!(fs::read_dir(other.path()).unwrap().count(), 0);
    assert!(matches!(done.all_files()[0].save_as(&fifo).await, Err(Error::File { .. })));
}
