//! Clients that send what must not be sent, or not what must be.

use super::head::{Head, replaced};
use super::{Change, Planted};
use crate::judgement::{Requirement, Role, requirements as r};
use crate::peer::reference::Reference;
use crate::suite::{Building, Built, Peer as _, Shows};

/// Every one of them.
pub(super) static ALL: &[Planted] = &[
    sending("build-host-without-port", &r::RFC6455_4_1_REQ_HOST_PORT, "Leaves the port out of Host.", |_, built| {
        changed(built, |head| {
            head.each("Host", |value| match value.iter().rposition(|&octet| octet == b':') {
                Some(at) if !value.ends_with(b"]") => value[..at].to_vec(),
                _ => value.to_vec(),
            });
        })
    }),
    sending("build-key-of-15-octets", &r::RFC6455_4_1_REQ_KEY_16_BYTES, "Sends a key of 15 octets.", |_, built| {
        changed(built, |head| head.set("Sec-WebSocket-Key", b"AAECAwQFBgcICQoLDA0O"))
    }),
    sending("build-version-8", &r::RFC6455_4_1_REQ_VERSION_13, "Sends version 8.", |_, built| {
        changed(built, |head| head.set("Sec-WebSocket-Version", b"8"))
    }),
    sending(
        "build-target-without-query",
        &r::RFC6455_3_QUERY_APPENDED,
        "Leaves the query out of the target.",
        |_, built| {
            changed(built, |head| {
                let target = head.part(1).split(|&octet| octet == b'?').next().unwrap_or_default().to_vec();
                head.set_part(1, &target);
            })
        },
    ),
    sending(
        "build-target-absolute",
        &r::RFC6455_4_1_REQ_TARGET,
        "Sends the whole URI for the target.",
        |building, built| changed(built, |head| head.set_part(1, building.uri.as_bytes())),
    ),
    sending(
        "build-fragment-sent",
        &r::RFC6455_3_NO_FRAGMENT,
        "Sends the fragment of the URI with the target.",
        |its, built| {
            let Some((uri, fragment)) = its.uri.split_once('#') else { return built };
            let built = Reference.build(&Building { uri: uri.to_owned(), ..its.clone() });
            changed(built, |head| {
                let target = [head.part(1), b"#", fragment.as_bytes()].concat();
                head.set_part(1, &target);
            })
        },
    ),
    building(
        "build-protocol-any",
        &r::RFC6455_4_1_REQ_PROTOCOL_TOKEN,
        "Drops a subprotocol that is no token instead of refusing it.",
        |building| Building {
            protocols: building
                .protocols
                .iter()
                .filter(|its| its.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-._".contains(&octet)))
                .cloned()
                .collect(),
            ..building.clone()
        },
    ),
    building("build-origin-left-out", &r::RFC6455_4_1_REQ_ORIGIN_NONBROWSER, "Sends no Origin.", |building| Building {
        origin: None,
        ..building.clone()
    }),
    sending("build-wss-on-port-80", &r::RFC6455_3_DEFAULT_PORT_WSS, "Connects to port 80 for wss.", |_, built| {
        match built {
            Built::Sent { request, host, port: 443, tls } => Built::Sent { request, host, port: 80, tls },
            built => built,
        }
    }),
    sending("build-folded", &r::RFC9112_5_2_CLIENT_NO_OBS_FOLD, "Folds long lists.", |_, built| {
        changed(built, |head| head.each("Sec-WebSocket-Protocol", |value| replaced(value, b", ", b",\r\n ")))
    }),
];

const fn sending(
    name: &'static str,
    requirement: &'static Requirement,
    what: &'static str,
    change: fn(&Building, Built) -> Built,
) -> Planted {
    let shows = Shows::Requirement(requirement.id);
    Planted { name, role: Role::Client, what, shows, change: Change::Sends(change) }
}

const fn building(
    name: &'static str,
    requirement: &'static Requirement,
    what: &'static str,
    change: fn(&Building) -> Building,
) -> Planted {
    let shows = Shows::Requirement(requirement.id);
    Planted { name, role: Role::Client, what, shows, change: Change::Builds(change) }
}

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
