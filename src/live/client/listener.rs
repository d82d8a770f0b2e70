//! Where clients connect: each connection is handed to the case that its path names, whoever else calls is told so.

use std::collections::{HashMap, VecDeque};
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::handshake::{Policy, judge_request};
use crate::http::Limits;

/// The first part of the path of every case.
const PATH: &str = "/ws101/";
/// No request of a client has to be larger: behind so many octets no more are read, 256 KiB.
pub const CAP: usize = 256 * 1024;
/// How long a request may take to come.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a browser that asks for the next case is kept waiting before it asks again.
const POLL: Duration = Duration::from_secs(10);
/// The page that makes a browser a client.
const PAGE: &str = include_str!("page.html");

/// A client's request, and the connection that it came on.
#[derive(Debug)]
pub struct Arrival {
    /// The connection.
    pub stream: TcpStream,
    /// Every octet that came before there was an answer.
    pub request: Vec<u8>,
    /// How many of them the head takes; `None` where it did not come to its end.
    pub consumed: Option<usize>,
    /// The authority that the client was told to connect to.
    pub authority: String,
}

/// A listening socket, and the thread that takes its connections. Dropping it closes both.
#[derive(Debug)]
pub struct Listener {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    table: Mutex<Table>,
    changed: Condvar,
    stopped: AtomicBool,
}

#[derive(Debug, Default)]
struct Table {
    waiting: HashMap<u64, (Sender<Arrival>, String)>,
    /// Cases for whoever asks for the next one; `None` where nobody may ask.
    offers: Option<VecDeque<Offer>>,
    asked: Option<Instant>,
}

#[derive(Debug)]
struct Offer {
    number: u64,
    protocols: Vec<String>,
    taken: Sender<()>,
}

/// A case that waits for its client.
#[derive(Debug)]
pub struct Expected<'l> {
    listener: &'l Listener,
    number: u64,
    arrivals: Receiver<Arrival>,
}

impl Listener {
    /// Listens. With `asks`, a client may ask for the page of a browser and for the next case.
    pub fn bind(address: SocketAddr, asks: bool) -> io::Result<Listener> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        shared.table().offers = asks.then(VecDeque::new);
        let taking = Arc::clone(&shared);
        let thread = thread::Builder::new().name("listener".to_owned()).spawn(move || {
            for stream in listener.incoming() {
                if taking.stopped.load(Ordering::Relaxed) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let shared = Arc::clone(&taking);
                // Without a thread for it, a connection is dropped, which its client sees.
                let _ = thread::Builder::new().spawn(move || shared.take(stream, address));
            }
        })?;
        Ok(Listener { address, shared, thread: Some(thread) })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// When somebody last asked for the next case.
    pub fn asked(&self) -> Option<Instant> {
        self.shared.table().asked
    }

    /// From now on, connections to the path of the number are handed on.
    pub fn expect(&self, number: u64) -> Expected<'_> {
        let (sender, arrivals) = channel();
        self.shared.table().waiting.insert(number, (sender, self.address.to_string()));
        Expected { listener: self, number, arrivals }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        self.shared.table().offers = None;
        self.shared.changed.notify_all();
        // The thread waits for a connection, so it gets one.
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
        }
        if TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok()
            && let Some(thread) = self.thread.take()
        {
            // It has nothing to tell.
            let _ = thread.join();
        }
    }
}

impl Expected<'_> {
    /// The resource name of the case.
    pub fn target(&self) -> String {
        target(self.number)
    }

    /// The URL of the case.
    pub fn url(&self) -> String {
        format!("ws://{}{}", self.listener.address, self.target())
    }

    /// The request, if it comes until then.
    pub fn arrival(&self, within: Duration) -> Option<Arrival> {
        self.arrivals.recv_timeout(within).ok()
    }

    /// Lets whoever asks for the next case have this one. Tells when it was taken.
    pub fn offer(&self, protocols: &[String]) -> Receiver<()> {
        let (taken, receiver) = channel();
        let offer = Offer { number: self.number, protocols: protocols.to_vec(), taken };
        if let Some(offers) = &mut self.listener.shared.table().offers {
            offers.push_back(offer);
        }
        self.listener.shared.changed.notify_one();
        receiver
    }
}

