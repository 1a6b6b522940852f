//! Who is connected, and who gets what.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use comfy_schema::Value;
use tokio::sync::{Notify, mpsc, watch};

use super::Frame;
use crate::faults::{EventFault, Faults};
use crate::sync::lock;

/// A socket that lets more bytes than this wait is dropped. (A real server waits for it, and all others with it.)
const MOST_WAITING: usize = 64 << 20;

/// Who gets a frame.
#[derive(Debug, Clone, Copy)]
pub(crate) enum To<'a> {
    All,
    Client(&'a str),
}

/// What a socket's task is to do.
#[derive(Debug)]
pub(crate) enum Order {
    Send(Frame),
    Wait(Duration),
    Drop,
}

/// The socket that is registered for a client id.
#[derive(Debug)]
struct Socket {
    orders: mpsc::UnboundedSender<Order>,
    waiting: Arc<AtomicUsize>,
    overrun: Arc<Notify>,
    /// What is to be sent after the next frame.
    held: Mutex<Vec<Order>>,
    /// The client takes previews with metadata.
    metadata: bool,
    /// The client wants the log.
    logs: bool,
}

/// The end of a line that the socket's task holds.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) orders: mpsc::UnboundedReceiver<Order>,
    waiting: Arc<AtomicUsize>,
    /// Too much waits.
    pub(crate) overrun: Arc<Notify>,
    /// The server starts anew.
    pub(crate) restarted: watch::Receiver<u64>,
}

impl Line {
    /// A frame was taken from the orders.
    pub(crate) fn taken(&self, frame: &Frame) {
        self.waiting.fetch_sub(frame.size(), Ordering::Relaxed);
    }
}

/// All sockets, one for each client id.
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

    /// Registers a socket. One that was registered for the id is forgotten, but not closed.
    pub(crate) fn connect(&self, sid: &str, greeting: Vec<Frame>) -> Line {
        let (orders, received) = mpsc::unbounded_channel();
        let (waiting, overrun) = <(Arc<AtomicUsize>, Arc<Notify>)>::default();
        let line = Line {
            orders: received,
            waiting: Arc::clone(&waiting),
            overrun: Arc::clone(&overrun),
            restarted: self.restarts.subscribe(),
        };
        let socket = Socket { orders, waiting, overrun, held: Mutex::default(), metadata: false, logs: false };
        let mut sockets = lock(&self.sockets);
        for frame in greeting {
            self.order(&socket, &frame);
        }
        sockets.insert(sid.to_owned(), socket);
        line
    }

    /// A socket's handler ended: whatever socket is registered for its id no longer is.
    pub(crate) fn disconnect(&self, sid: &str) {
        lock(&self.sockets).remove(sid);
    }

    /// Drops all sockets.
    pub(crate) fn restart(&self) {
        lock(&self.sockets).clear();
        self.restarts.send_modify(|count| *count += 1);
    }

    /// The registered client ids.
    pub(crate) fn clients(&self) -> Vec<String> {
        let mut clients: Vec<String> = lock(&self.sockets).keys().cloned().collect();
        clients.sort_unstable();
        clients
    }

    /// What the client said of itself: whether it takes previews with metadata.
    pub(crate) fn set_metadata(&self, sid: &str, metadata: bool) {
        if let Some(socket) = lock(&self.sockets).get_mut(sid) {
            socket.metadata = metadata;
        }
    }

    /// Whether the client takes previews with metadata.
    pub(crate) fn takes_metadata(&self, sid: &str) -> bool {
        lock(&self.sockets).get(sid).is_some_and(|socket| socket.metadata)
    }

    /// Whether the client wants the log from now on.
    pub(crate) fn set_logs(&self, sid: &str, logs: bool) {
        if let Some(socket) = lock(&self.sockets).get_mut(sid) {
            socket.logs = logs;
        }
    }

    /// Whether anyone would get a frame. What nobody gets need not be made.
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
            To::All => sockets.values().for_each(|socket| self.order(socket, frame)),
            To::Client(sid) => sockets.get(sid).into_iter().for_each(|socket| self.order(socket, frame)),
        }
    }

    /// Sends a frame to those that want the log.
    pub(crate) fn send_log(&self, frame: &Frame) {
        lock(&self.sockets).values().filter(|socket| socket.logs).for_each(|socket| self.order(socket, frame));
    }

    fn order(&self, socket: &Socket, frame: &Frame) {
        let faults = self.faults.for_frame(frame.kind, frame.is_end);
        let mut orders = vec![Order::Send(frame.clone())];
        let mut is_held = false;
        for fault in faults {
            match fault {
                EventFault::CloseBefore => orders = vec![Order::Drop],
                EventFault::CloseAfter => orders.push(Order::Drop),
                EventFault::Lose => orders.clear(),
                EventFault::Duplicate => orders.push(Order::Send(frame.clone())),
                EventFault::Delay(time) => orders.insert(0, Order::Wait(time)),
                EventFault::Swap => is_held = true,
            }
        }
        if is_held {
            lock(&socket.held).extend(orders);
            return;
        }
        orders.append(&mut lock(&socket.held));
        for order in orders {
            if let Order::Send(frame) = &order
                && socket.waiting.fetch_add(frame.size(), Ordering::Relaxed) > MOST_WAITING
            {
                socket.overrun.notify_one();
                return;
            }
            // The task may have ended; then nobody listens.
            _ = socket.orders.send(order);
        }
    }
}
