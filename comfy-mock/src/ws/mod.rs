//! The messages over the sockets, and their delivery.

mod frame;
mod hub;

pub(crate) use frame::{Frame, ImageFormat};
pub(crate) use hub::{Command, CommandQueue, Hub, To};
