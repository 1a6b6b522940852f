//! The connected sockets, and the delivery of frames to them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use comfy_schema::Value;
use tokio::sync::{Notify, mpsc, watch};

use super::Frame;
use crate::faults::{EventFault, Faults};
use crate::limits::MAX_QUEUED_BYTES;
use crate::sync::lock;

/// The receivers of a frame.
#[derive(Debug, Clone, Copy)]
pub(crate) enum To<'a> {
    All,
    Client(&'a str),
}

/// A command to the task that serves a socket.
#[derive(Debug)]
pub(crate) enum Command {
    Send(Frame),
    Wait(Duration),
    Drop,
}

/// The socket that is registered for a client id.
#[derive(Debug)]
struct Socket {
    commands: mpsc::UnboundedSender<Command>,
    queued_bytes: Arc<AtomicUsize>,
    overrun: Arc<Notify>,
    /// The commands that [`EventFault::Swap`] holds back until after the next frame.
    held: Mutex<Vec<Command>>,
    /// Whether the client accepts previews with metadata.
    metadata: bool,
    /// Whether the client subscribed to the log.
    logs: bool,
}

/// The receiving end of a socket's commands, for the task that serves the socket.
#[derive(Debug)]
pub(crate) struct CommandQueue {
    pub(crate) commands: mpsc::UnboundedReceiver<Command>,
    queued_bytes: Arc<AtomicUsize>,
    /// Notified when more than [`MAX_QUEUED_BYTES`] wait.
    pub(crate) overrun: Arc<Notify>,
    /// Changes when the server restarts.
    pub(crate) restarted: watch::Receiver<u64>,
}

impl CommandQueue {
    /// Reports that a frame was taken from the queue.
    pub(crate) fn taken(&self, frame: &Frame) {
        self.queued_bytes.fetch_sub(frame.size(), Ordering::Relaxed);
    }
}

/// All registered sockets, one for each client id.
#[derive(Debug)]
pub(crate) struct Hub {
    sockets: Mutex<HashMap<String, Socket>>,
    faults: Arc<Faults>,
    restarts: watch::Sender<u64>,
}

impl Hub {
    pub(crate) fn new(faults: Arc<Faults>) -> Self {
        Self { sockets: Mutex::default(), faults, restarts: watch::Sender::new(0) }
    }

    /// Registers a socket for a client id, and queues the frames of the greeting. A socket that was registered for the
    /// id before gets no frames any more, but is not closed.
    pub(crate) fn connect(&self, sid: &str, greeting: Vec<Frame>) -> CommandQueue {
        let (commands, received) = mpsc::unbounded_channel();
        let (queued_bytes, overrun) = <(Arc<AtomicUsize>, Arc<Notify>)>::default();
        let queue = CommandQueue {
            commands: received,
            queued_bytes: Arc::clone(&queued_bytes),
            overrun: Arc::clone(&overrun),
            restarted: self.restarts.subscribe(),
        };
        let socket = Socket { commands, queued_bytes, overrun, held: Mutex::default(), metadata: false, logs: false };
        let mut sockets = lock(&self.sockets);
        for frame in greeting {
            self.enqueue(&socket, &frame);
        }
        sockets.insert(sid.to_owned(), socket);
        queue
    }

    /// Removes the socket that is registered for a client id. As on a real server, this happens when any connection
    /// with that id ends, even if the registered socket is another one.
    pub(crate) fn disconnect(&self, sid: &str) {
        lock(&self.sockets).remove(sid);
    }

    /// Drops all sockets.
    pub(crate) fn restart(&self) {
        lock(&self.sockets).clear();
        self.restarts.send_modify(|count| *count += 1);
    }

    /// Returns the registered client ids.
    pub(crate) fn clients(&self) -> Vec<String> {
        let mut clients: Vec<String> = lock(&self.sockets).keys().cloned().collect();
        clients.sort_unstable();
        clients
    }

