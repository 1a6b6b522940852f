//! Sorts nodes topologically.

/// Returns the numbers below `needs.len()` in an order in which each number comes after those that it needs. A number
/// comes as late as possible: right before the first number that needs it.
///
/// # Errors
///
/// Returns the members of a cycle, if there is one. Each needs the next, and the last needs the first.
pub(crate) fn sorted(needs: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut needed = vec![false; needs.len()];
    for &need in needs.iter().flatten() {
        mark(&mut needed, need);
    }
    let mut walk = Walk { needs, state: vec![State::New; needs.len()], order: Vec::with_capacity(needs.len()) };
    let (inner, outer): (Vec<usize>, Vec<usize>) = (0..needs.len()).partition(|&at| needed.get(at) == Some(&true));
    // The walks begin at the numbers that no other needs. Numbers that they do not reach are in a cycle or needed by a
    // cycle.
    for at in outer.into_iter().chain(inner) {
        walk.from(at)?;
    }
    Ok(walk.order)
}

fn mark(marks: &mut [bool], at: usize) {
    if let Some(mark) = marks.get_mut(at) {
        *mark = true;
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

struct Walk<'n> {
    needs: &'n [Vec<usize>],
    state: Vec<State>,
    order: Vec<usize>,
}

impl Walk<'_> {
    /// Visits everything that `start` needs, depth first. The stack is on the heap, because chains may be longer than
    /// the thread's stack.
    fn from(&mut self, start: usize) -> Result<(), Vec<usize>> {
        if self.state(start) != State::New {
            return Ok(());
        }
        let mut stack = vec![(start, 0)];
        self.set(start, State::Open);
        while let Some((at, next)) = stack.last_mut() {
            let (at, need) = (*at, self.needs.get(*at).and_then(|needs| needs.get(*next)).copied());
            *next += 1;
            let Some(need) = need else {
                self.set(at, State::Done);
                self.order.push(at);
                stack.pop();
                continue;
            };
            match self.state(need) {
                State::Done => {}
                State::New => {
                    self.set(need, State::Open);
                    stack.push((need, 0));
                }
                State::Open => {
                    return Err(stack.iter().map(|&(at, _)| at).skip_while(|&at| at != need).collect());
                }
            }
        }
        Ok(())
    }

    fn state(&self, at: usize) -> State {
        self.state.get(at).copied().unwrap_or(State::Done)
    }

    fn set(&mut self, at: usize, state: State) {
        if let Some(place) = self.state.get_mut(at) {
            *place = state;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sorted;

    #[test]
    fn needed_numbers_come_before_and_as_late_as_possible() {
        assert_eq!(sorted(&[vec![], vec![0, 2], vec![0], vec![]]), Ok(vec![0, 2, 1, 3]));
    }

    #[test]
    fn the_members_of_a_cycle_are_returned() {
        assert_eq!(sorted(&[vec![1], vec![2], vec![1]]), Err(vec![1, 2]));
        assert_eq!(sorted(&[vec![0]]), Err(vec![0]));
    }

    #[test]
    fn a_chain_of_a_million_does_not_overflow_the_stack() {
        let needs: Vec<Vec<usize>> = (0..1_000_000).map(|at| if at == 0 { vec![] } else { vec![at - 1] }).collect();
        assert_eq!(sorted(&needs).map(|order| order.len()), Ok(1_000_000));
    }
}
