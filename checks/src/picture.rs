//! The picture of the crates for `docs/architecture.md`: boxes on floors, with arrows from each crate to its
//! dependencies.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;

use crate::workspace::{Package, published};

/// The file of the picture, relative to the root of the workspace.
pub const PATH: &str = "docs/pictures/crates.svg";

const BOX_WIDTH: usize = 262;
const BOX_HEIGHT: usize = 108;
const GAP: usize = 28;
const FLOOR_HEIGHT: usize = 176;
const MARGIN: usize = 24;
/// The maximum length of a description's line that fits into a box, in characters.
const MAX_LINE_LEN: usize = 36;

/// A crate in the picture, with the place of its box.
struct Room<'w> {
    package: &'w Package,
    /// The floor, counted from the bottom: 0 for a crate without dependencies in the workspace, and otherwise one above
    /// the highest of them.
    floor: usize,
    x: usize,
    y: usize,
}

/// Returns an SVG picture of the published crates and their dependencies on each other. Arrows that others imply are
/// left out, and so are development and build dependencies.
///
/// # Errors
///
/// Returns an error if the packages cannot be listed.
pub fn crates_svg() -> io::Result<String> {
    let packages = published()?;
    let shown: BTreeMap<&str, &Package> = packages.iter().map(|package| (package.name.as_str(), package)).collect();
    let needs = |name: &str| -> BTreeSet<&str> {
        let list = shown.get(name).and_then(|package| package.manifest["dependencies"].as_array());
        let needed = list.into_iter().flatten().filter(|dependency| dependency["kind"].is_null());
        needed
            .filter_map(|dependency| shown.get_key_value(dependency["name"].as_str()?).map(|(name, _)| *name))
            .collect()
    };
    let rooms = rooms(&shown, &needs);
    let width = rooms.values().map(|room| room.x + BOX_WIDTH).max().unwrap_or(0) + MARGIN;
    let height = rooms.values().map(|room| room.y + BOX_HEIGHT).max().unwrap_or(0) + MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"system-ui, sans-serif\">\n<title>The crates, each above what it depends on</title>\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
         orient=\"auto\"><path d=\"M0 0 8 4 0 8z\" fill=\"#64748b\"/></marker></defs>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    for (name, room) in &rooms {
        for needed in direct(name, &needs) {
            arrow(&mut svg, room, &rooms[needed], &rooms);
        }
    }
    for room in rooms.values() {
        draw(&mut svg, room);
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

/// Places the crates on floors, from the bottom up. Each floor is centred, and its crates are sorted by the positions
/// of their dependencies.
fn rooms<'w>(
    shown: &BTreeMap<&'w str, &'w Package>,
    needs: &impl Fn(&str) -> BTreeSet<&'w str>,
) -> BTreeMap<&'w str, Room<'w>> {
    let mut floors: Vec<Vec<&str>> = Vec::new();
    for &name in shown.keys() {
        let floor = floor(name, needs);
        floors.resize(floors.len().max(floor + 1), Vec::new());
        floors[floor].push(name);
    }
    let widest = floors.iter().map(Vec::len).max().unwrap_or(0);
    let mut rooms: BTreeMap<&str, Room<'_>> = BTreeMap::new();
    for (level, mut names) in floors.iter().cloned().enumerate() {
        let wish = |name: &&str| {
            let below: Vec<usize> = needs(name).iter().filter_map(|name| rooms.get(name)).map(|room| room.x).collect();
            below.iter().sum::<usize>() / below.len().max(1)
        };
        names.sort_by_key(wish);
        let indent = (widest - names.len()) * (BOX_WIDTH + GAP) / 2;
        for (at, name) in names.into_iter().enumerate() {
            let x = MARGIN + indent + at * (BOX_WIDTH + GAP);
            let y = MARGIN + (floors.len() - 1 - level) * FLOOR_HEIGHT;
            rooms.insert(name, Room { package: shown[name], floor: level, x, y });
        }
    }
    rooms
}

