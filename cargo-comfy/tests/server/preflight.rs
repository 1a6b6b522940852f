//! The check of `cargo comfy run` before anything is uploaded or submitted.

use std::fs;

use comfy_mock::Server;

use super::place::{Place, expect, lines, member};
use super::uploads::copy;

const FILE: [&str; 2] = ["--set", "load.image=@pets/cat.png"];

/// The number of requests that change something on the server.
fn changes(place: &Place) -> usize {
    place.server.count("POST /*")
}

#[tokio::test(flavor = "multi_thread")]
async fn all_mistakes_are_found_before_an_upload() {
    let place = copy(Server::builder()).await;
    let wrong = r#"{"show": {"class_type": "PreviewImage", "inputs": {"images": ["load", 7]}},
        "other": {"class_type": "LoadImage", "inputs": {"image": "dog.png"}},
        "scale": {"class_type": "ImageScaleBy", "inputs": {
            "image": ["other", 0], "upscale_method": "lancos", "scale_by": 99}},
        "preview": {"class_type": "PreviewImage", "inputs": {"images": ["scale", 0]}}, "#;
    let workflow = fs::read_to_string(place.path("copy.json")).unwrap();
    fs::write(place.path("copy.json"), workflow.replacen('{', wrong, 1)).unwrap();
    let (_, err) = expect(&place.run(&[&["run", "copy.json"][..], &FILE].concat()).await, 1);
    for message in [
        "`images` is linked to an output that its source does not have",
        "`LoadImage` rejects `image`: Invalid image file: dog.png",
        "`upscale_method` has no option \"lancos\"",
        "did you mean `lanczos`?",
        "`scale_by` is too large: 99",
        "copy.json: partial: the server would run 1 output and drop 2",
        "nothing was uploaded or submitted; --no-preflight leaves the decision to the server",
    ] {
        assert!(err.contains(message), "{message}: {err}");
    }
    assert_eq!(changes(&place), 0);
    // Dropped outputs are allowed on request.
    expect(&place.run(&[&["run", "copy.json", "--partial"][..], &FILE].concat()).await, 0);
    assert_eq!(place.server.count("POST /upload/image"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_decides_without_a_preflight() {
    let place = copy(Server::builder()).await;
    // Without uploads this is the default, and the definitions are not even requested.
    let (_, err) = expect(&place.run(&["run", "copy.json"]).await, 1);
    assert!(err.contains("custom_validation_failed"), "{err}");
    assert_eq!((place.server.count("POST /prompt"), place.server.count("GET /object_info/*")), (1, 0));
    let arguments = ["run", "copy.json", "--no-preflight", "--set", "save.images=[\"load\", 7]"];
    expect(&place.run(&[&arguments[..], &FILE].concat()).await, 1);
    assert_eq!((place.server.count("POST /prompt"), place.server.count("POST /upload/image")), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preflight_is_made_on_request() {
    let place = copy(Server::builder()).await;
    let (_, err) = expect(&place.run(&["run", "copy.json", "--preflight"]).await, 1);
    assert!(err.contains("Invalid image file: absent.png") && err.contains("nothing was submitted; "), "{err}");
    assert_eq!(changes(&place), 0);
    fs::write(place.server.input_dir().join("absent.png"), super::uploads::PNG).unwrap();
    let (_, err) = expect(&place.run(&["run", "copy.json", "--preflight", "--set", "save.quality=5"]).await, 0);
    assert!(err.contains("warning: copy.json: node save, input `quality`: "), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_class_is_named_with_similar_ones() {
    let place = copy(Server::builder()).await;
    let workflow = fs::read_to_string(place.path("copy.json")).unwrap();
    fs::write(place.path("copy.json"), workflow.replace("SaveImage", "SaveImagee")).unwrap();
    let (_, err) = expect(&place.run(&[&["run", "copy.json"][..], &FILE].concat()).await, 1);
    assert!(err.contains("unknown node class `SaveImagee`") && err.contains("`SaveImage`"), "{err}");
    assert_eq!(changes(&place), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_an_event_with_json() {
    let place = copy(Server::builder()).await;
    let (out, _) = expect(&place.run(&["run", "copy.json", "--preflight", "--json"]).await, 1);
    let [line] = &lines(&out)[..] else { panic!("{out}") };
    assert_eq!(member(line, "event"), "rejected");
    assert!(member(line, "message").contains("Invalid image file: absent.png"), "{out}");
    assert!(line.to_string().contains(r#""type":"prompt_outputs_failed_validation""#), "{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_targets_are_checked() {
    let place = copy(Server::builder()).await;
    let more = r#"{"wrong": {"class_type": "PreviewImage", "inputs": {}}, "#;
    let workflow = fs::read_to_string(place.path("copy.json")).unwrap();
    fs::write(place.path("copy.json"), workflow.replacen('{', more, 1)).unwrap();
    expect(&place.run(&[&["run", "copy.json", "--targets", "save"][..], &FILE].concat()).await, 0);
    let (_, err) = expect(&place.run(&[&["run", "copy.json", "--targets", "sav"][..], &FILE].concat()).await, 2);
    assert!(err.contains("sav"), "{err}");
    assert_eq!(place.server.count("POST /upload/image"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_those_of_the_server_unless_they_are_assumed() {
    // The stand-in accepts every file, and lists none.
    let place = Place::new().await;
    fs::write(place.path("cat.png"), super::uploads::PNG).unwrap();
    let (_, err) = expect(&place.run(&["run", "workflow.json", "--preflight"]).await, 1);
    assert!(err.contains("`ckpt_name` has no option \"sd15.safetensors\"") && err.contains("--assume-files"), "{err}");
    assert_eq!(changes(&place), 0);
    expect(&place.run(&["run", "workflow.json", "--assume-files"]).await, 0);
    let (_, err) = expect(&place.run(&["run", "workflow.json", "--assume-files", "--set", "samples.steps=0"]).await, 1);
    assert!(err.contains("`steps` is too small: 0") && err.contains("nothing was submitted"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_definitions_are_requested_once() {
    let place = copy(Server::builder()).await;
    expect(&place.run(&[&["run", "copy.json", "--editable"][..], &FILE].concat()).await, 0);
    assert_eq!((place.server.count("GET /object_info"), place.server.count("GET /object_info/*")), (1, 0));
}
