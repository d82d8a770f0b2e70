//! A panic of a peer is an observation: caught, with its message, and without noise.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// How many peers run on this thread, one inside the other.
    static RUNNING: Cell<usize> = const { Cell::new(0) };
}

/// Keeps panics of peers from the panic hook that is in place when this is called first. Every other panic goes to that
/// hook as before.
///
/// A program calls it once so that a peer's panic does not show on standard error; a fuzz target has to, because the hook
/// of libFuzzer ends the process before anything is caught.
pub fn catch_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if RUNNING.try_with(Cell::get).unwrap_or(0) == 0 {
                before(info);
            }
        }));
    });
}

/// Runs a peer's code: what it gives, or the message of its panic.
pub fn caught<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    RUNNING.with(|running| running.set(running.get() + 1));
    let result = catch_unwind(AssertUnwindSafe(run));
    RUNNING.with(|running| running.set(running.get() - 1));
    result.map_err(|payload| message(payload.as_ref()))
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without a message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_message() {
        catch_panics();
        assert_eq!(caught(|| 1), Ok(1));
        assert_eq!(caught(|| panic!("plain")), Err::<(), _>("plain".to_owned()));
        let number = 7;
        assert_eq!(caught(|| panic!("number {number}")), Err::<(), _>("number 7".to_owned()));
        assert_eq!(RUNNING.with(Cell::get), 0);
    }
}
