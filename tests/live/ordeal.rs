//! What a server can do to the harness: no hang, no lost result, a truthful report.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ws101::judgement::Role;
use ws101::oracle::data;
use ws101::peer::reference::Reference;
use ws101::run::servers::{ServerTest, planned};
use ws101::suite::results::{Ended, Standing};
use ws101::suite::{Exchange, Needs, Outcome, Peer as _};

use super::{Local, failures, told, try_server};

/// Answers as the reference does, and closes.
fn answer(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    let mut octets = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer)?;
        octets.extend_from_slice(&buffer[..count]);
        let observation = Reference.observe(&Exchange::new(Role::Server, octets.clone()));
        if observation.outcome != Outcome::TimedOut || count == 0 {
            stream.write_all(&observation.written)?;
            stream.shutdown(Shutdown::Write)?;
            return Ok(octets);
        }
    }
}

#[test]
fn a_closed_port() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let local = Local::each(drop);
    let mut server = local.server();
    server.endpoint.addresses[0].set_port(port);
    let results = try_server(&server, Needs::default(), |_| true);
    assert!(!results.control.opened);
    assert!(matches!(results.ended, Ended::Broken(_)));
    assert!(results.cases.iter().all(|case| case.standing == Standing::NotRun));
    assert!(results.control.faults.iter().any(|fault| fault.contains("no connection")), "{:?}", results.control);
}

/// Each of these answers nothing that could be a control: the run is over at once.
#[test]
fn servers_that_never_open() {
    let silent = Local::each(|mut stream| {
        let mut buffer = [0; 4096];
        while matches!(stream.read(&mut buffer), Ok(1..)) {}
    });
    let resetting = Local::each(drop);
    let endless_head = Local::each(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\n");
        while stream
            .write_all(&b"X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n".repeat(64))
            .is_ok()
        {}
    });
    let endless_content = Local::each(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(&[b'a'; 4096]).is_ok() {}
    });
    let octet_by_octet = Local::each(|mut stream| {
        for octet in b"HTTP/1.1 101 Switching Protocols\r\n" {
            if stream.write_all(&[*octet]).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_secs(1));
        }
    });
    let servers = [
        ("silent", silent),
        ("resetting", resetting),
        ("endless head", endless_head),
        ("endless content", endless_content),
        ("an octet a second", octet_by_octet),
    ];
    for (name, local) in servers {
        let start = Instant::now();
        let mut server = local.server();
        server.deadlines.answer = Duration::from_millis(300);
        let results = try_server(&server, Needs::default(), |_| true);
        assert!(!results.control.opened, "{name}");
        assert!(matches!(results.ended, Ended::Broken(_)), "{name}: {:?}", results.ended);
        assert!(start.elapsed() < Duration::from_secs(5), "{name}: {:?}", start.elapsed());
    }
}

/// It answers the control and nothing else: silence is told, and each is waited for twice; a third time only for as many as
/// are asked at once.
#[test]
fn one_that_is_silent_but_for_the_control() {
    let silences = Arc::new(AtomicUsize::new(0));
    let its = Arc::clone(&silences);
    let local = Local::each(move |mut stream| {
        let mut buffer = [0; 4096];
        let Ok(count) = stream.read(&mut buffer) else { return };
        let octets = &buffer[..count];
        let right = octets.starts_with(b"GET ") && octets.ends_with(b"13\r\n\r\n");
        if right {
            let observation = Reference.observe(&Exchange::new(Role::Server, octets));
            let _ = stream.write_all(&observation.written);
        } else {
            its.fetch_add(1, Ordering::Relaxed);
        }
        while matches!(stream.read(&mut buffer), Ok(1..)) {}
    });
    let mut server = local.server();
    server.deadlines.answer = Duration::from_millis(200);
    server.deadlines.close = Duration::from_millis(200);
    let results = try_server(&server, Needs::default(), |case| case.id().starts_with("server/method/"));
    assert_eq!(results.ended, Ended::Complete);
    let hangs = failures(&results).into_iter().filter(|case| case.faults.iter().any(|fault| fault.failing == "hang"));
    let hangs: Vec<_> = hangs.collect();
    assert!(hangs.len() > 16, "{}", hangs.len());
    let most = results.cases.len() + hangs.len() + 16;
    assert!((2 * hangs.len() + 16..=most).contains(&silences.load(Ordering::Relaxed)), "{silences:?}");
    assert!(hangs.iter().all(|case| case.notes.iter().any(|note| note.contains("silent again"))));
}

