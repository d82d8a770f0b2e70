//! A client's command: its places filled, and started.

use std::process::{Command, Stdio};
use std::{fmt, io};

use crate::live::process::Process;

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

    /// Starts it. Its standard input is empty, or a pipe for lines; of its output the end is kept.
    ///
    /// # Errors
    ///
    /// If the program cannot be started.
    pub fn start(&self, url: &str, protocols: &[String], takes_lines: bool) -> io::Result<Process> {
        let filled = self.filled(url, protocols);
        let (program, arguments) = filled.split_first().ok_or(io::ErrorKind::NotFound)?;
        let mut command = Command::new(program);
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.stdin(if takes_lines { Stdio::piped() } else { Stdio::null() });
        Process::start(&mut command)?.drained()
    }
}

impl fmt::Display for ClientCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}
