//! Oracles: the bodies of the fuzz targets and of the corpus replay.

mod answer;
mod built;
mod case;
mod compare;
mod judged;
mod keys;
mod nonces;
mod pairs;
mod promises;
mod quirks;
mod sent;
mod target;
mod without;

pub use built::{explain_built, shows};
pub use case::Case;
pub use compare::{Compared, Oracle};
pub use judged::{Judged, judge};
pub use nonces::{ENOUGH as ENOUGH_NONCES, Weakness, weaknesses};
pub use pairs::agree;
pub use promises::keeps_promises;
pub use quirks::learned;
pub use sent::{SentRequest, duties};
pub use target::{
    Found, accept_key, canary, client_request, data, drawn, extensions, handshake, planned, readings, request,
    request_structured, response, watched,
};
pub use without::without;
