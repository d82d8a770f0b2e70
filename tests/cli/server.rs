//! `ws101 test server` at the command line: what bad input gets, and what a run leaves behind whatever happens.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use ws101::judgement::Role;
use ws101::live::serve;
use ws101::peer::broken::planted;
use ws101::peer::reference::Reference;
use ws101::peer::tungstenite::Tungstenite;
use ws101::suite::{Exchange, Needs, Observation, Outcome, Peer};

use super::{Run, program, run_with};

/// A server on loopback that is gone when this is.
pub(super) struct Local {
    port: u16,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Local {
    /// Serves a peer.
    fn peer(peer: impl Peer + Send + 'static) -> Local {
        Local::with(move |listener, stop| serve(&listener, &peer, &Needs::default(), stop).expect("a listener"))
    }

    /// Serves each connection by a function, a thread each.
    pub(super) fn each(handle: impl Fn(TcpStream) + Send + Sync + 'static) -> Local {
        let handle = Arc::new(handle);
        Local::with(move |listener, stop| {
            for stream in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let (handle, Ok(stream)) = (Arc::clone(&handle), stream) else { continue };
                thread::spawn(move || handle(stream));
            }
        })
    }

    fn with(serve: impl FnOnce(TcpListener, &AtomicBool) + Send + 'static) -> Local {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let stop = Arc::new(AtomicBool::new(false));
        let its = Arc::clone(&stop);
        Local { port, stop, thread: Some(thread::spawn(move || serve(listener, &its))) }
    }

    pub(super) fn url(&self) -> String {
        format!("ws://127.0.0.1:{}/chat", self.port)
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Whoever waits in `accept` sees the flag.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            thread.join().expect("a server that does not panic");
        }
    }
}

/// A planted fault that is served: `Planted` is `'static` data.
struct Served(&'static dyn Peer);

impl Peer for Served {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn version(&self) -> &str {
        self.0.version()
    }

    fn plays(&self, role: Role) -> bool {
        self.0.plays(role)
    }

    fn observe(&self, exchange: &Exchange) -> Observation {
        self.0.observe(exchange)
    }
}

/// A request without Host is taken: one fault, that two vectors show.
fn lenient() -> Local {
    Local::peer(Served(planted().find(|planted| planted.name == "server-host-not-needed").expect("it is planted")))
}

/// Runs `ws101 test server` with further words.
fn test_server(url: &str, words: &[&str]) -> Run {
    let mut command = program();
    command.args(["test", "server", url]).args(words);
    let run = run_with(command, b"");
    assert!(run.out.is_empty() || run.out.ends_with('\n') && !run.out.ends_with("\n\n"), "{:?}", run.out);
    run
}

/// A file of one test.
pub(super) fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()))
}

/// The only line on standard error.
fn line(run: &Run) -> &str {
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    assert!(run.err.starts_with("ws101: "), "{}", run.err);
    &run.err
}

const MINIMAL: [&str; 2] = ["--only", "server/opening/minimal"];

#[test]
fn what_leads_to_no_server() {
    for (url, status, parts) in [
        ("http://localhost/", 2, ["is no ws or wss URL", "give ws://HOST:PORT/PATH"]),
        ("localhost:9001", 2, ["is no ws or wss URL", "give ws://HOST:PORT/PATH"]),
        ("ws://", 2, ["is no ws or wss URL", "give ws://HOST:PORT/PATH"]),
        ("ws://no-such-host.invalid/", 3, ["its host has no address", "mend the name"]),
    ] {
        for command in [&["test", "server", url][..], &["diff", "--peer", url]] {
            let mut program = program();
            program.args(command);
            let run = run_with(program, b"");
            assert_eq!((run.status, run.out.as_str()), (status, ""), "{url}: {}", run.err);
            assert!(parts.iter().all(|part| line(&run).contains(part)), "{}", run.err);
        }
    }
}

