//! An in-process peer behind a socket: a server to try the suite on, and to prove it with.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::frames::{self, CLOSE, PING, PONG};
use crate::judgement::Role;
use crate::suite::{End, Exchange, Needs, Observation, Outcome, Peer};

/// No connection is served longer without an octet.
const IDLE: Duration = Duration::from_secs(30);

/// No more octets are taken for a head.
const HEAD: usize = 8 * 1024 * 1024;

/// Serves the peer, configured for the needs, to everyone who connects, a thread for each connection, until `stop`. Behind
/// a 101 it speaks as much WebSocket as it takes: it echoes, answers a Ping, and closes on what is no frame of a client.
///
/// # Errors
///
/// If the listener cannot be polled.
pub fn serve(listener: &TcpListener, peer: &dyn Peer, needs: &Needs, stop: &AtomicBool) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    thread::scope(|scope| {
        while !stop.load(Ordering::Relaxed) {
            match listener.accept() {
                Ok((stream, _)) => {
                    // What goes wrong on one connection ends that connection.
                    scope.spawn(move || connection(stream, peer, needs, stop));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(Duration::from_millis(2)),
                Err(_) => thread::sleep(Duration::from_millis(10)),
            }
        }
    });
    Ok(())
}

fn connection(mut stream: TcpStream, peer: &dyn Peer, needs: &Needs, stop: &AtomicBool) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_nodelay(true)?;
    let (observation, octets) = handshake(&mut stream, peer, needs, stop)?;
    if let Outcome::Crashed(_) = observation.outcome {
        return Ok(());
    }
    stream.write_all(&observation.written)?;
    match observation.outcome {
        Outcome::Opened(opened) => echo(&mut stream, opened.rest.unwrap_or_default(), stop),
        _ => {
            stream.shutdown(Shutdown::Write)?;
            drain(&mut stream, octets.len(), stop)
        }
    }
}

/// Reads until the peer answers.
fn handshake(
    stream: &mut TcpStream,
    peer: &dyn Peer,
    needs: &Needs,
    stop: &AtomicBool,
) -> io::Result<(Observation, Vec<u8>)> {
    let mut octets = Vec::new();
    loop {
        let count = read(stream, &mut octets, stop)?;
        let end = if count == 0 { End::HalfClosed } else { End::Open };
        let exchange = Exchange { end, needs: needs.clone(), ..Exchange::new(Role::Server, octets.clone()) };
        let observation = peer.observe(&exchange);
        if observation.outcome != Outcome::TimedOut || count == 0 || octets.len() > HEAD {
            return Ok((observation, octets));
        }
    }
}

/// Reads what is there into the octets; 0 at the end of the sender's side.
fn read(stream: &mut TcpStream, octets: &mut Vec<u8>, stop: &AtomicBool) -> io::Result<usize> {
    let mut buffer = [0; 16 * 1024];
    let slice = Duration::from_millis(50);
    stream.set_read_timeout(Some(slice))?;
    let mut waited = Duration::ZERO;
    loop {
        match stream.read(&mut buffer) {
            Ok(count) => {
                octets.extend_from_slice(&buffer[..count]);
                return Ok(count);
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                waited += slice;
                if waited >= IDLE || stop.load(Ordering::Relaxed) {
                    return Err(ErrorKind::TimedOut.into());
                }
            }
            Err(error) => return Err(error),
        }
    }
}

/// Takes what still comes, so that the answer is not lost by a reset.
fn drain(stream: &mut TcpStream, taken: usize, stop: &AtomicBool) -> io::Result<()> {
    let mut octets = Vec::with_capacity(taken);
    while octets.len() < HEAD && read(stream, &mut octets, stop)? > 0 {}
    Ok(())
}

fn echo(stream: &mut TcpStream, mut octets: Vec<u8>, stop: &AtomicBool) -> io::Result<()> {
    loop {
        let (came, broken) = frames::read(&octets);
        for frame in came {
            let taken = frame.length;
            octets.drain(..taken);
            if !frame.masked {
                return close(stream, 1002);
            }
            match frame.opcode {
                CLOSE => return close(stream, 1000),
                PING => stream.write_all(&frames::unmasked(PONG, &frame.payload))?,
                PONG => {}
                opcode => stream.write_all(&frames::unmasked(opcode, &frame.payload))?,
            }
        }
        if broken {
            return close(stream, 1002);
        }
        if read(stream, &mut octets, stop)? == 0 {
            return Ok(());
        }
    }
}

fn close(stream: &mut TcpStream, code: u16) -> io::Result<()> {
    stream.write_all(&frames::unmasked(CLOSE, &code.to_be_bytes()))?;
    stream.shutdown(Shutdown::Write)
}
