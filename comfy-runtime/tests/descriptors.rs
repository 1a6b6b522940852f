//! Tests that a descriptor never makes a running program panic, whatever it contains.

use comfy_runtime::field::Slot;
use comfy_runtime::generated::{Builder, Desc};
use comfy_runtime::graph::Node;
use comfy_runtime::{Build, Graph, NoOutput};
use proptest::prelude::*;

/// A node whose descriptor is given at run time.
struct Odd;

impl Node for Odd {
    const DESC: Desc = Desc::new("");
    type Placed = NoOutput;
}

struct OddBuilder(Builder);

impl Build for OddBuilder {
    type Node = Odd;
    fn build(self) -> Builder {
        self.0
    }
}

/// Returns the JSON of a node with this packed descriptor and values for its first four inputs.
fn json_of(packed: &str) -> Option<String> {
    let desc: &'static Desc = Box::leak(Box::new(Desc::new(packed.to_owned().leak())));
    let slot = |text: &str| -> Slot { comfy_runtime::field::IntoField::<comfy_runtime::field::Raw>::into_slot(text) };
    let builder = (0..4).fold(Builder::new(desc), |builder, input| builder.set(input, slot("x")));
    let graph = Graph::new();
    graph.add(OddBuilder(builder));
    graph.raw("Anything").add();
    graph.finish(()).ok().map(|workflow| workflow.to_json())
}

proptest! {
    #[test]
    fn no_descriptor_causes_a_panic(packed in "[0-9A-O:-|\"é]{0,200}") {
        if let Some(json) = json_of(&packed) {
            prop_assert!(json.starts_with('{'), "{json}");
        }
    }
}

#[test]
fn the_marker_types_are_sorted_and_distinct() {
    let words = comfy_runtime::types::WORDS;
    assert!(words.is_sorted(), "sorted, so that generated code can be compared with them");
    assert!(words.windows(2).all(|pair| pair[0] != pair[1]));
}
