//! Sources for the test, not a test.

fn sharp(image: Out<IMAGE>) -> Out<IMAGE> {
    workflow! { Sharpen { image } }
}
