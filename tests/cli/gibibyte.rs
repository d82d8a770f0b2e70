//! A gibibyte in one field line of a 101: as much is read as is kept, the program stays small, and says what it saw.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use ws101::judgement::Role;
use ws101::peer::reference::Reference;
use ws101::suite::{Exchange, Peer as _};

use super::server::{Local, ended, file};
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

/// Writes the answer up to a field that does not end for a gibibyte, and counts what goes.
fn endless(stream: &mut TcpStream, head: &[u8], sent: &AtomicU64) {
    let some = [b'a'; 64 * 1024];
    let mut octets = 0;
    if stream.write_all(head).is_ok() && stream.write_all(b"X-A: ").is_ok() {
        while octets < GIBIBYTE
            && let Ok(count) = stream.write(&some)
        {
            octets += count as u64;
            sent.fetch_add(count as u64, Ordering::Relaxed);
        }
    }
}

/// What came of a server that answers so.
struct Tried {
    /// How many octets it got rid of.
    sent: u64,
    /// By how many the program grew from the first such answer on.
    grown: u64,
    out: String,
    err: String,
    status: i32,
    /// The results, and how long they are.
    results: (serde_json::Value, usize),
}

/// Tries a server that answers so, but for the control if it is `willing`.
fn tried(willing: bool) -> Tried {
    let (pid, before, sent) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let (its, first, all) = (Arc::clone(&pid), Arc::clone(&before), Arc::clone(&sent));
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
        // It waits for the answer, so it is there.
        let _ = first.compare_exchange(0, peak(its.load(Ordering::Relaxed)), Ordering::Relaxed, Ordering::Relaxed);
        answer.truncate(answer.len() - 2);
        endless(&mut stream, &answer, &all);
    });
    // The program prints its results, and then waits for whoever reads the pipe: so long its memory can be looked at.
    let pipe = file(&format!("gibibyte-{willing}"));
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let mut command = program();
    command.args(["test", "server", &local.url(), "--only", "server/fields/another,server/opening/minimal"]);
    let mut child = command.arg("--json").arg(&pipe).spawn().expect("the program starts");
    pid.store(child.id(), Ordering::Relaxed);
    let mut printed = child.stdout.take().expect("a pipe");
    let mut out = vec![0; 1];
    printed.read_exact(&mut out).expect("it prints its results");
    let grown = peak(child.id()) - before.load(Ordering::Relaxed);
    let json = fs::read(&pipe).expect("the results");
    fs::remove_file(&pipe).expect("it is there");
    printed.read_to_end(&mut out).expect("what else it prints");
    let Run { status, err, .. } = ended(child);
    let results = (serde_json::from_slice(&json).expect("JSON"), json.len());
    let sent = sent.load(Ordering::Relaxed);
    Tried { sent, grown, out: String::from_utf8_lossy(&out).into_owned(), err, status, results }
}

#[test]
fn a_field_of_a_gibibyte() {
    let said = "more than 262144 octets came without the end of a head, and no more are read";
    for willing in [false, true] {
        let Tried { sent, grown, out, err, status, results: (results, length) } = tried(willing);
        // As much as is read goes once for each of a few connections.
        assert!((1..4 * SOME).contains(&sent) && grown < SOME, "{sent} octets were sent, {grown} more are resident");
        assert_eq!(status, 3, "{out}{err}");
        let cases = results["cases"].as_array().expect("cases");
        let how = |id: &str| &cases.iter().find(|case| case["id"] == id).expect("the case")["standing"];
        if willing {
            let standings = [how("server/opening/minimal"), how("server/fields/another")];
            assert_eq!(standings, ["pass", "harness-error"]);
            assert!(cases.iter().any(|case| case["notes"].to_string().contains(said)), "{cases:?}");
            assert!(cases.iter().all(|case| case["standing"] != "fail"), "{cases:?}");
        } else {
            assert!(cases.iter().all(|case| case["standing"] == "not-run"), "{cases:?}");
            assert!(err.contains(said), "{err}");
        }
        // What is cut off need not be kept whole.
        assert!(length < 64 * 1024, "{length}");
    }
}
