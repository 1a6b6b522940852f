//! Finds out whether the server was restarted since it accepted a run.
//!
//! The server has no id of its process. What it knows shows whether it is the same: other prompts that it knew before,
//! the age of its oldest job, and the numbers that its counter gives to prompts, which begins at 0.

use comfy_schema::Value;
use tokio::time::Instant;

use super::acceptance::Acceptance;
use super::error::Error;
use super::inner::Inner;
use super::json;
use super::status::{self, QueueSnapshot};

/// The process of the server, compared with the one that accepted a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Process {
    Same,
    Restarted,
    /// Nothing shows whether the server was restarted.
    Unknown,
}

/// Facts about the server process that accepted a run.
#[derive(Debug)]
pub(crate) struct ProcessMemory {
    /// How often the client had noticed a restart when the run was accepted.
    restarts: u64,
    /// How often no server had been there when the server last had the run.
    outages: u64,
    /// Another prompt that the process knew.
    witness: Option<Witness>,
    /// The number that the process's counter gave to the run.
    number: Option<i128>,
    /// The time at which the process created the run, by its own clock.
    created: Option<f64>,
}

#[derive(Debug)]
struct Witness {
    prompt_id: String,
    /// Whether the prompt had started or ended, so that only a restart or a cleared history makes the server forget it.
    is_strong: bool,
}

impl ProcessMemory {
    pub(crate) fn new(inner: &Inner, acceptance: &Acceptance) -> Self {
        let witness = inner.witness().map(|prompt_id| Witness { prompt_id, is_strong: true });
        let number = acceptance.number.as_ref().filter(|_| acceptance.is_counted).and_then(whole);
        Self { restarts: inner.restarts(), outages: inner.transport.outages(), witness, number, created: None }
    }

    /// Learns from a queue that contains the run, and therefore belongs to the process that accepted it.
    pub(crate) fn learn(&mut self, inner: &Inner, queue: &QueueSnapshot, prompt_id: &str) {
        self.outages = inner.transport.outages();
        if let Some((other, is_strong)) = queue.other(prompt_id)
            && (is_strong || !self.witness.as_ref().is_some_and(|witness| witness.is_strong))
        {
            self.witness = Some(Witness { prompt_id: other.to_owned(), is_strong });
        }
        if self.created.is_none() {
            self.created = queue.item(prompt_id).and_then(created);
        }
    }

    /// Finds out whether the server was restarted since it accepted the run, which it no longer knows.
    pub(crate) async fn compare(&self, inner: &Inner) -> Result<Process, Error> {
        if inner.restarts() > self.restarts {
            return Ok(Process::Restarted);
        }
        if let Some(witness) = &self.witness {
            let queue = inner.queue.snapshot(&inner.transport, Instant::now()).await?;
            let is_known = queue.contains(&witness.prompt_id)
                || status::history_entry(&inner.transport, &witness.prompt_id).await?.is_some();
            if is_known {
                return Ok(Process::Same);
            }
        }
        if let Some(process) = self.oldest_job(inner).await {
            return Ok(process);
        }
        let is_forgotten = self.witness.as_ref().is_some_and(|witness| witness.is_strong);
        Ok(if is_forgotten { Process::Restarted } else { Process::Unknown })
    }

    /// Returns whether no server was there since it last had the run. That a run which had started is then unknown is
    /// most likely due to a restart, but whether a run that waited was removed, it does not tell.
    pub(crate) fn had_outage(&self, inner: &Inner) -> bool {
        inner.transport.outages() > self.outages
    }

    /// Compares the oldest job that the server knows with the run. Older servers have no list of jobs, and a
    /// failure to read it proves nothing.
    async fn oldest_job(&self, inner: &Inner) -> Option<Process> {
        let own = self.created?;
        let call = inner.transport.get(["jobs"]).below_api();
        let call = call.query("sort_by", "created_at").query("sort_order", "asc").query("limit", "1");
        let response = call.json().await.ok()?;
        let job = json::array(json::get(&response, "jobs")).first()?;
        let (created, number) = (json::number(job, "create_time")?, json::get(job, "priority").and_then(whole));
        if created < own {
            return Some(Process::Same);
        }
        // Without a restart, later prompts have higher numbers. Prompts with a number of their own, or in front, have
        // fractions or negative numbers.
        let is_lower = (0..self.number?).contains(&number?);
        (created > own && is_lower).then_some(Process::Restarted)
    }
}

/// Returns a number that is written as an integer, as those of the server's counter are.
fn whole(number: &Value) -> Option<i128> {
    match number {
        Value::Int(number) => Some(*number),
        _ => None,
    }
}

/// Returns the time at which the server created a prompt, in milliseconds, from its item in the queue.
fn created(item: &Value) -> Option<f64> {
    json::number(json::array(Some(item)).get(3)?, "create_time")
}
