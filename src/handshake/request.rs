//! The client's request (RFC 6455 §4.1): built from a URI and options, refusing what must not be sent.

use core::fmt;

use super::client::{ExtensionOffer, Offer};
use super::extension::ExtensionList;
use super::key::key_of;
use super::uri::Uri;
use crate::http::grammar::is_token;
use crate::http::host::Authority;
use crate::judgement::{Requirement, requirements as r};

/// What a client asks for beside the resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientOptions {
    pub(crate) protocols: Vec<String>,
    pub(crate) extensions: Option<String>,
    pub(crate) origin: Option<String>,
    pub(crate) fields: Vec<(String, String)>,
}

impl ClientOptions {
    /// Offers these subprotocols, best first.
    pub fn protocols(self, protocols: impl IntoIterator<Item = impl Into<String>>) -> Self {
        ClientOptions { protocols: protocols.into_iter().map(Into::into).collect(), ..self }
    }

    /// Offers the extensions of a raw `Sec-WebSocket-Extensions` value.
    pub fn extensions(self, raw: impl Into<String>) -> Self {
        ClientOptions { extensions: Some(raw.into()), ..self }
    }

    /// Sends the origin that the client acts for.
    pub fn origin(self, origin: impl Into<String>) -> Self {
        ClientOptions { origin: Some(origin.into()), ..self }
    }

    /// Sends a further field, after those that are there already. A `User-Agent` takes the place of the reference's own.
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }
}

/// A request that may be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientRequest {
    /// The octets to send.
    pub octets: Vec<u8>,
    /// Where to connect, and whether with TLS.
    pub uri: Uri,
    /// What the response is held against.
    pub offer: Offer,
}

/// Why a request must not be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestError {
    /// The requirement that the request would depart from.
    pub requirement: &'static Requirement,
    /// What is wrong, with the remedy.
    pub message: String,
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.requirement.id)
    }
}

impl std::error::Error for RequestError {}

fn error<T>(requirement: &'static Requirement, message: impl Into<String>) -> Result<T, RequestError> {
    Err(RequestError { requirement, message: message.into() })
}

/// Fields that the handshake itself sends, or that would change how the request is framed or forwarded.
const RESERVED: [&str; 13] = [
    "host",
    "upgrade",
    "connection",
    "content-length",
    "transfer-encoding",
    "trailer",
    "te",
    "keep-alive",
    "proxy-connection",
    "expect",
    "http2-settings",
    "origin",
    "date",
];

/// Fields that have one line at most (RFC 9110 §5.3, RFC 6265 §5.4).
const SINGLE: [&str; 8] =
    ["user-agent", "authorization", "proxy-authorization", "cookie", "referer", "from", "content-type", "max-forwards"];

impl ClientRequest {
    /// Builds the request. The nonce has to be fresh and random for every connection: the reference has no randomness.
    pub fn build(uri: &str, options: &ClientOptions, nonce: [u8; 16]) -> Result<Self, RequestError> {
        let uri = Uri::parse(uri).or_else(|fault| error(fault.requirement, fault.message))?;
        let key = key_of(nonce);
        let extensions = check_extensions(options.extensions.as_deref())?;
        check_protocols(&options.protocols)?;
        check_origin(options.origin.as_deref())?;
        check_fields(&options.fields)?;

        let mut head = format!("GET {} HTTP/1.1\r\n", uri.resource);
        let mut field = |name: &str, value: &str| {
            head.push_str(name);
            head.push_str(": ");
            head.push_str(value);
            head.push_str("\r\n");
        };
        field("Host", &uri.authority());
        field("Upgrade", "websocket");
        field("Connection", "Upgrade");
        field("Sec-WebSocket-Key", &key);
        field("Sec-WebSocket-Version", "13");
        if !options.protocols.is_empty() {
            field("Sec-WebSocket-Protocol", &options.protocols.join(", "));
        }
        if let Some(raw) = &options.extensions {
            field("Sec-WebSocket-Extensions", raw.trim_matches([' ', '\t']));
        }
        if let Some(origin) = &options.origin {
            field("Origin", origin);
        }
        if !options.fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("user-agent")) {
            field("User-Agent", concat!("ws101/", env!("CARGO_PKG_VERSION")));
        }
        for (name, value) in &options.fields {
            field(name, value.trim_matches([' ', '\t']));
        }
        head.push_str("\r\n");
        let offer = Offer { key: Some(key), protocols: options.protocols.clone(), extensions };
        Ok(ClientRequest { octets: head.into_bytes(), uri, offer })
    }
}

