//! Progress for people: one bar for the workflow, one for the node that has steps.

use std::collections::HashSet;
use std::io::{self, IsTerminal as _};
use std::time::Duration;

use comfy_runtime::Workflow;
use comfy_runtime::client::Event;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Progress of one run, on standard error. Where that is no terminal, a line for each node.
pub(super) struct Bars {
    all: MultiProgress,
    nodes: ProgressBar,
    steps: Option<ProgressBar>,
    /// Id and what it is called.
    names: Vec<(String, String)>,
    /// Nodes that are done, cached ones included.
    done: HashSet<String>,
    at: Option<String>,
    is_terminal: bool,
}

impl Bars {
    pub(super) fn new(workflow: &Workflow, prompt_id: &str) -> Self {
        let is_terminal = io::stderr().is_terminal();
        let target = if is_terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let all = MultiProgress::with_draw_target(target);
        let names: Vec<(String, String)> =
            workflow.nodes().map(|node| (node.id().to_owned(), format!("{} ({})", node.id(), node.class()))).collect();
        let nodes = all.add(ProgressBar::new(names.len() as u64));
        nodes.set_style(style("{spinner} [{bar:30}] {pos}/{len} nodes  {wide_msg}"));
        nodes.enable_steady_tick(Duration::from_millis(100));
        let bars = Self { all, nodes, steps: None, names, done: HashSet::new(), at: None, is_terminal };
        bars.say(&format!("sent as {prompt_id}"));
        bars
    }

    /// Does something with the bars out of the way.
    pub(super) fn suspend<R>(&self, show: impl FnOnce() -> R) -> R {
        self.all.suspend(show)
    }

    pub(super) fn show(&mut self, event: &Event) {
        match event {
            Event::Queued { position: 0, .. } => self.say("next in the queue"),
            Event::Queued { position, .. } => self.say(&format!("in the queue, {position} before it")),
            Event::Started => self.say("started"),
            Event::Cached { nodes, .. } => {
                self.done.extend(nodes.iter().cloned());
                self.count();
                if !nodes.is_empty() {
                    self.say(&format!("{} nodes are cached", nodes.len()));
                }
            }
            Event::Executing { display_node, .. } => {
                self.finish_node();
                self.at = Some(display_node.clone());
                let name = self.name(display_node);
                self.say(&name);
            }
            Event::Progress { value, max, .. } => self.step(*value, *max),
            Event::Text { node, text, .. } => self.line(&format!("{}: {text}", self.name(node))),
            Event::Blocked(error) => self.line(&format!("warning: {error}")),
            event if event.is_last() => {
                if matches!(event, Event::Finished(_)) {
                    self.done.extend(self.names.iter().map(|(id, _)| id.clone()));
                    self.count();
                }
                self.finish_node();
                self.nodes.finish_and_clear();
            }
            _ => {}
        }
    }

    fn step(&mut self, value: f64, max: f64) {
        // A node without steps has one.
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
        if let Some(node) = self.at.take() {
            self.done.insert(node);
            self.count();
        }
        if let Some(steps) = self.steps.take() {
            steps.finish_and_clear();
            self.all.remove(&steps);
        }
    }

    /// Nodes that others expanded to are none of the workflow's.
    fn count(&self) {
        let known = self.names.iter().filter(|(id, _)| self.done.contains(id)).count();
        self.nodes.set_position(known as u64);
    }

    fn name(&self, id: &str) -> String {
        self.names.iter().find(|(known, _)| known == id).map_or_else(|| id.to_owned(), |(_, name)| name.clone())
    }

    /// What is going on now.
    fn say(&self, message: &str) {
        if self.is_terminal {
            self.nodes.set_message(message.to_owned());
        } else {
            eprintln!("{message}");
        }
    }

    /// Something that stays.
    fn line(&self, message: &str) {
        self.suspend(|| eprintln!("{message}"));
    }
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.progress_chars("=> ")
}
