//! Sizes of nodes in the editor. They are large enough that the editor need not enlarge a node when the file is opened,
//! and that a picture fits below the widgets.
//!
//! The heights are those of front end 1.45, measured with it for all 796 classes of ComfyUI 0.26.0. The widths of texts
//! are estimates that err on the large side.

use comfy_schema::{InputKind, NodeDef, Value};

use crate::widgets::{Kind, Widget, Widgets};

/// The height of the title bar, which the editor draws above a node's position.
pub(super) const TITLE: f64 = 30.0;
/// The height of a row of sockets.
const ROW: f64 = 20.0;
/// The gap below the rows of sockets.
const BELOW_ROWS: f64 = 6.0;
/// The gap above the widgets.
const BEFORE_WIDGETS: f64 = 8.0;
/// The height of a widget of one line.
const WIDGET: f64 = 24.0;
/// The height of a text box of several lines.
const TEXT: f64 = 54.0;
/// The height that a player or viewer adds to its widget.
const VIEWER: f64 = 30.0;
/// The height of the picture that the node loads or makes.
const PICTURE: f64 = 212.0;
/// The width of a new node without widgets.
const PLAIN_WIDTH: f64 = 140.0;
/// The width of a new node with widgets.
const WIDGET_WIDTH: f64 = 270.0;
/// The width of a new node with a text box of several lines.
const TEXT_WIDTH: f64 = 400.0;
/// The minimum height of a node with a text box of several lines.
const TEXT_HEIGHT: f64 = 200.0;
/// The minimum width and height of a node with a viewer of 3D models.
const SCENE: (f64, f64) = (300.0, 600.0);
/// The estimated width of a character in titles and socket names.
const CHARACTER: f64 = 8.0;
/// The space beside a title.
const BESIDE_TITLE: f64 = 60.0;
/// The space beside and between the names of a row of sockets.
const BESIDE_NAMES: f64 = 50.0;

/// The size of a node, in the editor's points.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct BoxSize {
    /// The width.
    pub width: f64,
    /// The height, title bar included.
    pub height: f64,
}

impl BoxSize {
    /// Returns the size in the form of the file, which does not count the title bar.
    pub(super) fn write(self) -> Value {
        Value::Array(vec![self.width.into(), (self.height - TITLE).into()])
    }
}

/// Returns the size of a node with these numbers of socket rows and plain widgets.
pub(super) fn of_rows(rows: usize, widgets: usize) -> BoxSize {
    let width = if widgets > 0 { WIDGET_WIDTH } else { PLAIN_WIDTH };
    let widgets = if widgets > 0 { BEFORE_WIDGETS + WIDGET * count(widgets) } else { 0.0 };
    BoxSize { width, height: TITLE + ROW * count(rows.max(1)) + BELOW_ROWS + widgets }
}

/// Returns the size of a node of a known class. `rows` are the names at its left and right sides.
pub(super) fn of_class(class: &NodeDef, widgets: &Widgets<'_>, title: &str, rows: &Rows<'_>) -> BoxSize {
    let heights: Vec<f64> = widgets.list.iter().filter_map(height).collect();
    let mut size = of_rows(rows.count(), 0);
    if !heights.is_empty() {
        size.width = WIDGET_WIDTH;
        size.height += BEFORE_WIDGETS + heights.iter().sum::<f64>();
    }
    if widgets.list.iter().any(|widget| matches!(widget.kind, Kind::Multiline { .. })) {
        size.width = size.width.max(TEXT_WIDTH);
        size.height = size.height.max(TITLE + TEXT_HEIGHT);
    }
    if widgets.list.iter().any(|widget| widget.kind == Kind::Rendered) {
        size.width = size.width.max(SCENE.0);
        size.height = size.height.max(TITLE + SCENE.1);
    } else if shows_picture(class) {
        size.height += PICTURE;
    }
    size.width = size.width.max(rows.width()).max(text(title) + BESIDE_TITLE);
    size
}

/// The names of a node's sockets.
pub(super) struct Rows<'r> {
    pub(super) inputs: Vec<&'r str>,
    pub(super) outputs: Vec<&'r str>,
}

impl Rows<'_> {
    pub(super) fn count(&self) -> usize {
        self.inputs.len().max(self.outputs.len())
    }

    pub(super) fn width(&self) -> f64 {
        let name = |names: &[&str], at: usize| names.get(at).map_or(0.0, |name| text(name));
        let row = |at: usize| name(&self.inputs, at) + name(&self.outputs, at) + BESIDE_NAMES;
        (0..self.count()).map(row).fold(0.0, f64::max)
    }
}

/// Returns the height of a widget, or `None` if it is hidden.
fn height(widget: &Widget<'_>) -> Option<f64> {
    Some(match widget.kind {
        Kind::CustomIndex => return None,
        Kind::Multiline { .. } => TEXT,
        Kind::Rendered | Kind::AudioAddress => WIDGET + VIEWER,
        _ if widget.name == "audioUI" || widget.name.starts_with("preview_") => WIDGET + VIEWER,
        _ => WIDGET,
    })
}

/// Returns whether the editor shows a picture or video below the widgets: one that the node loads or makes.
fn shows_picture(class: &NodeDef) -> bool {
    let loads = class.inputs.iter().any(|input| {
        let flags = ["image_upload", "video_upload", "animated_image_upload"];
        flags.iter().any(|flag| input.options.get(flag) == Some(&Value::Bool(true)))
    });
    let takes =
        |word: &str| class.inputs.iter().any(|input| matches!(&input.kind, InputKind::Link(kind) if kind == word));
    loads || class.output_node && (takes("IMAGE") || takes("VIDEO"))
}

/// Returns the estimated width of a text.
fn text(text: &str) -> f64 {
    count(text.chars().count()) * CHARACTER
}

#[expect(clippy::cast_precision_loss, reason = "a node has few rows, and a title few characters")]
fn count(count: usize) -> f64 {
    count.min(1_000) as f64
}