impl Drop for Expected<'_> {
    fn drop(&mut self) {
        let mut table = self.listener.shared.table();
        table.waiting.remove(&self.number);
        if let Some(offers) = &mut table.offers {
            offers.retain(|offer| offer.number != self.number);
        }
    }
}

/// The resource name of a case: its path names it, and so does its query.
fn target(number: u64) -> String {
    format!("{PATH}{number}/chat?case={number}")
}

/// The number of the case that a request-line names, whether or not a client left a part of it out.
fn number(request: &[u8]) -> Option<u64> {
    let line = request.split(|&octet| octet == b'\n').find(|line| line.len() > 1)?;
    let line = String::from_utf8_lossy(line);
    let behind = |name: &str| {
        let (_, behind) = line.split_once(name)?;
        behind.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
    };
    behind(PATH).or_else(|| behind("case="))
}

impl Shared {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, stream: TcpStream, address: SocketAddr) {
        let (request, consumed) = read(&stream);
        if request.is_empty() {
            return;
        }
        if let Some(number) = number(&request) {
            let table = self.table();
            if let Some((case, authority)) = table.waiting.get(&number) {
                let arrival = Arrival { stream, request, consumed, authority: authority.clone() };
                // A case that has just been given up takes nobody.
                let _ = case.send(arrival);
                return;
            }
            drop(table);
            // A stray of a case that is over: a retry, or a client that was slow.
            return say(&stream, "503 Service Unavailable", "text/plain", "this case is over\n");
        }
        let line = request.split(|&octet| octet == b'\r').next().unwrap_or_default();
        if self.table().offers.is_none() {
            return say(&stream, "404 Not Found", "text/plain", "the URL of a case was to be used\n");
        }
        match line {
            b"GET / HTTP/1.1" => say(&stream, "200 OK", "text/html", PAGE),
            b"GET /next HTTP/1.1" => self.next(&stream, &request, address),
            _ => say(&stream, "404 Not Found", "text/plain", "/ is the page, and /next the next case\n"),
        }
    }

    /// Hands out the next case, once there is one.
    fn next(&self, stream: &TcpStream, request: &[u8], address: SocketAddr) {
        let until = Instant::now() + POLL;
        let mut table = self.table();
        table.asked = Some(Instant::now());
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match table.offers.as_mut().map(VecDeque::pop_front) {
                None => {
                    drop(table);
                    return say(stream, "410 Gone", "text/plain", "the test is over\n");
                }
                Some(Some(offer)) => {
                    let authority = host(request).unwrap_or_else(|| address.to_string());
                    if let Some((_, told)) = table.waiting.get_mut(&offer.number) {
                        told.clone_from(&authority);
                    }
                    drop(table);
                    // Whoever offered it may have given up since.
                    let _ = offer.taken.send(());
                    let mut words = vec![format!("ws://{authority}{}", target(offer.number))];
                    words.extend(offer.protocols);
                    return say(stream, "200 OK", "text/plain", &format!("{}\n", words.join(" ")));
                }
                Some(None) if left.is_zero() => {
                    drop(table);
                    return say(stream, "204 No Content", "text/plain", "");
                }
                Some(None) => {
                    let waited = self.changed.wait_timeout(table, left);
                    table = waited.unwrap_or_else(PoisonError::into_inner).0;
                }
            }
        }
    }
}

