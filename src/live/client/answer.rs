//! An answer to a client: sent as its delivery says, and what the wire shows of the client behind it.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::speech::{Speech, speech};
use crate::suite::{End, Exchange, Observation, Opened, Outcome, Refused};

/// A Ping (RFC 6455 §5.5.2): whoever has an open connection must answer it.
pub const PING: &[u8] = b"\x89\x05ws101";
/// A Close frame with status 1000: the test is over, in order.
const CLOSE: &[u8] = b"\x88\x02\x03\xe8";
/// No client has to say more than this until it is understood.
const CAP: usize = 64 * 1024;
/// Between two parts of an answer, so that they come in two reads.
const BETWEEN: Duration = Duration::from_millis(4);
/// Between two octets: they are many.
const OCTETS: Duration = Duration::from_micros(500);

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// From the start of a client to its request.
    pub connect: Duration,
    /// From an answer to a sign of what the client makes of it.
    pub answer: Duration,
    /// From an answer to the Ping that makes a silent client speak.
    pub ping: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience { connect: Duration::from_secs(10), answer: Duration::from_secs(2), ping: Duration::from_millis(100) }
    }
}

/// What the wire showed of a client behind an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What it did.
    pub observation: Observation,
    /// Every octet that it sent behind its request.
    pub received: Vec<u8>,
    /// Whether a silent client closed once the server had.
    pub closed_late: bool,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// Sends the octets of an exchange, and watches. A client that is `unfinished` with the head is not asked to speak: what
/// it would be sent could still be a part of it.
pub fn answer(stream: &TcpStream, exchange: &Exchange, unfinished: bool, patience: Patience) -> Seen {
    let mut seen = Seen {
        observation: Observation { outcome: Outcome::TimedOut, written: Vec::new() },
        received: Vec::new(),
        closed_late: false,
        notes: Vec::new(),
    };
    // A client that has already left is seen to have by the reading below.
    let _ = deliver(stream, exchange, patience.answer);
    let is_open = exchange.end == End::Open;
    if !is_open {
        let _ = stream.shutdown(Shutdown::Write);
    }
    let since = Instant::now();
    let deadline = since + if unfinished { patience.ping * 3 } else { patience.answer };
    let mut ping_at = (is_open && !unfinished).then_some(since + patience.ping);
    let last = loop {
        let heard = hear(stream, ping_at.unwrap_or(deadline), &mut seen.received);
        match (speech(&seen.received), heard) {
            (Speech::Unfinished, Heard::Octets) => {}
            (Speech::Unfinished, Heard::Nothing) if ping_at.take().is_some() => {
                let _ = { stream }.write_all(PING);
            }
            (last, heard) => break (last, heard),
        }
    };
    seen.observation = match last {
        (Speech::Frame { masked }, _) => {
            if !masked {
                seen.notes.push("its frame is not masked (RFC 6455 §5.1)".to_owned());
            }
            if is_open {
                part(stream);
            }
            opened()
        }
        (Speech::Complaint(code), _) => complained(code, &seen.received),
        (Speech::Other, _) => {
            seen.notes.push("it went on with something else than a frame".to_owned());
            Observation { outcome: Outcome::Refused(Refused::default()), written: Vec::new() }
        }
        (Speech::Unfinished, Heard::Nothing) => {
            let _ = stream.shutdown(Shutdown::Write);
            seen.closed_late =
                is_open && matches!(hear(stream, Instant::now() + patience.ping * 3, &mut Vec::new()), Heard::End);
            Observation { outcome: Outcome::TimedOut, written: Vec::new() }
        }
        (Speech::Unfinished, _) => Observation { outcome: Outcome::Closed, written: seen.received.clone() },
    };
    seen
}

/// An open connection, as a wire shows it: nothing of what is in use.
pub fn opened() -> Observation {
    Observation { outcome: Outcome::Opened(Opened::default()), written: Vec::new() }
}

fn complained(code: u16, received: &[u8]) -> Observation {
    let error = Some(format!("a Close frame with status {code}"));
    Observation { outcome: Outcome::Refused(Refused { error, ..Refused::default() }), written: received.to_vec() }
}

fn deliver(mut stream: &TcpStream, exchange: &Exchange, patience: Duration) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(patience))?;
    let ends = exchange.delivery.ends(exchange.octets.len());
    let pause = if ends.len() > 16 { OCTETS } else { BETWEEN };
    let mut start = 0;
    for end in ends {
        if start > 0 {
            thread::sleep(pause);
        }
        stream.write_all(&exchange.octets[start..end])?;
        start = end;
    }
    Ok(())
}

enum Heard {
    Octets,
    Nothing,
    End,
}

