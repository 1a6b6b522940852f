//! Every fault, at every kind of run.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::Each;
use super::fault::Fault;
use super::judge::{judge, submit};
use super::kind::Kind;
use super::score::Score;
use super::world::World;

/// So many cases are played at the same time.
const AT_ONCE: usize = 12;

/// Plays every fault at every kind of run, or each n-th of these cases.
pub(crate) async fn matrix(each: Each) -> Score {
    let mut cases = JoinSet::new();
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let all = Fault::all().into_iter().flat_map(|fault| Kind::ALL.map(|kind| (fault.clone(), kind)));
    for (number, (fault, kind)) in all.enumerate() {
        // Neighbours differ in the kind: a step that divides the number of kinds would leave some out.
        if (number + number / Kind::ALL.len()).is_multiple_of(each.0) {
            let places = Arc::clone(&places);
            cases.spawn(async move {
                let _place = places.acquire().await;
                case(fault, kind).await
            });
        }
    }
    let mut score = Score::default();
    for one in cases.join_all().await {
        score += one;
    }
    score
}

/// Plays one case.
async fn case(fault: Fault, kind: Kind) -> Score {
    let name = format!("{kind:?} × {fault:?}");
    let mut score = Score { cases: 1, ..Score::default() };
    let patience = if kind.stalls() { Duration::from_millis(1_500) } else { Duration::from_secs(20) };
    let world = World::new(patience).await;
    if let Some(before) = kind.before(1) {
        world.client.run(&before).await.unwrap();
    }
    let other = match kind {
        Kind::Waiting => submit(&world, Kind::Plain, 7, &name, &mut score).await,
        _ => None,
    };
    fault.set(&world);
    let Some(run) = submit(&world, kind, 1, &name, &mut score).await else { return score };
    let id = run.prompt_id().to_owned();
    fault.act(&world, &id).await;
    if kind == Kind::Cancelled {
        world.begun(&id).await;
        if let Err(error) = world.cancel(&run).await {
            score.wrong.push(format!("{name}: it cannot be cancelled: {error}"));
        }
    }
    score += judge(&world, run, &name).await;
    if let Some(other) = other {
        score += judge(&world, other, &name).await;
    }
    score
}
