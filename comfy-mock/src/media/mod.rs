//! Small valid files of every kind that output nodes write, and the decoding of uploaded pictures.

mod audio;
mod boxes;
mod image;
mod model;
mod picture;
mod video;
mod webm;

pub(crate) use audio::{flac, mp3, opus, wav};
pub(crate) use image::{Image, MediaError, jpeg, png, png_of, size_of, webp};
pub(crate) use model::{glb, latent, svg};
pub(crate) use picture::Picture;
pub(crate) use video::mp4;
pub(crate) use webm::webm;
