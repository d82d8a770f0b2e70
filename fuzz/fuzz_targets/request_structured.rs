//! Drawn requests, with named faults: does every server do what is permitted?
#![no_main]

use libfuzzer_sys::fuzz_target;
use ws101::peer;
use ws101::peer::tungstenite::Tungstenite;
use ws101::suite::Peer;
use ws101_fuzz::{explain, structured};

fuzz_target!(init: peer::catch_panics(), |octets: &[u8]| explain(structured(octets, [&Tungstenite as &dyn Peer])));
