//! Live servers on loopback: whoever departs is named, and nobody else is.

mod accused;
mod duties;
mod generated;
mod liars;
mod not_accused;
mod ordeal;

use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ws101::live::{Conditions, Deadlines, Endpoint, Server, serve};
use ws101::oracle::data;
use ws101::run::servers::{Planned, ServerTest, planned};
use ws101::suite::results::{CaseResult, Standing};
use ws101::suite::{Needs, Peer, Results};

/// A server on loopback that is gone when this is.
struct Local {
    port: u16,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Local {
    /// Serves a peer that is configured for the needs.
    fn peer(peer: impl Peer + Send + 'static, needs: Needs) -> Local {
        Local::with(move |listener, stop| serve(&listener, &peer, &needs, stop).expect("a listener"))
    }

    /// Serves each connection by a function, a thread each.
    fn each(handle: impl Fn(TcpStream) + Send + Sync + 'static) -> Local {
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

    fn server(&self) -> Server {
        let endpoint = Endpoint::resolve(&format!("ws://127.0.0.1:{}/chat", self.port)).expect("a URL");
        // A machine that has other work takes its time.
        let patient = Duration::from_secs(10);
        let deadlines = Deadlines { connect: patient, answer: patient, close: Duration::from_secs(2) };
        Server { endpoint, trust: None, deadlines }
    }

    /// Tries the cases that are selected.
    fn try_cases(&self, supports: Needs, selects: impl Fn(&Planned<'_>) -> bool) -> Results {
        let server = self.server();
        try_server(&server, supports, selects)
    }

    /// Tries every case.
    fn try_all(&self) -> Results {
        self.try_cases(Needs::default(), |_| true)
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

fn try_server(server: &Server, supports: Needs, selects: impl Fn(&Planned<'_>) -> bool) -> Results {
    let test = ServerTest {
        data: data(),
        server,
        conditions: Conditions::default(),
        supports,
        cases: planned(data()).into_iter().filter(selects).collect(),
        options: Vec::new(),
        jobs: 16,
        seed: 101,
    };
    test.run(&AtomicBool::new(false), &|_| {})
}

/// The cases that fail a strict run.
fn strict_failures(results: &Results) -> Vec<&CaseResult> {
    let counts = |case: &&CaseResult| case.standing.is_failure(true) || case.standing == Standing::HarnessError;
    results.cases.iter().filter(counts).collect()
}

/// The cases that fail.
fn failures(results: &Results) -> Vec<&CaseResult> {
    results.cases.iter().filter(|case| matches!(case.standing, Standing::Fail | Standing::HarnessError)).collect()
}

/// The failures in words, for an assertion.
fn told(results: &Results) -> Vec<String> {
    let told = failures(results)
        .into_iter()
        .map(|case| format!("{} {:?} {:?} {}", case.id, case.faults, case.notes, case.did));
    told.chain(results.control.faults.clone()).collect()
}
