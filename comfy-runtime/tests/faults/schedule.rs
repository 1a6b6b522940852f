//! Random schedules: each seed determines one case.

use std::time::Duration;

use comfy_mock::{EventMatch, Timing};

use crate::case::{Case, Fault, Kind};
use crate::matrix;

/// The generator `SplitMix64`: short, and good enough to choose among faults.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    fn one_of<T: Clone>(&mut self, items: &[T]) -> T {
        let at = usize::try_from(self.below(items.len() as u64)).expect("small");
        items[at].clone()
    }
}

/// Returns the case of a seed: one to four faults, most of them at a random frame.
pub(crate) fn case(seed: u64) -> Case {
    let mut dice = Dice(seed);
    let known = matrix::faults();
    let kind = dice.one_of(&Kind::ALL);
    let count = 1 + dice.below(4);
    let faults: Vec<Fault> = (0..count)
        .map(|_| match dice.below(3) {
            0 => dice.one_of(&known),
            _ => Fault::Event(EventMatch::Nth(1 + dice.below(24)), dice.one_of(&matrix::event_faults())),
        })
        .collect();
    let timing = Timing::instant().step(Duration::from_millis(dice.below(4)));
    Case {
        name: format!("seed {seed}: {kind:?} with {faults:?}"),
        kind,
        steps: 1 + u32::try_from(dice.below(6)).expect("small"),
        timing: timing.node(Duration::from_millis(dice.below(3))),
        faults,
        after: Duration::from_millis(dice.below(60)),
    }
}
