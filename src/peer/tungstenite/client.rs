//! tungstenite as a client.

use ::tungstenite::client::{IntoClientRequest, client_with_config, uri_mode};
use ::tungstenite::handshake::client::Request;
use ::tungstenite::http::{HeaderMap, HeaderValue, Uri};
use ::tungstenite::stream::Mode;
use ::tungstenite::{ClientRequestBuilder, Error};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::rest::handed_on;
use super::{Stop, config, finish};
use crate::peer::stream::Stream;
use crate::suite::{Building, Built, Delivery, End, Exchange, Opened, Outcome, Refused};

/// What it does with a response, and what it wrote behind its request.
pub(super) fn connect(exchange: &Exchange, stream: &Stream) -> (Outcome, Vec<u8>) {
    let building = Building {
        uri: "ws://server.example.com/chat".to_owned(),
        protocols: exchange.needs.protocols.clone(),
        extensions: exchange.needs.extensions.clone(),
        origin: None,
        fields: Vec::new(),
        nonce: [0; 16],
    };
    let key = exchange.key.clone().unwrap_or_else(|| STANDARD.encode(building.nonce));
    let request = match request(&building, &key) {
        Ok(request) => request,
        Err(error) => return (Outcome::Unsupported(format!("does not send the offer: {error}")), Vec::new()),
    };
    let result = finish(client_with_config(request, stream.clone(), config()), stream);
    let written = stream.written().split_off(stream.request().len());
    let outcome = match result {
        Ok((socket, response)) => {
            let text = |name| joined(response.headers(), name);
            Outcome::Opened(Opened {
                accept: None,
                fields: Vec::new(),
                protocol: text("Sec-WebSocket-Protocol"),
                extensions: text("Sec-WebSocket-Extensions"),
                rest: Some(handed_on(socket, stream, exchange)),
            })
        }
        Err(Stop::Waits) => Outcome::TimedOut,
        Err(Stop::Failed(error)) => {
            let status = match &error {
                Error::Http(response) => Some(response.status().as_u16()),
                _ => None,
            };
            Outcome::Refused(Refused { status, fields: Vec::new(), error: Some(error.to_string()) })
        }
    };
    (outcome, written)
}

/// The lines of a field joined by a comma.
fn joined(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines: Vec<_> = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// The request of a user with options, with a key of our choice.
fn request(building: &Building, key: &str) -> Result<Request, Error> {
    let mut builder = ClientRequestBuilder::new(building.uri.parse::<Uri>()?);
    if let Some(origin) = &building.origin {
        builder = builder.with_header("Origin", origin);
    }
    if let Some(extensions) = &building.extensions {
        builder = builder.with_header("Sec-WebSocket-Extensions", extensions);
    }
    for (name, value) in &building.fields {
        builder = builder.with_header(name, value);
    }
    for protocol in &building.protocols {
        builder = builder.with_sub_protocol(protocol);
    }
    let mut request = builder.into_client_request()?;
    // The first one is the random one; a second one would be the user's.
    if let Some(random) = request.headers_mut().get_mut("Sec-WebSocket-Key") {
        *random = HeaderValue::from_str(key)?;
    }
    Ok(request)
}

/// What it sends for a URI and options, and where.
pub(super) fn build(building: &Building) -> Built {
    let request = match request(building, &STANDARD.encode(building.nonce)) {
        Ok(request) => request,
        Err(error) => return Built::Refused(error.to_string()),
    };
    let (uri, stream) = (request.uri().clone(), Stream::new(&[], &Delivery::Whole, End::Open));
    match finish(client_with_config(request, stream.clone(), config()), &stream) {
        Err(Stop::Failed(error)) => return Built::Refused(error.to_string()),
        Err(Stop::Waits) | Ok(_) => {}
    }
    // Host and port as `tungstenite::connect` takes them from the URI.
    let host = uri.host().unwrap_or_default();
    let host = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(host).to_owned();
    let tls = matches!(uri_mode(&uri), Ok(Mode::Tls));
    let port = uri.port_u16().unwrap_or(if tls { 443 } else { 80 });
    Built::Sent { request: stream.request(), host, port, tls }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::tungstenite::Tungstenite;
    use crate::suite::Peer as _;

    #[test]
    fn builds_what_it_would_send() {
        let building = Building {
            uri: "wss://[::1]:444/a?b".to_owned(),
            protocols: vec!["p".to_owned(), "q".to_owned()],
            extensions: Some("permessage-deflate".to_owned()),
            origin: Some("http://x".to_owned()),
            fields: vec![("X-A".to_owned(), "1".to_owned())],
            nonce: [0; 16],
        };
        let Built::Sent { request, host, port, tls } = Tungstenite.build(&building) else { panic!("not sent") };
        assert_eq!((host.as_str(), port, tls), ("::1", 444, true));
        let request = String::from_utf8(request).unwrap();
        assert!(request.starts_with("GET /a?b HTTP/1.1\r\nHost: [::1]:444\r\n"), "{request}");
        for line in [
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            "Sec-WebSocket-Protocol: p, q",
            "Origin: http://x",
            "x-a: 1",
        ] {
            assert!(request.contains(line), "{request}");
        }
        let building = Building { uri: "http://h/".to_owned(), ..building };
        assert_eq!(Tungstenite.build(&building), Built::Refused("URL error: URL scheme not supported".to_owned()));
    }
}
