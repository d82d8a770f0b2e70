//! The same as [`drive`](crate::drive::drive), for crates that spawn tasks on tokio: its clock is paused, so that it jumps
//! once nothing moves, which tells when to let the next portion in, and when a peer hangs.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;
use tokio::time::sleep;

use crate::drive::Tasks;
use crate::wire::Wire;

thread_local! {
    /// One for each thread, as making one costs more than a handshake.
    static RUNTIME: RefCell<Option<Runtime>> = const { RefCell::new(None) };
}

/// Runs a future, what it spawns, and the tasks beside it until none can go on. `None` where the future waits although
/// nothing more comes.
pub fn drive_in_tokio<T>(wire: &Wire, tasks: &Tasks, future: impl Future<Output = T>) -> Option<T> {
    // A panic of the peer leaves none behind: what it spawned goes with the runtime.
    let runtime = RUNTIME.take();
    let runtime = match runtime {
        Some(runtime) => runtime,
        None => Builder::new_current_thread().enable_time().start_paused(true).build().ok()?,
    };
    let done = LocalSet::new().block_on(&runtime, run(wire, tasks, future));
    RUNTIME.set(Some(runtime));
    done
}

async fn run<T>(wire: &Wire, tasks: &Tasks, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut done = None;
    loop {
        let mut idle = pin!(sleep(Duration::from_millis(1)));
        let goes_on = poll_fn(|context| {
            if done.is_none()
                && let Poll::Ready(output) = future.as_mut().poll(context)
            {
                done = Some(output);
            }
            let is_any_left = tasks.poll(context);
            if done.is_some() && !is_any_left || wire.is_spent() {
                return Poll::Ready(false);
            }
            idle.as_mut().poll(context).map(|()| true)
        });
        if !goes_on.await || !wire.advance() {
            return done;
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;
    use ws101::judgement::Role;
    use ws101::suite::{Delivery, End, Exchange};

    use super::*;

    fn read(end: End, count: usize) -> Option<bool> {
        let exchange = Exchange { delivery: Delivery::Octets, end, ..Exchange::new(Role::Server, *b"abc") };
        let wire = Wire::of(&exchange);
        let mut its = wire.clone();
        let spawned = async move {
            let task = tokio::spawn(async move { its.read_exact(&mut vec![0; count]).await.is_ok() });
            task.await.unwrap_or(false)
        };
        drive_in_tokio(&wire, &Tasks::default(), spawned)
    }

    #[test]
    fn what_is_spawned_runs_and_a_hang_is_seen() {
        assert_eq!(read(End::Open, 3), Some(true));
        assert_eq!(read(End::Open, 4), None);
        assert_eq!(read(End::HalfClosed, 4), Some(false));
    }
}
