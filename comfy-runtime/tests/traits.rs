//! What programs may do with the types: send them to other threads, print them, derive for what holds them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use comfy_runtime::types::IMAGE;
use comfy_runtime::{Graph, GraphError, Handle, NodeRef, Out, ParseWorkflowError, Workflow};

fn is_free<T: Send + Sync + 'static>() {}

#[cfg(feature = "client")]
fn is_send<T: Send + 'static>() {}

fn is_error<T: std::error::Error + Send + Sync + 'static>() {}

/// What a program makes of outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stage<T>(Out<T>);

/// As generated structs of outputs: without `Debug`.
struct Bare;

#[test]
fn workflows_and_their_errors_go_to_other_threads() {
    is_free::<Workflow<Out<IMAGE>>>();
    is_error::<GraphError>();
    is_error::<ParseWorkflowError>();
}

#[cfg(feature = "client")]
#[test]
fn the_client_and_what_it_gives_go_to_other_threads() {
    use comfy_runtime::client::routes::UnknownJobStatus;
    use comfy_runtime::client::{
        Accepted, Client, Done, Download, Drift, DroppedOutputs, Ending, Error, Event, Events, ExecutionError,
        Interruption, LostRun, OutputFile, Rejection, Run, Stalled, TransportError,
    };

    is_free::<(Client, Run, Accepted, Event, Events, Ending, Done, OutputFile)>();
    is_send::<Download>();
    is_error::<Error>();
    is_error::<TransportError>();
    is_error::<Drift>();
    is_error::<DroppedOutputs>();
    is_error::<ExecutionError>();
    is_error::<Interruption>();
    is_error::<LostRun>();
    is_error::<Rejection>();
    is_error::<Stalled>();
    is_error::<UnknownJobStatus>();
}

#[cfg(feature = "client")]
#[test]
fn a_mistake_of_the_graph_passes_through_the_error_of_the_client() {
    use comfy_runtime::client::Error;

    fn nothing() -> Result<Workflow, Error> {
        Ok(Graph::new().finish(())?)
    }
    let error = nothing().unwrap_err();
    assert!(matches!(error, Error::Graph(_)), "{error}");
    assert!(std::error::Error::source(&error).is_none(), "the text tells all of it");
}

#[cfg(feature = "client")]
#[test]
fn a_status_of_a_job_is_its_word() {
    use comfy_runtime::client::JobStatus;

    assert_eq!("in_progress".parse::<JobStatus>().unwrap(), JobStatus::InProgress);
    assert_eq!(JobStatus::InProgress.to_string(), "in_progress");
    let error = "done".parse::<JobStatus>().unwrap_err();
    assert!(error.to_string().contains("\"done\""), "{error}");
}

#[test]
fn what_holds_outputs_derives() {
    let graph = Graph::new();
    let image: Out<IMAGE> = graph.raw("LoadImage").add().out(0);
    let stage = Stage(image);
    assert_eq!(format!("{:?}", stage.clone()), "Stage(Out<IMAGE>(0.0))");
    assert_eq!(stage, Stage(image));
}

#[test]
fn a_workflow_prints_whatever_its_outputs_are() {
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
fn a_text_that_is_no_workflow_is_an_error_that_says_why() {
    let told = |json: &str| Workflow::from_json(json).unwrap_err().to_string();
    assert!(told("{").contains("line 1 column 1"), "{}", told("{"));
    assert!(told("[]").contains("expected an object of node ids and nodes"), "{}", told("[]"));
    assert!(told(r#"{"nodes": [], "links": []}"#).contains("cargo comfy convert"));
    assert_eq!(told(r#"{"3": 5}"#), "expected a workflow in API format: node `3` must be an object, found 5");
    let json = r#"{"3":{"class_type":"PreviewAny","inputs":{}}}"#;
    assert_eq!(json.parse::<Workflow>().unwrap().to_json(), json);
}
