//! `ws101 accept`: the accept value for a key.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, PAD, STANDARD};
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
        terminal.note(&format!("{fault}, KEY; a strict server refuses it (RFC 6455 §4.2.1 item 5)"));
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
    let lenient = GeneralPurpose::new(&alphabet::STANDARD, PAD.with_decode_allow_trailing_bits(true));
    match (STANDARD.decode(key), lenient.decode(key)) {
        (Ok(nonce), _) if nonce.len() == 16 => None,
        (Err(_), Ok(nonce)) if nonce.len() == 16 => Some("key has unused bits that are not zero".to_owned()),
        (_, Ok(nonce)) => Some(format!("key is the base64 of {} octets, not of 16", nonce.len())),
        _ => Some("key is not base64".to_owned()),
    }
}
