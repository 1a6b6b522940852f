mod nodes {
    include!("../generated/newer.rs");
}

fn main() {
    let _ = nodes::KSampler { model: 5 };
}
