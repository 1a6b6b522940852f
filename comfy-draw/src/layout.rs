//! Layout of boxes in layers from left to right.

use std::collections::HashMap;

use dagre::graph::{Graph, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, RankDir};

use crate::limits::MAX_EFFORT;

/// A width and a height.
pub(crate) type Size = (f64, f64);

/// The gap between the boxes of a layer.
const ROW_GAP: f64 = 36.0;
/// The gap between layers.
const LAYER_GAP: f64 = 90.0;

/// The positions of boxes and the routes of edges.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Layout {
    /// The top left corner of every box.
    pub(crate) places: Vec<(f64, f64)>,
    /// The routes of edges through the layers between their boxes.
    pub(crate) routes: HashMap<(usize, usize), Vec<Pass>>,
}

/// A route through a layer, between its boxes: a horizontal line from the layer's left side to its right side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pass {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) y: f64,
}

/// Lays boxes out so that they do not overlap. The leftmost and the topmost are at 0. The same boxes and edges always
/// get the same positions. Edges between boxes that do not exist are ignored.
pub(crate) fn layout(sizes: &[Size], edges: &[(usize, usize)]) -> Layout {
    let edges: Vec<(usize, usize)> =
        edges.iter().copied().filter(|&(from, to)| from != to && from < sizes.len() && to < sizes.len()).collect();
    let layers = layers(sizes.len(), &edges);
    let layer = |at: usize| layers.get(at).copied().unwrap_or(0);
    let crossed: usize = edges.iter().map(|&(from, to)| layer(to).abs_diff(layer(from))).sum();
    let plain = || Layout { places: columns(sizes, &layers), routes: HashMap::new() };
    if sizes.len().saturating_add(crossed) > MAX_EFFORT {
        return plain();
    }
    layered(sizes, &edges).map_or_else(plain, Layout::at_zero)
}

/// Lays boxes out with `dagre`, in layers with few crossing links. Returns `None` if a box gets no finite position.
fn layered(sizes: &[Size], edges: &[(usize, usize)]) -> Option<Layout> {
    let mut graph = Graph::with_options(GraphOptions { directed: true, multigraph: false, compound: false });
    for (at, &(width, height)) in sizes.iter().enumerate() {
        graph.set_node(at.to_string(), Some(NodeLabel { width, height, ..NodeLabel::default() }));
    }
    for (from, to) in edges {
        graph.set_edge(from.to_string(), to.to_string(), Some(EdgeLabel::default()), None);
    }
    let options =
        LayoutOptions { rankdir: RankDir::LR, nodesep: ROW_GAP, ranksep: LAYER_GAP, ..LayoutOptions::default() };
    dagre::layout(&mut graph, Some(options));
    let mut places = Vec::with_capacity(sizes.len());
    // The boxes of a layer are centred on one line; the layer is as wide as its widest box.
    let mut widths: HashMap<i64, f64> = HashMap::new();
    for (at, &(width, height)) in sizes.iter().enumerate() {
        let label = graph.node(&at.to_string())?;
        let (x, y) = (label.x?, label.y?);
        if !x.is_finite() || !y.is_finite() {
            return None;
        }
        let widest = widths.entry(line(x)).or_default();
        *widest = widest.max(width);
        places.push((x - width / 2.0, y - height / 2.0));
    }
    let mut routes = HashMap::new();
    for &(from, to) in edges {
        let Some(label) = graph.edge(&from.to_string(), &to.to_string(), None) else { continue };
        // The first and the last point are on the boxes.
        let inner = label.points.len().saturating_sub(2);
        let passes = label.points.iter().skip(1).take(inner).filter_map(|point| {
            let half = widths.get(&line(point.x))? / 2.0;
            Some(Pass { left: point.x - half, right: point.x + half, y: point.y })
        });
        routes.insert((from, to), passes.collect());
    }
    Some(Layout { places, routes })
}

/// Returns a key for the vertical line on which the boxes of a layer are centred.
#[expect(clippy::cast_possible_truncation, reason = "places are far smaller")]
fn line(x: f64) -> i64 {
    (x * 2.0).round() as i64
}

/// Returns the layer of every box, which comes after the layers of all boxes that feed it. Links that close a cycle are
/// ignored.
fn layers(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut targets: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut waits = vec![0_usize; count];
    for &(from, to) in edges {
        targets[from].push(to);
        waits[to] += 1;
    }
    let mut layer = vec![0; count];
    let mut done = vec![false; count];
    let mut ready: Vec<usize> = (0..count).rev().filter(|&at| waits[at] == 0).collect();
    let mut next = 0;
    loop {
        let Some(at) = ready.pop() else {
            // A cycle is entered at its first box.
            while next < count && done[next] {
                next += 1;
            }
            if next == count {
                return layer;
            }
            ready.push(next);
            continue;
        };
        if std::mem::replace(&mut done[at], true) {
            continue;
        }
        for &to in &targets[at] {
            if done[to] {
                continue;
            }
            layer[to] = layer[to].max(layer[at] + 1);
            waits[to] -= 1;
            if waits[to] == 0 {
                ready.push(to);
            }
        }
    }
}

