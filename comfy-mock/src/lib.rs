//! A stand-in for a ComfyUI server, to develop and test against where there is no GPU.
//!
//! The server has the routes of a real one, rejects the prompts that a real one rejects, sends the same events in the
//! same order, and saves pictures: soft gradients of the size that the workflow asks for. Nothing takes time, unless
//! the server is given a [`Timing`].
//!
//! ```
//! use comfy_mock::Server;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), comfy_mock::Error> {
//! let server = Server::spawn().await?;
//! // Point the client under test at `server.url()`, then look at what it did.
//! assert_eq!(server.count("POST /prompt"), 0);
//!
//! // Inject faults.
//! server.node("KSampler").fail("CUDA out of memory");
//! server.faults().drop_end_event();
//! # server.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! The server behaves as ComfyUI 0.26.0 does, except that it computes nothing. A node passes on only the size and the
//! number of its pictures, and a seed for their colours. The seed is derived from the node and everything before it, so
//! that the same prompt produces the same picture, and another seed produces another.
//!
//! # Features
//!
//! * `embedded-schema`, on by default: embeds the node definitions of ComfyUI 0.26.0 in the library. The server uses
//!   them unless [`Server::builder`] is given others, so that tests need no file.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod controls;
mod definitions;
mod error;
mod execute;
mod faults;
mod json;
mod limits;
mod log;
mod media;
mod queue;
mod requests;
mod route;
mod routes;
mod server;
mod state;
mod storage;
mod sync;
mod timing;
mod ws;

pub use builder::ServerBuilder;
pub use comfy_schema::{Map, Value};
pub use controls::NodeControl;
pub use error::Error;
pub use faults::{EventFault, EventMatch, Faults, HttpFault};
pub use requests::Request;
pub use server::Server;
pub use timing::Timing;

#[cfg(test)]
mod tests {
    use super::*;

    const fn assert_send_sync<T: Send + Sync + 'static>() {}

    #[test]
    fn types_are_send_and_sync() {
        assert_send_sync::<Server>();
        assert_send_sync::<ServerBuilder>();
        assert_send_sync::<NodeControl>();
        assert_send_sync::<Error>();
    }
}
