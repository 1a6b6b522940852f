//! The routes of jobs: `/api/jobs`.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use comfy_schema::validate::is_canonical_uuid;
use comfy_schema::{Text, Value};

use super::job::{Job, NullWorkflow};
use super::reply;
use super::request::{Body, Query};
use crate::json::{map, object};
use crate::state::Shared;
use crate::sync::lock;

const STATUSES: [&str; 5] = ["pending", "in_progress", "completed", "failed", "cancelled"];

/// The query of `GET /api/jobs`.
struct JobQuery {
    statuses: Option<Vec<String>>,
    workflow_id: Option<String>,
    by_duration: bool,
    ascending: bool,
    limit: Option<usize>,
    offset: usize,
}

impl JobQuery {
    fn parse(query: &Query) -> Result<Self, String> {
        let statuses = query.get("status").filter(|text| !text.is_empty()).map(|text| {
            text.split(',').map(|word| word.trim().to_lowercase()).filter(|word| !word.is_empty()).collect::<Vec<_>>()
        });
        let unknown: Vec<&str> =
            statuses.iter().flatten().map(String::as_str).filter(|word| !STATUSES.contains(word)).collect();
        if !unknown.is_empty() {
            return Err(format!(
                "Invalid status value(s): {}. Valid values: {}",
                unknown.join(", "),
                STATUSES.join(", ")
            ));
        }
        let one_of = |name: &str, words: [&str; 2], default: usize| {
            let Some(word) = query.get(name).map(|word| word.to_lowercase()) else { return Ok(default) };
            words
                .iter()
                .position(|known| *known == word)
                .ok_or_else(|| format!("{name} must be one of {}", words.join(", ")))
        };
        let number = |name: &str| {
            let text = query.get(name);
            text.map(|text| text.trim().parse::<i64>().map_err(|_| format!("{name} must be an integer"))).transpose()
        };
        let by_duration = one_of("sort_by", ["created_at", "execution_duration"], 0)? == 1;
        let ascending = one_of("sort_order", ["asc", "desc"], 1)? == 0;
        let limit = number("limit")?;
        if limit.is_some_and(|limit| limit <= 0) {
            return Err("limit must be a positive integer".to_owned());
        }
        Ok(Self {
            statuses,
            workflow_id: query.get("workflow_id"),
            by_duration,
            ascending,
            limit: limit.and_then(|limit| usize::try_from(limit).ok()),
            offset: usize::try_from(number("offset")?.unwrap_or(0)).unwrap_or(0),
        })
    }

    fn matches(&self, job: &Job) -> bool {
        self.statuses
            .as_ref()
            .is_none_or(|statuses| statuses.is_empty() || statuses.iter().any(|status| status == job.status))
            && self.workflow_id.as_deref().is_none_or(|id| job.workflow_id.as_ref().and_then(Value::as_str) == Some(id))
    }
}

/// Handles `GET /api/jobs`.
pub(crate) async fn list(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    let query = match JobQuery::parse(&Query::of(query.as_deref())) {
        Ok(query) => query,
        Err(error) => return reply::error(400, &error),
    };
    let Ok(jobs) = all(&shared) else { return reply::internal_error() };
    let mut jobs: Vec<Job> = jobs.into_iter().filter(|job| query.matches(job)).collect();
    let key = |job: &Job| if query.by_duration { job.duration } else { job.create_time };
    jobs.sort_by(|a, b| if query.ascending { key(a).total_cmp(&key(b)) } else { key(b).total_cmp(&key(a)) });
    let total = jobs.len();
    let page = jobs.iter().skip(query.offset).take(query.limit.unwrap_or(usize::MAX));
    let page: Vec<Value> = page.map(Job::to_value).collect();
    let pagination = object([
        ("offset", Value::from(query.offset)),
        ("limit", query.limit.into()),
        ("total", Value::from(total)),
        ("has_more", Value::Bool(query.offset + page.len() < total)),
    ]);
    reply::json(&object([("jobs", Value::Array(page)), ("pagination", pagination)]))
}

fn all(shared: &Shared) -> Result<Vec<Job>, NullWorkflow> {
    let queue = lock(&shared.queue);
    let running = queue.running().into_iter().map(|item| Job::queued(item, "in_progress"));
    let pending = queue.pending().iter().map(|item| Job::queued(item, "pending"));
    let ended = queue.history.iter().map(|entry| Job::ended(entry, false));
    running.chain(pending).chain(ended).collect()
}

/// Handles `GET /api/jobs/{job_id}`.
pub(crate) async fn show(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let queue = lock(&shared.queue);
    let job = match (queue.queued(&id), queue.entry(&id)) {
        (Some((status, item)), _) => Job::queued(item, status),
        (None, Some(entry)) => Job::ended(&entry, true),
        (None, None) => return reply::error(404, "Job not found"),
    };
    drop(queue);
    job.map_or_else(|_| reply::internal_error(), |job| reply::json(&job.to_value()))
}

/// Handles `POST /api/jobs/{job_id}/cancel`.
pub(crate) async fn cancel(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let cancelled = cancel_one(&shared, &id);
    reply::json(&object([("cancelled", Value::Bool(cancelled))]))
}

/// Handles `POST /api/jobs/cancel`.
pub(crate) async fn cancel_all(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    let Ok(request) = Value::parse(&body.0) else { return reply::error(400, "Invalid JSON body") };
    let ids = request.as_object().and_then(|request| request.get("job_ids")).and_then(Value::as_array);
    let Some(ids) = ids else { return reply::error(400, "job_ids must be an array") };
    let (good, bad): (Vec<&Value>, Vec<&Value>) = ids.iter().partition(|id| id.as_str().is_some_and(is_canonical_uuid));
    if !bad.is_empty() {
        let bad: Value = bad.into_iter().cloned().collect();
        let error = map([("error", Value::from("job_ids must be UUIDs")), ("invalid_ids", bad)]);
        return reply::json_with(400, &Value::Object(error));
    }
    let ids: Vec<Text> = good.iter().filter_map(|id| id.as_str()).map(Text::new).collect();
    // Unlike `any`, `count` cancels all prompts.
    let cancelled = ids.iter().filter(|id| cancel_one(&shared, id)).count() > 0;
    reply::json(&object([("cancelled", Value::Bool(cancelled))]))
}

fn cancel_one(shared: &Shared, id: &str) -> bool {
    let mut queue = lock(&shared.queue);
    let interrupted = queue.interrupt(Some(id));
    let deleted = !interrupted && queue.delete(id);
    drop(queue);
    if deleted {
        shared.queue_changed();
    }
    shared.notify_change();
    interrupted || deleted
}
