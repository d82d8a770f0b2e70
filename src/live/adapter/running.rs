//! A program that runs: a line to it, and a line from it, within a time and within bounds.

use std::io::Read as _;
use std::process::{ChildStdout, Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::contract::shown;
use super::trouble::Trouble;
use crate::live::pipe::{self, Ready};
use crate::live::{Exit, Process, interrupt};

/// How many octets a line may have.
pub(super) const LONGEST: usize = 4 << 20;
/// How often is looked whether the program or the user has ended.
const LOOK: Duration = Duration::from_millis(20);

/// A program that runs. What it writes stays in its pipe until it is asked for, so that it is held back by that.
#[derive(Debug)]
pub(super) struct Running {
    process: Process,
    /// `None` from its end on.
    output: Option<ChildStdout>,
    /// What was read of it and not taken yet.
    buffer: Vec<u8>,
    /// How much of that is known to hold no line feed.
    searched: usize,
    /// How many answers it has given.
    pub(super) answers: u64,
}

impl Running {
    /// Starts the program, with cases to come or with nothing to read at all.
    pub(super) fn start(words: &[String], has_cases: bool) -> Result<Running, String> {
        let (path, arguments) = words.split_first().ok_or("there is no program to start")?;
        let mut command = Command::new(path);
        command.args(arguments).stdout(Stdio::piped());
        if has_cases {
            command.stdin(Stdio::piped());
        } else {
            // What it says to that is of no interest.
            command.stdin(Stdio::null()).stderr(Stdio::null());
        }
        let mut process = Process::start(&mut command).map_err(|error| {
            let path = shown(path.as_bytes());
            format!("{path} cannot be started ({error}): check its path and whether it may be executed")
        })?;
        let output = process.output();
        Ok(Running { process, output, buffer: Vec::new(), searched: 0, answers: 0 })
    }

    /// Writes a case, and reads the line that comes back.
    pub(super) fn ask(&mut self, case: &[u8], until: Instant) -> Result<Vec<u8>, Trouble> {
        self.surplus()?;
        let line = self.line(case, until)?;
        self.answers += 1;
        if self.buffer.is_empty() { Ok(line) } else { Err(Trouble::surplus(&self.buffer)) }
    }

    /// Writes the octets, if there are any, and reads a line.
    pub(super) fn line(&mut self, mut case: &[u8], until: Instant) -> Result<Vec<u8>, Trouble> {
        while self.output.is_some() {
            if let Some(line) = self.taken()? {
                return if case.is_empty() { Ok(line) } else { Err(Trouble::Early) };
            }
            let left = until.saturating_duration_since(Instant::now());
            if interrupt::flag().load(Ordering::Relaxed) {
                return Err(Trouble::Stopped);
            }
            if left.is_zero() {
                return Err(if case.is_empty() { Trouble::Hung } else { Trouble::Deaf });
            }
            let input = self.process.input().filter(|_| !case.is_empty());
            let ready = pipe::wait(input, self.output.as_ref(), left.min(LOOK))?;
            if let (true, Some(input)) = (ready.input, input) {
                // To one that reads no more nothing is written: its answer, or its end, tells the rest.
                case = pipe::write(input, case).map_or(&[], |written| &case[written..]);
            }
            if ready.output {
                self.read()?;
            } else if !ready.input && self.process.exited().is_some() && !self.is_readable()? {
                // Whoever still holds its output is not the program.
                self.output = None;
            }
        }
        match self.exit(until)? {
            None => Err(Trouble::Closed),
            Some(exit) if self.buffer.is_empty() => Err(Trouble::Ended(exit)),
            // The last line of an output may go without its line feed.
            Some(Exit::Status(0)) => Ok(std::mem::take(&mut self.buffer)),
            Some(exit) => Err(Trouble::Crashed(format!("{exit} inside its answer"))),
        }
    }

    /// Waits for its end, after an answer.
    pub(super) fn farewell(&mut self, until: Instant) -> Result<Exit, Trouble> {
        let exit = self.exit(until)?;
        self.surplus()?;
        exit.ok_or(Trouble::Lingers)
    }

    /// How it ends, if it does so in time. What it writes until then is read no more.
    fn exit(&mut self, until: Instant) -> Result<Option<Exit>, Trouble> {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if interrupt::flag().load(Ordering::Relaxed) {
                return Err(Trouble::Stopped);
            }
            let exit = self.process.exits(left.min(LOOK));
            if exit.is_some() || left.is_zero() {
                return Ok(exit);
            }
        }
    }

    /// Whether it has written what nobody asked for.
    fn surplus(&mut self) -> Result<(), Trouble> {
        if self.is_readable()? {
            self.read()?;
        }
        if self.buffer.is_empty() { Ok(()) } else { Err(Trouble::surplus(&self.buffer)) }
    }

    fn is_readable(&self) -> Result<bool, Trouble> {
        let Some(output) = &self.output else { return Ok(false) };
        let Ready { output, .. } = pipe::wait(None, Some(output), Duration::ZERO)?;
        Ok(output)
    }

    fn read(&mut self) -> Result<(), Trouble> {
        let Some(output) = &mut self.output else { return Ok(()) };
        let mut octets = [0; 16 * 1024];
        let length = output.read(&mut octets)?;
        self.buffer.extend(&octets[..length]);
        if length == 0 {
            self.output = None;
        }
        Ok(())
    }

    /// The first line that was read.
    fn taken(&mut self) -> Result<Option<Vec<u8>>, Trouble> {
        let feed = self.buffer[self.searched..].iter().position(|&octet| octet == b'\n').map(|at| self.searched + at);
        if feed.unwrap_or(self.buffer.len()) > LONGEST {
            return Err(Trouble::TooLong);
        }
        self.searched = if feed.is_some() { 0 } else { self.buffer.len() };
        Ok(feed.map(|feed| {
            let rest = self.buffer.split_off(feed + 1);
            let mut line = std::mem::replace(&mut self.buffer, rest);
            line.pop();
            line
        }))
    }
}
