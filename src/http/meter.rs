//! Counts the octets that the reference looks at, so that a test can show that the work is linear without a clock.

// Builds with debug assertions alone count: elsewhere it would slow down what it counts.
#[cfg(debug_assertions)]
mod counter {
    use std::cell::Cell;

    thread_local! {
        static VISITED: Cell<u64> = const { Cell::new(0) };
    }

    /// Adds octets that a function is about to look at.
    pub(crate) fn visit(octets: usize) {
        VISITED.with(|visited| visited.set(visited.get().wrapping_add(octets as u64)));
    }

    /// The octets visited so far by this thread.
    pub fn visited() -> u64 {
        VISITED.with(Cell::get)
    }
}

#[cfg(not(debug_assertions))]
mod counter {
    pub(crate) const fn visit(_octets: usize) {}

    /// Zero: an optimised build does not count.
    pub const fn visited() -> u64 {
        0
    }
}

pub(crate) use counter::visit;
pub use counter::visited;
