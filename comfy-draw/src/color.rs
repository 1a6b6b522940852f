//! The colours of ComfyUI's default theme ("dark"), front end 1.45.

/// The types of sockets and their colours.
const SOCKETS: [(&str, &str); 16] = [
    ("CLIP", "#ffd500"),
    ("CLIP_VISION", "#a8dadc"),
    ("CLIP_VISION_OUTPUT", "#ad7452"),
    ("CONDITIONING", "#ffa931"),
    ("CONTROL_NET", "#6ee7b7"),
    ("GUIDER", "#66ffff"),
    ("IMAGE", "#64b5f6"),
    ("LATENT", "#ff9cf9"),
    ("MASK", "#81c784"),
    ("MODEL", "#b39ddb"),
    ("NOISE", "#b0b0b0"),
    ("SAMPLER", "#ecb4b4"),
    ("SIGMAS", "#cdffcd"),
    ("STYLE_MODEL", "#c2ffae"),
    ("TAESD", "#dcc274"),
    ("VAE", "#ff6e6e"),
];

/// The colour of sockets and links of any other type.
pub(crate) const LINK: &str = "#99aa99";
pub(crate) const BACKGROUND: &str = "#141414";
pub(crate) const TITLE_BAR: &str = "#333333";
pub(crate) const TITLE: &str = "#ffffff";
pub(crate) const BODY: &str = "#353535";
pub(crate) const OUTLINE: &str = "#666666";
pub(crate) const TEXT: &str = "#aaaaaa";
pub(crate) const FAINT: &str = "#999999";
pub(crate) const WIDGET: &str = "#222222";
pub(crate) const WIDGET_TEXT: &str = "#dddddd";
pub(crate) const ERROR: &str = "#ee0000";
pub(crate) const ERROR_TEXT: &str = "#ff6666";
pub(crate) const WARNING: &str = "#e0a030";
/// The colour of the word `muted` or `bypassed` on an inactive node.
pub(crate) const INACTIVE: &str = "#e0d0ff";

/// Returns the colour of a type. A union has the colour of its first type.
pub(crate) fn of_type(word: &str) -> &'static str {
    let word = word.split(',').next().unwrap_or_default().trim();
    SOCKETS.binary_search_by_key(&word, |(name, _)| name).map_or(LINK, |at| SOCKETS[at].1)
}

#[cfg(test)]
mod tests {
    use super::{LINK, SOCKETS, of_type};

    #[test]
    fn known_types_are_found_and_others_are_plain() {
        assert!(SOCKETS.is_sorted());
        assert_eq!(of_type("IMAGE"), "#64b5f6");
        assert_eq!(of_type("IMAGE,MASK"), "#64b5f6");
        assert_eq!(of_type("POSE"), LINK);
    }
}
