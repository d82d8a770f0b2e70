//! A connection in memory: chosen read boundaries, everything written kept, and an end to every hang.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::rc::Rc;

use crate::suite::{Delivery, End, Exchange};

/// The near end of a connection whose far end sends the octets of an exchange.
///
/// It behaves like a nonblocking socket: a read gives octets up to the next boundary of the delivery at most, and between
/// two portions it would block once. Clones share one connection, so that whoever keeps one sees what was written after an
/// implementation dropped its own.
#[derive(Clone)]
pub struct Stream(Rc<RefCell<Wire>>);

struct Wire {
    octets: Vec<u8>,
    taken: usize,
    /// The ends of the portions that are not fully read, the next one last.
    ends: Vec<usize>,
    paused: bool,
    end: End,
    written: Vec<u8>,
    written_before_reading: Option<usize>,
    calls_left: usize,
    spent: bool,
}

impl Stream {
    /// A connection that delivers octets.
    pub fn new(octets: &[u8], delivery: &Delivery, end: End) -> Self {
        let mut ends = delivery.ends(octets.len());
        ends.reverse();
        Stream(Rc::new(RefCell::new(Wire {
            octets: octets.to_vec(),
            taken: 0,
            ends,
            // The first portion is there at once.
            paused: true,
            end,
            written: Vec::new(),
            written_before_reading: None,
            calls_left: budget(octets.len()),
            spent: false,
        })))
    }

    /// A connection that delivers the octets of an exchange as it says.
    pub fn of(exchange: &Exchange) -> Self {
        Stream::new(&exchange.octets, &exchange.delivery, exchange.end)
    }

    /// What was written so far.
    pub fn written(&self) -> Vec<u8> {
        self.0.borrow().written.clone()
    }

    /// What was written before the first read: the request of a client.
    pub fn request(&self) -> Vec<u8> {
        let wire = self.0.borrow();
        wire.written[..wire.written_before_reading.unwrap_or(wire.written.len())].to_vec()
    }

    /// How many octets were read.
    pub fn taken(&self) -> usize {
        self.0.borrow().taken
    }

    /// Whether another read gives octets or the end, so that an implementation that would block is worth asking again.
    pub fn is_readable(&self) -> bool {
        let wire = self.0.borrow();
        !wire.spent && (wire.taken < wire.octets.len() || wire.end == End::HalfClosed)
    }

    /// Whether the budget of calls ran out: the implementation went round in circles.
    pub fn is_spent(&self) -> bool {
        self.0.borrow().spent
    }

    /// Puts other octets, followed by the end, in the place of those that were not read. What was written stays.
    pub fn replace_unread(&self, octets: &[u8]) {
        let mut wire = self.0.borrow_mut();
        wire.octets = octets.to_vec();
        wire.taken = 0;
        wire.ends = Delivery::Whole.ends(octets.len());
        wire.paused = true;
        wire.end = End::HalfClosed;
        wire.calls_left = budget(octets.len());
    }
}

/// How many calls a connection answers: some for each octet, as none needs more than to read it, to be told to wait, and
/// to write something.
const fn budget(octets: usize) -> usize {
    octets.saturating_mul(4).saturating_add(1024)
}

impl Wire {
    fn count(&mut self) -> io::Result<()> {
        match self.calls_left.checked_sub(1) {
            Some(left) => {
                self.calls_left = left;
                Ok(())
            }
            None => {
                self.spent = true;
                Err(io::Error::other(Spent))
            }
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut wire = self.0.borrow_mut();
        wire.count()?;
        let written = wire.written.len();
        wire.written_before_reading.get_or_insert(written);
        let Some(&end) = wire.ends.last() else {
            return match wire.end {
                End::Open => Err(ErrorKind::WouldBlock.into()),
                End::HalfClosed => Ok(0),
            };
        };
        if !wire.paused {
            wire.paused = true;
            return Err(ErrorKind::WouldBlock.into());
        }
        let start = wire.taken;
        let count = buffer.len().min(end - start);
        buffer[..count].copy_from_slice(&wire.octets[start..start + count]);
        wire.taken += count;
        if wire.taken == end {
            wire.ends.pop();
            wire.paused = false;
        }
        Ok(count)
    }
}

impl Write for Stream {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let mut wire = self.0.borrow_mut();
        wire.count()?;
        wire.written.extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.borrow_mut().count()
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wire = self.0.borrow();
        f.debug_struct("Stream")
            .field("taken", &wire.taken)
            .field("written", &wire.written.len())
            .finish_non_exhaustive()
    }
}

/// The error of every call once the budget ran out.
#[derive(Debug)]
struct Spent;

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection was asked too often")
    }
}

impl std::error::Error for Spent {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(stream: &mut Stream) -> Result<Vec<u8>, ErrorKind> {
        let mut buffer = [0; 64];
        stream.read(&mut buffer).map(|count| buffer[..count].to_vec()).map_err(|error| error.kind())
    }

    #[test]
    fn reads_end_at_boundaries() {
        let mut stream = Stream::new(b"abcdef", &Delivery::Split(vec![1, 4]), End::Open);
        let reads: Vec<_> = (0..6).map(|_| read(&mut stream)).collect();
        let blocked = || Err(ErrorKind::WouldBlock);
        let expected = [Ok(b"a".to_vec()), blocked(), Ok(b"bcd".to_vec()), blocked(), Ok(b"ef".to_vec()), blocked()];
        assert_eq!(reads, expected);
        assert!(!stream.is_readable());
    }

    #[test]
    fn a_small_buffer_does_not_skip() {
        let mut stream = Stream::new(b"abc", &Delivery::Whole, End::HalfClosed);
        let mut buffer = [0; 2];
        assert_eq!(stream.read(&mut buffer).unwrap(), 2);
        assert_eq!(stream.read(&mut buffer).unwrap(), 1);
        assert_eq!(stream.read(&mut buffer).unwrap(), 0);
    }

    #[test]
    fn a_hang_ends() {
        let mut stream = Stream::new(b"abc", &Delivery::Octets, End::HalfClosed);
        let kept = stream.clone();
        let calls = std::iter::from_fn(|| (!kept.is_spent()).then(|| read(&mut stream))).count();
        assert_eq!(calls, budget(3) + 1);
        assert_eq!(read(&mut stream), Err(ErrorKind::Other));
        assert!(stream.write(b"x").is_err() && stream.flush().is_err());
    }

    #[test]
    fn the_request_is_what_went_before_the_first_read() {
        let mut stream = Stream::new(b"a", &Delivery::Whole, End::Open);
        stream.write_all(b"GET").unwrap();
        let kept = stream.clone();
        assert_eq!(kept.request(), b"GET");
        read(&mut stream).unwrap();
        stream.write_all(b"more").unwrap();
        drop(stream);
        assert_eq!(kept.request(), b"GET");
        assert_eq!(kept.written(), b"GETmore");
    }
}
