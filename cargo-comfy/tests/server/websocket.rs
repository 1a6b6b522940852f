//! Servers whose proxy does not pass the WebSocket.

use comfy_mock::HttpFault;

use super::place::{Place, expect};

async fn without_websocket() -> Place {
    let place = Place::new().await;
    place.server.faults().http("GET /ws", HttpFault::status(404).always());
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_follow_no_run_open_no_websocket() {
    let place = without_websocket().await;
    expect(&place.run(&["snapshot", "--out", "a.json"]).await, 0);
    expect(&place.run(&["check", "workflow.json", "--assume-files"]).await, 0);
    expect(&place.run(&["queue"]).await, 0);
    expect(&place.run(&["cancel", "a"]).await, 1);
    assert_eq!(place.server.count("GET /ws"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_polled_and_the_command_says_so_once() {
    for arguments in [&["run", "workflow.json"][..], &["run", "workflow.json", "--json"]] {
        let place = without_websocket().await;
        let (out, err) = expect(&place.run(arguments).await, 0);
        assert_eq!(err.matches("the run is polled").count(), 1, "{err}");
        assert!(out.contains("cat_00001_.png"), "{out}");
        assert_eq!(place.files("out"), ["cat_00001_.png"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn endings_without_a_websocket_have_the_same_exit_codes() {
    let place = without_websocket().await;
    place.server.node("VAEDecode").fail("no memory");
    let (_, err) = expect(&place.run(&["run", "workflow.json"]).await, 1);
    assert!(err.contains("no memory"), "{err}");
    place.server.node("VAEDecode").reset();
    place.server.node("KSampler").hang();
    let running = place.start(&["run", "workflow.json", "--set", "samples.seed=2"]);
    let id = place.until_running().await;
    expect(&place.run(&["cancel", &id]).await, 0);
    expect(&running.output().await, 3);
    expect(&place.run(&["attach", &id]).await, 3);
}
