//! Kinds of runs.

use comfy_runtime::Workflow;

use crate::support::{blank, text_to_image, workflow};

/// A kind of run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    /// All of it ran before.
    Cached,
    /// Only the sampler's seed is new.
    PartlyCached,
    /// A node raises.
    Failing,
    /// Its own client cancels it while it runs.
    Cancelled,
    /// One of two outputs is dropped.
    Partial,
    ThreeOutputs,
    /// Behind another one.
    Waiting,
    /// A node never ends.
    Hanging,
    /// It kills the server's worker thread.
    Deadly,
}

impl Kind {
    pub(crate) const ALL: [Self; 10] = [
        Self::Plain,
        Self::Cached,
        Self::PartlyCached,
        Self::Failing,
        Self::Cancelled,
        Self::Partial,
        Self::ThreeOutputs,
        Self::Waiting,
        Self::Hanging,
        Self::Deadly,
    ];

    /// What has run before, so that the cache has it.
    pub(crate) fn before(self, seed: u64) -> Option<Workflow> {
        match self {
            Self::Cached => Some(text_to_image(seed, 3)),
            Self::PartlyCached => Some(text_to_image(seed + 1_000_000, 3)),
            _ => None,
        }
    }

    pub(crate) fn workflow(self, seed: u64) -> Workflow {
        match self {
            Self::Plain | Self::Cached | Self::PartlyCached => text_to_image(seed, 3),
            Self::Cancelled => text_to_image(seed, 2_000),
            Self::Waiting => blank(u32::try_from(seed % 1_000).unwrap_or(0)),
            Self::Failing => ending_in("fails", seed),
            Self::Hanging => ending_in("hangs", seed),
            Self::Partial => two_outputs(seed, 0),
            Self::ThreeOutputs => three_outputs(seed),
            Self::Deadly => deadly(seed),
        }
    }

    /// Nothing ends it but somebody else.
    pub(crate) fn stalls(self) -> bool {
        matches!(self, Self::Hanging | Self::Deadly)
    }
}

/// A node of this id between a picture and its saving: the stand-in is told what it does.
fn ending_in(id: &str, seed: u64) -> Workflow {
    let color = seed % 1_000;
    workflow(&format!(
        r#"{{
        "img": {{"class_type": "EmptyImage", "inputs": {{"width": 8, "height": 8, "batch_size": 1, "color": {color}}}}},
        "{id}": {{"class_type": "ImageInvert", "inputs": {{"image": ["img", 0]}}}},
        "save": {{"class_type": "SaveImage", "inputs": {{"images": ["{id}", 0], "filename_prefix": "x"}}}}
    }}"#
    ))
}

/// Two outputs; the second one's picture has this width, and 0 is too small.
fn two_outputs(seed: u64, width: u32) -> Workflow {
    let color = seed % 1_000;
    workflow(&format!(
        r#"{{
        "img": {{"class_type": "EmptyImage", "inputs": {{"width": 8, "height": 8, "batch_size": 1, "color": {color}}}}},
        "bad": {{"class_type": "EmptyImage", "inputs": {{"width": {width}, "height": 8, "batch_size": 1, "color": 0}}}},
        "save": {{"class_type": "SaveImage", "inputs": {{"images": ["img", 0], "filename_prefix": "x"}}}},
        "gone": {{"class_type": "SaveImage", "inputs": {{"images": ["bad", 0], "filename_prefix": "x"}}}}
    }}"#
    ))
}

fn three_outputs(seed: u64) -> Workflow {
    let color = seed % 1_000;
    workflow(&format!(
        r#"{{
        "img": {{"class_type": "EmptyImage", "inputs": {{"width": 8, "height": 8, "batch_size": 1, "color": {color}}}}},
        "one": {{"class_type": "SaveImage", "inputs": {{"images": ["img", 0], "filename_prefix": "one"}}}},
        "two": {{"class_type": "PreviewImage", "inputs": {{"images": ["img", 0]}}}},
        "three": {{"class_type": "PreviewAny", "inputs": {{"source": {seed}}}}}
    }}"#
    ))
}

/// An input that nobody declared links to a node that is not there: it is accepted, and stops the worker.
fn deadly(seed: u64) -> Workflow {
    let color = seed % 1_000;
    workflow(&format!(
        r#"{{
        "img": {{"class_type": "EmptyImage", "inputs": {{
            "width": 8, "height": 8, "batch_size": 1, "color": {color}, "undeclared": ["nowhere", 0]}}}},
        "save": {{"class_type": "SaveImage", "inputs": {{"images": ["img", 0], "filename_prefix": "x"}}}}
    }}"#
    ))
}
