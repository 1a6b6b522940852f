//! The command `cargo comfy queue`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Args;
use comfy_runtime::Client;
use comfy_runtime::client::routes::{Queue as ServerQueue, QueueItem};
use comfy_schema::shown::escaped;
use comfy_schema::{Map, Value};

use super::run::number;
use crate::failure::Failure;
use crate::server::ServerArguments;
use crate::{print, stop};

/// List the prompts that run and wait on a server.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Queue {
    #[command(flatten)]
    server: ServerArguments,

    /// Print each prompt as a line of JSON.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  List what runs and waits on the server of this machine:
    cargo comfy queue

  Count the prompts of each client of another server:
    cargo comfy queue --server https://gpu.example.com --json | jq -r .client_id | sort | uniq -c

The position of a prompt is the number of prompts before it. The number is the server's: lower ones run first. The age is
the time since the submission, by the clocks of both machines.

Exit codes: 0 done, 2 the queue could not be read, 130 Ctrl-C or SIGTERM, 141 standard output was closed.";

/// A prompt in the queue.
#[derive(Debug)]
struct Row<'q> {
    item: &'q QueueItem,
    is_running: bool,
    /// The number of prompts before it.
    position: usize,
    age: Option<Duration>,
}

impl Queue {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<(), Failure> {
        stop::run(async |stop| {
            let client = Client::builder_with(&self.server.options()?).connect_lazy()?;
            let queue = stop.guard(client.queue()).await??;
            let rows = rows(&queue, SystemTime::now());
            if self.json { rows.iter().try_for_each(|row| print::json(json(row))) } else { print::line(text(&rows)) }
        })
    }
}

/// Returns the prompts in the order in which they run.
fn rows(queue: &ServerQueue, now: SystemTime) -> Vec<Row<'_>> {
    let running = queue.running.iter().map(|item| (item, true));
    let waiting = queue.pending.iter().map(|item| (item, false));
    let row = |(position, (item, is_running))| Row { item, is_running, position, age: age(item, now) };
    running.chain(waiting).enumerate().map(row).collect()
}

/// Returns the time since the submission; `None` if the server does not say, or says a time that has not come yet.
fn age(item: &QueueItem, now: SystemTime) -> Option<Duration> {
    let created = item.extra_data.get("create_time").and_then(Value::as_i128)?;
    let created = UNIX_EPOCH.checked_add(Duration::from_millis(u64::try_from(created).ok()?))?;
    now.duration_since(created).ok()
}

/// Returns the id of the client that submitted a prompt.
fn client_id(item: &QueueItem) -> Option<&str> {
    item.extra_data.get("client_id").and_then(Value::as_str)
}

fn json(row: &Row<'_>) -> Value {
    let mut map = Map::new();
    map.insert("state", if row.is_running { "running" } else { "waiting" });
    map.insert("position", Value::Int(row.position as i128));
    map.insert("number", number(row.item.number));
    map.insert("prompt_id", row.item.prompt_id.as_str());
    map.insert("client_id", client_id(row.item).map_or(Value::Null, Value::from));
    map.insert("age_seconds", row.age.map_or(Value::Null, |age| Value::Int(age.as_secs().into())));
    Value::Object(map)
}

/// Returns a table with a line for each prompt and one with the counts.
fn text(rows: &[Row<'_>]) -> String {
    if rows.is_empty() {
        return "the queue is empty".to_owned();
    }
    let waiting = rows.iter().filter(|row| !row.is_running).count();
    let mut table = vec![["state", "position", "number", "prompt", "client", "age"].map(str::to_owned)];
    table.extend(rows.iter().map(|row| {
        let state = if row.is_running { "running" } else { "waiting" };
        [
            state.to_owned(),
            row.position.to_string(),
            row.item.number.to_string(),
            escaped(&row.item.prompt_id).to_string(),
            client_id(row.item).map_or_else(|| "-".to_owned(), |id| escaped(id).to_string()),
            row.age.map_or_else(|| "-".to_owned(), short),
        ]
    }));
    let widths: Vec<usize> = (0..6)
        .map(|column| table.iter().map(|cells| cells[column].chars().count()).max().unwrap_or_default())
        .collect();
    let mut lines: Vec<String> = table
        .iter()
        .map(|cells| {
            let padded: Vec<String> =
                cells.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
            padded.join("  ").trim_end().to_owned()
        })
        .collect();
    lines.push(format!("{} running, {waiting} waiting", rows.len() - waiting));
    lines.join("\n")
}

/// Returns a duration for people, in its largest units.
fn short(age: Duration) -> String {
    let seconds = age.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::short;

    #[test]
    fn ages_are_shown_in_their_largest_units() {
        for (seconds, expected) in
            [(0, "0 s"), (59, "59 s"), (61, "1 min 1 s"), (3600, "1 h 0 min"), (90_000, "25 h 0 min")]
        {
            assert_eq!(short(Duration::from_secs(seconds)), expected);
        }
    }
}
