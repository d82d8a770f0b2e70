//! A client's process: started in a group of its own, its output kept to a tail, and ended with everything that it started.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Read, Write as _};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How many octets are kept of its standard output, and as many of its standard error.
const TAIL: usize = 2048;
/// How long a process has to end in order, once it was asked to.
const GRACE: Duration = Duration::from_millis(300);

/// The command of a client: a program and its arguments, in which `{url}` and `{protocols}` are places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCommand(pub Vec<String>);

impl ClientCommand {
    /// Whether an argument has the place.
    pub fn has(&self, place: &str) -> bool {
        self.0.iter().any(|argument| argument.contains(place))
    }

    /// The command with its places filled.
    fn filled(&self, url: &str, protocols: &[String]) -> Vec<String> {
        let protocols = protocols.join(",");
        self.0.iter().map(|argument| argument.replace("{url}", url).replace("{protocols}", &protocols)).collect()
    }
}

impl fmt::Display for ClientCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

/// A process with everything that it starts in its process group. Dropping it ends them all.
#[derive(Debug)]
pub struct Process {
    child: Child,
    input: Option<ChildStdin>,
    /// The ends of standard output and standard error: much on the one takes nothing from the other.
    tails: [Arc<Mutex<VecDeque<u8>>>; 2],
    ended: bool,
}

impl Process {
    /// Starts the command. Its standard input is empty, or a pipe for lines.
    pub fn start(command: &ClientCommand, url: &str, protocols: &[String], takes_lines: bool) -> io::Result<Process> {
        let filled = command.filled(url, protocols);
        let (program, arguments) = filled.split_first().ok_or(io::ErrorKind::NotFound)?;
        let mut started = Command::new(program);
        started.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        started.stdin(if takes_lines { Stdio::piped() } else { Stdio::null() });
        group::own(&mut started);
        let mut child = started.spawn()?;
        let tails: [Arc<Mutex<VecDeque<u8>>>; 2] = Default::default();
        // A client whose output nobody takes would wait for ever.
        let outputs: [Option<Box<dyn Read + Send>>; 2] = [
            child.stdout.take().map(|output| Box::new(output) as Box<dyn Read + Send>),
            child.stderr.take().map(|output| Box::new(output) as Box<dyn Read + Send>),
        ];
        for (output, tail) in outputs.into_iter().zip(&tails) {
            let Some(output) = output else { continue };
            let tail = Arc::clone(tail);
            thread::spawn(move || drain(output, &tail));
        }
        let input = child.stdin.take();
        Ok(Process { child, input, tails, ended: false })
    }

    /// Writes a line to its standard input.
    pub fn tell(&mut self, line: &str) -> io::Result<()> {
        let input = self.input.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        input.write_all(format!("{line}\n").as_bytes())?;
        input.flush()
    }

    /// How it ended, if it has. What it started may go on.
    pub fn exited(&mut self) -> Option<String> {
        if self.ended {
            return Some("was ended".to_owned());
        }
        group::exited(&mut self.child)
    }

    /// The end of what it wrote, on one line: standard output, then standard error; empty for nothing.
    pub fn said(&self) -> String {
        let end = |tail: &Mutex<VecDeque<u8>>| {
            let tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
            String::from_utf8_lossy(&tail.iter().copied().collect::<Vec<u8>>()).into_owned()
        };
        let ends = self.tails.each_ref().map(|tail| end(tail)).join(" ");
        ends.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Ends it, and everything in its group: asked first, then killed.
    pub fn end(&mut self) -> Option<ExitStatus> {
        if self.ended {
            return None;
        }
        self.ended = true;
        self.input = None;
        group::ask(&mut self.child);
        let since = Instant::now();
        let mut pause = Duration::from_millis(1);
        while group::exited(&mut self.child).is_none() && since.elapsed() < GRACE {
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        }
        // Until the first process is waited for, its number stands for the group and for nobody else.
        group::kill(&mut self.child);
        self.child.wait().ok()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

fn drain(mut output: impl Read, tail: &Mutex<VecDeque<u8>>) {
    let mut read = [0; 4096];
    while let Ok(length @ 1..) = output.read(&mut read) {
        let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.extend(&read[..length]);
        let surplus = tail.len().saturating_sub(TAIL);
        tail.drain(..surplus);
    }
}

#[cfg(unix)]
mod group {
    use std::os::unix::process::CommandExt as _;
    use std::process::{Child, Command};

    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

    pub(super) fn own(command: &mut Command) {
        command.process_group(0);
    }

    /// How the first process of the group ended, without waiting for it.
    pub(super) fn exited(child: &mut Child) -> Option<String> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let status = waitid(WaitId::Pid(Pid::from_child(child)), options).ok()??;
        Some(match (status.exit_status(), status.terminating_signal()) {
            (Some(status), _) => format!("exited with status {status}"),
            (None, Some(signal)) => format!("died of signal {signal}"),
            (None, None) => "ended".to_owned(),
        })
    }

    pub(super) fn ask(child: &mut Child) {
        // A group that is gone needs no signal.
        let _ = kill_process_group(Pid::from_child(child), Signal::TERM);
    }

    pub(super) fn kill(child: &mut Child) {
        let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    }
}

#[cfg(not(unix))]
mod group {
    use std::process::{Child, Command};

    pub(super) fn own(_: &mut Command) {}

    pub(super) fn exited(child: &mut Child) -> Option<String> {
        child.try_wait().ok()?.map(|status| format!("ended ({status})"))
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
            let mut process = Process::start(&shell(script), "u", &[], false).unwrap();
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
        let process = Process::start(&shell("echo $$; sleep 1000"), "u", &[], false).unwrap();
        let pid = heard(&process);
        drop(process);
        assert!(!is_running(&pid));
    }

    #[test]
    fn what_it_says_is_kept_to_a_tail_and_never_stops_it() {
        let mut process =
            Process::start(&shell("echo \"$1 end\" >&2; yes word | head -c 1000000"), "ws://h", &[], false).unwrap();
        let since = Instant::now();
        let mut is_over = || process.exited().is_some() && process.said().ends_with("word ws://h end");
        while !is_over() && since.elapsed() < Duration::from_secs(10) {
            thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(process.exited().as_deref(), Some("exited with status 0"));
        let said = process.said();
        assert!(said.ends_with("word ws://h end") && said.len() <= TAIL + "ws://h end".len() + 1, "{said}");
    }

    #[test]
    fn lines_are_read_from_standard_input() {
        let mut process = Process::start(&shell("read line; echo got $line"), "u", &[], true).unwrap();
        process.tell("ws://h/1").unwrap();
        assert_eq!(heard(&process), "got ws://h/1");
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let command = ClientCommand(vec!["/nonexistent/client".to_owned()]);
        assert_eq!(Process::start(&command, "u", &[], false).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
