//! Writing of a scene as SVG.

use std::fmt::Write;

use comfy_convert::InactiveState;

use crate::color;
use crate::limits::MAX_VALUE_LEN;
use crate::scene::{
    LINE, Line, PADDING, Placed, Point, ROW, SMALL_SIZE, Scene, TEXT_SIZE, TITLE_BAR, TITLE_SIZE, WIDGET, stands_below,
    value_height,
};
use crate::text::{escape, fit, width};

/// The radius of a socket's dot.
const DOT: f64 = 4.5;
/// The radius of a node's corners.
const CORNER: f64 = 8.0;

/// Writes the whole picture.
pub(crate) fn write(scene: &Scene) -> String {
    let mut out = String::new();
    let (w, h) = (scene.width, scene.height);
    let _ = writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{w:.0}" height="{h:.0}" viewBox="0 0 {w:.0} {h:.0}" font-family="Inter, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif">"#
    );
    let _ = writeln!(out, r#"<rect width="100%" height="100%" fill="{}"/>"#, color::BACKGROUND);
    write_content(scene, &mut out);
    out.push_str("</svg>\n");
    out
}

/// Writes links and nodes, without the `<svg>` element around them.
pub(crate) fn write_content(scene: &Scene, out: &mut String) {
    out.push_str("<g class=\"links\" fill=\"none\" stroke-width=\"2.5\">\n");
    for Line { link, points } in &scene.links {
        let colour = if link.wrong { color::ERROR } else { color::of_type(&link.kind) };
        let dash = match (link.wrong, link.inactive) {
            (true, _) => " stroke-dasharray=\"7 4\"",
            (false, true) => " stroke-dasharray=\"3 5\" opacity=\".5\"",
            (false, false) => "",
        };
        let _ = writeln!(out, r#"<path d="{}" stroke="{colour}"{dash}/>"#, path(points));
    }
    out.push_str("</g>\n");
    for placed in &scene.boxes {
        node(placed, out);
    }
}

/// Returns a path that leaves to the right and arrives from the left: curves, with horizontal lines between them.
fn path(points: &[Point]) -> String {
    let Some(((x, y), rest)) = points.split_first() else { return String::new() };
    let (mut x, mut y) = (*x, *y);
    let mut path = format!("M{x:.0} {y:.0}");
    for (at, &(to_x, to_y)) in rest.iter().enumerate() {
        if at % 2 == 1 {
            let _ = write!(path, "H{to_x:.0}");
        } else {
            let bend = ((to_x - x).abs() / 2.0).clamp(25.0, 160.0);
            let _ = write!(path, "C{:.0} {y:.0} {:.0} {to_y:.0} {to_x:.0} {to_y:.0}", x + bend, to_x - bend);
        }
        (x, y) = (to_x, to_y);
    }
    path
}

fn node(placed: &Placed, out: &mut String) {
    let (node, rect) = (&placed.node, placed.rect);
    let state = match (node.errors.is_empty(), node.warnings.is_empty()) {
        (false, _) => " wrong",
        (true, false) => " warned",
        (true, true) => "",
    };
    let inactive = node.inactive.map(InactiveState::name);
    let (class, opacity) = inactive.map_or_else(Default::default, |name| (format!(" {name}"), " opacity=\".5\""));
    let dash = if inactive.is_some() { " stroke-dasharray=\"8 5\"" } else { "" };
    let (outline, stroke) = match state {
        " wrong" => (color::ERROR, 3.0),
        " warned" => (color::WARNING, 1.5),
        _ if inactive.is_some() => (color::TITLE, 1.5),
        _ => (color::OUTLINE, 1.0),
    };
    let _ = writeln!(
        out,
        r#"<g class="node{state}{class}" data-id="{}" transform="translate({:.0} {:.0})"{opacity}>"#,
        escape(&node.id),
        rect.x,
        rect.y
    );
    let _ = writeln!(out, "<title>{}</title>", escape(&tooltip(placed)));
    let (w, h) = (rect.width, rect.height);
    let _ = writeln!(out, r#"<rect width="{w:.0}" height="{h:.0}" rx="{CORNER}" fill="{}"/>"#, color::BODY);
    let _ = writeln!(
        out,
        r#"<path d="M0 {TITLE_BAR}V{CORNER}A{CORNER} {CORNER} 0 0 1 {CORNER} 0H{:.0}A{CORNER} {CORNER} 0 0 1 {w:.0} {CORNER}V{TITLE_BAR}Z" fill="{}"/>"#,
        w - CORNER,
        color::TITLE_BAR
    );
    // The outline comes after the title bar, which would hide a part of it.
    let _ = writeln!(
        out,
        r#"<rect class="box" width="{w:.0}" height="{h:.0}" rx="{CORNER}" fill="none" stroke="{outline}" stroke-width="{stroke}"{dash}/>"#
    );
    let room = w - 2.0 * PADDING;
    let word = inactive.unwrap_or_default();
    let beside = if word.is_empty() { 0.0 } else { width(word, SMALL_SIZE) + PADDING };
    label(out, (PADDING, 18.0), TITLE_SIZE, color::TITLE, "start", &fit(&node.title, TITLE_SIZE, room - beside));
    label(out, (w - PADDING, 18.0), SMALL_SIZE, color::INACTIVE, "end", word);
    let id = fit(&format!("#{}", node.id), SMALL_SIZE, room / 2.0);
    let left = room - width(&id, SMALL_SIZE) - 2.0 * PADDING;
    label(out, (PADDING, 34.0), SMALL_SIZE, color::FAINT, "start", &fit(&node.class, SMALL_SIZE, left));
    label(out, (w - PADDING, 34.0), SMALL_SIZE, color::FAINT, "end", &id);
    sockets(placed, out);
    let y = values(placed, placed.below_sockets(), out);
    let colour = if node.errors.is_empty() { color::WARNING } else { color::ERROR_TEXT };
    for (at, line) in (0_u32..).zip(&placed.problems) {
        label(out, (PADDING, y + LINE * (f64::from(at) + 0.8)), SMALL_SIZE, colour, "start", line);
    }
    out.push_str("</g>\n");
}

fn sockets(placed: &Placed, out: &mut String) {
    let w = placed.rect.width;
    let both = |at: usize| placed.node.inputs.get(at).is_some() && placed.node.outputs.get(at).is_some();
    let room = |at: usize| if both(at) { w / 2.0 - 2.0 * PADDING } else { w - 3.0 * PADDING };
    let middle = |row: u32| TITLE_BAR + ROW * f64::from(row) + ROW / 2.0;
    for ((row, at), socket) in (0_u32..).zip(0..).zip(&placed.node.inputs) {
        dot(out, (0.0, middle(row)), &socket.kind);
        let name = fit(&socket.name, TEXT_SIZE, room(at));
        label(out, (PADDING + 2.0, middle(row) + 4.0), TEXT_SIZE, color::TEXT, "start", &name);
    }
    for ((row, at), socket) in (0_u32..).zip(0..).zip(&placed.node.outputs) {
        dot(out, (w, middle(row)), &socket.kind);
        let name = fit(&socket.name, TEXT_SIZE, room(at));
        label(out, (w - PADDING - 2.0, middle(row) + 4.0), TEXT_SIZE, color::TEXT, "end", &name);
    }
}

fn dot(out: &mut String, (x, y): Point, kind: &str) {
    let _ = writeln!(out, r#"<circle cx="{x:.0}" cy="{y:.0}" r="{DOT}" fill="{}"/>"#, color::of_type(kind));
}

/// Writes the values, and returns the position of the next line.
fn values(placed: &Placed, mut y: f64, out: &mut String) -> f64 {
    let w = placed.rect.width;
    for ((name, value), lines) in placed.node.values.iter().zip(&placed.values) {
        let height = value_height(value, lines);
        let _ = writeln!(
            out,
            r#"<rect x="{:.0}" y="{:.0}" width="{:.0}" height="{:.0}" rx="5" fill="{}"/>"#,
            PADDING - 2.0,
            y + 1.0,
            w - 2.0 * PADDING + 4.0,
            height - 2.0,
            color::WIDGET
        );
        let base = y + WIDGET / 2.0 + 4.0;
        let below = stands_below(value, lines);
        let shown = if below { String::new() } else { value.clone() };
        let room = w - 4.0 * PADDING - width(&shown, TEXT_SIZE);
        label(
            out,
            (PADDING + 4.0, base),
            TEXT_SIZE,
            color::FAINT,
            "start",
            &fit(name, TEXT_SIZE, room.max(3.0 * PADDING)),
        );
        if below {
            for (at, line) in (1_u32..).zip(lines) {
                let y = base + LINE * f64::from(at);
                label(out, (PADDING + 4.0, y), TEXT_SIZE, color::WIDGET_TEXT, "start", line);
            }
        } else {
            label(out, (w - PADDING - 4.0, base), TEXT_SIZE, color::WIDGET_TEXT, "end", &shown);
        }
        y += height;
    }
    y
}

fn label(out: &mut String, (x, y): Point, size: f64, colour: &str, anchor: &str, text: &str) {
    if text.is_empty() {
        return;
    }
    let end = if anchor == "end" { " text-anchor=\"end\"" } else { "" };
    let _ =
        writeln!(out, r#"<text x="{x:.0}" y="{y:.0}" font-size="{size}" fill="{colour}"{end}>{}</text>"#, escape(text));
}

/// Returns the text of a node's tooltip, which the HTML page also searches.
fn tooltip(placed: &Placed) -> String {
    let node = &placed.node;
    let mut out = format!("{} ({})\nnode {}", node.title, node.class, node.id);
    if let Some(state) = node.inactive {
        let _ = write!(out, "\n{}: the node does not run", state.name());
    }
    for (name, value) in &node.values {
        let value: String = value.chars().take(MAX_VALUE_LEN).collect();
        let _ = write!(out, "\n{name}: {value}");
    }
    for error in &node.errors {
        let _ = write!(out, "\nerror: {error}");
    }
    for warning in &node.warnings {
        let _ = write!(out, "\nwarning: {warning}");
    }
    out
}
