//! What a test of a live server costs beside bare opening handshakes with it, and whether its memory stays flat.
//!
//! `cargo bench --bench live` measures both by turns, in one run, against an echo server of tungstenite.
//! `cargo bench --bench live -- memory` runs 100,000 cases in one process.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ws101::live::{Deadlines, Endpoint, Server};
use ws101::oracle::data;
use ws101::run::servers::{Planned, ServerTest, planned};
use ws101::suite::Needs;

/// How many connections are open at once, on both sides of the comparison.
const JOBS: usize = 16;

/// How many turns each side has.
const TURNS: usize = 11;

fn main() -> io::Result<()> {
    let port = echo_server()?;
    let url = format!("ws://127.0.0.1:{port}/chat");
    let endpoint = Endpoint::resolve(&url).map_err(io::Error::other)?;
    let server = Server { endpoint, trust: None, deadlines: Deadlines::default() };
    let cases = answered(&server);
    println!("{} of {} cases end by an answer, {JOBS} jobs", cases.len(), planned(data()).len());
    if std::env::args().any(|word| word == "memory") { memory(&server, &cases) } else { speed(&server, &cases, port) }
}

/// Serves whoever connects, a thread each.
fn echo_server() -> io::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || {
                // What goes wrong on one connection ends that connection.
                let _ = stream.set_nodelay(true);
                let Ok(mut socket) = tungstenite::accept(stream) else { return };
                while let Ok(message) = socket.read() {
                    if !message.is_close() && socket.send(message).is_err() {
                        return;
                    }
                }
            });
        }
    });
    Ok(port)
}

fn test<'a>(server: &'a Server, cases: Vec<Planned<'a>>) -> ServerTest<'a> {
    ServerTest {
        data: data(),
        server,
        conditions: Default::default(),
        supports: Needs::default(),
        cases,
        options: Vec::new(),
        jobs: JOBS,
        seed: 101,
    }
}

/// The cases that this server answers, in one read of their octets.
fn answered(server: &Server) -> Vec<Planned<'_>> {
    let suite = planned(data());
    let results = test(server, suite.clone()).run(&AtomicBool::new(false), &|_| {});
    let is_answered = |id: &str| {
        results.cases.iter().any(|case| case.id == id && case.delivery == "whole" && !case.received.is_empty())
    };
    suite.into_iter().filter(|case| !case.id().starts_with("server/live/") && is_answered(&case.id())).collect()
}

/// Connects, opens, closes.
fn bare(port: u16) -> io::Result<()> {
    const REQUEST: &str = "GET /chat HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_nodelay(true)?;
    stream.write_all(REQUEST.as_bytes())?;
    let mut octets = Vec::new();
    let mut buffer = [0; 4096];
    while !octets.ends_with(b"\r\n\r\n") {
        match stream.read(&mut buffer)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => octets.extend_from_slice(&buffer[..count]),
        }
    }
    stream.write_all(&[0x88, 0x80, 0, 0, 0, 0])?;
    stream.shutdown(Shutdown::Write)?;
    while stream.read(&mut buffer)? > 0 {}
    Ok(())
}

fn speed(server: &Server, cases: &[Planned<'_>], port: u16) -> io::Result<()> {
    let count = cases.len();
    let (mut tested, mut plain) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let start = Instant::now();
        let next = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..JOBS {
                scope.spawn(|| {
                    while next.fetch_add(1, Ordering::Relaxed) < count {
                        bare(port).expect("a handshake");
                    }
                });
            }
        });
        plain.push(start.elapsed());
        let test = test(server, cases.to_vec());
        let start = Instant::now();
        let results = test.run(&AtomicBool::new(false), &|_| {});
        tested.push(start.elapsed());
        assert_eq!(results.judged(), count);
    }
    let ratios: Vec<f64> = tested.iter().zip(&plain).map(|(a, b)| a.as_secs_f64() / b.as_secs_f64()).collect();
    let rate = |took: Duration| count as f64 / took.as_secs_f64();
    println!("bare handshakes  {:>8.0} a second", rate(median(plain)));
    println!("cases            {:>8.0} a second", rate(median(tested)));
    println!("ratio            {:>8.2} (median of {TURNS} turns by turns; the bar is 2)", median(ratios));
    Ok(())
}

fn median<T: PartialOrd + Copy>(mut all: Vec<T>) -> T {
    all.sort_by(|a, b| a.partial_cmp(b).expect("no NaN"));
    all[all.len() / 2]
}

/// Runs the cases over and over in this process.
fn memory(server: &Server, cases: &[Planned<'_>]) -> io::Result<()> {
    let start = Instant::now();
    let (mut done, mut marks) = (0, [1_000, 10_000, 30_000, 100_000].into_iter().peekable());
    while let Some(&mark) = marks.peek() {
        let results = test(server, cases.to_vec()).run(&AtomicBool::new(false), &|_| {});
        done += results.judged();
        if done >= mark {
            marks.next();
            let status = fs::read_to_string("/proc/self/status")?;
            let resident = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or("VmRSS: unknown");
            println!("{done:>7} cases  {resident}  {:.0} s", start.elapsed().as_secs_f64());
        }
    }
    Ok(())
}
