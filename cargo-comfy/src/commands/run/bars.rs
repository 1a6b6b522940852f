//! Progress bars for people: one for the workflow, and one for the steps of the current node.

use std::collections::HashSet;
use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::time::Duration;

use comfy_runtime::client::Event;
use comfy_schema::shown::{self, escaped};
use indicatif::{HumanBytes, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};

use crate::print;

/// The progress of one run on standard error. If that is not a terminal, a line is printed for each node instead.
pub(super) struct Bars {
    all: MultiProgress,
    nodes: ProgressBar,
    steps: Option<ProgressBar>,
    /// The id of each node, and its name for messages.
    names: Vec<(String, String)>,
    /// The nodes that are done, including cached ones.
    done: HashSet<String>,
    current: Option<String>,
    is_terminal: bool,
}

impl Bars {
    /// Creates the bars for a run. `names` are the ids of its nodes with their names for people.
    pub(super) fn new(names: Vec<(String, String)>, prompt_id: &str) -> Self {
        let is_terminal = io::stderr().is_terminal();
        let target = if is_terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let all = MultiProgress::with_draw_target(target);
        let nodes = all.add(ProgressBar::new(names.len() as u64));
        nodes.set_style(style("{spinner} [{bar:30}] {pos}/{len} nodes  {wide_msg}"));
        nodes.enable_steady_tick(Duration::from_millis(100));
        let bars = Self { all, nodes, steps: None, names, done: HashSet::new(), current: None, is_terminal };
        bars.set_status(&format!("prompt {prompt_id}"));
        bars
    }

    /// Calls a function while the bars are hidden.
    pub(super) fn suspend<R>(&self, show: impl FnOnce() -> R) -> R {
        self.all.suspend(show)
    }

    /// Shows an event.
    pub(super) fn show(&mut self, event: &Event) {
        match event {
            Event::Queued { position: 0, .. } => self.set_status("next in the queue"),
            Event::Queued { position: 1, .. } => self.set_status("in the queue behind 1 other"),
            Event::Queued { position, .. } => self.set_status(&format!("in the queue behind {position} others")),
            Event::Started => self.set_status("started"),
            Event::Cached { nodes, .. } => {
                self.done.extend(nodes.iter().cloned());
                self.count();
                if !nodes.is_empty() {
                    self.set_status(&format!("{} nodes are cached", nodes.len()));
                }
            }
            Event::Executing { display_node, .. } => {
                self.finish_node();
                self.current = Some(display_node.clone());
                let name = self.name(display_node);
                self.set_status(&name);
            }
            Event::Progress { value, max, .. } => self.set_step(*value, *max),
            Event::Text { node, text, .. } => {
                self.print_line(&escaped(format_args!("{}: {text}", self.name(node))).to_string());
            }
            Event::Resubmitted { prompt_id, .. } => {
                self.done.clear();
                self.print_line(&format!(
                    "warning: the server was restarted; submitted again as prompt {}",
                    escaped(prompt_id)
                ));
            }
            Event::Blocked(error) => self.print_line(&format!("warning: {error}")),
            Event::Finished(_) => {
                self.done.extend(self.names.iter().map(|(id, _)| id.clone()));
                self.count();
                self.close();
            }
            // The caller reports the reason when the run has ended.
            Event::Failed(_) | Event::Interrupted(_) | Event::Deleted(_) | Event::Lost(_) | Event::Stalled(_) => {
                self.close();
            }
            // The caller draws previews itself, and prints results when the run has ended. The last pattern is required
            // because the enum may grow: name a new event above or here.
            Event::Preview(_) | Event::Image(_) | Event::Executed { .. } | Event::Unknown { .. } | _ => {}
        }
    }

    fn close(&mut self) {
        self.finish_node();
        self.nodes.finish_and_clear();
    }

    fn set_step(&mut self, value: f64, max: f64) {
        // Nodes without steps report a single one.
        if max <= 1.0 {
            return;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "counts of steps; a cast saturates"
        )]
        let (value, max) = (value as u64, max as u64);
        let steps = self.steps.get_or_insert_with(|| {
            let bar = self.all.add(ProgressBar::new(max));
            bar.set_style(style("  [{bar:30}] {pos}/{len} steps  {elapsed}, {eta} to go"));
            bar
        });
        steps.set_length(max);
        steps.set_position(value);
    }

    fn finish_node(&mut self) {
        if let Some(node) = self.current.take() {
            self.done.insert(node);
            self.count();
        }
        if let Some(steps) = self.steps.take() {
            steps.finish_and_clear();
            self.all.remove(&steps);
        }
    }

    /// Updates the number of finished nodes. Nodes that the server creates when it expands another node are not
    /// counted, because they are not in the workflow.
    fn count(&self) {
        let known = self.names.iter().filter(|(id, _)| self.done.contains(id)).count();
        self.nodes.set_position(known as u64);
    }

    fn name(&self, id: &str) -> String {
        self.names.iter().find(|(known, _)| known == id).map_or_else(|| id.to_owned(), |(_, name)| name.clone())
    }

    /// Replaces the message beside the bar.
    fn set_status(&self, message: &str) {
        if self.is_terminal {
            self.nodes.set_message(escaped(message).to_string());
        } else {
            print::note(escaped(message));
        }
    }

    /// Prints a line above the bars, where it is not overwritten.
    pub(super) fn print_line(&self, message: &str) {
        self.suspend(|| print::note(message));
    }
}

impl Drop for Bars {
    /// Removes the bars, so that messages begin on a line of their own.
    fn drop(&mut self) {
        self.close();
    }
}

/// Shows on standard error that a file is uploaded, until the result is dropped. If that is not a terminal, a line is
/// printed instead.
pub(super) fn upload(path: &Path, size: u64) -> ProgressBar {
    let message = format!("uploading {} ({})", shown::path(path), HumanBytes(size));
    if !io::stderr().is_terminal() {
        print::note(message);
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner().with_finish(ProgressFinish::AndClear);
    bar.set_style(style("{spinner} {wide_msg} {elapsed}"));
    bar.set_message(message);
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.progress_chars("=> ")
}
