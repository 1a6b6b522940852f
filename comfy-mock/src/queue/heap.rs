//! The pending prompts: a binary heap with the operations of Python's `heapq`.
//!
//! `GET /queue` shows the array of the heap, so that its order is part of the interface.

use std::cmp::Ordering;

use super::Item;

/// The pending prompts; the one with the lowest number comes first.
#[derive(Debug, Default)]
pub(crate) struct Heap {
    items: Vec<Item>,
}

impl Heap {
    /// Returns the array of the heap.
    pub(crate) fn items(&self) -> &[Item] {
        &self.items
    }

    /// Adds a prompt.
    pub(crate) fn push(&mut self, item: Item) {
        self.items.push(item);
        self.toward_root(0, self.items.len() - 1);
    }

    /// Removes and returns the prompt that runs next.
    pub(crate) fn pop(&mut self) -> Option<Item> {
        if self.items.is_empty() {
            return None;
        }
        let first = self.items.swap_remove(0);
        self.toward_leaves(0);
        Some(first)
    }

    /// Removes the first prompt with this id. Returns whether there was one.
    pub(crate) fn remove(&mut self, prompt_id: &str) -> bool {
        let Some(at) = self.items.iter().position(|item| item.prompt_id == prompt_id) else { return false };
        self.items.remove(at);
        for at in (0..self.items.len() / 2).rev() {
            self.toward_leaves(at);
        }
        true
    }

    /// Removes all prompts.
    pub(crate) fn clear(&mut self) {
        self.items.clear();
    }

    fn less(&self, a: usize, b: usize) -> bool {
        match (self.items.get(a), self.items.get(b)) {
            (Some(a), Some(b)) => order(a, b) == Ordering::Less,
            _ => false,
        }
    }

    /// Moves an entry up until its parent is not greater. `start` is the root of the subtree to move in.
    fn toward_root(&mut self, start: usize, mut at: usize) {
        while at > start {
            let parent = (at - 1) / 2;
            if !self.less(at, parent) {
                return;
            }
            self.items.swap(at, parent);
            at = parent;
        }
    }

    /// Moves an entry down to a leaf, along the smaller children, and then up to its position.
    fn toward_leaves(&mut self, start: usize) {
        let mut at = start;
        loop {
            let (left, right) = (2 * at + 1, 2 * at + 2);
            if left >= self.items.len() {
                break;
            }
            let child = if right < self.items.len() && !self.less(left, right) { right } else { left };
            self.items.swap(at, child);
            at = child;
        }
        self.toward_root(start, at);
    }
}

/// Compares prompts by number, then by id.
fn order(a: &Item, b: &Item) -> Ordering {
    a.priority.partial_cmp(&b.priority).unwrap_or(Ordering::Equal).then_with(|| a.prompt_id.cmp(&b.prompt_id))
}

#[cfg(test)]
mod tests {
    use super::super::Item;
    use super::Heap;

    fn heap(numbers: &[i32]) -> Heap {
        let mut heap = Heap::default();
        for (at, number) in numbers.iter().enumerate() {
            heap.push(Item::of_number(f64::from(*number), &format!("{at:04}")));
        }
        heap
    }

    fn numbers(heap: &Heap) -> Vec<f64> {
        heap.items().iter().map(|item| item.priority).collect()
    }

    #[test]
    fn the_array_is_that_of_heapq() {
        // The expected arrays are those of Python's heapq.heappush and heappop.
        assert_eq!(numbers(&heap(&[5, 3, 8, 1, 9, 2])), [1.0, 3.0, 2.0, 5.0, 9.0, 8.0]);
        let mut popped = heap(&[5, 3, 8, 1, 9, 2]);
        popped.pop();
        assert_eq!(numbers(&popped), [2.0, 3.0, 8.0, 5.0, 9.0]);
    }

    #[test]
    fn prompts_come_out_by_number_and_then_by_id() {
        let mut heap = heap(&[2, 1, 2, 0, 1, 2]);
        assert!(heap.remove("0004") && !heap.remove("0004"));
        let ids: Vec<_> = std::iter::from_fn(|| heap.pop()).map(|item| item.prompt_id).collect();
        assert_eq!(ids, ["0003", "0001", "0000", "0002", "0005"]);
    }
}
