//! Positions in a picture: the sizes and places of nodes, and the routes of links.

use std::collections::HashMap;

use crate::graph::{Graph, Link, Node};
use crate::layout::{self, Layout, Size};
use crate::text::{width, wrap};

/// The heights of the parts of a node, which are those of the editor, and the sizes of its texts.
pub(crate) const TITLE_BAR: f64 = 42.0;
pub(crate) const ROW: f64 = 20.0;
pub(crate) const WIDGET: f64 = 24.0;
pub(crate) const LINE: f64 = 16.0;
pub(crate) const TITLE_SIZE: f64 = 14.0;
pub(crate) const TEXT_SIZE: f64 = 12.0;
pub(crate) const SMALL_SIZE: f64 = 11.0;
pub(crate) const PADDING: f64 = 10.0;

const MIN_WIDTH: f64 = 210.0;
const MAX_WIDTH: f64 = 400.0;
const MARGIN: f64 = 40.0;
/// The distance between parallel links, which have the same source and target nodes.
const BESIDE: f64 = 6.0;
/// The maximum number of lines of a long value.
const MAX_LINES: usize = 5;

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rect {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// A point, given by its x and y coordinates.
pub(crate) type Point = (f64, f64);

/// A picture that is laid out: the positions of nodes and links, without strokes and colours.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) boxes: Vec<Placed>,
    pub(crate) links: Vec<Line>,
    pub(crate) problems: Vec<String>,
}

/// A link and the points that it passes, including its two ends. The points between the ends form pairs, each of which
/// is a horizontal line through a layer.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) link: Link,
    pub(crate) points: Vec<Point>,
}

/// A node and its rectangle.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) node: Node,
    pub(crate) rect: Rect,
    /// The lines of each value: one beside its name, or several below it.
    pub(crate) values: Vec<Vec<String>>,
    pub(crate) problems: Vec<String>,
}

impl Scene {
    /// Lays out a workflow.
    pub(crate) fn new(graph: Graph) -> Self {
        let mut boxes: Vec<Placed> = graph.nodes.into_iter().map(Placed::new).collect();
        let sizes: Vec<Size> = boxes.iter().map(|placed| (placed.rect.width, placed.rect.height)).collect();
        let edges: Vec<(usize, usize)> = graph.links.iter().map(|link| (link.from.0, link.to.0)).collect();
        let Layout { places, routes } = layout::layout(&sizes, &edges);
        for (placed, (x, y)) in boxes.iter_mut().zip(places) {
            placed.rect.x = x + MARGIN;
            placed.rect.y = y + MARGIN;
        }
        let mut between: HashMap<(usize, usize), u32> = HashMap::new();
        let line = |link: Link| {
            let pair = (link.from.0, link.to.0);
            // Links between the same two nodes go side by side.
            let number = between.entry(pair).or_default();
            let aside = f64::from(*number) * BESIDE;
            *number += 1;
            let mut points = vec![boxes.get(link.from.0)?.output(link.from.1)];
            for pass in routes.get(&pair).into_iter().flatten() {
                let y = pass.y + MARGIN + aside;
                points.extend([(pass.left + MARGIN, y), (pass.right + MARGIN, y)]);
            }
            points.push(boxes.get(link.to.0)?.input(link.to.1));
            Some(Line { link, points })
        };
        let links = graph.links.into_iter().filter_map(line).collect();
        let mut scene = Self { width: 0.0, height: 0.0, boxes, links, problems: graph.problems };
        scene.frame();
        scene
    }

    /// Makes the picture large enough for nodes and links: a link may pass above or below all nodes.
    fn frame(&mut self) {
        let points = || self.links.iter().flat_map(|line| &line.points);
        let top = points().map(|point| point.1).fold(MARGIN, f64::min);
        let down = MARGIN - top;
        let right = self.boxes.iter().map(|placed| placed.rect.x + placed.rect.width);
        let bottom = self.boxes.iter().map(|placed| placed.rect.y + placed.rect.height);
        self.width = right.chain(points().map(|point| point.0)).fold(0.0, f64::max) + MARGIN;
        self.height = bottom.chain(points().map(|point| point.1)).fold(0.0, f64::max) + down + MARGIN;
        for placed in &mut self.boxes {
            placed.rect.y += down;
        }
        for point in self.links.iter_mut().flat_map(|line| &mut line.points) {
            point.1 += down;
        }
    }
}

