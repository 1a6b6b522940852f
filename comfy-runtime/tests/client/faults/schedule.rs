//! Many runs, and many things that happen to them, at random.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::fault::Fault;
use super::judge::{judge, submit};
use super::kind::Kind;
use super::score::Score;
use super::world::World;

/// So many schedules are played at the same time.
const AT_ONCE: usize = 8;

/// Plays so many schedules; each has a seed of its own, and the first has this one.
pub(crate) async fn schedules(first: u64, count: usize) -> Score {
    let mut all = JoinSet::new();
    let places = Arc::new(Semaphore::new(AT_ONCE));
    for seed in (first..).take(count) {
        let places = Arc::clone(&places);
        all.spawn(async move {
            let _place = places.acquire().await;
            schedule(seed).await
        });
    }
    let mut score = Score::default();
    for one in all.join_all().await {
        score += one;
    }
    score
}

/// Plays one schedule.
async fn schedule(seed: u64) -> Score {
    let mut random = Random(seed);
    let mut score = Score { cases: 1, ..Score::default() };
    let kinds: Vec<Kind> = (0..=random.below(5)).map(|_| random.kind()).collect();
    let patience = if kinds.iter().any(|kind| kind.stalls()) { 2_500 } else { 20_000 };
    let world = Arc::new(World::new(Duration::from_millis(patience)).await);
    let mut judges = JoinSet::new();
    for (number, kind) in kinds.into_iter().enumerate() {
        let name = format!("seed {seed}, run {number}, {kind:?}");
        for _ in 0..random.below(3) {
            random.fault().set(&world);
        }
        let seed = if random.below(4) == 0 { 3 } else { number as u64 };
        let run = submit(&world, kind, seed, &name, &mut score).await;
        if random.below(2) == 0 {
            tokio::time::sleep(Duration::from_millis(random.below(60))).await;
        }
        if let Some(run) = run {
            let id = run.prompt_id().to_owned();
            if kind == Kind::Cancelled || random.below(6) == 0 {
                // Faults may befall that call too; then it is tried again, as a person would.
                while world.cancel(&run).await.is_err() {}
            }
            let shared = Arc::clone(&world);
            judges.spawn(async move { judge(&shared, run, &name).await });
            if random.below(3) == 0 {
                random.fault().act(&world, &id).await;
            }
        }
    }
    for one in judges.join_all().await {
        score += one;
    }
    score
}

/// Numbers that look random and are the same for the same seed (`SplitMix64`).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// At least 0 and less than `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        let at = usize::try_from(self.below(list.len() as u64)).unwrap();
        list[at].clone()
    }

    /// What hangs is rare: all that is behind it hangs with it.
    fn kind(&mut self) -> Kind {
        let kind = self.pick(&Kind::ALL);
        if kind.stalls() && self.below(5) > 0 { Kind::Plain } else { kind }
    }

    fn fault(&mut self) -> Fault {
        let acts = [Fault::Restart(super::fault::When::Begun), Fault::Delete];
        if self.below(6) == 0 { self.pick(&acts) } else { self.pick(&Fault::all()) }
    }
}
