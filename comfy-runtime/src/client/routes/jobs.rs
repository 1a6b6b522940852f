//! `/api/jobs`: queue and history in one list.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use comfy_schema::{Map, Value};

use super::{object, unexpected};
use crate::client::error::Error;
use crate::client::{Client, json};

/// Where a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JobStatus {
    /// It waits.
    Pending,
    /// It runs.
    InProgress,
    /// It succeeded.
    Completed,
    /// A node failed.
    Failed,
    /// It was interrupted.
    Cancelled,
}

impl JobStatus {
    const ALL: [Self; 5] = [Self::Pending, Self::InProgress, Self::Completed, Self::Failed, Self::Cancelled];

    /// The server's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

impl fmt::Display for JobStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for JobStatus {
    type Err = UnknownJobStatus;

    fn from_str(word: &str) -> Result<Self, UnknownJobStatus> {
        Self::of(word).ok_or_else(|| UnknownJobStatus(word.to_owned()))
    }
}

/// A word that is no status of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownJobStatus(String);

impl fmt::Display for UnknownJobStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = JobStatus::ALL.map(JobStatus::as_str).join(", ");
        write!(f, "there is no job status {:?}; there are {known}", self.0)
    }
}

impl std::error::Error for UnknownJobStatus {}

/// By what jobs are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum JobSort {
    /// When they were submitted.
    #[default]
    CreatedAt,
    /// How long they ran.
    ExecutionDuration,
}

/// Which jobs come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum JobOrder {
    /// The oldest, the shortest.
    Ascending,
    /// The newest, the longest.
    #[default]
    Descending,
}

/// Which jobs to list, and in which order: [`Client::jobs`].
///
/// ```
/// use comfy_runtime::client::{JobOrder, JobQuery, JobStatus};
///
/// let oldest_failed = JobQuery::new().status(JobStatus::Failed).order(JobOrder::Ascending).limit(10);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "it asks nothing by itself: `client.jobs(&query)`"]
pub struct JobQuery {
    status: Vec<JobStatus>,
    workflow_id: Option<String>,
    sort_by: JobSort,
    order: JobOrder,
    limit: Option<u32>,
    offset: Option<u32>,
}

impl JobQuery {
    /// All jobs, newest first.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those of this status. Said again, those of this one too.
    pub fn status(mut self, status: JobStatus) -> Self {
        self.status.push(status);
        self
    }

    /// Only those whose `extra_data.extra_pnginfo.workflow.id` is this.
    pub fn workflow_id(mut self, id: impl Into<String>) -> Self {
        self.workflow_id = Some(id.into());
        self
    }

    /// By what they are sorted: when they were submitted if not said.
    pub fn sort_by(mut self, sort_by: JobSort) -> Self {
        self.sort_by = sort_by;
        self
    }

    /// Which come first: the newest or longest if not said.
    pub fn order(mut self, order: JobOrder) -> Self {
        self.order = order;
        self
    }

    /// At most so many, from 1.
    pub fn limit(mut self, jobs: u32) -> Self {
        self.limit = Some(jobs);
        self
    }

    /// Skips the first so many.
    pub fn offset(mut self, jobs: u32) -> Self {
        self.offset = Some(jobs);
        self
    }
}

/// A page of jobs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Jobs {
    /// The jobs.
    pub jobs: Vec<Job>,
    /// How many there are in all.
    pub total: u64,
    /// Whether others follow.
    pub has_more: bool,
    /// All that the server said besides the jobs.
    pub raw: Value,
}

/// A prompt as a job.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Job {
    /// The prompt id.
    pub id: String,
    /// Where it is; `None` for a word that is not known here, which `raw` has.
    pub status: Option<JobStatus>,
    /// Its number in the queue.
    pub priority: Option<f64>,
    /// When it was submitted, in milliseconds since 1970.
    pub create_time: Option<u64>,
    /// When it began, in milliseconds since 1970.
    pub execution_start_time: Option<u64>,
    /// When it ended, in milliseconds since 1970.
    pub execution_end_time: Option<u64>,
    /// How many results it has; 0 as long as it waits or runs.
    pub outputs_count: u64,
    /// The result that stands for it: a file, or a text in `content`.
    pub preview_output: Option<Value>,
    /// The id of the editor's workflow, if one was sent along.
    pub workflow_id: Option<String>,
    /// What failed: the data of `execution_error`.
    pub execution_error: Option<Value>,
    /// Its results, as the history has them. Only of a single job that ended.
    pub outputs: Option<Map>,
    /// All that the server said.
    pub raw: Value,
}