fn check_protocols(protocols: &[String]) -> Result<(), RequestError> {
    for (index, name) in protocols.iter().enumerate() {
        if name.is_empty() {
            return error(&r::RFC6455_4_1_REQ_PROTOCOL_NONEMPTY, "subprotocol name is empty: leave it out");
        }
        if !is_token(name.as_bytes()) {
            let message = format!("subprotocol {name:?} is not a valid token: letters, digits and !#$%&'*+-.^_`|~ are");
            return error(&r::RFC6455_4_1_REQ_PROTOCOL_TOKEN, message);
        }
        if protocols[..index].contains(name) {
            return error(&r::RFC6455_4_1_REQ_PROTOCOL_UNIQUE, format!("subprotocol {name:?} twice: offer it once"));
        }
    }
    Ok(())
}

fn check_extensions(raw: Option<&str>) -> Result<Vec<ExtensionOffer>, RequestError> {
    let Some(raw) = raw else { return Ok(Vec::new()) };
    let raw = raw.trim_matches([' ', '\t']);
    let Ok(list) = ExtensionList::parse(raw) else {
        let message = format!("extensions {raw:?} are malformed: name; parameter=value, separated by commas");
        return error(&r::RFC6455_9_1_EXTENSIONS_CLIENT_ABNF, message);
    };
    if list.empty_member.is_some() {
        return error(&r::RFC9110_5_6_1_1_NO_EMPTY_ELEMENTS, format!("extensions {raw:?} have an empty list member"));
    }
    let offers = list.elements.iter().map(ExtensionOffer::read).collect::<Result<_, _>>();
    offers.or_else(|(_, span)| {
        let parameter = &raw[span];
        let message =
            format!("{parameter:?} is not a parameter of permessage-deflate, has no such value, or is a duplicate");
        error(&r::RFC7692_7_CLIENT_DEFINED_PARAMS, message)
    })
}

fn check_origin(origin: Option<&str>) -> Result<(), RequestError> {
    let Some(origin) = origin else { return Ok(()) };
    let good = origin == "null"
        || origin.split_once("://").is_some_and(|(scheme, authority)| {
            let default = match scheme {
                "http" | "ws" => "80",
                "https" | "wss" => "443",
                _ => "",
            };
            scheme.starts_with(|first: char| first.is_ascii_lowercase())
                && scheme.bytes().all(|octet| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.'))
                && !authority.bytes().any(|octet| octet.is_ascii_uppercase())
                && Authority::read(authority.as_bytes())
                    .is_some_and(|read| read.port.is_none_or(|port| !port.is_empty() && port != default.as_bytes()))
        });
    if good {
        return Ok(());
    }
    let message = format!(
        "origin {origin:?} is no serialized origin: null, or scheme://host:port in lower case, without path and default port"
    );
    error(&r::RFC6455_4_1_REQ_ORIGIN_SERIALIZATION, message)
}

fn check_fields(fields: &[(String, String)]) -> Result<(), RequestError> {
    for (index, (name, value)) in fields.iter().enumerate() {
        let lower = name.to_ascii_lowercase();
        if !is_token(name.as_bytes()) {
            return error(&r::RFC9110_2_2_CLIENT_FIELD_GRAMMAR, format!("field name {name:?} is not a valid token"));
        }
        if value.bytes().any(|octet| octet.is_ascii_control() && octet != b'\t') {
            let message = format!("value of {name} has a control octet: take it out");
            return error(&r::RFC9110_2_2_CLIENT_FIELD_GRAMMAR, message);
        }
        if RESERVED.contains(&lower.as_str()) || lower.starts_with("sec-websocket-") {
            let message = format!("{name} is the handshake's own to send, or changes how it is read: leave it out");
            return error(&r::RFC6455_1_6_LIMIT_INJECTION, message);
        }
        if SINGLE.contains(&lower.as_str()) && fields[..index].iter().any(|(other, _)| other.eq_ignore_ascii_case(name))
        {
            return error(&r::RFC9110_5_3_NO_ILLEGAL_REPEAT_CLIENT, format!("{name} twice: send it once"));
        }
    }
    Ok(())
}
