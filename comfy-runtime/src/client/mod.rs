//! The client for a ComfyUI server: HTTP and WebSocket, and runs that are never lost.
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
//! Every run that was submitted ends in exactly one [`Ending`], and in the true one: what the WebSocket says is a hint,
//! the server's queue and history decide. When the socket is silent, closed or late, the client asks them.
//!
//! # Public dependencies
//!
//! Types of these crates are part of the interface, and only these: `bytes` 1 ([`Bytes`]), `uuid` 1 ([`Uuid`]),
//! `futures-core` 0.3 (`Stream`, which [`Events`] and [`Download`] implement), `serde` 1 and `serde_json` 1 (of
//! [`Workflow`]). [`comfy_schema`] is re-exported whole.

mod authority;
mod builder;
mod download;
mod drift;
mod ending;
mod error;
mod event;
mod file;
mod follow;
mod frame;
mod hub;
mod inner;
mod json;
mod mailbox;
mod origin;
mod outputs;
mod preflight;
mod rejection;
pub mod routes;
mod run;
mod secret;
mod socket;
mod submit;
mod tracker;
mod transport;
mod upload;

use std::fmt;
use std::sync::Arc;

pub use builder::ClientBuilder;
pub use bytes::Bytes;
pub use comfy_schema::validate::{NodeErrorKind, RequestErrorKind};
// Not the whole crate: it has an `Input` too, and rustc would write both in full in its messages.
pub use comfy_schema::drift::Finding;
pub use comfy_schema::{Map, Schema, Value};
pub use download::Download;
pub use drift::Drift;
pub use ending::{Ending, ExecutionError, Interruption, Lost, LostWhy, Stalled};
pub use error::{Error, TransportError};
pub use event::{Event, Preview};
pub use file::OutputFile;
pub use frame::PreviewFormat;
pub use mailbox::Events;
pub use origin::{NodeInfo, NodeKey};
pub use outputs::{Done, FileKind};
pub use preflight::{Doubt, Preflight, PreflightWarning};
pub use rejection::{Dropped, InputProblem, NodeProblem, Rejection};
#[doc(inline)]
pub use routes::{Channel, HistoryQuery, JobOrder, JobQuery, JobSort, JobStatus, View};
pub use run::Run;
pub use submit::{Accepted, Submission};
pub use upload::{Upload, Uploaded};
pub use uuid::Uuid;

use hub::Hub;
use inner::Inner;

use crate::workflow::Workflow;

/// A connection to a ComfyUI server. Cheap to clone; clones share the connection.
///
/// It has one WebSocket, on which any number of runs are followed, and is to be used inside a tokio runtime.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

impl Client {
    /// Connects to the server at a URL, such as `http://127.0.0.1:8188`.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`] if the URL cannot be one, [`Error::Socket`] if no ComfyUI server answers there.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub async fn connect(url: impl Into<String>) -> Result<Self, Error> {
        Self::builder(url).connect().await
    }

    /// A client that is set up in more detail.
    pub fn builder(url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(url)
    }

    async fn open(builder: ClientBuilder) -> Result<Self, Error> {
        let transport = Arc::new(builder.transport()?);
        let client_id = builder.client_id.unwrap_or_else(|| uuid::Uuid::new_v4().simple().to_string());
        let socket = socket::open(&transport, &client_id).await?;
        let hub = Arc::new(Hub::new());
        let keys = (builder.api_key, builder.auth_token);
        let inner = Inner::new(Arc::clone(&transport), Arc::clone(&hub), client_id.clone(), keys);
        hub.opened();
        tokio::spawn(socket::keep(hub, transport, client_id, socket));
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The id under which the server sends events to this client.
    pub fn client_id(&self) -> &str {
        &self.inner.client_id
    }

    /// Submits a workflow and waits for its end.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] and [`Error::Partial`] if the server finds something wrong with it, and what
    /// [`Run::finish`] gives.
    pub async fn run<T>(&self, workflow: &Workflow<T>) -> Result<Done, Error> {
        self.submission(workflow).run().await
    }

    /// Submits a workflow; the run is followed in the background.
    ///
    /// # Errors
    ///
    /// As [`Submission::submit`].
    pub async fn submit<T>(&self, workflow: &Workflow<T>) -> Result<Accepted, Error> {
        self.submission(workflow).submit().await
    }

    /// A workflow to be submitted in another way than the usual one.
    pub fn submission<T>(&self, workflow: &Workflow<T>) -> Submission<'_> {
        Submission::new(&self.inner, workflow)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("client_id", &self.inner.client_id).finish_non_exhaustive()
    }
}
