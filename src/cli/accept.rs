//! `ws101 accept`: the accept value for a key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use serde_json::json;

use super::failure::{Failure, Status};
use super::terminal::Terminal;
use super::{Format, Global};
use crate::handshake::accept_value;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The Sec-WebSocket-Key, without the blanks around it.
    key: String,
}

pub(super) fn run(options: &Options, global: &Global, terminal: &mut Terminal) -> Result<Status, Failure> {
    let key = &options.key;
    if let Some(fault) = fault(key) {
        terminal.note(&format!("{fault}, KEY; a server that keeps to RFC 6455 §4.2.1 refuses it"));
    }
    let accept = accept_value(key.as_bytes());
    terminal.print(&match global.format {
        Format::Human => format!("{accept}\n"),
        Format::Json => format!("{}\n", json!({"key": key, "accept": accept})),
    })?;
    Ok(Status::Fine)
}

/// What is wrong with a key that is not the base64 of 16 octets.
pub(super) fn fault(key: &str) -> Option<String> {
    match STANDARD.decode(key) {
        Ok(nonce) if nonce.len() == 16 => None,
        Ok(nonce) => Some(format!("key is the base64 of {} octets, not of 16", nonce.len())),
        Err(_) => Some("key is not base64".to_owned()),
    }
}
