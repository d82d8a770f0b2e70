//! The one manager of processes: each starts in a group of its own, is never waited for without end, and ends with its group.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, PipeWriter};
use std::process::{Child, ChildStdin, ChildStdout, Command};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::pipe::{self, Ready};

/// How many octets are kept of an output that nobody reads.
const TAIL: usize = 2048;
/// How long a process has to end in order, once it was asked to.
const GRACE: Duration = Duration::from_millis(300);
/// How long a killed process may take to be gone. One that the system holds on to is left to it.
const GOING: Duration = Duration::from_secs(2);

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// With an exit status.
    Status(i32),
    /// By a signal.
    Signal(i32),
    /// Some other way, or by us.
    Unknown,
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exit::Status(status) => write!(f, "exited with status {status}"),
            Exit::Signal(signal) => write!(f, "died of signal {signal}"),
            Exit::Unknown => f.write_str("was ended"),
        }
    }
}

/// A process with everything that it starts in its process group. Dropping it ends them all.
#[derive(Debug)]
pub struct Process {
    child: Child,
    input: Option<ChildStdin>,
    /// The ends of standard output and standard error: much on the one takes nothing from the other.
    tails: Vec<Tail>,
    /// The threads behind the tails run until this is closed, whoever still holds the other end of an output.
    stop: Option<PipeWriter>,
    ended: bool,
}

impl Process {
    /// Starts a command, whose standard streams are set.
    ///
    /// # Errors
    ///
    /// If the program cannot be started.
    pub(super) fn start(command: &mut Command) -> io::Result<Process> {
        group::own(command);
        let mut child = command.spawn()?;
        let input = child.stdin.take();
        let process = Process { child, input, tails: Vec::new(), stop: None, ended: false };
        if let Some(input) = &process.input {
            pipe::never_block(input)?;
        }
        Ok(process)
    }

    /// Takes what it writes off its hands, and keeps the ends: a process whose output nobody takes would wait for ever.
    pub(super) fn drained(mut self) -> io::Result<Process> {
        let (stopped, stop) = io::pipe()?;
        self.stop = Some(stop);
        if let Some(output) = self.child.stdout.take() {
            self.tails.push(Tail::of(output, stopped.try_clone()?)?);
        }
        if let Some(output) = self.child.stderr.take() {
            self.tails.push(Tail::of(output, stopped)?);
        }
        Ok(self)
    }

    /// Its standard output, for whoever reads it here.
    pub(super) const fn output(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Its standard input, which never blocks.
    pub(super) const fn input(&self) -> Option<&ChildStdin> {
        self.input.as_ref()
    }

    /// Writes a line to its standard input.
    ///
    /// # Errors
    ///
    /// If it does not read it in time.
    pub fn tell(&mut self, line: &str, within: Duration) -> io::Result<()> {
        let input = self.input.as_ref().ok_or(io::ErrorKind::BrokenPipe)?;
        let (line, until) = (format!("{line}\n"), Instant::now() + within);
        let mut rest = line.as_bytes();
        while !rest.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            let Ready { input: is_ready, .. } = pipe::wait(Some(input), None::<&ChildStdout>, left)?;
            if is_ready {
                rest = &rest[pipe::write(input, rest)?..];
            }
        }
        Ok(())
    }

    /// How it ended, if it has. What it started may go on.
    pub fn exited(&mut self) -> Option<Exit> {
        if self.ended {
            return Some(Exit::Unknown);
        }
        group::exited(&mut self.child)
    }