#[test]
fn a_refused_connection() {
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let json = file("refused.json");
    let run = test_server(&format!("ws://127.0.0.1:{port}/"), &["--json", &json.to_string_lossy()]);
    assert_eq!(run.status, 3, "{}{}", run.out, run.err);
    for part in ["did not open a connection", "no connection came about", "start the server"] {
        assert!(line(&run).contains(part), "{}", run.err);
    }
    assert!(fs::read_to_string(&json).expect("a report").contains("\"broken\""));
}

/// The control is shown whole: what was sent, what came back, and what may be missing.
#[test]
fn a_control_that_is_refused() {
    let local = Local::each(|mut stream| {
        let mut buffer = [0; 4096];
        let _ = stream.read(&mut buffer);
        let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    });
    let run = test_server(&local.url(), &[]);
    assert_eq!(run.status, 3);
    for part in ["> GET /chat HTTP/1.1", "< HTTP/1.1 404 Not Found", "refused, status 404"] {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
    assert!(line(&run).contains("refused, status 404: name its resource in the URL"), "{}", run.err);
}

/// A TLS server with a certificate that nobody signed but itself; and that certificate in a file.
fn tls(peer: impl Peer + Send + 'static) -> (Local, PathBuf) {
    let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
    let pem = file(&format!("{:?}.pem", thread::current().id()));
    fs::write(&pem, own.cert.pem()).expect("it can be written");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(rustls::DEFAULT_VERSIONS)
        .and_then(|config| config.with_no_client_auth().with_single_cert(vec![own.cert.der().clone()], key));
    let config = Arc::new(config.expect("a configuration"));
    let local = Local::each(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
        let mut stream = StreamOwned::new(connection, stream);
        let (mut octets, mut buffer) = (Vec::new(), [0; 4096]);
        // Whoever does not trust it ends the connection.
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            octets.extend_from_slice(&buffer[..count]);
            let observation = peer.observe(&Exchange::new(Role::Server, octets.clone()));
            if observation.outcome != Outcome::TimedOut {
                let _ = stream.write_all(&observation.written);
                stream.conn.send_close_notify();
                let _ = stream.flush();
                return;
            }
        }
    });
    (local, pem)
}

#[test]
fn certificates() {
    let (local, pem) = tls(Reference);
    let url = format!("wss://127.0.0.1:{}/chat", local.port);
    let untrusted = test_server(&url, &MINIMAL);
    assert_eq!(untrusted.status, 3, "{}{}", untrusted.out, untrusted.err);
    for part in ["--ca", "--insecure"] {
        assert!(line(&untrusted).contains(part), "{}", untrusted.err);
    }
    let pem = pem.to_string_lossy();
    for trust in [&["--ca", &*pem][..], &["--insecure"]] {
        let run = test_server(&url, &[&MINIMAL[..], trust].concat());
        assert_eq!(run.status, 0, "{trust:?}: {}{}", run.out, run.err);
    }
    // Another host than the one in the certificate.
    let other = test_server(&url.replace("127.0.0.1", "localhost"), &[&MINIMAL[..], &["--ca", &*pem]].concat());
    assert_eq!(other.status, 3, "{}{}", other.out, other.err);
    let none = test_server(&url, &["--ca", "Cargo.toml"]);
    assert_eq!((none.status, none.out.as_str()), (2, ""));
    assert!(line(&none).contains("no certificate in PEM, --ca Cargo.toml; give a file"), "{}", none.err);
    let plain = Local::peer(Reference);
    let run =
        test_server(&plain.url().replace("ws:", "wss:"), &[&MINIMAL[..], &["--insecure", "--timeout", "500"]].concat());
    assert_eq!(run.status, 3, "{}{}", run.out, run.err);
    assert!(line(&run).contains("it speaks no TLS here"), "{}", run.err);
}

