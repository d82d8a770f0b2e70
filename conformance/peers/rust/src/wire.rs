//! A connection in memory that delivers octets in the portions that an exchange asks for, blocking or not, and never hangs.
//!
//! A blocking read gives the next portion at once. Where nothing more comes although the sender's side is open, it would
//! never return: it fails instead, and the connection is `starved`. A read of a future is pending between two portions,
//! until [`drive`](crate::drive::drive) lets the next one in. A client whose key is random gets the octets with the accept
//! value for the key that it sent (see [`rekey`](crate::rekey::rekey)).

use std::io::{self, ErrorKind, Read, Write};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use ws101::judgement::Role;
use ws101::suite::{End, Exchange};

use crate::rekey::rekey;

/// A connection. Clones share it, so that one kept aside tells what was written and read once the connection is gone.
#[derive(Clone)]
pub struct Wire(Arc<Mutex<State>>);

struct State {
    octets: Vec<u8>,
    taken: usize,
    /// The ends of the portions that were not let in, the next one last.
    ends: Vec<usize>,
    let_in: usize,
    end: End,
    is_closed: bool,
    /// The key for which the octets were made, where they answer a client.
    key: Option<String>,
    written: Vec<u8>,
    written_before_reading: Option<usize>,
    waker: Option<Waker>,
    is_starved: bool,
    calls_left: usize,
}

impl Wire {
    /// A connection that delivers the octets of an exchange as it says.
    pub fn of(exchange: &Exchange) -> Wire {
        let length = exchange.octets.len();
        let mut ends = exchange.delivery.ends(length);
        ends.reverse();
        Wire(Arc::new(Mutex::new(State {
            octets: exchange.octets.clone(),
            taken: 0,
            // A response comes behind the request: a client is given nothing before it would have to wait.
            let_in: if exchange.role == Role::Server { ends.pop().unwrap_or(0) } else { 0 },
            ends,
            end: exchange.end,
            is_closed: false,
            key: exchange.key.clone(),
            written: Vec::new(),
            written_before_reading: None,
            waker: None,
            is_starved: false,
            // Some calls for each octet: none needs more than to read it, to be told to wait, and to write something.
            calls_left: length.saturating_mul(8).saturating_add(4096),
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A peer that panicked while it held the lock changes nothing in what is stored.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was written so far.
    pub fn written(&self) -> Vec<u8> {
        self.state().written.clone()
    }

    /// What was written before anything came: the request of a client.
    pub fn request(&self) -> Vec<u8> {
        let state = self.state();
        state.written[..state.written_before_reading.unwrap_or(state.written.len())].to_vec()
    }

    /// What a client wrote behind its request.
    pub fn written_behind_request(&self) -> Vec<u8> {
        let state = self.state();
        state.written[state.written_before_reading.unwrap_or(state.written.len())..].to_vec()
    }

    /// The octets that nobody has read.
    pub fn unread(&self) -> Vec<u8> {
        let state = self.state();
        state.octets[state.taken..].to_vec()
    }

    /// Whether a blocking read would never have returned.
    pub fn is_starved(&self) -> bool {
        self.state().is_starved
    }

    /// Whether the budget of calls ran out: the implementation went round in circles.
    pub fn is_spent(&self) -> bool {
        self.state().calls_left == 0
    }

    /// Counts a round in which nothing was read or written.
    pub fn count_round(&self) {
        let mut state = self.state();
        state.calls_left = state.calls_left.saturating_sub(1);
    }

    /// Lets the next portion in, or the end where it comes. Tells whether there was one.
    pub fn advance(&self) -> bool {
        let mut state = self.state();
        if let Some(end) = state.ends.pop() {
            state.let_in = end;
        } else if state.end == End::HalfClosed && !state.is_closed {
            state.is_closed = true;
        } else {
            return false;
        }
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
        true
    }
}

impl State {
    fn count(&mut self) -> io::Result<()> {
        self.calls_left = self.calls_left.saturating_sub(1);
        if self.calls_left == 0 { Err(io::Error::other("the connection was asked too often")) } else { Ok(()) }
    }

    /// Reads what was let in; `None` where a reader has to wait.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        self.count()?;
        if self.taken == self.let_in && !self.is_closed {
            return Ok(buffer.is_empty().then_some(0));
        }
        if self.written_before_reading.is_none() {
            self.written_before_reading = Some(self.written.len());
            if let Some(key) = &self.key {
                rekey(&mut self.octets, key, &self.written);
            }
        }
        let count = buffer.len().min(self.let_in - self.taken);
        buffer[..count].copy_from_slice(&self.octets[self.taken..self.taken + count]);
        self.taken += count;
        Ok(Some(count))
    }

    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.count()?;
        self.written.extend_from_slice(octets);
        Ok(octets.len())
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(count) = self.state().read(buffer)? {
                return Ok(count);
            }
            if !self.advance() {
                self.state().is_starved = true;
                return Err(io::Error::new(ErrorKind::ConnectionAborted, "nothing more comes"));
            }
        }
    }
}

impl Write for Wire {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.state().write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Wire {
    fn poll_read_into(&self, context: &Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut state = self.state();
        match state.read(buffer) {
            Ok(Some(count)) => Poll::Ready(Ok(count)),
            Ok(None) => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

impl tokio::io::AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.poll_read_into(context, buffer.initialize_unfilled()).map_ok(|count| buffer.advance(count))
    }
}

impl tokio::io::AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(self.state().write(octets))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl futures::AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        self.poll_read_into(context, buffer)
    }
}

impl futures::AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(self.state().write(octets))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use ws101::suite::Delivery;

    use super::*;

    fn wire(end: End) -> Wire {
        let delivery = Delivery::Split(vec![1, 4]);
        Wire::of(&Exchange { delivery, end, ..Exchange::new(Role::Server, *b"abcdef") })
    }

    fn read(wire: &Wire) -> Result<Vec<u8>, ErrorKind> {
        let mut buffer = [0; 64];
        wire.clone().read(&mut buffer).map(|count| buffer[..count].to_vec()).map_err(|error| error.kind())
    }

    #[test]
    fn a_blocking_reader_gets_the_portions_and_is_told_where_it_would_hang() {
        let kept = wire(End::Open);
        let reads: Vec<_> = (0..4).map(|_| read(&kept)).collect();
        let hang = Err(ErrorKind::ConnectionAborted);
        assert_eq!(reads, [Ok(b"a".to_vec()), Ok(b"bcd".to_vec()), Ok(b"ef".to_vec()), hang]);
        assert!(kept.is_starved());
        let ends = wire(End::HalfClosed);
        assert_eq!((0..4).map(|_| read(&ends).unwrap().len()).collect::<Vec<_>>(), [1, 3, 2, 0]);
        assert!(!ends.is_starved());
    }

    #[test]
    fn circles_end() {
        let kept = wire(End::HalfClosed);
        while read(&kept).is_ok() {}
        assert!(kept.is_spent());
    }

    #[test]
    fn the_request_is_what_went_before_the_first_read() {
        let kept = wire(End::Open);
        kept.clone().write_all(b"GET").unwrap();
        read(&kept).unwrap();
        kept.clone().write_all(b"more").unwrap();
        assert_eq!((kept.request(), kept.written_behind_request()), (b"GET".to_vec(), b"more".to_vec()));
        assert_eq!(kept.unread(), b"bcdef");
    }
}
