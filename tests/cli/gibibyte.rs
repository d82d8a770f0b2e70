//! A gibibyte in one field line of a 101: as much is read as is kept, the program stays small, and says what it saw.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustix::process::Pid;
use ws101::judgement::Role;
use ws101::peer::reference::Reference;
use ws101::suite::{Exchange, Peer as _};

use super::server::{Local, ended};
use super::{Run, program};

const GIBIBYTE: u64 = 1 << 30;

/// More than what is kept of an answer and what the system holds between two sockets, and little of a gibibyte.
const SOME: u64 = 64 << 20;

/// The most memory that a process ever had resident, in octets.
fn peak(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
}

/// One such answer: how many octets of it went, and the peak of the program before and behind it.
#[derive(Debug)]
struct Sent {
    octets: u64,
    before: u64,
    behind: u64,
}

/// Writes the answer, up to where a field begins that does not end for a gibibyte.
fn endless(stream: &mut TcpStream, head: &[u8], pid: u32) -> Sent {
    let before = peak(pid);
    let some = [b'a'; 64 * 1024];
    let mut octets = 0;
    if stream.write_all(head).is_ok() && stream.write_all(b"X-A: ").is_ok() {
        while octets < GIBIBYTE
            && let Ok(count) = stream.write(&some)
        {
            octets += count as u64;
        }
    }
    Sent { octets, before, behind: peak(pid) }
}

/// Tries a server that answers so, but for the control if it is `willing`.
fn tried(willing: bool) -> (Run, Vec<Sent>) {
    let (pid, all) = (Arc::new(AtomicU32::new(0)), Arc::new(Mutex::new(Vec::new())));
    let (its, sent) = (Arc::clone(&pid), Arc::clone(&all));
    let local = Local::each(move |mut stream| {
        let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
        while !request.ends_with(b"\r\n\r\n") {
            let Ok(count @ 1..) = stream.read(&mut buffer) else { return };
            request.extend_from_slice(&buffer[..count]);
        }
        let mut answer = Reference.observe(&Exchange::new(Role::Server, request.clone())).written;
        if willing && !request.windows(5).any(|field| field == b"X-A: ") {
            let _ = stream.write_all(&answer);
            return;
        }
        while its.load(Ordering::Relaxed) == 0 {
            thread::sleep(Duration::from_millis(1));
        }
        answer.truncate(answer.len() - 2);
        let octets = endless(&mut stream, &answer, its.load(Ordering::Relaxed));
        sent.lock().expect("no thread panics").push(octets);
    });
    let mut command = program();
    command.args(["test", "server", &local.url(), "--only", "server/fields/another,server/opening/minimal"]);
    let child = command.args(["--format", "json"]).spawn().expect("the program starts");
    pid.store(Pid::from_child(&child).as_raw_nonzero().get().unsigned_abs(), Ordering::Relaxed);
    let run = ended(child);
    drop(local);
    let all = std::mem::take(&mut *all.lock().expect("no thread panics"));
    (run, all)
}

#[test]
fn a_field_of_a_gibibyte() {
    let said = "more than 262144 octets came without the end of a head, and no more are read";
    for willing in [false, true] {
        let (run, sent) = tried(willing);
        assert!(!sent.is_empty());
        for Sent { octets, before, behind } in &sent {
            assert!(*octets < SOME && behind - before < SOME, "{sent:?}");
        }
        assert_eq!(run.status, 3, "{}{}", run.out, run.err);
        let results: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
        let cases = results["cases"].as_array().expect("cases");
        let how = |id: &str| &cases.iter().find(|case| case["id"] == id).expect("the case")["standing"];
        if willing {
            assert_eq!(
                (how("server/opening/minimal"), how("server/fields/another")),
                (&"pass".into(), &"harness-error".into())
            );
            assert!(cases.iter().any(|case| case["notes"].to_string().contains(said)), "{cases:?}");
        } else {
            assert!(cases.iter().all(|case| case["standing"] == "not-run"), "{cases:?}");
            assert!(run.err.contains(said), "{}", run.err);
        }
        // What is cut off need not be kept whole.
        assert!(run.out.len() < 64 * 1024, "{}", run.out.len());
    }
}