fn floor<'w>(name: &str, needs: &impl Fn(&str) -> BTreeSet<&'w str>) -> usize {
    needs(name).into_iter().map(|needed| floor(needed, needs) + 1).max().unwrap_or(0)
}

/// Returns the dependencies of a crate that are not also dependencies, direct or indirect, of another one.
fn direct<'w>(name: &str, needs: &impl Fn(&str) -> BTreeSet<&'w str>) -> BTreeSet<&'w str> {
    let all = needs(name);
    let implied: BTreeSet<&str> = all.iter().flat_map(|other| reached(other, needs)).collect();
    all.difference(&implied).copied().collect()
}

fn reached<'w>(name: &str, needs: &impl Fn(&str) -> BTreeSet<&'w str>) -> BTreeSet<&'w str> {
    needs(name).into_iter().flat_map(|needed| reached(needed, needs).into_iter().chain([needed])).collect()
}

/// Draws an arrow between the middles of two boxes' edges. An arrow that skips a floor passes between the boxes of that
/// floor.
fn arrow(svg: &mut String, from: &Room<'_>, to: &Room<'_>, rooms: &BTreeMap<&str, Room<'_>>) {
    let (x1, y1) = (from.x + BOX_WIDTH / 2, from.y + BOX_HEIGHT);
    let (x2, y2) = (to.x + BOX_WIDTH / 2, to.y);
    let mut path = format!("M{x1} {y1}");
    let (mut x, mut y) = (x1, y1);
    for floor in (to.floor + 1..from.floor).rev() {
        let Some(top) = rooms.values().find(|room| room.floor == floor).map(|room| room.y) else { continue };
        let gap = gap_near(x2.midpoint(x1), floor, rooms);
        let middle = y.midpoint(top);
        let _ = write!(path, " C{x} {middle} {gap} {middle} {gap} {top} V{}", top + BOX_HEIGHT);
        (x, y) = (gap, top + BOX_HEIGHT);
    }
    let middle = y.midpoint(y2);
    let _ = write!(path, " C{x} {middle} {x2} {middle} {x2} {y2}");
    let _ = writeln!(
        svg,
        "<path d=\"{path}\" fill=\"none\" stroke=\"#64748b\" stroke-width=\"1.5\" marker-end=\"url(#tip)\"/>"
    );
}

/// Returns the middle of the gap on a floor that is nearest to `x`.
fn gap_near(x: usize, floor: usize, rooms: &BTreeMap<&str, Room<'_>>) -> usize {
    let edges = rooms.values().filter(|room| room.floor == floor);
    let gaps = edges.flat_map(|room| [room.x.saturating_sub(GAP / 2), room.x + BOX_WIDTH + GAP / 2]);
    gaps.min_by_key(|gap| gap.abs_diff(x)).unwrap_or(x)
}

fn draw(svg: &mut String, room: &Room<'_>) {
    let Room { package, x, y, .. } = room;
    let _ = writeln!(
        svg,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\" rx=\"8\" fill=\"#f8fafc\" stroke=\"#334155\"/>\n\
         <text x=\"{}\" y=\"{}\" font-size=\"15\" font-weight=\"600\" fill=\"#0f172a\">{}</text>",
        x + 12,
        y + 24,
        package.name
    );
    for (at, line) in wrapped(package.manifest["description"].as_str().unwrap_or_default()).iter().enumerate() {
        let (x, y) = (x + 12, y + 44 + at * 16);
        let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\" font-size=\"12\" fill=\"#334155\">{}</text>", escaped(line));
    }
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut().filter(|line| line.chars().count() + word.chars().count() < MAX_LINE_LEN) {
            Some(line) => line.extend([" ", word]),
            None => lines.push(word.to_owned()),
        }
    }
    lines.truncate(4);
    lines
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
