//! The list of jobs, which combines the queue and the history: `/api/jobs`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use comfy_schema::{Map, Value};

use super::object;
use crate::client::cancel::is_cancelled;
use crate::client::error::Error;
use crate::client::shape;
use crate::client::{Client, json};

/// The status of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JobStatus {
    /// The job waits in the queue.
    Pending,
    /// The job runs.
    InProgress,
    /// The job succeeded.
    Completed,
    /// A node failed.
    Failed,
    /// The job was interrupted.
    Cancelled,
}

impl JobStatus {
    const ALL: [Self; 5] = [Self::Pending, Self::InProgress, Self::Completed, Self::Failed, Self::Cancelled];

    /// Returns the server's name for the status.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

impl fmt::Display for JobStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for JobStatus {
    type Err = UnknownJobStatus;

    fn from_str(name: &str) -> Result<Self, UnknownJobStatus> {
        Self::from_name(name).ok_or_else(|| UnknownJobStatus(name.to_owned()))
    }
}

/// The error for a name that is not a [`JobStatus`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownJobStatus(String);

impl fmt::Display for UnknownJobStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = JobStatus::ALL.map(JobStatus::as_str).join(", ");
        write!(f, "unknown job status {:?}; expected one of {known}", self.0)
    }
}

impl std::error::Error for UnknownJobStatus {}

/// The key by which jobs are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum JobSort {
    /// The time of submission.
    #[default]
    CreatedAt,
    /// The duration of the run.
    ExecutionDuration,
}

/// The order in which jobs are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum JobOrder {
    /// The oldest or shortest job first.
    Ascending,
    /// The newest or longest job first.
    #[default]
    Descending,
}

/// A query for [`Client::jobs`].
///
/// ```
/// use comfy_runtime::client::{JobOrder, JobQuery, JobStatus};
///
/// let oldest_failed = JobQuery::new().status(JobStatus::Failed).order(JobOrder::Ascending).limit(10);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "a query does nothing unless it is given to `Client::jobs`"]
pub struct JobQuery {
    status: Vec<JobStatus>,
    workflow_id: Option<String>,
    sort_by: JobSort,
    order: JobOrder,
    limit: Option<u32>,
    offset: Option<u32>,
}

impl JobQuery {
    /// Creates a query for all jobs, newest first.
    pub fn new() -> Self {
        Self::default()
    }

    /// Selects the jobs of this status. Further calls add more statuses.
    pub fn status(mut self, status: JobStatus) -> Self {
        self.status.push(status);
        self
    }

    /// Selects the jobs whose `extra_data.extra_pnginfo.workflow.id` equals `id`.
    pub fn workflow_id(mut self, id: impl Into<String>) -> Self {
        self.workflow_id = Some(id.into());
        self
    }

    /// Sets the key by which the jobs are sorted; defaults to the time of submission.
    pub fn sort_by(mut self, sort_by: JobSort) -> Self {
        self.sort_by = sort_by;
        self
    }

    /// Sets the order; defaults to the newest or longest job first.
    pub fn order(mut self, order: JobOrder) -> Self {
        self.order = order;
        self
    }

    /// Limits the number of jobs, which must be at least 1.
    pub fn limit(mut self, jobs: u32) -> Self {
        self.limit = Some(jobs);
        self
    }

    /// Skips this number of jobs.
    pub fn offset(mut self, jobs: u32) -> Self {
        self.offset = Some(jobs);
        self
    }
}

/// A page of jobs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Jobs {
    /// The jobs of the page.
    pub jobs: Vec<Job>,
    /// The number of jobs on all pages.
    pub total: u64,
    /// Whether more jobs follow.
    pub has_more: bool,
    /// The rest of the response, without the jobs.
    pub raw: Value,
}

/// A prompt in the list of jobs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Job {
    /// The prompt id.
    pub id: String,
    /// The status; `None` for one that this client does not know, which is in `raw`.
    pub status: Option<JobStatus>,
    /// The number in the queue; lower numbers run first.
    pub priority: Option<f64>,
    /// The time of submission, in milliseconds since 1970.
    pub create_time: Option<u64>,
    /// The time of the start, in milliseconds since 1970.
    pub execution_start_time: Option<u64>,
    /// The time of the end, in milliseconds since 1970.
    pub execution_end_time: Option<u64>,
    /// The number of results; 0 while the job waits or runs.
    pub outputs_count: u64,
    /// The result that represents the job: a file, or a text in `content`.
    pub preview_output: Option<Value>,
    /// The id of the UI-format workflow, if one was attached.
    pub workflow_id: Option<String>,
    /// The data of `execution_error`, after a failure.
    pub execution_error: Option<Value>,
    /// The outputs as in the history. Only [`Client::job`] returns them, for a job that has ended.
    pub outputs: Option<Map>,
    /// The whole response as the server sent it.
    pub raw: Value,
}