/// It dies of one request, whatever else is in flight, and comes back: that request is named, and nothing else.
#[test]
fn one_that_dies_of_a_request_and_comes_back() {
    let local = Local::with(|mut listener, stop| {
        let address = listener.local_addr().unwrap();
        let mut lingering = true;
        while !stop.load(Ordering::Relaxed) {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let mut first = [0; 6];
            if stream.peek(&mut first).is_ok() && first == *b"TRACE " {
                // What a dying process holds goes one after the other: the connection may be gone before the port is.
                drop(stream);
                std::thread::sleep(Duration::from_millis(if lingering { 20 } else { 0 }));
                lingering = !lingering;
                drop(listener);
                std::thread::sleep(Duration::from_millis(400));
                listener = loop {
                    if let Ok(listener) = TcpListener::bind(address) {
                        break listener;
                    }
                    std::thread::sleep(Duration::from_millis(20));
                };
            } else {
                // A connection that goes wrong ends.
                let _ = answer(&mut stream);
            }
        }
    });
    let results = local.try_cases(Needs::default(), |case| {
        case.id().starts_with("server/method/") || case.id().starts_with("server/upgrade/")
    });
    assert_eq!(results.ended, Ended::Complete);
    let crashed: Vec<&str> = failures(&results).iter().map(|case| case.id.as_str()).collect();
    assert_eq!(crashed, ["server/method/trace"], "{:#?}", told(&results));
}

/// It is killed in the middle and stays away: what was done is kept, the rest is not run, and the suspects are named.
#[test]
fn one_that_is_killed_mid_run() {
    static SERVED: AtomicUsize = AtomicUsize::new(0);
    let local = Local::with(|listener, stop| {
        for stream in listener.incoming() {
            if stop.load(Ordering::Relaxed) || SERVED.fetch_add(1, Ordering::Relaxed) > 60 {
                return;
            }
            let Ok(mut stream) = stream else { continue };
            let _ = answer(&mut stream);
        }
    });
    let results = local.try_cases(Needs::default(), |_| true);
    let Ended::Broken(why) = &results.ended else { panic!("{:?}", results.ended) };
    assert!(why.contains("takes no connection any more") && why.contains("server/"), "{why}");
    assert!(results.count(Standing::NotRun) > 100);
    assert!(results.count(Standing::Pass) > 10);
    let accused = results.count(Standing::Fail);
    assert_eq!(accused, 0, "{:#?}", told(&results));
}

#[test]
fn a_run_that_is_stopped_keeps_what_it_has() {
    let local = Local::peer(Reference, Needs::default());
    let server = local.server();
    let stop = AtomicBool::new(false);
    let test = ServerTest {
        data: data(),
        server: &server,
        conditions: Default::default(),
        supports: Needs::default(),
        cases: planned(data()),
        options: Vec::new(),
        jobs: 4,
        seed: 101,
    };
    let results = test.run(&stop, &|step| stop.store(step.done >= 50, Ordering::Relaxed));
    assert_eq!(results.ended, Ended::Interrupted);
    assert!(results.count(Standing::NotRun) > 100);
    assert!(results.cases.iter().filter(|case| case.standing != Standing::NotRun).count() >= 50);
}

#[test]
fn two_runs_say_the_same() {
    let local = Local::peer(Reference, Needs::default());
    let [mut first, mut second] = [local.try_all(), local.try_all()];
    first.durations.clear();
    second.durations.clear();
    for (first, second) in first.cases.iter().zip(&second.cases) {
        assert_eq!(first, second);
    }
    assert_eq!(first, second);
}
