//! A ComfyUI server to develop and test against where there is no GPU.
//!
//! It has the routes of a real server, rejects what a real server rejects, sends the same events in the same order,
//! and leaves pictures: soft gradients of the size that the workflow says. Everything that takes hours there takes
//! no time here, unless it is [told to](Timing).
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
//! // Let things go wrong.
//! server.node("KSampler").fail("CUDA out of memory");
//! server.faults().drop_end_event();
//! # server.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! What it does is what ComfyUI 0.26.0 does. What it does not: compute anything. A node passes on how large its
//! pictures are, how many, and a number from which their colours come; that is a function of everything before it, so
//! the same prompt gives the same picture and another seed gives another.
//!
//! # Features
//!
//! * `embedded-schema`, on by default: the node definitions of ComfyUI 0.26.0 inside the library, which
//!   [`Server::builder`] and `Server::spawn` take unless they are given others.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod controls;
mod definitions;
mod error;
mod execute;
mod faults;
mod json;
mod log;
mod media;
mod queue;
mod routes;
mod seen;
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
pub use seen::Request;
pub use server::Server;
pub use timing::Timing;

#[cfg(test)]
mod tests {
    use super::*;

    const fn goes_to_other_threads<T: Send + Sync + 'static>() {}

    #[test]
    fn types_go_to_other_threads() {
        goes_to_other_threads::<Server>();
        goes_to_other_threads::<ServerBuilder>();
        goes_to_other_threads::<NodeControl>();
        goes_to_other_threads::<Error>();
    }
}
