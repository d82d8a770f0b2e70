//! Pipes to and from a process: waits that end in time, writes that never block, and reads that can be called off.

use std::io::{self, ErrorKind, Write as _};
use std::process::ChildStdin;

/// What a pipe is ready for. Its end is something to read, and its failure something to write.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ready {
    /// Octets can be written.
    pub(super) input: bool,
    /// Octets can be read.
    pub(super) output: bool,
}

/// Writes as many octets as go in at once.
pub(super) fn write(mut input: &ChildStdin, octets: &[u8]) -> io::Result<usize> {
    match input.write(octets) {
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(0),
        written => written,
    }
}

#[cfg(unix)]
mod system {
    use std::io;
    pub(in crate::live) use std::os::fd::AsFd as Handle;
    use std::process::ChildStdin;
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::{Errno, ioctl_fionbio};

    use super::Ready;

    /// Whether a wait ends when it should.
    pub(in crate::live) const WAITS: bool = true;

    /// Lets writes end with what goes in at once. The other end of the pipe is not changed by it.
    pub(in crate::live) fn never_block(input: &ChildStdin) -> io::Result<()> {
        Ok(ioctl_fionbio(input, true)?)
    }

    /// Waits until one of the two is ready, and no longer than that.
    pub(in crate::live) fn wait(
        input: Option<&ChildStdin>,
        output: Option<&impl Handle>,
        within: Duration,
    ) -> io::Result<Ready> {
        let mut polled = Vec::with_capacity(2);
        polled.extend(input.map(|input| PollFd::new(input, PollFlags::OUT)));
        polled.extend(output.map(|output| PollFd::new(output, PollFlags::IN)));
        let within = Timespec { tv_sec: within.as_secs() as i64, tv_nsec: within.subsec_nanos().into() };
        match poll(&mut polled, Some(&within)) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let is_ready = |at: usize| polled.get(at).is_some_and(|polled| !polled.revents().is_empty());
        let (at_input, at_output) = (input.map(|_| 0), output.map(|_| usize::from(input.is_some())));
        Ok(Ready { input: at_input.is_some_and(is_ready), output: at_output.is_some_and(is_ready) })
    }

    /// Waits for octets of the output: false where it was stopped before.
    pub(in crate::live) fn is_readable_first(output: &impl Handle, stopped: &io::PipeReader) -> bool {
        loop {
            let mut polled = [PollFd::new(stopped, PollFlags::IN), PollFd::new(output, PollFlags::IN)];
            match poll(&mut polled, None) {
                Ok(_) => return polled[0].revents().is_empty(),
                Err(Errno::INTR) => {}
                Err(_) => return false,
            }
        }
    }
}

/// With std alone a wait ends with the pipe: a process that neither reads nor writes is not ended by a deadline here.
#[cfg(not(unix))]
mod system {
    use std::io;
    use std::process::ChildStdin;
    use std::time::Duration;

    use super::Ready;

    pub(in crate::live) trait Handle {}

    impl<T> Handle for T {}

    pub(in crate::live) const WAITS: bool = false;

    pub(in crate::live) fn never_block(_: &ChildStdin) -> io::Result<()> {
        Ok(())
    }

    pub(in crate::live) fn wait(
        input: Option<&ChildStdin>,
        output: Option<&impl Handle>,
        within: Duration,
    ) -> io::Result<Ready> {
        // A look takes no time, and so sees nothing.
        let waits = !within.is_zero();
        Ok(Ready { input: waits && input.is_some(), output: waits && input.is_none() && output.is_some() })
    }

    pub(in crate::live) fn is_readable_first(_: &impl Handle, _: &io::PipeReader) -> bool {
        true
    }
}

pub(super) use system::{Handle, WAITS, is_readable_first, never_block, wait};