    /// Sets whether the client accepts previews with metadata.
    pub(crate) fn set_metadata(&self, sid: &str, metadata: bool) {
        if let Some(socket) = lock(&self.sockets).get_mut(sid) {
            socket.metadata = metadata;
        }
    }

    /// Returns whether the client accepts previews with metadata.
    pub(crate) fn takes_metadata(&self, sid: &str) -> bool {
        lock(&self.sockets).get(sid).is_some_and(|socket| socket.metadata)
    }

    /// Sets whether the client receives the lines of the log from now on.
    pub(crate) fn set_logs(&self, sid: &str, logs: bool) {
        if let Some(socket) = lock(&self.sockets).get_mut(sid) {
            socket.logs = logs;
        }
    }

    /// Returns whether a frame would reach any socket. Callers use this to avoid building frames in vain.
    pub(crate) fn has_listeners(&self, to: To<'_>) -> bool {
        let sockets = lock(&self.sockets);
        match to {
            To::All => !sockets.is_empty(),
            To::Client(sid) => sockets.contains_key(sid),
        }
    }

    /// Sends a JSON event.
    pub(crate) fn event(&self, to: To<'_>, kind: &'static str, data: Value) {
        self.send(to, &Frame::event(kind, data));
    }

    /// Sends a frame.
    pub(crate) fn send(&self, to: To<'_>, frame: &Frame) {
        let sockets = lock(&self.sockets);
        match to {
            To::All => sockets.values().for_each(|socket| self.enqueue(socket, frame)),
            To::Client(sid) => sockets.get(sid).into_iter().for_each(|socket| self.enqueue(socket, frame)),
        }
    }

    /// Sends a frame to the clients that subscribed to the log.
    pub(crate) fn send_log(&self, frame: &Frame) {
        lock(&self.sockets).values().filter(|socket| socket.logs).for_each(|socket| self.enqueue(socket, frame));
    }

    fn enqueue(&self, socket: &Socket, frame: &Frame) {
        let faults = self.faults.for_frame(frame.kind, frame.is_end);
        let mut commands = vec![Command::Send(frame.clone())];
        let mut is_held = false;
        for fault in faults {
            match fault {
                EventFault::CloseBefore => commands = vec![Command::Drop],
                EventFault::CloseAfter => commands.push(Command::Drop),
                EventFault::Lose => commands.clear(),
                EventFault::Duplicate => commands.push(Command::Send(frame.clone())),
                EventFault::Delay(time) => commands.insert(0, Command::Wait(time)),
                EventFault::Swap => is_held = true,
            }
        }
        if is_held {
            lock(&socket.held).extend(commands);
            return;
        }
        commands.append(&mut lock(&socket.held));
        for command in commands {
            if let Command::Send(frame) = &command
                && socket.queued_bytes.fetch_add(frame.size(), Ordering::Relaxed) > MAX_QUEUED_BYTES
            {
                socket.overrun.notify_one();
                return;
            }
            // An error means that the socket's task has ended, so that there is no receiver.
            _ = socket.commands.send(command);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn a_socket_that_reads_too_slowly_is_dropped() {
        let hub = Hub::new(Arc::default());
        let mut queue = hub.connect("me", Vec::new());
        let frame = Frame::text("1", &"x".repeat(1 << 20));
        let overrun = Arc::clone(&queue.overrun);
        let mut waiting = Box::pin(overrun.notified());
        let mut is_dropped = || waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready();
        (0..64).for_each(|_| hub.send(To::All, &frame));
        assert!(!is_dropped());
        // A frame that was taken makes room for another one.
        let Ok(Command::Send(taken)) = queue.commands.try_recv() else { panic!("expected a frame") };
        queue.taken(&taken);
        hub.send(To::All, &frame);
        assert!(!is_dropped());
        hub.send(To::All, &frame);
        assert!(is_dropped());
        assert_eq!(queue.commands.len(), 64);
    }
}