/// Lays boxes out in a column for each layer, in their order.
fn columns(sizes: &[Size], layers: &[usize]) -> Vec<(f64, f64)> {
    let count = layers.iter().max().map_or(0, |last| last + 1);
    let mut widths = vec![0.0_f64; count];
    for (&(width, _), &layer) in sizes.iter().zip(layers) {
        widths[layer] = widths[layer].max(width);
    }
    let mut x = 0.0;
    let mut lefts = Vec::with_capacity(count);
    for width in widths {
        lefts.push(x);
        x += width + LAYER_GAP;
    }
    let mut tops = vec![0.0; count];
    let place = |(&(_, height), &layer): (&Size, &usize)| {
        let y = tops[layer];
        tops[layer] = y + height + ROW_GAP;
        (lefts[layer], y)
    };
    sizes.iter().zip(layers).map(place).collect()
}

impl Layout {
    /// Shifts everything so that the leftmost and the topmost box are at 0, and rounds the positions of boxes to whole
    /// points.
    fn at_zero(mut self) -> Self {
        let left = self.places.iter().map(|place| place.0).fold(f64::INFINITY, f64::min);
        let top = self.places.iter().map(|place| place.1).fold(f64::INFINITY, f64::min);
        for (x, y) in &mut self.places {
            *x = (*x - left).round();
            *y = (*y - top).round();
        }
        for pass in self.routes.values_mut().flatten() {
            *pass = Pass { left: pass.left - left, right: pass.right - left, y: pass.y - top };
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Layout, Size, columns, layers, layout};

    fn overlap(sizes: &[Size], places: &[(f64, f64)]) -> bool {
        let apart = |a: f64, a_size: f64, b: f64, b_size: f64| a + a_size <= b || b + b_size <= a;
        (0..sizes.len()).any(|a| {
            (0..a).any(|b| {
                !apart(places[a].0, sizes[a].0, places[b].0, sizes[b].0)
                    && !apart(places[a].1, sizes[a].1, places[b].1, sizes[b].1)
            })
        })
    }

    #[test]
    fn links_lead_to_the_right() {
        let sizes = [(200.0, 100.0); 4];
        let Layout { places, routes } = layout(&sizes, &[(3, 0), (0, 1), (3, 1), (1, 2)]);
        assert!(places[3].0 < places[0].0 && places[0].0 < places[1].0 && places[1].0 < places[2].0, "{places:?}");
        // A link that passes a layer goes around the box there.
        let [pass] = routes[&(3, 1)].as_slice() else { panic!("{routes:?}") };
        assert_eq!((pass.left, pass.right), (places[0].0, places[0].0 + 200.0));
        assert!(pass.y < places[0].1 || pass.y > places[0].1 + 100.0, "{pass:?} {places:?}");
    }

    #[test]
    fn cycles_and_invalid_edges_are_laid_out() {
        assert_eq!(layers(3, &[(0, 1), (1, 2), (2, 0)]), [0, 1, 2]);
        assert_eq!(layout(&[(1.0, 1.0)], &[(0, 0), (0, 9), (9, 0)]).places, [(0.0, 0.0)]);
        assert_eq!(layout(&[], &[(0, 1)]), Layout::default());
    }

    #[test]
    fn large_graphs_are_laid_out_in_columns() {
        let sizes = vec![(200.0, 100.0); 10_000];
        let chain: Vec<(usize, usize)> = (1..10_000).map(|at| (at - 1, at)).collect();
        let places = layout(&sizes, &chain).places;
        assert!(places.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(layout(&sizes, &[]).places.len(), 10_000);
        // The longest chain that is laid out in full, on the small stack of a test's thread.
        let places = layout(&sizes[..1_500], &chain[..1_499]).places;
        assert!(places.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn the_boxes_and_layers_of_a_full_layout_are_limited() {
        // Links have routes unless the boxes are in plain columns.
        let routes = |boxes: usize| {
            let chain = (1..boxes).map(|at| (at - 1, at)).chain([(0, 2)]).collect::<Vec<_>>();
            layout(&vec![(200.0, 100.0); boxes], &chain).routes.len()
        };
        assert_eq!([routes(1_499), routes(1_500)], [1_499, 0]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn boxes_do_not_overlap(
            sizes in prop::collection::vec((50.0..400.0, 40.0..500.0), 1..16),
            edges in prop::collection::vec((0_usize..16, 0_usize..16), 0..24),
        ) {
            let places = layout(&sizes, &edges).places;
            prop_assert_eq!(places.len(), sizes.len());
            // Positions are rounded to whole points.
            let smaller: Vec<Size> = sizes.iter().map(|size| (size.0 - 2.0, size.1 - 2.0)).collect();
            prop_assert!(!overlap(&smaller, &places));
            prop_assert_eq!(&layout(&sizes, &edges).places, &places);
            let edges: Vec<(usize, usize)> =
                edges.into_iter().filter(|&(a, b)| a != b && a < sizes.len() && b < sizes.len()).collect();
            prop_assert!(!overlap(&sizes, &columns(&sizes, &layers(sizes.len(), &edges))));
        }
    }
}
