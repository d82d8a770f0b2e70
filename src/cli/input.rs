//! The octets of a file or of standard input.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;

use super::failure::Failure;
use super::terminal::Terminal;

/// No handshake is longer: an endless input has to end in an error, not in exhausted memory.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Octets, and where they come from.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// The name of the file.
    pub(super) name: String,
    /// All of them.
    pub(super) octets: Vec<u8>,
}

impl Input {
    /// Reads a file; standard input where there is none, or where it is `-`.
    pub(super) fn read(path: Option<&Path>, terminal: &Terminal) -> Result<Input, Failure> {
        match path {
            Some(path) if path != Path::new("-") => {
                let name = shown(&path.to_string_lossy());
                let file = File::open(path).map_err(|error| unreadable(&error, &name))?;
                all(file, name)
            }
            _ => {
                let stdin = io::stdin();
                if stdin.is_terminal() {
                    terminal.note("reading standard input up to its end (Ctrl-D)");
                }
                all(stdin.lock(), "standard input".to_owned())
            }
        }
    }
}

fn all(from: impl Read, name: String) -> Result<Input, Failure> {
    let mut octets = Vec::new();
    from.take(LONGEST + 1).read_to_end(&mut octets).map_err(|error| unreadable(&error, &name))?;
    if octets.len() as u64 > LONGEST {
        let remedy = "give the handshake and what stands close behind it";
        return Err(Failure::usage(format_args!("more than {LONGEST} octets"), name, remedy));
    }
    Ok(Input { name, octets })
}

fn unreadable(error: &io::Error, name: &str) -> Failure {
    Failure::usage(format_args!("cannot read ({error})"), name, "give a file that can be read, or - for standard input")
}

/// A text of the user on one line.
pub(super) fn shown(text: &str) -> String {
    text.chars()
        .flat_map(
            |character| if character.is_control() { character.escape_default().collect() } else { vec![character] },
        )
        .collect()
}