    /// How it ends, if it does so in time.
    pub(super) fn exits(&mut self, within: Duration) -> Option<Exit> {
        let until = Instant::now() + within;
        let mut pause = Duration::from_millis(1);
        loop {
            let exit = self.exited();
            if exit.is_some() || Instant::now() >= until {
                return exit;
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }

    /// The end of what it wrote, on one line: standard output, then standard error; empty for nothing.
    pub fn said(&self) -> String {
        let ends: Vec<String> = self.tails.iter().map(Tail::text).collect();
        ends.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Ends it, and everything in its group: asked first, then killed.
    pub fn end(&mut self) {
        if self.ended {
            return;
        }
        self.input = None;
        if self.exited().is_none() {
            group::ask(&mut self.child);
            self.exits(GRACE);
        }
        // Until the process is waited for, its number stands for it and its group, and for nobody else.
        group::kill(&mut self.child);
        self.exits(GOING);
        // It is gone, or the system holds on to it: neither is waited for.
        let _ = self.child.try_wait();
        self.ended = true;
        self.stop = None;
        self.tails.iter_mut().for_each(Tail::end);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// The end of an output, which a thread reads.
#[derive(Debug)]
struct Tail {
    octets: Arc<Mutex<VecDeque<u8>>>,
    thread: Option<JoinHandle<()>>,
}

impl Tail {
    fn of<R: io::Read + pipe::Handle + Send + 'static>(mut output: R, stopped: io::PipeReader) -> io::Result<Tail> {
        let octets: Arc<Mutex<VecDeque<u8>>> = Arc::default();
        let its = Arc::clone(&octets);
        let drain = move || {
            let mut read = [0; 4096];
            while pipe::is_readable_first(&output, &stopped) {
                let Ok(length @ 1..) = output.read(&mut read) else { return };
                let mut tail = its.lock().unwrap_or_else(PoisonError::into_inner);
                tail.extend(&read[..length]);
                let surplus = tail.len().saturating_sub(TAIL);
                tail.drain(..surplus);
            }
        };
        let thread = thread::Builder::new().name("drain".to_owned()).spawn(drain)?;
        Ok(Tail { octets, thread: Some(thread) })
    }

    fn text(&self) -> String {
        let tail = self.octets.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&tail.iter().copied().collect::<Vec<u8>>()).into_owned()
    }

    /// Waits for the thread, which has been told to stop. Where it cannot be told, it ends with the output.
    fn end(&mut self) {
        if let Some(thread) = self.thread.take().filter(|_| pipe::WAITS) {
            // One that panicked has nothing more to keep.
            let _ = thread.join();
        }
    }
}

#[cfg(unix)]
mod group {
    use std::os::unix::process::CommandExt as _;
    use std::process::{Child, Command};

    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid};

    use super::Exit;

    pub(super) fn own(command: &mut Command) {
        command.process_group(0);
    }

    /// How the first process of the group ended, without waiting for it.
    pub(super) fn exited(child: &mut Child) -> Option<Exit> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let status = waitid(WaitId::Pid(Pid::from_child(child)), options).ok()??;
        Some(match (status.exit_status(), status.terminating_signal()) {
            (Some(status), _) => Exit::Status(status),
            (None, Some(signal)) => Exit::Signal(signal),
            (None, None) => Exit::Unknown,
        })
    }

    pub(super) fn ask(child: &mut Child) {
        let pid = Pid::from_child(child);
        if kill_process_group(pid, Signal::TERM).is_err() {
            // It has left its group, and is asked by itself. One that is gone needs no signal.
            let _ = kill_process(pid, Signal::TERM);
        }
    }

    pub(super) fn kill(child: &mut Child) {
        let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
        // It may have left its group.
        let _ = child.kill();
    }
}

#[cfg(not(unix))]
mod group {
    use std::process::{Child, Command};

    use super::Exit;

    pub(super) fn own(_: &mut Command) {}

    pub(super) fn exited(child: &mut Child) -> Option<Exit> {
        child.try_wait().ok()?.map(|status| status.code().map_or(Exit::Unknown, Exit::Status))
    }

    pub(super) fn ask(_: &mut Child) {}

    pub(super) fn kill(child: &mut Child) {
        // A process that is gone needs no end.
        let _ = child.kill();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::live::client::ClientCommand;

    fn shell(script: &str) -> ClientCommand {
        ClientCommand(["sh", "-c", script, "sh", "{url}"].map(str::to_owned).to_vec())
    }

    fn is_running(pid: &str) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().next()).is_some_and(|state| state != "Z")
    }

    /// What a process says, once it has said a line's worth.
    fn heard(process: &Process) -> String {
        let since = Instant::now();
        while process.said().is_empty() && since.elapsed() < Duration::from_secs(10) {
            thread::sleep(Duration::from_millis(5));
        }
        process.said()
    }

