//! The client for a ComfyUI server: HTTP, WebSocket, and runs that are followed to their end.
//!
//! ```no_run
//! use comfy_runtime::Client;
//! # async fn example(workflow: comfy_runtime::Workflow<comfy_runtime::NodeRef>) -> Result<(), comfy_runtime::client::Error> {
//! let client = Client::connect("http://127.0.0.1:8188").await?;
//! let done = client.run(&workflow).await?;
//! for image in done.images(&workflow.outputs)? {
//!     image.save_to("out").await?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Every submitted run ends in exactly one [`Ending`]. Events of the WebSocket are only hints; the server's queue and
//! history decide how a run ended. The client asks them whenever the WebSocket is silent, closed or late.
//!
//! # Public dependencies
//!
//! The interface contains types of these crates and of no others: `bytes` 1 ([`Bytes`]), `uuid` 1 ([`Uuid`]),
//! `futures-core` 0.3 (the trait `Stream`, which [`Events`] and [`Download`] implement), `serde` 1 and `serde_json` 1
//! (through [`Workflow`]), and [`comfy_schema`], which has the version of this crate.

mod acceptance;
mod attach;
mod attempts;
mod beginning;
mod builder;
mod call;
mod call_name;
mod cancel;
mod check_drift;
mod collecting;
mod comparison;
mod connect;
mod content;
mod difference;
mod download;
mod drift;
mod ending;
mod error;
mod event;
mod file;
mod find;
mod follow;
mod frame;
#[cfg(feature = "__fuzz")]
#[doc(hidden)]
pub mod fuzz;
mod halves;
mod http;
mod hub;
mod inner;
mod json;
mod json_fault;
mod json_reader;
mod limits;
mod mailbox;
mod no_results;
mod origin;
mod outputs;
mod preflight;
mod process;
mod prompt;
mod prompt_ids;
mod redirect;
mod rejection;
mod reported;
mod response;
mod resubmit;
mod resume;
mod retry_after;
pub mod routes;
mod run;
mod save;
mod selection;
mod shape;
mod socket;
mod status;
mod strays;
mod submit;
mod tracker;
mod transport;
mod upload;
mod version;
mod words;

use std::fmt;
use std::sync::Arc;

pub use crate::key::{NodeKey, UnknownNode};
#[doc(hidden)]
pub use attempts::Attempts;
pub use builder::ClientBuilder;
pub use bytes::Bytes;
pub use comfy_schema::drift::Finding;
pub use comfy_schema::server::{Secret, ServerOptions};
pub use comfy_schema::validate::{NodeErrorKind, RequestErrorKind, Unverifiable, UnverifiableKind};
pub use comfy_schema::{Map, NodeDef, Schema, Value};
pub use difference::{Difference, DifferenceKind};
pub use download::Download;
pub use drift::Drift;
pub use ending::{Deletion, Ending, ExecutionError, Interruption, LostReason, LostRun, Stalled};
pub use error::{Error, TransportError};
pub use event::{Event, Preview};
pub use file::{FileKind, OutputFile};
pub use frame::PreviewFormat;
pub use mailbox::Events;
pub use no_results::{NoResults, NoResultsReason};
pub use origin::NodeInfo;
pub use outputs::Done;
pub use preflight::{Preflight, PreflightCheck, PreflightWarning};
pub use rejection::{DroppedOutputs, InputProblem, NodeProblem, Rejection};
#[doc(inline)]
pub use routes::{Channel, HistoryQuery, JobOrder, JobQuery, JobSort, JobStatus, View};
pub use run::Run;
pub use save::{SaveReport, Saver, remove_unfinished};
pub use submit::{Accepted, Submission};
pub use upload::{Upload, Uploaded};
pub use uuid::Uuid;

use crate::workflow::Workflow;
use inner::Inner;

/// A connection to a ComfyUI server. It is cheap to clone, and clones share the connection.
///
/// A client has one WebSocket, over which it follows any number of runs. It must be used inside a tokio runtime.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

impl Client {
    /// Returns the id under which the server sends events to this client.
    pub fn client_id(&self) -> &str {
        &self.inner.client_id
    }

    /// Returns whether the server has a usable WebSocket, as far as is known.
    ///
    /// It is false after the server, or a proxy in front of it, refused to open one. Runs are then polled: all endings
    /// are reported, but no progress and no previews. The client continues to try, at most once a minute.
    pub fn has_websocket(&self) -> bool {
        !self.inner.hub.connection().is_refused
    }

    /// Returns why the WebSocket is closed; `None` while it is open, and before the first attempt to open it.
    pub fn websocket_error(&self) -> Option<String> {
        let connection = self.inner.hub.connection();
        (connection.was_tried && !connection.is_open).then_some(connection.reason)
    }

    /// Submits a workflow and waits for the run to end.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Submission::run`]: among them [`Error::Rejected`] and [`Error::Partial`] if the workflow
    /// is invalid on this server.
    pub async fn run<T>(&self, workflow: &Workflow<T>) -> Result<Done, Error> {
        self.submission(workflow).run().await
    }

    /// Submits a workflow; the run is followed in the background.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Submission::submit`].
    pub async fn submit<T>(&self, workflow: &Workflow<T>) -> Result<Accepted, Error> {
        self.submission(workflow).submit().await
    }

    /// Returns a submission of the workflow, which has options such as the position in the queue.
    pub fn submission<T>(&self, workflow: &Workflow<T>) -> Submission<'_> {
        Submission::new(&self.inner, workflow)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("client_id", &self.inner.client_id).finish_non_exhaustive()
    }
}
