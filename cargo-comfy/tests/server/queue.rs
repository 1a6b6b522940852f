//! `cargo comfy queue` and `cargo comfy cancel`.

use super::place::{Place, expect, lines, member};

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_queue_says_so() {
    let place = Place::new().await;
    assert_eq!(expect(&place.run(&["queue"]).await, 0).0.trim(), "the queue is empty");
    assert_eq!(expect(&place.run(&["queue", "--json"]).await, 0).0, "");
    assert!(place.server.clients().is_empty() && place.server.count("GET /api/ws") == 0, "no WebSocket is needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_and_waits_is_listed_in_order() {
    let place = Place::new().await;
    place.server.node("KSampler").hang();
    let running = place.submit(1, "first").await;
    place.until_running().await;
    let waiting = [place.submit(2, "second\u{1b}[2J").await, place.submit(3, "third").await];
    let (text, _) = expect(&place.run(&["queue"]).await, 0);
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows.len(), 5, "{text}");
    for (row, words) in rows[1..4].iter().zip([
        ["running", "0", &running, "first"],
        ["waiting", "1", &waiting[0], r"second\u{1b}[2J"],
        ["waiting", "2", &waiting[1], "third"],
    ]) {
        assert!(words.iter().all(|word| row.contains(word)), "{text}");
    }
    assert_eq!(rows[4], "1 running, 2 waiting");
    let (json, _) = expect(&place.run(&["queue", "--json"]).await, 0);
    let prompts = lines(&json);
    let ids: Vec<&str> = prompts.iter().map(|prompt| member(prompt, "prompt_id")).collect();
    assert_eq!(ids, [&running, &waiting[0], &waiting[1]]);
    assert!(json.contains(r#""state":"running","position":0"#) && json.contains(r#""client_id":"third""#), "{json}");
    assert!(!json.contains(r#""age_seconds":null"#), "{json}");
}

#[tokio::test(flavor = "multi_thread")]
async fn cancel_ends_waiting_and_running_prompts_and_no_others() {
    let place = Place::new().await;
    place.server.node("KSampler").hang();
    let running = place.submit(1, "a").await;
    place.until_running().await;
    let (waiting, other) = (place.submit(2, "b").await, place.submit(3, "c").await);
    let (out, _) = expect(&place.run(&["cancel", &waiting]).await, 0);
    assert_eq!(out.trim(), format!("cancelled prompt {waiting}"));
    assert_eq!((place.server.running(), place.server.pending()), (Some(running.clone()), vec![other.clone()]));
    expect(&place.run(&["cancel", &running]).await, 0);
    place.until("the other prompt runs", |server| server.running().as_ref() == Some(&other)).await;
    assert!(place.was_interrupted(&running));
}

#[tokio::test(flavor = "multi_thread")]
async fn cancel_exits_with_1_if_there_is_nothing_to_cancel() {
    let place = Place::new().await;
    let done = place.submit(1, "a").await;
    place.server.idle().await;
    let (_, err) = expect(&place.run(&["cancel", &done]).await, 1);
    assert!(err.contains("has already ended"), "{err}");
    let (_, err) = expect(&place.run(&["cancel", "nothing\u{1b}[2J"]).await, 1);
    assert!(err.contains(r"nothing\u{1b}[2J neither waits nor runs"), "{err}");
    // The other prompts are cancelled nevertheless.
    place.server.node("KSampler").hang();
    let running = place.submit(2, "a").await;
    place.until_running().await;
    expect(&place.run(&["cancel", &done, &running]).await, 1);
    place.until("the run ends", |server| server.history(&running).is_some()).await;
    assert!(place.was_interrupted(&running));
}
