mod nodes {
    include!("../generated/older.rs");
}

fn main() {
    let _ = nodes::KSampler { model: 5 };
}
