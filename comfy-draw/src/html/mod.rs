//! Writing of a scene as an HTML page in which a user can pan, zoom and search. The page is a single file and needs no
//! network.

use std::fmt::Write;

use crate::color;
use crate::scene::Scene;
use crate::svg;
use crate::text::escape;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The content security policy, which allows only inline styles and the script with this digest. Even if a hostile
/// title became markup, no other script could run and nothing could be fetched.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-ynHifiZx/fjlxlWnVFKnnMNDQp9gvO8NL32AzV2uVP0='";

/// Writes the whole page.
pub(crate) fn write(scene: &Scene, title: &str) -> String {
    let mut out = String::from("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    let _ = writeln!(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">");
    let _ = writeln!(out, "<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>", escape(title));
    out.push_str(concat!(
        "<nav>\n",
        "<input id=\"search\" type=\"search\" placeholder=\"Search: title, class, value ( / )\" aria-label=\"Search\">\n",
        "<output id=\"count\"></output>\n",
        "<button id=\"problems\" hidden></button>\n",
        "<button id=\"out\" title=\"Smaller ( - )\">−</button>\n",
        "<button id=\"in\" title=\"Larger ( + )\">+</button>\n",
        "<button id=\"fit\" title=\"Show all ( f )\">Fit</button>\n",
    ));
    for problem in &scene.problems {
        let _ = writeln!(out, "<span>{}</span>", escape(problem));
    }
    let _ = writeln!(
        out,
        "</nav>\n<svg xmlns=\"http://www.w3.org/2000/svg\">\n<rect width=\"100%\" height=\"100%\" fill=\"{}\"/>",
        color::BACKGROUND
    );
    let _ = writeln!(out, "<g id=\"view\" data-width=\"{:.0}\" data-height=\"{:.0}\">", scene.width, scene.height);
    svg::write_content(scene, &mut out);
    let _ = writeln!(out, "</g>\n</svg>\n<script>{SCRIPT}</script>\n</body>\n</html>");
    out
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::{POLICY, SCRIPT};

    #[test]
    fn the_policy_allows_the_script() {
        let digest = Sha256::digest(SCRIPT.as_bytes());
        assert!(
            POLICY.contains(&format!("sha256-{}'", base64(&digest))),
            "the digest of the script is {}",
            base64(&digest)
        );
    }

    fn base64(bytes: &[u8]) -> String {
        const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = String::new();
        for chunk in bytes.chunks(3) {
            let bits =
                chunk.iter().enumerate().fold(0_usize, |bits, (at, byte)| bits | usize::from(*byte) << (16 - 8 * at));
            for at in 0..4 {
                let sign = char::from(SIGNS[bits >> (18 - 6 * at) & 63]);
                out.push(if at <= chunk.len() { sign } else { '=' });
            }
        }
        out
    }
}