impl Job {
    fn read(raw: Value) -> Self {
        let value = |key| json::get(&raw, key).filter(|value| !value.is_null()).cloned();
        Self {
            id: json::string(&raw, "id").unwrap_or_default(),
            status: json::text(&raw, "status").and_then(JobStatus::of),
            priority: json::number(&raw, "priority"),
            create_time: json::whole(&raw, "create_time"),
            execution_start_time: json::whole(&raw, "execution_start_time"),
            execution_end_time: json::whole(&raw, "execution_end_time"),
            outputs_count: json::whole(&raw, "outputs_count").unwrap_or_default(),
            preview_output: value("preview_output"),
            workflow_id: json::string(&raw, "workflow_id"),
            execution_error: value("execution_error"),
            outputs: json::get(&raw, "outputs").and_then(Value::as_object).cloned(),
            raw,
        }
    }

    /// How long it ran, if it ended.
    pub fn duration(&self) -> Option<Duration> {
        let (start, end) = (self.execution_start_time?, self.execution_end_time?);
        Some(Duration::from_millis(end.saturating_sub(start)))
    }
}

impl Client {
    /// `GET /api/jobs`: what waits, runs and ended, filtered and sorted.
    ///
    /// # Errors
    ///
    /// [`Error::Status`] 500 if a prompt was submitted whose `extra_pnginfo` or its `workflow` is `null`: the
    /// server trips over it.
    pub async fn jobs(&self, query: &JobQuery) -> Result<Jobs, Error> {
        let words: Vec<&str> = query.status.iter().map(|status| status.as_str()).collect();
        let sort_by = matches!(query.sort_by, JobSort::ExecutionDuration).then_some("execution_duration");
        let sort_order = matches!(query.order, JobOrder::Ascending).then_some("asc");
        let call = self
            .inner
            .transport
            .get(["jobs"])
            .api()
            .maybe("status", (!words.is_empty()).then(|| words.join(",")))
            .maybe("workflow_id", query.workflow_id.as_ref())
            .maybe("sort_by", sort_by)
            .maybe("sort_order", sort_order)
            .maybe("limit", query.limit)
            .maybe("offset", query.offset);
        let name = call.name();
        let mut answer = object(&name, call.json().await?)?;
        let jobs = match answer.remove("jobs") {
            Some(Value::Array(jobs)) => jobs.into_iter().map(Job::read).collect(),
            other => return Err(unexpected(&name, &other.unwrap_or(Value::Null), "a list of jobs")),
        };
        let raw = Value::Object(answer);
        let pages = json::get(&raw, "pagination").unwrap_or(&Value::Null);
        Ok(Jobs {
            jobs,
            total: json::whole(pages, "total").unwrap_or_default(),
            has_more: json::get(pages, "has_more").and_then(Value::as_bool).unwrap_or_default(),
            raw,
        })
    }

    /// `GET /api/jobs/{job_id}`: one prompt, its results included; `None` if it is not known, or if the server has no
    /// jobs.
    pub async fn job(&self, prompt_id: &str) -> Result<Option<Job>, Error> {
        match self.inner.transport.get(["jobs", prompt_id]).api().json().await {
            Ok(job) => Ok(Some(Job::read(job))),
            Err(Error::Status { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// `POST /api/jobs/cancel`: cancels these prompts, whether they wait or run; whether one of them did.
    ///
    /// # Errors
    ///
    /// [`Error::Status`] 400 if an id is not a UUID; then nothing is cancelled.
    pub async fn cancel_many(&self, prompt_ids: impl IntoIterator<Item = impl AsRef<str>>) -> Result<bool, Error> {
        let ids = prompt_ids.into_iter().map(|id| Value::from(id.as_ref())).collect();
        let body = json::object([("job_ids", ids)]);
        let answer = self.inner.transport.post(["jobs", "cancel"]).api().json_body(&body).repeatable().json().await?;
        Ok(json::get(&answer, "cancelled").and_then(Value::as_bool).unwrap_or_default())
    }
}