/// The octets that come before an answer is due, and how many the head takes.
fn read(mut stream: &TcpStream) -> (Vec<u8>, Option<usize>) {
    // What is too long for the reference would be answered in its middle, and the rest of it taken for something else.
    let policy = Policy::default().limits(Limits::NONE);
    let since = Instant::now();
    let mut request = Vec::new();
    let mut octets = [0; 4096];
    loop {
        let left = PATIENCE.saturating_sub(since.elapsed());
        if left.is_zero() || request.len() > CAP || stream.set_read_timeout(Some(left)).is_err() {
            return (request, None);
        }
        match stream.read(&mut octets) {
            Ok(0) => return (request, None),
            Ok(length) => request.extend_from_slice(&octets[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return (request, None),
        }
        if let Some(outcome) = judge_request(&request, false, &policy) {
            return (request, Some(outcome.consumed));
        }
    }
}

/// The value of the Host field.
fn host(request: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(request);
    let line = text.lines().find(|line| line.get(..5).is_some_and(|name| name.eq_ignore_ascii_case("host:")))?;
    Some(line[5..].trim().to_owned()).filter(|host| !host.is_empty())
}

/// Answers and closes.
fn say(mut stream: &TcpStream, status: &str, kind: &str, content: &str) {
    let length = content.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {length}\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n{content}"
    );
    // Nobody is left to tell where even this cannot be sent.
    let _ = stream.write_all(answer.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(listener: &Listener, request: &str) -> String {
        let mut stream = TcpStream::connect(listener.address()).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn bound(asks: bool) -> Listener {
        Listener::bind("127.0.0.1:0".parse().unwrap(), asks).unwrap()
    }

    #[test]
    fn a_request_goes_to_the_case_that_its_path_names() {
        let listener = bound(false);
        let (seven, eight) = (listener.expect(7), listener.expect(8));
        assert_eq!(eight.url(), format!("ws://{}/ws101/8/chat?case=8", listener.address()));
        for target in [eight.target(), "http://h/ws101/8/chat".to_owned(), "/chat?case=8".to_owned()] {
            let mut stream = TcpStream::connect(listener.address()).unwrap();
            stream.write_all(format!("\r\nGET {target} HTTP/1.1\r\n\r\nearly").as_bytes()).unwrap();
            let arrival = eight.arrival(Duration::from_secs(5)).expect("a request");
            assert_eq!(arrival.consumed, Some(arrival.request.len() - 5));
            assert_eq!(arrival.authority, listener.address().to_string());
        }
        assert!(seven.arrival(Duration::from_millis(1)).is_none());
        drop(eight);
        assert!(ask(&listener, "GET /ws101/8/chat HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 503 "));
        assert!(ask(&listener, "GET /next HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
    }

    #[test]
    fn whoever_asks_gets_the_next_case() {
        let listener = bound(true);
        assert!(ask(&listener, "GET / HTTP/1.1\r\n\r\n").contains("<script>"));
        let case = listener.expect(3);
        let taken = case.offer(&["chat".to_owned()]);
        let next = ask(&listener, "GET /next HTTP/1.1\r\nhost: ws101.test:80\r\n\r\n");
        assert!(next.ends_with("\r\n\r\nws://ws101.test:80/ws101/3/chat?case=3 chat\n"), "{next}");
        assert!(taken.recv_timeout(Duration::from_secs(5)).is_ok() && listener.asked().is_some());
        thread::scope(|scope| {
            let late = scope.spawn(|| ask(&listener, "GET /next HTTP/1.1\r\nHost: h\r\n\r\n"));
            thread::sleep(Duration::from_millis(50));
            listener.expect(4).offer(&[]);
            let offered = listener.expect(5);
            offered.offer(&[]);
            assert!(late.join().unwrap().contains(" 200 "));
        });
    }

    /// Longer than the reference reads: it is not cut in its middle.
    #[test]
    fn a_long_request_is_handed_on_whole() {
        let listener = bound(false);
        let case = listener.expect(1);
        let request = format!("GET /ws101/1/chat HTTP/1.1\r\nHost: h\r\nCookie: {}\r\n\r\n", "c".repeat(CAP - 100));
        TcpStream::connect(listener.address()).unwrap().write_all(request.as_bytes()).unwrap();
        let arrival = case.arrival(Duration::from_secs(5)).expect("a request");
        assert_eq!((arrival.consumed, arrival.request.len()), (Some(request.len()), request.len()));
    }

    #[test]
    fn an_unfinished_request_is_handed_on_as_it_is() {
        let listener = bound(false);
        let case = listener.expect(1);
        TcpStream::connect(listener.address()).unwrap().write_all(b"GET /ws101/1/chat HTTP/1.1\r\nHost").unwrap();
        let arrival = case.arrival(Duration::from_secs(5)).expect("a request");
        assert_eq!((arrival.consumed, arrival.request.len()), (None, 32));
    }
}