/// Reads once, or until the time has come.
fn hear(mut stream: &TcpStream, until: Instant, received: &mut Vec<u8>) -> Heard {
    let mut octets = [0; 4096];
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || stream.set_read_timeout(Some(left)).is_err() {
            return Heard::Nothing;
        }
        match stream.read(&mut octets) {
            Ok(0) => return Heard::End,
            Ok(length) => {
                received.extend_from_slice(&octets[..length]);
                return if received.len() > CAP { Heard::End } else { Heard::Octets };
            }
            Err(error) => match error.kind() {
                io::ErrorKind::Interrupted => {}
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => return Heard::Nothing,
                // A reset ends a connection too.
                _ => return Heard::End,
            },
        }
    }
}

/// Closes an open connection in order, as far as the client goes along.
fn part(mut stream: &TcpStream) {
    let _ = stream.write_all(CLOSE);
    let _ = stream.shutdown(Shutdown::Write);
    let until = Instant::now() + Duration::from_millis(100);
    let mut rest = Vec::new();
    while let Heard::Octets = hear(stream, until, &mut rest) {}
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::judgement::Role;
    use crate::suite::Delivery;
    use std::net::TcpListener;

    /// What is seen of a client that does so behind the answer.
    fn seen(exchange: &Exchange, client: impl FnOnce(TcpStream) + Send) -> Seen {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let patience =
            Patience { answer: Duration::from_millis(600), ping: Duration::from_millis(60), ..Patience::default() };
        thread::scope(|scope| {
            scope.spawn(move || client(TcpStream::connect(address).unwrap()));
            let (stream, _) = listener.accept().unwrap();
            answer(&stream, exchange, false, patience)
        })
    }

    fn head() -> Exchange {
        Exchange::new(Role::Client, *b"HTTP/1.1 101 x\r\n\r\n")
    }

    fn read(stream: &mut TcpStream, octets: usize) -> Vec<u8> {
        let mut read = vec![0; octets];
        stream.read_exact(&mut read).unwrap();
        read
    }

    #[test]
    fn a_client_that_speaks_has_opened() {
        let shown = seen(&head(), |mut stream| {
            read(&mut stream, head().octets.len());
            stream.write_all(b"\x81\x80\0\0\0\0").unwrap();
            assert_eq!(read(&mut stream, 4), CLOSE);
        });
        assert_eq!((shown.observation, shown.notes), (opened(), Vec::new()));
    }

    #[test]
    fn a_silent_client_is_made_to_speak() {
        let shown = seen(&head(), |mut stream| {
            read(&mut stream, head().octets.len());
            assert_eq!(read(&mut stream, PING.len()), PING);
            stream.write_all(b"\x8a\x85\0\0\0\0ws101").unwrap();
            read(&mut stream, 4);
        });
        assert_eq!(shown.observation, opened());
    }

    #[test]
    fn a_client_that_closes_without_a_frame_has_failed() {
        let shown = seen(&head(), drop);
        assert_eq!(shown.observation.outcome, Outcome::Closed);
        let shown = seen(&head(), |mut stream| {
            read(&mut stream, head().octets.len());
            stream.write_all(b"\x88\x82\0\0\0\0\x03\xea").unwrap();
        });
        assert!(matches!(&shown.observation.outcome, Outcome::Refused(refused) if refused.error.is_some()));
        assert_eq!(shown.observation.written.len(), 8);
        let shown = seen(&head(), |mut stream| {
            stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
            read(&mut stream, head().octets.len());
        });
        assert!(shown.observation.written.is_empty() && shown.notes.len() == 1, "{shown:?}");
    }

    #[test]
    fn a_client_that_says_nothing_has_not_failed() {
        let shown = seen(&head(), |mut stream| {
            let mut all = Vec::new();
            stream.read_to_end(&mut all).unwrap();
            assert_eq!(all, [&head().octets[..], PING].concat());
        });
        assert_eq!((shown.observation.outcome, shown.closed_late), (Outcome::TimedOut, true));
    }

    #[test]
    fn an_answer_is_delivered_as_its_exchange_says() {
        for delivery in [Delivery::Octets, Delivery::Split(vec![5])] {
            let exchange = Exchange { delivery, end: End::HalfClosed, ..head() };
            let in_parts = || {
                let (told, first) = mpsc::channel();
                let shown = seen(&exchange, move |mut stream| {
                    let mut octets = [0; 64];
                    told.send(stream.read(&mut octets).unwrap()).unwrap();
                    stream.read_to_end(&mut Vec::new()).unwrap();
                });
                assert_eq!(shown.observation.outcome, Outcome::Closed);
                first.recv().unwrap() < head().octets.len()
            };
            // Whoever reads late, on a machine that has other things to do, reads all at once.
            assert!((0..50).any(|_| in_parts()), "{:?}", exchange.delivery);
        }
    }
}
