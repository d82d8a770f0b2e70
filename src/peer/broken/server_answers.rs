//! Servers that decide rightly, but answer wrongly, lose octets, wait or panic.

use sha1::{Digest as _, Sha1};

use super::Planted;
use super::answer::{Fields, in_101, in_opened, in_refusal, remove, rewrite, set};
use super::head::{Head, starts};
use crate::handshake::accept_value;
use crate::http::grammar::latin1;
use crate::peer::reference::Reference;
use crate::suite::{End, Exchange, Observation, Outcome, Peer as _, Refused};

const ACCEPT: &str = "Sec-WebSocket-Accept";
const PROTOCOL: &str = "Sec-WebSocket-Protocol";
const EXTENSIONS: &str = "Sec-WebSocket-Extensions";

/// Every one of them.
pub(super) static ALL: &[Planted] = table! { Server;
    // Accept.
    /// Hashes the key with another GUID.
    Does "server-accept-of-other-guid" violates RFC6455_4_2_2_ACCEPT =>
        |head, _, observation| {
            let text = [key(head), b"258EAFA5-E914-47DA-95CA-5AB9DC11B85B"].concat();
            in_101(observation, |fields| set(fields, ACCEPT, &accept_of(&text)))
        };
    /// Writes the accept value in lower case.
    Does "server-accept-lower-case" violates RFC6455_4_2_2_ACCEPT =>
        |_, _, observation| in_101(observation, |fields| each(fields, ACCEPT, |value| value.to_ascii_lowercase()));
    /// Writes the digest in hexadecimal.
    Does "server-accept-hexadecimal" violates RFC6455_4_2_2_ACCEPT =>
        |head, _, observation| {
            let text = [key(head), b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"].concat();
            let hexadecimal: String = Sha1::digest(&text).iter().map(|octet| format!("{octet:02x}")).collect();
            in_101(observation, |fields| set(fields, ACCEPT, &hexadecimal))
        };
    /// Answers every key as it answered the first one.
    Does "server-accept-cached" violates RFC6455_4_2_2_ACCEPT =>
        |_, _, observation| in_101(observation, |fields| set(fields, ACCEPT, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    /// Hashes the key with the blanks around it.
    Does "server-accept-of-blanks" violates RFC6455_4_2_2_ACCEPT =>
        |head, _, observation| {
            let Some(line) = head.lines.iter().find(|line| line.is("Sec-WebSocket-Key")) else { return observation };
            let blanks = line.end.iter().take_while(|octet| matches!(octet, b' ' | b'\t')).count();
            let text = [&line.value, &line.end[..blanks]].concat();
            in_101(observation, |fields| set(fields, ACCEPT, &accept_value(&text)))
        };
    /// Answers one key in a thousand wrongly.
    Does "server-accept-of-one-key-in-a-thousand" violates RFC6455_4_2_2_ACCEPT =>
        |head, _, observation| {
            if hash(key(head)) % 1000 != 101 {
                return observation;
            }
            in_101(observation, |fields| each(fields, ACCEPT, |value| value[..value.len() - 1].to_vec()))
        };
    /// Writes no accept value.
    Does "server-accept-missing" violates RFC6455_4_2_2_ACCEPT =>
        |_, _, observation| in_101(observation, |fields| remove(fields, ACCEPT));
    /// Writes the accept value twice.
    Does "server-accept-twice" violates RFC6455_11_3_3_ACCEPT_ONCE_SERVER =>
        |_, _, observation| {
            in_101(observation, |fields| {
                let line = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(ACCEPT)).cloned();
                fields.extend(line);
            })
        };
    // The other fields of the 101.
    /// Writes no Upgrade into the 101.
    Does "server-answers-without-upgrade" violates RFC6455_4_2_2_UPGRADE =>
        |_, _, observation| in_101(observation, |fields| remove(fields, "Upgrade"));
    /// Writes no Connection into the 101.
    Does "server-answers-without-connection" violates RFC6455_4_2_2_CONNECTION =>
        |_, _, observation| in_101(observation, |fields| remove(fields, "Connection"));
    /// Writes keep-alive into the Connection of the 101.
    Does "server-answers-keep-alive" violates RFC6455_4_2_2_CONNECTION =>
        |_, _, observation| in_101(observation, |fields| set(fields, "Connection", "keep-alive"));
    /// Writes a Content-Length into the 101.
    Does "server-answers-with-content-length" violates RFC9110_8_6_NO_CL_IN_101 =>
        |_, _, observation| in_101(observation, |fields| set(fields, "Content-Length", "0"));
    /// Writes a Transfer-Encoding into the 101.
    Does "server-answers-with-transfer-encoding" violates RFC9112_6_1_NO_TE_IN_101 =>
        |_, _, observation| in_101(observation, |fields| set(fields, "Transfer-Encoding", "chunked"));
    /// Answers 200 with the fields of the 101.
    Does "server-answers-200" violates RFC6455_4_2_2_STATUS_101 =>
        |_, _, mut observation| {
            if matches!(observation.outcome, Outcome::Opened(_)) {
                rewrite(&mut observation, |status, _| *status = 200);
            }
            observation
        };
    // Subprotocols.
    /// Writes its best subprotocol, whatever was offered.
    Does "server-protocol-of-its-own" violates RFC6455_4_2_2_SUBPROTOCOL_FROM_OFFER =>
        |head, exchange, observation| match exchange.needs.protocols.first() {
            Some(best) if head.first(PROTOCOL).is_some() => in_101(observation, |fields| set(fields, PROTOCOL, best)),
            _ => observation,
        };
    /// Writes its best subprotocol where none was offered.
    Does "server-protocol-not-offered" violates RFC6455_4_2_2_SUBPROTOCOL_NONE_OFFERED =>
        |head, exchange, observation| match exchange.needs.protocols.first() {
            Some(best) if head.first(PROTOCOL).is_none() => in_101(observation, |fields| set(fields, PROTOCOL, best)),
            _ => observation,
        };
    /// Writes the subprotocol in upper case.
    Does "server-protocol-upper-case" violates RFC6455_4_2_2_SUBPROTOCOL_EXACT_CASE =>
        |_, _, observation| in_101(observation, |fields| each(fields, PROTOCOL, |value| value.to_ascii_uppercase()));
    /// Takes a subprotocol in other case for its own, and writes its own spelling.
    Does "server-protocol-any-case" violates RFC6455_4_2_2_SUBPROTOCOL_EXACT_CASE =>
        |head, exchange, observation| {
            let is_offered = |its: &&String| head.any(PROTOCOL, |member| member.eq_ignore_ascii_case(its.as_bytes()));
            match exchange.needs.protocols.iter().find(is_offered) {
                Some(its) => in_101(observation, |fields| set(fields, PROTOCOL, its)),
                None => observation,
            }
        };
    /// Writes back the whole list of subprotocols.
    Does "server-protocol-list" violates RFC6455_4_2_2_SUBPROTOCOL_SINGLE =>
        |head, _, observation| {
            let offered = head.members(PROTOCOL).join(&b", "[..]);
            in_101(observation, |fields| each(fields, PROTOCOL, |_| offered.clone()))
        };
    /// Writes an empty subprotocol where it speaks none of the offered ones.
    Does "server-answers-with-an-empty-protocol" violates RFC6455_4_2_2_SUBPROTOCOL_EMPTY =>
        |_, _, observation| {
            in_101(observation, |fields| {
                if !fields.iter().any(|(name, _)| name.eq_ignore_ascii_case(PROTOCOL)) {
                    set(fields, PROTOCOL, "");
                }
            })
        };
    // Extensions.
    /// Agrees to permessage-deflate, offered or not.
    Does "server-extension-never-offered" violates RFC6455_4_2_2_EXTENSIONS_FROM_OFFER =>
        |_, _, observation| in_101(observation, |fields| set(fields, EXTENSIONS, "permessage-deflate"));
    /// Writes back whatever extensions are offered.
    Does "server-extensions-echoed" violates RFC6455_4_2_2_EXTENSIONS_FROM_OFFER =>
        |head, _, observation| {
            let offered = latin1(&head.members(EXTENSIONS).join(&b", "[..]));
            if offered.is_empty() {
                return observation;
            }
            in_101(observation, |fields| set(fields, EXTENSIONS, &offered))
        };
    /// Grants the first offer of permessage-deflate with its parameters, whatever they are.
    Does "server-deflate-bad-parameter" violates RFC7692_7_RESPONSE_DEFINED_PARAMS =>
        |head, exchange, observation| {
            let first = head.members(EXTENSIONS).into_iter().find(|member| starts(member, b"permessage-deflate"));
            match first {
                Some(first) if exchange.needs.extensions.is_some() => {
                    in_101(observation, |fields| set(fields, EXTENSIONS, &latin1(&first)))
                }
                _ => observation,
            }
        };
    /// Leaves server_max_window_bits out of its agreement.
    Does "server-deflate-window-not-echoed" violates RFC7692_7_1_2_1_SMWB_NOT_LARGER =>
        |_, _, observation| in_101(observation, |fields| without_parameter(fields, "server_max_window_bits"));
    /// Leaves server_no_context_takeover out of its agreement.
    Does "server-deflate-takeover-not-echoed" violates RFC7692_7_1_1_1_ECHO_SNCT =>
        |_, _, observation| in_101(observation, |fields| without_parameter(fields, "server_no_context_takeover"));
    /// Limits the client's window, asked or not.
    Does "server-deflate-window-unasked" violates RFC7692_7_1_2_2_CMWB_NEEDS_OFFER =>
        |_, _, observation| {
            in_101(observation, |fields| {
                each(fields, EXTENSIONS, |value| {
                    let value = String::from_utf8_lossy(value);
                    let others = value.split(';').filter(|its| !its.contains("client_max_window_bits"));
                    others.chain([" client_max_window_bits=10"]).collect::<Vec<_>>().join(";").into_bytes()
                })
            })
        };
    // Refusals.
    /// Answers 404 where there is no Host.
    Does "server-refuses-a-host-with-404" violates RFC9112_3_2_HOST_REQUIRED =>
        |head, _, observation| {
            let is_without = head.first("Host").is_none() && head.is_whole();
            if is_without { in_refusal(observation, |status, _| *status = 404) } else { observation }
        };
    /// Answers 200 to a version that it does not speak.
    Does "server-refuses-a-version-with-200" violates RFC6455_4_2_2_VERSION_ERROR =>
        |_, _, observation| {
            in_refusal(observation, |status, fields| {
                if fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("Sec-WebSocket-Version")) {
                    *status = 200;
                }
            })
        };
    /// Does not tell which version it speaks.
    Does "server-refuses-a-version-without-its-own" violates RFC6455_4_2_2_VERSION_ERROR =>
        |_, _, observation| in_refusal(observation, |_, fields| remove(fields, "Sec-WebSocket-Version"));
    /// Writes no Upgrade into a 426.
    Does "server-refuses-with-426-without-upgrade" violates RFC9110_7_8_426_UPGRADE =>
        |_, _, observation| in_refusal(observation, |_, fields| remove(fields, "Upgrade"));
    /// Writes no Allow into a 405.
    Does "server-refuses-with-405-without-allow" violates RFC9110_15_5_6_405_ALLOW =>
        |_, _, observation| in_refusal(observation, |_, fields| remove(fields, "Allow"));
    /// Sends content in its answer to HEAD.
    Does "server-refuses-head-with-content" violates RFC9110_9_3_2_HEAD_NO_CONTENT =>
        |head, _, mut observation| {
            if head.part(0) == b"HEAD" && matches!(observation.outcome, Outcome::Refused(_)) {
                observation.written.extend_from_slice(b"no such method");
            }
            observation
        };
    // Behaviour.
    /// Loses the first octet behind the head.
    Does "server-octet-lost" behaves Octets =>
        |head, exchange, observation| handed_on(head, exchange, observation, |behind| behind.get(1..).unwrap_or_default().to_vec());
    /// Reads the last octet behind the head twice.
    Does "server-octet-twice" behaves Octets =>
        |head, exchange, observation| handed_on(head, exchange, observation, |behind| behind.iter().chain(behind.last()).copied().collect());
    /// Takes the content that a Content-Length announces for frames.
    Does "server-content-as-frames" behaves Octets =>
        |head, exchange, observation| handed_on(head, exchange, observation, <[u8]>::to_vec);
    /// Judges what the first read brought.
    Does "server-first-read-only" behaves Split =>
        |_, exchange, _| {
            let end = exchange.delivery.ends(exchange.octets.len()).first().copied().unwrap_or(0);
            let octets = exchange.octets[..end].to_vec();
            Reference.observe(&Exchange { octets, end: End::HalfClosed, ..exchange.clone() })
        };
    /// Waits for ever for a request with a Cookie to go on.
    Does "server-waits" behaves Hang =>
        |head, _, observation| {
            if head.first("Cookie").is_some() && matches!(observation.outcome, Outcome::Opened(_)) {
                return Observation { outcome: Outcome::TimedOut, written: Vec::new() };
            }
            observation
        };
    /// Waits for ever where it should refuse the method.
    Does "server-waits-instead-of-refusing" behaves Hang =>
        |_, _, observation| match observation.outcome {
            Outcome::Refused(Refused { status: Some(405 | 501), .. }) => {
                Observation { outcome: Outcome::TimedOut, written: Vec::new() }
            }
            _ => observation,
        };
    /// Panics over a value that is no UTF-8.
    Does "server-panics" behaves Crash =>
        |head, _, observation| {
            for line in &head.lines {
                std::str::from_utf8(&line.value).expect("a value is text");
            }
            observation
        };
};

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