#[test]
fn a_baseline_that_is_none_and_a_selection_of_nothing() {
    let local = Local::peer(Reference);
    let malformed = file("malformed.toml");
    fs::write(&malformed, "schema = 1\ntarget = \"x\"\n[[known]]\ncase = \"a\"\n").expect("it can be written");
    for (words, status, part) in [
        (&["--baseline", "no-such-file.toml"][..], 2, "cannot be read"),
        (&["--baseline", &malformed.to_string_lossy()], 2, "fault"),
        (&["--only", "no/such/*"], 3, "\"no/such/*\" matches no case"),
        (&["--only", "server/key/*", "--skip", "server/key/*"], 3, "no case is selected"),
        (&["--only", "[a"], 2, "mend the pattern"),
        (&["--header", "no field"], 2, "is no field line"),
        (&["--path", "chat"], 2, "is no resource name"),
    ] {
        let run = test_server(&local.url(), words);
        assert_eq!((run.status, run.out.as_str()), (status, ""), "{words:?}: {}", run.err);
        assert!(line(&run).contains(part), "{words:?}: {}", run.err);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_takes_nothing_from_the_results() {
    let local = Local::peer(Reference);
    let junit = file("full.xml");
    let run = test_server(
        &local.url(),
        &["--only", "server/opening/*", "--json", "/dev/full", "--junit", &junit.to_string_lossy()],
    );
    assert_eq!(run.status, 3, "{}{}", run.out, run.err);
    assert!(run.out.contains("§4.2.1") && line(&run).contains("cannot write (No space left on device"), "{}", run.err);
    assert!(fs::read_to_string(&junit).expect("the other report").contains("testsuites"));
}

/// Until the program ends; it is no test if it does not.
pub(super) fn ended(child: Child) -> Run {
    let pid = Pid::from_child(&child);
    // A pipe that nobody reads would hold up whoever prints much.
    let (over, waits) = std::sync::mpsc::channel();
    thread::spawn(move || over.send(child.wait_with_output()));
    let Ok(output) = waits.recv_timeout(Duration::from_secs(60)) else {
        kill_process(pid, Signal::KILL).expect("it runs");
        panic!("it hangs");
    };
    let output = output.expect("its output");
    Run {
        status: output.status.code().expect("an exit status"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

#[test]
#[cfg(unix)]
fn ctrl_c_leaves_what_is_known() {
    let count = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let its = Arc::clone(&count);
    // Slow enough that no machine is through with it.
    let local = Local::each(move |mut stream| {
        let mut buffer = [0; 65536];
        let Ok(length) = stream.read(&mut buffer) else { return };
        if its.fetch_add(1, Ordering::Relaxed) > 40 {
            thread::sleep(Duration::from_secs(1));
        }
        let observation = Reference.observe(&Exchange::new(Role::Server, &buffer[..length]));
        let _ = stream.write_all(&observation.written);
    });
    let mut command = program();
    command.args(["test", "server", &local.url(), "--jobs", "2", "--format", "json"]);
    let child = command.spawn().expect("the program starts");
    let until = Instant::now() + Duration::from_secs(60);
    while count.load(Ordering::Relaxed) < 42 && Instant::now() < until {
        thread::sleep(Duration::from_millis(20));
    }
    kill_process(Pid::from_child(&child), Signal::INT).expect("it runs");
    let run = ended(child);
    assert_eq!(run.status, 3, "{}", run.err);
    assert!(run.err.contains("the run was interrupted"), "{}", run.err);
    let results: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!(results["ended"]["how"], "interrupted");
    let standings: Vec<&str> =
        results["cases"].as_array().expect("cases").iter().filter_map(|case| case["standing"].as_str()).collect();
    assert!(standings.contains(&"pass") && standings.contains(&"not-run"));
}

#[test]
fn what_is_known_stays_known() {
    let (fails, right) = (lenient(), Local::peer(Reference));
    let baseline = file("baseline.toml");
    let path = baseline.to_string_lossy().into_owned();
    let only = ["--only", "server/host-policy/missing,server/host-policy/missing,server/opening/*"];
    let with = |local: &Local, words: &[&str]| test_server(&local.url(), &[&only[..], words].concat());
    assert_eq!(with(&fails, &[]).status, 1);
    let blessed = with(&fails, &["--baseline", &path, "--bless"]);
    assert_eq!(blessed.status, 0, "{}{}", blessed.out, blessed.err);
    let text = fs::read_to_string(&baseline).expect("a baseline");
    assert!(text.contains("[[known]]") && text.contains("TODO"), "{text}");
    let known = with(&fails, &["--baseline", &path]);
    assert_eq!(known.status, 0, "{}{}", known.out, known.err);
    // What is mended has to leave the list.
    let mended = with(&right, &["--baseline", &path]);
    assert_eq!(mended.status, 1, "{}{}", mended.out, mended.err);
    let mut entries: Vec<&str> = text.split("[[known]]").collect();
    entries.truncate(entries.len() - 1);
    fs::write(&baseline, entries.join("[[known]]")).expect("it can be written");
    assert_eq!(with(&fails, &["--baseline", &path]).status, 1, "a failure that is new");
    let unmatched = "[[known]]\ncase = \"server/no/such\"\nfault = \"accepts x\"\nreason = \"r\"\n";
    fs::write(&baseline, format!("{text}\n{unmatched}")).expect("it can be written");
    let stale = with(&fails, &["--baseline", &path]);
    assert_eq!(stale.status, 1, "{}{}", stale.out, stale.err);
    assert!(stale.out.contains("server/no/such"), "{}", stale.out);
}

#[test]
fn what_is_only_recommended_counts_where_it_is_asked_for() {
    let local = Local::peer(Tungstenite);
    let all = test_server(&local.url(), &["--format", "json"]);
    let results: serde_json::Value = serde_json::from_str(&all.out).expect("JSON");
    let cases = results["cases"].as_array().expect("cases");
    let id = cases.iter().find(|case| case["standing"] == "non-strict").and_then(|case| case["id"].as_str());
    let only = ["--only", id.expect("a case that is not strict")];
    assert_eq!(test_server(&local.url(), &only).status, 0);
    assert_eq!(test_server(&local.url(), &[&only[..], &["--strict"]].concat()).status, 1);
}

/// Takes any Upgrade from some browser: vectors have faults in plain heads, so that what is new is met by generated octets.
struct Capricious(Served);

impl Peer for Capricious {
    fn name(&self) -> &str {
        "capricious"
    }

    fn version(&self) -> &str {
        "1"
    }

    fn plays(&self, role: Role) -> bool {
        role == Role::Server
    }

    fn observe(&self, exchange: &Exchange) -> Observation {
        let is_browser = exchange.octets.windows(8).any(|some| some == b"Firefox/");
        if is_browser { self.0.observe(exchange) } else { Reference.observe(exchange) }
    }
}

/// How a server is reached is printed with what it did.
#[test]
fn what_a_server_does_is_shown_again() {
    let capricious = || Capricious(Served(planted().find(|its| its.name == "server-upgrade-any").unwrap()));
    let local = Local::peer(capricious());
    super::diff::shown_again(&format!("diff --cases 400 --peer {}", local.url()), &["--header", "X-A: it's"]);
    let (local, pem) = tls(capricious());
    let url = format!("wss://127.0.0.1:{}/chat", local.port);
    for trust in [&["--insecure", "--timeout", "1500"][..], &["--ca", &pem.to_string_lossy()]] {
        super::diff::shown_again(&format!("diff --cases 400 --peer {url}"), trust);
    }
}

/// Generated exchanges: nothing new of the reference, and the numbers of the run.
#[test]
fn a_live_server_is_tried_by_generated_exchanges() {
    let local = Local::peer(Reference);
    let mut command = program();
    command.args(["diff", "--cases", "200", "--peer", &local.url()]);
    let run = run_with(command, b"");
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    assert!(
        run.out.split_whitespace().collect::<Vec<_>>().join(" ").contains("200 generated")
            && run.out.contains("Nothing new"),
        "{}",
        run.out
    );
    let mut command = program();
    command.args(["diff", "-", "--peer", &local.url()]);
    let run = run_with(command, super::REQUEST);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    for (words, status, part) in [
        (&["--jobs", "3"][..], 2, "there is no peer behind a URL"),
        (&["--peer", &local.url(), "--ledger", "nobody"], 2, "there is no ledger of \"nobody\""),
    ] {
        let mut command = program();
        command.arg("diff").args(words);
        let run = run_with(command, b"");
        assert_eq!((run.status, run.out.as_str()), (status, ""), "{words:?}: {}", run.err);
        assert!(line(&run).contains(part), "{}", run.err);
    }
}
