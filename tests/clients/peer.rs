//! A client process with one planted fault, or with none: this test, started again.

use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::process::{self, ExitCode};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ws101::judgement::Role;
use ws101::peer::broken::planted;
use ws101::peer::catch_panics;
use ws101::peer::reference::Reference;
use ws101::suite::{Building, Built, Delivery, End, Exchange, Needs, Outcome, Peer};

/// A client that sends the same key for ever.
pub(super) const CONSTANT_KEY: &str = "liar-constant-key";
/// A client whose keys are the time.
pub(super) const COUNTING_KEY: &str = "liar-counting-key";

/// A client that takes very many small reads for an attack.
pub(super) const IMPATIENT: &str = "impatient";

/// A client that says nothing to an answer, and dies once the server has closed; but for the first case.
pub(super) const DIES_LATE: &str = "dies-late";

/// A client whose request has a field of a gibibyte; but for the first case.
pub(super) const GIBIBYTE: &str = "gibibyte";

/// Plays the client: its name, the URL, and if it likes the subprotocols and the extensions that it offers, and after how
/// many milliseconds it answers each read.
pub(super) fn play(arguments: &[String]) -> ExitCode {
    // A planted panic ends the process at once: how long it would take to tell where it was is not what is tried.
    catch_panics();
    let [name, url, more @ ..] = arguments else { return ExitCode::from(2) };
    let word = |at: usize| more.get(at).cloned().unwrap_or_default();
    let needs = Needs {
        protocols: word(0).split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        extensions: Some(word(1)).filter(|raw| !raw.is_empty()),
        ..Needs::default()
    };
    let pause = Duration::from_millis(word(2).parse().unwrap_or(0));
    let peer: &dyn Peer = match planted().find(|planted| planted.name == name) {
        Some(planted) => planted,
        None if ["reference", CONSTANT_KEY, COUNTING_KEY, IMPATIENT, DIES_LATE, GIBIBYTE].contains(&name.as_str()) => {
            &Reference
        }
        None => return ExitCode::from(2),
    };
    match connect(peer, name, url, needs, pause) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn nonce(name: &str) -> [u8; 16] {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    match name {
        CONSTANT_KEY => [7; 16],
        COUNTING_KEY => (nanos << 7).to_be_bytes(),
        _ => {
            let mut nonce = [0; 16];
            if let Ok(mut source) = std::fs::File::open("/dev/urandom") {
                let _ = source.read_exact(&mut nonce);
            }
            nonce
        }
    }
}

fn connect(peer: &dyn Peer, name: &str, url: &str, needs: Needs, pause: Duration) -> Result<(), String> {
    let nonce = nonce(name);
    let building = Building {
        uri: url.to_owned(),
        protocols: needs.protocols.clone(),
        extensions: needs.extensions.clone(),
        origin: None,
        fields: Vec::new(),
        nonce,
    };
    let Built::Sent { request, host, port, .. } = peer.build(&building) else { return Err("sends nothing".to_owned()) };
    let text = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect((host.as_str(), port)).map_err(text)?;
    let is_first = url.ends_with("case=1");
    if name == GIBIBYTE {
        tell_peak().map_err(text)?;
        if !is_first {
            return endless(&mut stream, &request).map_err(text);
        }
    }
    stream.write_all(&request).map_err(text)?;
    if name == DIES_LATE && !is_first {
        // However the server ends it.
        let _ = stream.read_to_end(&mut Vec::new());
        process::abort();
    }
    let head = String::from_utf8_lossy(&request).into_owned();
    let key = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")).unwrap_or_default().to_owned();
    let mut exchange = Exchange { needs, key: Some(key), ..Exchange::new(Role::Client, Vec::new()) };
    let mut ends = Vec::new();
    let mut octets = [0; 8192];
    loop {
        let length = stream.read(&mut octets).unwrap_or(0);
        std::thread::sleep(pause);
        exchange.octets.extend_from_slice(&octets[..length]);
        exchange.end = if length == 0 { End::HalfClosed } else { End::Open };
        exchange.delivery = if ends.is_empty() { Delivery::Whole } else { Delivery::Split(ends.clone()) };
        ends.push(exchange.octets.len());
        if name == IMPATIENT && ends.len() > 8 {
            return Err("too many small reads".to_owned());
        }
        let observation = peer.observe(&exchange);
        match observation.outcome {
            Outcome::TimedOut if length > 0 => {}
            Outcome::Opened(_) => return speak(stream),
            Outcome::Crashed(_) => process::abort(),
            _ => {
                let _ = stream.write_all(&observation.written);
                return Err(observation.words());
            }
        }
    }
}

/// Where this client tells what the test wants to know.
fn told() -> io::Result<fs::File> {
    fs::OpenOptions::new().append(true).create(true).open(std::env::var("WS101_TOLD").unwrap_or_default())
}

/// Tells the most memory that the program which started this ever had resident, in kB.
fn tell_peak() -> io::Result<()> {
    let status = fs::read_to_string(format!("/proc/{}/status", std::os::unix::process::parent_id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    writeln!(told()?, "peak {}", line.trim().trim_end_matches(" kB"))
}

/// Sends a request with a field of a gibibyte, and tells of each part that goes how many octets it had. It may be ended at
/// any time.
fn endless(stream: &mut TcpStream, request: &[u8]) -> io::Result<()> {
    let mut told = told()?;
    stream.write_all(&request[..request.len() - 2])?;
    stream.write_all(b"X-A: ")?;
    let some = [b'a'; 64 * 1024];
    for _ in 0..1 << 14 {
        writeln!(told, "sent {}", stream.write(&some)?)?;
    }
    Ok(())
}

/// An open connection: a message, and whatever else until the other side closes.
fn speak(mut stream: TcpStream) -> Result<(), String> {
    stream.write_all(b"\x81\x82\0\0\0\0hi").map_err(|error| error.to_string())?;
    let mut rest = Vec::new();
    // However it ends, it was open.
    let _ = stream.read_to_end(&mut rest);
    Ok(())
}