impl Job {
    fn read(raw: Value) -> Self {
        let value = |key| json::get(&raw, key).filter(|value| !value.is_null()).cloned();
        Self {
            id: json::string(&raw, "id").unwrap_or_default(),
            status: json::text(&raw, "status").and_then(JobStatus::from_name),
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

    /// Returns how long the job ran, if it has ended.
    pub fn duration(&self) -> Option<Duration> {
        let (start, end) = (self.execution_start_time?, self.execution_end_time?);
        Some(Duration::from_millis(end.saturating_sub(start)))
    }
}

impl Client {
    /// Returns the jobs that wait, run or have ended, filtered and sorted (`GET /api/jobs`).
    ///
    /// # Errors
    ///
    /// Returns [`Error::Status`] with status 500 if the server knows a prompt whose `extra_pnginfo`, or the `workflow`
    /// in it, is `null`, which is an error of the server. Otherwise fails as [every
    /// route](crate::client::routes#errors) does.
    pub async fn jobs(&self, query: &JobQuery) -> Result<Jobs, Error> {
        let statuses: Vec<&str> = query.status.iter().map(|status| status.as_str()).collect();
        let sort_by = matches!(query.sort_by, JobSort::ExecutionDuration).then_some("execution_duration");
        let sort_order = matches!(query.order, JobOrder::Ascending).then_some("asc");
        let call = self
            .inner
            .transport
            .get(["jobs"])
            .below_api()
            .query_opt("status", (!statuses.is_empty()).then(|| statuses.join(",")))
            .query_opt("workflow_id", query.workflow_id.as_ref())
            .query_opt("sort_by", sort_by)
            .query_opt("sort_order", sort_order)
            .query_opt("limit", query.limit)
            .query_opt("offset", query.offset);
        let (name, expected) = (call.name(), "an object with the array `jobs`");
        let mut response = object(&name, shape::with(&name, call.json().await?, "jobs", shape::is_array, expected)?)?;
        let jobs = match response.remove("jobs") {
            Some(Value::Array(jobs)) => jobs.into_iter().map(Job::read).collect(),
            _ => Vec::new(),
        };
        let raw = Value::Object(response);
        let pages = json::get(&raw, "pagination").unwrap_or(&Value::Null);
        Ok(Jobs {
            jobs,
            total: json::whole(pages, "total").unwrap_or_default(),
            has_more: json::get(pages, "has_more").and_then(Value::as_bool).unwrap_or_default(),
            raw,
        })
    }

    /// Returns one job with its outputs; `None` if it is unknown or if the server has no list of jobs
    /// (`GET /api/jobs/{job_id}`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn job(&self, prompt_id: &str) -> Result<Option<Job>, Error> {
        let call = self.inner.transport.get(["jobs", prompt_id]).below_api();
        let (name, expected) = (call.name(), "an object with the string `id`");
        match call.json().await {
            Ok(job) => shape::with(&name, job, "id", shape::is_string, expected).map(|job| Some(Job::read(job))),
            Err(Error::Status { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Cancels these prompts, whether they wait or run (`POST /api/jobs/cancel`). Returns whether at least one was
    /// cancelled.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Status`] with status 400 if an id is not a UUID; then nothing is cancelled. Otherwise fails as
    /// [every route](crate::client::routes#errors) does.
    pub async fn cancel_many(&self, prompt_ids: impl IntoIterator<Item = impl AsRef<str>>) -> Result<bool, Error> {
        let ids = prompt_ids.into_iter().map(|id| Value::from(id.as_ref())).collect();
        let body = json::object([("job_ids", ids)]);
        let call = self.inner.transport.post(["jobs", "cancel"]).below_api().json_body(&body).repeatable();
        let (name, response) = (call.name(), call.json().await?);
        is_cancelled(&name, &response)
    }
}
