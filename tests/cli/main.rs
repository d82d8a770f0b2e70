//! The command line as a user has it: the program, its two outputs and its exit status.

mod adapter;
mod check_human;
mod check_json;
mod data;
mod diff;
mod directory;
#[cfg(target_os = "linux")]
mod gibibyte;
mod server;
mod usage;

use std::io::{ErrorKind, Write as _};
use std::process::{Command, Stdio};

/// What a run came to.
#[derive(Debug)]
struct Run {
    status: i32,
    out: String,
    err: String,
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ws101"));
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(variable);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run_with(mut command: Command, input: &[u8]) -> Run {
    let mut child = command.spawn().expect("the program starts");
    let written = child.stdin.take().expect("standard input is piped").write_all(input);
    assert!(written.is_ok() || written.is_err_and(|error| error.kind() == ErrorKind::BrokenPipe));
    let output = child.wait_with_output().expect("the program ends");
    Run {
        status: output.status.code().expect("an exit status"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// Runs with the words, which have no blanks in them, and the octets as standard input.
fn ws101(words: &str, input: &[u8]) -> Run {
    let mut command = program();
    command.args(words.split_whitespace());
    run_with(command, input)
}

/// The same, with a last argument that may have blanks in it.
fn ws101_and(words: &str, last: &str, input: &[u8]) -> Run {
    let mut command = program();
    command.args(words.split_whitespace()).arg(last);
    run_with(command, input)
}

/// The request of RFC 6455 §1.3.
const REQUEST: &[u8] = b"GET /chat HTTP/1.1\r\n\
    Host: server.example.com\r\n\
    Upgrade: websocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Origin: http://example.com\r\n\
    Sec-WebSocket-Protocol: chat, superchat\r\n\
    Sec-WebSocket-Version: 13\r\n\
    \r\n";

/// The response of RFC 6455 §1.3.
const RESPONSE: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\n\
    Upgrade: websocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
    Sec-WebSocket-Protocol: chat\r\n\
    \r\n";

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// The octets with one run of them replaced.
fn edited(octets: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(octets.to_vec()).expect("ASCII");
    assert_eq!(text.matches(from).count(), 1, "{from} stands once");
    text.replacen(from, to, 1).into_bytes()
}
