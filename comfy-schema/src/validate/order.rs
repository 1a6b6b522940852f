//! The order of validation, which changes with each start of the server.

/// The order in which outputs, and the inputs of each node, are validated.
#[derive(Debug, Clone, Copy)]
pub(super) enum Order {
    /// The order of the prompt and of the definitions.
    Declared,
    /// A pseudo-random order, with the state of the generator.
    Shuffled(u64),
}

impl Order {
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        let Self::Shuffled(state) = self else { return };
        for last in (1..items.len()).rev() {
            // One step of splitmix64.
            *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = *state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            let pick = usize::try_from((mixed ^ (mixed >> 31)) % (last as u64 + 1)).unwrap_or(0);
            items.swap(last, pick);
        }
    }
}