impl Placed {
    fn new(node: Node) -> Self {
        let pair = |name: &str, value: &str| width(name, TEXT_SIZE) + width(value, TEXT_SIZE) + 5.0 * PADDING;
        let rows = node.inputs.len().max(node.outputs.len());
        let row = |at: usize| {
            let name =
                |sockets: &[crate::graph::Socket]| sockets.get(at).map_or(0.0, |socket| width(&socket.name, TEXT_SIZE));
            name(&node.inputs) + name(&node.outputs) + 5.0 * PADDING
        };
        let state = node.inactive.map_or(0.0, |state| width(state.name(), SMALL_SIZE) + PADDING);
        let title = width(&node.title, TITLE_SIZE) + state;
        let wanted = (0..rows)
            .map(row)
            .chain(node.values.iter().map(|(name, value)| if is_long(value) { MAX_WIDTH } else { pair(name, value) }))
            .chain([title + 3.0 * PADDING, width(&node.class, SMALL_SIZE) + 8.0 * PADDING])
            .fold(MIN_WIDTH, f64::max)
            .min(MAX_WIDTH);
        let room = wanted - 3.0 * PADDING;
        let lines = |(name, value): &(comfy_schema::Text, String)| {
            if is_long(value) || pair(name, value) > wanted {
                wrap(value, TEXT_SIZE, room, MAX_LINES)
            } else {
                vec![value.clone()]
            }
        };
        let values: Vec<Vec<String>> = node.values.iter().map(lines).collect();
        let of_values: f64 =
            node.values.iter().zip(&values).map(|((_, value), lines)| value_height(value, lines)).sum();
        let problems: Vec<String> = node
            .errors
            .iter()
            .chain(&node.warnings)
            .flat_map(|problem| wrap(problem, SMALL_SIZE, room, 3))
            .take(2 * MAX_LINES)
            .collect();
        #[expect(clippy::cast_precision_loss, reason = "a node has few rows")]
        let height = TITLE_BAR + ROW * rows as f64 + of_values + LINE * problems.len() as f64 + PADDING;
        let rect = Rect { x: 0.0, y: 0.0, width: wanted, height };
        Self { node, rect, values, problems }
    }

    /// Returns the position of an input's dot.
    pub(crate) fn input(&self, at: usize) -> Point {
        (self.rect.x, self.rect.y + row_middle(at))
    }

    /// Returns the position of an output's dot.
    pub(crate) fn output(&self, at: usize) -> Point {
        (self.rect.x + self.rect.width, self.rect.y + row_middle(at))
    }

    /// Returns the distance from the top of the node to the first line below its sockets.
    pub(crate) fn below_sockets(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a node has few rows")]
        let rows = self.node.inputs.len().max(self.node.outputs.len()) as f64;
        TITLE_BAR + ROW * rows
    }
}

#[expect(clippy::cast_precision_loss, reason = "a node has few rows")]
fn row_middle(at: usize) -> f64 {
    TITLE_BAR + ROW * at as f64 + ROW / 2.0
}

/// Returns whether a value is written below its name, rather than beside it.
pub(crate) fn stands_below(value: &str, lines: &[String]) -> bool {
    lines.len() != 1 || lines.first().is_none_or(|line| line != value)
}

/// Returns the height of a value, including its name.
pub(crate) fn value_height(value: &str, lines: &[String]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "few lines are shown")]
    let below = if stands_below(value, lines) { LINE * lines.len() as f64 + 4.0 } else { 0.0 };
    WIDGET + below
}

fn is_long(value: &str) -> bool {
    value.contains('\n') || value.chars().nth(40).is_some()
}

#[cfg(test)]
mod tests {
    use comfy_schema::{Schema, Value};

    use super::*;

    #[test]
    fn links_that_pass_above_or_below_all_nodes_are_in_the_picture() {
        let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/comfyui-0.26.0.json");
        let schema = Schema::from_slice(&std::fs::read(schema).unwrap()).unwrap();
        let prompt = br#"{
            "c": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "a"}},
            "e": {"class_type": "EmptyLatentImage", "inputs": {"width": 8, "height": 8, "batch_size": 1}},
            "p": {"class_type": "CLIPTextEncode", "inputs": {"clip": ["c", 1], "text": "a"}},
            "k": {"class_type": "KSampler", "inputs": {
                "model": ["c", 0], "positive": ["p", 0], "negative": ["p", 0], "latent_image": ["e", 0]}},
            "d": {"class_type": "VAEDecode", "inputs": {"samples": ["k", 0], "vae": ["c", 2]}}}"#;
        let scene = Scene::new(Graph::new(&Value::parse(prompt).unwrap(), &[], Some(&schema)).unwrap());
        for (x, y) in scene.links.iter().flat_map(|line| &line.points) {
            assert!((0.0..=scene.width).contains(x) && (MARGIN..=scene.height - MARGIN).contains(y), "{x} {y}");
        }
    }
}
