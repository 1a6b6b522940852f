//! Messages over the sockets, and who gets them.

mod frame;
mod hub;

pub(crate) use frame::{Frame, ImageFormat};
pub(crate) use hub::{Command, CommandQueue, Hub, To};
