//! Clients that send what must not be sent, or not what must be.

use super::Planted;
use super::head::{Head, replaced};
use crate::judgement::Role;
use crate::peer::reference::Reference;
use crate::suite::{Building, Built, Peer as _};

/// Every one of them.
pub(super) static ALL: &[Planted] = table! { Client;
    /// Leaves the port out of Host.
    Sends "build-host-without-port" violates RFC6455_4_1_REQ_HOST_PORT =>
        |_, built| {
            changed(built, |head| {
                head.each("Host", |value| match value.iter().rposition(|&octet| octet == b':') {
                    Some(at) if !value.ends_with(b"]") => value[..at].to_vec(),
                    _ => value.to_vec(),
                });
            })
        };
    /// Sends a key of 15 octets.
    Sends "build-key-of-15-octets" violates RFC6455_4_1_REQ_KEY_16_BYTES =>
        |_, built| changed(built, |head| head.set("Sec-WebSocket-Key", b"AAECAwQFBgcICQoLDA0O"));
    /// Sends version 8.
    Sends "build-version-8" violates RFC6455_4_1_REQ_VERSION_13 =>
        |_, built| changed(built, |head| head.set("Sec-WebSocket-Version", b"8"));
    /// Leaves the query out of the target.
    Sends "build-target-without-query" violates RFC6455_3_QUERY_APPENDED =>
        |_, built| {
            changed(built, |head| {
                let target = head.part(1).split(|&octet| octet == b'?').next().unwrap_or_default().to_vec();
                head.set_part(1, &target);
            })
        };
    /// Sends the whole URI for the target.
    Sends "build-target-absolute" violates RFC6455_4_1_REQ_TARGET =>
        |building, built| changed(built, |head| head.set_part(1, building.uri.as_bytes()));
    /// Sends the fragment of the URI with the target.
    Sends "build-fragment-sent" violates RFC6455_3_NO_FRAGMENT =>
        |its, built| {
            let Some((uri, fragment)) = its.uri.split_once('#') else { return built };
            let built = Reference.build(&Building { uri: uri.to_owned(), ..its.clone() });
            changed(built, |head| {
                let target = [head.part(1), b"#", fragment.as_bytes()].concat();
                head.set_part(1, &target);
            })
        };
    /// Drops a subprotocol that is no token instead of refusing it.
    Builds "build-protocol-any" violates RFC6455_4_1_REQ_PROTOCOL_TOKEN =>
        |building| Building {
            protocols: building
                .protocols
                .iter()
                .filter(|its| its.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-._".contains(&octet)))
                .cloned()
                .collect(),
            ..building.clone()
        };
    /// Sends no Origin.
    Builds "build-origin-left-out" violates RFC6455_4_1_REQ_ORIGIN_NONBROWSER =>
        |building| Building {
            origin: None,
            ..building.clone()
        };
    /// Connects to port 80 for wss.
    Sends "build-wss-on-port-80" violates RFC6455_3_DEFAULT_PORT_WSS =>
        |_, built| {
            match built {
                Built::Sent { request, host, port: 443, tls } => Built::Sent { request, host, port: 80, tls },
                built => built,
            }
        };
    /// Folds long lists.
    Sends "build-folded" violates RFC9112_5_2_CLIENT_NO_OBS_FOLD =>
        |_, built| changed(built, |head| head.each("Sec-WebSocket-Protocol", |value| replaced(value, b", ", b",\r\n ")));
};

fn changed(built: Built, change: impl FnOnce(&mut Head)) -> Built {
    match built {
        Built::Sent { request, host, port, tls } => {
            let mut head = Head::read(Role::Server, &request);
            change(&mut head);
            Built::Sent { request: head.octets(), host, port, tls }
        }
        built => built,
    }
}