    #[test]
    fn a_process_ends_with_what_it_started() {
        for script in [
            "sleep 1000 & echo $!; wait",
            // The child outlives its parent, and does not listen.
            "(trap '' TERM; sleep 1000 & echo $!; wait) & exit 0",
            "trap '' TERM; sleep 1000 & echo $!; wait",
        ] {
            let mut process = shell(script).start("u", &[], false).unwrap();
            let grandchild = heard(&process);
            assert!(is_running(&grandchild), "{script}: {grandchild}");
            process.end();
            let since = Instant::now();
            while is_running(&grandchild) && since.elapsed() < Duration::from_secs(5) {
                thread::sleep(Duration::from_millis(5));
            }
            assert!(!is_running(&grandchild), "{script}");
        }
    }

    #[test]
    fn a_dropped_process_is_ended() {
        let process = shell("echo $$; sleep 1000").start("u", &[], false).unwrap();
        let pid = heard(&process);
        drop(process);
        assert!(!is_running(&pid));
    }

    #[test]
    fn what_it_says_is_kept_to_a_tail_and_never_stops_it() {
        let script = "echo \"$1 end\" >&2; yes word | head -c 1000000";
        let mut process = shell(script).start("ws://h", &[], false).unwrap();
        let since = Instant::now();
        let mut is_over = || process.exited().is_some() && process.said().ends_with("word ws://h end");
        while !is_over() && since.elapsed() < Duration::from_secs(10) {
            thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(process.exited(), Some(Exit::Status(0)));
        let said = process.said();
        assert!(said.ends_with("word ws://h end") && said.len() <= TAIL + "ws://h end".len() + 1, "{said}");
    }

    #[test]
    fn lines_are_read_from_standard_input() {
        let mut process = shell("read line; echo got $line").start("u", &[], true).unwrap();
        process.tell("ws://h/1", Duration::from_secs(10)).unwrap();
        assert_eq!(heard(&process), "got ws://h/1");
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let command = ClientCommand(vec!["/nonexistent/client".to_owned()]);
        assert_eq!(command.start("u", &[], false).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    /// Threads and descriptors of this program.
    #[cfg(target_os = "linux")]
    fn held() -> [usize; 2] {
        ["task", "fd"].map(|of| std::fs::read_dir(format!("/proc/self/{of}")).expect("a folder").count())
    }

    /// A grandchild that has left the group holds the outputs; it is not reached, and costs nothing.
    #[cfg(target_os = "linux")]
    #[test]
    fn who_left_the_group_leaks_nothing() {
        let before = held();
        for _ in 0..50 {
            let mut process = shell("setsid sh -c 'echo $$; sleep 20' & wait $!").start("u", &[], true).unwrap();
            heard(&process);
            process.end();
        }
        // Other tests run beside this one.
        let after = held();
        assert!(before.iter().zip(after).all(|(before, after)| after < before + 25), "{before:?} {after:?}");
    }

    /// A process that has left its group is ended by its own number, and not waited for without end.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_that_left_its_group_is_ended() {
        let script = "import os, signal, time; os.setpgid(0, os.getpgid(os.getppid())); \
                      signal.signal(signal.SIGTERM, signal.SIG_IGN); print(os.getpid(), flush=True); time.sleep(1000)";
        let command = ClientCommand(["python3", "-c", script].map(str::to_owned).to_vec());
        let mut process = command.start("u", &[], false).unwrap();
        let pid = heard(&process);
        assert!(is_running(&pid));
        let since = Instant::now();
        process.end();
        assert!(since.elapsed() < Duration::from_secs(5) && !is_running(&pid));
    }

    #[test]
    fn a_line_that_nobody_reads_ends_in_time() {
        let mut process = shell("sleep 1000").start("u", &[], true).unwrap();
        let since = Instant::now();
        let told = process.tell(&"x".repeat(1_000_000), Duration::from_millis(200));
        assert_eq!(told.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(since.elapsed() < Duration::from_secs(10));
    }
}
