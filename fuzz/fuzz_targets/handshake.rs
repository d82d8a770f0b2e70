//! Do reference and tungstenite, as client and server in all four pairings, open and agree?
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: ws101::peer::catch_panics(), |octets: &[u8]| ws101::oracle::handshake(octets));
