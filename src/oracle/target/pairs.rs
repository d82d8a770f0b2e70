//! A client and a server of any two makers open a connection and agree on it.

use crate::judgement::Role;
use crate::suite::wire::{Head, extensions};
use crate::suite::{Building, Built, Exchange, Needs, Outcome, Peer};

/// Lets `client` build a request, `server` answer it and `client` read the answer, with octets behind it. The error is what
/// they do not agree on. A client that refuses to build is nothing to agree on: `Ok(false)`.
pub fn agree(client: &dyn Peer, server: &dyn Peer, building: &Building, spoken: &Needs) -> Result<bool, String> {
    let request = match client.build(building) {
        Built::Sent { request, .. } => request,
        Built::Refused(_) | Built::Unsupported(_) => return Ok(false),
        Built::Crashed(message) => return Err(format!("{} crashed while building: {message}", client.name())),
        Built::Harness(why) => return Err(format!("{} could not be asked: {why}", client.name())),
    };
    let asked = Exchange { needs: spoken.clone(), ..Exchange::new(Role::Server, request.clone()) };
    let served = server.observe(&asked);
    let opened = match served.outcome {
        Outcome::Opened(opened) => opened,
        Outcome::Unsupported(_) => return Ok(false),
        other => return Err(format!("{} does not open a request of {}: {other:?}", server.name(), client.name())),
    };
    const FRAME: &[u8] = b"\x81\x02hi";
    let head = Head::read(&request);
    let key = head.values("Sec-WebSocket-Key").next().ok_or("the request has no key")?;
    let answer = Exchange {
        octets: [served.written.as_slice(), FRAME].concat(),
        needs: Needs {
            protocols: building.protocols.clone(),
            extensions: building.extensions.clone(),
            ..Needs::default()
        },
        key: Some(String::from_utf8_lossy(&key).into_owned()),
        ..Exchange::new(Role::Client, [])
    };
    let in_use = match client.observe(&answer).outcome {
        Outcome::Opened(in_use) => in_use,
        // A client that cannot do without the subprotocols that it offered may fail where none is in use (RFC 6455 §4.1).
        Outcome::Refused(_) if opened.protocol.is_none() && !building.protocols.is_empty() => return Ok(false),
        other => return Err(format!("{} does not open on the answer of {}: {other:?}", client.name(), server.name())),
    };
    if in_use.protocol != opened.protocol {
        return Err(format!(
            "subprotocol is {:?} at the server and {:?} at the client",
            opened.protocol, in_use.protocol
        ));
    }
    if names(opened.extensions.as_deref()) != names(in_use.extensions.as_deref()) {
        return Err(format!(
            "extensions are {:?} at the server and {:?} at the client",
            opened.extensions, in_use.extensions
        ));
    }
    match in_use.rest {
        Some(rest) if rest != FRAME => {
            Err(format!("{} handed on {rest:?} of the frame behind the answer", client.name()))
        }
        _ => Ok(true),
    }
}

fn names(raw: Option<&str>) -> Vec<String> {
    raw.map(extensions).unwrap_or_default().into_iter().map(|extension| extension.name).collect()
}
