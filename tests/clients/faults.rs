//! Clients and surroundings that misbehave as processes: each ends in a true report, and no process is left.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use tungstenite::Message;
use ws101::live::client::{ClientCommand, Patience};
use ws101::run::clients::{CONTROL, ClientTest, Way, planned};
use ws101::suite::results::{Ended, Standing};
use ws101::suite::{Conformance, Results};

use super::{client, peer, results, trial};

/// More octets than what is kept of a request and what the system holds between two sockets, and few of a gibibyte.
const SOME: u64 = 64 << 20;

/// The client of tungstenite, on its own socket.
pub(super) fn tungstenite(arguments: &[String]) -> ExitCode {
    let connect = || -> Result<(), String> {
        let [url] = arguments else { return Err("no URL".to_owned()) };
        let authority = url.trim_start_matches("ws://").split('/').next().unwrap_or_default();
        let stream = TcpStream::connect(authority).map_err(|error| error.to_string())?;
        let (mut socket, _) = tungstenite::client(url, stream).map_err(|error| error.to_string())?;
        socket.send(Message::text("ws101")).map_err(|error| error.to_string())?;
        while socket.read().is_ok() {}
        Ok(())
    };
    match connect() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

pub(super) fn trials(data: &'static Conformance) -> Vec<Trial> {
    vec![
        trial("faults/no-such-command", || {
            let (status, out, err) = told(&["test", "client", "--", "/nonexistent/client", "{url}"]);
            is(
                status == Some(3) && out.is_empty() && err.contains("cannot be started") && err.lines().count() == 1,
                &err,
            )
        }),
        trial("faults/no-place-for-the-url", || {
            let (status, _, err) = told(&["test", "client", "--", "true"]);
            is(status == Some(2) && err.contains("put {url} where its URL goes") && err.lines().count() == 1, &err)
        }),
        trial("faults/exits-at-once", || {
            let (status, _, err) = told(&["test", "client", "--", "sh", "-c", "echo alas >&2; exit 7", "{url}"]);
            is(status == Some(3) && err.contains("exited with status 7 without a connection; it wrote: alas"), &err)
        }),
        trial("faults/never-connects", || {
            let since = Instant::now();
            let arguments =
                ["test", "client", "--start-timeout", "300", "--", "sh", "-c", "sleep 7301 & sleep 7301", "{url}"];
            let (status, _, err) = told(&arguments);
            is(status == Some(3) && err.contains("did not connect within 0.3 s"), &err)?;
            is(since.elapsed() < Duration::from_secs(20) && !is_running("7301"), "slow, or a process is left")
        }),
        trial("faults/forks", move || {
            // The process that was started ends at once; its child connects, and another one stays behind.
            let ClientCommand(its) = client("reference", "", "", 0);
            let script = "sleep 7302 & \"$@\" & exit 0";
            let command = [vec!["sh".to_owned(), "-c".to_owned(), script.to_owned(), "sh".to_owned()], its].concat();
            let results = results(data, Way::Each(ClientCommand(command)), |id| id == CONTROL);
            is(is_pass(&results) && !is_running("7302"), &format!("{results:?}"))
        }),
        trial("faults/reads-lines-and-dies", move || {
            let exe = std::env::current_exe().map_err(|error| error.to_string())?;
            // Each process takes two URLs, then no more.
            let script = "for n in 1 2; do read url; \"$0\" client reference \"$url\"; done";
            let command = ["sh", "-c", script, &exe.to_string_lossy()].map(str::to_owned).to_vec();
            let way = Way::Lines(ClientCommand(command));
            let results = results(data, way, |id| id.starts_with("client/upgrade/"));
            let accused = results.cases.iter().any(|case| case.standing < Standing::Known);
            is(results.ended == Ended::Complete && !accused, &format!("{results:#?}"))
        }),
        trial("faults/dies-late", move || {
            let ids = ["client/upgrade/case-upper", "client/upgrade/missing"];
            let cases = planned(data).into_iter().filter(|planned| ids.contains(&planned.id().as_str())).collect();
            let way = Way::Each(client(peer::DIES_LATE, "", "", 0));
            // It has long enough to die, however busy the machine is.
            let patience = Patience {
                connect: Duration::from_secs(30),
                answer: Duration::from_millis(300),
                ping: Duration::from_secs(1),
            };
            let test = ClientTest { data, way, options: Vec::new(), cases, jobs: 2, patience };
            let results = test.run(&AtomicBool::new(false), &|_| {}, &|_| {}).expect("a loopback address");
            let told: Vec<&str> =
                results.cases.iter().flat_map(|case| &case.faults).map(|fault| fault.failing.as_str()).collect();
            is(told == ["crash"; 2], &format!("{results:#?}"))
        }),
        trial("faults/a-gibibyte-in-one-field", gibibyte),
        trial("faults/asks-for-the-next-case", move || {
            let results = asking(data);
            is(results.cases.len() >= 20 && is_pass(&results), &format!("{results:#?}"))
        }),
        trial("faults/interrupted", interrupted),
    ]
}

/// A client that asks for URLs by HTTP, and one at a time.
fn asking(data: &Conformance) -> Results {
    let cases = planned(data).into_iter().filter(|planned| planned.id().starts_with("client/upgrade/")).collect();
    let way = Way::Asks(SocketAddr::from(([127, 0, 0, 1], 0)), None);
    let test = ClientTest { data, way, options: Vec::new(), cases, jobs: 2, patience: Patience::default() };
    let asker = Mutex::new(None);
    let ready = |address: SocketAddr| {
        let ask = move || -> Option<String> {
            let mut stream = TcpStream::connect(address).ok()?;
            stream.write_all(format!("GET /next HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes()).ok()?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).ok()?;
            answer.starts_with("HTTP/1.1 200 ").then(|| answer.split("\r\n\r\n").nth(1).map(str::to_owned))?
        };
        let work = move || {
            while let Some(next) = ask() {
                let url = next.split_whitespace().next().unwrap_or_default().to_owned();
                super::peer::play(&["reference".to_owned(), url]);
            }
        };
        if let Ok(mut asker) = asker.lock() {
            *asker = Some(thread::spawn(work));
        }
    };
    test.run(&AtomicBool::new(false), &ready, &|_| {}).expect("a loopback address")
}

/// A gibibyte in one field of a request: as much is read as is kept, the program stays small, and says what it saw.
fn gibibyte() -> Result<(), String> {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-gibibyte", std::process::id()));
    let only = "client/upgrade/case-upper,client-request/*";
    let ClientCommand(its) = client(peer::GIBIBYTE, "", "", 0);
    let output = Command::new(env!("CARGO_BIN_EXE_ws101"))
        .args(["test", "client", "--only", only, "--format", "json", "--"])
        .args(its)
        .env("WS101_TOLD", &file)
        .output()
        .map_err(|error| error.to_string())?;
    let told = fs::read_to_string(&file).map_err(|error| error.to_string())?;
    fs::remove_file(&file).map_err(|error| error.to_string())?;
    let numbers =
        |of: &str| -> Vec<u64> { told.lines().filter_map(|line| line.strip_prefix(of)?.trim().parse().ok()).collect() };
    // The control, the case among others, and once more by itself; before each of them.
    let peaks = numbers("peak");
    is(peaks.len() == 3 && peaks[2] - peaks[0] < SOME >> 10, &format!("{peaks:?}"))?;
    let sent: u64 = numbers("sent").iter().sum();
    is(sent < 2 * SOME, &format!("{sent} octets were sent"))?;
    let results: serde_json::Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let of = |standing: &str| {
        let cases = results["cases"].as_array().into_iter().flatten();
        cases.filter(|case| case["standing"] == standing).collect::<Vec<_>>()
    };
    let [case] = of("harness-error")[..] else { return Err(results.to_string()) };
    is(case["id"] == "client/upgrade/case-upper", &case.to_string())?;
    is(case["notes"].to_string().contains("262144 octets came without the end of its head"), &case.to_string())?;
    // What is cut off here is not held against whoever sent it.
    is(
        of("fail").is_empty() && output.status.code() == Some(3) && output.stdout.len() < 128 * 1024,
        &results.to_string(),
    )
}

/// Ctrl-C in the middle of a run: what is known is told, and no client is left.
fn interrupted() -> Result<(), String> {
    let ClientCommand(its) = client("reference", "", "", 0);
    let script = "sleep 7303 & exec \"$@\"";
    let child = Command::new(env!("CARGO_BIN_EXE_ws101"))
        .args(["test", "client", "--jobs", "2", "--", "sh", "-c", script, "sh"])
        .args(its)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let start = Instant::now();
    while !is_there("7303") && start.elapsed() < Duration::from_secs(30) {
        thread::sleep(Duration::from_millis(10));
    }
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    killed.map_err(|error| error.to_string())?;
    let since = Instant::now();
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    let said = format!("{:?} {err} {}", output.status, String::from_utf8_lossy(&output.stdout).len());
    is(output.status.code() == Some(3) && since.elapsed() < Duration::from_secs(5), &said)?;
    is(!is_running("7303"), "a process is left")
}

fn is(right: bool, otherwise: &str) -> Result<(), String> {
    if right { Ok(()) } else { Err(otherwise.to_owned()) }
}

fn is_pass(results: &Results) -> bool {
    results.ended == Ended::Complete
        && results.cases.iter().all(|case| matches!(case.standing, Standing::Pass | Standing::Permitted))
}

/// The exit status, standard output and standard error of the program.
fn told(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_ws101")).args(arguments).output().expect("the program");
    let text = |octets: Vec<u8>| String::from_utf8_lossy(&octets).into_owned();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Whether a process stays that was started with the argument. A killed one takes a moment to go.
fn is_running(argument: &str) -> bool {
    (0..50).all(|_| {
        thread::sleep(Duration::from_millis(10));
        is_there(argument)
    })
}

fn is_there(argument: &str) -> bool {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.into_iter().any(|process| {
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        // The program itself has the argument within its command, and its name among the first.
        let mut words = line.split(|&octet| octet == 0);
        words.next() == Some(b"sleep") && words.next() == Some(argument.as_bytes())
    })
}
