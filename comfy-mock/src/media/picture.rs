//! The generated pictures: soft gradients that depend only on size and seed.

/// A picture whose pixels are computed row by row, so that a large one needs no memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// The seed of the colours.
    seed: u64,
    /// The share of noise, from 0 to 1.
    noise: f32,
}

/// The values that are the same for every pixel.
struct Palette {
    from: [f32; 3],
    to: [f32; 3],
    glow: [f32; 3],
    direction: (f32, f32),
    centre: (f32, f32),
}

impl Picture {
    /// Creates a picture of this width and height, in pixels, or of a smaller size with at most `max_pixels`.
    pub(crate) fn new((width, height): (u32, u32), seed: u64, max_pixels: u64) -> Self {
        let (width, height) = fit(width.max(1), height.max(1), max_pixels.max(1));
        Self { width, height, seed, noise: 0.0 }
    }

    /// Returns the picture as it looks after `step` of `steps` steps: with noise before the last step, and with no side
    /// longer than `max_side`.
    pub(crate) fn preview(self, max_side: u32, step: u32, steps: u32) -> Self {
        let size = self.width.max(self.height).max(1);
        let (width, height) = if size > max_side {
            (scaled(self.width, max_side, size), scaled(self.height, max_side, size))
        } else {
            (self.width, self.height)
        };
        #[expect(clippy::cast_precision_loss, reason = "a share, not a count")]
        let noise = 1.0 - step as f32 / steps.max(1) as f32;
        Self { width, height, seed: self.seed, noise: noise.clamp(0.0, 1.0) }
    }

    /// Returns the rows from top to bottom, with three bytes for each pixel.
    pub(crate) fn rows(self) -> impl Iterator<Item = Vec<u8>> {
        let palette = self.palette();
        (0..self.height).map(move |y| (0..self.width).flat_map(|x| self.pixel(&palette, x, y)).collect())
    }

    /// Returns all pixels, with three bytes for each.
    pub(crate) fn pixels(self) -> Vec<u8> {
        self.rows().flatten().collect()
    }

    fn palette(self) -> Palette {
        let mut dice = Dice(self.seed);
        let hue = dice.next();
        let angle = dice.next() * std::f32::consts::TAU;
        Palette {
            from: colour(hue, 0.75, 0.36),
            // Similar hues, because the gradient between distant ones is grey.
            to: colour(hue + 0.10 + 0.08 * dice.next(), 0.85, 0.6),
            glow: colour(hue + 0.22 + 0.08 * dice.next(), 0.95, 0.78),
            direction: (angle.cos() * 0.5, angle.sin() * 0.5),
            centre: (0.25 + 0.5 * dice.next(), 0.25 + 0.5 * dice.next()),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "sides are at most 2^24")]
    fn pixel(self, palette: &Palette, x: u32, y: u32) -> [u8; 3] {
        let (across, down) = (x as f32 / self.width as f32, y as f32 / self.height as f32);
        let along = 0.5 + (across - 0.5) * palette.direction.0 * 1.4 + (down - 0.5) * palette.direction.1 * 1.4;
        let (dx, dy) = (across - palette.centre.0, down - palette.centre.1);
        let glow = 0.85 / (1.0 + 14.0 * (dx * dx + dy * dy));
        let grain = if self.noise > 0.0 { self.grain(x / 4, y / 4) } else { 0.0 };
        std::array::from_fn(|channel| {
            let base = mix(palette.from[channel], palette.to[channel], smooth(along));
            let lit = mix(base, palette.glow[channel], glow);
            byte(mix(lit, grain, self.noise * 0.8))
        })
    }

    /// Returns the noise of a block of pixels.
    fn grain(self, x: u32, y: u32) -> f32 {
        Dice(self.seed ^ (u64::from(x) << 32 | u64::from(y)).wrapping_mul(0x9e37_79b9_7f4a_7c15)).next()
    }
}

/// Returns `side * to / from`, at least 1.
fn scaled(side: u32, to: u32, from: u32) -> u32 {
    let scaled = u64::from(side) * u64::from(to) / u64::from(from.max(1));
    u32::try_from(scaled).unwrap_or(to).max(1)
}

/// Halves a size until it has at most this many pixels, which must be at least 1.
fn fit(mut width: u32, mut height: u32, max_pixels: u64) -> (u32, u32) {
    while u64::from(width) * u64::from(height) > max_pixels {
        (width, height) = ((width / 2).max(1), (height / 2).max(1));
    }
    (width, height)
}

/// A pseudorandom sequence of numbers from 0 to 1 (splitmix64).
struct Dice(u64);

impl Dice {
    #[expect(clippy::cast_precision_loss, reason = "24 bits are kept")]
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 40) as f32 / 16_777_216.0
    }
}

fn mix(a: f32, b: f32, share: f32) -> f32 {
    a + (b - a) * share
}

fn smooth(share: f32) -> f32 {
    let share = share.clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is clamped")]
fn byte(share: f32) -> u8 {
    (share.clamp(0.0, 1.0) * 255.0) as u8
}

/// Converts a colour from hue, saturation and lightness, each from 0 to 1, to red, green and blue.
fn colour(hue: f32, saturation: f32, lightness: f32) -> [f32; 3] {
    let reach = saturation * lightness.min(1.0 - lightness);
    [0.0, 8.0, 4.0].map(|offset: f32| {
        let at = (offset + hue.rem_euclid(1.0) * 12.0) % 12.0;
        lightness - reach * (at - 3.0).min(9.0 - at).clamp(-1.0, 1.0)
    })
}

#[cfg(test)]
mod tests {
    use super::{Picture, fit};
    use crate::limits::DEFAULT_MAX_PIXELS;

    fn picture(width: u32, height: u32, seed: u64) -> Picture {
        Picture::new((width, height), seed, DEFAULT_MAX_PIXELS)
    }

    #[test]
    fn pictures_depend_on_the_seed_alone() {
        let soft = picture(16, 8, 7);
        assert_eq!(soft.pixels(), soft.pixels());
        assert_eq!(soft.pixels().len(), 16 * 8 * 3);
        assert_ne!(soft.pixels(), picture(16, 8, 8).pixels());
    }

    #[test]
    fn a_preview_is_small_and_keeps_its_aspect_ratio() {
        let preview = picture(2048, 1024, 7).preview(512, 1, 2);
        assert_eq!((preview.width, preview.height), (512, 256));
        let small = picture(64, 32, 7).preview(512, 1, 2);
        assert_eq!((small.width, small.height), (64, 32));
    }

    #[test]
    fn huge_sizes_are_scaled_down() {
        assert_eq!(fit(16384, 16384, DEFAULT_MAX_PIXELS), (4096, 4096));
        assert_eq!(fit(u32::MAX, 1, DEFAULT_MAX_PIXELS), (u32::MAX >> 8, 1));
    }
}
