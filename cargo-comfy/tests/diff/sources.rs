//! A source file that the tests read. It is not compiled.

fn sharp(image: Out<IMAGE>) -> Out<IMAGE> {
    workflow! { Sharpen { image } }
}
