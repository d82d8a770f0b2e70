//! Servers that decide rightly, but answer wrongly, lose octets, wait or panic.

use sha1::{Digest as _, Sha1};

use super::answer::{Fields, in_101, in_opened, in_refusal, remove, rewrite, set};
use super::head::{Head, starts};
use super::{Planted, behaving, doing};
use crate::handshake::accept_value;
use crate::judgement::Role::Server;
use crate::judgement::requirements as r;
use crate::peer::reference::Reference;
use crate::suite::ledger::Behaviour;
use crate::suite::{End, Exchange, Observation, Outcome, Peer as _, Refused};

const ACCEPT: &str = "Sec-WebSocket-Accept";
const PROTOCOL: &str = "Sec-WebSocket-Protocol";
const EXTENSIONS: &str = "Sec-WebSocket-Extensions";

/// Every one of them.
pub(super) static ALL: &[Planted] = &[
    // Accept.
    doing(
        Server,
        "server-accept-of-other-guid",
        &r::RFC6455_4_2_2_ACCEPT,
        "Hashes the key with another GUID.",
        |head, _, observation| {
            let text = [key(head), b"258EAFA5-E914-47DA-95CA-5AB9DC11B85B"].concat();
            in_101(observation, |fields| set(fields, ACCEPT, &accept_of(&text)))
        },
    ),
    doing(
        Server,
        "server-accept-lower-case",
        &r::RFC6455_4_2_2_ACCEPT,
        "Writes the accept value in lower case.",
        |_, _, observation| in_101(observation, |fields| each(fields, ACCEPT, |value| value.to_ascii_lowercase())),
    ),
    doing(
        Server,
        "server-accept-hexadecimal",
        &r::RFC6455_4_2_2_ACCEPT,
        "Writes the digest in hexadecimal.",
        |head, _, observation| {
            let text = [key(head), b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"].concat();
            let hexadecimal: String = Sha1::digest(&text).iter().map(|octet| format!("{octet:02x}")).collect();
            in_101(observation, |fields| set(fields, ACCEPT, &hexadecimal))
        },
    ),
    doing(
        Server,
        "server-accept-cached",
        &r::RFC6455_4_2_2_ACCEPT,
        "Answers every key as it answered the first one.",
        |_, _, observation| in_101(observation, |fields| set(fields, ACCEPT, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")),
    ),
    doing(
        Server,
        "server-accept-of-blanks",
        &r::RFC6455_4_2_2_ACCEPT,
        "Hashes the key with the blanks around it.",
        |head, _, observation| {
            let Some(line) = head.lines.iter().find(|line| line.is("Sec-WebSocket-Key")) else { return observation };
            let blanks = line.end.iter().take_while(|octet| matches!(octet, b' ' | b'\t')).count();
            let text = [&line.value, &line.end[..blanks]].concat();
            in_101(observation, |fields| set(fields, ACCEPT, &accept_value(&text)))
        },
    ),
    doing(
        Server,
        "server-accept-of-one-key-in-a-thousand",
        &r::RFC6455_4_2_2_ACCEPT,
        "Answers one key in a thousand wrongly.",
        |head, _, observation| {
            if hash(key(head)) % 1000 != 101 {
                return observation;
            }
            in_101(observation, |fields| each(fields, ACCEPT, |value| value[..value.len() - 1].to_vec()))
        },
    ),
    doing(Server, "server-accept-missing", &r::RFC6455_4_2_2_ACCEPT, "Writes no accept value.", |_, _, observation| {
        in_101(observation, |fields| remove(fields, ACCEPT))
    }),
    doing(
        Server,
        "server-accept-twice",
        &r::RFC6455_11_3_3_ACCEPT_ONCE_SERVER,
        "Writes the accept value twice.",
        |_, _, observation| {
            in_101(observation, |fields| {
                let line = fields.iter().find(|(name, _)| name == ACCEPT).cloned();
                fields.extend(line);
            })
        },
    ),
    // The other fields of the 101.
    doing(
        Server,
        "server-answers-without-upgrade",
        &r::RFC6455_4_2_2_UPGRADE,
        "Writes no Upgrade into the 101.",
        |_, _, observation| in_101(observation, |fields| remove(fields, "Upgrade")),
    ),
    doing(
        Server,
        "server-answers-without-connection",
        &r::RFC6455_4_2_2_CONNECTION,
        "Writes no Connection into the 101.",
        |_, _, observation| in_101(observation, |fields| remove(fields, "Connection")),
    ),
    doing(
        Server,
        "server-answers-keep-alive",
        &r::RFC6455_4_2_2_CONNECTION,
        "Writes keep-alive into the Connection of the 101.",
        |_, _, observation| in_101(observation, |fields| set(fields, "Connection", "keep-alive")),
    ),
    doing(
        Server,
        "server-answers-with-content-length",
        &r::RFC9110_8_6_NO_CL_IN_101,
        "Writes a Content-Length into the 101.",
        |_, _, observation| in_101(observation, |fields| set(fields, "Content-Length", "0")),
    ),
    doing(
        Server,
        "server-answers-with-transfer-encoding",
        &r::RFC9112_6_1_NO_TE_IN_101,
        "Writes a Transfer-Encoding into the 101.",
        |_, _, observation| in_101(observation, |fields| set(fields, "Transfer-Encoding", "chunked")),
    ),
    doing(
        Server,
        "server-answers-200",
        &r::RFC6455_4_2_2_STATUS_101,
        "Answers 200 with the fields of the 101.",
        |_, _, mut observation| {
            if matches!(observation.outcome, Outcome::Opened(_)) {
                rewrite(&mut observation, |status, _| *status = 200);
            }
            observation
        },
    ),
    // Subprotocols.
    doing(
        Server,
        "server-protocol-of-its-own",
        &r::RFC6455_4_2_2_SUBPROTOCOL_FROM_OFFER,
        "Writes its best subprotocol, whatever was offered.",
        |head, exchange, observation| match exchange.needs.protocols.first() {
            Some(best) if head.first(PROTOCOL).is_some() => in_101(observation, |fields| set(fields, PROTOCOL, best)),
            _ => observation,
        },
    ),
    doing(
        Server,
        "server-protocol-not-offered",
        &r::RFC6455_4_2_2_SUBPROTOCOL_NONE_OFFERED,
        "Writes its best subprotocol where none was offered.",
        |head, exchange, observation| match exchange.needs.protocols.first() {
            Some(best) if head.first(PROTOCOL).is_none() => in_101(observation, |fields| set(fields, PROTOCOL, best)),
            _ => observation,
        },
    ),
    doing(
        Server,
        "server-protocol-upper-case",
        &r::RFC6455_4_2_2_SUBPROTOCOL_EXACT_CASE,
        "Writes the subprotocol in upper case.",
        |_, _, observation| in_101(observation, |fields| each(fields, PROTOCOL, |value| value.to_ascii_uppercase())),
    ),
    doing(
        Server,
        "server-protocol-any-case",
        &r::RFC6455_4_2_2_SUBPROTOCOL_EXACT_CASE,
        "Takes a subprotocol in other case for its own, and writes its own spelling.",
        |head, exchange, observation| {
            let is_offered = |its: &&String| head.any(PROTOCOL, |member| member.eq_ignore_ascii_case(its.as_bytes()));
            match exchange.needs.protocols.iter().find(is_offered) {
                Some(its) => in_101(observation, |fields| set(fields, PROTOCOL, its)),
                None => observation,
            }
        },
    ),
    doing(
        Server,
        "server-protocol-list",
        &r::RFC6455_4_2_2_SUBPROTOCOL_SINGLE,
        "Writes back the whole list of subprotocols.",
        |head, _, observation| {
            let offered = head.members(PROTOCOL).join(&b", "[..]);
            in_101(observation, |fields| each(fields, PROTOCOL, |_| offered.clone()))
        },
    ),
    doing(
        Server,
        "server-answers-with-an-empty-protocol",
        &r::RFC6455_4_2_2_SUBPROTOCOL_EMPTY,
        "Writes an empty subprotocol where it speaks none of the offered ones.",
        |_, _, observation| {
            in_101(observation, |fields| {
                if !fields.iter().any(|(name, _)| name == PROTOCOL) {
                    set(fields, PROTOCOL, "");
                }
            })
        },
    ),
    // Extensions.
    doing(
        Server,
        "server-extension-never-offered",
        &r::RFC6455_4_2_2_EXTENSIONS_FROM_OFFER,
        "Agrees to permessage-deflate, offered or not.",
        |_, _, observation| in_101(observation, |fields| set(fields, EXTENSIONS, "permessage-deflate")),
    ),
    doing(
        Server,
        "server-extensions-echoed",
        &r::RFC6455_4_2_2_EXTENSIONS_FROM_OFFER,
        "Writes back whatever extensions are offered.",
        |head, _, observation| {
            let offered = head.members(EXTENSIONS).join(&b", "[..]);
            let offered: String = offered.into_iter().map(char::from).collect();
            if offered.is_empty() {
                return observation;
            }
            in_101(observation, |fields| set(fields, EXTENSIONS, &offered))
        },
    ),
    doing(
        Server,
        "server-deflate-bad-parameter",
        &r::RFC7692_7_RESPONSE_DEFINED_PARAMS,
        "Grants the first offer of permessage-deflate with its parameters, whatever they are.",
        |head, exchange, observation| {
            let first = head.members(EXTENSIONS).into_iter().find(|member| starts(member, b"permessage-deflate"));
            match first {
                Some(first) if exchange.needs.extensions.is_some() => {
                    let first: String = first.into_iter().map(char::from).collect();
                    in_101(observation, |fields| set(fields, EXTENSIONS, &first))
                }
                _ => observation,
            }
        },
    ),
    doing(
        Server,
        "server-deflate-window-not-echoed",
        &r::RFC7692_7_1_2_1_SMWB_NOT_LARGER,
        "Leaves server_max_window_bits out of its agreement.",
        |_, _, observation| in_101(observation, |fields| without_parameter(fields, "server_max_window_bits")),
    ),
    doing(
        Server,
        "server-deflate-takeover-not-echoed",
        &r::RFC7692_7_1_1_1_ECHO_SNCT,
        "Leaves server_no_context_takeover out of its agreement.",
        |_, _, observation| in_101(observation, |fields| without_parameter(fields, "server_no_context_takeover")),
    ),
    doing(
        Server,
        "server-deflate-window-unasked",
        &r::RFC7692_7_1_2_2_CMWB_NEEDS_OFFER,
        "Limits the client's window, asked or not.",
        |_, _, observation| {
            in_101(observation, |fields| {
                each(fields, EXTENSIONS, |value| {
                    let value = String::from_utf8_lossy(value);
                    let others = value.split(';').filter(|its| !its.contains("client_max_window_bits"));
                    others.chain([" client_max_window_bits=10"]).collect::<Vec<_>>().join(";").into_bytes()
                })
            })
        },
    ),
    // Refusals.
    doing(
        Server,
        "server-refuses-a-host-with-404",
        &r::RFC9112_3_2_HOST_REQUIRED,
        "Answers 404 where there is no Host.",
        |head, _, observation| {
            let is_without = head.first("Host").is_none() && head.is_whole();
            if is_without { in_refusal(observation, |status, _| *status = 404) } else { observation }
        },
    ),
    doing(
        Server,
        "server-refuses-a-version-with-200",
        &r::RFC6455_4_2_2_VERSION_ERROR,
        "Answers 200 to a version that it does not speak.",
        |_, _, observation| {
            in_refusal(observation, |status, fields| {
                if fields.iter().any(|(name, _)| name == "Sec-WebSocket-Version") {
                    *status = 200;
                }
            })
        },
    ),
    doing(
        Server,
        "server-refuses-a-version-without-its-own",
        &r::RFC6455_4_2_2_VERSION_ERROR,
        "Does not tell which version it speaks.",
        |_, _, observation| in_refusal(observation, |_, fields| remove(fields, "Sec-WebSocket-Version")),
    ),
    doing(
        Server,
        "server-refuses-with-426-without-upgrade",
        &r::RFC9110_7_8_426_UPGRADE,
        "Writes no Upgrade into a 426.",
        |_, _, observation| in_refusal(observation, |_, fields| remove(fields, "Upgrade")),
    ),
    doing(
        Server,
        "server-refuses-with-405-without-allow",
        &r::RFC9110_15_5_6_405_ALLOW,
        "Writes no Allow into a 405.",
        |_, _, observation| in_refusal(observation, |_, fields| remove(fields, "Allow")),
    ),
    doing(
        Server,
        "server-refuses-head-with-content",
        &r::RFC9110_9_3_2_HEAD_NO_CONTENT,
        "Sends content in its answer to HEAD.",
        |head, _, mut observation| {
            if head.part(0) == b"HEAD" && matches!(observation.outcome, Outcome::Refused(_)) {
                observation.written.extend_from_slice(b"no such method");
            }
            observation
        },
    ),
    // Behaviour.
    behaving(
        Server,
        "server-octet-lost",
        Behaviour::Octets,
        "Loses the first octet behind the head.",
        |head, exchange, observation| {
            handed_on(head, exchange, observation, |behind| behind.get(1..).unwrap_or_default().to_vec())
        },
    ),
    behaving(
        Server,
        "server-octet-twice",
        Behaviour::Octets,
        "Reads the last octet behind the head twice.",
        |head, exchange, observation| {
            handed_on(head, exchange, observation, |behind| behind.iter().chain(behind.last()).copied().collect())
        },
    ),
    behaving(
        Server,
        "server-content-as-frames",
        Behaviour::Octets,
        "Takes the content that a Content-Length announces for frames.",
        |head, exchange, observation| handed_on(head, exchange, observation, <[u8]>::to_vec),
    ),
    behaving(
        Server,
        "server-first-read-only",
        Behaviour::Split,
        "Judges what the first read brought.",
        |_, exchange, _| {
            let end = exchange.delivery.ends(exchange.octets.len()).first().copied().unwrap_or(0);
            let octets = exchange.octets[..end].to_vec();
            Reference.observe(&Exchange { octets, end: End::HalfClosed, ..exchange.clone() })
        },
    ),
    behaving(
        Server,
        "server-waits",
        Behaviour::Hang,
        "Waits for ever for a request with a Cookie to go on.",
        |head, _, observation| {
            if head.first("Cookie").is_some() && matches!(observation.outcome, Outcome::Opened(_)) {
                return Observation { outcome: Outcome::TimedOut, written: Vec::new() };
            }
            observation
        },
    ),
    behaving(
        Server,
        "server-waits-instead-of-refusing",
        Behaviour::Hang,
        "Waits for ever where it should refuse the method.",
        |_, _, observation| match observation.outcome {
            Outcome::Refused(Refused { status: Some(405 | 501), .. }) => {
                Observation { outcome: Outcome::TimedOut, written: Vec::new() }
            }
            _ => observation,
        },
    ),
    behaving(
        Server,
        "server-panics",
        Behaviour::Crash,
        "Panics over a value that is no UTF-8.",
        |head, _, observation| {
            for line in &head.lines {
                std::str::from_utf8(&line.value).expect("a value is text");
            }
            observation
        },
    ),
];

fn key(head: &Head) -> &[u8] {
    head.first("Sec-WebSocket-Key").unwrap_or_default()
}

/// The digest of a text that is not the key with the GUID of the RFC.
fn accept_of(text: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(Sha1::digest(text))
}

/// FNV-1a.
fn hash(octets: &[u8]) -> u64 {
    octets.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &octet| (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3))
}

fn each(fields: &mut Fields, name: &str, change: impl Fn(&[u8]) -> Vec<u8>) {
    for (_, value) in fields.iter_mut().filter(|(its, _)| its.eq_ignore_ascii_case(name)) {
        *value = change(value);
    }
}

fn without_parameter(fields: &mut Fields, name: &str) {
    each(fields, EXTENSIONS, |value| {
        let value = String::from_utf8_lossy(value);
        value.split(';').filter(|its| !its.contains(name)).collect::<Vec<_>>().join(";").into_bytes()
    });
}

/// A server that bears octets behind the head, as it may, and hands some on.
fn handed_on(head: &Head, exchange: &Exchange, observation: Observation, change: fn(&[u8]) -> Vec<u8>) -> Observation {
    if head.behind.is_empty() || !head.is_whole() {
        return observation;
    }
    let mut alone = head.clone();
    alone.behind.clear();
    alone.remove("Content-Length");
    let opened = Reference.observe(&Exchange { octets: alone.octets(), ..exchange.clone() });
    if !matches!(opened.outcome, Outcome::Opened(_)) {
        return observation;
    }
    in_opened(opened, |opened| opened.rest = Some(change(&head.behind)))
}
