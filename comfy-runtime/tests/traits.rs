//! Tests of the traits that programs rely on: the types are `Send` and `Sync`, have `Debug` and `Display` output, and
//! can be fields of types that derive traits.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use comfy_runtime::types::IMAGE;
use comfy_runtime::{Graph, GraphError, Handle, NodeRef, Out, ParseWorkflowError, Workflow};

fn assert_send_sync<T: Send + Sync + 'static>() {}

#[cfg(feature = "client")]
fn assert_send<T: Send + 'static>() {}

fn assert_error<T: std::error::Error + Send + Sync + 'static>() {}

/// A type of a program that holds an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stage<T>(Out<T>);

/// A type without `Debug`, like a struct of handles that a program defines.
struct Bare;

#[test]
fn workflows_and_their_errors_are_send_and_sync() {
    assert_send_sync::<Workflow<Out<IMAGE>>>();
    assert_error::<GraphError>();
    assert_error::<ParseWorkflowError>();
}

#[cfg(feature = "client")]
#[test]
fn types_of_the_client_are_send_and_sync() {
    use comfy_runtime::client::routes::UnknownJobStatus;
    use comfy_runtime::client::{
        Accepted, Client, Done, Download, Drift, DroppedOutputs, Ending, Error, Event, Events, ExecutionError,
        Interruption, LostRun, OutputFile, Rejection, Run, Stalled, TransportError,
    };

    assert_send_sync::<(Client, Run, Accepted, Event, Events, Ending, Done, OutputFile)>();
    assert_send::<Download>();
    assert_error::<Error>();
    assert_error::<TransportError>();
    assert_error::<Drift>();
    assert_error::<DroppedOutputs>();
    assert_error::<ExecutionError>();
    assert_error::<Interruption>();
    assert_error::<LostRun>();
    assert_error::<Rejection>();
    assert_error::<Stalled>();
    assert_error::<UnknownJobStatus>();
}

#[cfg(feature = "client")]
#[test]
fn a_graph_error_converts_to_an_error_of_the_client() {
    use comfy_runtime::client::Error;

    fn nothing() -> Result<Workflow, Error> {
        Ok(Graph::new().finish(())?)
    }
    let error = nothing().unwrap_err();
    assert!(matches!(error, Error::Graph(_)), "{error}");
    assert!(std::error::Error::source(&error).is_none(), "the message contains all causes");
}

#[cfg(feature = "client")]
#[test]
fn a_job_status_parses_and_prints_its_name() {
    use comfy_runtime::client::JobStatus;

    assert_eq!("in_progress".parse::<JobStatus>().unwrap(), JobStatus::InProgress);
    assert_eq!(JobStatus::InProgress.to_string(), "in_progress");
    let error = "done".parse::<JobStatus>().unwrap_err();
    assert!(error.to_string().contains("\"done\""), "{error}");
}

#[test]
fn types_that_hold_outputs_can_derive() {
    let graph = Graph::new();
    let image: Out<IMAGE> = graph.raw("LoadImage").add().out(0);
    let stage = Stage(image);
    assert_eq!(format!("{:?}", stage.clone()), "Stage(Out<IMAGE>(0.0))");
    assert_eq!(stage, Stage(image));
}

#[test]
fn a_workflow_is_debug_whatever_its_outputs_are() {
    let graph = Graph::new();
    let node: NodeRef = graph.raw("PreviewAny").with_id("shown").with_title("What is shown").add();
    assert_eq!(node, node.node());
    let workflow = graph.finish(Bare).unwrap();
    assert_eq!(format!("{workflow:?}"), "Workflow { nodes: [shown: PreviewAny], .. }");
    assert_eq!(workflow.node("shown").unwrap().title().as_deref(), Some("What is shown"));
    let error = Graph::new().finish(Bare).unwrap_err();
    assert_eq!(error.problems()[0].kind().to_string(), "no output node");
}

#[test]
fn text_that_is_not_a_workflow_is_an_error_with_the_reason() {
    let error = |json: &str| Workflow::from_json(json).unwrap_err().to_string();
    assert!(error("{").contains("line 1 column 1"), "{}", error("{"));
    assert!(error("[]").contains("expected an object of node ids and nodes"), "{}", error("[]"));
    assert!(error(r#"{"nodes": [], "links": []}"#).contains("cargo comfy convert"));
    assert_eq!(error(r#"{"3": 5}"#), "expected a workflow in API format: node `3` must be an object, found 5");
    let json = r#"{"3":{"class_type":"PreviewAny","inputs":{}}}"#;
    assert_eq!(json.parse::<Workflow>().unwrap().to_json(), json);
}
