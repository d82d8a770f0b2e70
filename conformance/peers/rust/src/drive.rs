//! The smallest executor: it polls until nothing moves, lets the next portion of octets in, and so sees a hang at once.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use crate::wire::Wire;

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What a peer runs beside its handshake: the connection of hyper, or what an upgraded connection does.
#[derive(Clone, Default)]
pub struct Tasks(Arc<Mutex<Vec<Task>>>);

impl Tasks {
    /// Adds a task.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Box::pin(task));
    }

    /// Drops every task: one that waits for ever may hold these very tasks, and so itself.
    pub fn end(&self) {
        let ended = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        drop(ended);
    }

    /// Polls every task once; tells whether any is left.
    pub fn poll(&self, context: &mut Context<'_>) -> bool {
        let mut running = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        running.retain_mut(|task| task.as_mut().poll(context).is_pending());
        let mut tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.extend(running);
        !tasks.is_empty()
    }
}

impl<F: Future<Output = ()> + Send + 'static> hyper::rt::Executor<F> for Tasks {
    fn execute(&self, task: F) {
        self.spawn(task);
    }
}

#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

/// Runs a future and the tasks beside it until neither can go on. `None` where the future waits although nothing more comes,
/// or goes round in circles.
pub fn drive<T>(wire: &Wire, tasks: &Tasks, future: impl Future<Output = T>) -> Option<T> {
    let flag = Arc::new(Flag::default());
    let waker = Waker::from(flag.clone());
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    let mut done = None;
    while !wire.is_spent() {
        if done.is_none()
            && let Poll::Ready(output) = future.as_mut().poll(&mut context)
        {
            done = Some(output);
        }
        let is_any_left = tasks.poll(&mut context);
        if flag.0.swap(false, Ordering::AcqRel) {
            wire.count_round();
            continue;
        }
        if done.is_some() && !is_any_left || !wire.advance() {
            break;
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use futures::AsyncReadExt as _;
    use ws101::judgement::Role;
    use ws101::suite::{Delivery, End, Exchange};

    use super::*;

    fn wire(end: End) -> Wire {
        Wire::of(&Exchange { delivery: Delivery::Octets, end, ..Exchange::new(Role::Server, *b"abc") })
    }

    async fn read(mut wire: Wire, count: usize) -> Vec<u8> {
        let mut buffer = vec![0; count];
        let read = wire.read_exact(&mut buffer).await.is_ok();
        if read { buffer } else { Vec::new() }
    }

    #[test]
    fn portions_come_one_by_one_and_a_hang_is_seen() {
        let open = wire(End::Open);
        assert_eq!(drive(&open, &Tasks::default(), read(open.clone(), 3)), Some(b"abc".to_vec()));
        let open = wire(End::Open);
        assert_eq!(drive(&open, &Tasks::default(), read(open.clone(), 4)), None);
        let ends = wire(End::HalfClosed);
        assert_eq!(drive(&ends, &Tasks::default(), read(ends.clone(), 4)), Some(Vec::new()));
    }

    #[test]
    fn tasks_run_on_behind_the_future() {
        let (open, tasks, seen) = (wire(End::Open), Tasks::default(), Arc::new(Mutex::new(Vec::new())));
        let (its, into, inner) = (open.clone(), seen.clone(), tasks.clone());
        let spawns = async move {
            inner.spawn(async move { *into.lock().unwrap() = read(its, 2).await });
        };
        assert_eq!(drive(&open, &tasks, spawns), Some(()));
        assert_eq!(*seen.lock().unwrap(), b"ab");
    }

    #[test]
    fn tasks_that_hold_themselves_are_dropped_at_the_end() {
        let (tasks, held) = (Tasks::default(), Arc::new(()));
        let (inner, its) = (tasks.clone(), held.clone());
        tasks.spawn(async move {
            std::future::pending::<()>().await;
            drop((inner, its));
        });
        tasks.end();
        assert_eq!(Arc::strong_count(&held), 1);
    }

    #[test]
    fn circles_end() {
        let open = wire(End::Open);
        let circle = std::future::poll_fn(|context: &mut Context<'_>| {
            context.waker().wake_by_ref();
            Poll::<()>::Pending
        });
        assert_eq!(drive(&open, &Tasks::default(), circle), None);
        assert!(open.is_spent());
    }
}
