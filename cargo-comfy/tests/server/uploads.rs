//! `cargo comfy run --set NODE.INPUT=@FILE`.

use std::fs;

use comfy_mock::{HttpFault, Server, ServerBuilder};

use super::place::{Place, expect, lines, member};

/// A picture of one red pixel.
pub(crate) const PNG: &[u8] =
    b"\x89PNG\x0d\x0a\x1a\x0a\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\
    \x00\x00\x90wS\xde\x00\x00\x00\x0cIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00\
    IEND\xaeB`\x82";

const COPY: &str = r#"{
    "load": {"class_type": "LoadImage", "inputs": {"image": "absent.png"}},
    "save": {"class_type": "SaveImage", "inputs": {"images": ["load", 0], "filename_prefix": "copy"}}
}"#;

const UPLOAD: &str = "POST /upload/image";

/// Returns a place with a workflow that copies a picture, and a picture in a folder. The server has no other files than
/// those that it is given.
pub(crate) async fn copy(server: ServerBuilder) -> Place {
    let place = Place::of(server.assume_files(false)).await;
    fs::write(place.path("copy.json"), COPY).unwrap();
    fs::create_dir(place.path("pets")).unwrap();
    fs::write(place.path("pets/cat.png"), PNG).unwrap();
    place
}

/// Returns the prompt that the server has run last.
fn prompt(place: &Place) -> String {
    place.server.history(place.server.finished().last().unwrap()).unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_uploaded_and_its_input_gets_its_name() {
    let place = copy(Server::builder()).await;
    let (out, err) = expect(&place.run(&["run", "copy.json", "--set", "LoadImage.image=@pets/cat.png"]).await, 0);
    assert_eq!(fs::read(place.server.input_dir().join("cat.png")).unwrap(), PNG);
    assert!(prompt(&place).contains(r#""image":"cat.png""#), "{}", prompt(&place));
    assert!(err.contains("load.image: uploaded pets/cat.png as cat.png\n"), "{err}");
    assert!(!out.contains("cat.png"), "only results are printed to standard output: {out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_the_server_is_never_replaced() {
    let place = copy(Server::builder().input_file("cat.png", "another cat")).await;
    let arguments = ["run", "copy.json", "--set", "load.image=@pets/cat.png"];
    for _ in 0..2 {
        let (_, err) = expect(&place.run(&arguments).await, 0);
        assert!(err.contains("uploaded pets/cat.png as cat (1).png, because its own name is taken"), "{err}");
        assert!(prompt(&place).contains(r#""image":"cat (1).png""#), "{}", prompt(&place));
    }
    assert_eq!(fs::read(place.server.input_dir().join("cat.png")).unwrap(), b"another cat");
    assert_eq!(fs::read_dir(place.server.input_dir()).unwrap().count(), 2, "the same content is kept once");
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_are_events_with_json() {
    let place = copy(Server::builder().input_file("cat.png", "another cat")).await;
    let (out, err) = expect(&place.run(&["run", "copy.json", "--json", "--set", "load.image=@pets/cat.png"]).await, 0);
    let first = &lines(&out)[0];
    let values = ["event", "node", "input", "path", "name"].map(|key| member(first, key));
    assert_eq!(values, ["uploaded", "load", "image", "pets/cat.png", "cat (1).png"], "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_where_the_editor_puts_it() {
    let place = copy(Server::builder()).await;
    let workflow = COPY
        .replace("LoadImage", "LoadImageOutput")
        .replacen('{', r#"{"mesh": {"class_type": "Load3D", "inputs": {"model_file": "none", "image": "", "width": 8, "height": 8}}, "show": {"class_type": "PreviewAny", "inputs": {"source": ["mesh", 1]}}, "#, 1);
    fs::write(place.path("copy.json"), workflow).unwrap();
    fs::write(place.path("pets/cat.glb"), "glTF").unwrap();
    let files = ["--set", "load.image=@pets/cat.png", "--set", "mesh.model_file=@pets/cat.glb"];
    let output = place.run(&[&["run", "copy.json"][..], &files].concat()).await;
    let (_, err) = expect(&output, 0);
    assert!(err.contains("as cat.png [output]") && err.contains("as 3d/cat.glb"), "{err}");
    assert_eq!(fs::read(place.server.input_dir().join("3d/cat.glb")).unwrap(), b"glTF");
    let prompt = prompt(&place);
    assert!(prompt.contains(r#""cat.png [output]""#) && prompt.contains(r#""3d/cat.glb""#), "{prompt}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_workflow_for_the_editor_has_the_names_of_the_server() {
    let place = copy(Server::builder().input_file("cat.png", "another cat")).await;
    let arguments = ["run", "copy.json", "--editable", "--set", "load.image=@pets/cat.png"];
    expect(&place.run(&arguments).await, 0);
    let picture = fs::read(place.path("out/copy_00001_.png")).unwrap();
    let document = comfy_convert::read(&picture).unwrap();
    assert!(format!("{:?}", document.ui().unwrap()).contains("cat (1).png"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_for_two_inputs_is_sent_once_and_the_last_value_of_an_input_counts() {
    let place = copy(Server::builder()).await;
    let second = r#"{"again": {"class_type": "LoadImageMask", "inputs": {"image": "x", "channel": "red"}},
        "show": {"class_type": "MaskPreview", "inputs": {"mask": ["again", 0]}}, "#;
    fs::write(place.path("copy.json"), COPY.replacen('{', second, 1)).unwrap();
    let (file, again) = ("load.image=@pets/cat.png", "again.image=@pets/cat.png");
    let (_, err) = expect(&place.run(&["run", "copy.json", "--set", file, "--set", again]).await, 0);
    assert_eq!(place.server.count(UPLOAD), 1);
    assert!(err.contains("load.image: uploaded") && err.contains("again.image: uploaded"), "{err}");
    let last = ["--set", file, "--set", again, "--set", "load.image=cat.png", "--set", "again.image=cat.png"];
    expect(&place.run(&[&["run", "copy.json"][..], &last].concat()).await, 0);
    assert_eq!(place.server.count(UPLOAD), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_sent_is_named_before_anything_is_sent() {
    let place = copy(Server::builder().upload_limit(4096)).await;
    fs::write(place.path("pets/large.png"), vec![0; 5000]).unwrap();
    #[cfg(unix)]
    assert!(std::process::Command::new("mkfifo").arg(place.path("pets/pipe.png")).status().unwrap().success());
    for (file, reason) in [
        ("pets/dog.png", "cannot read pets/dog.png: "),
        ("pets", "pets is not a regular file; name a file"),
        #[cfg(unix)]
        ("pets/pipe.png", "pets/pipe.png is not a regular file; name a file"),
        ("pets/large.png", "pets/large.png has 5000 bytes, and the server accepts 4096; start it with a larger"),
    ] {
        // The first file is good, and is not sent either.
        let (good, bad) = ("load.image=@pets/cat.png", format!("save.filename_prefix=@{file}"));
        let bad = if file.ends_with("large.png") { format!("load.image=@{file}") } else { bad };
        let (_, err) = expect(&place.run(&["run", "copy.json", "--set", good, "--set", &bad]).await, 2);
        assert!(err.contains(reason), "{err}");
    }
    assert_eq!(place.server.count(UPLOAD) + place.server.count("POST /prompt"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_input_that_takes_no_upload_names_those_that_do() {
    let place = copy(Server::builder()).await;
    for (input, reason) in [
        (
            "save.filename_prefix",
            "`filename_prefix` of node save (SaveImage) takes no file; no input of this node does",
        ),
        ("load.mask", "`mask` of node load (LoadImage) takes no file; `image` does"),
    ] {
        let (_, err) = expect(&place.run(&["run", "copy.json", "--set", &format!("{input}=@pets/cat.png")]).await, 2);
        assert!(err.contains(reason) && err.contains("write @@ for a text that begins with @"), "{err}");
    }
    fs::write(place.path("copy.json"), COPY.replace("LoadImage", "LoadPicture")).unwrap();
    let (_, err) = expect(&place.run(&["run", "copy.json", "--set", "load.image=@pets/cat.png"]).await, 2);
    assert!(err.contains("the server has no node class `LoadPicture`"), "{err}");
    assert_eq!(place.server.count(UPLOAD) + place.server.count("POST /prompt"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_upload_submits_nothing_and_counts_what_was_uploaded() {
    let place = copy(Server::builder()).await;
    let faults = place.server.faults();
    faults.http(UPLOAD, HttpFault::delay(std::time::Duration::ZERO)).http(UPLOAD, HttpFault::status(413).always());
    fs::write(place.path("pets/dog.png"), [PNG, b"dog"].concat()).unwrap();
    let second = r#"{"again": {"class_type": "LoadImageMask", "inputs": {"image": "x", "channel": "red"}}, "#;
    fs::write(place.path("copy.json"), COPY.replacen('{', second, 1)).unwrap();
    let files = ["--set", "load.image=@pets/cat.png", "--set", "again.image=@pets/dog.png"];
    let (_, err) = expect(&place.run(&[&["run", "copy.json"][..], &files].concat()).await, 2);
    assert!(err.contains("nothing was submitted; 1 of 2 files were uploaded"), "{err}");
    assert!(
        err.contains("error: --set again.image: cannot upload pets/dog.png: ") && err.contains("too large"),
        "{err}"
    );
    assert_eq!(place.server.count("POST /prompt"), 0);
}
