//! Tests of node definitions that have changed on a running server.

use comfy_mock::Server;
use comfy_runtime::client::{Drift, Error};
use comfy_schema::Schema;
use comfy_schema::drift::ChangedMember;

use crate::support::{connect, workflow};

/// Returns the definition of an output node with these required inputs.
fn definitions(inputs: &str) -> String {
    format!(
        r#"{{"Show": {{"input": {{"required": {{{inputs}}}}}, "output": [], "output_is_list": [], "output_name": [],
            "name": "Show", "display_name": "Show", "category": "x", "output_node": true}}}}"#
    )
}

const OLD: &str = r#""n": ["INT", {"default": 1, "min": 0, "max": 100}]"#;

async fn drift(now: &str) -> (Server, Drift) {
    let server = Server::builder().schema_json(definitions(now)).spawn().await.unwrap();
    let client = connect(&server).await;
    let workflow = workflow(r#"{"show": {"class_type": "Show", "inputs": {"n": 50}, "_meta": {"title": "A"}}}"#);
    let old = Schema::from_slice(definitions(OLD).as_bytes()).unwrap();
    let drift = client.check_drift(&workflow, &old).await.unwrap();
    assert_eq!(server.count("POST /api/prompt"), 0, "nothing was submitted");
    (server, drift)
}

#[tokio::test(start_paused = true)]
async fn unchanged_definitions_are_not_drift() {
    let (server, drift) = drift(OLD).await;
    assert!(drift.is_ok() && drift.additive.is_empty(), "{drift:?}");
    assert_eq!((drift.to_string().as_str(), drift.into_result().unwrap()), ("", Vec::new()));
    assert_eq!(server.count("GET /api/object_info"), 0, "only the classes of the workflow are requested");
}

#[tokio::test(start_paused = true)]
async fn a_range_that_no_longer_contains_the_value_is_breaking() {
    let (_server, drift) = drift(r#""n": ["INT", {"default": 1, "min": 0, "max": 10}]"#).await;
    assert!(!drift.is_ok() && drift.defaulted.is_empty());
    assert_eq!((drift.breaking.len(), drift.breaking[0].node.as_str()), (1, "show"));
    assert_eq!(drift.breaking[0].change.place, Some(ChangedMember::Input("n".into())));
    let line = drift.to_string();
    assert!(line.starts_with("breaking: node `show` \"A\": input `n`: ") && line.lines().count() == 1, "{line}");
    let Err(error) = drift.into_result() else { panic!("expected an error") };
    assert!(error.to_string().ends_with(&line), "{error}");
    let Error::Drift(drift) = error else { panic!("{error}") };
    assert_eq!(drift.breaking.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_new_required_input_with_a_default_is_filled_in_and_runs() {
    let (server, drift) = drift(&format!(r#"{OLD}, "m": ["INT", {{"default": 7}}]"#)).await;
    assert!(!drift.is_ok() && drift.breaking.is_empty());
    assert_eq!(drift.defaulted.len(), 1);
    let filled = drift.fill().unwrap();
    assert_eq!(filled.to_json(), r#"{"show":{"class_type":"Show","inputs":{"n":50,"m":7},"_meta":{"title":"A"}}}"#);
    connect(&server).await.run(&filled).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_removed_class_is_breaking() {
    let other = definitions(OLD).replace("Show", "Other");
    let server = Server::builder().schema_json(other).spawn().await.unwrap();
    let old = Schema::from_slice(definitions(OLD).as_bytes()).unwrap();
    let workflow = workflow(r#"{"show": {"class_type": "Show", "inputs": {"n": 50}}}"#);
    let drift = connect(&server).await.check_drift(&workflow, &old).await.unwrap();
    assert_eq!((drift.breaking.len(), drift.breaking[0].change.place.clone()), (1, None));
}
