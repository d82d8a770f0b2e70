//! Is a planted fault found? The run is a success when it ends in a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: ws101::peer::catch_panics(), |octets: &[u8]| ws101::oracle::canary(octets));
