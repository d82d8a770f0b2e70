//! Counts the octets that the reference looks at, so that a test can show that the work is linear without a clock.

use std::cell::Cell;

thread_local! {
    static VISITED: Cell<u64> = const { Cell::new(0) };
}

/// Adds octets that a function is about to look at.
#[cfg(debug_assertions)]
pub(crate) fn visit(octets: usize) {
    VISITED.with(|visited| visited.set(visited.get().wrapping_add(octets as u64)));
}

/// Here it would slow down what it counts.
#[cfg(not(debug_assertions))]
pub(crate) const fn visit(_octets: usize) {}

/// The octets visited so far by this thread; none, but in a build with debug assertions.
pub fn visited() -> u64 {
    VISITED.with(Cell::get)
}
