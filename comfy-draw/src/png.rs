//! Rendering of pictures to PNG.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use crate::error::DrawError;
use crate::limits::MAX_SIDE;

/// The fonts to prefer, in this order. Most systems have one of them.
const PLAIN: [&str; 5] = ["DejaVu Sans", "Liberation Sans", "Noto Sans", "Arial", "Helvetica"];

/// Renders an SVG with `scale` pixels per point. Texts use the fonts of the system.
pub(crate) fn render(svg: &str, scale: f32) -> Result<Vec<u8>, DrawError> {
    let mut options = Options::default();
    let fonts = options.fontdb_mut();
    fonts.load_system_fonts();
    // If the system has no font of the list, any other font is used.
    let name = |face: &resvg::usvg::fontdb::FaceInfo| face.families.first().map(|family| family.0.clone());
    let families: Vec<String> = fonts.faces().filter_map(name).collect();
    let plain = PLAIN.iter().find(|plain| families.iter().any(|family| family == *plain));
    if let Some(family) = plain.map(|plain| (*plain).to_owned()).or_else(|| families.into_iter().next()) {
        fonts.set_sans_serif_family(family);
    }
    let tree = Tree::from_str(svg, &options).map_err(|error| DrawError::Render { reason: error.to_string() })?;
    let size = tree.size();
    let longest = size.width().max(size.height());
    let scale = scale.clamp(0.01, 16.0).min(MAX_SIDE / longest.max(1.0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the size is bounded and positive")]
    let pixels = |points: f32| (points * scale).ceil().max(1.0) as u32;
    let failed = || DrawError::Render { reason: "the picture is too large".to_owned() };
    let mut pixmap = Pixmap::new(pixels(size.width()), pixels(size.height())).ok_or_else(failed)?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    pixmap.encode_png().map_err(|error| DrawError::Render { reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn the_sides_of_a_picture_are_limited() {
        let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="10"/>"#;
        for scale in [1.0, 16.0, f32::MAX] {
            let png = render(svg, scale).unwrap();
            let side = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
            assert!((8_191..=8_192).contains(&side(16)) && side(20) <= 2, "{} × {}", side(16), side(20));
        }
    }
}
