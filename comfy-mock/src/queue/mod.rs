//! The queue: the pending prompts, the running one, and the history.

mod heap;
mod history;
mod item;

use std::sync::Arc;

use comfy_schema::{Text, Value};

use heap::Heap;
pub(crate) use history::{Entry, History, Status};
pub(crate) use item::Item;

/// The queue of a server. At most one prompt runs at a time.
#[derive(Debug)]
pub(crate) struct Queue {
    pending: Heap,
    running: Option<Item>,
    pub(crate) history: History,
    /// The number of the next prompt whose request specifies none.
    counter: i64,
    /// Whether the running prompt is to stop.
    interrupted: bool,
    /// Whether `/free` requested that the cache is cleared.
    free_memory: bool,
}

/// The number of a prompt, as a float that orders the queue and as the JSON value that routes show.
pub(crate) struct Number {
    pub(crate) priority: f64,
    pub(crate) shown: Value,
}

impl Queue {
    pub(crate) fn new(history_limit: usize) -> Self {
        Self {
            pending: Heap::default(),
            running: None,
            history: History::new(history_limit),
            counter: 0,
            interrupted: false,
            free_memory: false,
        }
    }

    /// Returns the number for a prompt whose request specifies none. The number is not used again, even if the prompt
    /// is rejected.
    #[expect(clippy::cast_precision_loss, reason = "a counter stays far below 2^53")]
    pub(crate) fn next_number(&mut self, front: bool) -> Number {
        let number = if front { -self.counter } else { self.counter };
        self.counter += 1;
        Number { priority: number as f64, shown: Value::from(number) }
    }

    /// Adds a prompt. If a pending prompt has the same number and the same id, returns the new one as the error.
    pub(crate) fn push(&mut self, item: Item) -> Result<(), Item> {
        let same = |other: &Item| other.priority.total_cmp(&item.priority).is_eq() && other.prompt_id == item.prompt_id;
        if self.pending.items().iter().any(same) {
            return Err(item);
        }
        self.pending.push(item);
        Ok(())
    }

    /// Starts the next prompt and returns it, unless one is running.
    pub(crate) fn start(&mut self) -> Option<Item> {
        if self.running.is_some() {
            return None;
        }
        self.running = self.pending.pop();
        self.interrupted = false;
        self.running.clone()
    }

    /// Ends the running prompt, and adds it to the history.
    pub(crate) fn finish(&mut self, entry: Entry) {
        self.running = None;
        self.history.push(entry);
    }

    pub(crate) fn running(&self) -> Option<&Item> {
        self.running.as_ref()
    }

    /// Returns the pending prompts, in the order of the heap's array.
    pub(crate) fn pending(&self) -> &[Item] {
        self.pending.items()
    }

    /// Returns the number of pending and running prompts.
    pub(crate) fn remaining(&self) -> usize {
        self.pending.items().len() + usize::from(self.running.is_some())
    }

    /// Removes a pending prompt. Returns whether there was one.
    pub(crate) fn delete(&mut self, prompt_id: &str) -> bool {
        self.pending.remove(prompt_id)
    }

    /// Removes all pending prompts.
    pub(crate) fn clear(&mut self) {
        self.pending.clear();
    }

    /// Interrupts the running prompt, if it has this id or `prompt_id` is `None`. Returns whether a prompt was
    /// interrupted.
    pub(crate) fn interrupt(&mut self, prompt_id: Option<&str>) -> bool {
        let runs = self.running.as_ref().is_some_and(|item| prompt_id.is_none_or(|id| item.prompt_id == id));
        self.interrupted |= runs;
        runs
    }

    /// Returns whether the running prompt is to stop.
    pub(crate) const fn is_interrupted(&self) -> bool {
        self.interrupted
    }

    /// Requests that the cache is cleared before the next prompt.
    pub(crate) const fn ask_free_memory(&mut self) {
        self.free_memory = true;
    }

    /// Returns whether the cache is to be cleared, and resets the request.
    pub(crate) const fn take_free_memory(&mut self) -> bool {
        std::mem::replace(&mut self.free_memory, false)
    }

    /// Resets the queue to the state after a start of the server.
    pub(crate) fn restart(&mut self) {
        self.pending.clear();
        self.running = None;
        self.history.clear();
        self.counter = 0;
        self.interrupted = false;
        self.free_memory = false;
    }

    /// Returns the run with this id, if it has ended.
    pub(crate) fn entry(&self, prompt_id: &str) -> Option<Arc<Entry>> {
        self.history.get(prompt_id).cloned()
    }

    /// Returns the running or pending prompt with this id, and its job status.
    pub(crate) fn queued(&self, prompt_id: &str) -> Option<(&'static str, &Item)> {
        let running = self.running.iter().map(|item| ("in_progress", item));
        let mut all = running.chain(self.pending().iter().map(|item| ("pending", item)));
        all.find(|(_, item)| item.prompt_id == prompt_id)
    }

    /// Returns the ids of the pending prompts, in the order in which they will run.
    pub(crate) fn order(&self) -> Vec<Text> {
        let mut items: Vec<&Item> = self.pending().iter().collect();
        items.sort_by(|a, b| a.priority.total_cmp(&b.priority).then_with(|| a.prompt_id.cmp(&b.prompt_id)));
        items.into_iter().map(|item| item.prompt_id.clone()).collect()
    }
}
