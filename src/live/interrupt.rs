//! Ctrl-C: a run ends in order, and tells what it knows.

use std::sync::atomic::{AtomicBool, Ordering};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Takes Ctrl-C, SIGTERM and SIGHUP from now on. Without that, they end the program at once.
pub fn listen() {
    // Where a signal cannot be taken, it does what it always does.
    let _ = ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed));
}

/// The flag that is set once the user wants an end.
pub const fn flag() -> &'static AtomicBool {
    &INTERRUPTED
}
