//! The opening handshake of RFC 6455: the strict reference of both roles.
//!
//! [`Server`] judges a request and writes the answer (§4.2); [`ClientRequest`] builds a request (§3, §4.1) and [`Client`]
//! judges the response to it. Both take octets in any portions and tell when they have read enough.

mod accept;
mod answer;
mod bare_lf;
mod checked;
mod client;
pub mod deflate;
mod extension;
mod fields;
mod judge;
mod key;
mod list;
mod refusal;
mod request;
mod request_head;
mod response_head;
mod server;
mod step;
mod uri;

pub use accept::{GUID, accept_value};
pub use answer::{Accepted, Answer};
pub use checked::{Checked, check_request, check_response};
pub use client::{Client, ClientOutcome, ExtensionOffer, Offer, Opening, judge_response};
pub use extension::{Extension, ExtensionList, Fault as ExtensionFault, Parameter};
pub use key::key_of;
pub use refusal::Refusal;
pub use request::{ClientOptions, ClientRequest, RequestError};
pub use server::{Policy, Server, ServerOutcome, judge_request};
pub use step::Step;
pub use uri::{Uri, UriError};

pub use crate::http::Limits;
