//! Runs to which something happens: every fault of the stand-in, alone and many at random, and a judge who knows from
//! the stand-in's own record what became of each run.

mod fault;
mod judge;
mod kind;
mod matrix;
mod schedule;
mod score;
mod world;

pub(crate) use matrix::matrix;
pub(crate) use schedule::schedules;
pub(crate) use score::Score;

/// How many of the cases to play: all, or each n-th.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Each(pub(crate) usize);
