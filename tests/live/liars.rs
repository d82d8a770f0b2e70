//! Servers that pretend: each is found out, and what it does is named.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use ws101::handshake::accept_value;
use ws101::live::accepts::transformed;
use ws101::live::frames;
use ws101::oracle::data;
use ws101::suite::Needs;
use ws101::suite::results::{CaseResult, Standing};

use super::{Local, failures, told, try_server};

/// Reads a head and answers 101 with the accept value that a function makes of the key; then `behind`.
fn answering(
    accept: impl Fn(&str) -> String + Send + Sync + 'static,
    behind: impl Fn(&mut TcpStream) + Send + Sync + 'static,
) -> Local {
    Local::each(move |mut stream| {
        let Some(key) = key_of(&mut stream) else { return };
        let answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {}\r\n\r\n",
            accept(&key)
        );
        if stream.write_all(answer.as_bytes()).is_ok() {
            behind(&mut stream);
        }
    })
}

/// The key of the request that comes, whatever it is; none where there is no whole head.
fn key_of(stream: &mut TcpStream) -> Option<String> {
    stream.set_read_timeout(Some(Duration::from_secs(1))).ok()?;
    let mut octets = Vec::new();
    let mut buffer = [0; 4096];
    while !octets.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(count) => octets.extend_from_slice(&buffer[..count]),
        }
    }
    let text = String::from_utf8_lossy(&octets).into_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key:"))?;
    Some(line.trim().to_owned())
}

fn right(key: &str) -> String {
    accept_value(key.as_bytes())
}

fn nothing(stream: &mut TcpStream) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let mut buffer = [0; 4096];
    while matches!(stream.read(&mut buffer), Ok(1..)) {}
}

/// What is said of the control, and of some cases.
fn said(local: &Local) -> String {
    let results = local.try_cases(Needs::default(), |case| {
        case.id().starts_with("server/opening/") || case.id().starts_with("server/zoo-websocket/")
    });
    assert!(results.control.opened, "{:?}", results.control);
    told(&results).join("\n")
}

#[test]
fn wrong_accept_values_are_told_apart() {
    for mark in data().marks.marks().iter().filter(|mark| mark.name.starts_with("accept:")) {
        // The value of another key is the replay below.
        if mark.name == "accept:other-key" {
            continue;
        }
        let name = mark.name.clone();
        let local = answering(move |key| transformed(&name, key).expect("a transform"), nothing);
        let said = said(&local);
        let word = mark.name.trim_start_matches("accept:").replace('-', " ");
        assert!(said.contains(&format!("computed with {word}")), "{}: {said}", mark.name);
    }
}

#[test]
fn a_constant_a_cached_answer_and_an_echo_are_named() {
    let constant = answering(|_| "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".to_owned(), nothing);
    assert!(said(&constant).contains("example in RFC 6455"), "{}", said(&constant));
    let constant = answering(|_| "AAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned(), nothing);
    assert!(said(&constant).contains("a constant"), "{}", said(&constant));
    let first: Mutex<Option<String>> = Mutex::new(None);
    let cached = answering(
        move |key| first.lock().unwrap().get_or_insert_with(|| accept_value(key.as_bytes())).clone(),
        nothing,
    );
    assert!(said(&cached).contains("a replay"), "{}", said(&cached));
    assert!(said(&answering(str::to_owned, nothing)).contains("the key itself"));
    assert!(said(&answering(|_| String::new(), nothing)).contains("empty"));
}

/// The right accept value, and no WebSocket behind it.
#[test]
fn whoever_only_computes_the_accept_value_is_found_out_by_its_frames() {
    let mute = answering(right, nothing);
    let http = answering(right, |stream| {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        nothing(stream);
    });
    let parrot = answering(right, |stream| {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            if stream.write_all(&buffer[..count]).is_err() {
                return;
            }
        }
    });
    for (name, local) in [("mute", mute), ("http", http), ("parrot", parrot)] {
        let results = local.try_cases(Needs::default(), |case| case.id().starts_with("server/live/"));
        assert!(results.control.opened && results.control.faults.is_empty(), "{name}: {:?}", results.control);
        assert!(!failures(&results).is_empty(), "{name}");
    }
}

/// Echoes what a frame holds, whether there is a mask on it or not, and answers a Ping; tells `told` of each text.
fn echo_unasked(stream: &mut TcpStream, told: impl Fn(&mut TcpStream)) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        for frame in frames::read(&buffer[..count]).0 {
            let opcode = if frame.opcode == frames::PING { frames::PONG } else { frame.opcode };
            if stream.write_all(&frames::unmasked(opcode, &frame.payload)).is_err() {
                return;
            }
            if frame.opcode == frames::TEXT {
                told(stream);
            }
        }
    }
}

/// The check of the frame without a mask alone, under this deadline.
fn try_unmasked(local: &Local, deadline: Duration) -> CaseResult {
    let mut server = local.server();
    server.deadlines.answer = deadline;
    server.deadlines.close = deadline;
    let mut results = try_server(&server, Needs::default(), |case| case.id() == "server/live/unmasked-frame");
    results.cases.pop().expect("the check")
}

/// It asks for no mask: it reads frames, and is not said to read none. Its echo settles it, and is not asked for again.
#[test]
fn whoever_asks_for_no_mask_is_told_so_at_once() {
    let texts = Arc::new(AtomicUsize::new(0));
    let its = Arc::clone(&texts);
    let lenient = answering(right, move |stream| {
        echo_unasked(stream, |_| {
            its.fetch_add(1, Ordering::Relaxed);
        });
    });
    let case = try_unmasked(&lenient, Duration::from_millis(500));
    assert_eq!(case.did, "opened, sent frames and stayed open");
    assert_eq!(
        case.faults[0].message,
        "did not close the connection on a frame without a mask: it sent the data back, and answered a Ping behind it"
    );
    assert_eq!(texts.load(Ordering::Relaxed), 1);
}

/// Each closes in the end, whatever it sends before: an echo, and a Pong too; a greeting, and nothing for a while.
#[test]
fn whoever_closes_behind_an_echo_or_late_is_not_accused() {
    let slowly = |stream: &mut TcpStream| {
        // Another thread ends it, so that a Ping is answered meanwhile.
        let Ok(stream) = stream.try_clone() else { return };
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(200));
            let _ = stream.shutdown(Shutdown::Both);
        });
    };
    let echoes = answering(right, move |stream| echo_unasked(stream, slowly));
    let at_once = |stream: &mut TcpStream| {
        let _ = stream.shutdown(Shutdown::Both);
    };
    let echoes_once = answering(right, move |stream| echo_unasked(stream, at_once));
    let greets = answering(right, |stream| {
        let _ = stream.write_all(&frames::unmasked(frames::TEXT, b"welcome"));
        if stream.read(&mut [0; 4096]).is_ok() {
            thread::sleep(Duration::from_millis(700));
        }
    });
    let (short, long) = (Duration::from_millis(500), Duration::from_secs(2));
    for (name, local, deadline) in
        [("echoes", echoes, long), ("echoes once", echoes_once, long), ("greets", greets, short)]
    {
        let case = try_unmasked(&local, deadline);
        assert_eq!((case.standing, &case.faults[..]), (Standing::Pass, &[][..]), "{name}: {case:?}");
    }
}
