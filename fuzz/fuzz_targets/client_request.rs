//! Whatever the options: is no octet sent that must not be sent?
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: ws101::peer::catch_panics(), |octets: &[u8]| ws101::oracle::client_request(octets));
