//! A connection to a live server: octets out in portions, octets in under a deadline.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};

use super::endpoint::Endpoint;
use super::tls::Trust;
use crate::suite::Delivery;

/// No more octets than these are kept of what one connection brings: 256 KiB.
pub const LIMIT: usize = 256 * 1024;

/// How long lies between two portions, so that a server has read the first before the second comes.
const BETWEEN: Duration = Duration::from_millis(4);

/// The same, octet by octet: there are hundreds of them.
const BETWEEN_OCTETS: Duration = Duration::from_micros(200);

/// How long a server may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// To take the connection.
    pub connect: Duration,
    /// To answer a head that is complete.
    pub answer: Duration,
    /// To close, where it has to, and to answer a frame.
    pub close: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Deadlines { connect: Duration::from_secs(5), answer: Duration::from_secs(2), close: Duration::from_secs(2) }
    }
}

/// How reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// What was waited for is there.
    Complete,
    /// The server ended its side.
    Closed,
    /// The server reset the connection.
    Reset,
    /// Nothing more came in time.
    TimedOut,
    /// More than [`LIMIT`] octets came.
    TooLong,
}

/// Why no connection came about, and what to do about it.
pub fn unconnected(error: &io::Error) -> String {
    let tls = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>());
    let remedy = match (tls, error.kind()) {
        (Some(rustls::Error::InvalidCertificate(_)), _) => {
            "give the certificate of its authority with --ca, or trust any with --insecure"
        }
        (Some(rustls::Error::InvalidMessage(_)), _) => "it speaks no TLS here: use ws in the URL, or mend the port",
        (Some(_), _) => "mend the TLS of the server, or use ws in the URL",
        (None, ErrorKind::ConnectionRefused) => "start the server, or mend host and port of the URL",
        (None, ErrorKind::TimedOut | ErrorKind::WouldBlock) => "mend host and port of the URL, or look for a firewall",
        (None, _) => "see that the server runs, and that host and port of the URL are right",
    };
    format!("no connection came about ({error}): {remedy}")
}

enum Wire {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

/// A connection to a server, and what it brought so far.
pub struct Connection {
    wire: Wire,
    received: Vec<u8>,
    ended: Option<Ending>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("received", &self.received.len()).finish_non_exhaustive()
    }
}

impl Connection {
    /// Connects to the first address that takes it, with TLS where the URL says so.
    ///
    /// # Errors
    ///
    /// If no address takes the connection in time, or TLS does not come about.
    pub fn open(endpoint: &Endpoint, trust: Option<&Trust>, deadlines: &Deadlines) -> io::Result<Connection> {
        let mut last = io::Error::from(ErrorKind::AddrNotAvailable);
        let mut stream = None;
        for address in &endpoint.addresses {
            match TcpStream::connect_timeout(address, deadlines.connect) {
                Ok(opened) => {
                    stream = Some(opened);
                    break;
                }
                Err(error) => last = error,
            }
        }
        let Some(mut stream) = stream else { return Err(last) };
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(deadlines.answer))?;
        stream.set_read_timeout(Some(deadlines.connect))?;
        let wire = match (endpoint.tls, trust) {
            (true, Some(trust)) => {
                let name = ServerName::try_from(endpoint.server_name().to_owned()).map_err(io::Error::other)?;
                let mut tls = ClientConnection::new(Arc::clone(&trust.0), name).map_err(io::Error::other)?;
                while tls.is_handshaking() {
                    tls.complete_io(&mut stream)?;
                }
                Wire::Tls(Box::new(StreamOwned::new(tls, stream)))
            }
            (true, None) => return Err(io::Error::other("no trusted certificates were given")),
            (false, _) => Wire::Plain(stream),
        };
        Ok(Connection { wire, received: Vec::new(), ended: None })
    }

    /// Sends octets as they are to be cut. What a server does that reads no further is seen by reading: no error here.
    pub fn send(&mut self, octets: &[u8], delivery: &Delivery) {
        let ends = delivery.ends(octets.len());
        let pause = if *delivery == Delivery::Octets { BETWEEN_OCTETS } else { BETWEEN };
        let mut start = 0;
        for end in ends {
            if start > 0 {
                thread::sleep(pause);
            }
            if self.write(&octets[start..end]).is_err() {
                return;
            }
            start = end;
        }
    }

    fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        match &mut self.wire {
            Wire::Plain(stream) => stream.write_all(octets),
            Wire::Tls(stream) => stream.write_all(octets).and_then(|()| stream.flush()),
        }
    }

    /// Ends our side. The server can still answer.
    pub fn half_close(&mut self) {
        // A server that is gone already is seen by reading.
        let _ = match &mut self.wire {
            Wire::Plain(stream) => stream.shutdown(Shutdown::Write),
            Wire::Tls(stream) => {
                stream.conn.send_close_notify();
                stream.flush()
            }
        };
    }

    /// Reads until `is_done` of all that was received, the end of the connection, or the deadline.
    pub fn receive(&mut self, until: Instant, mut is_done: impl FnMut(&[u8]) -> bool) -> Ending {
        let mut buffer = [0; 4096];
        loop {
            if is_done(&self.received) {
                return Ending::Complete;
            }
            if let Some(ended) = self.ended {
                return ended;
            }
            if self.received.len() >= LIMIT {
                return Ending::TooLong;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ending::TimedOut;
            }
            let read = self.socket().set_read_timeout(Some(left)).and_then(|()| match &mut self.wire {
                Wire::Plain(stream) => stream.read(&mut buffer),
                Wire::Tls(stream) => stream.read(&mut buffer),
            });
            match read {
                Ok(0) => self.ended = Some(Ending::Closed),
                Ok(count) => self.received.extend_from_slice(&buffer[..count]),
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => {}
                    // A TLS connection that ends without saying so.
                    ErrorKind::UnexpectedEof => self.ended = Some(Ending::Closed),
                    _ => self.ended = Some(Ending::Reset),
                },
            }
        }
    }

    const fn socket(&self) -> &TcpStream {
        match &self.wire {
            Wire::Plain(stream) => stream,
            Wire::Tls(stream) => &stream.sock,
        }
    }

    /// Everything that was received.
    pub fn received(&self) -> &[u8] {
        &self.received
    }
}
