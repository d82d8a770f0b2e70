//! Oracles, in three rooms: what is expected of generated octets, what explains a difference, and the bodies of fuzz targets.

mod expected;
mod explained;
mod target;

pub use expected::{Case, ENOUGH_NONCES, Judged, SentRequest, Weakness, duties, judge, weaknesses};
pub use explained::{Compared, Explained, Flipped, Oracle, entries, explain_built, learned, shows, unfounded, without};
pub use target::{
    Found, accept_key, agree, canary, client_request, data, drawn, extensions, handshake, keeps_promises, planned, raw,
    readings, request, request_structured, response, watched,
};
